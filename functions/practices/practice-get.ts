import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { RecordId } from "../../lib/practices/io-fields.ts";
import { practiceAnswer } from "../../lib/practices/practice.ts";
import { practiceKey } from "../../lib/table/keys.ts";

/** Reads one practice, active or not. */
export const handler = operation("PracticeGet", byCredentials, {
  target: "accountId",
  fields: z.object({ accountId: RecordId }),
  reads: (scope) => ({ practice: practiceKey(scope) }),
  errors: [4131],
  async run({ found }) {
    if (!found.practice) throw new Failure(4131);
    return { practice: practiceAnswer(found.practice) };
  },
});
