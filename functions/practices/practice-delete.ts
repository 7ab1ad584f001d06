import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { deletePractice } from "../../lib/practices/erasure.ts";
import { RecordId } from "../../lib/practices/io-fields.ts";
import { deletedPracticeKey, practiceKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Deletes an inactive practice with everything in it, and releases its names. */
export const handler = operation("PracticeDelete", byCredentials, {
  target: "accountId",
  fields: z.object({ accountId: RecordId }),
  reads: (scope) => ({ practice: practiceKey(scope), deleted: deletedPracticeKey(scope) }),
  errors: [4131, 4135],
  run: (request) =>
    retryOnConflict(request, (now) => {
      const { practice, deleted } = now.found;
      if (!practice) throw new Failure(4131);
      if (practice.active) throw new Failure(4135);
      return deletePractice(practice, deleted, now);
    }),
});
