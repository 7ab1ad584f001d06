import { beforeEach, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { currentOf, itemsOf, shown } from "./devices.ts";
import { describeCall } from "./suites.ts";

describeCall("DeviceDelete", async (portal) => {
  const client = await portal.register();
  return { client, path: `accounts/me/devices/${(await currentOf(client, "accounts/me/devices"))._id}` };
});

let portal: TestPortal;
let holder: Holder;
let device: string;
beforeEach(async () => {
  portal = await openPortal({ twoFactor: true });
  holder = await portal.register();
  device = (await currentOf(holder, "accounts/me/devices"))._id;
});
const login = ({ email, password }: Holder, client = holder) => client.post("accounts/login", { email, password });
const mails = async () => (await sentMessages(holder.email)).filter(({ subject }) => subject?.includes("forgotten"));
const events = async () => (await itemsOf(portal, "event")).filter(({ what }) => what === "account.devicesForgotten");

describe("200 result true", () => {
  it("forgets the device and no other; nothing is left of it, and the session goes on", async () => {
    const other = await portal.register();
    expectResult(await holder.delete(`accounts/me/devices/${device.toUpperCase()}`));
    expect(await shown(holder, "accounts/me/devices")).toEqual([]);
    expect(await itemsOf(portal, "device", "deviceEntry")).toHaveLength(2);
    expectFault(await login(holder), "kNewLocation");
    expect((await login(other, other)).json._id).toBe(other.id);
    expect(await events()).toHaveLength(1);
    expect(await mails()).toEqual([]);
  });
  it.each(["an administrator", "an application"])("mails the holder when %s does it", async (who) => {
    const client = who === "an application" ? portal.administrator : await portal.signedIn([roles.administrator]);
    expectResult(await client.delete(`accounts/${holder.id}/devices/${device}`));
    expectFault(await login(holder), "kNewLocation");
    expect(await mails()).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });
  it("is one of 50 at once; the others do not find it", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => holder.delete(`accounts/me/devices/${device}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
    expect(await events()).toHaveLength(1);
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses those who may see the account and are not its holder", async () => {
    const provider = await portal.signedIn([roles.provider]);
    const friend = await portal.register();
    await connect(holder, friend, 6);
    for (const client of [provider, friend]) {
      await refused("kAccessDenied", () => client.delete(`accounts/${holder.id}/devices/${device}`));
    }
  });
});

describe(named("kNotFound"), () => {
  it("is the answer to everybody else, and for what is no device of the account", async () => {
    const stranger = await portal.register();
    await refused("kNotFound", () => stranger.delete(`accounts/${holder.id}/devices/${device}`));
    await refused("kNotFound", () => stranger.delete(`accounts/me/devices/${device}`));
    for (const id of ["0".repeat(24), "x"]) {
      await refused("kNotFound", () => holder.delete(`accounts/me/devices/${id}`));
    }
  });
  it("is the answer for a device that was forgotten with all others", async () => {
    expectResult(await holder.delete("accounts/me/devices"));
    await refused("kNotFound", () => holder.delete(`accounts/me/devices/${device}`));
  });
});
