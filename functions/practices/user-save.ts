import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { newPasswordHash, writeUser } from "../../lib/practices/user.ts";
import { UserFields, userFieldErrors, userReadOnly } from "../../lib/practices/user-fields.ts";
import { userKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Creates the user when there is none under this key, and otherwise replaces their fields. */
export const handler = operation("UserSave", byCredentials, {
  target: "userId",
  fields: UserFields,
  readOnly: userReadOnly,
  reads: (scope) => ({ user: userKey(scope) }),
  errors: [...userFieldErrors, 4232, 4620, 4630, 4610, 4234],
  async run(request) {
    const passwordHash = await newPasswordHash(request.fields);
    return retryOnConflict(request, (now) => writeUser(now.found.user, { ...now, passwordHash }, "changed"));
  },
});
