import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { operations } from "../../lib/operations.ts";
import { statedPort } from "../../local/environment.ts";
import type { SentMessage } from "../../local/outside.ts";
import { Complaint } from "../../tools/complaint.ts";
import {
  beginInstance,
  callAt,
  childrenOf,
  cleanUp,
  engineOf,
  type Instance,
  isAlive,
  type Outcome,
  programFile,
  run,
  runMeanwhile,
  runVendor,
  startInstance,
  startInstanceAsNpm,
  startSharedInstance,
  temporaryFolder,
  until,
} from "../kit/children.ts";

const main = programFile("main");
const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
const ok = { successful: true, responseMessage: "OK", responseCode: 2000 };
const isLinux = process.platform === "linux";

const servers: Server[] = [];

/** The folder of what several tests share. */
const sharedFolder = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
/** The data folder of `shared`, which did not exist before. */
const sharedData = join(sharedFolder, "made", "for", "it");
/** An instance that several tests use. Each creates its own practice. */
let shared: Instance;
/** An instance with `--memory`, and with `FRONTDESK_HOSTS`. */
let sharedInMemory: Instance;
/** A start without an engine gives up after several seconds. It waits while other tests run. */
let withoutEngine: Promise<Outcome>;

beforeAll(async () => {
  const nowhere = { DYNAMODB_ENDPOINT: "http://127.0.0.1:1", FRONTDESK_DATA: join(sharedFolder, "without-engine") };
  withoutEngine = runMeanwhile(main, [], { PORT: "0", ...nowhere });
  shared = await startSharedInstance({ FRONTDESK_DATA: sharedData });
  sharedInMemory = await startSharedInstance({ FRONTDESK_HOSTS: "desk.example, Box.local" }, ["--memory"]);
});
afterAll(async () => {
  const ended = await Promise.all([shared?.kill("SIGTERM"), sharedInMemory?.kill("SIGTERM"), withoutEngine]);
  rmSync(sharedFolder, { recursive: true });
  // No test made an instance print an error.
  for (const outcome of ended.slice(0, 2)) expect(outcome).toMatchObject({ code: 0, stderr: "" });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await cleanUp();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe("npm start", () => {
  it("serves practices and users, from the first to the last call", async () => {
    const { url } = shared;
    const practice = { auth, accountId: "clinic-1", name: "Riverside Clinic", websiteAddress: "riverside" };
    expect(await callAt(url, "PracticeCreate", practice)).toEqual({
      ...ok,
      accountId: "clinic-1",
      action: "create",
    });

    const ofPractice = { ...auth, accountId: "clinic-1" };
    const user = {
      auth: ofPractice,
      userId: "user-1",
      firstName: "Ada",
      lastName: "Nurse",
      loginId: "ada@riverside.example",
      loginPassword: "Correct horse 1",
    };
    const named = { accountId: "clinic-1", userId: "user-1" };
    expect(await callAt(url, "UserCreate", user)).toEqual({ ...ok, ...named, action: "create" });
    const byLogin = { loginId: "ADA@riverside.example", loginPassword: "Correct horse 1" };
    expect(await callAt(url, "PingWithAuth", { auth: byLogin })).toEqual(ok);
    expect(await callAt(url, "PingWithAuth", { auth: { ...byLogin, loginPassword: "Wrong horse 1" } })).toMatchObject({
      responseCode: 4010,
    });

    const moved = { ...practice, websiteAddress: "Riverside-West" };
    expect(await callAt(url, "PracticeSave", moved)).toEqual({ ...ok, accountId: "clinic-1", action: "update" });
    const married = { ...user, lastName: "Doctor" };
    expect(await callAt(url, "UserSave", married)).toEqual({ ...ok, ...named, action: "update" });
    expect((await callAt(url, "PracticeGet", { auth, accountId: "clinic-1" })).practice).toMatchObject({
      name: "Riverside Clinic",
      websiteAddress: "riverside-west",
      active: true,
    });
    expect((await callAt(url, "UserGet", { auth: ofPractice, userId: "user-1" })).user).toMatchObject({
      firstName: "Ada",
      lastName: "Doctor",
      loginId: "ada@riverside.example",
    });

    expect(await callAt(url, "PracticeSave", { ...moved, active: false })).toMatchObject(ok);
    expect(await callAt(url, "PingWithAccountAuth", { auth: ofPractice })).toEqual({
      successful: false,
      responseMessage: "Unauthorized [Practice does not exist or is inactive]",
      responseCode: 4011,
    });
    expect(await callAt(url, "PingWithAuth", { auth: byLogin })).toMatchObject({ responseCode: 4010 });
  });

  it("has a function for each row of the registry", async () => {
    for (const { method, paths } of operations.filter(({ id }) => id !== "Unmatched")) {
      const path = paths[0].replaceAll(/\{\w+\+?\}/g, "x");
      const answer = await fetch(sharedInMemory.url + path, { method, ...(method === "POST" && { body: "{}" }) });
      expect(answer.status, path).toBeLessThan(500);
    }
  });

  it("serves portals, and shows their mails", async () => {
    const { url } = shared;
    const practice = { auth, accountId: "clinic-2", name: "Lakeside Clinic", websiteAddress: "lakeside" };
    expect(await callAt(url, "PracticeCreate", practice)).toMatchObject(ok);
    const accounts = `${url}/lakeside/v2/accounts`;
    const headers = { "content-type": "application/json", "medable-client-key": "DemoClientKey000000001" };
    const person = {
      name: { first: "Charles", last: "Best" },
      email: "charles@best.example",
      mobile: "1-650-555-5555",
      password: "mauve otter juggles 41 kettles",
    };
    const body = JSON.stringify(person);
    const registered = await fetch(`${accounts}/register`, { method: "POST", headers, body });
    expect(registered.status).toBe(200);
    // `npm start` has no TLS.
    expect(registered.headers.getSetCookie().some((cookie) => /; *secure/i.test(cookie))).toBe(false);

    const [mail] = (await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[];
    expect(mail).toMatchObject({ channel: "email", to: "charles@best.example" });
    const [, origin, token] = /(http\S+)\/lakeside\/\S*token=([A-Za-z0-9]{32})\b/.exec(mail?.text ?? "") ?? [];
    expect(origin).toBe(url);
    const verified = await fetch(`${accounts}/${token}`, { method: "POST", headers });
    expect(await verified.json()).toMatchObject({ object: "result", data: true });
    expect((await fetch(`${url}/_local/`)).headers.get("content-type")).toBe("text/html; charset=utf-8");
  });

  it("prints its address, where the data is, and how to create a practice", async () => {
    const { url, stdout } = shared;
    expect(stdout()).toContain(`runs on ${url}\nData is kept in ${sharedData}. Ctrl-C stops it.`);
    const [, at, body] = /curl (\S+) -d '(.+)'/.exec(stdout()) ?? [];
    // The content type that curl sends.
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(String(at), { method: "POST", headers, body: String(body) });
    expect(await answer.json()).toEqual({ ...ok, accountId: "practice-1", action: "create" });
  });

  it("logs one line for each request, and no path", async () => {
    const instance = await startInstance({}, ["--memory"]);
    await callAt(instance.url, "Ping", {});
    await fetch(`${instance.url}/token-in-the-path?and=query`);
    await fetch(`${instance.url}/riverside/verify?token=query`);
    await fetch(`${instance.url}/riverside/token-in-the-path?and=query`);
    const { stdout } = await instance.kill("SIGTERM");
    const lines = stdout.split("\n").filter((line) => /^(GET|POST) /.test(line));
    expect(lines.map((line) => line.replace(/\d+ ms$/, "N ms"))).toEqual([
      "POST /api/io/Ping 2000 N ms",
      "GET /{org} 200 N ms",
      "GET /{org}/{page+} 200 N ms",
      "GET /{org}/{page+} 404 There is no such path. N ms",
    ]);
  });

  it("goes on when nobody reads its lines any more", async () => {
    // With this level, and without a folder, the functions' log writes a line for each call.
    const { url, closeOutput } = await startInstance({ LOG_LEVEL: "INFO" }, ["--memory"]);
    closeOutput();
    for (let count = 0; count < 3; count++) expect(await callAt(url, "Ping", {})).toMatchObject(ok);
  });

  it("writes the access log into a file: who did what to which record", async () => {
    const { url } = shared;
    await callAt(url, "PracticeGet", { auth, accountId: "logged-here" });
    const lines = () =>
      readFileSync(join(sharedData, "access.log"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    await until(() => lines().some(({ record }) => record.accountId === "logged-here"));
    expect(lines().find(({ record }) => record.accountId === "logged-here")).toMatchObject({
      operation: "PracticeGet",
      actor: { kind: "application", applicationId: "demo" },
      sourceIp: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
      code: 4131,
    });
    if (isLinux) expect(statSync(join(sharedData, "access.log")).mode & 0o777).toBe(0o600);
  });
  it("answers calls also when the access log cannot be written", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "access.log"));
    const instance = await startInstance({ FRONTDESK_DATA: folder });
    expect(await callAt(instance.url, "PracticeGet", { auth, accountId: "not-logged" })).toMatchObject({
      responseCode: 4131,
    });
    const { stdout, stderr } = await instance.kill("SIGTERM");
    expect(stdout + stderr).not.toContain('"operation"');
  });
  it("keeps the data in a folder, and the secret in a file, that only their owner can open", () => {
    expect(statSync(sharedData).mode & 0o777).toBe(0o700);
    expect(statSync(join(sharedData, "seal-secret")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(sharedData, "seal-secret"), "utf8")).toMatch(/^[\w-]{43}\n$/);
  });

  it("uses settings from the environment", async () => {
    const folder = temporaryFolder();
    const { url } = await startInstance({
      FRONTDESK_DATA: folder,
      TABLE_NAME: "another-table",
      DIRECT_DOMAIN: "direct.riverside.example",
      SEAL_SECRET: "a secret from the environment, long enough",
    });
    const practice = { auth, accountId: "practice-1", name: "Riverside", directDomain: "riverside" };
    expect(await callAt(url, "PracticeCreate", practice)).toMatchObject(ok);
    expect((await callAt(url, "PracticeGet", { auth, accountId: "practice-1" })).practice.directDomain).toBe(
      "riverside.direct.riverside.example",
    );
    expect(JSON.parse(readFileSync(join(folder, "running.json"), "utf8")).tableName).toBe("another-table");
    expect(existsSync(join(folder, "seal-secret"))).toBe(false);
  });

  it("answers to the names in FRONTDESK_HOSTS, and to no others", async () => {
    const { port } = new URL(sharedInMemory.url);
    const statusFor = (host: string) =>
      new Promise((resolve, reject) => {
        const asked = request({ host: "127.0.0.1", port, path: "/", headers: { host } }, (answer) => {
          resolve(answer.resume().statusCode);
        });
        asked.once("error", reject).end();
      });
    expect(await statusFor("desk.example")).toBe(200);
    expect(await statusFor("box.local:8080")).toBe(200);
    expect(await statusFor("evil.example")).toBe(403);
  });

  it("keeps the table's stream short, and each queued message arrives once", async () => {
    const folder = temporaryFolder();
    const { url, kill } = await startInstance({ FRONTDESK_DATA: folder });
    await callAt(url, "PracticeCreate", {
      auth,
      accountId: "practice-1",
      name: "Riverside",
      websiteAddress: "riverside",
    });
    const save = (place: number) => callAt(url, "PracticeSave", { auth, accountId: `many-${place}`, name: "Many" });
    // Each save writes the practice and its audit event.
    for (let first = 0; first < 220; first += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, place) => save(first + place)));
    }
    const headers = { "content-type": "application/json", "medable-client-key": "DemoClientKey000000001" };
    const person = {
      name: { first: "Ada", last: "Mills" },
      email: "ada@mills.example",
      mobile: "1-650-555-5555",
      password: "mauve otter juggles 41 kettles",
    };
    const registered = await fetch(`${url}/riverside/v2/accounts/register`, {
      method: "POST",
      headers,
      body: JSON.stringify(person),
    });
    expect(registered.status).toBe(200);
    const listed = async () => (await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[];
    expect((await listed()).map(({ to }) => to)).toEqual(["ada@mills.example"]);
    await listed();
    const { stderr } = await kill("SIGTERM");
    expect(stderr).toBe("");
    const database = new DatabaseSync(join(folder, "table.sqlite"));
    const [row] = database.prepare("SELECT COUNT(*) AS records FROM _stream_records").all();
    database.close();
    expect(row?.records).toBeLessThan(400);
    // After a restart, messages are not sent again.
    const again = await startInstance({ FRONTDESK_DATA: folder });
    expect(await (await fetch(`${again.url}/_local/messages`)).json()).toEqual([]);
  });

  it("uses the engine in DYNAMODB_ENDPOINT", async () => {
    const folder = temporaryFolder();
    const environment = {
      FRONTDESK_DATA: folder,
      DYNAMODB_ENDPOINT: String(process.env.AWS_ENDPOINT_URL_DYNAMODB),
      TABLE_NAME: "table-of-main-test",
    };
    const first = await startInstance(environment);
    await callAt(first.url, "PracticeCreate", { auth, accountId: "practice-1", name: "Riverside" });
    await first.kill("SIGTERM");
    expect(existsSync(join(folder, "table.sqlite"))).toBe(false);
    const { url } = await startInstance({ ...environment, FRONTDESK_DATA: temporaryFolder() });
    expect((await callAt(url, "PracticeGet", { auth, accountId: "practice-1" })).practice.name).toBe("Riverside");
  });
});

