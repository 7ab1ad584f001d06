import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loginKey } from "../../../lib/table/keys.ts";
import { exportedItems, type ItemJson, readExport } from "../../../local/verify/export-files.ts";
import * as sample from "../../../openapi/samples.ts";
import { startWorld } from "../../kit/engine.ts";
import { password } from "../../kit/portal.ts";
import { allItems, call, expectOk } from "../../kit/system.ts";
import { importItems, itemsJson, writeExport } from "../../kit/table-export.ts";
import { makeWorld, type World } from "../../kit/worlds.ts";

/** The restore of docs/run.md, rehearsed: a table is exported as DynamoDB does it, and its items are put into a new table. */

const scratch = mkdtempSync(join(tmpdir(), "frontdesk-restore-"));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;
const newFolder = () => join(scratch, String(++folders));

const run = promisify(execFile);
/** Runs `npm run verify-table`. */
const verifyTable = async (...options: string[]) => {
  const program = run(process.execPath, ["local/verify-table.ts", ...options]);
  const { stdout, stderr } = await program.catch((error) => error);
  return { code: program.child.exitCode, stdout: String(stdout), stderr: String(stderr) };
};

let exported: readonly ItemJson[] = [];
let [users, portal]: World[] = [];

beforeAll(async () => {
  users = await makeWorld("two users");
  portal = await makeWorld("connected");
  await makeWorld("organization");
  await makeWorld("app, holder");
  exported = await itemsJson();
});

it("an export has each item as lib/ reads it from the table", async () => {
  const folder = newFolder();
  writeExport(folder, exported);
  const read: object[] = [];
  // `allItems` leaves out the counts of calls.
  for await (const item of readExport(folder)) if (!String(item.pk).startsWith("LIMIT#")) read.push(item);
  const keyOf = (item: object) => JSON.stringify([Reflect.get(item, "pk"), Reflect.get(item, "sk")]);
  const sorted = (items: readonly object[]) => items.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const expected = (await allItems()).map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value) : value]),
    ),
  );
  expect(sorted(read)).toEqual(sorted(expected));
});

it("functions work on a new table with the items of an export, and the items agree", async () => {
  const folder = newFolder();
  writeExport(folder, exported, { files: 2 });
  await startWorld();
  const items: ItemJson[] = [];
  for await (const item of exportedItems(folder)) items.push(item);
  await importItems(items);
  expect(await itemsJson()).toHaveLength(exported.length);

  const { fill } = users as World;
  // A user signs in, and lists page.
  await expectOk(call("PingWithAuth", fill({ auth: sample.login })));
  const page = await call("UserList", fill({ auth: sample.vendor, limit: 1 }));
  expect(page.json).toMatchObject({ successful: true, userList: [{ userId: "user-1" }] });
  const next = await call("UserList", fill({ auth: sample.vendor, limit: 1, cursor: page.json.cursor }));
  expect(next.json).toMatchObject({ successful: true, userList: [{ userId: "user-2" }] });
  // Names that somebody has are refused.
  const other = { auth: sample.vendor, accountId: "practice-9", name: "Other", websiteAddress: "riverside" };
  expect((await call("PracticeCreate", fill(other))).json.responseCode).toBe(4140);
  const taken = { auth: sample.practice, userId: "user-9", firstName: "A", lastName: "B", ...sample.login };
  expect((await call("UserCreate", fill(taken))).json.responseCode).toBe(4234);
  // A session goes on, and its holder signs in again.
  const { client, portal: made } = portal as Required<World>;
  const me = await client.get("accounts/me");
  expect([me.status, me.json.email]).toEqual([200, expect.stringMatching(/^matthew-/)]);
  const login = { email: me.json.email, password };
  expect((await made.visitor().post("accounts/login", login)).status).toBe(200);
  expect((await made.visitor().post("accounts/login", { ...login, password: "wrong" })).status).toBe(403);

  const { code, stdout } = await verifyTable("--table", String(process.env.TABLE_NAME));
  expect(stdout).toMatch(/\n\d+ items, 0 disagreements\n$/);
  expect(code).toBe(0);
});

it("verify-table reads the folder of an export, and names each disagreement by keys", async () => {
  const whole = newFolder();
  writeExport(whole, exported);
  expect(await verifyTable("--export", whole)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`\n${exported.length} items, 0 disagreements\n$`)),
  });
  const damaged = newFolder();
  const login = exported.find(({ pk }) => String(pk?.S).startsWith("LOGIN#"));
  writeExport(
    damaged,
    exported.filter((item) => item !== login),
  );
  const { code, stdout } = await verifyTable("--export", damaged);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /items, 1 disagreements\nuser PRACTICE#.* \/ USER#.*: the claim of its login does not exist \(LOGIN#\(digest \w+\) \/ CLAIM\)\n$/,
  );
});

it.each<[string, (directory: string) => void, RegExp]>([
  [
    "without a file",
    (directory) => unlinkSync(fileIn(directory)),
    /^The export is not complete: there is no file .*\n$/,
  ],
  [
    "with a file that was cut off",
    (directory) => writeFileSync(fileIn(directory), "\u001f\u008b", "latin1"),
    /cannot be read/,
  ],
  ["with a file that was changed", (directory) => appendFileSync(fileIn(directory), "\n"), /not as it was written/],
  [
    "without its manifest",
    (directory) => unlinkSync(join(directory, "manifest-files.json")),
    /has no manifest-files.json/,
  ],
  [
    "of changes only",
    (directory) =>
      writeFileSync(
        join(directory, "manifest-summary.json"),
        '{"exportType":"INCREMENTAL_EXPORT","outputFormat":"ION"}',
      ),
    /^The export must be a full one in DYNAMODB_JSON, but is INCREMENTAL_EXPORT in ION\.\n$/,
  ],
])("an export %s is refused in one line", async (_, damage, expected) => {
  const folder = newFolder();
  damage(writeExport(folder, exported));
  const { code, stderr, stdout } = await verifyTable("--export", folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(expected);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

const fileIn = (directory: string) => join(directory, "data/file0abcdefghijklmnopqrstuv.json.gz");

it.each([
  [["--table"], /^Usage/],
  [["--table", "a", "--export", "b"], /^Usage/],
  [["--export", "/nowhere"], /has no manifest-files.json/],
  [["--units", "none"], /^"none" is no number above 0/],
  [["--table", "no-such-table"], /^The table cannot be read: /],
])("wrong options %j are answered in one line", async (options, expected) => {
  const { code, stderr } = await verifyTable(...options);
  expect(code).toBe(1);
  expect(stderr).toMatch(expected);
});

it("a login that was lost is found in the table, too", async () => {
  const { fill } = users as World;
  const before = (await itemsJson()).length;
  await importItems([
    {
      pk: { S: loginKey(fill("nobody's login")).pk },
      sk: { S: "CLAIM" },
      type: { S: "claim" },
      applicationId: { S: "a" },
      accountId: { S: "b" },
      userId: { S: "c" },
    },
  ]);
  expect(await itemsJson()).toHaveLength(before + 1);
  const { code, stdout } = await verifyTable("--table", String(process.env.TABLE_NAME), "--units", "100000");
  expect([code, stdout]).toEqual([1, expect.stringContaining("claim of a login LOGIN#(digest ")]);
  expect(stdout).not.toContain("nobody's login");
});
