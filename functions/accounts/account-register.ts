import { accountCreation, newAccount, ownView } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { newToken } from "../../lib/accounts/mail/token.ts";
import { portalLink } from "../../lib/accounts/portal.ts";
import { beginSession, newFingerprint, setFingerprintCookie } from "../../lib/accounts/session/session.ts";
import { trustDevice } from "../../lib/accounts/sign-in/device.ts";
import { readRegistration } from "../../lib/accounts/sign-in/registration.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Registers an account, mails its verification, and signs its holder in on this device. */
export const handler = operation("AccountRegister", byPortal, {
  errors: ["kSelfRegistrationDisabled", "kValidationError", "kNotFound", "kExists"],
  async run(request) {
    const { portal, viewer, byApplication, input, reply, context } = request;
    const { now } = context;
    const checkOpen = ({ settings }: typeof portal) => {
      if (!settings.registration && !byApplication) throw new Failure("kSelfRegistrationDisabled");
    };
    checkOpen(portal);
    const { password, ...person } = await readRegistration(input, portal, viewer, now);
    const passwordHash = await hashPassword(password);

    const fingerprint = newFingerprint();
    const { account, session } = await retryOnConflict(request, async ({ portal, actor }) => {
      checkOpen(portal);
      const { token, digest, part: tokenPart } = newToken("verification", portal, person.id, now);
      const account = { ...newAccount(portal, { ...person, passwordHash }, now), verificationDigest: digest };
      const session = beginSession(portal, account, now);
      const { email: to } = account;
      const { practiceName } = portal;
      const parts = [
        ...accountCreation(account),
        tokenPart,
        ...(byApplication ? [] : [session.part, trustDevice(account, fingerprint, undefined, now)]),
        await queueMessage({ kind: "verification", to, practiceName, link: portalLink(portal, "verify", token) }, now),
        accountEvent(portal, "account.registered", account.id, actor, context),
      ];
      return { parts, answer: { account, session } };
    });

    if (!byApplication) {
      session.tell(reply);
      reply.cookies.push(setFingerprintCookie(fingerprint));
    }
    return ownView(account, new Set(), now);
  },
});
