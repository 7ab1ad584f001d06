import { beforeAll, describe, expect, it } from "vitest";
import { practiceEventKey } from "../../../lib/table/keys.ts";
import { create, write } from "../../../lib/table/transact.ts";
import { expectSuccess, freshEmail, type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { call, expectOk, makeUser, testSourceIp, watchTable } from "../../kit/system.ts";
import { anId, aTime, named, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountEventList", async (portal) => ({
  client: await portal.signedIn([roles.administrator]),
  path: "accounts/me/events",
}));

const referenceTo = (id: string) => ({ _id: id, object: "account", path: `/accounts/${id}` });
interface Shown {
  readonly _id: string;
  readonly what: string;
  readonly who: object;
  readonly account?: object;
  readonly changed: readonly string[];
}

let portal: TestPortal;
let boss: Holder;
beforeAll(async () => {
  portal = await openPortal();
  boss = await portal.signedIn([roles.administrator]);
});
/** A part of the events of an account, as the administrator sees it. */
const part = async (id: string, query = "", at = portal) => {
  const { data, ...more } = await expectSuccess(at.administrator.get(`accounts/${id}/events${query}`));
  return { data: data as readonly Shown[], ...(more as { hasMore: boolean; next?: string }) };
};
const all = async (id: string) => (await part(id, "?limit=100")).data;

/** Stores events of nobody in a practice. */
async function storeEvents({ practice }: TestPortal, ids: readonly string[], item: object = {}): Promise<void> {
  const event = { type: "event", what: "practice.updated", record: {}, changed: [], who: { kind: "operator" } };
  const stored = { ...event, at: new Date().toISOString(), requestId: "test", ...item };
  for (let start = 0; start < ids.length; start += 50) {
    await write(() =>
      ids.slice(start, start + 50).map((id) => create(practiceEventKey(practice, id), stored, "changed")),
    );
  }
}
/** Ids of events that are newer than all real ones. */
const laterIds = (count: number) => Array.from({ length: count }, (_, place) => `f${String(place).padStart(23, "0")}`);

describe("200 list", () => {
  it("shows what happened to the account, newest first, with ids and names of properties only", async () => {
    const person = await portal.register();
    await expectSuccess(person.put("accounts/me", { gender: "f", name: { first: "Secretname" } }));
    const { text } = await boss.get(`accounts/${person.id}/events`);
    const event = { _id: anId, object: "event", created: aTime, account: referenceTo(person.id), changed: [] };
    const requestId = expect.stringMatching(/./);
    const own = { kind: "portalAccount", account: referenceTo(person.id) };
    expect(JSON.parse(text)).toEqual({
      object: "list",
      data: [
        {
          ...event,
          what: "account.updated",
          who: own,
          changed: ["gender", "name.first"],
          requestId,
          sourceIp: testSourceIp,
        },
        { ...event, what: "account.registered", who: { kind: "visitor" }, requestId, sourceIp: testSourceIp },
      ],
      hasMore: false,
    });
    expect(text).not.toContain("Secretname");
  });
  it("names the application, the administrator, the worker, the operator and the user of the practice who acted", async () => {
    const person = await portal.register();
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { locked: true }));
    await expectSuccess(boss.put(`accounts/${person.id}`, { locked: false }));
    const record = { accountId: portal.practice.accountId, id: person.id };
    const [system, operator, individual] = laterIds(3) as [string, string, string];
    await storeEvents(portal, [system], { record, who: { kind: "system" } });
    await storeEvents(portal, [operator], { record, who: { kind: "operator" } });
    const user = { kind: "individual", applicationId: "a", accountId: "b", userId: "user-1" };
    await storeEvents(portal, [individual], { record, who: user });
    expect((await all(person.id)).map(({ who }) => who)).toEqual([
      { kind: "individual", userId: "user-1" },
      { kind: "operator" },
      { kind: "system" },
      { kind: "portalAccount", account: referenceTo(boss.id) },
      { kind: "application", applicationId: portal.practice.applicationId },
      { kind: "visitor" },
    ]);
  });
  it("also shows what the holder did to others and to the settings", async () => {
    const [other, person] = [await portal.signedIn([roles.administrator]), await portal.register()];
    await expectSuccess(other.put(`accounts/${person.id}`, { locked: true }));
    await expectSuccess(other.put("settings", { lockMinutes: 16 }));
    const [settings, lock] = await all(other.id);
    expect(settings).toMatchObject({ what: "portalSettings.updated", changed: ["lockMinutes"] });
    expect(settings).not.toHaveProperty("account");
    expect(lock).toMatchObject({ what: "account.updated", account: referenceTo(person.id), changed: ["locked"] });
  });
  it("shows a connection to both sides: to the context's, and to the one who accepted it", async () => {
    const [context, target, stranger] = [await portal.register(), await portal.register(), await portal.register()];
    const { _id } = await connect(context, target, 4);
    const accepted = { what: "connection.accepted", account: referenceTo(context.id) };
    for (const { id } of [context, target]) {
      const [event] = await all(id);
      expect(event).toMatchObject({
        ...accepted,
        who: { kind: "portalAccount", account: referenceTo(target.id) },
        connections: [{ _id, object: "connection", path: `/connections/${_id}` }],
      });
    }
    expect((await all(stranger.id)).map(({ what }) => what)).toEqual(["account.registered"]);
  });
  it("is the same for an administrator of themselves by me, by id in any letter case, and for applications", async () => {
    const own = await expectSuccess(boss.get("accounts/me/events"));
    expect(await expectSuccess(boss.get(`accounts/${boss.id.toUpperCase()}/events`))).toEqual(own);
    expect(await expectSuccess(portal.administrator.get(`accounts/${boss.id}/events`))).toEqual(own);
  });
  it("has no events of other practices, of users, or of addresses that nobody has", async () => {
    const at = await openPortal();
    const person = await at.register();
    await makeUser(at.practice, { userId: person.id });
    await expectOk(call("PortalSettingsSave", { auth: at.practice, lockAttempts: 3 }));
    for (let time = 0; time < 4; time++) {
      await at.visitor().post("accounts/login", { email: freshEmail(), password: "wrong horse" });
    }
    expect((await part(person.id, "", at)).data.map(({ what }) => what)).toEqual(["account.registered"]);
  });
  it("leaves out placeholders of writes that were given up", async () => {
    const person = await portal.register();
    await storeEvents(portal, ["e".repeat(24)], { type: "void" });
    expect((await all(person.id)).map(({ what }) => what)).toEqual(["account.registered"]);
  });
});

