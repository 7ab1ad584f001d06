import { type Account, accountChange, findAccount, withPassword } from "../../lib/accounts/account.ts";
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
  async run({ portal, viewer, actor, input, occasion }) {
    const { account: holder, sessionId } = viewer;
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
    /** No guess was wrong: `current` was right when it was judged. */
    const refuse = async (code: "kInvalidCredentials" | "kNotLoggedIn") => {
      await guess.succeeded();
      return new Failure(code);
    };
    const notice = { kind: "passwordChanged", to: holder.email, practiceName: portal.practiceName } as const;
    return settle<Account | undefined, object>(
      holder,
      () => findAccount(holder),
      async (account) => {
        // Somebody else has changed the password since `current` was judged.
        if (account?.passwordHash !== holder.passwordHash) throw await refuse("kInvalidCredentials");
        // An administrator has locked the account meanwhile: this session is over with all others.
        if (account.sessionEpoch !== holder.sessionEpoch) throw await refuse("kNotLoggedIn");
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
      },
    );
  },
});
