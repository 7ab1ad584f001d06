import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDirectory, createPortal, each } from "../../client/src/client.ts";
import { type Instance, runIn, startSharedInstance, until } from "../kit/children.ts";
import { practicesFile, usersFile } from "../kit/directory-files.ts";
import { begin } from "./frontdesk.ts";
import { type AccidentProxy, startProxy } from "./proxy.ts";

const folder = mkdtempSync(join(tmpdir(), "frontdesk-import-"));
const application = { id: "demo", password: "demo-application-password" };
let instance: Instance;
let proxy: AccidentProxy;

beforeAll(async () => {
  instance = await startSharedInstance({ FRONTDESK_DATA: join(folder, "data") }, ["--memory"]);
  proxy = await startProxy(instance.url);
});
afterAll(async () => {
  proxy?.close();
  await instance?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  proxy.accident = () => undefined;
  proxy.passed.length = 0;
});

const directory = () => createDirectory({ url: instance.url, application });
const environment = () => ({ FRONTDESK_URL: proxy.url });
/** Runs the command with this environment, and waits until it has ended. */
const frontdesk = (args: readonly string[], own?: Readonly<Record<string, string>>, stdin?: string) =>
  begin(args, own, stdin === undefined ? {} : { stdin }).ended;
let files = 0;
/** Writes a file with a name of its own. */
function file(content: string, kind = "csv"): string {
  files += 1;
  const path = join(folder, `file-${files}.${kind}`);
  writeFileSync(path, content);
  return path;
}
/** The calls that would change something. */
const sent = () => proxy.passed.filter(({ path }) => /Save$|register/i.test(path));
/** Files whose records no other test has. */
const withPrefix = (csv: string, prefix: string) =>
  csv.replaceAll("practice-0", `${prefix}-practice-0`).replace(/clinic-(\d)/gi, `${prefix}-clinic-$1`);
async function practicesWith(prefix: string) {
  const all = await Array.fromAsync(each(directory().practiceList));
  return all.filter(({ accountId }) => accountId.startsWith(`${prefix}-`));
}
const reportOf = (path: string) => readFileSync(`${path}.frontdesk-report.csv`, "utf8").trimEnd().split("\n");

