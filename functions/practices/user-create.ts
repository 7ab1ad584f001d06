import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { newPasswordHash, writeUser } from "../../lib/practices/user.ts";
import { UserFields, userFieldErrors, userReadOnly } from "../../lib/practices/user-fields.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Creates a user in the caller's practice. Of simultaneous creates of one key exactly one succeeds. */
export const handler = operation("UserCreate", byCredentials, {
  target: "userId",
  fields: UserFields,
  readOnly: userReadOnly,
  errors: [...userFieldErrors, 4232, 4620, 4630, 4230, 4610, 4234],
  async run(request) {
    const passwordHash = await newPasswordHash(request.fields);
    return retryOnConflict(request, (now) => writeUser(undefined, { ...now, passwordHash }, 4230));
  },
});
