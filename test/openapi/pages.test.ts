import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";

const pages = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "cli/README.md",
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

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Readonly<Record<string, string>> };
const textOf = (page: string) => readFileSync(page, "utf8");
const allIn = (page: string, pattern: RegExp) => [...textOf(page).matchAll(pattern)].map(([, found = ""]) => found);

it.each(pages)("the commands that %s prints exist, with their options", (page) => {
  const named = allIn(page, /\bnpm run (?:--silent )?([a-z][\w:-]*)/g);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const options = allIn(page, /(?<=\s|`)-c (?:"?)([A-Za-z]+)=/g);
  expect(options.filter((name) => !["env", "configFolder", ...optionNames].includes(name))).toEqual([]);
  const files = allIn(
    page,
    /`((?:test|lambda-test|deploy-test|template-test|tools|cdk|lib|local|bench)\/[\w./-]+\.ts)`/g,
  );
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

it("CONTRIBUTING.md lists every command of package.json that people run", () => {
  const listed = allIn("CONTRIBUTING.md", /^\| `(?:npm run )?(?:npm )?([\w:-]+)[` ]/gm);
  // Others explain these: README, docs/deploy.md, docs/run.md, and the row of `npm run check`.
  const elsewhere = [
    "postinstall",
    "start",
    "vendor",
    "sam:template",
    ...Object.keys(scripts).filter((name) => name.startsWith("check:")),
  ];
  expect(Object.keys(scripts).filter((name) => ![...listed, ...elsewhere].includes(name))).toEqual([]);
});

it("the table at the beginning of docs/deploy.md leads to each of its sections", () => {
  const [contents = "", ...sections] = textOf("docs/deploy.md").split(/^## /m);
  const listed = [...contents.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(listed).toEqual(sections.map((section) => anchorOf(section.split("\n")[0] ?? "")));
});
