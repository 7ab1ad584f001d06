import { describe, expect, it } from "vitest";
import { type Account, type AccountListInput, type AccountWhere, createPortal, each } from "../../client/src/client.ts";
import { openPortal } from "../kit/portal.ts";
import { url } from "./served.ts";

/** `each` over the lists of portals, against Frontdesk and against lists that change while they are read. */

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of list) all.push(one);
  return all;
}

/** A portal as its administrator's server calls it, with accounts of these first names. */
async function portalWith(...names: readonly string[]) {
  const { org, practice } = await openPortal();
  const { applicationId: id, applicationPassword: password, accountId } = practice;
  const portal = createPortal({ url, org, application: { id, password }, accountId });
  const register = async (first: string) =>
    portal.accountRegister({
      name: { first, last: "Vale" },
      email: `${first.toLowerCase()}@mail.example`,
      mobile: "650-555-5555",
      password: "mauve otter juggles 41 kettles",
    });
  const ids: string[] = [];
  for (const name of names) ids.push((await register(name))._id);
  return { portal, register, ids };
}
const names = ["Ada", "Ben", "Cleo", "Dora", "Ede", "Finn", "Gus"];
const firstNames = async (list: AsyncIterable<Account>) => (await collect(list)).map(({ name }) => name?.first);

describe("each over accounts of Frontdesk", () => {
  it("returns all of them, newest first or in the stated order, whatever the size of a page", async () => {
    const { portal } = await portalWith(...names);
    const newestFirst = names.toReversed();
    for (const limit of [1, 2, 3, 7, 100]) {
      expect(await firstNames(each(portal.accountList, { limit }))).toEqual(newestFirst);
      for (const sort of ["_id", '[{"_id": 1}]', { _id: 1 }] as const) {
        expect(await firstNames(each(portal.accountList, { limit, sort }))).toEqual(names);
      }
      expect(await firstNames(each(portal.accountList, { limit, sort: { _id: -1 } }))).toEqual(newestFirst);
    }
    expect(await firstNames(each(portal.accountList))).toEqual(newestFirst);
  });

  it("returns those that fulfil conditions, stated as an object or as JSON", async () => {
    const { portal, ids } = await portalWith(...names);
    const where: AccountWhere = {
      $or: [{ "name.first": { $regex: "/^[a]/i" as `/^${string}/i` } }, { _id: ids[3] as string }],
    };
    // A pattern is a plain beginning, so this one is refused, and the failure is the call's.
    await expect(collect(each(portal.accountList, { where }))).rejects.toMatchObject({ code: "kInvalidArgument" });
    const good: AccountWhere = {
      $or: [{ "name.first": { $in: ["Ada", "Gus"] } }, { email: { $regex: "/^d/" } }],
      created: { $gt: new Date("2020-01-01") },
      locked: false,
    };
    for (const limit of [1, 2, 10]) {
      expect(await firstNames(each(portal.accountList, { limit, where: good }))).toEqual(["Gus", "Dora", "Ada"]);
      const text = JSON.stringify(good);
      expect(await firstNames(each(portal.accountList, { limit, where: text, sort: "_id" }))).toEqual([
        "Ada",
        "Dora",
        "Gus",
      ]);
    }
    expect(await collect(each(portal.accountList, { limit: 1, where: { locked: true } }))).toEqual([]);
  });

  it("neither skips nor repeats accounts when others are registered and erased meanwhile", async () => {
    const { portal, register, ids } = await portalWith(...names);
    const found: (string | undefined)[] = [];
    for await (const { name } of each(portal.accountList, { limit: 2 })) {
      found.push(name?.first);
      if (name?.first === "Finn") {
        await register("Zoe");
        await portal.accountDelete({ id: ids[6] as string, body: {} });
        await portal.accountDelete({ id: ids[5] as string, body: {} });
      }
    }
    expect(found).toEqual(names.toReversed());
  });
});

it("each goes through the connections and the events of Frontdesk", async () => {
  const { portal, ids } = await portalWith("Ada", "Ben");
  const [id = ""] = ids;
  const emails = ["a", "b", "c", "d", "e"].map((name) => `${name}@friends.example`);
  for (const email of emails) await portal.connectionCreate({ id, body: { targets: [{ email, access: 2 }] } });
  for (const limit of [1, 2, 5, 100]) {
    const connections = await collect(each(portal.connectionList, { limit }));
    expect(connections.map(({ target }) => target.email)).toEqual(emails.toReversed());
    const events = await collect(each(portal.accountEventList, { id, limit }));
    expect(events.map(({ what }) => what)).toEqual([...emails.map(() => "connection.created"), "account.registered"]);
  }
});

