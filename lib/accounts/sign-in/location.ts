import type { RequestContext } from "../../audit/audit-event.ts";
import { Failure } from "../../errors.ts";
import { queueMessage } from "../../messages/outbox.ts";
import { triesKey } from "../../table/keys.ts";
import type { Device, DeviceCode } from "../../table/records.ts";
import { remove, type TransactionPart, write } from "../../table/transact.ts";
import { reserveTry, type Try } from "../../table/tries.ts";
import type { Account } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import type { Portal } from "../portal.ts";
import { newFingerprint, setFingerprintCookie } from "../session/session.ts";
import { codeMatches, consumeCode, isCode, isUsable, newDeviceCode } from "./device.ts";

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
  /** The device's cookie; `""` when the request has none. */
  readonly fingerprint: string;
  readonly location: Location;
  readonly items: { readonly device: Device | undefined; readonly code: DeviceCode | undefined };
  readonly guess: Try;
  readonly reply: { readonly cookies: string[] };
  readonly context: RequestContext;
}

/**
 * Second factor: admits a known device, or a device with the code that was sent for it.
 * @returns parts that use the code up and reset the count of unused codes; no parts when no code was needed
 * @throws Failure kNewLocation when a code was sent, kUnverifiedLocation when one was sent before or too many were
 * sent, kCallbackFormat, kCallbackNotFound
 */
export async function admitDevice(attempt: Attempt): Promise<TransactionPart[]> {
  const { portal, account, fingerprint, location, items, guess, context } = attempt;
  if (!portal.settings.twoFactor || items.device !== undefined) return [];
  await guess.succeeded();

  if (location.verificationToken !== undefined) {
    if (!isCode(location.verificationToken)) throw new Failure("kCallbackFormat");
    if (!(await codeMatches(account, fingerprint, location.verificationToken, context.now))) {
      throw new Failure("kCallbackNotFound");
    }
    return [consumeCode(account, fingerprint), remove(triesKey(codesPurpose, subjectOf(account)))];
  }
  if (items.code && isUsable(items.code, context.now)) throw new Failure("kUnverifiedLocation");
  await sendCode(attempt);
  throw new Failure("kNewLocation");
}

/** Sends a code and gives the device a new name, because the name in the request might belong to somebody else. */
async function sendCode({ portal, account, reply, context }: Attempt): Promise<void> {
  const sending = await reserveTry(codesPurpose, subjectOf(account), codesLimit, context.now);
  if (!sending) throw new Failure("kUnverifiedLocation");
  await sending.failed();
  const fingerprint = newFingerprint();
  const { code, part } = newDeviceCode(account, fingerprint, context.now);
  const { mobile: to } = account.document;
  await write(async () => [
    part,
    await queueMessage({ kind: "verificationCode", to, practiceName: portal.practiceName, code }, context.now),
    accountEvent(portal, "account.deviceCodeSent", account.id, { kind: "visitor" }, context),
  ]);
  reply.cookies.push(setFingerprintCookie(fingerprint));
}
