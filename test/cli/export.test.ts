import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eachAccount } from "../../cli/src/calls.ts";
import { createPortal } from "../../client/src/client.ts";
import { accountPassword, userPassword } from "../../local/seed-data.ts";
import { cleanUp, type Instance, run, startSharedInstance, temporaryFolder, until } from "../kit/children.ts";
import { application, directoryAt, frontdesk, jsonLines } from "./frontdesk.ts";

let desk: Instance;
const kinds = ["practices", "users", "profiles", "organizations", "settings", "accounts"];
const some = Buffer.alloc(32).toString("base64").slice(0, -1);
/** A hash that nobody signs in with, so that the tests need not make one. */
const passwordHash = `$pbkdf2-sha256$i=1000$${some}$${some}`;

beforeAll(async () => {
  desk = await startSharedInstance({}, ["--memory"]);
  expect((await run("local/seed.ts", ["--url", desk.url], {})).code).toBe(0);
});
afterAll(async () => {
  await desk.kill("SIGTERM");
  await cleanUp();
});

const newFolder = () => join(temporaryFolder(), "export");
const linesOf = (folder: string, kind: string) => jsonLines(readFileSync(join(folder, `${kind}.jsonl`), "utf8"));
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));

describe("an export", () => {
  it("has every record of every kind, says the practice in every line, and lists what could not be read", async () => {
    const out = newFolder();
    const { code, stdout, stderr } = await frontdesk(desk.url, "export", "--out", out);
    expect([code, stdout]).toEqual([1, `${out}\n`]);
    expect(stderr.split("\n")).toEqual([
      "10 practices, 16 users, 2 profiles, 4 organizations, 9 settings, 8 accounts",
      ...["profiles", "organizations", "settings", "accounts"].map(
        (kind) => `not read: ${kind} of 1 practice, because the practice is inactive: seed-willow`,
      ),
      "without a portal, so without accounts: 1 practice: seed-base",
      "manifest.json lists all that was not read.",
      "",
    ]);
    const manifest = manifestOf(out);
    expect(manifest).toMatchObject({ format: 1, version: "0.1.0", url: desk.url, applicationId: "demo" });
    expect(manifest.notRead).toHaveLength(4);
    for (const kind of kinds) {
      const lines = linesOf(out, kind);
      expect([kind, lines.length]).toEqual([kind, manifest.counts[kind]]);
      expect(lines.every(({ accountId }) => typeof accountId === "string" && accountId.startsWith("seed-"))).toBe(true);
    }
    expect(linesOf(out, "users")).toContainEqual(expect.objectContaining({ accountId: "seed-willow", userId: "vera" }));
    expect(linesOf(out, "organizations")).toContainEqual(
      expect.objectContaining({ accountId: "seed-cedar", name: "Cedar Street Acupuncture", is_active: false }),
    );
  });
  it("has what the API answers, which can be sent back", async () => {
    const out = newFolder();
    await frontdesk(desk.url, "export", "--out", out, "--practice", "seed-cedar");
    const directory = directoryAt(desk.url);
    const cedar = directory.as({ accountId: "seed-cedar" });
    expect(linesOf(out, "practices")).toEqual([(await directory.practiceGet({ accountId: "seed-cedar" })).practice]);
    const [user] = linesOf(out, "users");
    expect(user).toEqual((await cedar.userGet({ userId: user.userId })).user);
    const { accountId: _, ...settings } = linesOf(out, "settings")[0];
    expect(settings).toEqual((await cedar.portalSettingsGet()).portalSettings);
    const [{ accountId: __, ...profile }] = linesOf(out, "profiles").filter(({ userId }) => userId === "owen");
    expect(profile).toEqual(await cedar.practiceProfileGet({ userId: "owen" }));
    expect(linesOf(out, "accounts")).toHaveLength(5);
    for (const kind of kinds)
      expect(new Set(linesOf(out, kind).map((each) => each.accountId))).toEqual(new Set(["seed-cedar"]));
  });
  it("has no password, hash, key or secret, and only its owner can read it", async () => {
    const out = newFolder();
    await frontdesk(desk.url, "export", "--out", out);
    const text = kinds.map((kind) => readFileSync(join(out, `${kind}.jsonl`), "utf8")).join("");
    expect(text).not.toMatch(/passwordHash|loginPassword|"password"|\$argon2|secret|fingerprint|demo-application/i);
    expect(text).not.toMatch(new RegExp(`${accountPassword}|${userPassword}`));
    expect(statSync(out).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
  });
  it("pages through accounts: none is left out and none is there twice while others register", async () => {
    const portal = createPortal({ url: desk.url, org: "cedar", application, accountId: "seed-cedar" });
    const before = (await portal.accountList()).data.map(({ _id }) => _id);
    const found: string[] = [];
    for await (const { _id } of eachAccount(portal, undefined, 2)) {
      found.push(_id);
      const person = {
        name: { first: "A", last: "B" },
        email: `new${found.length}@mail.example`,
        mobile: "+16505550100",
      };
      const moved = { ...person, passwordHash, state: "verified" as const, notify: false };
      await portal.accountRegister(moved);
    }
    expect(found).toEqual(before);
    const verified = [];
    for await (const { state } of eachAccount(portal, { state: "verified" }, 3)) verified.push(state);
    expect(verified).toHaveLength(4 + before.length);
  });
});

describe("an export that does not come to its end", () => {
  const started = (out: string) =>
    spawn(process.execPath, ["cli/frontdesk.js", "export", "--out", out, "--concurrency", "1"], {
      env: { ...process.env, FRONTDESK_URL: desk.url },
      stdio: "ignore",
    });
  const ended = (child: ReturnType<typeof started>) => new Promise((resolve) => child.once("close", resolve));

  it("stopped by kill -9 has no manifest, and the next one into the same folder is whole", async () => {
    const out = newFolder();
    const child = started(out);
    await until(() => existsSync(join(out, "practices.jsonl.partial")));
    child.kill("SIGKILL");
    await ended(child);
    expect(existsSync(join(out, "manifest.json"))).toBe(false);
    await frontdesk(desk.url, "export", "--out", out);
    expect(readdirSync(out).sort()).toEqual([...kinds.map((kind) => `${kind}.jsonl`), "manifest.json"].sort());
    expect(linesOf(out, "users")).toHaveLength(manifestOf(out).counts.users);
  });
  it("stopped by Ctrl-C leaves nothing", async () => {
    const out = newFolder();
    const child = started(out);
    await until(() => existsSync(join(out, "practices.jsonl.partial")));
    child.kill("SIGINT");
    const code = await ended(child);
    // It may have been whole before the signal came.
    if (code === 130) expect(readdirSync(out)).toEqual([]);
    else expect(readdirSync(out)).toContain("manifest.json");
  });
  it("does not begin in a folder that holds one, nor without a server, nor for an unknown practice", async () => {
    const out = newFolder();
    await frontdesk(desk.url, "export", "--out", out, "--practice", "seed-mesa");
    const before = manifestOf(out);
    const again = await frontdesk(desk.url, "export", "--out", out);
    expect([again.code, again.stderr]).toEqual([
      2,
      `error: ${out} holds an export already\nhint: State another folder with --out.\n`,
    ]);
    expect(manifestOf(out)).toEqual(before);
    const nowhere = newFolder();
    const unanswered = await frontdesk("http://localhost:1", "export", "--out", nowhere);
    expect(unanswered.code).toBe(2);
    expect(unanswered.stderr).toMatch(/^error: PingWithApplicationAuth: network no answer/);
    expect((await frontdesk(desk.url, "export", "--out", nowhere, "--practice", "nobody")).stderr).toBe(
      "error: there is no practice nobody\nhint: `frontdesk list practices` shows them.\n",
    );
    expect(existsSync(nowhere)).toBe(false);
  });
});
