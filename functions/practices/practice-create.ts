import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { writePractice } from "../../lib/practices/practice.ts";
import { PracticeFields, practiceFieldErrors, practiceReadOnly } from "../../lib/practices/practice-fields.ts";
import { deletedPracticeKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Creates a practice under the caller's own key. Of simultaneous creates of one key exactly one succeeds. */
export const handler = operation("PracticeCreate", byCredentials, {
  target: "accountId",
  fields: PracticeFields,
  readOnly: practiceReadOnly,
  reads: (scope) => ({ deleted: deletedPracticeKey(scope) }),
  errors: [...practiceFieldErrors, 4620, 4630, 4130, 4140, 4150, 4610],
  run: (request) => retryOnConflict(request, (now) => writePractice(undefined, now, 4130)),
});
