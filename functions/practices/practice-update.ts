import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { writePractice } from "../../lib/practices/practice.ts";
import { PracticeFields, practiceFieldErrors, practiceReadOnly } from "../../lib/practices/practice-fields.ts";
import { practiceKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Replaces every field of a practice, active or not; fields that are not passed are cleared, except `active`. */
export const handler = operation("PracticeUpdate", byCredentials, {
  target: "accountId",
  fields: PracticeFields,
  readOnly: practiceReadOnly,
  reads: (scope) => ({ practice: practiceKey(scope) }),
  errors: [...practiceFieldErrors, 4131, 4620, 4630, 4140, 4150, 4610],
  run: (request) =>
    retryOnConflict(request, (now) => {
      const before = now.found.practice;
      if (!before) throw new Failure(4131);
      return writePractice(before, now, "changed");
    }),
});