describe("npm start -- --memory", () => {
  it.runIf(isLinux)("leaves no data behind and lets no one else open it, even when it is killed", async () => {
    const temporary = temporaryFolder();
    const { url, pid, kill } = await startInstance({ TMPDIR: temporary }, ["--memory"]);
    await callAt(url, "PracticeCreate", { auth, accountId: "practice-1", name: "Riverside" });
    expect(readdirSync(temporary)).toEqual([]);
    for (const child of childrenOf(pid)) process.kill(child.pid, "SIGKILL");
    await kill("SIGKILL");
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("writes nothing to the data folder, and keeps nothing after it stops", async () => {
    const folder = join(temporaryFolder(), "unused");
    const first = await startInstance({ FRONTDESK_DATA: folder }, ["--memory"]);
    expect(first.stdout()).toContain("Data is kept until it stops.");
    await callAt(first.url, "PracticeCreate", { auth, accountId: "practice-1", name: "Riverside" });
    expect((await first.kill("SIGTERM")).code).toBe(0);
    expect(existsSync(folder)).toBe(false);
    const { url } = await startInstance({ FRONTDESK_DATA: folder }, ["--memory"]);
    expect(await callAt(url, "PracticeGet", { auth, accountId: "practice-1" })).toMatchObject({ responseCode: 4131 });
  });

  it("runs next to other instances", async () => {
    for (const { url } of [shared, sharedInMemory, await startInstance({}, ["--memory"])]) {
      expect(await callAt(url, "PracticeCreate", { auth, accountId: "clinic-3", name: "One" })).toMatchObject({
        action: "create",
      });
    }
  });
});

describe("the demo vendor", () => {
  it("has its client key from the first start", async () => {
    const { stdout } = await runVendor(["list"], { FRONTDESK_DATA: sharedData });
    expect(stdout).toMatch(/^demo +Demo +enabled +1 +DemoClientKey000000001 +\d{4}-\d\d-\d\dT[\d:.]+Z$/m);
  });

  it("stays as the user changed it, after a restart", async () => {
    const folder = temporaryFolder();
    const environment = { FRONTDESK_DATA: folder };
    await (await startInstance(environment)).kill("SIGTERM");
    await runVendor(["disable", "--id", "demo"], environment);
    const second = await startInstance(environment);
    expect(await callAt(second.url, "PingWithApplicationAuth", { auth })).toMatchObject({ responseCode: 4010 });
    await second.kill("SIGTERM");

    await runVendor(["enable", "--id", "demo"], environment);
    await runVendor(["rotate", "--id", "demo"], environment);
    await runVendor(["rotate", "--id", "demo"], environment);
    const third = await startInstance(environment);
    expect(await callAt(third.url, "PingWithApplicationAuth", { auth })).toMatchObject({ responseCode: 4010 });
  });
});

describe("the end of npm start", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "is clean after %s, also when clients keep connections open",
    async (signal) => {
      const folder = temporaryFolder();
      const instance = await startInstance({ FRONTDESK_DATA: folder });
      const engine = isLinux ? engineOf(instance.pid) : 0;
      await callAt(instance.url, "PracticeCreate", { auth, accountId: "practice-1", name: "Riverside" });
      const { code, stderr } = await instance.kill(signal);
      expect([code, stderr]).toEqual([0, ""]);
      if (isLinux) expect(isAlive(engine)).toBe(false);
      expect(existsSync(join(folder, "running.json"))).toBe(false);
      await expect(fetch(instance.url)).rejects.toThrow();
      const { url } = await startInstance({ FRONTDESK_DATA: folder });
      expect((await callAt(url, "PracticeGet", { auth, accountId: "practice-1" })).practice.name).toBe("Riverside");
    },
  );

  it("follows when npm ends the shell that it runs in", async () => {
    const folder = temporaryFolder();
    const instance = await startInstanceAsNpm({ FRONTDESK_DATA: folder });
    const { stderr } = await instance.kill("SIGTERM");
    expect(stderr).toBe("");
    expect(existsSync(join(folder, "running.json"))).toBe(false);
    await startInstance({ FRONTDESK_DATA: folder });
  });

  it.runIf(isLinux)("is reported when the engine ends unexpectedly", async () => {
    const instance = await startInstance({ FRONTDESK_DATA: temporaryFolder() });
    process.kill(engineOf(instance.pid), "SIGKILL");
    const { code, stderr } = await instance.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(
      "The local database stopped unexpectedly (SIGKILL). Every answered write is stored: start again.\n",
    );
  });

  it.runIf(isLinux)("also ends the engine, even after kill -9", async () => {
    const folder = temporaryFolder();
    const instance = await startInstance({ FRONTDESK_DATA: folder });
    // The engine has its watch from its start: this process starts both as one.
    const [engine, ...others] = childrenOf(instance.pid).map(({ pid }) => pid) as [number];
    const watches = childrenOf(engine).map(({ pid }) => pid);
    expect([others.length, watches.length]).toEqual([0, 1]);
    await instance.kill("SIGKILL");
    await until(() => ![engine, ...watches].some(isAlive));
  });

  // An engine went on for good when the server was killed before it had started the shell that watched the engine.
  it.runIf(isLinux)("also ends the engine after kill -9 in the moment in which it is started", async () => {
    const moments = [/./, /dynoxide\0/, /^[^\0]*dynoxide\0/];
    for (const moment of moments) {
      const instance = beginInstance({ FRONTDESK_DATA: temporaryFolder() });
      const children = () => childrenOf(instance.pid);
      // Without any pause, because each moment is one of a few milliseconds.
      while (!children().some(({ command }) => moment.test(command))) expect(isAlive(instance.pid)).toBe(true);
      const begun = children();
      expect(begun).toHaveLength(1);
      process.kill(instance.pid, "SIGKILL");
      await instance.ended;
      await until(() => !begun.some(({ pid }) => isAlive(pid)));
    }
  });

  it.runIf(isLinux)("loses no answered write, even after kill -9 of all processes", async () => {
    const folder = temporaryFolder();
    const first = await startInstance({ FRONTDESK_DATA: folder });
    for (const accountId of ["practice-1", "practice-2"]) {
      await callAt(first.url, "PracticeCreate", { auth, accountId, name: `Name of ${accountId}` });
    }
    const page = await callAt(first.url, "PracticeList", { auth, limit: 1 });
    const children = childrenOf(first.pid);
    for (const { pid } of children) process.kill(pid, "SIGKILL");
    await first.kill("SIGKILL");

    const { url } = await startInstance({ FRONTDESK_DATA: folder });
    expect((await callAt(url, "PracticeGet", { auth, accountId: "practice-1" })).practice.name).toBe(
      "Name of practice-1",
    );
    // The cursor was sealed before the restart and is opened after it.
    const { practiceList } = await callAt(url, "PracticeList", { auth, limit: 1, cursor: page.cursor });
    expect(practiceList.map(({ accountId }: { accountId: string }) => accountId)).toEqual(["practice-2"]);
  });
});

