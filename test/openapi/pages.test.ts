import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...globSync("docs/**/*.md")].map((page) =>
  page.replaceAll("\\", "/"),
);
const linksOf = (page: string) =>
  [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => String(target).split("#")[0] ?? "")
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));

it.each(pages)("what %s links to is there", (page) => {
  const missing = linksOf(page).filter((target) => !existsSync(join(dirname(page), target)));
  expect(missing).toEqual([]);
});

it("every decision is in the list of decisions", () => {
  const listed = linksOf("docs/decisions/README.md").sort();
  const there = globSync("docs/decisions/*.md").map((page) => page.split(/[\\/]/).at(-1) ?? "");
  expect(there.filter((page) => page !== "README.md").sort()).toEqual(listed);
});
