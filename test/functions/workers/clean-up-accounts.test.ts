import { describe, expect, it } from "vitest";
import { handler } from "../../../functions/workers/clean-up.ts";
import { erasureIn } from "../../../lib/accounts/erasure/filter.ts";
import { erasureLeaseMs } from "../../../lib/accounts/erasure/rest.ts";
import { takeLease } from "../../../lib/table/lease.ts";
import { setAttributes, write } from "../../../lib/table/transact.ts";
import { eraseAll, erasureRecords } from "../../kit/erasures.ts";
import { expectSuccess, type Holder, openPortal, password, roles, type TestPortal } from "../../kit/portal.ts";
import { throughProxy } from "../../kit/proxy.ts";
import { allItems } from "../../kit/system.ts";
import { accept, connect, offer } from "../accounts/connections.ts";
import { makeEverything } from "./everything.ts";

/** The items that have a text, besides audit events, by type. Sessions without an id are in no list: they end by TTL. */
async function itemsWith(...texts: readonly string[]): Promise<string[]> {
  const items = (await allItems()).filter(
    ({ type, id }) => type !== "event" && !(type === "session" && id === undefined),
  );
  return (
    items
      .filter((item) => {
        const whole = JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value));
        return texts.some((text) => whole.includes(text));
      })
      // Marks have no type.
      .map(({ type, sk }) => String(type ?? sk.split("#")[0]))
      .sort()
  );
}

const erase = (portal: TestPortal, { id }: Pick<Holder, "id">) =>
  expectSuccess(portal.administrator.delete(`accounts/${id}`));

describe("after the erasure of an account that has everything", () => {
  it("only audit events name it; what it shared with others is gone on their side too", async () => {
    const portal = await openPortal();
    const { person, friend } = await makeEverything(portal);
    const types = new Set(await itemsWith(person.id, person.email));
    const some = ["acceptedInvitation", "connection", "connectionAccess", "device", "deviceCode", "FAVORITES", "token"];
    expect([...types]).toEqual(expect.arrayContaining([...some, "portalAccount", "session", "totp", "claim"]));
    await erase(portal, person);
    expect(await eraseAll()).toEqual({ batchItemFailures: [] });
    expect(await itemsWith(person.id, person.email)).toEqual([]);
    const { shared, connections } = await expectSuccess(friend.get("accounts/me?include[]=connections"));
    expect([shared, connections]).toEqual([false, []]);
    expect((await friend.get("connections")).json.data).toEqual([]);
    const ended = (await allItems()).filter(({ what }) => what === "connection.deleted");
    expect(ended.map(({ who }) => (who as { kind: string }).kind)).toEqual(ended.map(() => "system"));
    expect(ended.length).toBeGreaterThanOrEqual(3);
  });
});

describe("an erasure", () => {
  it("leaves everything of other accounts as it is", async () => {
    const portal = await openPortal();
    const [person, other, third] = [await portal.register(), await portal.register(), await portal.register()];
    await connect(other, third, 4);
    await connect(other, person, 4);
    const before = await itemsWith(third.id);
    await erase(portal, person);
    await eraseAll();
    expect(await itemsWith(third.id)).toEqual(before);
    expect((await third.get(`accounts/${other.id}`)).json.access).toBe(4);
  });
  it("that died in the middle is finished by the next worker", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    const friends = await Promise.all(Array.from({ length: 5 }, () => portal.register()));
    for (const friend of friends) await connect(friend, person, 2);
    await erase(portal, person);
    const left = () => itemsWith(person.id);
    const all = await left();
    let looks = 0;
    // Time for two connections only.
    const context = { getRemainingTimeInMillis: () => (++looks > 5 ? 0 : 30_000) };
    const [record] = await erasureRecords();
    const answer = await handler({ Records: await erasureRecords() }, context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: record?.dynamodb?.SequenceNumber }] });
    const some = await left();
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
    expect(await eraseAll()).toEqual({ batchItemFailures: [] });
    expect(await left()).toEqual([]);
  });
  it("that another worker has is left to it, and taken up when that one has crashed", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    await erase(portal, person);
    const [record] = await erasureRecords();
    const key = record && erasureIn(record);
    if (!record || !key) throw new Error("no erasure");
    await takeLease(key, 60_000, new Date());
    expect((await handler({ Records: [record] })).batchItemFailures).toHaveLength(1);
    expect(await erasureRecords()).toHaveLength(1);
    const long = new Date(Date.now() - erasureLeaseMs - 60_000);
    await write(() => [setAttributes(key, { leaseUntil: long.getTime() }, "changed")]);
    expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
    expect(await itemsWith(person.id)).toEqual([]);
  });
  it("whose record arrives twice is done once", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    await erase(portal, person);
    const [record] = await erasureRecords();
    if (!record) throw new Error("no erasure");
    for (let time = 0; time < 2; time++)
      expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
  });
  it("of a side of a connection that is being accepted leaves nothing of it", async () => {
    const portal = await openPortal();
    for (let round = 0; round < 5; round++) {
      const [context, target] = [await portal.register(), await portal.register()];
      const { token } = await offer(context, target.email);
      const gone = round % 2 === 0 ? context : target;
      await Promise.all([erase(portal, gone), accept(target, token)]);
      await eraseAll();
      expect(await itemsWith(gone.id)).toEqual([]);
    }
  });
  it.each([
    {
      what: "signs in",
      event: "account.signedIn",
      refusal: "kInvalidCredentials",
      ask: (portal: TestPortal, { email }: Holder) =>
        portal
          .visitor()
          .post("accounts/login", { email, password, location: { locationName: "The telephone of Charles" } }),
    },
    {
      what: "marks another account",
      event: "account.updated",
      refusal: "kNotLoggedIn",
      ask: (_: TestPortal, person: Holder, other: Holder) => person.put(`accounts/${other.id}`, { favorite: true }),
    },
    {
      what: "marks their own account",
      event: "account.updated",
      refusal: "kNotLoggedIn",
      ask: (_: TestPortal, person: Holder) => person.put("accounts/me", { favorite: true }),
    },
  ])("of an account whose holder $what at the same moment leaves nothing of it", async ({ event, refusal, ask }) => {
    const portal = await openPortal();
    const [person, other] = [await portal.signedIn([roles.provider]), await portal.register()];
    let isErased = false;
    const answer = await throughProxy(
      async (request) => {
        // All was read and checked before.
        if (!isErased && request.operation === "TransactWriteItems" && JSON.stringify(request.json).includes(event)) {
          isErased = true;
          await erase(portal, person);
          await eraseAll();
        }
        return request.forward();
      },
      () => ask(portal, person, other),
    );
    expect([answer.status, answer.json.code]).toEqual([403, refusal]);
    expect(await itemsWith(person.id, person.email)).toEqual([]);
  });
});
