import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "client/README.md",
  "examples/README.md",
  ...globSync("docs/**/*.md"),
].map((page) => page.replaceAll("\\", "/"));
const linksOf = (page: string) =>
  [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => String(target).split("#")[0] ?? "")
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));

it.each(pages)("the files that %s links to exist", (page) => {
  const missing = linksOf(page).filter((target) => !existsSync(join(dirname(page), target)));
  expect(missing).toEqual([]);
});

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (page: string) => {
  const text = readFileSync(page, "utf8");
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  return [...headings, ...[...text.matchAll(/^<a id="([^"]+)"><\/a>$/gm)].map(([, id]) => `${id}`)];
};

it.each(pages)("the sections that %s links to exist", (page) => {
  const anchors = [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)];
  const missing = anchors.filter(
    ([, target, anchor]) => !anchorsOf(target ? join(dirname(page), target) : page).includes(`${anchor}`),
  );
  expect(missing.map(([link]) => link)).toEqual([]);
});

it("every decision is in the list of decisions", () => {
  const listed = linksOf("docs/decisions/README.md").sort();
  const there = globSync("docs/decisions/*.md").map((page) => page.split(/[\\/]/).at(-1) ?? "");
  expect(there.filter((page) => page !== "README.md").sort()).toEqual(listed);
});
