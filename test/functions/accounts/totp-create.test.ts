import { beforeAll, describe, expect, it } from "vitest";
import { openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { appCode } from "../../kit/totp.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { addApp, beginApp, signIn } from "./apps.ts";
import { describeCall } from "./suites.ts";

describeCall("TotpCreate", async (portal) => ({ client: await portal.register(), path: "accounts/me/totp" }));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({}, { name: "Tulip & Sons" });
});
const start = new Date();

describe("200 secret and uri", () => {
  it("answers a secret of 160 bits in base32, and the address that apps read", async () => {
    const person = await portal.register();
    const { status, json } = await person.post("accounts/me/totp");
    expect(status).toBe(200);
    const { secret, uri } = json.data;
    expect(json).toEqual({ object: "result", data: { secret, uri } });
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const { protocol, host, pathname, searchParams } = new URL(uri);
    expect([protocol, host, decodeURIComponent(pathname)]).toEqual([
      "otpauth:",
      "totp",
      `/Tulip & Sons:${person.email}`,
    ]);
    expect(Object.fromEntries(searchParams)).toEqual({
      issuer: "Tulip & Sons",
      secret,
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
  });
  it("asks for nothing until it is confirmed", async () => {
    const person = await portal.register();
    await beginApp(person, start);
    expect((await signIn(portal.visitor(), person, start)).json._id).toBe(person.id);
  });
  it("makes the pending secret from before void", async () => {
    const person = await portal.register();
    const [older, newer] = [await beginApp(person, start), await beginApp(person, start)];
    const confirm = (secret: string) =>
      person.post("accounts/me/totp/confirm", { code: appCode(secret, start) }, { now: start });
    await refused("kCallbackNotFound", () => confirm(older));
    expect((await confirm(newer)).status).toBe(200);
  });
  it("also takes the caller's own id", async () => {
    const person = await portal.register();
    expect((await person.post(`accounts/${person.id.toUpperCase()}/totp`)).status).toBe(200);
  });
  it("stores the secret sealed: the table has it nowhere in the clear", async () => {
    const person = await portal.register();
    const secret = await beginApp(person, start);
    expect(JSON.stringify(await allItems())).not.toContain(secret);
  });
  it("leaves one secret of fifty that are made at once", async () => {
    const person = await portal.register();
    const answers = await Promise.all(Array.from({ length: 50 }, () => person.post("accounts/me/totp")));
    for (const { status } of answers) expect([200, 503]).toContain(status);
    const items = (await allItems()).filter(({ sk }) => sk === `TOTP#${person.id}`);
    expect(items).toHaveLength(1);
  });
});

describe(named("kExists"), () => {
  it("is returned while one is active, which stays", async () => {
    const person = await portal.register();
    const app = await addApp(person, start);
    await refused("kExists", () => person.post("accounts/me/totp", undefined, { now: start }));
    expectFault(await signIn(portal.visitor(), person, start), "kNewLocation");
    expect((await signIn(portal.visitor(), person, start, app.recoveryCodes[0])).json._id).toBe(person.id);
  });
});

describe(named("kNotFound"), () => {
  it("is returned for another account, even to an administrator", async () => {
    const [person, boss] = [await portal.register(), await portal.signedIn([roles.administrator])];
    for (const client of [boss, portal.administrator]) {
      await refused("kNotFound", () => client.post(`accounts/${person.id}/totp`));
    }
    await refused("kNotFound", () => boss.post("accounts/000000000000000000000009/totp"));
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned to application credentials, which have no account", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.post("accounts/me/totp"));
  });
});

describe("after a removal", () => {
  it("another app can be set up", async () => {
    const person = await portal.register();
    await addApp(person, start);
    expectResult(await person.send("DELETE", "accounts/me/totp", { body: { password: person.password }, now: start }));
    expect((await addApp(person, start)).recoveryCodes).toHaveLength(10);
  });
});
