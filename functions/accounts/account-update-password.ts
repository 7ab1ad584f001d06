import { accountChange, withPassword } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { continueSession } from "../../lib/accounts/session/session.ts";
import { checkHolderPassword } from "../../lib/accounts/sign-in/guess.ts";
import { passwordErrors } from "../../lib/accounts/sign-in/password-strength.ts";
import { normalisePassword, personalOf } from "../../lib/accounts/sign-in/password-text.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Changes the caller's own password. The account gets a new key; all other sessions end, this one continues. */
export const handler = operation("AccountUpdatePassword", byPortal, {
  errors: ["kInvalidCredentials", "kAccountLocked", "kValidationError"],
  async run(request) {
    const { portal, input, context } = request;
    const { account: holder, sessionId } = request.viewer;
    if (!holder || !sessionId) throw new Failure("kNotLoggedIn");
    const guess = await checkHolderPassword(holder, input.current, request);
    const password = normalisePassword(input.password);
    const fieldErrors = await passwordErrors(input.password, password, portal, personalOf(holder));
    if (fieldErrors.length > 0 || password === undefined) {
      await guess.succeeded();
      throw new Failure("kValidationError", fieldErrors);
    }
    const passwordHash = await hashPassword(password);
    const notice = { kind: "passwordChanged", to: holder.email, practiceName: portal.practiceName } as const;
    const changed = retryOnConflict(request, async ({ viewer, actor }) => {
      const { account } = viewer;
      // The password was changed since `current` was checked.
      if (account?.passwordHash !== holder.passwordHash) throw new Failure("kInvalidCredentials");
      const after = withPassword(account, passwordHash);
      return {
        parts: [
          accountChange(account, after),
          continueSession(sessionId, after),
          ...guess.success(),
          await queueMessage(notice, context.now),
          accountEvent(portal, "account.passwordChanged", account.id, actor, context, ["password"]),
        ],
        answer: resultOf(after.key),
      };
    });
    return changed.catch(async (refusal) => {
      // No guess was wrong: `current` was right when it was checked.
      if (refusal instanceof Failure) await guess.succeeded();
      throw refusal;
    });
  },
});
