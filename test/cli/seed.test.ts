import { afterAll, beforeAll, expect, it } from "vitest";
import { createPortal } from "../../client/src/client.ts";
import { demo } from "../../local/demo.ts";
import { accountPassword, seedPractices, userPassword } from "../../local/seed-data.ts";
import { callAt, type Instance, type Outcome, run, startSharedInstance } from "../kit/children.ts";
import { directoryAt, frontdesk, jsonLines } from "./frontdesk.ts";

let desk: Instance;
let first: Outcome;
const seed = (...args: string[]) => run("local/seed.ts", args, { PORT: new URL(desk.url).port });

beforeAll(async () => {
  desk = await startSharedInstance({}, ["--memory"]);
  first = await seed();
});
afterAll(async () => {
  await desk.kill("SIGTERM");
});

const made = (practices: number, users: number, organizations: number, accounts: number) =>
  `Made: ${practices} practices, ${users} users, ${organizations} organizations, ${accounts} accounts.`;

it("makes ten practices in nine time zones, one of them inactive", async () => {
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(first.stdout).toContain(made(10, 16, 4, 8));
  const practices = jsonLines((await frontdesk(desk.url, "list", "practices", "--json")).stdout);
  expect(practices).toHaveLength(10);
  expect(new Set(practices.map(({ timeZone }) => timeZone)).size).toBe(9);
  expect(practices.filter(({ active }) => !active)).toMatchObject([{ accountId: "seed-willow" }]);
});
it("may be repeated, and then makes nothing", async () => {
  const again = await seed("--url", desk.url);
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(again.stdout).toContain(made(0, 0, 0, 0));
  const { practice } = await directoryAt(desk.url).practiceGet({ accountId: "seed-willow" });
  expect(practice.active).toBe(false);
});
it("prints who can sign in, and they can", async () => {
  const accounts = seedPractices.flatMap(({ practice, settings, accounts = [] }) =>
    accounts.map(({ email }) => ({ email: String(email), org: String(practice.websiteAddress), ...settings })),
  );
  for (const { email, org, twoFactor } of accounts) {
    expect(first.stdout).toContain(`    ${email}`);
    const portal = createPortal({ url: desk.url, org, clientKey: demo.clientKey });
    const login = portal.accountLogin({ email, password: accountPassword });
    if (twoFactor) await expect(login).rejects.toMatchObject({ code: "kNewLocation" });
    else expect(await login).toMatchObject({ email });
  }
  const open = seedPractices.filter(({ practice }) => practice.active !== false);
  const logins = open.flatMap(({ users }) => users.flatMap(({ loginId }) => loginId ?? []));
  expect(logins).toHaveLength(9);
  for (const loginId of logins) {
    expect(first.stdout).toContain(`  ${loginId}  `);
    const auth = { loginId, loginPassword: userPassword };
    expect(await callAt(desk.url, "PingWithAuth", { auth })).toMatchObject({ responseCode: 2000 });
  }
});
it("leaves README's practices, web addresses and logins free", async () => {
  const directory = directoryAt(desk.url);
  for (const [accountId, websiteAddress] of [
    ["practice-1", "riverside"],
    ["practice-2", "lakeside"],
    ["practice-3", "hillside"],
  ] as const) {
    expect(await directory.practiceCreate({ accountId, name: "New", websiteAddress })).toMatchObject({
      action: "create",
    });
  }
  const ada = { userId: "user-1", firstName: "Ada", lastName: "Mills", loginId: "ada", loginPassword: "Stethoscope1" };
  expect(await directory.as({ accountId: "practice-1" }).userCreate(ada)).toMatchObject({ action: "create" });
});
it("says in one line when nothing runs, and goes to other machines only when they are stated", async () => {
  const environment = { PORT: "1", FRONTDESK_URL: desk.url };
  expect(await run("local/seed.ts", [], environment)).toMatchObject({
    code: 1,
    stdout: "",
    stderr: "No answer at http://localhost:1: run npm start in another terminal.\n",
  });
  expect((await run("local/seed.ts", ["--url", "nowhere"], {})).stderr).toMatch(/^nowhere is no URL\./);
});
