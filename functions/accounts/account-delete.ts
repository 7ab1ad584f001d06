import type { Account } from "../../lib/accounts/account/account.ts";
import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { erasureOf } from "../../lib/accounts/erasure/erasure.ts";
import { setSessionCookie } from "../../lib/accounts/session/session.ts";
import { checkHolderPassword } from "../../lib/accounts/sign-in/guess.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { portalAccountKey } from "../../lib/table/keys.ts";
import { retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/** Erases an account, for its holder with their password, or for an administrator. A worker deletes what belonged to it. */
export const handler = operation("AccountDelete", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kNoCredentialsSupplied", "kInvalidCredentials", "kAccountLocked"],
  async run(request) {
    const { portal, input, context, isCrossSite } = request;
    const targetOf = ({ found, path, viewer }: typeof request): { account: Account; isOwn: boolean } => {
      const { account } = getTarget(found.target, path, viewer);
      const isOwn = viewer.id === account.id;
      if (!isOwn && !viewer.administrator) throw new Failure("kAccessDenied");
      return { account, isOwn };
    };
    const { account: holder, isOwn } = targetOf(request);
    if (isOwn && (typeof input.password !== "string" || input.password === ""))
      throw new Failure("kNoCredentialsSupplied", [], "The password of the account is needed");
    const guess = isOwn ? await checkHolderPassword(holder, input.password, request) : undefined;
    const erased = retryOnConflict(request, async (state) => {
      const { account } = targetOf(state);
      // The password was changed since it was checked.
      if (isOwn && account.passwordHash !== holder.passwordHash) throw new Failure("kInvalidCredentials");
      const { practiceName } = portal;
      return {
        parts: [
          ...erasureOf(account, state.actor, context),
          ...rightsHeldBy(state.viewer, portalAccountKey(account)),
          ...(guess?.success() ?? []),
          await queueMessage({ kind: "accountErased", to: account.email, practiceName }, context.now),
        ],
        answer: resultOf(true),
        tell: ({ cookies }) => {
          if (isOwn) cookies.push(setSessionCookie(portal, "", isCrossSite));
        },
      };
    });
    return erased.catch(async (refusal) => {
      // No guess was wrong: the password was right when it was checked.
      if (refusal instanceof Failure) await guess?.succeeded();
      throw refusal;
    });
  },
});
