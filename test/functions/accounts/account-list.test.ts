import { beforeAll, describe, expect, it } from "vitest";
import { giveImages } from "../../kit/images.ts";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  openPortal,
  type PortalClient,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { roundTrips, watchTable } from "../../kit/system.ts";
import { named, plainAccount, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { firstCreated, type Stored, storePeople } from "./people.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountList", async (portal) => ({ client: await portal.signedIn(), path: "accounts" }));

let portal: TestPortal;
/** The stored people, oldest first. All are newer than those who signed in. */
let people: readonly Stored[];
let patient: Holder;
let provider: Holder;
let administrator: Holder;

/** The properties of the person at a place. Each filter matches some people and not others. */
const genders = ["f", "m", "u"];
const particulars = (place: number) => ({
  name: {
    first: ["Sam", "sara", "Simon", "Ada", "Émile"][place % 5] as string,
    last: `Last-${String(place).padStart(2, "0")}`,
  },
  mobile: `+161455501${String(place).padStart(2, "0")}`,
  state: place % 4 === 0 ? "verified" : "unverified",
  locked: place % 6 === 0,
  roles: place % 3 === 0 ? [roles.provider, "587012227d67efea0843fa80"] : [],
  ...(place % 2 === 0 && { gender: genders[(place / 2) % 3] as string }),
});
const count = 24;

beforeAll(async () => {
  portal = await openPortal();
  patient = await portal.signedIn();
  provider = await portal.signedIn([roles.provider]);
  administrator = await portal.signedIn([roles.administrator]);
  people = await storePeople(portal, count, particulars);
});

/** A query string, from text or from parameters. Parameters that are not text are sent as JSON. */
type Query = string | Readonly<Record<string, unknown>>;
const textOf = (query: Query): string => {
  if (typeof query === "string") return query;
  const asText = (value: unknown) => encodeURIComponent(typeof value === "string" ? value : JSON.stringify(value));
  return Object.entries(query)
    .map(([name, value]) => `${name}=${asText(value)}`)
    .join("&");
};
const list = (query: Query = "", client: PortalClient = administrator) =>
  client.get(query === "" ? "accounts" : `accounts?${textOf(query)}`);
/** The listed accounts: their places among `people`, or the names of others. */
async function places(query: Query, client?: PortalClient): Promise<(number | string)[]> {
  const { data } = await expectSuccess(list(query, client));
  const names = new Map(
    [patient, provider, administrator].map(({ id }, place) => [id, ["patient", "provider", "administrator"][place]]),
  );
  return data.map(({ _id }: { _id: string }) => {
    const place = people.findIndex(({ id }) => id === _id);
    return place < 0 ? (names.get(_id) ?? _id) : place;
  });
}
const where = (filter: unknown, client?: PortalClient) => places({ where: filter }, client);
const descending = Array.from({ length: count }, (_, place) => count - 1 - place);
const those = (fits: (place: number) => boolean) => descending.filter(fits);

describe("200 list", () => {
  it("shows an administrator everyone, newest first, in the form of a list", async () => {
    for (const client of [administrator, portal.administrator]) {
      const { status, json } = await list("", client);
      expect(Object.keys(json).sort()).toEqual(["data", "hasMore", "object"]);
      expect(json).toMatchObject({ object: "list", hasMore: false });
      expect(status).toBe(200);
      expect(await places("", client)).toEqual([...descending, "administrator", "provider", "patient"]);
    }
  });
  it("shows an administrator all properties of each account except the key, even of their own", async () => {
    const { key, ...plain } = plainAccount(patient.email);
    const { data } = (await list({ where: { email: patient.email } })).json;
    expect(data).toEqual([plain]);
    const own = (await list({ where: { email: administrator.email } })).json.data[0];
    expect(own).toMatchObject({ access: 6, email: administrator.email });
    expect(own).not.toHaveProperty("key");
  });
  it("shows a provider everyone: others at access 2, and themselves at access 6", async () => {
    const { data } = (await list("", provider)).json;
    expect(data).toHaveLength(count + 3);
    for (const account of data) {
      if (account._id === provider.id) {
        expect(account).toMatchObject({ access: 6, email: provider.email });
        expect(account).not.toHaveProperty("key");
        continue;
      }
      expect(account.access).toBe(2);
      const readable = ["_id", "access", "favorite", "name", "object", "shared", "updated", "updater"];
      expect(Object.keys(account).filter((name) => !readable.includes(name))).toEqual([]);
    }
  });
  it("shows all other callers only themselves, without key", async () => {
    const { key, ...plain } = plainAccount(patient.email);
    expect((await list("", patient)).json).toEqual({ object: "list", data: [plain], hasMore: false });
    const elsewhere = await openPortal();
    await elsewhere.signedIn();
    const other = await elsewhere.signedIn([roles.support, roles.developer]);
    expect((await list("", other)).json.data.map(({ _id }: { _id: string }) => _id)).toEqual([other.id]);
  });
  it("shows nobody of another portal, even of the same vendor", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const own = await sibling.signedIn([roles.administrator]);
    expect((await list("", own)).json.data).toHaveLength(1);
    expect((await list("", sibling.administrator)).json.data).toHaveLength(1);
  });
  it("is empty when nobody has registered", async () => {
    const empty = await openPortal();
    expect((await list("", empty.administrator)).json).toEqual({ object: "list", data: [], hasMore: false });
  });
});

