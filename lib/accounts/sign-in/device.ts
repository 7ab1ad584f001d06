import { randomInt } from "node:crypto";
import type { Actor, RequestContext } from "../../audit/audit-event.ts";
import { digestOf } from "../../crypto/digest.ts";
import { newId, randomText } from "../../crypto/random.ts";
import { Failure } from "../../errors.ts";
import { queueMessage } from "../../messages/outbox.ts";
import { deviceCodeKey, deviceEntryKey, deviceKey, emailKey, portalAccountKey } from "../../table/keys.ts";
import { readItems } from "../../table/read.ts";
import type {
  Device,
  DeviceCode,
  EmailClaim,
  HeldEntry,
  Key,
  PortalAccountId,
  PracticeId,
} from "../../table/records.ts";
import {
  checkAttribute,
  consume,
  countUp,
  put,
  remove,
  rightsHeldBy,
  setAttributes,
  type TransactionPart,
} from "../../table/transact.ts";
import { countUse } from "../../table/tries.ts";
import type { Account } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import type { CallerRights } from "../account/properties.ts";
import type { Portal } from "../portal.ts";

const codeMinutes = 10;
const codeUsesMax = 5;

/**
 * What a code is bound to: it dies with the password, which has a key of its own, and with each change of the mobile number,
 * also when that returns to an earlier one.
 */
const bindingOf = ({ key, document, mobileChanges = 0 }: Account) =>
  digestOf(`${key.fingerprint} ${document.mobile} ${mobileChanges}`);

const codeDigest = (name: string, code: string, account: Account) => digestOf(`${name} ${code} ${bindingOf(account)}`);

/** Returns a new code of six digits for a device, and the part that stores it. */
export function newDeviceCode(account: Account, name: string, now: Date): { code: string; part: TransactionPart } {
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const endsAt = now.getTime() + codeMinutes * 60_000;
  const item: DeviceCode = { digest: codeDigest(name, code, account), boundTo: bindingOf(account), endsAt };
  const expiresAt = Math.ceil(endsAt / 1000);
  return { code, part: put(deviceCodeKey(account, name), { type: "deviceCode", ...item, expiresAt }) };
}

/** Whether a code can still be tried for an account as it is now. */
export const isUsable = ({ endsAt, uses, boundTo }: DeviceCode, account: Account, now: Date): boolean =>
  endsAt > now.getTime() && (uses?.size ?? 0) < codeUsesMax && boundTo === bindingOf(account);

/** Checks a code. Each check counts as a try, right or wrong. Five are allowed, even when many come at once. */
export async function codeMatches(account: Account, name: string, code: string, now: Date): Promise<boolean> {
  const item = await countUse(deviceCodeKey(account, name), codeUsesMax, now);
  return item?.digest === codeDigest(name, code, account);
}

/**
 * Returns the parts that use a code up. When many try at once, one succeeds. The transaction must also check that the account has
 * not changed since `present` was read.
 * @param checked the account as it was when the code was checked
 * @param present the same account as it is now
 * @throws Failure kCallbackNotFound when the password or the mobile number was changed in the meantime
 */
export function consumeCode(checked: Account, present: Account, name: string): TransactionPart[] {
  if (bindingOf(checked) !== bindingOf(present)) throw new Failure("kCallbackNotFound");
  return [consume(deviceCodeKey(present, name), "kCallbackNotFound")];
}

/** Returns a new name for a device: 190 random bits. */
export const newDeviceName = (): string => randomText(32);

/** How long a device counts after it was recorded. */
const deviceDays = 365;

const deviceAt = (name: string) => `device ${name}` as const;
const codeAt = (name: string) => `code ${name}` as const;
type Named<At extends string, Value> = { readonly [Name in At]: Value };

/** Returns the keys of the devices of an e-mail address that have the presented names. */
export const deviceReads = (
  practice: PracticeId,
  email: string,
  names: readonly string[],
): Named<ReturnType<typeof deviceAt>, Key<Device>> =>
  Object.fromEntries(names.map((name) => [deviceAt(name), deviceKey(practice, email, name)]));

/** Returns the keys of the codes that devices with the presented names wait for. */
export const codeReads = (
  account: PortalAccountId,
  names: readonly string[],
): Named<ReturnType<typeof codeAt>, Key<DeviceCode>> =>
  Object.fromEntries(names.map((name) => [codeAt(name), deviceCodeKey(account, name)]));

/** A device, and the name by which it was presented. */
export interface KnownDevice extends Device {
  readonly name: string;
}

/** Whether a device counts for the account that has the e-mail address now. */
export const isKnown = (device: Device, claim: EmailClaim | undefined, now: Date): boolean =>
  device.holderId === claim?.id && device.epoch === (claim.deviceEpoch ?? 0) && device.endsAt > now.getTime();

/**
 * Returns the device of an e-mail address that was presented, if one counts: a trusted one before others, then the newest.
 * @param found what `deviceReads` led to
 * @param names from the cookie, the newest last
 */
export function knownDevice(
  found: Named<ReturnType<typeof deviceAt>, Device | undefined>,
  claim: EmailClaim | undefined,
  names: readonly string[],
  now: Date,
): KnownDevice | undefined {
  const known = names.flatMap((name) => {
    const device = found[deviceAt(name)];
    return device && isKnown(device, claim, now) ? [{ ...device, name }] : [];
  });
  return known.findLast(({ trusted }) => trusted) ?? known.at(-1);
}

