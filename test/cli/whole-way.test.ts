import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { parse } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";
import { type DirectoryFile, practicesFile, usersFile } from "../kit/directory-files.ts";
import { frontdesk, frontdeskKilled, jsonLines } from "./frontdesk.ts";

/** `FRONTDESK_WHOLE_WAY=full` runs the test with ten times as many records. Any value prints how long each step took. */
const { FRONTDESK_WHOLE_WAY: size } = process.env;
const isFull = size === "full";
const timeout = isFull ? 3_600_000 : 600_000;
const [practiceRows, userRows] = isFull ? [5000, 15_000] : [500, 1500];
const badEach = 50;
const kills = 3;
const concurrency = 16;

type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string; readonly type: string };

let began = performance.now();
/** Ends a step. */
function step(name: string): void {
  const now = performance.now();
  if (size) console.log(`${name}: ${((now - began) / 1000).toFixed(1)} s`);
  began = now;
}

afterAll(cleanUp);

/** All items in the table of an instance. */
async function tableOf({ url }: Instance): Promise<Item[]> {
  const { endpoint, tableName } = (await (await fetch(`${url}/_local/engine`)).json()) as Record<string, string>;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ ...(endpoint && { endpoint }), region: "local", credentials });
  const documents = DynamoDBDocumentClient.from(client);
  const items: Item[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ...(after && { ExclusiveStartKey: after }) }),
    );
    items.push(...((page.Items ?? []) as Item[]));
    after = page.LastEvaluatedKey;
  } while (after);
  client.destroy();
  return items;
}

/** Checks that a report names the rows with a fault, each with its field, and no others. */
function expectFaults(report: string, bad: DirectoryFile["bad"]): void {
  const rows: Record<string, string>[] = parse(readFileSync(report), { columns: true });
  const told = rows.filter(({ field }) => field !== "").map(({ line, field }) => ({ line: Number(line), field }));
  expect([...new Set(told.map(({ line }) => line))]).toEqual(bad.map(({ line }) => line));
  // A wrong state may also make its ZIP a fault.
  expect(told).toEqual(expect.arrayContaining([...bad]));
}

/** Dry run, then the import, which is killed three times and resumed. */
async function importKilled(desk: Instance, what: string, { csv, bad, good }: DirectoryFile, folder: string) {
  const file = join(folder, `${what}.csv`);
  writeFileSync(file, csv);
  const report = join(folder, `${what}-report.csv`);
  const importing = ["import", what, file, "--report", report, "--concurrency", String(concurrency)];

  const before = await tableOf(desk);
  const checked = await frontdesk(desk.url, ...importing, "--dry-run");
  expect(checked.code).toBe(1);
  expectFaults(report, bad);
  expect(await tableOf(desk)).toHaveLength(before.length);
  step(`${what}: dry run of ${good.length + bad.length} rows`);

  const journal = `${file}.frontdesk-journal`;
  for (let kill = 1; kill <= kills; kill += 1) {
    const wanted = Math.floor((good.length * kill) / (kills + 1));
    const args = kill === 1 ? importing : [...importing, "--resume"];
    await frontdeskKilled(desk.url, args, () => doneIn(journal) >= wanted);
    expect(doneIn(journal)).toBeLessThan(good.length);
  }
  const last = await frontdesk(desk.url, ...importing, "--resume");
  expect(last.code).toBe(1);
  expectFaults(report, bad);
  step(`${what}: imported, with three kills`);
}

/** How many rows a journal says are done. */
function doneIn(journal: string): number {
  try {
    return readFileSync(journal, "utf8").match(/^\d+[cu]$/gm)?.length ?? 0;
  } catch {
    return 0;
  }
}

/** The records that were imported, as an export has them: every field of a row, and nothing in the fields that it left blank. */
function expectExported(
  lines: readonly Record<string, unknown>[],
  { good }: DirectoryFile,
  idsOf: (row: object) => string,
) {
  const exported = new Map(lines.map((line) => [idsOf(line), line]));
  expect(exported.size).toBe(lines.length);
  expect(exported.size).toBe(good.length);
  const differing = good.filter((row) => {
    const line = exported.get(idsOf(row)) ?? {};
    return Object.entries(row).some(([field, value]) => line[field] !== value);
  });
  expect(differing).toEqual([]);
}

