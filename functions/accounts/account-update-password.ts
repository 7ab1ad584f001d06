import { accountChange, withPassword } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { continueSession } from "../../lib/accounts/session/session.ts";
import { forgiveGuesses, noteWrongGuess, reserveGuess } from "../../lib/accounts/sign-in/guess.ts";
import { passwordErrors } from "../../lib/accounts/sign-in/password-strength.ts";
import { normalisePassword, personalOf } from "../../lib/accounts/sign-in/password-text.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { hashPassword, verifyPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { held, retryOnConflict } from "../../lib/table/transact.ts";

/** Changes the caller's own password. The account gets a new key; all other sessions end, this one continues. */
export const handler = operation("AccountUpdatePassword", byPortal, {
  errors: ["kInvalidCredentials", "kAccountLocked", "kValidationError"],
  async run(request) {
    const { portal, input, context } = request;
    const { account: holder, sessionId } = request.viewer;
    if (!holder || !sessionId) throw new Failure("kNotLoggedIn");
    const guess = await reserveGuess(portal, holder.email, context);
    if (!guess) throw new Failure("kAccountLocked");
    if (!(await verifyPassword(normalisePassword(input.current) ?? "", holder.passwordHash))) {
      await noteWrongGuess(guess, portal, holder, context);
      throw new Failure("kInvalidCredentials");
    }
    const password = normalisePassword(input.password);
    const fieldErrors = await passwordErrors(input.password, password, portal, personalOf(holder));
    if (fieldErrors.length > 0 || password === undefined) {
      await guess.succeeded();
      throw new Failure("kValidationError", fieldErrors);
    }
    const passwordHash = await hashPassword(password);
    /** Ends the guess before a later refusal: `current` was right when it was checked. */
    const refuse = async (refusal: unknown) => {
      await guess.succeeded();
      return refusal;
    };
    const state = held(request, () =>
      request.refresh().catch(async (refusal) => {
        throw await refuse(refusal);
      }),
    );
    const notice = { kind: "passwordChanged", to: holder.email, practiceName: portal.practiceName } as const;
    return retryOnConflict(state, async ({ value: { viewer, actor } }) => {
      const { account } = viewer;
      // The password was changed since `current` was checked.
      if (account?.passwordHash !== holder.passwordHash) throw await refuse(new Failure("kInvalidCredentials"));
      const after = withPassword(account, passwordHash);
      return {
        parts: [
          accountChange(account, after),
          continueSession(sessionId, after),
          forgiveGuesses(portal, account.email),
          await queueMessage(notice, context.now),
          accountEvent(portal, "account.passwordChanged", account.id, actor, context, ["password"]),
        ],
        answer: resultOf(after.key),
      };
    });
  },
});
