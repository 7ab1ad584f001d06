import { accountCreation, newAccount, ownView } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { acceptance, getOffer, offerReads, offerReadsFirst, withRoles } from "../../lib/accounts/connections/offer.ts";
import { newToken } from "../../lib/accounts/mail/token.ts";
import { type Portal, portalLink } from "../../lib/accounts/portal.ts";
import { beginSession, newFingerprint, setFingerprintCookie } from "../../lib/accounts/session/session.ts";
import { trustDevice } from "../../lib/accounts/sign-in/device.ts";
import { invitationOf, readRegistration } from "../../lib/accounts/sign-in/registration.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/**
 * Registers an account, accepts the invitation that it names, mails the verification, and signs its holder in on this
 * device.
 */
export const handler = operation("AccountRegister", byPortal, {
  readsFirst: (_, { token }) => offerReadsFirst(invitationOf(token)),
  reads: (scope) => offerReads(scope),
  errors: ["kSelfRegistrationDisabled", "kValidationError", "kNotFound", "kTokenExpired", "kExists"],
  async run(request) {
    const { portal, viewer, byApplication, input, reply, context } = request;
    const { now } = context;
    const invitation = invitationOf(input.token);
    const checkOpen = ({ settings: { registration } }: Portal) => {
      const isOpen = registration === true || (registration === "invitation" && invitation !== undefined);
      if (!isOpen && !byApplication) throw new Failure("kSelfRegistrationDisabled");
    };
    const offerIn = ({ found }: typeof request) =>
      invitation === undefined ? undefined : getOffer(found, invitation, now);
    checkOpen(portal);
    const { password, document, ...person } = await readRegistration(input, portal, viewer, now);
    offerIn(request);
    const passwordHash = await hashPassword(password);

    const fingerprint = newFingerprint();
    const { account, session } = await retryOnConflict(request, async (state) => {
      const { portal, actor } = state;
      checkOpen(portal);
      const offer = offerIn(state);
      const accepted = offer && acceptance(offer, person.id);
      const invited = offer && { roles: withRoles(document.roles, offer) };
      // Who has the token of a mail reads that address.
      const isVerified = offer?.connection.targetEmail === person.email;
      const known = { ...document, ...invited, ...(isVerified && { state: "verified" as const }) };
      const plain = newAccount(portal, { ...person, passwordHash, document: known }, now);
      const verification = isVerified ? undefined : newToken("verification", portal, person.id, now);
      const account = { ...plain, verificationDigest: verification?.digest };
      const session = beginSession(portal, account, now);
      const mail = { kind: "verification", to: account.email, practiceName: portal.practiceName } as const;
      const parts = [
        ...accountCreation(account),
        ...(accepted?.parts ?? []),
        ...(byApplication ? [] : [session.part, trustDevice(account, fingerprint, undefined, now)]),
        ...(verification
          ? [
              verification.part,
              await queueMessage({ ...mail, link: portalLink(portal, "verify", verification.token) }, now),
            ]
          : []),
        accountEvent(
          portal,
          "account.registered",
          account.id,
          actor,
          context,
          account.document.roles.length > 0 ? ["roles"] : [],
        ),
        ...(accepted ? [connectionEvent(portal, "connection.accepted", [accepted.connection], actor, context)] : []),
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
