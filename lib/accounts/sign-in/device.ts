import { randomInt } from "node:crypto";
import { digestOf } from "../../crypto/digest.ts";
import { deviceCodeKey, deviceKey } from "../../table/keys.ts";
import type { DeviceCode, PortalAccountId } from "../../table/records.ts";
import { consume, put, type TransactionPart } from "../../table/transact.ts";
import { countUse } from "../../table/tries.ts";

const codeMinutes = 10;
const codeUsesMax = 5;
/** The form of codes. */
export const codeShape = /^[0-9]{6}$/;

const codeDigest = (fingerprint: string, code: string) => digestOf(`${fingerprint} ${code}`);

/** Whether a value has the form of a code. */
export const isCode = (value: unknown): value is string => typeof value === "string" && codeShape.test(value);

/** Returns a new code of six digits for a device, and the part that stores it. */
export function newDeviceCode(
  account: PortalAccountId,
  fingerprint: string,
  now: Date,
): { code: string; part: TransactionPart } {
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const endsAt = now.getTime() + codeMinutes * 60_000;
  const item: DeviceCode = { digest: codeDigest(fingerprint, code), endsAt };
  const expiresAt = Math.ceil(endsAt / 1000);
  return { code, part: put(deviceCodeKey(account, fingerprint), { type: "deviceCode", ...item, expiresAt }) };
}

/** Whether a code can still be tried. */
export const isUsable = ({ endsAt, uses }: DeviceCode, now: Date): boolean =>
  endsAt > now.getTime() && (uses?.size ?? 0) < codeUsesMax;

/** Checks a code. Each check counts as a try, right or wrong. Five are allowed, even when many come at once. */
export async function codeMatches(
  account: PortalAccountId,
  fingerprint: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const item = await countUse(deviceCodeKey(account, fingerprint), codeUsesMax, now);
  return item?.digest === codeDigest(fingerprint, code);
}

/** Returns the part that uses a code up. When many try at once, one succeeds. */
export const consumeCode = (account: PortalAccountId, fingerprint: string): TransactionPart =>
  consume(deviceCodeKey(account, fingerprint), "kCallbackNotFound");

/** Returns the part that stores a device as known. @param label the holder's name for the device */
export const trustDevice = (
  account: PortalAccountId,
  fingerprint: string,
  label: string | undefined,
  now: Date,
): TransactionPart => put(deviceKey(account, fingerprint), { type: "device", label, knownSince: now.toISOString() });