describe("parts of the list", () => {
  it("have 25 events if no limit is stated, and go on with next, without a gap and without repeating one", async () => {
    const at = await openPortal();
    const person = await at.register();
    for (let time = 0; time < 30; time++) await expectSuccess(person.put("accounts/me", { gender: "mf"[time % 2] }));
    const whole = (await part(person.id, "?limit=100", at)).data;
    expect(whole).toHaveLength(31);
    const first = await part(person.id, "", at);
    expect(first).toEqual({ object: "list", data: whole.slice(0, 25), hasMore: true, next: whole[24]?._id });
    const second = await part(person.id, `?before=${first.next?.toUpperCase()}`, at);
    expect(second).toEqual({ object: "list", data: whole.slice(25), hasMore: false });
    const exact = await part(person.id, "?limit=31", at);
    expect([exact.hasMore, exact.next]).toEqual([false, undefined]);
    const seen: Shown[] = [];
    let next: string | undefined = "";
    do {
      const query: string = `?limit=7${next && `&before=${next}`}`;
      const read: Awaited<ReturnType<typeof part>> = await part(person.id, query, at);
      seen.push(...read.data);
      next = read.next;
    } while (next);
    expect(seen).toEqual(whole);
  });
  it("look through 1,000 events of a busy practice at most, and say where to go on", async () => {
    const at = await openPortal();
    const quiet = await at.register();
    await storeEvents(at, laterIds(1100));
    const { answer, requests } = await watchTable(() => at.administrator.get(`accounts/${quiet.id}/events`));
    const { json } = answer;
    expect(json).toEqual({ object: "list", data: [], hasMore: true, next: laterIds(101)[100] });
    expect(requests.reduce((sum, { itemsRead }) => sum + (itemsRead ?? 0), 0)).toBeLessThan(1020);
    expect(requests.length).toBeLessThanOrEqual(6);
    const second = await part(quiet.id, `?before=${json.next}`, at);
    expect(second.data.map(({ what }) => what)).toEqual(["account.registered"]);
    expect(second.hasMore).toBe(false);
  });
  it("may begin before an event that does not exist, or before all", async () => {
    const person = await portal.register();
    expect((await part(person.id, `?before=${"f".repeat(24)}`)).data).toHaveLength(1);
    expect(await part(person.id, `?before=${"0".repeat(24)}`)).toEqual({ object: "list", data: [], hasMore: false });
  });
});

describe(named("kInvalidArgument"), () => {
  it.each([
    "limit=0",
    "limit=101",
    "limit=1.5",
    "limit=x",
    "limit[]=1",
    "before=x",
    `before=${"0".repeat(23)}`,
    "before[]=000000000000000000000001",
    "skip=1",
    "where={}",
    "startingAfter=1",
  ])("is returned for %s", async (query) => {
    await refused("kInvalidArgument", () => boss.get(`accounts/me/events?${query}`));
  });
});

describe(named("kAccessDenied"), () => {
  it("is returned to holders of the account, providers, and whoever is connected to it", async () => {
    const [person, friend, provider] = [
      await portal.register(),
      await portal.register(),
      await portal.signedIn([roles.provider]),
    ];
    await connect(person, friend, 6);
    await refused("kAccessDenied", () => person.get("accounts/me/events"));
    for (const client of [person, friend, provider]) {
      await refused("kAccessDenied", () => client.get(`accounts/${person.id}/events`));
    }
  });
});

describe(named("kNotFound"), () => {
  it("is returned for an account that does not exist, and to those who do not see it", async () => {
    const [person, stranger] = [await portal.register(), await portal.register()];
    await refused("kNotFound", () => stranger.get(`accounts/${person.id}/events`));
    for (const id of ["000000000000000000000009", "nobody"]) {
      await refused("kNotFound", () => boss.get(`accounts/${id}/events`));
    }
    const elsewhere = await (await openPortal()).register();
    await refused("kNotFound", () => boss.get(`accounts/${elsewhere.id}/events`));
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned to application credentials for me: they have no account", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.get("accounts/me/events"));
  });
});