describe("an import", () => {
  it("sends the good rows, names the others, and tells counts; a second one changes nothing", async () => {
    const generated = practicesFile({ rows: 60, badEach: 20 });
    const path = file(withPrefix(generated.csv, "one"));
    const first = await frontdesk(["import", "practices", path], environment());
    expect(first.code).toBe(1);
    expect(first.stdout).toBe(
      `file-1.csv: 57 created, 0 updated, 0 failed, 3 not sent because of faults\nReport: ${path}.frontdesk-report.csv\n`,
    );
    for (const { line, field } of generated.bad) expect(first.stderr).toContain(`file-1.csv:${line}: ${field}: `);
    expect(first.stderr).toMatch(/Values that were read in another form:\n( {2}[^\n]+: \d+\n)+/);
    const stored = await practicesWith("one");
    const plain = stored.map((practice) =>
      Object.fromEntries(
        Object.entries(practice).filter(([name, value]) => name !== "vetted" && value !== "" && value !== null),
      ),
    );
    expect(plain).toEqual(
      generated.good.map((row) => ({
        ...row,
        accountId: `one-${row.accountId}`,
        websiteAddress: `one-${row.websiteAddress}`,
      })),
    );
    expect(existsSync(`${path}.frontdesk-journal`)).toBe(false);
    expect(existsSync(`${path}.frontdesk-lock`)).toBe(false);
    expect(reportOf(path)).toHaveLength(1 + 3 + 57);

    const second = await frontdesk(["import", "practices", path], environment());
    expect(second.stdout).toContain("0 created, 57 updated, 0 failed");
    expect(await practicesWith("one")).toEqual(stored);
  });

  it("with --dry-run names every bad row, and needs no server", async () => {
    const { csv, bad } = usersFile({ rows: 400, practices: 5, badEach: 8 });
    const path = file(csv);
    const { code, stdout } = await frontdesk(["import", "users", path, "--dry-run"], {
      FRONTDESK_URL: "http://127.0.0.1:1",
    });
    expect(code).toBe(1);
    const told = stdout
      .match(/^file-\d+\.csv:\d+: \w+/gm)
      ?.map((line) => line.replace(/^[^:]+:(\d+): (\w+)$/, "$1 $2"));
    expect(told).toEqual(bad.map(({ line, field }) => `${line} ${field}`));
    expect(stdout).toContain("400 rows, 50 with faults\n");
    expect(stdout).toMatch(/Nothing was sent\.\n$/);
    expect(existsSync(`${path}.frontdesk-report.csv`)).toBe(false);
  });

  it("with --dry-run and --report tells how each value would be read", async () => {
    const path = file("accountId,name,phone\ndry-1,A,(682) 564-1518\ndry-2,,\ndry-3,C,\n");
    const report = `${path}.frontdesk-report.csv`;
    await frontdesk(["import", "practices", path, "--dry-run", "--report", report], environment());
    expect(reportOf(path)).toEqual([
      "line,practice,id,result,field,code,message,changes",
      "3,dry-2,,not sent,name,,is required,",
      "2,dry-1,,good,,,,phone read as 6825641518",
      "4,dry-3,,good,,,,",
    ]);
    expect(sent()).toEqual([]);
  });

  it("writes no cell into its report that a spreadsheet would run as a formula", async () => {
    const path = file('accountId,name\n"=HYPERLINK(""http://a.example"")",A\n@sum,B\n-1,\n');
    await frontdesk(["import", "practices", path, "--strict"], environment());
    expect(reportOf(path)).toEqual([expect.any(String), "4, -1,,not sent,name,,is required,"]);
    await frontdesk(["import", "practices", path, "--dry-run", "--report", `${path}.frontdesk-report.csv`]);
    expect(reportOf(path).slice(2)).toEqual(['2," =HYPERLINK(""http://a.example"")",,good,,,,', "3, @sum,,good,,,,"]);
  });

  it("with --strict sends nothing when a row has a fault", async () => {
    const path = file("accountId,name\nstrict-1,A\nstrict-2,\n");
    expect(await frontdesk(["import", "practices", path, "--strict"], environment())).toMatchObject({ code: 1 });
    expect(sent()).toEqual([]);
  });

  it("tells what the server refuses, with line, code and message", async () => {
    await directory().practiceSave({ accountId: "refused-0", name: "A", websiteAddress: "refused" });
    const path = file("accountId,name,websiteAddress\nrefused-1,A,free\nrefused-2,B,refused\n");
    const { code, stdout, stderr } = await frontdesk(["import", "practices", path], environment());
    expect({ code, stdout: stdout.split("\n")[0] }).toEqual({
      code: 1,
      stdout: expect.stringContaining("1 created, 0 updated, 1 failed"),
    });
    expect(stderr).toContain(".csv:3: 4140 web address is already taken\n");
    expect(stdout).toContain("this sends the failed rows again: frontdesk import practices");
    // The name becomes free, and only the failed row is sent again.
    await directory().practiceSave({ accountId: "refused-0", name: "A" });
    await directory().practiceSave({ accountId: "refused-2", name: "B" });
    proxy.passed.length = 0;
    const again = await frontdesk(["import", "practices", path, "--resume"], environment());
    expect(again.stdout).toContain("1 done by an earlier run");
    expect(sent()).toHaveLength(1);
  });

  it("leaves nothing of stdin behind when it is stopped, early or late", async () => {
    const TMPDIR = mkdtempSync(join(folder, "tmp-"));
    const early = runIn(
      ".",
      `(echo '{"accountId":"early-1"'; sleep 20 2>/dev/null) | "${process.execPath}" cli/frontdesk.js import practices - & pid=$!
       until [ "$(cat "$TMPDIR"/*/stdin.jsonl 2>/dev/null)" ]; do sleep 0.1; done; kill $pid; wait $pid`,
      { TMPDIR, FRONTDESK_URL: proxy.url },
    );
    expect((await early).code).toBe(130);
    proxy.accident = ({ body }) => (body.includes("late-1") ? "500" : undefined);
    const late = begin(
      ["import", "practices", "-", "--report", join(TMPDIR, "report.csv")],
      { ...environment(), TMPDIR },
      { stdin: '{"accountId":"late-1","name":"A"}\n' },
    );
    await until(() => existsSync(join(TMPDIR, "report.csv")));
    late.child.kill("SIGKILL");
    await late.ended;
    expect(readdirSync(TMPDIR, { recursive: true }).filter((name) => /stdin\.jsonl$/.test(String(name)))).toEqual([]);
  });

  it("says so when users name practices that do not exist", async () => {
    const path = file("accountId,userId,firstName,lastName\nnowhere 1,u-1,A,B\nnowhere 1,u-2,A,B\nnowhere-2,u-1,A,B\n");
    const { code, stderr } = await frontdesk(["import", "users", path], environment());
    expect(code).toBe(1);
    expect(stderr).toContain("3 rows name practices that do not exist or are not active: nowhere 1, nowhere-2\n");
  });

  it("reads JSON lines from stdin", async () => {
    const lines = `${JSON.stringify({ accountId: "stdin-1", name: "A", vetted: false })}\n`;
    const ran = await frontdesk(
      ["import", "practices", "-", "--report", join(folder, "stdin.csv")],
      environment(),
      lines,
    );
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("stdin.jsonl: 1 created") });
    expect(await frontdesk(["import", "practices", "-", "--resume"], environment(), lines)).toMatchObject({ code: 2 });
  });

  it("of a file that is changed meanwhile says so", async () => {
    const { csv } = practicesFile({ rows: 20 });
    const path = file(withPrefix(csv, "changed"));
    proxy.accident = ({ path: called }) => {
      // After the check, and before the first row.
      if (called.endsWith("PingWithApplicationAuth"))
        writeFileSync(path, withPrefix(csv, "changed").replace("Clinic 7", "Clinic x"));
      return undefined;
    };
    const { stderr } = await frontdesk(["import", "practices", path], environment());
    expect(stderr).toMatch(/warning: \S+ was changed during its import\. Import it again\.\n$/);
  });

  it("sends nothing with wrong credentials, and never prints a password", async () => {
    const path = file("accountId,name\nwrong-1,A\n");
    const wrong = { FRONTDESK_APPLICATION_ID: "demo", FRONTDESK_APPLICATION_PASSWORD: "not-the-password" };
    const { code, stdout, stderr } = await frontdesk(["import", "practices", path], { ...environment(), ...wrong });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/error: PingWithApplicationAuth: 4010 [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).not.toContain("not-the-password");
    expect(sent()).toEqual([]);
  });
});

