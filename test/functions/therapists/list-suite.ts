import { beforeAll, describe, expect, it } from "vitest";
import { makePractice, send, type TestPractice, watchTable } from "../../kit/system.ts";
import {
  expectJson,
  expectNothing,
  expectProblem,
  get,
  headersOf,
  insertOrganizations,
  nextOf,
  saveOrganization,
  walk,
} from "./therapists-contract.ts";

const idsOf = (pages: readonly { id: number }[][]) => pages.flat().map(({ id }) => id);
const upTo = (last: number) => Array.from({ length: last }, (_, place) => place + 1);

/**
 * Tests what both lists of organizations guarantee.
 * @param pathOf returns the path of the list
 * @param fields the fields of an organization that the list contains
 */
export function describeList(pathOf: () => string, fields: { name: string; therapist_user_id?: number }): void {
  const path = pathOf();
  let auth: TestPractice;
  beforeAll(async () => {
    auth = await makePractice();
    for (let made = 0; made < 5; made++) await saveOrganization(auth, fields);
  });
  const shown = (id: number) => ({ id, therapist_user_id: null, is_active: true, ...fields });

  describe("200", () => {
    it("lists the active organizations by id", async () => {
      expectJson(await get(auth, path), 200, upTo(5).map(shown));
    });

    it("answers with and without the slash at the end", async () => {
      expectJson(await get(auth, path.replace(/\/$/, "")), 200, upTo(5).map(shown));
    });

    it("puts 10 after 9, and 100 after 99", async () => {
      const practice = await makePractice();
      await insertOrganizations(
        practice,
        upTo(120).map(() => fields),
      );
      expect(idsOf([(await get(practice, path)).json])).toEqual(upTo(120));
    });

    it("shows a write at once", async () => {
      const practice = await makePractice();
      for (let made = 1; made <= 10; made++) {
        await saveOrganization(practice, fields);
        expect(idsOf([(await get(practice, path)).json])).toEqual(upTo(made));
      }
    });

    it("returns pages of the requested size, each with a link to the next page if there is one", async () => {
      expect((await walk(auth, `${path}?limit=2`)).map((page) => idsOf([page]))).toEqual([[1, 2], [3, 4], [5]]);
      expect((await walk(auth, `${path}?limit=5`)).map((page) => idsOf([page]))).toEqual([upTo(5)]);
      expect((await get(auth, path)).headers.link).toBeUndefined();
    });

    it("links to the same path with the same limit, for any host in the request", async () => {
      const headers = {
        ...headersOf(auth),
        host: "evil.example",
        "x-forwarded-host": "evil.example",
        forwarded: "host=evil",
      };
      const { headers: answered } = await send("GET", `${path}?limit=2`, { headers });
      expect(answered.link).toMatch(/^<[^>]+\?cursor=[\w-]+&limit=2>; rel="next"$/);
      expect(nextOf({ headers: answered } as never)?.split("?")[0]).toBe(path);
      expect(answered.link).not.toContain("evil");
    });

    it("accepts another limit with a cursor", async () => {
      const next = nextOf(await get(auth, `${path}?limit=1`))?.replace("limit=1", "limit=3");
      expect(idsOf([(await get(auth, String(next))).json])).toEqual([2, 3, 4]);
    });

    it("continues after an organization that has left the list in the meantime", async () => {
      const practice = await makePractice();
      await insertOrganizations(
        practice,
        upTo(4).map(() => fields),
      );
      const next = nextOf(await get(practice, `${path}?limit=2`));
      await saveOrganization(practice, { id: 2, is_active: false });
      expect(idsOf([(await get(practice, String(next))).json])).toEqual([3, 4]);
    });

    it("returns 1,000 by default, even when their names have the maximum length", async () => {
      const practice = await makePractice();
      await insertOrganizations(
        practice,
        upTo(1001).map(() => ({ ...fields, name: "🏥".repeat(255) })),
      );
      const pages = await walk(practice, path);
      expect(pages.map((page) => page.length)).toEqual([1000, 1]);
      expect(idsOf(pages)).toEqual(upTo(1001));
    });

    it("pages through 1,000 without skip or repeat, leaving out inactive ones, while new ones are added", async () => {
      const practice = await makePractice();
      // One in six is inactive, and one in six belongs to another therapist.
      const all = upTo(1000).map((id) => ({
        ...fields,
        ...(id % 6 === 0 && { is_active: false }),
        ...(id % 6 === 3 && { therapist_user_id: 77 }),
      }));
      await insertOrganizations(practice, all);
      const wanted = upTo(1000).filter(
        (id) => id % 6 !== 0 && (id % 6 !== 3 || fields.therapist_user_id === undefined),
      );
      const pages = await walk(practice, `${path}?limit=40`, () =>
        Promise.all([saveOrganization(practice, fields), saveOrganization(practice, fields)]),
      );
      const ids = idsOf(pages);
      expect(ids.filter((id) => id <= 1000)).toEqual(wanted);
      expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other));
      expect(pages.slice(0, -1).map((page) => page.length)).toEqual(pages.slice(0, -1).map(() => 40));
      expect(Math.max(...ids)).toBeGreaterThan(1000);
    });

    it("reads only the organizations of the page, in one query", async () => {
      const practice = await makePractice();
      const all = upTo(40).map((id) => ({ ...fields, is_active: id > 30 }));
      await insertOrganizations(practice, all);
      const { requests } = await watchTable(() => get(practice, path));
      expect(requests.map(({ command }) => command).toSorted()).toEqual(["BatchGetItem", "Query"]);
      const query = requests.find(({ command }) => command === "Query");
      expect([query?.itemsRead, query?.input.ConsistentRead, query?.input.IndexName]).toEqual([10, true, undefined]);
    });

    it("answers HEAD as GET, without the body", async () => {
      const target = path.replace(/\/$/, "");
      const asked = await send("HEAD", `${target}?limit=5`, { headers: headersOf(auth) });
      const { status, headers } = await get(auth, `${target}?limit=5`);
      expect(asked).toEqual({ status, headers, cookies: [], text: "", json: undefined });
      const linked = await send("HEAD", `${target}?limit=1`, { headers: headersOf(auth) });
      expect(idsOf([(await get(auth, String(nextOf(linked)))).json])).toEqual([2]);
    });
  });

  describe("204", () => {
    it("answers an empty body when there are none, to HEAD too", async () => {
      const practice = await makePractice();
      expectNothing(await get(practice, path));
      expectNothing(await send("HEAD", path.replace(/\/$/, ""), { headers: headersOf(practice) }));
    });

    it("answers an empty body when all are inactive", async () => {
      const practice = await makePractice();
      await saveOrganization(practice, { ...fields, is_active: false });
      expectNothing(await get(practice, path));
    });

    it("shows nothing of another practice of the same vendor", async () => {
      expectNothing(await get(await makePractice({ accountId: "other" }, auth), path));
    });
  });

  describe("400", () => {
    it.each([
      "0",
      "1001",
      "-1",
      "1.5",
      "1e2",
      "abc",
      "",
      "%205",
      "5%20",
      "null",
      "99999999999999999999",
      "1&limit=2",
      "5,5",
    ])("refuses limit=%s", async (limit) => {
      expectProblem(await get(auth, `${path}?limit=${limit}`), 400, ["limit"]);
    });

    it("refuses a cursor that is invalid, was changed, or was sent twice", async () => {
      const next = String(nextOf(await get(auth, `${path}?limit=1`)));
      const cursor = String(new URLSearchParams(next.split("?")[1]).get("cursor"));
      const other = cursor.at(-1) === "A" ? "B" : "A";
      const wrong = [
        "",
        "x",
        "%00",
        `${cursor}=`,
        `${cursor}%20`,
        `.${cursor}`,
        cursor.slice(1),
        `${cursor.slice(0, -1)}${other}`,
      ];
      for (const one of [...wrong, `${cursor}&cursor=${cursor}`, `${cursor}&cursor=`]) {
        expectProblem(await get(auth, `${path}?cursor=${one}`), 400, ["cursor"]);
      }
      expect((await get(auth, `${path}?cursor=${cursor}`)).status).toBe(200);
    });

    it("refuses the cursor of another practice, of the same vendor and of another", async () => {
      const query = String(nextOf(await get(auth, `${path}?limit=1`))?.split("?")[1]);
      for (const other of [await makePractice({ accountId: "another" }, auth), await makePractice()]) {
        await insertOrganizations(
          other,
          upTo(3).map(() => fields),
        );
        expectProblem(await get(other, `${path}?${query}`), 400, ["cursor"]);
      }
    });
  });
}
