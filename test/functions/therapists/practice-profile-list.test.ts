import { beforeAll, describe, expect, it } from "vitest";
import { profileSectionKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { put, remove, write } from "../../../lib/table/transact.ts";
import { sectionKeys, writePracticeProfile } from "../../../lib/therapists/practice-profile.ts";
import { type EngineRequest, throughProxy } from "../../kit/proxy.ts";
import { makePractice, send, type TestPractice, watchTable } from "../../kit/system.ts";
import {
  expectJson,
  expectNothing,
  expectProblem,
  get,
  headersOf,
  nextOf,
  profilePath,
  saveProfile,
  sourceProfile,
  walk,
} from "./therapists-contract.ts";

const profile = (userId: string) => ({ ...sourceProfile, userId });
const idsOf = (pages: readonly { userId: string }[][]) => pages.flat().map(({ userId }) => userId);
/** Stores profiles without calling the API. */
async function insertProfiles(practice: TestPractice, userIds: readonly string[], more: object = {}): Promise<void> {
  const caller = { practice, rightsHeld: undefined };
  const by = { caller, actor: { kind: "operator" }, context: { now: new Date(), requestId: "test" } } as const;
  for (let start = 0; start < userIds.length; start += 20) {
    const parts = userIds
      .slice(start, start + 20)
      .flatMap((id) => writePracticeProfile({}, { ...by, fields: { ...profile(id), ...more } }).parts);
    await write(() => parts);
  }
}
const upTo = (count: number) => Array.from({ length: count }, (_, place) => `t${String(place).padStart(4, "0")}`);

describe("200", () => {
  let auth: TestPractice;
  beforeAll(async () => {
    auth = await makePractice();
    for (const userId of ["c", "a", "b"]) await saveProfile(auth, { ...profile(userId), firstName: `First ${userId}` });
  });
  const shown = (userId: string) => ({ ...profile(userId), firstName: `First ${userId}` });

  it("answers all whole profiles by userId, with and without the slash at the end, and to HEAD without the body", async () => {
    expectJson(await get(auth, profilePath), 200, ["a", "b", "c"].map(shown));
    const target = profilePath.slice(0, -1);
    const { status, headers, json } = await get(auth, target);
    expect(json).toEqual(["a", "b", "c"].map(shown));
    const asked = await send("HEAD", target, { headers: headersOf(auth) });
    expect(asked).toEqual({ status, headers, cookies: [], text: "", json: undefined });
  });
  it.each([1, 2])("pages by limit %i with a Link header", async (limit) => {
    expect(await walk(auth, `${profilePath}?limit=${limit}`)).toEqual(
      limit === 1 ? [[shown("a")], [shown("b")], [shown("c")]] : [[shown("a"), shown("b")], [shown("c")]],
    );
  });
  it("has no Link header when the limit is the number of profiles", async () => {
    const response = await get(auth, `${profilePath}?limit=3`);
    expect([response.json.length, nextOf(response)]).toEqual([3, undefined]);
  });
  it("answers the keys that were sent, in the order of the stored ones", async () => {
    const practice = await makePractice();
    const keys = ["a", "a!", "a#", "a#b", "a%23", "a%", "%", "#", "%2523", "é", "zz", "PERSONAL", "17"];
    await insertProfiles(practice, keys);
    const pages = await walk(practice, `${profilePath}?limit=2`);
    expect(idsOf(pages).toSorted()).toEqual(keys.toSorted());
    for (const page of pages) for (const each of page) expect(each).toEqual(profile(each.userId));
    const stored = (id: string) => Buffer.from(`${id.replace(/[%#]/g, encodeURIComponent)}#`);
    expect(idsOf(pages)).toEqual(keys.toSorted((one, other) => Buffer.compare(stored(one), stored(other))));
  });
  it("does not show the profiles of another practice", async () => {
    const practice = await makePractice({ accountId: auth.accountId });
    await saveProfile(practice, profile("other"));
    expect(idsOf([(await get(practice, profilePath)).json])).toEqual(["other"]);
  });
  it("reads only the sections of the page, in one query", async () => {
    const practice = await makePractice();
    await insertProfiles(practice, upTo(30));
    const { requests } = await watchTable(() => get(practice, `${profilePath}?limit=5`));
    expect(requests.map(({ command }) => command)).toEqual(["BatchGetItem", "Query"]);
    expect([requests[1]?.itemsRead, requests[1]?.input.ConsistentRead]).toEqual([21, true]);
  });
  it("ends a page before the answer is larger than 5 MB, and never within a profile", async () => {
    const practice = await makePractice();
    const image = `https://example.org/${"x".repeat(195 * 1024)}`;
    const ids = upTo(40);
    await insertProfiles(practice, ids, { image });
    const { answer: pages, requests } = await watchTable(() => walk(practice, profilePath));
    // DynamoDB ends a query at 1 MB, here within a profile.
    expect(requests.some(({ command, itemsRead }) => command === "Query" && itemsRead % 4 !== 0)).toBe(true);
    expect(pages.length).toBe(2);
    expect(idsOf(pages)).toEqual(ids);
    for (const each of pages.flat()) expect(each).toEqual({ ...profile(each.userId), image });
    for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(5 * 1024 * 1024);
  });
});

describe("saves while a list is read", () => {
  it("are shown whole: all sections of a profile are of one save", async () => {
    const practice = await makePractice();
    const ids = upTo(12);
    await insertProfiles(practice, ids);
    const save = (round: number) =>
      Promise.all(
        ids.map((userId) =>
          saveProfile(practice, { ...profile(userId), role: `${round}`, firstName: `${round}`, npi: `${round}` }),
        ),
      );
    for (let round = 0; round < 5; round++) {
      const [pages] = await Promise.all([walk(practice, `${profilePath}?limit=5`), save(round)]);
      expect(idsOf(pages)).toEqual(ids);
      for (const { role, firstName, npi } of pages.flat()) expect([firstName, npi]).toEqual([role, role]);
    }
  });
  it("make the list read the profile again: a query found sections of two saves", async () => {
    const practice = await makePractice();
    await insertProfiles(practice, ["a", "b", "c"]);
    const key = profileSectionKey(practice, "b", "LOGIN");
    const { login } = await readItems({ login: key });
    await write(() => [put(key, { ...login, role: "newer", version: 2 })]);
    const torn = get(practice, profilePath);
    const others = sectionKeys(practice, "b");
    const { LOGIN: _, ...rest } = await readItems(others);
    await write(() =>
      (["PERSONAL", "ADDRESS", "ORGANIZATION"] as const).map((name) =>
        put(others[name], { ...rest[name], version: 2 }),
      ),
    );
    const { status, json } = await torn;
    expect(status).toBe(200);
    expect(json.map(({ role }: { role: string }) => role)).toEqual(["string", "newer", "string"]);
  });
  // Regression: the list ended there, without a Link header, although more profiles followed.
  it("and a profile that is deleted while it is read again: those that follow are listed", async () => {
    const practice = await makePractice();
    await insertProfiles(practice, ["a", "b", "c", "d"]);
    const { LOGIN, ...others } = sectionKeys(practice, "b");
    await write(() => [remove(LOGIN)]);
    const deletedMeanwhile = async ({ operation, json, forward }: EngineRequest) => {
      if (operation === "Query" && JSON.stringify(json).includes("PROFILE#b#"))
        await write(() => Object.values(others).map((key) => remove(key)));
      return forward();
    };
    const first = await throughProxy(deletedMeanwhile, () => get(practice, `${profilePath}?limit=2`));
    expect(idsOf([first.json])).toEqual(["a", "c"]);
    expect(nextOf(first)).toBeDefined();
    expect(idsOf(await walk(practice, `${profilePath}?limit=2`))).toEqual(["a", "c", "d"]);
  });
  it("that never end are 503 with Retry-After", async () => {
    const practice = await makePractice();
    await insertProfiles(practice, ["a", "b"]);
    const key = profileSectionKey(practice, "b", "LOGIN");
    const { login } = await readItems({ login: key });
    await write(() => [put(key, { ...login, version: 2 })]);
    const response = await get(practice, profilePath);
    expectProblem(response, 503);
    expect(response.headers["retry-after"]).toBe("1");
  });
});

describe("204", () => {
  it("answers an empty body when there are none, to HEAD too", async () => {
    const practice = await makePractice();
    expectNothing(await get(practice, profilePath));
    expectNothing(await send("HEAD", profilePath.slice(0, -1), { headers: headersOf(practice) }));
  });
});

describe("400", () => {
  it.each(["0", "1001", "x", "1.5", ""])("refuses limit %j", async (limit) => {
    expectProblem(await get(await makePractice(), `${profilePath}?limit=${limit}`), 400, ["limit"]);
  });
  it("refuses the cursor of another practice and of another list", async () => {
    const [one, other] = [await makePractice(), await makePractice()];
    for (const practice of [one, other]) await insertProfiles(practice, ["a", "b"]);
    const next = String(nextOf(await get(one, `${profilePath}?limit=1`)));
    expect((await get(one, next)).status).toBe(200);
    expectProblem(await get(other, next), 400, ["cursor"]);
    expectProblem(await get(one, next.replace("practice-profile", "organizations")), 400, ["cursor"]);
    expectProblem(await get(one, `${profilePath}?cursor=x`), 400, ["cursor"]);
  });
});