describe("limit and skip", () => {
  it("leaves out an account whose connection has ended and is not yet deleted", async () => {
    const shared = await openPortal();
    const [context, target] = [await shared.register(), await shared.register()];
    await connect(context, target, 4);
    const idsOf = async () => (await list("", target)).json.data.map(({ _id }: { _id: string }) => _id);
    expect(await idsOf()).toContain(context.id);
    // A reset proves the address, and ends what was shared before. Nobody runs the worker that deletes it.
    await expectSuccess(shared.visitor().post("accounts/request-password-reset", { email: context.email }));
    const token = tokenIn((await sentMessages(context.email))[0]);
    await expectSuccess(shared.visitor().post("accounts/reset-password", { token, password: "vexed tulips jog 9" }));
    expect(await idsOf()).toEqual([target.id]);
  });
  it("has hasMore: true while more accounts follow", async () => {
    const all = count + 3;
    const page = async (query: string) => {
      const { data, hasMore } = (await list(query)).json;
      return [data.length, hasMore];
    };
    expect(await page(`limit=${all}`)).toEqual([all, false]);
    expect(await page(`limit=${all - 1}`)).toEqual([all - 1, true]);
    expect(await page("limit=1")).toEqual([1, true]);
    expect(await page(`limit=5&skip=${all - 5}`)).toEqual([5, false]);
    expect(await page(`limit=5&skip=${all - 6}`)).toEqual([5, true]);
    expect(await page(`skip=${all}`)).toEqual([0, false]);
    expect(await page("skip=10000")).toEqual([0, false]);
    expect(await page("limit=1000")).toEqual([all, false]);
  });
  it("returns everyone once, page by page", async () => {
    const seen: unknown[] = [];
    for (let skip = 0; skip < 30; skip += 7) seen.push(...(await places(`limit=7&skip=${skip}`)));
    expect(seen).toEqual(await places(""));
  });
  it("skips and limits among the matches of a filter", async () => {
    const verified = those((place) => place % 4 === 0);
    expect(await places({ where: { state: "verified" }, limit: 2, skip: 3 })).toEqual(verified.slice(3, 5));
    const { json } = await list({ where: { state: "verified" }, limit: verified.length });
    expect(json.hasMore).toBe(false);
    expect((await list({ where: { state: "verified" }, limit: verified.length - 1 })).json.hasMore).toBe(true);
  });
  it("is 100 by default", async () => {
    const crowd = await openPortal();
    await storePeople(crowd, 101);
    const { data, hasMore } = (await list("", crowd.administrator)).json;
    expect([data.length, hasMore]).toEqual([100, true]);
    expect((await list("skip=100", crowd.administrator)).json).toMatchObject({ hasMore: false });
  });
  it("finds the one match among many others even with limit=1", async () => {
    const crowd = await openPortal();
    const [oldest] = await storePeople(crowd, 120, (place) => ({ state: place === 0 ? "verified" : "unverified" }));
    const { json } = await list({ where: { state: "verified" }, limit: 1 }, crowd.administrator);
    expect(json.data.map(({ _id }: { _id: string }) => _id)).toEqual([oldest?.id]);
    expect(json.hasMore).toBe(false);
  });
});

