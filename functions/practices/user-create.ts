import { operation } from "../../lib/api/operation.ts";
import { stateUser, UserFields, userFieldErrors, writeUser } from "../../lib/practices/user.ts";
import { write } from "../../lib/table/transact.ts";

/** Creates a user in the caller's practice. Of simultaneous creates of one key exactly one succeeds. */
export const handler = operation("UserCreate", {
  target: "userId",
  fields: UserFields,
  errors: [...userFieldErrors, 4232, 4620, 4630, 4230, 4610, 4234],
  async run(request) {
    const { parts, answer } = writeUser(undefined, await stateUser(request.fields, request), 4230);
    await write(parts);
    return answer;
  },
});
