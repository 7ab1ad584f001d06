import { beforeAll, describe, expect, it } from "vitest";
import { justBefore } from "../../accounts-security/attack.ts";
import { eraseAll } from "../../kit/erasures.ts";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  openPortal,
  password,
  readCookie,
  roles,
  type TestPortal,
} from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountDelete", async (portal) => ({
  client: await portal.register(),
  path: "accounts/me",
  body: { password },
}));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({ lockAttempts: 3 });
});
const erase = (client: Pick<Holder, "send">, id: string, body?: object) =>
  client.send("DELETE", `accounts/${id}`, { body });
const isThere = async ({ id }: Holder) => (await portal.administrator.get(`accounts/${id}`)).status === 200;

describe("200 result true", () => {
  it.each(["me", "the id"])("erases the holder's own account by their password: %s", async (way) => {
    const person = await portal.register();
    const answer = await erase(person, way === "me" ? "me" : person.id.toUpperCase(), { password });
    expectResult(answer);
    const [cookie = ""] = answer.cookies;
    expect(readCookie(cookie)).toMatchObject({ name: "md.sid", value: "" });
    expect(answer.cookies).toHaveLength(1);
    expect(await isThere(person)).toBe(false);
  });
  it("from then on the account is found nowhere", async () => {
    const [person, other] = [await portal.register(), await portal.register()];
    await connect(other, person, 4);
    await connect(person, other, 4);
    const again = await portal.login(person);
    await portal.visitor().post("accounts/request-password-reset", { email: person.email });
    const [reset] = await sentMessages(person.email);
    const token = /token=(\w+)/.exec(reset?.text ?? "")?.[1];
    expectResult(await erase(person, "me", { password }));
    const { id, email } = person;
    for (const client of [other, portal.administrator]) await refused("kNotFound", () => client.get(`accounts/${id}`));
    await refused("kNotLoggedIn", () => again.get("accounts/me"));
    const login = portal.visitor();
    await refused("kInvalidCredentials", () => login.post("accounts/login", { email, password }));
    const listed = await expectSuccess(portal.administrator.get("accounts?limit=1000"));
    expect(listed.data.map(({ _id }: { _id: string }) => _id)).not.toContain(id);
    await refused("kNotFound", () => login.post("accounts/reset-password", { token, password: "quaint walrus jabs" }));
    const own = await expectSuccess(other.get("accounts"));
    expect(own.data.map(({ _id }: { _id: string }) => _id)).toEqual([other.id]);
  });
  it("frees the address at once, and what a worker erases later is not the new account's", async () => {
    const person = await portal.register();
    expectResult(await erase(person, "me", { password }));
    const next = await portal.register({ email: person.email });
    await portal.visitor().post("accounts/request-password-reset", { email: person.email });
    await eraseAll();
    const [reset] = await sentMessages(person.email);
    const token = /token=(\w+)/.exec(reset?.text ?? "")?.[1];
    expect((await next.get("accounts/me")).status).toBe(200);
    const change = { token, password: "quaint walrus jabs" };
    expectResult(await portal.visitor().post("accounts/reset-password", change));
  });
  it.each(["an administrator", "an application"])(
    "erases another's account for %s, without a password",
    async (who) => {
      const person = await portal.register();
      const client = who === "an application" ? portal.administrator : await portal.signedIn([roles.administrator]);
      const answer = await erase(client, person.id);
      expectResult(answer);
      expect(answer.cookies).toEqual([]);
      expect(await isThere(person)).toBe(false);
    },
  );
  it("mails a notice to the holder", async () => {
    const person = await portal.register();
    await erase(portal.administrator, person.id);
    const [mail] = await sentMessages(person.email);
    expect(mail).toMatchObject({ to: person.email, subject: "Your account at Test Practice was deleted" });
  });
  it("is one of 50 at once; the others do not find the account", async () => {
    const person = await portal.register();
    const answers = await Promise.all(Array.from({ length: 50 }, () => erase(portal.administrator, person.id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
    const events = (await allItems()).filter(({ what }) => what === "account.erased");
    expect(events.filter(({ record }) => (record as { id: string }).id === person.id)).toHaveLength(1);
  });
  it("wins or loses against a change of the account; a change never brings it back", async () => {
    for (let round = 0; round < 10; round++) {
      const person = await portal.register();
      const put = () => portal.administrator.put(`accounts/${person.id}`, { gender: "f" });
      const answers = await Promise.all([put(), erase(portal.administrator, person.id), put()]);
      expect(answers[1]?.status).toBe(200);
      for (const { status } of answers) expect([200, 404]).toContain(status);
      expect(await isThere(person)).toBe(false);
    }
  });
  // Regression: the sign-in succeeded, and stored a session and a device that no worker erased.
  it("leaves nothing to a sign-in that is under way: it is refused, and stores nothing of the account", async () => {
    const person = await portal.register();
    const gone = async () => {
      expectResult(await erase(portal.administrator, person.id));
      await eraseAll();
    };
    const login = () => portal.visitor().post("accounts/login", { email: person.email, password });
    expectFault(await justBefore("account.signedIn", gone, login), "kInvalidCredentials");
    const left = (await allItems()).filter((item) => JSON.stringify(item).includes(person.id));
    expect(new Set(left.map(({ type }) => type))).toEqual(new Set(["event"]));
  });
});

describe(named("kNoCredentialsSupplied"), () => {
  it.each([undefined, {}, { password: "" }, { password: null }, { password: 7 }])(
    "refuses one's own account without a password: %j",
    async (body) => {
      const boss = await portal.signedIn([roles.administrator]);
      for (const id of ["me", boss.id]) await refused("kNoCredentialsSupplied", () => erase(boss, id, body));
      expect(await isThere(boss)).toBe(true);
    },
  );
});

describe(`${named("kInvalidCredentials")} and ${named("kAccountLocked")}`, () => {
  it("counts wrong passwords, and refuses the right one after too many", async () => {
    const person = await portal.register();
    for (let guess = 0; guess < 3; guess++)
      expectFault(await erase(person, "me", { password: "wrong" }), "kInvalidCredentials");
    await refused("kAccountLocked", () => erase(person, "me", { password }));
    expect(await isThere(person)).toBe(true);
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses those who can see the account: providers, and those with a connection", async () => {
    const [person, friend] = [await portal.register(), await portal.register()];
    await connect(person, friend, 6);
    for (const client of [friend, await portal.signedIn([roles.provider])])
      await refused("kAccessDenied", () => erase(client, person.id, { password }));
    expect(await isThere(person)).toBe(true);
  });
  it("refuses an administrator whose role is taken in the meantime", async () => {
    const [person, boss] = [await portal.register(), await portal.signedIn([roles.administrator])];
    await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    await refused("kNotFound", () => erase(boss, person.id));
  });
});

describe(named("kNotFound"), () => {
  it("is the answer for everybody else, and for what does not exist", async () => {
    const [person, stranger] = [await portal.register(), await portal.register()];
    for (const id of [person.id, "0".repeat(24), "x"])
      await refused("kNotFound", () => erase(stranger, id, { password }));
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is the answer to an application for me", async () => {
    await refused("kNotLoggedIn", () => erase(portal.administrator, "me"));
  });
});
