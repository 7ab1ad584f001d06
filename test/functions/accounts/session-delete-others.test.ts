import { beforeEach, describe, expect, it } from "vitest";
import { type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { expectResult, named, refused } from "./accounts-contract.ts";
import { itemsOf, shown } from "./devices.ts";
import { describeCall } from "./suites.ts";

describeCall("SessionDeleteOthers", async (portal) => ({
  client: await portal.register(),
  path: "accounts/me/sessions",
}));

let portal: TestPortal;
let holder: Holder;
beforeEach(async () => {
  portal = await openPortal();
  holder = await portal.register();
});

describe("200 result true", () => {
  it("ends all sessions of the caller but the one of the request, and nobody else's", async () => {
    const others = [await portal.login(holder), await portal.login(holder)];
    const stranger = await portal.register();
    expectResult(await holder.delete("accounts/me/sessions"));
    for (const other of others) await refused("kNotLoggedIn", () => other.get("accounts/me"));
    for (const client of [holder, stranger]) expect((await client.get("accounts/me")).status).toBe(200);
    expect(await shown(holder, "accounts/me/sessions")).toMatchObject([{ current: true }]);
    const events = (await itemsOf(portal, "event")).filter(({ what }) => what === "account.sessionsEnded");
    expect(events).toMatchObject([{ record: { id: holder.id }, who: { id: holder.id } }]);
  });
  it("leaves one session when all of several ask at the same moment", async () => {
    const clients = [holder, ...(await Promise.all(Array.from({ length: 9 }, () => portal.login(holder))))];
    const answers = await Promise.all(clients.map((client) => client.delete("accounts/me/sessions")));
    const winners = clients.filter((_, place) => answers[place]?.status === 200);
    for (const { status, json } of answers) if (status !== 200) expect(json.code).toBe("kNotLoggedIn");
    expect(winners.length).toBeGreaterThanOrEqual(1);
    const alive = await Promise.all(clients.map(async (client) => (await client.get("accounts/status")).json.loggedin));
    expect(alive.filter((loggedin) => loggedin)).toHaveLength(1);
  });
});

describe(named("kNotFound"), () => {
  it("is the answer for everybody else's sessions, for administrators and applications too", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    for (const client of [boss, portal.administrator]) {
      await refused("kNotFound", () => client.delete(`accounts/${holder.id}/sessions`));
    }
    expect((await holder.get("accounts/me")).status).toBe(200);
  });
});