describe("sort", () => {
  it.each(["_id", '{"_id":1}', '{ "_id" : 1 }', '[{"_id":1}]', '[ { "_id": 1 } ]'])(
    "is oldest first with %s",
    async (sort) => {
      expect(await places({ sort })).toEqual(["patient", "provider", "administrator", ...descending.toReversed()]);
    },
  );
  it.each(['{"_id":-1}', '[{"_id":-1}]', ""])("is newest first with %j", async (sort) => {
    expect(await places({ sort })).toEqual([...descending, "administrator", "provider", "patient"]);
  });
  it("applies to pages, and to lists of given ids", async () => {
    expect(await places({ sort: "_id", skip: 3, limit: 2 })).toEqual([0, 1]);
    const named = [5, 2, 9].map((place) => people[place]?.id);
    expect(await places({ sort: "_id", where: { _id: { $in: named } } })).toEqual([2, 5, 9]);
    expect(await places({ where: { _id: { $in: named } } })).toEqual([9, 5, 2]);
  });
});

describe("paths[], include[], expand[]", () => {
  it.each(["paths[]=name", "paths%5B%5D=name"])("narrows with %s, as the source's example does", async (query) => {
    const { data } = (await list(`${query}&limit=2`)).json;
    expect(data).toEqual(
      [count - 1, count - 2].map((place) => ({
        _id: people[place]?.id,
        object: "account",
        name: particulars(place).name,
      })),
    );
  });
  it("narrows to dotted paths, without properties that the caller may not read", async () => {
    const query = "paths[]=name.last&paths[]=email&paths[]=key&limit=1";
    const [newest] = (await list(query)).json.data;
    expect(newest).toEqual({
      _id: people.at(-1)?.id,
      object: "account",
      name: { last: `Last-${count - 1}` },
      email: people.at(-1)?.email,
    });
    const [asProvider] = (await list(query, provider)).json.data;
    expect(asProvider).toEqual({ _id: people.at(-1)?.id, object: "account", name: { last: `Last-${count - 1}` } });
  });
  it("has connections with include[]=connections, only in the caller's own account", async () => {
    const { data } = (await list("include[]=connections")).json;
    const having = data.filter((account: object) => "connections" in account);
    expect(having).toMatchObject([{ _id: administrator.id, connections: [] }]);
  });
  it("replaces updater by that account with expand[]=updater, without key", async () => {
    await expectSuccess(administrator.put(`accounts/${people[1]?.id}`, { name: { prefix: "Dr." } }));
    const { data } = (await list({ "expand[]": "updater", where: { _id: people[1]?.id } })).json;
    expect(data[0].updater).toMatchObject({ _id: administrator.id, email: administrator.email, access: 6 });
    expect(data[0].updater).not.toHaveProperty("key");
    const plain = (await list({ where: { _id: people[1]?.id } })).json.data[0].updater;
    expect(plain).toEqual({ _id: administrator.id, object: "account", path: `/accounts/${administrator.id}` });
  });
});

describe("images", () => {
  it("of a hundred accounts take no further round trip, and nobody needs to ask for them", async () => {
    const crowd = await openPortal();
    const having = await storePeople(crowd, 100);
    const listed = () => watchTable(() => crowd.administrator.get("accounts?limit=100"));
    const { requests: before } = await listed();
    await giveImages(having.map(({ id }) => ({ ...crowd.practice, id })));
    const { answer, requests } = await listed();
    expect(roundTrips(requests)).toBe(roundTrips(before));
    const { data } = answer.json;
    expect(data).toHaveLength(100);
    for (const { _id, image } of data) {
      expect(image).toMatchObject({
        path: `/accounts/${_id}/image/content`,
        state: 2,
        facets: [{ name: "thumbnail" }],
      });
      expect(image).not.toHaveProperty("uploads");
    }
  });
  it("are narrowed by paths[]=image and paths[]=image.state, and readable for providers", async () => {
    await giveImages([{ ...portal.practice, id: people[2]?.id as string }]);
    const one = { where: { _id: people[2]?.id } };
    for (const client of [administrator, provider]) {
      const [whole] = (await list({ ...one, "paths[]": "image" }, client)).json.data;
      expect(whole).toEqual({ _id: people[2]?.id, object: "account", image: expect.objectContaining({ state: 2 }) });
      const [state] = (await list({ ...one, "paths[]": "image.state" }, client)).json.data;
      expect(state).toEqual({ _id: people[2]?.id, object: "account", image: { state: 2 } });
    }
  });
});

