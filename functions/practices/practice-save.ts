import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { writePractice } from "../../lib/practices/practice.ts";
import { PracticeFields, practiceFieldErrors, practiceReadOnly } from "../../lib/practices/practice-fields.ts";
import { deletedPracticeKey, practiceKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Creates the practice when there is none under this key, and otherwise replaces its fields. */
export const handler = operation("PracticeSave", byCredentials, {
  target: "accountId",
  fields: PracticeFields,
  readOnly: practiceReadOnly,
  reads: (scope) => ({ practice: practiceKey(scope), deleted: deletedPracticeKey(scope) }),
  errors: [...practiceFieldErrors, 4620, 4630, 4140, 4150, 4610],
  run: (request) => retryOnConflict(request, (now) => writePractice(now.found.practice, now, "changed")),
});
