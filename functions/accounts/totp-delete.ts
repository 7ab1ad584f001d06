import type { Account } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import type { CallerRights } from "../../lib/accounts/account/properties.ts";
import { getTarget, targetId, targetKey } from "../../lib/accounts/account/target.ts";
import { checkHolderPassword } from "../../lib/accounts/sign-in/guess.ts";
import { isTotpActive } from "../../lib/accounts/sign-in/totp.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { totpKey } from "../../lib/table/keys.ts";
import type { AccountItem, Totp } from "../../lib/table/records.ts";
import { remove, retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/**
 * Turns an account's second factor off. Its holder states their password. An administrator turns that of others off without:
 * it is the way out after a lost phone.
 */
export const handler = operation("TotpDelete", byPortal, {
  reads: (scope) => {
    const id = targetId(scope);
    return { target: targetKey(scope), totp: id && totpKey(id) };
  },
  errors: ["kNotFound", "kInvalidCredentials", "kAccountLocked"],
  async run(request) {
    const { account: before, isOwn } = removable(request);
    const guess = isOwn ? await checkHolderPassword(before, request.input.password, request) : undefined;
    const removed = retryOnConflict(request, async (state) => {
      const { portal, viewer, actor, context } = state;
      const { account, totp } = removable(state);
      // The password was changed since it was checked.
      if (isOwn && account.passwordHash !== before.passwordHash) throw new Failure("kInvalidCredentials");
      const notice = { kind: "totpRemoved", to: account.email, practiceName: portal.practiceName } as const;
      return {
        parts: [
          remove(totpKey(account), totp),
          ...rightsHeldBy(viewer, totpKey(account)),
          ...(guess?.success() ?? []),
          await queueMessage(notice, context.now),
          accountEvent(portal, "account.totpRemoved", account.id, actor, context),
        ],
        answer: resultOf(true),
      };
    });
    return removed.catch(async (refusal) => {
      // No guess was wrong: the password was right when it was checked.
      if (refusal instanceof Failure) await guess?.succeeded();
      throw refusal;
    });
  },
});

/** What a request needs to have. */
interface Removal {
  readonly path: Readonly<Record<string, string>>;
  readonly viewer: CallerRights;
  readonly found: { readonly target: AccountItem | undefined; readonly totp: Totp | undefined };
}

/** The account whose second factor the caller may turn off. @throws Failure kAccessDenied, kNotFound */
function removable({ path, viewer, found }: Removal): { account: Account; totp: Totp; isOwn: boolean } {
  const { account } = getTarget(found.target, path, viewer);
  const isOwn = viewer.id === account.id;
  if (!isOwn && !viewer.administrator) throw new Failure("kAccessDenied");
  if (!isTotpActive(found.totp)) throw new Failure("kNotFound");
  return { account, totp: found.totp, isOwn };
}