describe("where", () => {
  const id = (place: number) => people[place]?.id as string;
  it("takes ids: equality, $eq, $in, and ranges", async () => {
    expect(await where({ _id: id(7) })).toEqual([7]);
    expect(await where({ _id: { $eq: id(7) } })).toEqual([7]);
    expect(await where({ _id: id(7).toUpperCase() })).toEqual([7]);
    expect(await where({ _id: { $in: [id(7).toUpperCase()] } })).toEqual([7]);
    expect(await where({ _id: { $gt: id(20).toUpperCase() } })).toEqual([23, 22, 21]);
    expect(await where({ _id: { $in: [id(3), id(7), id(3), "0123456789abcdef01234567"] } })).toEqual([7, 3]);
    expect(await where({ _id: { $in: [] } })).toEqual([]);
    expect(await where({ _id: { $gt: id(20) } })).toEqual([23, 22, 21]);
    expect(await where({ _id: { $gte: id(20) } })).toEqual([23, 22, 21, 20]);
    expect(await where({ _id: { $gte: id(2), $lt: id(5) } })).toEqual([4, 3, 2]);
    expect(await where({ _id: { $gt: id(2), $lte: id(5) } })).toEqual([5, 4, 3]);
    expect(await where({ _id: { $lt: id(1) } })).toEqual([0, "administrator", "provider", "patient"]);
    expect(await where({ _id: { $gt: id(5), $lt: id(5) } })).toEqual([]);
    expect(await where({ _id: { $gt: id(9), $lt: id(5) } })).toEqual([]);
    expect(await where({ _id: { $ne: id(7) } })).toEqual(
      [...descending, "administrator", "provider", "patient"].filter((place) => place !== 7),
    );
    expect(await where({ _id: "not an id" })).toEqual([]);
    expect(await where({ _id: { $gt: "zzz" } })).toEqual([]);
    expect(await where({ _id: { $lt: "" } })).toEqual([]);
    expect(await where({ _id: { $gt: "" } })).toHaveLength(count + 3);
    expect(await where({ _id: { $lt: "\u{10ffff}" } })).toHaveLength(count + 3);
  });
  it("pages through everyone by _id ranges", async () => {
    const seen: unknown[] = [];
    let last: string | undefined;
    for (let more = true; more; ) {
      const filter: object = last ? { _id: { $lt: last } } : {};
      const { data, hasMore } = await expectSuccess(list({ where: filter, limit: 5 }));
      seen.push(...data.map(({ _id }: { _id: string }) => _id));
      last = data.at(-1)._id;
      more = hasMore;
    }
    const all = (await list("")).json.data.map(({ _id }: { _id: string }) => _id);
    expect(seen).toEqual(all);
  });
  it("takes an e-mail in any of its forms", async () => {
    const { email } = people[4] as Stored;
    for (const written of [email, email.toUpperCase(), ` ${email} `])
      expect(await where({ email: written })).toEqual([4]);
    expect(await where({ email: { $in: [email, people[9]?.email] } })).toEqual([9, 4]);
    expect(await where({ email: "nobody@example.org" })).toEqual([]);
    expect(await where({ email: { $regex: "/^stored-1/" } })).toEqual([
      ...those((place) => place >= 10 && place < 20),
      1,
    ]);
    expect(await where({ email: { $gte: "stored-8", $lt: "stored-9" } })).toEqual([8]);
    expect(await where({ email: { $regex: "/^PERSON-/i" } })).toEqual(["administrator", "provider", "patient"]);
  });
  it("takes a mobile in any of its forms", async () => {
    for (const mobile of ["+16145550105", "614-555-0105", "1 (614) 555-0105"])
      expect(await where({ mobile })).toEqual([5]);
    expect(await where({ mobile: { $regex: "/^\\+161455501/" } })).toEqual(descending);
  });
  const simple: readonly [string, unknown, (place: number) => boolean][] = [
    ["name.first", { "name.first": "Sam" }, (place) => place % 5 === 0],
    ["name.first $eq", { "name.first": { $eq: "Émile" } }, (place) => place % 5 === 4],
    ["name.first $in", { "name.first": { $in: ["Sam", "Ada"] } }, (place) => [0, 3].includes(place % 5)],
    ["name.first by prefix", { "name.first": { $regex: "/^S/" } }, (place) => [0, 2].includes(place % 5)],
    ["name.first by prefix in any case", { "name.first": { $regex: "/^s/i" } }, (place) => place % 5 <= 2],
    ["name.first by longer prefix", { "name.first": { $regex: "/^sa/i" } }, (place) => place % 5 <= 1],
    ["name.last range", { "name.last": { $gt: "Last-03", $lte: "Last-06" } }, (place) => place > 3 && place <= 6],
    [
      "name.last by prefix with an escaped character",
      { "name.last": { $regex: "/^Last\\-1/" } },
      (place) => place >= 10 && place < 20,
    ],
    ["state", { state: "verified" }, (place) => place % 4 === 0],
    ["locked", { locked: true }, (place) => place % 6 === 0],
    ["locked $in", { locked: { $in: [true] } }, (place) => place % 6 === 0],
    ["roles", { roles: "587012227d67efea0843fa80" }, (place) => place % 3 === 0],
    ["roles $in", { roles: { $in: ["587012227d67efea0843fa80", "x"] } }, (place) => place % 3 === 0],
    ["gender", { gender: "f" }, (place) => place % 6 === 0],
    ["gender $in", { gender: { $in: ["f", "u"] } }, (place) => place % 6 === 0 || place % 6 === 4],
    ["two properties", { state: "verified", gender: "f" }, (place) => place % 12 === 0],
    ["$and", { $and: [{ state: "verified" }, { gender: "f" }] }, (place) => place % 12 === 0],
    ["$or", { $or: [{ gender: "f" }, { roles: "587012227d67efea0843fa80" }] }, (place) => place % 3 === 0],
    [
      "$or together with another condition, and $and inside",
      { state: "verified", $or: [{ gender: "f" }, { $and: [{ gender: "u" }, { "name.first": "Émile" }] }] },
      (place) => place % 12 === 0 || (place % 12 === 4 && place % 5 === 4),
    ],
    [
      "$or of ids and others",
      { $or: [{ "name.last": "Last-05" }, { "name.last": "Last-09" }] },
      (place) => place === 5 || place === 9,
    ],
  ];
  it.each(simple)("takes %s", async (_, filter, fits) => {
    expect(await where(filter)).toEqual(those(fits));
  });
  it.each([
    ["created", { created: { $gte: new Date(+firstCreated + 20_000).toISOString() } }, (place: number) => place >= 20],
    [
      "a range of created",
      { created: { $gt: "2030-01-01T00:00:03.000Z", $lte: "2030-01-01T00:00:05.000Z" } },
      (place: number) => place > 3 && place <= 5,
    ],
    ["created with an offset", { created: "2030-01-01T02:00:07+02:00" }, (place: number) => place === 7],
    ["created, basic", { created: { $gt: "20300101T000003Z" } }, (place: number) => place > 3],
    ["created, a day", { created: "2030-01-01" }, (place: number) => place === 0],
    ["created, a week", { created: { $gte: "2030-W01" } }, () => true],
    [
      "created, with fractions of a millisecond",
      { created: { $gt: "2030-01-01T00:00:06.9999Z" } },
      (place: number) => place >= 7,
    ],
    [
      "created in any form",
      { created: { $in: ["2030-01-01T00:00:02", "2029-12-31T19:00:04-05"] } },
      (place: number) => [2, 4].includes(place),
    ],
    ["locked as a word", { locked: "True" }, (place: number) => place % 6 === 0],
    ["a name, decomposed", { "name.first": "E\u0301mile" }, (place: number) => place % 5 === 4],
    ["a name with blanks around it", { "name.first": " Sam " }, (place: number) => place % 5 === 0],
    ["a prefix, decomposed", { "name.first": { $regex: "/^E\u0301m/" } }, (place: number) => place % 5 === 4],
    ["roles in capitals", { roles: "587012227D67EFEA0843FA80" }, (place: number) => place % 3 === 0],
    ["created, equal", { created: "2030-01-01T00:00:07.000Z" }, (place: number) => place === 7],
  ])("takes %s", async (_, filter, fits) => {
    expect(await where(filter)).toEqual(those(fits));
  });
  it("finds with $ne everyone else, including those without a value", async () => {
    const others = ["administrator", "provider", "patient"];
    expect(await where({ gender: { $ne: "f" } })).toEqual([...those((place) => place % 6 !== 0), ...others]);
    expect(await where({ locked: { $ne: true } })).toEqual([...those((place) => place % 6 !== 0), ...others]);
    expect(await where({ roles: { $ne: roles.provider } })).toEqual([
      ...those((place) => place % 3 !== 0),
      "administrator",
      "patient",
    ]);
  });
  it("does not treat ids below $or as the only matches", async () => {
    expect(await where({ $or: [{ _id: id(7) }, { "name.last": "Last-05" }] })).toEqual([7, 5]);
    expect(await where({ $or: [{ email: people[4]?.email }, { _id: { $gt: id(22) } }] })).toEqual([23, 4]);
    expect(await where({ $and: [{ _id: { $in: [id(3), id(5)] } }, { _id: { $in: [id(5), id(7)] } }] })).toEqual([5]);
    expect(await where({ $and: [{ email: people[4]?.email }, { email: people[5]?.email }] })).toEqual([]);
    expect(await where({ email: people[4]?.email, _id: id(5) })).toEqual([]);
  });
  it("takes the caller's own favorites", async () => {
    await expectSuccess(administrator.put(`accounts/${id(11)}`, { favorite: true }));
    await expectSuccess(provider.put(`accounts/${id(12)}`, { favorite: true }));
    const both = { $in: [id(11), id(12)] };
    for (const [client, own, other] of [
      [administrator, 11, 12],
      [provider, 12, 11],
    ] as const) {
      expect(await where({ favorite: true }, client)).toEqual([own]);
      expect(await where({ favorite: false, _id: both }, client)).toEqual([other]);
    }
    expect(await where({ favorite: true }, portal.administrator)).toEqual([]);
  });
  it("also filters the list of a caller who sees only themselves", async () => {
    expect((await list({ where: { email: patient.email } }, patient)).json.data).toHaveLength(1);
    expect((await list({ where: { email: administrator.email } }, patient)).json.data).toEqual([]);
    expect((await list({ where: { _id: administrator.id } }, patient)).json.data).toEqual([]);
    expect(
      (await list({ where: { $or: [{ _id: administrator.id }, { state: "unverified" }] } }, patient)).json.data,
    ).toHaveLength(1);
  });
  it("lets a provider filter by what they may read", async () => {
    expect(await where({ "name.last": "Last-05" }, provider)).toEqual([5]);
    expect(await where({ _id: { $lt: id(1) } }, provider)).toHaveLength((await where({ _id: { $lt: id(1) } })).length);
  });
  it("treats an empty where as no filter", async () => {
    expect(await places("where=")).toEqual(await places(""));
    expect(await where({})).toEqual(await places(""));
  });
});