it("cli/README.md: the files and commands of an import do what the page prints", async () => {
  const page = readFileSync("cli/README.md", "utf8");
  const desk = mkdtempSync(join(folder, "readme-"));
  const csvs = [...page.matchAll(/`(\w+\.csv)`[^`]*(?:`--map`[^`]*)?\n\n```csv\n([^`]+)```/g)];
  expect(csvs.map(([, name]) => name)).toEqual(["practices.csv", "users.csv"]);
  for (const [, name = "", text = ""] of csvs) writeFileSync(join(desk, name), text);
  const commands = [...page.matchAll(/^npx (frontdesk import .+)\n```\n(?:\n```text\n([^`]+)```)?/gm)];
  const run = `cd "${desk}"; frontdesk() { "${process.execPath}" "${resolve("cli/frontdesk.js")}" "$@"; };`;
  const codes: (number | null)[] = [];
  for (const [, command = "", printed] of commands) {
    const { code, stdout } = await runIn(desk, `set +e; ${run} ${command}`, environment());
    codes.push(code);
    if (printed !== undefined) expect(stdout).toBe(printed);
  }
  expect(codes).toEqual([1, 1, 0]);
});

describe("an import that is stopped", () => {
  it("by kill -9 at any moment, and is resumed, does what one run would do, and no finished row twice", async () => {
    const { csv, good } = practicesFile({ rows: 200, badEach: 50, seed: 7 });
    const path = file(withPrefix(csv, "killed"));
    const journal = `${path}.frontdesk-journal`;
    const args = ["import", "practices", path, "--concurrency", "8"];
    for (let kill = 0; kill < 3; kill += 1) {
      const before = existsSync(journal) ? statSync(journal).size : 0;
      const { child, ended } = begin(kill === 0 ? args : [...args, "--resume"], environment());
      await until(() => existsSync(journal) && statSync(journal).size > before + 50 + Math.random() * 150);
      child.kill("SIGKILL");
      expect((await ended).signal).toBe("SIGKILL");
    }
    const ended = await frontdesk([...args, "--resume"], environment());
    expect(ended.stdout).toMatch(/ \d+ created, \d+ updated, \d+ done by an earlier run, 0 failed, 4 not sent/);
    const stored = await practicesWith("killed");
    expect(stored.map(({ accountId }) => accountId)).toEqual(good.map(({ accountId }) => `killed-${accountId}`));
    // Each kill can repeat at most the rows that were under way.
    const times = new Map<string, number>();
    for (const { body } of sent()) {
      const { accountId } = JSON.parse(body);
      times.set(accountId, (times.get(accountId) ?? 0) + 1);
    }
    expect(times.size).toBe(196);
    expect([...times.values()].filter((count) => count > 1).length).toBeLessThanOrEqual(3 * 8);
    expect(existsSync(journal)).toBe(false);
  });

  it("by Ctrl-C finishes what is under way, says how to go on, and a torn journal is no harm", async () => {
    const path = file(withPrefix(practicesFile({ rows: 100 }).csv, "stopped"));
    const journal = `${path}.frontdesk-journal`;
    const { child, ended } = begin(["import", "practices", path], environment());
    await until(() => existsSync(journal) && statSync(journal).size > 260);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/(\d+) created, 0 updated, 0 failed, \d+ left\n/);
    expect(stdout).toContain(`frontdesk import practices ${path} --resume`);
    expect(stderr).not.toContain("    at ");
    const done = Number(/(\d+) created/.exec(stdout)?.[1]);
    expect(sent()).toHaveLength(done);
    writeFileSync(journal, `${readFileSync(journal, "utf8")}19`);
    const resumed = await frontdesk(["import", "practices", path, "--resume"], environment());
    expect(resumed.stdout).toContain(`${100 - done} created, 0 updated, ${done} done by an earlier run, 0 failed\n`);
    expect(sent()).toHaveLength(100);
  });

  it("is only resumed with the same file, server and mapping, and never begun twice", async () => {
    const path = file("accountId,name\nbound-1,A\nbound-2,A\n");
    const args = ["import", "practices", path];
    proxy.accident = ({ body }) => (body.includes("bound-2") ? "500" : undefined);
    expect(await frontdesk([...args, "--give-up-after", "1"], environment())).toMatchObject({ code: 1 });
    proxy.accident = () => undefined;
    const report = reportOf(path);
    const messageOf = async (more: readonly string[], url = proxy.url) =>
      (await frontdesk([...args, ...more], { FRONTDESK_URL: url })).stderr
        .split("\n")
        .find((line) => /^error/.test(line));
    expect(await messageOf([])).toMatch(/^error: an import of this file was begun and is not finished/);
    expect(await messageOf(["--resume"], instance.url)).toMatch(/the URL has changed$/);
    expect(await messageOf(["--resume", "--map", "name=name"])).toMatch(/the mapping of columns has changed$/);
    writeFileSync(path, "accountId,name\nbound-1,A\nbound-2,B\n");
    expect(await messageOf(["--resume"])).toMatch(/the file has changed$/);
    // None of these has sent anything, so the report of the import stays.
    expect(reportOf(path)).toEqual(report);
    expect(existsSync(`${path}.frontdesk-report.csv.partial`)).toBe(false);
    writeFileSync(path, "accountId,name\nbound-1,A\nbound-2,A\n");
    expect(await messageOf(["--resume"])).toBeUndefined();
    expect(await messageOf(["--resume"])).toMatch(/there is nothing to resume/);
  });

  it("never writes its report over the file itself", async () => {
    const content = "accountId,name\nover-1,A\n";
    const path = file(content);
    for (const more of [[], ["--dry-run"]]) {
      const { code, stderr } = await frontdesk(
        ["import", "practices", path, "--report", join(folder, ".", `${path.split("/").at(-1)}`), ...more],
        environment(),
      );
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("replace the file itself") });
      expect(readFileSync(path, "utf8")).toBe(content);
    }
    expect(sent()).toEqual([]);
  });

  it("keeps a second one out while it runs", async () => {
    const path = file("accountId,name\nlocked-1,A\n");
    const lock = `${path}.frontdesk-lock`;
    writeFileSync(lock, `${process.pid} ${hostname()}\n`);
    const { code, stderr } = await frontdesk(["import", "practices", path], environment());
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: another process is importing this file/),
    });
    expect(sent()).toEqual([]);
    // A process that has ended holds nothing.
    const gone = begin(["--version"]);
    await gone.ended;
    writeFileSync(lock, `${gone.child.pid} ${hostname()}\n`);
    expect(await frontdesk(["import", "practices", path], environment())).toMatchObject({ code: 0 });
  });
});

describe("a server in trouble", () => {
  it("is asked again, more slowly, until every row is done", async () => {
    const path = file(withPrefix(practicesFile({ rows: 60 }).csv, "trouble"));
    const accidents = ["503", "429", "lost", "dropped", "500"] as const;
    proxy.accident = (_, place) => (place > 5 && place % 7 === 0 ? accidents[place % accidents.length] : undefined);
    const { code, stdout } = await frontdesk(["import", "practices", path], environment());
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/ \d+ created, \d+ updated, 0 failed\n/),
    });
    expect(await practicesWith("trouble")).toHaveLength(60);
  });

  it("that is gone ends the import with one line, and the journal is kept", async () => {
    const path = file(withPrefix(practicesFile({ rows: 60 }).csv, "gone"));
    proxy.accident = (_, place) => (place > 20 ? "dropped" : undefined);
    const { code, stderr } = await frontdesk(["import", "practices", path, "--give-up-after", "1"], environment());
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: no call has succeeded for 1 s: PracticeSave: network no answer\. See \S+\nhint: [^\n]+--resume\.\n$/,
    );
    proxy.accident = () => undefined;
    const resumed = await frontdesk(["import", "practices", path, "--resume"], environment());
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringMatching(/ \d+ done by an earlier run/) });
    expect(await practicesWith("gone")).toHaveLength(60);
  });
});

describe("accounts", () => {
  const hash = "$2b$10$9Je/.uHpLlTvTKBTKB.3r.4yTbhT9QPsyHDYBAQXkjB6bXWaXkW/O";
  const header = "org,email,first name,last name,mobile,password hash,state,roles\n";
  const row = (email: string, roles = "") => `people,${email},Ada,Mills,(650) 555-5555,${hash},verified,${roles}\n`;

  beforeAll(async () => {
    await directory().practiceSave({ accountId: "people-1", name: "People", websiteAddress: "people" });
  });

  it("are registered with their hash, state and roles, and nothing is mailed", async () => {
    const path = file(header + row("Ada@Mail.Example", "provider") + row("bo@mail.example"));
    expect(await frontdesk(["import", "accounts", path], environment())).toMatchObject({ code: 0 });
    const portal = createPortal({ url: instance.url, application, org: "people", accountId: "people-1" });
    const { data } = await portal.accountList({});
    const stored = data.map(({ email, state, mobile, roles }) => ({ email, state, mobile, roles }));
    expect(stored).toContainEqual({
      email: "ada@mail.example",
      state: "verified",
      mobile: "+16505555555",
      roles: ["000000000000000000000005"],
    });
    expect(stored).toHaveLength(2);
    expect(sent().every(({ body }) => JSON.parse(body).notify === false)).toBe(true);
  });

  it("that were there before fail; those that this import has registered are done, also when answers were lost", async () => {
    await frontdesk(["import", "accounts", file(header + row("there@mail.example"))], environment());
    const path = file(header + row("there@mail.example") + row("lost@mail.example") + row("last@mail.example"));
    let lost = 0;
    proxy.accident = ({ path, body }) => {
      if (!/register/.test(path) || !body.includes("lost@")) return undefined;
      lost += 1;
      return lost === 1 ? "lost" : undefined;
    };
    const { stdout, stderr } = await frontdesk(["import", "accounts", path], environment());
    expect(stdout).toContain("2 created, 0 updated, 1 failed");
    expect(stderr).toMatch(/\.csv:2: kExists /);
    expect(lost).toBe(2);
    // The first one was begun too, but it is somebody else's, and stays a failure.
    const again = await frontdesk(["import", "accounts", path, "--resume"], environment());
    expect(again.stdout).toContain("0 created, 0 updated, 2 done by an earlier run, 1 failed");
  });

  it("that a killed import may have registered are done when it is resumed", async () => {
    const path = file(header + row("killed@mail.example"));
    const journal = `${path}.frontdesk-journal`;
    proxy.accident = ({ path }) => (/register/.test(path) ? "lost" : undefined);
    const { child, ended } = begin(["import", "accounts", path], environment());
    await until(() => sent().length > 0 && existsSync(journal));
    // The first request is carried out before its answer is lost.
    await wait(500);
    child.kill("SIGKILL");
    await ended;
    proxy.accident = () => undefined;
    const resumed = await frontdesk(["import", "accounts", path, "--resume"], environment());
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("1 created, 0 updated, 0 failed") });
  });

  it("of practices that do not exist, or have no portal, are told", async () => {
    await directory().practiceSave({ accountId: "people-2", name: "No portal" });
    const csv = "accountId,email,firstName,lastName,mobile,passwordHash\n";
    const of = (accountId: string) => `${accountId},a@b.example,A,B,6505555555,${hash}\n`;
    const { code, stderr } = await frontdesk(
      ["import", "accounts", file(csv + of("people-2") + of("people-3"))],
      environment(),
    );
    expect(code).toBe(1);
    expect(stderr).toContain("2: 4131 the practice has no websiteAddress, and so no portal\n");
    expect(stderr).toMatch(/3: 4131 account does not exist\n/);
  });
});
