import { accountFrom, favoritesFrom, nobodysId, ownView } from "../../lib/accounts/account.ts";
import { knowDevice } from "../../lib/accounts/device.ts";
import { normaliseEmail } from "../../lib/accounts/email.ts";
import { accountEvent } from "../../lib/accounts/event.ts";
import { forgiveGuesses, noteWrongGuess, reserveGuess } from "../../lib/accounts/guess.ts";
import { admitDevice, readLocation } from "../../lib/accounts/location.ts";
import { normalisePassword } from "../../lib/accounts/password.ts";
import { beginSession, newFingerprint, setFingerprintCookie } from "../../lib/accounts/session.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";
import { verifyPassword } from "../../lib/crypto/password.ts";
import { Failure } from "../../lib/errors.ts";
import { together } from "../../lib/table/deadline.ts";
import { deviceCodeKey, deviceKey, emailKey, favoritesKey, portalAccountKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { settle } from "../../lib/table/transact.ts";

/** Signs in by e-mail and password; from a device that is not known, where the portal wants it, by a code as well. */
export const handler = portalOperation("AccountLogin", {
  reads: (scope) => ({ claim: emailKey(scope, normaliseEmail(scope.input.email) ?? "") }),
  errors: [
    "kNoCredentialsSupplied",
    "kInvalidCredentials",
    "kAccountLocked",
    "kNewLocation",
    "kUnverifiedLocation",
    "kCallbackFormat",
    "kCallbackNotFound",
  ],
  async run(request) {
    const { portal, fingerprint = "", input, found, reply, occasion } = request;
    const { email, password } = input;
    if (typeof email !== "string" || typeof password !== "string" || email === "" || password === "") {
      throw new Failure("kNoCredentialsSupplied");
    }
    const location = readLocation(input.location);

    // Known or not, locked or not: the same reads, the same hash, the same writes, so that none of it can be timed.
    const id = { ...portal, id: (found.claim as { id: string } | undefined)?.id ?? nobodysId };
    const [items, guess] = await together([
      readItems({
        account: portalAccountKey(id),
        device: deviceKey(id, fingerprint),
        code: deviceCodeKey(id, fingerprint),
        favorites: favoritesKey(id),
      }),
      reserveGuess(portal, normaliseEmail(email) ?? email.slice(0, 254), occasion),
    ]);
    if (!guess) throw new Failure("kAccountLocked");
    const account = accountFrom(items.account);
    if (!(await verifyPassword(normalisePassword(password) ?? "", account?.passwordHash)) || !account) {
      await noteWrongGuess(guess, portal, account, occasion);
      throw new Failure("kInvalidCredentials");
    }
    if (account.document.locked || account.document.activationRequired) {
      await guess.succeeded();
      if (account.document.locked) throw new Failure("kAccountLocked");
      throw new Failure("kAccessDenied", [], "The account must be activated");
    }
    const verified = await admitDevice({ portal, account, fingerprint, location, items, guess, reply, occasion });

    // Under a new name: the one that came with the request may have been planted by somebody who knows it.
    const device = verified.length > 0 && !location.singleUse ? newFingerprint() : undefined;
    const session = await settle(request, request.again, ({ portal }) => {
      const session = beginSession(portal, account, occasion.now);
      return {
        parts: [
          ...verified,
          forgiveGuesses(portal, account.email),
          session.part,
          ...(device ? [knowDevice(account, device, location.locationName, occasion.now)] : []),
          accountEvent(portal, "account.signedIn", account.id, { kind: "visitor" }, occasion),
        ],
        answer: session,
      };
    });
    session.tell(reply);
    if (device) reply.cookies.push(setFingerprintCookie(device));
    return ownView(account, favoritesFrom(items.favorites), occasion.now);
  },
});
