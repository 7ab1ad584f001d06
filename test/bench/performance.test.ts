import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, it } from "vitest";
import { sections } from "../../bench/main.ts";
import { markdownTable, type Result, render } from "../../bench/performance.ts";

const page = readFileSync("docs/performance.md", "utf8");
const generated = page.split(/<!-- \/?results.*-->\n/)[1] ?? "";
const budgets = /^## Budgets\n\n([\s\S]*?)\n\n/m.exec(generated)?.[1] ?? "";

/** What each section compares with a budget, as it is written in a row: what, and the limit. */
const expected: Readonly<Record<string, readonly RegExp[]>> = {
  operations: [
    /round trips, `Ping….*\| ≤ 1 \|/,
    /round trips, reads of practices and users.*\| ≤ 1 \|/,
    /round trips, `UserList`.*\| ≤ 2 \|/,
    /round trips, writes of practices and users.*\| ≤ 2 \|/,
    /round trips, reads of therapists.*\| ≤ 2 \|/,
    /round trips, writes of therapists.*\| ≤ 2 \|/,
    /round trips, me:.*\| ≤ 2 \|/,
    /round trips, register:.*\| ≤ 3 \|/,
    /round trips, login:.*\| ≤ 4 \|/,
    /added over the bare requests.*\| ≤ 1 ms \|/,
    /ratio to the bare requests.*\| ≤ 1\.2× \|/,
  ],
  starts: [/bundle of a function.*\| ≤ 320 KiB \|/, /start.*\| ≤ 1\.25× \|/],
  growth: [/`npm start` to first answer.*\| ≤ 2 s \|/, /rate after.*\| ≥ 0\.83 \|/],
  peers: [/better-auth/, /Parse Server/],
};

it.each(Object.keys(sections))(
  "docs/performance.md has the section %s with its tables and budgets (npm run bench)",
  async (name) => {
    const { title, about } = (await sections[name]?.()) ?? {};
    expect(generated).toContain(`\n## ${title}\n\n${about}\n\n`);
    for (const row of expected[name] ?? []) expect(budgets).toMatch(row);
  },
);

it("docs/performance.md says by which command, when, where, in which time and beside what it was measured", () => {
  const [head] = generated.split("\n\n");
  const values = [/^- Command: `npm run bench`$/m, /^- Date: \d{4}-\d\d-\d\d$/m, /^- Machine: \d+ cores .*Node \d/m];
  for (const line of [...values, /^- Load average before: \d/m, /^- Duration: \d+ min/m]) expect(head).toMatch(line);
  expect(head).not.toContain(hostname());
});

const result = (title: string, measured: Partial<Result["measured"]>): Result => ({
  section: { title, about: "About it." },
  measured: { tables: [], budgets: [], ...measured },
});

it("renders the most important results, then all budgets in one table, and then each section", () => {
  const table = { title: "Times", columns: ["call", "ms"], rows: [["a|b", 1]] };
  const met = { what: "this", limit: "≤ 1 ms", measured: "0.5 ms", isMet: true };
  const missed = { what: "that", limit: "≤ 2×", measured: "3×", isMet: false, reason: "It waits." };
  const results = [
    result("One", { tables: [table], budgets: [met], inShort: ["It is quick.", "It is small."] }),
    result("Two", { absent: "this machine has no PostgreSQL" }),
    result("Three", { budgets: [missed] }),
  ];
  expect(render(["Command: `npm run bench`", "Date: 2026-01-01"], results)).toBe(`- Command: \`npm run bench\`
- Date: 2026-01-01

## In short

- It is quick.
- It is small.
- 1 of 2 budgets are met.
- "Two" was not measured: this machine has no PostgreSQL

## Budgets

| what | limit | measured | met |
|---|---|---|---|
| this | ≤ 1 ms | 0.5 ms | yes |
| budgets of "Two" |  | not measured | this machine has no PostgreSQL |
| that | ≤ 2× | 3× | **no**. It waits. |

## One

About it.

**Times**

| call | ms |
|---|---|
| a\\|b | 1 |

## Two

About it.

Not measured: this machine has no PostgreSQL

## Three

About it.
`);
});

it("renders a table without a title", () => {
  expect(markdownTable({ columns: ["a"], rows: [] })).toBe("| a |\n|---|");
});
