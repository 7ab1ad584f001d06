import { beforeEach, describe, expect, it } from "vitest";
import { sessionEntryKey, sessionKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { Session } from "../../../lib/table/records.ts";
import { put, remove, write } from "../../../lib/table/transact.ts";
import { expectSuccess, type Holder, minutesAfter, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { anId, aTime, named, refused } from "./accounts-contract.ts";
import { shown } from "./devices.ts";
import { describeCall } from "./suites.ts";

describeCall("SessionList", async (portal) => ({ client: await portal.register(), path: "accounts/me/sessions" }));

const start = new Date();
const at = (minutes: number) => ({ now: minutesAfter(start, minutes) });
let portal: TestPortal;
let holder: Holder;
beforeEach(async () => {
  portal = await openPortal();
  holder = await portal.register({}, at(0));
});
const list = (client: Pick<Holder, "get">, minutes: number) => shown(client, "accounts/me/sessions", at(minutes));

describe("200 list", () => {
  it("shows the caller's open sessions, the newest first, and which one asks", async () => {
    const other = await portal.login(holder, at(1));
    const { json } = await holder.get("accounts/me/sessions", at(2));
    const common = { _id: anId, object: "session", created: aTime, lastSeen: aTime, expiresAt: aTime };
    const [newest, oldest] = [at(1), at(0)].map(({ now }) => now.toISOString());
    expect(json).toEqual({
      object: "list",
      data: [
        { ...common, created: newest, lastSeen: newest, expiresAt: at(16).now.toISOString(), current: false },
        { ...common, created: oldest, lastSeen: at(2).now.toISOString(), current: true },
      ],
      hasMore: false,
    });
    expect((await list(other, 3)).map(({ current }) => current)).toEqual([true, false]);
    expect(await shown(holder, `accounts/${holder.id}/sessions`, at(3))).toHaveLength(2);
  });
  it("has neither values of cookies nor their digests", async () => {
    const { text } = await holder.get("accounts/me/sessions", at(1));
    expect(text).not.toContain(String(holder.cookies.get("md.sid")));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  });
  it("leaves out sessions that have timed out, were ended, or belong to others", async () => {
    await portal.register({}, at(0));
    const gone = await portal.login(holder, at(0));
    await expectSuccess(gone.post("accounts/me/logout", undefined, at(1)));
    await portal.login(holder, at(1));
    await holder.get("accounts/me", at(14));
    expect(await list(holder, 15)).toHaveLength(2);
    expect(await list(holder, 17)).toHaveLength(1);
    const body = { current: holder.password, password: "vexedtulipsabc" };
    await portal.login(holder, at(17));
    await expectSuccess(holder.post("accounts/me/update-password", body, at(17)));
    expect(await list(holder, 18)).toMatchObject([{ current: true }]);
  });
  it("comes in parts by limit and skip", async () => {
    for (const minute of [1, 2, 3]) await portal.login(holder, at(minute));
    const page = async (query: string) => {
      const { data, hasMore } = await expectSuccess(holder.get(`accounts/me/sessions?${query}`, at(4)));
      return [data.length, hasMore];
    };
    expect([await page("limit=3"), await page("limit=3&skip=1"), await page("skip=4")]).toEqual([
      [3, true],
      [3, false],
      [0, false],
    ]);
  });
  it("works under a session from before there were lists, which is not in it", async () => {
    const key = sessionKey(String(holder.cookies.get("md.sid")));
    const { session } = await readItems({ session: key });
    const { id, vendorEpoch: _, ...before } = session as Session;
    const entry = sessionEntryKey({ ...portal.practice, id: holder.id }, String(id));
    await write(() => [put(key, before), remove(entry)]);
    const newer = await portal.login(holder, at(1));
    await newer.get("accounts/me", at(1));
    expect(await list(holder, 2)).toMatchObject([{ current: false }]);
    await expectSuccess(holder.post("accounts/me/logout", undefined, at(2)));
    await refused("kNotLoggedIn", () => holder.get("accounts/me/sessions", at(2)));
  });
});

describe(named("kNotFound"), () => {
  it("is the answer to everybody who asks for somebody else's, administrators and applications included", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    for (const client of [boss, portal.administrator]) {
      for (const id of [holder.id, "0".repeat(24), "x"]) {
        await refused("kNotFound", () => client.get(`accounts/${id}/sessions`));
      }
    }
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is the answer to an application that asks for me", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.get("accounts/me/sessions"));
  });
});
