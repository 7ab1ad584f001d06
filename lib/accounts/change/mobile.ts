import { Failure } from "../../errors.ts";
import { isObject } from "../../json.ts";
import { queueMessage } from "../../messages/outbox.ts";
import { totpKey } from "../../table/keys.ts";
import type { Key, Session, Totp } from "../../table/records.ts";
import type { TransactionPart } from "../../table/transact.ts";
import type { Account } from "../account/account.ts";
import type { Document } from "../account/document.ts";
import type { CallerRights } from "../account/properties.ts";
import { targetId } from "../account/target.ts";
import { type Portal, textSender } from "../portal.ts";
import { isTotpActive } from "../sign-in/totp.ts";
import type { Step } from "./steps.ts";

/** Codes for new devices go to the mobile number, so that a stolen session alone must not replace it. */

/** How long ago the holder may have signed in to change the number where a second factor is on. */
const recentMs = 15 * 60_000;

/** Returns the key of the account's second factor when a request may change the mobile number; it is not needed otherwise. */
export function totpKeyForChange(
  scope: Parameters<typeof targetId>[0] & { readonly input: Readonly<Record<string, unknown>> },
): Key<Totp> | undefined {
  const { input } = scope;
  // A PUT has the property itself. A PATCH is one operation, or an array of them.
  const operations = [input.operations ?? input].flat();
  const isPatched = operations.some(
    (each) => isObject(each) && typeof each.path === "string" && each.path.includes("mobile"),
  );
  const id = isPatched || Object.hasOwn(input, "mobile") ? targetId(scope) : undefined;
  return id && totpKey(id);
}

/** Whether a change leaves the number unconfirmed: until the holder states one, be it the same. */
export const isLeftUnconfirmed = (
  { id, mobileUnconfirmed }: Account,
  steps: readonly Step[],
  caller: CallerRights,
): true | undefined => {
  const isStated = caller.id === id && steps.some(({ path }) => path[0] === "mobile");
  return mobileUnconfirmed && !isStated ? true : undefined;
};

/** Who changes a number, and where. */
interface MobileChange {
  readonly portal: Portal;
  readonly viewer: CallerRights & { readonly session: Pick<Session, "startedAt"> | undefined };
  /** The account's second factor. */
  readonly totp: Totp | undefined;
  readonly now: Date;
}

/**
 * Returns the parts that announce another mobile number: by mail, and where a second factor is on also to the number from
 * before.
 * @throws Failure kAccessDenied when the holder has to sign in again first, or may not leave it to the caller
 */
export async function mobileNotices(
  before: Account,
  { mobile }: Document,
  { portal, viewer, totp, now }: MobileChange,
): Promise<TransactionPart[]> {
  if (mobile === before.document.mobile) return [];
  const { practiceName } = portal;
  const isGuarded = portal.settings.twoFactor || isTotpActive(totp);
  if (isGuarded) checkMayChange(before, viewer, now);
  const mail = await queueMessage({ kind: "mobileChanged", to: before.email, practiceName }, now);
  // An unconfirmed number may be somebody else's.
  if (!isGuarded || before.mobileUnconfirmed) return [mail];
  const text = {
    kind: "numberReplaced",
    to: before.document.mobile,
    practiceName,
    sender: textSender(portal),
  } as const;
  return [mail, await queueMessage(text, now)];
}

/**
 * Refuses a change where a second factor is on, except by administrators. Whoever has stolen an old session could otherwise
 * offer a connection to somebody else, who would need no new sign-in of the holder.
 * @throws Failure kAccessDenied
 */
function checkMayChange({ id }: Account, viewer: MobileChange["viewer"], now: Date): void {
  if (viewer.administrator && viewer.id !== id) return;
  const refused = (message: string, reason: string) =>
    new Failure("kAccessDenied", [{ field: "account.mobile", message, code: "kAccessDenied" }], reason);
  if (viewer.id !== id) throw refused("not writable", "Only the holder and administrators change this mobile number");
  const { startedAt = 0 } = viewer.session ?? {};
  if (now.getTime() - startedAt >= recentMs)
    throw refused("needs a new sign-in", "Sign in again to change the mobile number");
}
