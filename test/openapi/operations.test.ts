import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operationsPage, withOperations } from "../../openapi/write.ts";

test("docs/operations.md lists what the registry says (npm run openapi writes it)", () => {
  const page = readFileSync(operationsPage, "utf8");
  expect(page).toContain("`POST /api/io/PracticeCreate`");
  expect(withOperations(page)).toBe(page);
});
