import { beforeEach, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { itemsOf, shown } from "./devices.ts";
import { describeCall } from "./suites.ts";

describeCall("DeviceDeleteAll", async (portal) => ({ client: await portal.register(), path: "accounts/me/devices" }));

let portal: TestPortal;
let holder: Holder;
beforeEach(async () => {
  portal = await openPortal({ twoFactor: true });
  holder = await portal.register();
});
const login = (client: Pick<Holder, "post">, { email, password }: Holder = holder) =>
  client.post("accounts/login", { email, password });
const mails = async () => (await sentMessages(holder.email)).filter(({ subject }) => subject?.includes("forgotten"));
const events = async () => (await itemsOf(portal, "event")).filter(({ what }) => what === "account.devicesForgotten");

describe("200 result true", () => {
  it("forgets all devices of the account; its session goes on, and other accounts' devices stay", async () => {
    const other = await portal.register();
    expectResult(await holder.delete("accounts/me/devices"));
    expect(await shown(holder, "accounts/me/devices")).toEqual([]);
    expectFault(await login(holder), "kNewLocation");
    expect((await login(other, other)).json._id).toBe(other.id);
    expect(await events()).toMatchObject([{ record: { id: holder.id }, who: { id: holder.id } }]);
    expect(await mails()).toEqual([]);
  });
  it("is repeatable", async () => {
    for (let count = 0; count < 3; count++) expectResult(await holder.delete("accounts/me/devices"));
  });
  it.each(["an administrator", "an application"])("mails the holder when %s does it", async (who) => {
    const client = who === "an application" ? portal.administrator : await portal.signedIn([roles.administrator]);
    expectResult(await client.delete(`accounts/${holder.id}/devices`));
    expectFault(await login(holder), "kNewLocation");
    expect(await mails()).toMatchObject([{ text: expect.stringContaining("will ask for one again") }]);
    expect(await events()).toHaveLength(1);
  });
  it("leaves a device that signs in at the same moment either forgotten or refused", async () => {
    const names = String(holder.cookies.get("md.fingerprint"));
    const trying = Array.from({ length: 20 }, () => {
      const client = portal.visitor();
      client.cookies.set("md.fingerprint", names);
      return login(client);
    });
    const [deleted, ...answers] = await Promise.all([
      portal.administrator.delete(`accounts/${holder.id}/devices`),
      ...trying,
    ]);
    expectResult(deleted);
    for (const { status, json } of answers) {
      expect([200, 403]).toContain(status);
      if (status === 403) expect(json.code).toBe("kUnverifiedLocation");
    }
    expect(await shown(portal.administrator, `accounts/${holder.id}/devices`)).toEqual([]);
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses those who may see the account and are not its holder", async () => {
    const provider = await portal.signedIn([roles.provider]);
    const friend = await portal.register();
    await connect(holder, friend, 6);
    for (const client of [provider, friend]) {
      await refused("kAccessDenied", () => client.delete(`accounts/${holder.id}/devices`));
    }
  });
});

describe(named("kNotFound"), () => {
  it("is the answer to everybody else, and for what is no account", async () => {
    const stranger = await portal.register();
    await refused("kNotFound", () => stranger.delete(`accounts/${holder.id}/devices`));
    for (const id of ["0".repeat(24), "x"]) await refused("kNotFound", () => holder.delete(`accounts/${id}/devices`));
  });
});