describe("work", () => {
  it("ends a page before the answer exceeds Lambda's limit, and continues with the next page", async () => {
    const crowd = await openPortal();
    const large = await storePeople(crowd, 60, () => ({ c_note: '"'.repeat(30_000) }));
    const ids: string[] = [];
    for (let hasMore = true; hasMore; ) {
      const { text, json } = await list(`limit=1000&skip=${ids.length}`, crowd.administrator);
      expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(6 * 1024 * 1024);
      expect(json.data.length).toBeGreaterThan(0);
      ids.push(...json.data.map(({ _id }: { _id: string }) => _id));
      hasMore = json.hasMore;
    }
    expect(ids).toEqual(large.map(({ id }) => id).toReversed());
  });
  it("stops reading when the accounts found have two megabytes", async () => {
    const crowd = await openPortal();
    const stored = await storePeople(crowd, 100, () => ({ c_note: '"'.repeat(30_000) }));
    const { answer, requests } = await watchTable(() => list("limit=1000", crowd.administrator));
    expect(answer.json.hasMore).toBe(true);
    const read = requests
      .filter(({ command }) => command === "Query")
      .reduce((sum, { itemsRead }) => sum + itemsRead, 0);
    expect(read).toBeGreaterThanOrEqual(answer.json.data.length);
    expect(read).toBeLessThan(stored.length);
  });
  it("looks an e-mail up by key, and reads no other account", async () => {
    const { requests } = await watchTable(() => list({ where: { email: people[4]?.email } }));
    expect(requests.filter(({ command }) => command === "Query")).toEqual([]);
  });
  it("looks given ids up by key", async () => {
    const { requests } = await watchTable(() => list({ where: { _id: { $in: [people[4]?.id, people[5]?.id] } } }));
    expect(requests.filter(({ command }) => command === "Query")).toEqual([]);
  });
  it("reads only the accounts in a range of ids", async () => {
    const filter = { _id: { $gte: people[4]?.id, $lte: people[6]?.id } };
    const { requests } = await watchTable(() => list({ where: filter }));
    const queries = requests.filter(({ command }) => command === "Query");
    expect(queries.map(({ itemsRead }) => itemsRead)).toEqual([3]);
  });
  it("reads one account more than the page of a list without filter", async () => {
    const { requests } = await watchTable(() => list("limit=4&skip=2"));
    const queries = requests.filter(({ command }) => command === "Query");
    expect(queries.map(({ itemsRead }) => itemsRead)).toEqual([7]);
  });
});

