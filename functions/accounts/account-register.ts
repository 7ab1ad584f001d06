import { accountCreation, newAccount, ownView } from "../../lib/accounts/account.ts";
import { knowDevice } from "../../lib/accounts/device.ts";
import { accountEvent } from "../../lib/accounts/event.ts";
import { portalLink } from "../../lib/accounts/portal.ts";
import { readRegistration } from "../../lib/accounts/registration.ts";
import { beginSession, newFingerprint, setFingerprintCookie } from "../../lib/accounts/session.ts";
import { newToken } from "../../lib/accounts/token.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";
import { hashPassword } from "../../lib/crypto/password.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { settle } from "../../lib/table/transact.ts";

/** Registers an account, mails its verification, and signs its holder in on this device. */
export const handler = portalOperation("AccountRegister", {
  errors: ["kSelfRegistrationDisabled", "kValidationError", "kNotFound", "kExists"],
  async run(request) {
    const { portal, viewer, byApplication, input, reply, occasion } = request;
    const { now } = occasion;
    const checkOpen = ({ rules }: typeof portal) => {
      if (!rules.registration && !byApplication) throw new Failure("kSelfRegistrationDisabled");
    };
    checkOpen(portal);
    const { password, ...person } = await readRegistration(input, portal, viewer, now);
    const passwordHash = await hashPassword(password);

    const fingerprint = newFingerprint();
    const { account, session } = await settle(request, request.again, async ({ portal, actor }) => {
      checkOpen(portal);
      const { token, digest, part: tokenPart } = newToken("verification", portal, person.id, now);
      const account = { ...newAccount(portal, { ...person, passwordHash }, now), verificationDigest: digest };
      const session = beginSession(portal, account, now);
      const { email: to } = account;
      const { practiceName } = portal;
      const parts = [
        ...accountCreation(account),
        tokenPart,
        ...(byApplication ? [] : [session.part, knowDevice(account, fingerprint, undefined, now)]),
        await queueMessage({ kind: "verification", to, practiceName, link: portalLink(portal, "verify", token) }, now),
        accountEvent(portal, "account.registered", account.id, actor, occasion),
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
