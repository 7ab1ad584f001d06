import { accountFrom, newKey, unknownAccountId } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { normaliseEmail } from "../../lib/accounts/account/email.ts";
import { addSpacedSending } from "../../lib/accounts/mail/mail-limit.ts";
import { passwordResetPart } from "../../lib/accounts/mail/password-reset.ts";
import { newToken } from "../../lib/accounts/mail/token.ts";
import { portalLink } from "../../lib/accounts/portal.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { digestOf } from "../../lib/crypto/digest.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { emailKey, passwordResetKey, portalAccountKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** The address to look up. A text that is not an address becomes an unknown one: no address begins with an @. */
const emailOf = (stated: unknown) => normaliseEmail(stated) ?? `@${digestOf(typeof stated === "string" ? stated : "")}`;

/**
 * Mails a link by which a new password can be set. Known, unknown and locked addresses get the same answer after the same
 * work: for an unknown one, a message that is never sent is queued, and a token without an account is stored.
 */
export const handler = operation("AccountRequestPasswordReset", byPortal, {
  reads: (scope) => ({
    claim: emailKey(scope, emailOf(scope.input.email)),
    reset: passwordResetKey(scope, emailOf(scope.input.email)),
  }),
  errors: ["kValidationError"],
  async run(request) {
    const { input, found, context } = request;
    const { now } = context;
    if (input.email === undefined || input.email === null || input.email === "") {
      throw new Failure("kValidationError", [{ field: "account.email", message: "is required", code: "kRequired" }]);
    }
    const resetKey = passwordResetKey(request.portal, emailOf(input.email));
    const id = { ...request.portal, id: found.claim?.id ?? unknownAccountId };
    const account = accountFrom((await readItems({ account: portalAccountKey(id) })).account);
    const { fingerprint: keyFingerprint } = account?.key ?? newKey();

    return retryOnConflict(request, async ({ portal, found }) => {
      const { reset } = found;
      const sentAt = addSpacedSending(reset?.sentAt, now);
      if (!sentAt) return { parts: [], answer: resultOf(true) };
      const { token, digest, part } = newToken("passwordReset", portal, id.id, now, {
        stateKey: resetKey,
        keyFingerprint,
      });
      const { practiceName } = portal;
      const link = portalLink(portal, "reset-password", token);
      const mail = account
        ? ({ kind: "passwordReset", to: account.email, practiceName, link } as const)
        : ({ kind: "decoy" } as const);
      return {
        parts: [
          passwordResetPart(resetKey, reset, { tokenDigest: digest, sentAt }, now),
          part,
          await queueMessage(mail, now),
          accountEvent(portal, "account.passwordResetRequested", id.id, { kind: "visitor" }, context),
        ],
        answer: resultOf(true),
      };
    });
  },
});
