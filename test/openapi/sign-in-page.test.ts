import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const folder = "docs/security";
const rows = readFileSync(join(folder, "sign-in.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| rule |"));

it("the page of sign-in has all rules", () => expect(rows).toHaveLength(68));

it.each(rows)("%s", (row) => {
  const proofs = [...row.matchAll(/\[[^\]]+\]\(([^)]+)\): (.*?)(?=<br>| \|$)/g)];
  expect(proofs.length).toBeGreaterThan(0);
  for (const [, link = "", title = ""] of proofs) {
    const file = join(folder, link);
    expect(existsSync(file), file).toBe(true);
    const source = readFileSync(file, "utf8").replaceAll('\\"', '"');
    if (title !== "all") expect(source, file).toContain(title.replaceAll("\\|", "|"));
  }
});
