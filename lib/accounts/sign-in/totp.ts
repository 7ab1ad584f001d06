import { createHmac, randomInt } from "node:crypto";
import { newId } from "../../crypto/random.ts";
import { seal, unseal } from "../../crypto/seal.ts";
import { Failure } from "../../errors.ts";
import { totpKey } from "../../table/keys.ts";
import type { PortalAccountId, Totp } from "../../table/records.ts";
import { create, replace, type TransactionPart } from "../../table/transact.ts";
import { reserveTry, type Try } from "../../table/tries.ts";
import { isCode } from "./code.ts";

/** The second factor that an account holder has set up: an authenticator app, and recovery codes for when it is lost. */

const recoveryCodes = 10;
/** 31 characters to choose from make 64 random bits. */
const recoveryCharacters = 13;
/** Letters and digits that are not mistaken for each other. */
const recoveryAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
/** The form of recovery codes. */
const recoveryShape = new RegExp(`^[${recoveryAlphabet}]{${recoveryCharacters}}$`);

const purpose = "totp secret";
/** Bound to its key, so that a sealed secret that is copied to another account cannot be opened there. */
const bindingOf = (account: PortalAccountId) => `${totpKey(account).pk} ${totpKey(account).sk}`;

/**
 * The table has recovery codes only in this form. Its key is the app's secret, which is sealed. So nobody can find the codes by
 * trying, not even with a copy of the table.
 */
const recoveryDigest = (secret: string, code: string) => createHmac("sha256", secret).update(code).digest("hex");

/** Whether an account's second factor is on. A pending one is not confirmed yet and is never asked for. */
export const isTotpActive = (totp: Totp | undefined): totp is Totp => totp?.state === "active";

/** Whether a code that was read has the form of an app's code or of a recovery code. */
export const isTotpCode = (code: string | undefined): code is string =>
  isCode(code) || (code !== undefined && recoveryShape.test(code));

const totpPart = (
  account: PortalAccountId,
  before: Totp | undefined,
  after: Omit<Totp, "version">,
): TransactionPart => {
  const item = { type: "totp", ...after, version: (before?.version ?? 0) + 1 };
  return before ? replace(totpKey(account), before, item) : create(totpKey(account), item, "changed");
};

/**
 * Returns the part that stores a pending second factor, in place of an earlier pending one.
 * @param secret in base32
 * @throws Failure kExists when one is active
 */
export async function pendingTotp(
  account: PortalAccountId,
  before: Totp | undefined,
  secret: string,
  now: Date,
): Promise<TransactionPart> {
  if (isTotpActive(before)) throw new Failure("kExists");
  const sealed = await seal(purpose, bindingOf(account), secret);
  return totpPart(account, before, { id: newId(now), state: "pending", sealed, createdAt: now.toISOString() });
}

/** A right code: what it uses up. */
export interface ShownCode {
  /** The second factor that it belongs to. */
  readonly totpId: string;
  /** The secret, sealed again: a rotation of the sealing secret then does not lose secrets that are in use. */
  readonly sealed: string;
  /** Of an app's code: its step. */
  readonly step?: number | undefined;
  /** Of a recovery code: its digest. */
  readonly digest?: string | undefined;
}

/**
 * Checks a code, without using it up.
 * @param code for which `isTotpCode` is true
 * @returns `undefined` for a code that is wrong or was used
 */
export async function checkTotpCode(
  account: PortalAccountId,
  totp: Totp,
  code: string,
  now: Date,
): Promise<ShownCode | undefined> {
  const secret = await unseal(purpose, bindingOf(account), totp.sealed);
  if (secret === undefined) return undefined;
  const shown = await (isCode(code) ? shownByApp(secret, code, now) : { digest: recoveryDigest(secret, code) });
  const sealed = await seal(purpose, bindingOf(account), secret);
  return isLeft(totp, shown) ? { totpId: totp.id, sealed, ...shown } : undefined;
}

async function shownByApp(secret: string, code: string, now: Date): Promise<Pick<ShownCode, "step">> {
  const { totpStep } = await import("./totp-codes.ts");
  return { step: totpStep(secret, code, now) };
}

/** Whether a code can be used: an app's code that is later than the last one, or a recovery code that was not used. */
const isLeft = (
  { lastStep = -1, recoveryDigests = [] }: Totp,
  { step, digest }: Pick<ShownCode, "step" | "digest">,
): boolean => (step !== undefined && step > lastStep) || (digest !== undefined && recoveryDigests.includes(digest));

/**
 * Returns the part that uses a right code up. An app's code is used up together with all earlier ones.
 * @param totp the second factor as it is now
 * @throws Failure kCallbackNotFound when the code was used in the meantime, or the second factor is another one
 */
export function useTotpCode(account: PortalAccountId, totp: Totp | undefined, shown: ShownCode): TransactionPart {
  if (totp?.id !== shown.totpId || !isLeft(totp, shown)) throw new Failure("kCallbackNotFound");
  const { sealed, step = totp.lastStep, digest } = shown;
  const recoveryDigests = totp.recoveryDigests?.filter((each) => each !== digest);
  return totpPart(account, totp, { ...totp, sealed, lastStep: step, recoveryDigests });
}

/**
 * Turns a pending second factor on.
 * @param totp the second factor as it is now
 * @returns the recovery codes, which are shown only now, and the part that stores it
 * @throws Failure kNotFound when this one is not pending any more
 */
export async function activeTotp(
  account: PortalAccountId,
  totp: Totp | undefined,
  { totpId, sealed, step }: ShownCode,
): Promise<{ recoveryCodes: string[]; part: TransactionPart }> {
  const secret = await unseal(purpose, bindingOf(account), sealed);
  if (totp?.state !== "pending" || totp.id !== totpId || secret === undefined) throw new Failure("kNotFound");
  const codes = Array.from({ length: recoveryCodes }, newRecoveryCode);
  const recoveryDigests = codes.map((code) => recoveryDigest(secret, code));
  const after = { ...totp, state: "active", sealed, lastStep: step, recoveryDigests } as const;
  return { recoveryCodes: codes, part: totpPart(account, totp, after) };
}

const newRecoveryCode = () =>
  Array.from({ length: recoveryCharacters }, () => recoveryAlphabet.charAt(randomInt(recoveryAlphabet.length))).join(
    "",
  );

const triesPurpose = { signIn: "totp", confirmation: "totp confirmation" } as const;
const triesLimit = { triesMax: 5, lockMinutes: 15, hourMax: 20 };
const subjectOf = ({ applicationId, accountId, id }: PortalAccountId) => JSON.stringify([applicationId, accountId, id]);

/**
 * Reserves a try at a code, so that the limit also holds for a burst.
 * @throws Failure kAccountLocked after too many wrong codes
 */
export async function reserveTotpTry(
  account: PortalAccountId,
  kind: keyof typeof triesPurpose,
  now: Date,
): Promise<Try> {
  const reserved = await reserveTry(triesPurpose[kind], subjectOf(account), triesLimit, now);
  if (!reserved) throw new Failure("kAccountLocked", [], "Too many wrong codes: try again later");
  return reserved;
}
