import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parts } from "../../prove/parts.ts";
import { linesByPart, render } from "../../prove/reliability.ts";

const page = readFileSync("docs/reliability.md", "utf8");
const [, results = "", written = ""] = page.split(/<!-- \/?results.*-->\n/);

describe("docs/reliability.md", () => {
  it.each(Object.values(parts))("has a section about the part $title", ({ title, run }) => {
    const [, section = ""] = written.split(`\n## ${title}\n`);
    expect(section.split("\n## ")[0]?.trim().length).toBeGreaterThan(300);
    for (const file of run.filter((each) => each.endsWith(".ts")))
      expect([file, existsSync(file)]).toEqual([file, true]);
  });

  it("has rows of each part's last long run, without a violation", () => {
    const rows = linesByPart(results);
    expect([...rows.keys()]).toEqual(Object.values(parts).map(({ title }) => title));
    for (const lines of rows.values()) {
      expect(lines[0]).toMatch(/^\| [^|]+ \| run \| `npm run prove -- [a-z]+ --seed \d+`, \d{4}-\d\d-\d\d, \d+ s \|$/);
      expect(lines).toContain("|  | violations | 0 |");
    }
  });
});

describe("the table of npm run prove", () => {
  const crashes = { title: "Crashes", run: "a command", counts: { calls: 12345, violations: 0 }, isPassed: true };
  it("has a row that says how a part ran, and one for each count", () => {
    expect(render([crashes])).toBe(
      [
        "| part | what | count |",
        "|---|---|---|",
        "| Crashes | run | a command |",
        "|  | calls | 12,345 |",
        "|  | violations | 0 |",
      ].join("\n"),
    );
  });
  it("marks a part that has failed", () => {
    expect(render([{ ...crashes, isPassed: false }])).toContain("| Crashes | **failed** | a command |");
  });
  it("is read again part by part, so that one part alone can be replaced", () => {
    const table = render([crashes, { ...crashes, title: "Soak" }]);
    expect([...linesByPart(table).keys()]).toEqual(["Crashes", "Soak"]);
    expect(linesByPart(table).get("Soak")).toEqual([
      "| Soak | run | a command |",
      "|  | calls | 12,345 |",
      "|  | violations | 0 |",
    ]);
  });
});