describe("npm start fails with one clear line", () => {
  /** Runs a program that must fail with exit code 1 and one line. Returns the line. */
  const complaint = (environment: Record<string, string>, args: readonly string[] = [], file = main) =>
    lineOf(run(file, args, { PORT: "0", ...environment }));

  async function lineOf(failed: Promise<Outcome>): Promise<string> {
    const { code, stdout, stderr } = await failed;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    return stderr.trimEnd();
  }

  it("about PORT", async () => {
    expect(await complaint({ PORT: "abc" }, ["--memory"])).toBe(
      'PORT must be a number from 1 to 65535, or 0 for any free port, not "abc".',
    );
  });
  it.each(["65536", "-1", "3000.5", "1e3", " 3000"])("about PORT %j", (PORT) => {
    vi.stubEnv("PORT", PORT);
    expect(statedPort).toThrow(
      new Complaint(`PORT must be a number from 1 to 65535, or 0 for any free port, not "${PORT}".`),
    );
  });

  it("about a port in use", async () => {
    const server = createServer();
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const folder = temporaryFolder();
    expect(await complaint({ PORT: String(port), FRONTDESK_DATA: folder })).toBe(
      `Port ${port} is in use: stop what listens there, or choose another one with PORT.`,
    );
    await startInstance({ FRONTDESK_DATA: folder });
  });

  it("about a data folder in use", async () => {
    const { url } = shared;
    expect(await complaint({ FRONTDESK_DATA: sharedData })).toBe(
      `The data folder ${sharedData} is in use by ${url}: stop that, or set FRONTDESK_DATA to another folder.`,
    );
    expect(await callAt(url, "Ping", {})).toEqual(ok);
  });

  it("about a data folder that cannot be created", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(await complaint({ FRONTDESK_DATA: join(file, "folder") })).toMatch(
      /^The data folder .+\/file\/folder cannot be used \(ENOTDIR: .+\): set FRONTDESK_DATA to another one, or start with --memory\.$/,
    );
  });

  it("about a data folder that cannot be written", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "lock"));
    expect(await complaint({ FRONTDESK_DATA: folder })).toMatch(/^The data folder \S+ cannot be used \(.+\): set /);
  });

  it("about a data file that is not a database", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "table.sqlite"), "not a database".repeat(1000));
    expect(await complaint({ FRONTDESK_DATA: folder })).toMatch(/^The local database does not start: .*SQLite/);
  });

  it("about a missing engine", async () => {
    const root = temporaryFolder();
    const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
    mkdirSync(join(root, "node_modules"));
    const inRoot = readdirSync(file("")).filter((name) => name !== "local" && name !== "node_modules");
    const packages = readdirSync(file("node_modules")).filter((name) => name !== "@dynoxide");
    for (const path of [...inRoot, ...packages.map((name) => `node_modules/${name}`)]) {
      symlinkSync(file(path), join(root, path));
    }
    // A copy, because code behind a symbolic link would look for the engine in its real folder.
    cpSync(file("local"), join(root, "local"), { recursive: true });
    expect(await complaint({}, ["--memory"], join(root, "local", "main.ts"))).toBe(
      `The local database is missing: install the npm package @dynoxide/${process.platform}-${process.arch}, or set DYNAMODB_ENDPOINT to another engine (DynamoDB Local, AWS).`,
    );
  });

  it("about a DYNAMODB_ENDPOINT that is not a URL, or where no engine answers", async () => {
    expect(await complaint({ DYNAMODB_ENDPOINT: "localhost:8000", FRONTDESK_DATA: temporaryFolder() })).toBe(
      'DYNAMODB_ENDPOINT must be a URL such as http://localhost:8000, not "localhost:8000".',
    );
    expect(await lineOf(withoutEngine)).toMatch(
      /^The database at http:\/\/127\.0\.0\.1:1 cannot provide the table: .*ECONNREFUSED/,
    );
    expect(await complaint({ DYNAMODB_ENDPOINT: "http://127.0.0.1:1" }, ["--memory"])).toBe(
      "--memory and DYNAMODB_ENDPOINT (http://127.0.0.1:1) exclude each other.",
    );
  });

  it("about a FRONTDESK_HOSTS that is not a host name", async () => {
    expect(await complaint({ FRONTDESK_HOSTS: "box.local, http://desk.example" }, ["--memory"])).toBe(
      'FRONTDESK_HOSTS must be host names such as desk.example,box.local, not "http://desk.example".',
    );
  });

  it("about a wrong setting of the functions", async () => {
    expect(await complaint({ DIRECT_DOMAIN: "no domain" }, ["--memory"])).toMatch(
      /^Frontdesk cannot start: wrong settings: DIRECT_DOMAIN: /,
    );
  });

  it("about unknown options", async () => {
    const lines = await Promise.all([["--verbose"], ["memory"], ["--memory=yes"]].map((args) => complaint({}, args)));
    expect(lines).toEqual(Array(3).fill("Usage: npm start [-- --memory]"));
  });
});