interface Item {
  readonly _id: string;
  readonly object: string;
  readonly matches: boolean;
}
const item = (object: string, number: number, matches = true): Item => ({
  _id: number.toString(16).padStart(24, "0"),
  object,
  matches,
});

/** A small generator of random numbers, so that a failure can be repeated. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** Whether an id is within the bounds of a filter; conditions on other properties are those that items fulfil or not. */
function isWithin({ _id, matches }: Item, where: AccountWhere | undefined): boolean {
  return Object.entries(where ?? {}).every(([name, condition]) => {
    if (name === "$and") return (condition as AccountWhere[]).every((part) => isWithin({ _id, matches } as Item, part));
    if (name !== "_id") return matches;
    const { $gt = "", $gte = "", $lt = "g", $lte = "g" } = condition as Record<string, string>;
    return _id > $gt && _id >= $gte && _id < $lt && _id <= $lte;
  });
}

/** A list that changes between calls. What was in it from beginning to end must be found exactly once. */
function changingList(object: string, random: (below: number) => number) {
  let items = Array.from({ length: random(60) }, (_, place) => item(object, (place + 1) * 10, random(8) === 0));
  const throughout = new Set(items);
  let left = 40;
  const change = () => {
    for (let changes = Math.min(random(4), left); changes > 0; changes -= 1, left -= 1) {
      if (random(2) === 0 && items.length > 0) {
        const [gone] = items.splice(random(items.length), 1);
        throughout.delete(gone as Item);
      } else if (object === "connection") items.push(item(object, 1000 + items.length + random(1000), random(2) === 0));
      else items.splice(0, 0, item(object, random(1000), random(2) === 0));
      items = [...new Map(items.map((each) => [each._id, each])).values()];
    }
    items.sort((one, other) => (one._id < other._id ? 1 : -1));
  };
  return { throughout, items: () => items, change };
}

describe("each over a list that changes all the time", () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed);

  it("returns each account that was there throughout once, in order, also where the filter finds nothing for long", async () => {
    for (const seed of seeds) {
      const random = randomFrom(seed + 1);
      const { throughout, items, change } = changingList("account", random);
      const isAscending = random(2) === 0;
      const looksAtMost = 1 + random(5);
      const list = async ({ where, limit = 100 }: AccountListInput = {}) => {
        change();
        const ordered = isAscending ? items().toReversed() : items();
        // As Frontdesk does: bounds are reads by key, and a call ends after so many accounts that it has looked at.
        const inBounds = ordered.filter((one) => isWithin({ ...one, matches: true }, where as AccountWhere));
        const looked = inBounds.slice(0, looksAtMost);
        const data = looked.filter((one) => isWithin(one, where as AccountWhere)).slice(0, limit);
        return { object: "list" as const, data, hasMore: inBounds.length > looked.length };
      };
      const input = { limit: 1 + looksAtMost, sort: isAscending ? "_id" : '{"_id":-1}', where: { locked: false } };
      const found = (await collect(each(list, input))).map(({ _id }) => _id);
      const ordered = found.toSorted((one, other) => (one < other === isAscending ? -1 : 1));
      expect([seed, found]).toEqual([seed, [...new Set(ordered)]]);
      const wanted = [...throughout].filter(({ matches }) => matches).map(({ _id }) => _id);
      expect([seed, wanted.filter((id) => !found.includes(id))]).toEqual([seed, []]);
    }
  });

  it("returns each connection that was there throughout once, newest first", async () => {
    for (const seed of seeds) {
      const random = randomFrom(seed + 1);
      const { throughout, items, change } = changingList("connection", random);
      const list = async ({ limit = 3, skip = 0 }: { limit?: number; skip?: number } = {}) => {
        change();
        const data = items().slice(skip, skip + limit);
        return { object: "list" as const, data, hasMore: items().length > skip + limit };
      };
      const found = (await collect(each(list, { limit: 1 + random(6) }))).map(({ _id }) => _id);
      expect([seed, found]).toEqual([seed, [...new Set(found)].sort().reverse()]);
      const wanted = [...throughout].map(({ _id }) => _id);
      expect([seed, wanted.filter((id) => !found.includes(id))]).toEqual([seed, []]);
    }
  });
});