/** A presented name, and the code that it waits for. */
export interface PendingDevice {
  readonly name: string;
  readonly code: DeviceCode;
}

/** Returns the presented name that waits for a code, the newest if there are several. @param found from `codeReads` */
export function pendingDevice(
  found: Named<ReturnType<typeof codeAt>, DeviceCode | undefined>,
  names: readonly string[],
  account: Account,
  now: Date,
): PendingDevice | undefined {
  const pending = names.flatMap((name) => {
    const code = found[codeAt(name)];
    return code ? [{ name, code }] : [];
  });
  return pending.findLast(({ code }) => isUsable(code, account, now)) ?? pending.at(-1);
}

/**
 * Returns the names for the cookie of a device that gets a new name for an account. Names of other accounts stay; those
 * that it had for this account are replaced.
 * @param found what `deviceReads` and `codeReads` led to
 */
export const namesWith = (
  name: string,
  names: readonly string[],
  found: Readonly<Record<string, unknown>>,
): readonly string[] => [
  ...names.filter((earlier) => found[deviceAt(earlier)] === undefined && found[codeAt(earlier)] === undefined),
  name,
];

/**
 * Returns the parts that record a device under a new name.
 * @param claim the claim of the account's e-mail address; `undefined` for an account that is being created
 * @param device `label` is the holder's name for it; `trusted` is whether a second factor was shown on it
 */
export function recordDevice(
  account: Pick<Account, "applicationId" | "accountId" | "id" | "email">,
  claim: EmailClaim | undefined,
  { name, label, trusted }: { readonly name: string; readonly label?: string | undefined; readonly trusted: boolean },
  now: Date,
): TransactionPart[] {
  const endsAt = now.getTime() + deviceDays * 86_400_000;
  const expiresAt = Math.ceil(endsAt / 1000);
  const [id, at] = [newId(now), now.toISOString()];
  const epoch = claim?.deviceEpoch ?? 0;
  const key = deviceKey(account, account.email, name);
  const device: Device = {
    id,
    holderId: account.id,
    label,
    createdAt: at,
    lastSeenAt: at,
    trusted,
    epoch,
    endsAt,
    expiresAt,
  };
  return [
    put(key, { type: "device", ...device }),
    put(deviceEntryKey(account, id), { type: "deviceEntry", itemKey: key, expiresAt }),
  ];
}

/** Returns the part that notes the use of a known device, which must still exist. */
export const noteDevice = (account: Account, { name }: KnownDevice, now: Date): TransactionPart =>
  setAttributes(deviceKey(account, account.email, name), { lastSeenAt: now.toISOString() }, "changed");

/** Returns the parts that remove a device. */
export const removeDevice = (account: Account, { name, id }: KnownDevice): TransactionPart[] => [
  remove(deviceKey(account, account.email, name)),
  remove(deviceEntryKey(account, id)),
];

/** Returns the part that forgets all devices of an account. They are unknown from then on; TTL cleans up. */
export const forgetDevices = (
  account: Pick<Account, "applicationId" | "accountId" | "id" | "email">,
): TransactionPart => countUp(emailKey(account, account.email), account.id, "deviceEpoch");

/** Who forgets devices. */
interface Caller extends CallerRights {
  readonly actor: Actor;
  readonly rightsHeld: TransactionPart | undefined;
}

/** Whether a caller may see and forget the devices of an account: its holder, and administrators. */
export const mayManageDevices = ({ id }: PortalAccountId, caller: CallerRights): boolean =>
  caller.administrator || caller.id === id;

/**
 * Returns the parts that forget one device.
 * @param entry its entry in the holder's list, if there is one
 * @throws Failure kNotFound when the account has no such device
 */
export async function forgetDevice(
  account: Account,
  entry: HeldEntry<Device> | undefined,
  now: Date,
): Promise<TransactionPart[]> {
  const claimKey = emailKey(account, account.email);
  const { device, claim } = await readItems({ device: entry?.itemKey, claim: claimKey });
  if (!entry || !device || !isKnown(device, claim, now)) throw new Failure("kNotFound");
  return [consume(entry.itemKey, "kNotFound"), remove(deviceEntryKey(account, device.id))];
}

/** Returns what goes with forgetting devices of an account: the audit event, and a mail to a holder who did not do it. */
export async function forgotten(
  portal: Portal,
  account: Account,
  caller: Caller,
  context: RequestContext,
): Promise<TransactionPart[]> {
  const notice = { kind: "devicesForgotten", to: account.email, practiceName: portal.practiceName } as const;
  return [
    ...rightsHeldBy(caller, portalAccountKey(account)),
    ...(caller.id === account.id ? [] : [await queueMessage(notice, context.now)]),
    accountEvent(portal, "account.devicesForgotten", account.id, caller.actor, context),
  ];
}

/** Returns a device as it is answered. @param current whether the request comes from it */
export const deviceView = ({ id, label, createdAt, lastSeenAt }: Device, current: boolean): object => ({
  _id: id,
  object: "device",
  ...(label && { name: label }),
  created: createdAt,
  lastSeen: lastSeenAt,
  current,
});

/** Returns the condition that an account exists, and that its devices were not forgotten since its claim was read. */
export const devicesRemembered = (account: Account, claim: EmailClaim | undefined): TransactionPart =>
  checkAttribute(emailKey(account, account.email), account.id, "deviceEpoch", claim?.deviceEpoch);
