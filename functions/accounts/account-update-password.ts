import { accountChange, withPassword } from "../../lib/accounts/account.ts";
import { accountEvent } from "../../lib/accounts/event.ts";
import { forgiveGuesses, noteWrongGuess, reserveGuess } from "../../lib/accounts/guess.ts";
import { normalisePassword, personalOf } from "../../lib/accounts/password.ts";
import { passwordFaults } from "../../lib/accounts/password-strength.ts";
import { continueSession } from "../../lib/accounts/session.ts";
import { portalOperation, resultOf } from "../../lib/api/portal-operation.ts";
import { hashPassword, verifyPassword } from "../../lib/crypto/password.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { settle } from "../../lib/table/transact.ts";

/** Changes the caller's own password: a new key, all their other sessions ended, this one kept. */
export const handler = portalOperation("AccountUpdatePassword", {
  errors: ["kInvalidCredentials", "kAccountLocked", "kValidationError"],
  async run(request) {
    const { portal, input, occasion } = request;
    const { account: holder, sessionId } = request.viewer;
    if (!holder || !sessionId) throw new Failure("kNotLoggedIn");
    const guess = await reserveGuess(portal, holder.email, occasion);
    if (!guess) throw new Failure("kAccountLocked");
    if (!(await verifyPassword(normalisePassword(input.current) ?? "", holder.passwordHash))) {
      await noteWrongGuess(guess, portal, holder, occasion);
      throw new Failure("kInvalidCredentials");
    }
    const password = normalisePassword(input.password);
    const faults = await passwordFaults(input.password, password, portal, personalOf(holder));
    if (faults.length > 0 || password === undefined) {
      await guess.succeeded();
      throw new Failure("kValidationError", faults);
    }
    const passwordHash = await hashPassword(password);
    /** What a refusal means that comes later: no guess was wrong, for `current` was right when it was judged. */
    const refuse = async (refusal: unknown) => {
      await guess.succeeded();
      return refusal;
    };
    const again = () =>
      request.again().catch(async (refusal) => {
        throw await refuse(refusal);
      });
    const notice = { kind: "passwordChanged", to: holder.email, practiceName: portal.practiceName } as const;
    return settle<typeof request, object>(request, again, async ({ viewer: { account }, actor }) => {
      // The same session has changed the password since `current` was judged.
      if (account?.passwordHash !== holder.passwordHash) throw await refuse(new Failure("kInvalidCredentials"));
      const after = withPassword(account, passwordHash);
      return {
        parts: [
          accountChange(account, after),
          continueSession(sessionId, after),
          forgiveGuesses(portal, account.email),
          await queueMessage(notice, occasion.now),
          accountEvent(portal, "account.passwordChanged", account.id, actor, occasion, ["password"]),
        ],
        answer: resultOf(after.key),
      };
    });
  },
});
