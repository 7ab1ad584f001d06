import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPortal } from "../../client/src/client.ts";
import { cleanUp, type Instance, run, runIn, startSharedInstance, temporaryFolder } from "../kit/children.ts";
import { application, directoryAt, frontdesk, jsonLines } from "./frontdesk.ts";

let desk: Instance;
const command = (...args: string[]) => frontdesk(desk.url, ...args);

beforeAll(async () => {
  desk = await startSharedInstance({}, ["--memory"]);
  expect((await run("local/seed.ts", ["--url", desk.url], {})).code).toBe(0);
});
afterAll(async () => {
  await desk.kill("SIGTERM");
  await cleanUp();
});

describe("list and get", () => {
  it("print a table, or one JSON object a line", async () => {
    const { code, stdout, stderr } = await command("list", "users", "--practice", "seed-harbor");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      [
        "PRACTICE     ID    NAME        LOGIN        ADMIN  PROVIDER  NPI         ACTIVE",
        "seed-harbor  ines  Ines Kaya   ines@harbor  yes    no                    yes",
        "seed-harbor  paul  Paul Reyes               no     yes       1900001581  yes",
        "",
      ].join("\n"),
    );
    const lines = jsonLines((await command("list", "users", "--json", "--limit", "3")).stdout);
    expect(lines).toHaveLength(3);
  });
  it("know accounts, organizations and profiles of a practice, inactive organizations too", async () => {
    const list = async (what: string) =>
      jsonLines((await command("list", what, "--practice", "seed-cedar", "--json")).stdout);
    expect(await list("accounts")).toHaveLength(5);
    expect((await list("organizations")).map((each) => each.is_active)).toEqual([true, true, false]);
    expect((await list("profiles")).map((each) => each.userId)).toEqual(["maria", "owen"]);
    expect(await command("list", "accounts")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "error: accounts belong to a practice: state --practice ID\n",
    });
  });
  it("show one record of each kind", async () => {
    const get = async (...args: string[]) => JSON.parse((await command("get", ...args)).stdout);
    expect(await get("practice", "seed-cedar")).toMatchObject({ accountId: "seed-cedar", websiteAddress: "cedar" });
    expect(await get("user", "seed-cedar", "hal")).toMatchObject({ userId: "hal", active: false });
    expect(await get("profile", "seed-cedar", "owen")).toMatchObject({ lastName: "Price" });
    expect(await get("settings", "seed-harbor")).toMatchObject({ twoFactor: true, minPasswordScore: 3 });
    const nora = await get("account", "seed-cedar", "nora.quinn@cedar.example");
    expect(await get("account", "seed-cedar", nora._id)).toMatchObject({ email: "nora.quinn@cedar.example" });
    for (const account of ["nobody@cedar.example", "0".repeat(24)]) {
      const { code, stderr } = await command("get", "account", "seed-cedar", account);
      expect([code, stderr]).toEqual([2, `error: there is no account ${account} in the portal of seed-cedar\n`]);
    }
  });
});

describe("find", () => {
  it.each([
    ["a practice by a part of its name", "HARBOR CHILD", ["seed-harbor"]],
    ["a practice by NPI", "1900000104", ["seed-cedar"]],
    ["a user by name, as one writes it", "lindgren, theo", []],
    ["a user by the last name first", "price, owen", ["owen"]],
    ["a user by login", "ines@harbor", ["ines"]],
    ["an account by its address, in any portal", "Arun.Mehta@harbor.example", ["arun.mehta@harbor.example"]],
  ])("finds %s", async (_, text, found) => {
    const { code, stdout, stderr } = await command("find", text, "--json");
    expect(jsonLines(stdout).map(({ email, userId, accountId }) => email ?? userId ?? accountId)).toEqual(found);
    expect(code).toBe(found.length > 0 ? 0 : 1);
    expect(stderr).toMatch(/^\d found\. Looked through 10 practices, 16 users[.,]/);
  });
});

describe("practice and user", () => {
  it("disable and enable change nothing else", async () => {
    const directory = directoryAt(desk.url);
    const read = async () => ({
      ...(await directory.practiceGet({ accountId: "seed-cedar" })).practice,
      user: (await directory.as({ accountId: "seed-cedar" }).userGet({ userId: "maria" })).user,
    });
    const before = await read();
    expect((await command("user", "disable", "seed-cedar", "maria")).stderr).toBe(
      "user maria of practice seed-cedar is now inactive\n",
    );
    expect(await read()).toEqual({ ...before, user: { ...before.user, active: false } });
    expect((await command("user", "enable", "seed-cedar", "maria")).code).toBe(0);
    expect((await command("practice", "disable", "seed-cedar")).stderr).toBe("practice seed-cedar is now inactive\n");
    expect((await command("practice", "disable", "seed-cedar")).stderr).toBe(
      "practice seed-cedar was already inactive\n",
    );
    expect((await command("practice", "enable", "seed-cedar")).code).toBe(0);
    expect(await read()).toEqual(before);
    // The password was kept.
    const auth = { loginId: "maria@cedar", loginPassword: "Stethoscope1" };
    const answer = await fetch(`${desk.url}/api/io/PingWithAuth`, { method: "POST", body: JSON.stringify({ auth }) });
    expect(await answer.json()).toMatchObject({ responseCode: 2000 });
  });
  it("unknown ones are one clear line", async () => {
    expect(await command("practice", "disable", "nobody")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: PracticeGet: 4131 account does not exist/),
    });
    const { code, stderr } = await command("user", "enable", "seed-willow", "vera");
    expect([code, stderr.split("\n")[0]]).toEqual([1, expect.stringContaining("4011")]);
  });
});

