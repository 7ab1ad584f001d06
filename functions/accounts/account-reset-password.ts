import { accountChange, accountFrom, withPassword } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { passwordResetPart } from "../../lib/accounts/mail/password-reset.ts";
import { isTokenOf, statedTokenKey } from "../../lib/accounts/mail/token.ts";
import { forgiveGuesses } from "../../lib/accounts/sign-in/guess.ts";
import { passwordErrors } from "../../lib/accounts/sign-in/password-strength.ts";
import { normalisePassword, personalOf } from "../../lib/accounts/sign-in/password-text.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { digestOf } from "../../lib/crypto/digest.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { portalAccountKey, tokenKey } from "../../lib/table/keys.ts";
import { consume, retryOnConflict } from "../../lib/table/transact.ts";

/** Sets a new password by a mailed token. Ends every session, ends a lock-out, and mails the holder a notice. */
export const handler = operation("AccountResetPassword", byPortal, {
  readsFirst: (_, { token }) => ({ token: statedTokenKey("passwordReset", token) }),
  reads: ({ found, ...practice }) => {
    const { token } = found;
    return {
      account: isTokenOf(token, practice) ? portalAccountKey({ ...practice, id: token.holderId ?? "" }) : undefined,
      reset: token?.stateKey,
    };
  },
  errors: ["kNotFound", "kTokenExpired", "kValidationError"],
  async run(request) {
    const { portal, input, context } = request;
    const { now } = context;
    const text = input.token as string;
    const works = ({ found }: typeof request) => {
      const [account, reset] = [accountFrom(found.account), found.reset];
      if (!account || reset?.tokenDigest !== digestOf(text) || !found.token?.stateKey) throw new Failure("kNotFound");
      const { endsAt, stateKey } = found.token;
      if (now.getTime() >= endsAt) throw new Failure("kTokenExpired");
      return { account, reset, stateKey };
    };
    const { account: holder } = works(request);

    const password = normalisePassword(input.password);
    const fieldErrors = await passwordErrors(input.password, password, portal, personalOf(holder));
    if (fieldErrors.length > 0 || password === undefined) throw new Failure("kValidationError", fieldErrors);
    const passwordHash = await hashPassword(password);
    const notice = { kind: "passwordChanged", to: holder.email, practiceName: portal.practiceName } as const;
    return retryOnConflict(request, async (state) => {
      const { account, reset, stateKey } = works(state);
      return {
        parts: [
          consume(tokenKey("passwordReset", text), "kNotFound"),
          passwordResetPart(stateKey, reset, { sentAt: reset.sentAt }, now),
          accountChange(account, withPassword(account, passwordHash)),
          forgiveGuesses(portal, account.email),
          await queueMessage(notice, now),
          accountEvent(portal, "account.passwordReset", account.id, { kind: "visitor" }, context, ["password"]),
        ],
        answer: resultOf(true),
      };
    });
  },
});
