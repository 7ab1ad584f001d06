import {
  type Account,
  accountChange,
  accountFrom,
  favoritesFrom,
  ownView,
  unknownAccountId,
} from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { normaliseEmail } from "../../lib/accounts/account/email.ts";
import type { Portal } from "../../lib/accounts/portal.ts";
import {
  endPresented,
  type PresentedSession,
  presentedSessions,
  sessionReads,
} from "../../lib/accounts/session/presented.ts";
import { beginSession, setDeviceCookie } from "../../lib/accounts/session/session.ts";
import {
  codeReads,
  deviceReads,
  devicesRemembered,
  type KnownDevice,
  knownDevice,
  namesWith,
  newDeviceName,
  noteDevice,
  pendingDevice,
  recordDevice,
  removeDevice,
} from "../../lib/accounts/sign-in/device.ts";
import { type Guess, noteWrongGuess, reserveGuess } from "../../lib/accounts/sign-in/guess.ts";
import {
  admitDevice,
  asksSecondFactor,
  type Location,
  readLocation,
  type ShownFactor,
} from "../../lib/accounts/sign-in/location.ts";
import { normalisePassword } from "../../lib/accounts/sign-in/password-text.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { noteRecord } from "../../lib/audit/access-note.ts";
import type { RequestContext } from "../../lib/audit/audit-event.ts";
import { hashPassword, needsRehash, verifyPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { waitForAll } from "../../lib/table/deadline.ts";
import { emailKey, favoritesKey, portalAccountKey, totpKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { EmailClaim, PortalAccountId, Totp } from "../../lib/table/records.ts";
import {
  checkAttribute,
  checkUnchanged,
  held,
  retryOnConflict,
  type TransactionPart,
} from "../../lib/table/transact.ts";

/** Signs in by e-mail and password. Where a second factor is on, a device that is not trusted also needs a code. */
export const handler = operation("AccountLogin", byPortal, {
  readsFirst: (_, __, { sessionIds }) => sessionReads(sessionIds),
  reads: ({ input, deviceNames, ...practice }) => {
    const email = normaliseEmail(input.email) ?? "";
    return { claim: emailKey(practice, email), ...deviceReads(practice, email, deviceNames) };
  },
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
    const { portal, deviceNames, sessionIds, isCrossSite, input, found, reply, context } = request;
    const { email, password } = input;
    if (typeof email !== "string" || typeof password !== "string" || email === "" || password === "") {
      throw new Failure("kNoCredentialsSupplied");
    }
    const location = readLocation(input.location);

    // The same reads, hash and writes for known, unknown and locked accounts, so that timing reveals nothing.
    const id = { ...portal, id: found.claim?.id ?? unknownAccountId };
    const knownIn = ({ found }: typeof request) => knownDevice(found, found.claim, deviceNames, context.now);
    const known = knownIn(request);
    noteRecord({ id: found.claim?.id });
    const presentedIn = ({ found }: typeof request) => presentedSessions(found, sessionIds, portal);
    const [items, guess] = await waitForAll([
      readItems({ ...accountReads(id), favorites: favoritesKey(id), ...codeReads(id, deviceNames) }),
      reserveGuess(portal, normaliseEmail(email) ?? email.slice(0, 254), known ? "known device" : "stranger", context),
    ]);
    if (!guess) throw new Failure("kAccountLocked");
    const account = accountFrom(items.account);
    const secret = normalisePassword(password) ?? "";
    if (!(await verifyPassword(secret, account?.passwordHash)) || !account) {
      await noteWrongGuess(guess, portal, account, context);
      throw new Failure("kInvalidCredentials");
    }
    const refusal = refusalOf(account);
    if (refusal) {
      await guess.succeeded();
      throw refusal;
    }
    const { totp } = items;
    const pending = pendingDevice(items, deviceNames, account, context.now);
    const attempt = {
      portal,
      account,
      totp,
      deviceNames,
      location,
      known,
      pending,
      guess,
      reply,
      isCrossSite,
      context,
    };
    const shown = await admitDevice(attempt);
    const login = { account, password: secret, guess, shown, location, context };
    const presented = presentedIn(request);
    const state = held<Present>({ portal, holder: account, totp, claim: found.claim, known, presented }, async () => {
      const present = await request.refresh();
      const { account, totp } = await readItems(accountReads(id));
      const { portal, found } = present;
      const now = { portal, claim: found.claim, known: knownIn(present), presented: presentedIn(present) };
      return { ...now, holder: accountFrom(account), totp };
    });
    const signedIn = retryOnConflict(state, ({ value }) => writeSignIn(value, login));
    const { session, holder, deviceName } = await signedIn.catch(async (refusal) => {
      // No guess was wrong: the password was right when it was checked.
      if (refusal instanceof Failure) await waitForAll([guess.succeeded(), shown?.refused()]);
      throw refusal;
    });
    session.tell(reply, isCrossSite);
    const names = deviceName && namesWith(deviceName, deviceNames, { ...found, ...items });
    if (names) reply.cookies.push(setDeviceCookie(names, isCrossSite));
    return ownView(holder, favoritesFrom(items.favorites), context.now);
  },
});

/** The account, and what decides whether its devices have to show a second factor. */
const accountReads = (id: PortalAccountId) => ({ account: portalAccountKey(id), totp: totpKey(id) });

/** A login with the right password, from a device that has shown a second factor if it had to. */
interface Login {
  /** The account whose password was checked. */
  readonly account: Account;
  readonly password: string;
  readonly guess: Guess;
  /** The second factor that it has shown; `undefined` when none was asked for. */
  readonly shown: ShownFactor | undefined;
  readonly location: Location;
  readonly context: RequestContext;
}

/** What a login depends on, as it is now. */
interface Present {
  readonly portal: Portal;
  readonly holder: Account | undefined;
  readonly totp: Totp | undefined;
  /** The claim of the e-mail address. */
  readonly claim: EmailClaim | undefined;
  /** The device, if it is one of the account's. */
  readonly known: KnownDevice | undefined;
  /** The sessions that the browser has, which end. */
  readonly presented: readonly PresentedSession[];
}

/** The transaction that signs a holder in. @throws Failure when they may not any more */
async function writeSignIn({ portal, holder, totp, claim, known, presented }: Present, login: Login) {
  const { account, password, shown, location, context } = login;
  // Since the password was checked, it may have been changed, the account locked, or a second factor switched on. Another
  // hash may be of the same password: a sign-in replaces the hash of another system.
  const isProven = holder?.passwordHash === account.passwordHash;
  if (!holder || !(isProven || (await verifyPassword(password, holder.passwordHash)))) {
    throw new Failure("kInvalidCredentials");
  }
  const refusal = refusalOf(holder);
  if (refusal) throw refusal;
  const trusted = shown !== undefined;
  const isByTrust = asksSecondFactor(portal, totp) && !trusted;
  if (isByTrust && !known?.trusted) throw new Failure("kUnverifiedLocation");

  const noted = trusted ? undefined : known;
  // A new name: somebody who knows the one in the request may have planted it there.
  const deviceName = noted || location.singleUse ? undefined : newDeviceName();
  const device = deviceName === undefined ? undefined : { name: deviceName, label: location.locationName, trusted };
  const session = beginSession(portal, holder, context.now);
  return {
    parts: [
      ...(shown?.parts(holder, totp) ?? []),
      ...login.guess.success(),
      ...endPresented(presented, portal, context),
      ...session.parts,
      // A reset of the password ends the trust in devices, in those that were just verified too.
      ...(isByTrust || device?.trusted ? [devicesRemembered(holder, claim)] : []),
      ...(noted ? [noteDevice(holder, noted, context.now)] : []),
      ...(device && known ? removeDevice(holder, known) : []),
      ...(device ? recordDevice(holder, claim, device, context.now) : []),
      await accountPart(holder, password, trusted),
      accountEvent(portal, "account.signedIn", holder.id, { kind: "visitor" }, context),
    ],
    answer: { session, holder, deviceName },
  };
}

/**
 * The part of a sign-in on the account itself: stores our own hash in place of another system's. A code for the device ends with
 * the password and the number that it was sent for, so otherwise the account must not have changed when one was shown. In any
 * case it must exist, because nothing erases what is stored for an account after its erasure, and its sessions must not have
 * ended since.
 */
async function accountPart(holder: Account, password: string, hasShown: boolean): Promise<TransactionPart> {
  if (needsRehash(holder.passwordHash)) {
    return accountChange(holder, { ...holder, passwordHash: await hashPassword(password) });
  }
  const key = portalAccountKey(holder);
  return hasShown ? checkUnchanged(key, holder) : checkAttribute(key, holder.id, "sessionEpoch", holder.sessionEpoch);
}

/** Why the holder of an account may not sign in, though the password is right. */
function refusalOf({ document }: Account): Failure | undefined {
  if (document.locked) return new Failure("kAccountLocked");
  return document.activationRequired ? new Failure("kAccessDenied", [], "The account must be activated") : undefined;
}
