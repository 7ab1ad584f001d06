import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { UserKey } from "../../lib/practices/io-fields.ts";
import { deleteUser } from "../../lib/practices/user.ts";
import { userKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";
import { profileRemoval } from "../../lib/therapists/practice-profile.ts";

/** Deletes a user of the caller's practice, active or not, with their login and their therapist's profile. */
export const handler = operation("UserDelete", byCredentials, {
  target: "userId",
  fields: z.object({ userId: UserKey }),
  reads: (scope) => ({ user: userKey(scope) }),
  errors: [4241, 4231],
  run: (request) =>
    retryOnConflict(request, (now) => {
      const { user } = now.found;
      if (!user) throw new Failure(4231);
      const { parts, answer } = deleteUser(user, now);
      return { parts: [...parts, ...profileRemoval(user, user.userId)], answer };
    }),
});
