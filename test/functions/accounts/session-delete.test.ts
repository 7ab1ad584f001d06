import { beforeEach, describe, expect, it } from "vitest";
import { type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { expectResult, named, refused } from "./accounts-contract.ts";
import { currentOf, itemsOf, shown } from "./devices.ts";
import { describeCall } from "./suites.ts";

describeCall("SessionDelete", async (portal) => {
  const client = await portal.register();
  const other = await portal.login(client);
  return { client, path: `accounts/me/sessions/${(await currentOf(other, "accounts/me/sessions"))._id}` };
});

let portal: TestPortal;
let holder: Holder;
let other: Holder;
beforeEach(async () => {
  portal = await openPortal();
  holder = await portal.register();
  other = await portal.login(holder);
});
const idOf = async (client: Holder) => (await currentOf(client, "accounts/me/sessions"))._id;
const whats = async () => (await itemsOf(portal, "event")).map(({ what }) => what);
const isSignedIn = async (client: Holder) => (await client.get("accounts/status")).json.loggedin;

describe("200 result true", () => {
  it("ends another session of the caller; nothing is left of it", async () => {
    const response = await holder.delete(`accounts/me/sessions/${(await idOf(other)).toUpperCase()}`);
    expectResult(response);
    expect(response.cookies).toEqual([]);
    expect([await isSignedIn(holder), await isSignedIn(other)]).toEqual([true, false]);
    expect(await itemsOf(portal, "session", "sessionEntry")).toHaveLength(2);
    expect(await whats()).toContain("account.sessionEnded");
    await refused("kNotLoggedIn", () => other.get("accounts/me"));
  });
  it("signs out when it is the caller's own session", async () => {
    const response = await holder.delete(`accounts/me/sessions/${await idOf(holder)}`);
    expectResult(response);
    expect(response.cookies).toEqual([`md.sid=; Path=/${portal.org}; Max-Age=0; HttpOnly; SameSite=Lax; Secure`]);
    expect([await isSignedIn(holder), await isSignedIn(other)]).toEqual([false, true]);
    expect(await whats()).toContain("account.signedOut");
  });
  it("is one of 50 at once; the others do not find it", async () => {
    const id = await idOf(other);
    const answers = await Promise.all(Array.from({ length: 50 }, () => holder.delete(`accounts/me/sessions/${id}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
    expect((await whats()).filter((what) => what === "account.sessionEnded")).toHaveLength(1);
  });
});

describe(named("kNotFound"), () => {
  it("is the answer for a session of somebody else, for everybody", async () => {
    const id = await idOf(holder);
    const stranger = await portal.register();
    await refused("kNotFound", () => stranger.delete(`accounts/me/sessions/${id}`));
    for (const client of [stranger, await portal.signedIn([roles.administrator]), portal.administrator]) {
      await refused("kNotFound", () => client.delete(`accounts/${holder.id}/sessions/${id}`));
    }
    expect(await shown(holder, "accounts/me/sessions")).toHaveLength(2);
  });
  it("is the answer for a session that has ended, and for what is no session", async () => {
    const id = await idOf(other);
    expectResult(await holder.delete("accounts/me/sessions"));
    for (const gone of [id, "0".repeat(24), "x"]) {
      await refused("kNotFound", () => holder.delete(`accounts/me/sessions/${gone}`));
    }
  });
});
