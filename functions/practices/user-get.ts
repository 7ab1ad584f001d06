import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { UserKey } from "../../lib/practices/io-fields.ts";
import { userAnswer } from "../../lib/practices/user.ts";
import { userKey } from "../../lib/table/keys.ts";

/** Reads one user of the caller's practice, active or not. */
export const handler = operation("UserGet", byCredentials, {
  target: "userId",
  fields: z.object({ userId: UserKey }),
  reads: (scope) => ({ user: userKey(scope) }),
  errors: [4241, 4231],
  async run({ found, caller }) {
    if (!found.user) throw new Failure(4231);
    return { user: userAnswer(found.user, caller.practice.directDomain) };
  },
});
