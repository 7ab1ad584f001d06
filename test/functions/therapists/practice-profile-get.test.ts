import { beforeAll, describe, expect, it } from "vitest";
import { makePractice, makeVendor, send, type TestPractice, watchTable } from "../../kit/system.ts";
import {
  expectJson,
  expectProblem,
  get,
  headersOf,
  profilePath,
  saveProfile,
  sourceProfile,
} from "./therapists-contract.ts";

let auth: TestPractice;
const profile = { ...sourceProfile, userId: "therapist-1" };
beforeAll(async () => {
  auth = await makePractice();
  await saveProfile(auth, profile);
});

describe("200", () => {
  it("answers all four sections in one flat object, with and without the slash at the end", async () => {
    expectJson(await get(auth, `${profilePath}therapist-1/`), 200, profile);
    expectJson(await get(auth, `${profilePath}therapist-1`), 200, profile);
  });

  it("answers a userId that was sent as a number, as text", async () => {
    await saveProfile(auth, { ...sourceProfile, userId: 17 });
    expectJson(await get(auth, `${profilePath}17/`), 200, { ...sourceProfile, userId: "17" });
  });

  it("does not let a query name another therapist", async () => {
    await saveProfile(auth, { ...sourceProfile, userId: "therapist-2" });
    expectJson(await get(auth, `${profilePath}therapist-1/?userId=therapist-2`), 200, profile);
  });

  it("shows a save at once", async () => {
    for (const firstName of ["Ada", "Grace", "Joan"]) {
      await saveProfile(auth, { ...sourceProfile, userId: "fresh", firstName });
      expect((await get(auth, `${profilePath}fresh/`)).json.firstName).toBe(firstName);
    }
  });

  it("answers HEAD as GET, without the body", async () => {
    const { status, headers } = await get(auth, `${profilePath}therapist-1/`);
    const asked = await send("HEAD", `${profilePath}therapist-1`, { headers: headersOf(auth) });
    expect(asked).toEqual({ status, headers, cookies: [], text: "", json: undefined });
  });

  it("reads the four sections in one query", async () => {
    const { requests } = await watchTable(() => get(auth, `${profilePath}therapist-1/`));
    expect(requests.map(({ command }) => command).toSorted()).toEqual(["BatchGetItem", "Query"]);
    const query = requests.find(({ command }) => command === "Query");
    expect([query?.itemsRead, query?.input.ConsistentRead, query?.input.IndexName]).toEqual([4, true, undefined]);
  });
});

describe("400", () => {
  it.each([
    ["of 129 characters", "x".repeat(129)],
    ["with a control character", "a%00b"],
  ])("refuses a userId %s, which nobody can have", async (_, userId) => {
    expectProblem(await get(auth, `${profilePath}${userId}/`), 400, ["userId"]);
  });
});

describe("404", () => {
  it.each(["nobody", "Therapist-1", "therapist", "therapist-1%20", "therapist-1%23LOGIN", "%2A"])(
    "answers an unknown userId, %s",
    async (userId) => {
      expectProblem(await get(auth, `${profilePath}${userId}/`), 404);
    },
  );

  it("answers the therapists of other practices, of the same vendor and of another, alike", async () => {
    for (const other of [
      await makePractice({ accountId: "other" }, auth),
      await makePractice({}, await makeVendor()),
    ]) {
      expectProblem(await get(other, `${profilePath}therapist-1/`), 404);
    }
  });

  it("answers HEAD without a body", async () => {
    const { status, text } = await send("HEAD", `${profilePath}nobody`, { headers: headersOf(auth) });
    expect([status, text]).toEqual([404, ""]);
  });
});
