import { connectionView, isLive } from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { checkFree, invite } from "../../lib/accounts/connections/invite.ts";
import { readTargets } from "../../lib/accounts/connections/targets.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessages } from "../../lib/messages/outbox.ts";
import { connectionKey, emailKey, invitationKey } from "../../lib/table/keys.ts";
import { readItems, readTogether } from "../../lib/table/read.ts";
import type { Connection, InvitationClaim, PracticeId } from "../../lib/table/records.ts";
import { create, replace, retryOnConflict, type TransactionPart } from "../../lib/table/transact.ts";

/** The access of an invitation means nothing, because there is no account that it gives access to. */
const defaultAccess = 2;

/** Invites people to register, with roles that they then get, and mails each of them: all or none. */
export const handler = operation("InvitationCreate", byPortal, {
  errors: ["kValidationError", "kExists"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, input, actor, context }) => {
      const { now } = context;
      if (!viewer.administrator) throw new Failure("kAccessDenied");
      const targets = readTargets(input, defaultAccess);
      const [accounts, claims] = await readTogether(
        Object.fromEntries(targets.map(({ email }) => [email, emailKey(portal, email)])),
        Object.fromEntries(targets.map(({ email }) => [email, invitationKey(portal, email)])),
      );
      checkFree(targets, ({ email }) => (accounts[email] ? "has an account already" : undefined));
      const placeOf = await readPlaces(portal, claims, now);
      const inviter = { portal, account: viewer.account, now };
      const invited = targets.map((target) => {
        const { invitation, freeId } = placeOf(target.email);
        return invite(target, undefined, invitation, inviter, freeId);
      });
      const offered = invited.map(({ connection }) => connection);
      return {
        parts: [
          ...invited.map(({ part }) => part),
          await queueMessages(
            invited.map(({ mail }) => mail),
            now,
          ),
          ...(viewer.rightsHeld ? [viewer.rightsHeld] : []),
          connectionEvent(portal, "connection.created", offered, actor, context, ["roles"]),
        ],
        supporting: [
          ...invited.map(({ tokenPart }) => tokenPart),
          ...offered.map((connection) => claimPart(portal, claims[connection.targetEmail], connection)),
        ],
        answer: {
          object: "list",
          data: invited.map(({ connection, token }) => connectionView(connection, viewer, token)),
          hasMore: false,
        },
      };
    }),
});

/** Where the invitation of an address is, or will be. */
interface Place {
  /** The invitation to renew. */
  readonly invitation?: Connection;
  /** The id that the address's claim has for a new one. */
  readonly freeId?: string;
}

/**
 * Reads where the invitations of addresses are, by their claims. A claim may have been written before its invitation, so it
 * alone does not say that there is one. It keeps one invitation for each address nevertheless, because it leads to another
 * id only when nothing can be created or accepted at its id any more. Until then everybody uses that id:
 * - Nothing is there: one of several simultaneous requests creates the invitation.
 * - An invitation that was not accepted, in time or too late: it is renewed.
 * - An accepted or deleted invitation: the next one has a new id.
 */
async function readPlaces(
  portal: PracticeId,
  claims: Readonly<Record<string, InvitationClaim | undefined>>,
  now: Date,
): Promise<(email: string) => Place> {
  const ids = Object.values(claims).flatMap((claim) => claim?.connectionId ?? []);
  const found = await readItems(Object.fromEntries(ids.map((id) => [id, connectionKey(portal, id)])));
  return (email) => {
    const freeId = claims[email]?.connectionId;
    if (freeId === undefined) return {};
    const invitation = found[freeId];
    if (!invitation) return { freeId };
    if (invitation.state !== 0) return {};
    // What has ended does not exist for callers, so it seems to be created now.
    return { invitation: isLive(invitation, now) ? invitation : { ...invitation, createdAt: now.toISOString() } };
  };
}

/** Returns the part that makes a connection the one invitation of its address. */
function claimPart(
  portal: PracticeId,
  before: InvitationClaim | undefined,
  { id: connectionId, targetEmail, expiresAt }: Connection,
): TransactionPart {
  const key = invitationKey(portal, targetEmail);
  const item = { type: "claim", connectionId, expiresAt, version: (before?.version ?? 0) + 1 };
  return before ? replace(key, before, item) : create(key, item, "changed");
}
