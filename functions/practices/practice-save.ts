import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { PracticeFields, practiceFieldErrors, writePractice } from "../../lib/practices/practice.ts";
import { practiceKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Creates the practice when there is none under this key, and otherwise replaces its fields. */
export const handler = operation("PracticeSave", byCredentials, {
  target: "accountId",
  fields: PracticeFields,
  reads: (scope) => ({ practice: practiceKey(scope) }),
  errors: [...practiceFieldErrors, 4620, 4630, 4140, 4150, 4610],
  run: (request) => retryOnConflict(request, (now) => writePractice(now.found.practice, now, "changed")),
});
