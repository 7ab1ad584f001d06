import { accountChange, accountFrom } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { isTokenOf, statedTokenKey } from "../../lib/accounts/mail/token.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { digestOf } from "../../lib/crypto/digest.ts";
import { Failure } from "../../lib/errors.ts";
import { portalAccountKey, tokenDigestKey, tokenKey } from "../../lib/table/keys.ts";
import { consume, remove, retryOnConflict } from "../../lib/table/transact.ts";

/** Verifies an e-mail address by a mailed token. */
export const handler = operation("AccountVerify", byPortal, {
  readsFirst: (path, input) => ({ token: statedTokenKey("verification", path.token ?? input.token) }),
  reads: ({ found, ...practice }) => {
    const { token } = found;
    return {
      account: isTokenOf(token, practice) ? portalAccountKey({ ...practice, id: token.holderId ?? "" }) : undefined,
    };
  },
  errors: ["kNotFound", "kTokenExpired"],
  async run(request) {
    // Any other value than a text leads to no account, so that the cast is safe wherever it is used.
    const text = (request.path.token ?? request.input.token) as string;
    return retryOnConflict(request, ({ portal, found, context }) => {
      const account = accountFrom(found.account);
      if (!account || !found.token || account.verificationDigest !== digestOf(text)) throw new Failure("kNotFound");
      if (context.now.getTime() >= found.token.endsAt) throw new Failure("kTokenExpired");
      const document = { ...account.document, state: "verified" as const };
      const { replacedVerifications = [] } = account;
      const noMails = {
        verificationDigest: undefined,
        replacedVerifications: undefined,
        registeredFrom: undefined,
        resentAt: undefined,
      };
      return {
        parts: [
          consume(tokenKey("verification", text), "kNotFound"),
          ...replacedVerifications.map((replaced) => remove(tokenDigestKey("verification", replaced))),
          accountChange(account, { ...account, document, ...noMails }),
          accountEvent(portal, "account.verified", account.id, { kind: "visitor" }, context, ["state"]),
        ],
        answer: resultOf(true),
      };
    });
  },
});
