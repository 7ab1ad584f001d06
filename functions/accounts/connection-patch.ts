import { statedId } from "../../lib/accounts/account/target.ts";
import {
  accessPart,
  connectionPart,
  connectionView,
  isLive,
  maySee,
  mayShare,
} from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { readLevel } from "../../lib/accounts/connections/targets.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { connectionKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Changes how much access a connection gives, from the next call on. */
export const handler = operation("ConnectionPatch", byPortal, {
  reads: ({ path, ...scope }) => {
    const id = statedId(path.connection);
    return { connection: id === undefined ? undefined : connectionKey(scope, id) };
  },
  errors: ["kNotFound", "kValidationError"],
  run: (request) =>
    retryOnConflict(request, ({ portal, viewer, input, found, actor, context }) => {
      const { connection: before } = found;
      if (!before || !isLive(before, context.now) || !maySee(before, viewer)) throw new Failure("kNotFound");
      if (!mayShare(before.contextId, viewer)) throw new Failure("kAccessDenied");
      const level = readLevel(input.access);
      if ("fault" in level) throw new Failure("kValidationError", [{ field: "access", ...level.fault }]);
      const after = { ...before, access: level.value, version: before.version + 1 };
      return {
        parts: [
          connectionPart(before, after),
          ...accessPart(after),
          ...(viewer.rightsHeld ? [viewer.rightsHeld] : []),
          connectionEvent(portal, "connection.changed", [after], actor, context, ["access"]),
        ],
        answer: connectionView(after, viewer),
      };
    }),
});
