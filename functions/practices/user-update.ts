import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { newPasswordHash, writeUser } from "../../lib/practices/user.ts";
import { UserFields, userFieldErrors, userReadOnly } from "../../lib/practices/user-fields.ts";
import { userKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Replaces every field of a user, active or not; fields that are not passed are cleared, except `active` and a password. */
export const handler = operation("UserUpdate", byCredentials, {
  target: "userId",
  fields: UserFields,
  readOnly: userReadOnly,
  reads: (scope) => ({ user: userKey(scope) }),
  errors: [...userFieldErrors, 4231, 4232, 4620, 4630, 4610, 4234],
  async run(request) {
    const passwordHash = await newPasswordHash(request.fields);
    return retryOnConflict(request, (now) => {
      const before = now.found.user;
      if (!before) throw new Failure(4231);
      return writeUser(before, { ...now, passwordHash }, "changed");
    });
  },
});
