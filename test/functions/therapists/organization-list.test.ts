import { beforeAll, describe, expect, it } from "vitest";
import { makePractice, send, type TestPractice } from "../../kit/system.ts";
import { describeList } from "./list-suite.ts";
import {
  expectJson,
  expectNothing,
  expectProblem,
  get,
  headersOf,
  nextOf,
  organizationsPath as path,
  saveOrganization,
  walk,
} from "./therapists-contract.ts";

describe("OrganizationList", () => describeList(() => path, { name: "Listed" }));

describe("include=inactive", () => {
  const all = `${path}?include=inactive`;
  let auth: TestPractice;
  beforeAll(async () => {
    auth = await makePractice();
    for (const is_active of [true, false, false, true]) await saveOrganization(auth, { name: "Listed", is_active });
    await saveOrganization(auth, { id: 4, is_active: false });
  });
  const shown = (id: number, is_active: boolean) => ({ id, name: "Listed", therapist_user_id: null, is_active });
  const everything = [shown(1, true), shown(2, false), shown(3, false), shown(4, false)];

  it("lists all organizations of the practice by id", async () => {
    expectJson(await get(auth, all), 200, everything);
    expectJson(await get(auth, path), 200, [shown(1, true)]);
    const target = all.replace("/?", "?");
    const { status, headers } = await get(auth, target);
    const asked = await send("HEAD", target, { headers: headersOf(auth) });
    expect(asked).toEqual({ status, headers, cookies: [], text: "", json: undefined });
  });
  it("keeps to it on the next pages", async () => {
    const pages = await walk(auth, `${all}&limit=3`);
    expect(pages).toEqual([everything.slice(0, 3), everything.slice(3)]);
  });
  it("sorts ids as numbers", async () => {
    const practice = await makePractice();
    for (let made = 0; made < 11; made++) await saveOrganization(practice, { is_active: made % 2 === 0 });
    const { json } = await get(practice, all);
    expect(json.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
  it("answers 204 when there are none", async () => {
    expectNothing(await get(await makePractice(), all));
  });
  it.each(["active", "", "Inactive", "inactive ", "inactive&include=inactive"])(
    "refuses include=%s",
    async (include) => {
      expectProblem(await get(auth, `${path}?include=${include}`), 400, ["include"]);
    },
  );
  it("binds cursors to the list with the inactive ones, or to that without them", async () => {
    const practice = await makePractice();
    for (let made = 0; made < 3; made++) await saveOrganization(practice, {});
    const [ofAll, ofActive] = [await get(practice, `${all}&limit=1`), await get(practice, `${path}?limit=1`)].map(
      (each) => String(nextOf(each)),
    ) as [string, string];
    expect((await get(practice, ofAll)).status).toBe(200);
    expectProblem(await get(practice, ofAll.replace("&include=inactive", "")), 400, ["cursor"]);
    expectProblem(await get(practice, `${ofActive}&include=inactive`), 400, ["cursor"]);
  });
});
