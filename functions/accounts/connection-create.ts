import { accountChange } from "../../lib/accounts/account/account.ts";
import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { connectionView, isLive, mayShare } from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { checkFree, invite, readPending } from "../../lib/accounts/connections/invite.ts";
import { readTargets, type Target } from "../../lib/accounts/connections/targets.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure, type FieldError } from "../../lib/errors.ts";
import { queueMessages } from "../../lib/messages/outbox.ts";
import { portalAccountKey } from "../../lib/table/keys.ts";
import type { ContextEntry } from "../../lib/table/records.ts";
import { retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/** How many connections one account may have. They are kept with the account, whose item has limited room. */
const connectionsMax = 200;

/** Offers others access to an account, and mails each of them: all or none. */
export const handler = operation("ConnectionCreate", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kValidationError", "kExists"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, path, input, found, actor, context }) => {
      const { now } = context;
      const { account } = getTarget(found.target, path, viewer);
      if (!mayShare(account.id, viewer)) throw new Failure("kAccessDenied");
      const targets = readTargets(input);
      if (!viewer.administrator) checkNoRoles(targets);

      const entries = Object.entries(account.connections ?? {}).filter(([, { endsAt }]) =>
        isLive({ state: endsAt === 0 ? 1 : 0, endsAt }, now),
      );
      const byEmail = new Map(entries.map(([id, { email, endsAt }]) => [email, { id, isActive: endsAt === 0 }]));
      checkFree(targets, ({ email }) => {
        if (email === account.email) return "is the address of the account itself";
        return byEmail.get(email)?.isActive ? "is connected already" : undefined;
      });
      const pending = await readPending(
        portal,
        targets.flatMap(({ email }) => byEmail.get(email)?.id ?? []),
        now,
      );
      const inviter = { portal, account: viewer.account, now };
      const invited = targets.map((target) =>
        invite(target, account.id, pending.get(byEmail.get(target.email)?.id ?? ""), inviter),
      );
      const offered = invited.map(({ connection }) => connection);
      const connections: Record<string, ContextEntry> = {
        ...Object.fromEntries(entries),
        ...Object.fromEntries(offered.map(({ id, targetEmail, endsAt = 0 }) => [id, { email: targetEmail, endsAt }])),
      };
      if (Object.keys(connections).length > connectionsMax) {
        throw new Failure("kInvalidArgument", [], `An account has at most ${connectionsMax} connections`);
      }
      return {
        parts: [
          ...invited.map(({ part }) => part),
          await queueMessages(
            invited.map(({ mail }) => mail),
            now,
          ),
          accountChange(account, { ...account, connections }),
          ...rightsHeldBy(viewer, portalAccountKey(account)),
          connectionEvent(portal, "connection.created", offered, actor, context, ["access"]),
        ],
        supporting: invited.map(({ tokenPart }) => tokenPart),
        answer: {
          object: "list",
          data: invited.map(({ connection, token }) => connectionView(connection, viewer, token)),
          hasMore: false,
        },
      };
    }),
});

/** @throws Failure kAccessDenied with a child for each target that is to get roles */
function checkNoRoles(targets: readonly Target[]): void {
  const refused = targets.flatMap(({ roles }, place): FieldError[] =>
    roles
      ? [{ field: `targets[${place}].roles`, message: "only administrators give roles", code: "kAccessDenied" }]
      : [],
  );
  if (refused.length > 0) throw new Failure("kAccessDenied", refused);
}
