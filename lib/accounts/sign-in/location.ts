import { noteNotable } from "../../audit/access-note.ts";
import type { RequestContext } from "../../audit/audit-event.ts";
import { Failure } from "../../errors.ts";
import { queueMessage } from "../../messages/outbox.ts";
import { triesKey } from "../../table/keys.ts";
import type { Totp } from "../../table/records.ts";
import { remove, type TransactionPart, write } from "../../table/transact.ts";
import { reserveTry, type Try } from "../../table/tries.ts";
import type { Account } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import { type Portal, textSender } from "../portal.ts";
import { setDeviceCookie } from "../session/session.ts";
import { isCode, readCode } from "./code.ts";
import {
  codeMatches,
  consumeCode,
  isUsable,
  type KnownDevice,
  newDeviceCode,
  newDeviceName,
  type PendingDevice,
} from "./device.ts";
import { checkTotpCode, isTotpActive, isTotpCode, reserveTotpTry, useTotpCode } from "./totp.ts";

/** What a login says about its device. */
export interface Location {
  readonly verificationToken: unknown;
  readonly locationName: string | undefined;
  /** Whether the device must not be remembered. */
  readonly singleUse: boolean;
}

const labelCharactersMax = 100;

/** Reads a login's `location`. Its other properties are ignored. */
export function readLocation(value: unknown): Location {
  const { verificationToken, locationName, singleUse } = (value ?? {}) as Record<string, unknown>;
  return {
    verificationToken: verificationToken === "" || verificationToken === null ? undefined : verificationToken,
    locationName:
      typeof locationName === "string" ? locationName.slice(0, labelCharactersMax).toWellFormed() : undefined,
    singleUse: singleUse === true || singleUse === "true",
  };
}

/**
 * How many codes an account may be sent in an hour without using one. Otherwise a guesser could start again on new
 * devices after five tries.
 */
const codesLimit = { triesMax: 10, lockMinutes: 60 };
const codesPurpose = "device code";
const subjectOf = ({ accountId, id }: Account) => JSON.stringify([accountId, id]);

/** A login with the right password. */
interface Attempt {
  readonly portal: Portal;
  readonly account: Account;
  /** The names in the device's cookie. */
  readonly deviceNames: readonly string[];
  readonly location: Location;
  /** The device, if it is one of the account's. */
  readonly known: KnownDevice | undefined;
  /** The holder's authenticator app, if they have one. */
  readonly totp: Totp | undefined;
  /** The name that a code was sent for, if there is one. */
  readonly pending: PendingDevice | undefined;
  readonly guess: Try;
  readonly reply: { readonly cookies: string[] };
  readonly isCrossSite: boolean;
  readonly context: RequestContext;
}

/** Whether a device that is not trusted has to show a second factor. */
export const asksSecondFactor = ({ settings }: Portal, totp: Totp | undefined): boolean =>
  settings.twoFactor || isTotpActive(totp);

/** A second factor that a login has shown. */
export interface ShownFactor {
  /**
   * Returns the writes that use it up, for the account and its authenticator app as they are now.
   * @throws Failure when it does not count for them
   */
  readonly parts: (account: Account, totp: Totp | undefined) => TransactionPart[];
  /** Ends the try when the login was refused afterwards. */
  readonly refused: () => Promise<unknown>;
}

/**
 * Second factor: admits a trusted device, a device with the code that was sent for it, or one with a code of the holder's
 * authenticator app. Who has such an app gets no text messages.
 * @returns what was shown; `undefined` when nothing was asked for
 * @throws Failure kNewLocation when a code was sent or the app is to be asked, kUnverifiedLocation when a code was sent before
 * or too many were sent, kCallbackFormat, kCallbackNotFound, kAccountLocked after too many wrong codes of an app
 */
export async function admitDevice(attempt: Attempt): Promise<ShownFactor | undefined> {
  const { portal, totp, known, guess } = attempt;
  if (!asksSecondFactor(portal, totp) || known?.trusted) return undefined;
  await guess.succeeded();
  return isTotpActive(totp) ? checkAppCode(attempt, totp) : checkSentCode(attempt);
}

/** Checks the code that was sent for the device, or sends one. */
async function checkSentCode(attempt: Attempt): Promise<ShownFactor> {
  const { account, location, pending, context } = attempt;
  if (location.verificationToken === undefined) {
    if (pending && isUsable(pending.code, account, context.now)) throw new Failure("kUnverifiedLocation");
    await sendCode(attempt);
    throw new Failure("kNewLocation");
  }
  const code = readCode(location.verificationToken);
  if (!isCode(code)) throw new Failure("kCallbackFormat");
  // Without a code that was sent, the same work is done for no name.
  const name = pending?.name ?? "";
  if (!(await codeMatches(account, name, code, context.now))) throw new Failure("kCallbackNotFound");
  return {
    parts: (present, totp) => {
      // An app was added since the code was checked.
      if (isTotpActive(totp)) throw new Failure("kUnverifiedLocation");
      return [...consumeCode(account, present, name), remove(triesKey(codesPurpose, subjectOf(account)))];
    },
    refused: async () => {},
  };
}

/** Sends a code and gives the device a new name, because the name in the request might belong to somebody else. */
async function sendCode({ portal, account, deviceNames, reply, isCrossSite, context }: Attempt): Promise<void> {
  const sending = await reserveTry(codesPurpose, subjectOf(account), codesLimit, context.now);
  if (!sending) throw new Failure("kUnverifiedLocation");
  await sending.failed();
  const name = newDeviceName();
  const { code, part } = newDeviceCode(account, name, context.now);
  const { practiceName } = portal;
  const message = account.mobileUnconfirmed
    ? ({ kind: "signInCode", to: account.email, practiceName, code } as const)
    : ({
        kind: "verificationCode",
        to: account.document.mobile,
        practiceName,
        code,
        sender: textSender(portal),
      } as const);
  await write(async () => [
    part,
    await queueMessage(message, context.now),
    accountEvent(portal, "account.deviceCodeSent", account.id, { kind: "visitor" }, context),
  ]);
  reply.cookies.push(setDeviceCookie([...deviceNames, name], isCrossSite));
}

const askForApp = "Send a code of your authenticator app, or one of your recovery codes, as location.verificationToken";

/** Checks a code of the holder's authenticator app, or a recovery code. */
async function checkAppCode({ account, location, context }: Attempt, totp: Totp): Promise<ShownFactor> {
  if (location.verificationToken === undefined) throw new Failure("kNewLocation", [], askForApp);
  const code = readCode(location.verificationToken);
  if (!isTotpCode(code)) throw new Failure("kCallbackFormat");
  const reserved = await reserveTotpTry(account, "signIn", context.now);
  const shown = await checkTotpCode(account, totp, code, context.now);
  if (!shown) {
    // Whoever tries codes knows the password.
    if (await reserved.failed()) noteNotable("lockedOut");
    throw new Failure("kCallbackNotFound");
  }
  return {
    parts: (present, totp) => [useTotpCode(present, totp, shown), ...reserved.success()],
    refused: () => reserved.failed(),
  };
}
