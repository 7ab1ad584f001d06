import { accountChange, accountFrom, withResetPassword } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { endedConnections } from "../../lib/accounts/erasure/erasure.ts";
import { passwordResetPart } from "../../lib/accounts/mail/password-reset.ts";
import { isTokenOf, statedTokenKey } from "../../lib/accounts/mail/token.ts";
import { forgetDevices } from "../../lib/accounts/sign-in/device.ts";
import { forgiveGuesses } from "../../lib/accounts/sign-in/guess.ts";
import { passwordErrors } from "../../lib/accounts/sign-in/password-strength.ts";
import { normalisePassword, personalOf } from "../../lib/accounts/sign-in/password-text.ts";
import { isTotpActive } from "../../lib/accounts/sign-in/totp.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { digestOf } from "../../lib/crypto/digest.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { portalAccountKey, tokenKey, totpKey } from "../../lib/table/keys.ts";
import { consume, remove, retryOnConflict } from "../../lib/table/transact.ts";

/** Sets a new password by a mailed token. Ends every session and a lock-out, forgets all devices, and mails the holder a notice. */
export const handler = operation("AccountResetPassword", byPortal, {
  readsFirst: (_, { token }) => ({ token: statedTokenKey("passwordReset", token) }),
  reads: ({ found, ...practice }) => {
    const { token } = found;
    const { applicationId, accountId } = practice;
    const holder = isTokenOf(token, practice) ? { applicationId, accountId, id: token.holderId } : undefined;
    return {
      account: holder && portalAccountKey(holder),
      totp: holder && totpKey(holder),
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
      const { endsAt, stateKey, keyFingerprint = account.key.fingerprint } = found.token;
      // The password was changed after the mail. Links from before this rule have no fingerprint, and end within the hour.
      if (keyFingerprint !== account.key.fingerprint) throw new Failure("kNotFound");
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
      const wasUnverified = account.document.state !== "verified";
      // Whoever registered the address before its owner may have set up an app, and have shared the account.
      const strangersApp = wasUnverified ? state.found.totp : undefined;
      const event = (what: string, changed?: readonly string[]) =>
        accountEvent(portal, what, account.id, { kind: "visitor" }, context, changed);
      return {
        parts: [
          consume(tokenKey("passwordReset", text), "kNotFound"),
          passwordResetPart(stateKey, reset, { sentAt: reset.sentAt }, now),
          accountChange(account, withResetPassword(account, passwordHash)),
          forgetDevices(account),
          ...(wasUnverified ? [remove(totpKey(account)), ...endedConnections(account, context)] : []),
          ...forgiveGuesses(portal, account.email),
          await queueMessage(notice, now),
          event("account.passwordReset", wasUnverified ? ["password", "state"] : ["password"]),
          ...(isTotpActive(strangersApp) ? [event("account.totpRemoved")] : []),
        ],
        answer: resultOf(true),
      };
    });
  },
});
