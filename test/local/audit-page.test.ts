import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { descriptions } from "../../openapi/descriptions.ts";
import { AuditEvent } from "../../openapi/records.ts";
import { cleanUp, runIn, startInstance, temporaryFolder } from "../kit/children.ts";

/** docs/audit.md says what is recorded, and its commands run as they are. */

const page = readFileSync("docs/audit.md", "utf8");
const blocks = (text: string, language: string) =>
  [...text.matchAll(/^```(\w*)\n([\s\S]+?)^```$/gm)].flatMap(([, of, code = ""]) => (of === language ? [code] : []));
/** The first cells of a table's rows, by the head of its first column. */
const cellsUnder = (head: string) => {
  const [, table = ""] = page.split(`| ${head} |`);
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
};

/** What can be recorded: each text in the code that names an event. Faults of fields look alike, but stand behind `field:`. */
function eventsInCode(): string[] {
  const files = globSync(["lib/**/*.ts", "functions/**/*.ts", "local/**/*.ts"]).filter(
    (file) => !file.endsWith(".examples.ts"),
  );
  const name =
    /(?<!field: |fault\()"((?:practice|user|portalSettings|organization|practiceProfile|account|connection|vendor)\.[a-zA-Z]+)"/g;
  return [
    ...new Set(files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(name)].map(([, what = ""]) => what))),
  ];
}

describe("docs/audit.md", () => {
  it("has a row for each event that the code can store, and no others", () => {
    const inCode = eventsInCode().sort();
    expect(cellsUnder("event").toSorted()).toEqual(inCode);
    const ofExamples = descriptions.flatMap(({ event }) => event ?? []);
    expect(ofExamples.filter((what) => !inCode.includes(what))).toEqual([]);
  });
  it("explains each kind of actor", () => {
    expect(cellsUnder("`kind`")).toEqual(AuditEvent.shape.who.shape.kind.options);
  });
});

describe("the commands of docs/audit.md", () => {
  afterEach(cleanUp);
  it("run as they are, after the first two calls of README, and answer the questions", async () => {
    const data = join(temporaryFolder(), "data");
    const { url, kill } = await startInstance({ FRONTDESK_DATA: data });
    const here = (code: string) => code.replaceAll("http://localhost:3000", url).replaceAll(".local/", `${data}/`);
    const run = async (code: string) => {
      const { code: status, stdout, stderr } = await runIn(".", here(code), {});
      expect({ code, status, stderr }).toMatchObject({ status: 0 });
      return stdout;
    };
    try {
      const readme = readFileSync("README.md", "utf8");
      const calls = blocks(readme, "sh").flatMap(
        (code) => code.match(/^curl .+(PracticeCreate|UserCreate).+$/gm) ?? [],
      );
      expect(calls).toHaveLength(2);
      for (const code of calls) expect(await run(code)).toContain('"responseCode":2000');

      const answers: string[] = [];
      for (const code of blocks(page, "sh")) {
        answers.push(await run(code));
        if (code.startsWith("curl")) expect(answers.at(-1)).toContain('"responseCode":2000');
      }
      const [, ofPractice = "", ofMonth = "", ofVendor = "", , log = ""] = answers;
      const [shown = "{}"] = blocks(page, "json");
      const expected = JSON.parse(shown);
      const [newest, ...older] = JSON.parse(ofPractice).eventList;
      const { eventId, at, requestId, sourceIp } = newest;
      expect(newest).toEqual({ ...expected, eventId, at, requestId, sourceIp });
      expect(older.map(({ what }: { what: string }) => what)).toEqual(["user.created", "practice.created"]);
      expect(JSON.parse(ofMonth).eventList).toEqual([]);
      expect(JSON.parse(ofVendor).eventList.at(-1)).toMatchObject({
        what: "vendor.created",
        who: { kind: "operator" },
      });
      expect(
        log
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).operation),
      ).toEqual(["UserGet"]);
    } finally {
      await kill("SIGTERM");
    }
  }, 60_000);
});
