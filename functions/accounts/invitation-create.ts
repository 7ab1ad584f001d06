import { connectionView } from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { checkFree, invite, readPending } from "../../lib/accounts/connections/invite.ts";
import { readTargets } from "../../lib/accounts/connections/targets.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { emailKey, invitationKey } from "../../lib/table/keys.ts";
import { readTogether } from "../../lib/table/read.ts";
import type { Connection, InvitationClaim, PracticeId } from "../../lib/table/records.ts";
import { create, replace, retryOnConflict, type TransactionPart } from "../../lib/table/transact.ts";

/** Each target takes four parts of a transaction, which has at most 100; two more are for the whole. */
const targetsMax = 24;
/** The access of an invitation means nothing, because there is no account that it gives access to. */
const defaultAccess = 2;

/** Invites people to register, with roles that they then get, and mails each of them: all or none. */
export const handler = operation("InvitationCreate", byPortal, {
  errors: ["kValidationError", "kExists"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, input, actor, context }) => {
      const { now } = context;
      if (!viewer.administrator) throw new Failure("kAccessDenied");
      const targets = readTargets(input, targetsMax, defaultAccess);
      const [accounts, claims] = await readTogether(
        Object.fromEntries(targets.map(({ email }) => [email, emailKey(portal, email)])),
        Object.fromEntries(targets.map(({ email }) => [email, invitationKey(portal, email)])),
      );
      checkFree(targets, ({ email }) => (accounts[email] ? "has an account already" : undefined));
      const earlier = targets.flatMap(({ email }) => claims[email]?.connectionId ?? []);
      const pending = await readPending(portal, earlier, now);
      const inviter = { portal, account: viewer.account, now };
      const invited = await Promise.all(
        targets.map((target) =>
          invite(target, undefined, pending.get(claims[target.email]?.connectionId ?? ""), inviter),
        ),
      );
      const offered = invited.map(({ connection }) => connection);
      return {
        parts: [
          ...invited.flatMap(({ parts }) => parts),
          ...offered.map((connection) => claimPart(portal, claims[connection.targetEmail], connection)),
          ...(viewer.rightsHeld ? [viewer.rightsHeld] : []),
          connectionEvent(portal, "connection.created", offered, actor, context, ["roles"]),
        ],
        answer: {
          object: "list",
          data: invited.map(({ connection, token }) => connectionView(connection, viewer, token)),
          hasMore: false,
        },
      };
    }),
});

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
