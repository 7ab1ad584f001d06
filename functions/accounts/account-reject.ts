import { accountFrom } from "../../lib/accounts/account/account.ts";
import { erasureOf } from "../../lib/accounts/erasure/erasure.ts";
import { isTokenOf, statedTokenKey } from "../../lib/accounts/mail/token.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { portalAccountKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/**
 * Erases an unverified account that somebody else has registered with the reader's e-mail address, by the token of any mail
 * that asked for verification.
 */
export const handler = operation("AccountReject", byPortal, {
  readsFirst: (path) => ({ token: statedTokenKey("verification", path.token) }),
  reads: ({ found, ...practice }) => {
    const { token } = found;
    return { account: isTokenOf(token, practice) ? portalAccountKey({ ...practice, id: token.holderId }) : undefined };
  },
  errors: ["kNotFound", "kTokenExpired"],
  run: (request) =>
    retryOnConflict(request, ({ found, context }) => {
      const account = accountFrom(found.account);
      if (!account || !found.token || account.document.state !== "unverified") throw new Failure("kNotFound");
      if (context.now.getTime() >= found.token.endsAt) throw new Failure("kTokenExpired");
      return { parts: erasureOf(account, { kind: "visitor" }, context), answer: resultOf(true) };
    }),
});