describe("events", () => {
  it("list what was done to a practice, newest first, and never values", async () => {
    const { stdout } = await command("events", "seed-mesa", "--json");
    const events = jsonLines(stdout);
    expect(events.map(({ what }) => what)).toEqual(["user.created", "practice.created"]);
    expect(events[1].changed).toContain("websiteAddress");
    expect(stdout).not.toContain("mesa-dental");
    const table = (await command("events", "seed-mesa")).stdout;
    expect(table).toMatch(/^WHEN +WHAT +RECORD +WHO +CHANGED\n/);
    expect(table).toContain("application applicationId=demo");
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await command("events", "seed-mesa", "--since", later)).stderr).toBe("none\n");
    expect(
      jsonLines((await command("events", "seed-mesa", "--until", later, "--limit", "1", "--json")).stdout),
    ).toEqual([events[0]]);
    expect(await command("events", "seed-mesa", "--since", "yesterday")).toMatchObject({ code: 2 });
  });
});

describe("erase", () => {
  const portalOf = (org: string, accountId: string) => createPortal({ url: desk.url, org, application, accountId });

  it("asks before it erases, and does nothing where nobody can be asked", async () => {
    expect(await command("erase", "practice", "seed-summit")).toMatchObject({
      code: 2,
      stderr: "error: erasing cannot be undone, and there is no terminal to ask on\nhint: State --yes.\n",
    });
    const typed = (text: string) =>
      runIn(
        ".",
        `(sleep 2; echo ${text}; sleep 1) | script -qec "${process.execPath} cli/frontdesk.js erase practice seed-summit" /dev/null`,
        { FRONTDESK_URL: desk.url },
      );
    expect((await typed("seed-summer")).stdout).toContain("nothing was erased");
    expect((await command("get", "practice", "seed-summit")).code).toBe(0);
    expect((await typed("seed-summit")).stdout).toContain("1 erased, 0 already gone, 0 failed");
    expect((await command("get", "practice", "seed-summit")).code).toBe(2);
  });
  it("erases a practice with all in it, and counts it as gone the next time; its events stay", async () => {
    const first = await command("erase", "practice", "seed-prairie", "--yes");
    expect([first.code, first.stderr.split("\n")[0]]).toEqual([0, "1 erased, 0 already gone, 0 failed"]);
    expect((await command("erase", "practice", "seed-prairie", "--yes")).stderr).toBe(
      "0 erased, 1 already gone, 0 failed\n",
    );
    const events = jsonLines((await command("events", "seed-prairie", "--json")).stdout);
    expect(events.map(({ what }) => what).slice(0, 2)).toEqual(["practice.deleted", "practice.updated"]);
  });
  it("erases users and accounts, by id or address", async () => {
    const user = ["erase", "user", "seed-cedar", "june", "--yes"];
    expect((await command(...user)).stderr).toContain("1 erased, 0 already gone, 0 failed");
    expect((await command(...user)).stderr).toBe("0 erased, 1 already gone, 0 failed\n");
    const account = ["erase", "account", "seed-cedar", "Theo.Lindgren@cedar.example", "--yes"];
    expect((await command(...account)).stderr).toContain("1 erased, 0 already gone, 0 failed");
    expect((await command(...account)).stderr).toBe("0 erased, 1 already gone, 0 failed\n");
    const { data } = await portalOf("cedar", "seed-cedar").accountList({ where: '{"name.last":"Ibarra"}' });
    const id = String(data[0]?._id);
    expect((await command("erase", "account", "seed-cedar", id, "--yes")).stderr).toContain("1 erased");
    expect((await command("erase", "account", "seed-cedar", id, "--yes")).stderr).toContain("1 already gone");
  });
  it("erases all that a file names, goes on after a failure, and reads the whole file first", async () => {
    const file = join(temporaryFolder(), "leavers.csv");
    writeFileSync(file, "accountId,userId\nseed-harbor,ines\nseed-willow,vera\nnobody,x\nseed-harbor,ines2\n");
    const { code, stderr } = await command("erase", "user", "--file", file, "--yes", "--concurrency", "2");
    expect(code).toBe(1);
    expect(stderr).toContain("error: user seed-willow vera: the practice is inactive: enable it first");
    expect(stderr).toContain("1 erased, 2 already gone, 1 failed");
    writeFileSync(file, "accountId;userId\nseed-harbor;paul\nseed-harbor;\n");
    expect(await command("erase", "user", "--file", file, "--yes")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("leavers.csv:3: there is no userId"),
    });
    expect((await command("get", "user", "seed-harbor", "paul")).code).toBe(0);
  });
  it("is wrong without ids, with too few, and with ids and a file", async () => {
    for (const args of [["practice"], ["user", "seed-harbor"], ["practice", "x", "--file", "y"]]) {
      expect(await command("erase", ...args, "--yes")).toMatchObject({ code: 2, stdout: "" });
    }
  });
});
