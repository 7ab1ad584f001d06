import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withOperations } from "../../openapi/write.ts";

test("README's table of operations says what the registry says (npm run openapi writes it)", () => {
  const readme = readFileSync("README.md", "utf8");
  expect(readme).toContain("`POST /api/io/PracticeCreate`");
  expect(withOperations(readme)).toBe(readme);
});
