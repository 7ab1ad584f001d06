import {
  type Account,
  accountFrom,
  favoritesFrom,
  ownView,
  unknownAccountId,
} from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { normaliseEmail } from "../../lib/accounts/account/email.ts";
import type { Portal } from "../../lib/accounts/portal.ts";
import { beginSession, newFingerprint, setFingerprintCookie } from "../../lib/accounts/session/session.ts";
import { trustDevice } from "../../lib/accounts/sign-in/device.ts";
import { forgiveGuesses, noteWrongGuess, reserveGuess } from "../../lib/accounts/sign-in/guess.ts";
import { admitDevice, type Location, readLocation } from "../../lib/accounts/sign-in/location.ts";
import { normalisePassword } from "../../lib/accounts/sign-in/password-text.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import type { RequestContext } from "../../lib/audit/audit-event.ts";
import { verifyPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { waitForAll } from "../../lib/table/deadline.ts";
import { deviceCodeKey, deviceKey, emailKey, favoritesKey, portalAccountKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { checkUnchanged, held, retryOnConflict, type TransactionPart } from "../../lib/table/transact.ts";

/** Signs in by e-mail and password. When the portal has a second factor, a new device also needs a code. */
export const handler = operation("AccountLogin", byPortal, {
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
    const { portal, fingerprint = "", input, found, reply, context } = request;
    const { email, password } = input;
    if (typeof email !== "string" || typeof password !== "string" || email === "" || password === "") {
      throw new Failure("kNoCredentialsSupplied");
    }
    const location = readLocation(input.location);

    // The same reads, hash and writes for known, unknown and locked accounts, so that timing reveals nothing.
    const id = { ...portal, id: found.claim?.id ?? unknownAccountId };
    const [items, guess] = await waitForAll([
      readItems({
        account: portalAccountKey(id),
        device: deviceKey(id, fingerprint),
        code: deviceCodeKey(id, fingerprint),
        favorites: favoritesKey(id),
      }),
      reserveGuess(portal, normaliseEmail(email) ?? email.slice(0, 254), context),
    ]);
    if (!guess) throw new Failure("kAccountLocked");
    const account = accountFrom(items.account);
    if (!(await verifyPassword(normalisePassword(password) ?? "", account?.passwordHash)) || !account) {
      await noteWrongGuess(guess, portal, account, context);
      throw new Failure("kInvalidCredentials");
    }
    const refusal = refusalOf(account);
    if (refusal) {
      await guess.succeeded();
      throw refusal;
    }
    const verified = await admitDevice({ portal, account, fingerprint, location, items, guess, reply, context });

    // A new name: somebody who knows the one in the request may have planted it there.
    const device = verified.length > 0 && !location.singleUse ? newFingerprint() : undefined;
    const login = { account, isKnownDevice: items.device !== undefined, verified, device, location, context };
    type Present = Pick<typeof request, "portal"> & { readonly holder: Account | undefined };
    const state = held<Present>({ portal, holder: account }, async () => ({
      portal: (await request.refresh()).portal,
      holder: accountFrom((await readItems({ account: portalAccountKey(id) })).account),
    }));
    const signedIn = retryOnConflict(state, ({ value: { portal, holder } }) => writeSignIn(portal, holder, login));
    const { session, holder } = await signedIn.catch(async (refusal) => {
      // No guess was wrong: the password was right when it was checked.
      if (refusal instanceof Failure) await guess.succeeded();
      throw refusal;
    });
    session.tell(reply);
    if (device) reply.cookies.push(setFingerprintCookie(device));
    return ownView(holder, favoritesFrom(items.favorites), context.now);
  },
});

/** A login with the right password, from a device that is known or has shown its code. */
interface Login {
  /** The account whose password was checked. */
  readonly account: Account;
  readonly isKnownDevice: boolean;
  /** Writes that use up the device's code; none when no code was asked for. */
  readonly verified: readonly TransactionPart[];
  /** The name under which the device is to be trusted, if it is. */
  readonly device: string | undefined;
  readonly location: Location;
  readonly context: RequestContext;
}

/** The transaction that signs a holder in, as portal and account are now. @throws Failure when they may not any more */
function writeSignIn(portal: Portal, holder: Account | undefined, login: Login) {
  const { account, verified, device, location, context } = login;
  // Since the password was checked, it may have been changed, the account locked, or a second factor switched on.
  if (holder?.passwordHash !== account.passwordHash) throw new Failure("kInvalidCredentials");
  const refusal = refusalOf(holder);
  if (refusal) throw refusal;
  if (portal.settings.twoFactor && !login.isKnownDevice && verified.length === 0) {
    throw new Failure("kUnverifiedLocation");
  }
  const session = beginSession(portal, holder, context.now);
  return {
    parts: [
      ...verified,
      forgiveGuesses(portal, holder.email),
      session.part,
      // A reset of the password ends the trust in devices, so the account must not have changed.
      ...(device ? [trustDevice(holder, device, location.locationName, context.now)] : []),
      ...(device ? [checkUnchanged(portalAccountKey(holder), holder)] : []),
      accountEvent(portal, "account.signedIn", holder.id, { kind: "visitor" }, context),
    ],
    answer: { session, holder },
  };
}

/** Why the holder of an account may not sign in, though the password is right. */
function refusalOf({ document }: Account): Failure | undefined {
  if (document.locked) return new Failure("kAccountLocked");
  return document.activationRequired ? new Failure("kAccessDenied", [], "The account must be activated") : undefined;
}