describe(named("kInvalidArgument"), () => {
  it.each([
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=-1", "limit"],
    ["limit=ten", "limit"],
    ["limit=1.5", "limit"],
    ["limit[]=5", "limit"],
    ["skip=-1", "skip"],
    ["skip=10001", "skip"],
    ["skip=x", "skip"],
    ["sort=name", "sort"],
    ['sort={"_id":2}', "sort"],
    ['sort={"name":1}', "sort"],
    ['sort={"_id":1,"name":1}', "sort"],
    ["where=x", "where"],
    ["where=[]", "where"],
    ["where=null", "where"],
    ['where="email"', "where"],
    ["where[email]=x", "where"],
    ["paths[a]=x", "paths"],
    ["include[a]=x", "include"],
    ["startingAfter=0123456789abcdef01234567", "startingAfter"],
    ["endingBefore=0123456789abcdef01234567", "endingBefore"],
    ["pipeline=[]", "pipeline"],
    ["group[_id]=state", "group"],
    ["favorites=true", "favorites"],
    ["accessLevel=4", "accessLevel"],
    ["limit=5&accessLevel=4&pipeline[]=x", "pipeline, accessLevel"],
    ['where={"created":"x"}', "created"],
    ['where={"created":{"$gt":"2030-02-30"}}', "created"],
    ['where={"created":{"$in":["2030-01-01",5]}}', "created"],
    ['where={"created":1893456000000}', "created"],
  ])("refuses %s, naming it", async (query, name) => {
    const { json } = await refused("kInvalidArgument", () => list(query.replaceAll(/[{}"]/g, encodeURIComponent)));
    expect(json.reason).toContain(name);
  });
  it("states the maximum length of where when it is too long", async () => {
    const ids = Array(400).fill("000000000000000000000000");
    const where = encodeURIComponent(JSON.stringify({ _id: { $in: ids } }));
    const { json } = await refused("kInvalidArgument", () => list(`where=${where}`));
    expect(json.reason).toBe("where has at most 8192 characters");
  });
  it.each([
    [{ nickname: "x" }, "nickname"],
    [{ dob: "1999-01-01" }, "dob"],
    [{ image: null }, "image"],
    [{ "image.state": 2 }, "image.state"],
    [{ name: "x" }, "name"],
    [{ "name.middle": "x" }, "name.middle"],
    [{ key: "x" }, "key"],
    [{ "key.secret": { $gt: "" } }, "key.secret"],
    [{ passwordHash: { $gt: "" } }, "passwordHash"],
    [{ __proto__: null, constructor: "x" }, "constructor"],
    [{ c_note: "x" }, "c_note"],
    [{ $where: "1" }, "$where"],
    [{ $nor: [{ state: "x" }] }, "$nor"],
    [{ $not: { state: "x" } }, "$not"],
    [{ email: { $exists: true } }, "$exists"],
    [{ email: { $nin: ["x"] } }, "$nin"],
    [{ email: { $not: "x" } }, "$not"],
    [{ "name.first": { first: "x" } }, "first"],
    [{ "name.first": {} }, "name.first"],
    [{ "name.first": ["x"] }, "name.first"],
    [{ "name.first": null }, "name.first"],
    [{ "name.first": 5 }, "name.first"],
    [{ "name.first": { $gt: 5 } }, "name.first"],
    [{ "name.first": { $in: "x" } }, "name.first"],
    [{ "name.first": { $in: [["x"]] } }, "name.first"],
    [{ "name.first": { $in: Array.from({ length: 1001 }, String) } }, "where"],
    [{ "name.first": { $in: Array.from({ length: 1001 }, () => "") } }, "name.first"],
    [{ $or: [] }, "$or"],
    [{ $and: {} }, "$and"],
    [{ $or: [{ state: "x" }, "y"] }, "where"],
    [{ "name.first": { $regex: "s" } }, "$regex"],
    [{ "name.first": { $regex: "/s/" } }, "$regex"],
    [{ "name.first": { $regex: "/^s.*/" } }, "$regex"],
    [{ "name.first": { $regex: "/^(a+)+$/" } }, "$regex"],
    [{ "name.first": { $regex: "/^s/g" } }, "$regex"],
    [{ "name.first": { $regex: "/^\\w/" } }, "$regex"],
    [{ "name.first": { $regex: "^s" } }, "$regex"],
    [{ "name.first": { $regex: `/^${"s".repeat(200)}/` } }, "$regex"],
    [{ "name.first": { $regex: "/^s/", $options: "i" } }, "$options"],
  ])("refuses where=%j, naming %s", async (filter, name) => {
    const { json } = await refused("kInvalidArgument", () => list({ where: filter }));
    expect(json.reason).toContain(name === "where" ? "" : name);
  });
  it("refuses a filter that is nested too deep, or has too many conditions", async () => {
    let deep: object = { state: "x" };
    for (let level = 0; level < 50; level++) deep = { $or: [deep] };
    await refused("kInvalidArgument", () => list({ where: deep }));
    const wide = { $or: Array.from({ length: 300 }, (_, place) => ({ state: `${place}` })) };
    await refused("kInvalidArgument", () => list({ where: wide }));
    await refused("kInvalidArgument", () => list({ where: { state: "x".repeat(10_000) } }));
  });
  it.each(["email", "mobile", "state", "locked", "roles", "gender", "created"])(
    "refuses a provider's filter by %s, which they may not read, even below $or",
    async (name) => {
      for (const filter of [{ [name]: "x" }, { $or: [{ "name.first": "Ada" }, { $and: [{ [name]: "x" }] }] }]) {
        const { json } = await refused("kInvalidArgument", () => list({ where: filter }, provider));
        expect(json.reason).toContain(name);
      }
    },
  );
  it.each([
    [{ _id: { $lt: "\ud800" } }],
    [{ _id: { $gt: "\ud800" } }],
    [{ _id: "\ud800" }],
    [{ email: "\ud800@example.org" }],
    [{ email: "" }],
    [{ email: "a#b%c" }],
    [{ mobile: "\ud800" }],
    [{ _id: { $gte: "#" } }],
  ])("never fails with where=%j", async (filter) => {
    const { status } = await list({ where: filter });
    expect([200, 400]).toContain(status);
  });
});

describe(named("kIllegalExpansion"), () => {
  it.each(["connections", "roles", "creator", ""])("refuses expand[]=%s", async (name) => {
    await refused("kIllegalExpansion", () => list(`expand[]=${name}`));
    await refused("kIllegalExpansion", () => list(`expand[]=updater&expand[]=${name}`));
  });
});
