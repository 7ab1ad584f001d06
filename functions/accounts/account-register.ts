import { accountCreation, newAccount, ownView } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { acceptance, getOffer, offerReads, offerReadsFirst, withRoles } from "../../lib/accounts/connections/offer.ts";
import { addSending } from "../../lib/accounts/mail/mail-limit.ts";
import { newToken } from "../../lib/accounts/mail/token.ts";
import { verificationMail } from "../../lib/accounts/mail/verification.ts";
import type { Portal } from "../../lib/accounts/portal.ts";
import { endPresented, presentedSessions, sessionReads } from "../../lib/accounts/session/presented.ts";
import { beginSession, setDeviceCookie } from "../../lib/accounts/session/session.ts";
import { newDeviceName, recordDevice } from "../../lib/accounts/sign-in/device.ts";
import { invitationOf, readRegistration } from "../../lib/accounts/sign-in/registration.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import type { Reply } from "../../lib/reply.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/**
 * Registers an account, accepts the invitation that it names, mails the verification, and signs its holder in on this
 * device.
 */
export const handler = operation("AccountRegister", byPortal, {
  readsFirst: (_, { token }, { sessionIds }) => ({
    ...offerReadsFirst(invitationOf(token)),
    ...sessionReads(sessionIds),
  }),
  reads: (scope) => offerReads(scope),
  errors: ["kSelfRegistrationDisabled", "kValidationError", "kNotFound", "kTokenExpired", "kExists"],
  async run(request) {
    const { portal, viewer, byApplication, deviceNames, sessionIds, isCrossSite, input, context } = request;
    const { now } = context;
    const invitation = invitationOf(input.token);
    const checkOpen = ({ settings: { registration } }: Portal) => {
      const isOpen = registration === true || (registration === "invitation" && invitation !== undefined);
      if (!isOpen && !byApplication) throw new Failure("kSelfRegistrationDisabled");
    };
    const offerIn = ({ found }: typeof request) =>
      invitation === undefined ? undefined : getOffer(found, invitation, now);
    checkOpen(portal);
    const { secret, document, notify, ...person } = await readRegistration(input, portal, viewer, now);
    offerIn(request);
    const passwordHash = "hash" in secret ? secret.hash : await hashPassword(secret.password);

    // The address of a server says nothing to the reader of the mail.
    const from = byApplication ? undefined : context.sourceIp;
    const device = { name: newDeviceName(), trusted: true };
    const deviceCookie = setDeviceCookie([...deviceNames, device.name], isCrossSite);
    return retryOnConflict(request, async (state) => {
      const { portal, actor } = state;
      checkOpen(portal);
      const offer = offerIn(state);
      const accepted = offer && acceptance(offer, person.id);
      const invited = offer && { roles: withRoles(document.roles, offer) };
      // Who has the token of a mail reads that address.
      const isVerified = offer?.connection.targetEmail === person.email || document.state === "verified";
      const known = { ...document, ...invited, ...(isVerified && { state: "verified" as const }) };
      const plain = newAccount(portal, { ...person, passwordHash, document: known }, now);
      const verification = isVerified || !notify ? undefined : newToken("verification", portal, person.id, now);
      const registeredFrom = verification && from;
      // One address gets only five mails an hour: a token must not be replaced by one whose mail is not sent.
      const resentAt = verification && addSending(undefined, now);
      const account = { ...plain, verificationDigest: verification?.digest, registeredFrom, resentAt };
      const session = beginSession(portal, account, now);
      const parts = [
        ...accountCreation(account),
        ...(accepted?.parts ?? []),
        ...(byApplication ? [] : [...session.parts, ...recordDevice(account, undefined, device, now)]),
        ...endPresented(presentedSessions(state.found, sessionIds, portal), portal, context),
        ...(verification
          ? [verification.part, await queueMessage(verificationMail(portal, account, verification.token), now)]
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
      const tell = (reply: Reply) => {
        session.tell(reply, isCrossSite);
        reply.cookies.push(deviceCookie);
      };
      return { parts, answer: ownView(account, new Set(), now), tell: byApplication ? undefined : tell };
    });
  },
});