const practiceOf = (row: object) => String(Reflect.get(row, "accountId"));
const userOf = (row: object) => `${practiceOf(row)} ${Reflect.get(row, "userId")}`;

describe("the whole way of a directory", () => {
  it(
    `is imported with three kills, exported, looked up and erased: ${practiceRows} practices, ${userRows} users`,
    async () => {
      const folder = temporaryFolder();
      const desk = await startInstance({ FRONTDESK_DATA: join(folder, "data") });
      const practices = practicesFile({ rows: practiceRows, badEach });
      const users = usersFile({ rows: userRows, badEach, practices: practiceRows, seed: 2 });
      began = performance.now();

      await importKilled(desk, "practices", practices, folder);
      await importKilled(desk, "users", users, folder);

      // No row was done twice: only those that were under way at a kill may have been sent again, and changed nothing then.
      const events = (await tableOf(desk)).filter(({ type, pk }) => type === "event" && pk.startsWith("PRACTICE#"));
      const countOf = (what: string) => events.filter((event) => event.what === what).length;
      expect([countOf("practice.created"), countOf("user.created")]).toEqual([
        practices.good.length,
        users.good.length,
      ]);
      const again = events.filter(({ what }) => String(what).endsWith(".updated"));
      expect(again.length).toBeLessThanOrEqual(2 * kills * concurrency);
      expect(again.filter(({ changed }) => (changed as string[]).length > 0)).toEqual([]);

      const out = join(folder, "export");
      const exported = await frontdesk(desk.url, "export", "--out", out);
      expect(exported.code).toBe(0);
      const linesOf = (kind: string) => jsonLines(readFileSync(join(out, `${kind}.jsonl`), "utf8"));
      expectExported(linesOf("practices"), practices, practiceOf);
      expectExported(linesOf("users"), users, userOf);
      step("exported");

      const [{ accountId = "" } = {}] = practices.good;
      const listed = await frontdesk(desk.url, "events", String(accountId), "--json");
      const whatHappened = jsonLines(listed.stdout).map(({ what }) => what);
      const usersThere = users.good.filter((user) => user.accountId === accountId).length;
      expect(whatHappened.filter((what) => what === "user.created")).toHaveLength(usersThere);
      expect(whatHappened.filter((what) => what === "practice.created")).toHaveLength(1);
      step("events of one practice");

      const all = join(folder, "all.csv");
      writeFileSync(all, `accountId\n${practices.good.map(practiceOf).join("\n")}\n`);
      const erased = await frontdesk(desk.url, "erase", "practice", "--file", all, "--yes", "--concurrency", "16");
      expect(erased.code).toBe(0);
      expect(erased.stderr).toContain(`${practices.good.length} erased, 0 already gone, 0 failed`);
      step("practices deleted");
      const left = await tableWhenErased(desk);
      step("erased by the worker");

      expect(left.filter((item) => isPersonal(item))).toEqual([]);
      const text = JSON.stringify(left);
      for (const value of ["Lakeside Clinic", "Main St", "Mills", "login.0", "101Y00000X"])
        expect(text).not.toContain(value);
      const after = await frontdesk(desk.url, "events", String(accountId), "--json");
      expect(jsonLines(after.stdout).map(({ what }) => what)).toEqual([
        "practice.deleted",
        "practice.updated",
        ...whatHappened,
      ]);
      expect((await frontdesk(desk.url, "list", "practices", "--json")).stdout).toBe("");
      await desk.kill("SIGTERM");
    },
    timeout,
  );
});

/** Whether an item is more than an audit event, a vendor's own, or a note that something is gone. */
const isPersonal = ({ type, pk }: Item) =>
  !["event", "void", "vendor", "clientKey", "deletedPractice", "freedName", "erasure"].includes(type) &&
  !/^(TRIES|LIMIT)#/.test(pk);

/** How long the worker may make no progress before the test gives up. */
const stalledMsMax = 60_000;

/** The table when the worker has erased what lay inside the practices. */
async function tableWhenErased(desk: Instance): Promise<Item[]> {
  let least = Number.POSITIVE_INFINITY;
  for (let progressAt = performance.now(); ; await sleep(1000)) {
    const items = await tableOf(desk);
    const left = items.filter((item) => isPersonal(item)).length;
    if (left < least) [least, progressAt] = [left, performance.now()];
    if (left === 0 || performance.now() - progressAt > stalledMsMax) return items;
  }
}
