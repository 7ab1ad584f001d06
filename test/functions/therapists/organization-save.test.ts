import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { documents } from "../../../lib/table/client.ts";
import { leavesNoTrace, makePractice, makeVendor, type TestPractice } from "../../kit/system.ts";
import {
  eventsOf,
  expectJson,
  expectNothing,
  expectProblem,
  get,
  organizationsPath,
  saveOrganization,
} from "./therapists-contract.ts";

let auth: TestPractice;
beforeAll(async () => {
  auth = await makePractice();
});

/** Makes an organization. @returns its id */
async function makeOrganization(fields: Record<string, unknown> = {}, practice = auth): Promise<number> {
  const response = await saveOrganization(practice, fields);
  expect(response.status).toBe(201);
  return response.json.id;
}

const listed = async (target = organizationsPath, practice = auth) => (await get(practice, target)).json ?? [];

describe("201", () => {
  it("creates an organization and answers it with its id", async () => {
    const practice = await makePractice();
    const response = await saveOrganization(practice, { name: "Lakeside", therapist_user_id: 7 });
    expectJson(response, 201, { id: 1, name: "Lakeside", therapist_user_id: 7, is_active: true });
    expectJson(await get(practice, organizationsPath), 200, [response.json]);
  });

  it("counts ids up within each practice, and never uses one twice", async () => {
    const practice = await makePractice();
    const other = await makePractice({ accountId: "other" }, practice);
    for (const id of [1, 2, 3]) expect(await makeOrganization({}, practice)).toBe(id);
    expect(await makeOrganization({}, other)).toBe(1);
    await saveOrganization(practice, { id: 3, is_active: false });
    expect(await makeOrganization({}, practice)).toBe(4);
  });

  it("treats every field of an empty object as absent", async () => {
    const { status, json } = await saveOrganization(auth, {});
    expect([status, json]).toEqual([
      201,
      { id: expect.any(Number), name: null, therapist_user_id: null, is_active: true },
    ]);
  });

  it("creates an active one for is_active null", async () => {
    const { status, json } = await saveOrganization(auth, { name: "Default", is_active: null });
    expect([status, json.is_active]).toEqual([201, true]);
  });

  it("counts an id of null as absent", async () => {
    expect((await saveOrganization(auth, { id: null, name: "Null" })).status).toBe(201);
  });

  it("creates an inactive one, which is in no list", async () => {
    const { status, json } = await saveOrganization(auth, { name: "Closed", therapist_user_id: 31, is_active: false });
    expect([status, json.is_active]).toEqual([201, false]);
    expectNothing(await get(auth, `${organizationsPath}31/`));
    expect(await listed()).not.toContainEqual(json);
  });

  it.each([
    ["a name of 255 characters", { name: "x".repeat(255) }],
    ["a name of 255 characters beyond the basic plane", { name: "🏥".repeat(255) }],
    ["an empty name", { name: "" }],
    ["a name with spaces around it", { name: "  kept  " }],
    ["a name that looks like a key", { name: "ORG#1" }],
    ["therapist 0", { therapist_user_id: 0 }],
    ["a negative therapist", { therapist_user_id: -12 }],
    ["the greatest therapist", { therapist_user_id: Number.MAX_SAFE_INTEGER }],
    ["the least therapist", { therapist_user_id: Number.MIN_SAFE_INTEGER }],
  ])("stores %s as given", async (_, fields) => {
    const { status, json } = await saveOrganization(auth, fields);
    expect(status).toBe(201);
    expect(json).toMatchObject(fields);
    expect(await listed()).toContainEqual(json);
  });

  it("ignores fields that the contract does not name", async () => {
    const { json } = await saveOrganization(auth, { name: "Plain", version: 99, pk: "VENDOR#x", "": 1 });
    expect(Object.keys(json)).toEqual(["id", "name", "therapist_user_id", "is_active"]);
  });

  it("gives 50 simultaneous creates 50 different ids, without gaps", async () => {
    const practice = await makePractice();
    const names = Array.from({ length: 50 }, (_, place) => `Organization ${place}`);
    const made = await Promise.all(names.map((name) => saveOrganization(practice, { name, therapist_user_id: 1 })));
    expect(made.map(({ status }) => status)).toEqual(names.map(() => 201));
    const ids = made.map(({ json }) => json.id).toSorted((one, other) => one - other);
    expect(ids).toEqual(names.map((_, place) => place + 1));
    const all = await listed(organizationsPath, practice);
    expect(all.map(({ name }: { name: string }) => name).toSorted()).toEqual(names.toSorted());
    expect(await listed(`${organizationsPath}1/`, practice)).toEqual(all);
    expect(await makeOrganization({}, practice)).toBe(51);
  });

  it("waits for a counter that other transactions hold", async () => {
    const name = "held counter";
    let refusals = 0;
    documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const $metadata = {};
          const message = "held";
          if (commandName === "TransactWriteItemsCommand" && refusals === 0) {
            refusals += 1;
            const CancellationReasons = [{ Code: "TransactionConflict" }];
            throw new TransactionCanceledException({ $metadata, message, CancellationReasons });
          }
          if (commandName === "UpdateItemCommand" && refusals < 4) {
            refusals += 1;
            throw new TransactionConflictException({ $metadata, message });
          }
          return next(args);
        },
      { step: "initialize", name },
    );
    try {
      expect((await saveOrganization(auth, { name: "Patient" })).status).toBe(201);
    } finally {
      documents.middlewareStack.remove(name);
    }
    expect(refusals).toBe(4);
  });

  it("stores its audit event: names of fields, never values", async () => {
    const practice = await makePractice();
    const { json } = await saveOrganization(practice, { name: "Secret Garden", therapist_user_id: 5 });
    const events = await eventsOf(practice, "organization");
    expect(events).toEqual([
      expect.objectContaining({
        what: "organization.created",
        record: { accountId: practice.accountId, id: String(json.id) },
        changed: ["name", "therapist_user_id"],
        who: { kind: "application", applicationId: practice.applicationId },
      }),
    ]);
    expect(JSON.stringify(events)).not.toContain("Garden");
  });
});

describe("200", () => {
  it("changes only the passed fields", async () => {
    const id = await makeOrganization({ name: "Before", therapist_user_id: 8 });
    const renamed = { id, name: "After", therapist_user_id: 8, is_active: true };
    expectJson(await saveOrganization(auth, { id, name: "After" }), 200, renamed);
    const moved = { ...renamed, therapist_user_id: 9 };
    expectJson(await saveOrganization(auth, { id, therapist_user_id: 9 }), 200, moved);
    expect(await listed()).toContainEqual(moved);
  });

  it("clears a field that is passed as null", async () => {
    const id = await makeOrganization({ name: "Before", therapist_user_id: 41 });
    await saveOrganization(auth, { id, name: null });
    const cleared = { id, name: null, therapist_user_id: null, is_active: true };
    expectJson(await saveOrganization(auth, { id, therapist_user_id: null }), 200, cleared);
    expectNothing(await get(auth, `${organizationsPath}41/`));
    expect(await listed()).toContainEqual(cleared);
  });

  it("changes nothing when nothing is passed", async () => {
    const { json } = await saveOrganization(auth, { name: "Same", therapist_user_id: 3 });
    expectJson(await saveOrganization(auth, { id: json.id }), 200, json);
  });

  it("removes an inactive one from both lists, and puts it back when it is active again", async () => {
    const { json } = await saveOrganization(auth, { name: "Seasonal", therapist_user_id: 51 });
    const closed = { ...json, is_active: false };
    expectJson(await saveOrganization(auth, { id: json.id, is_active: false }), 200, closed);
    expectNothing(await get(auth, `${organizationsPath}51/`));
    expect(await listed()).not.toContainEqual(expect.objectContaining({ id: json.id }));

    expectJson(await saveOrganization(auth, { id: json.id, name: "Renamed" }), 200, { ...closed, name: "Renamed" });
    expectNothing(await get(auth, `${organizationsPath}51/`));

    const opened = { ...json, name: "Renamed" };
    expectJson(await saveOrganization(auth, { id: json.id, is_active: true }), 200, opened);
    expect(await listed(`${organizationsPath}51/`)).toEqual([opened]);
    expect(await listed()).toContainEqual(opened);
  });

  // Regression: it meant `true`, so clients that send all fields reactivated organizations that they had deactivated.
  it.each([true, false])("leaves is_active %j as it is for null", async (is_active) => {
    const { json } = await saveOrganization(auth, { name: "Kept", therapist_user_id: 52, is_active });
    const renamed = { ...json, name: "Still kept", is_active };
    expectJson(await saveOrganization(auth, { id: json.id, name: "Still kept", is_active: null }), 200, renamed);
    const lists = await listed();
    expect(lists.some(({ id }: { id: number }) => id === json.id)).toBe(is_active);
  });

  it("keeps all of fifty simultaneous updates of different fields", async () => {
    const id = await makeOrganization({ name: "0", therapist_user_id: 0 });
    const places = Array.from({ length: 50 }, (_, place) => place + 1);
    const saved = await Promise.all(
      places.map((place) =>
        saveOrganization(auth, place % 2 === 0 ? { id, name: String(place) } : { id, therapist_user_id: 1000 + place }),
      ),
    );
    expect(saved.map(({ status }) => status)).toEqual(places.map(() => 200));
    const last = (await listed()).find((organization: { id: number }) => organization.id === id);
    expect(Number(last.name) % 2).toBe(0);
    expect(Number(last.name)).toBeGreaterThan(0);
    expect(last.therapist_user_id % 2).toBe(1);
    // Each answer shows the state after its own write, so one of them shows the final state.
    expect(saved.map(({ json }) => json)).toContainEqual(last);
    expect(await listed(`${organizationsPath}${last.therapist_user_id}/`)).toEqual([last]);
    expect(await eventsOf(auth, "organization.updated")).toEqual(
      expect.arrayContaining(
        places.map(() => expect.objectContaining({ record: { accountId: auth.accountId, id: String(id) } })),
      ),
    );
  });

  it("moves an organization so that every list shows it completely, with the right therapist", async () => {
    const practice = await makePractice();
    const id = await makeOrganization({ name: "Moving", therapist_user_id: 1 }, practice);
    const at = (therapist_user_id: number) => ({ id, name: "Moving", therapist_user_id, is_active: true });
    let moving = true;
    const watch = async (target: string, allowed: readonly unknown[]) => {
      let reads = 0;
      for (; moving || reads === 0; reads++) expect(allowed).toContainEqual(await listed(target, practice));
      return reads;
    };
    const watchers = [
      watch(`${organizationsPath}1/`, [[], [at(1)]]),
      watch(`${organizationsPath}2/`, [[], [at(2)]]),
      watch(organizationsPath, [[at(1)], [at(2)]]),
    ];
    for (let move = 0; move < 30; move++) {
      const [to, from] = move % 2 === 0 ? [2, 1] : [1, 2];
      expectJson(await saveOrganization(practice, { id, therapist_user_id: to }), 200, at(to));
      expect(await listed(`${organizationsPath}${to}/`, practice)).toEqual([at(to)]);
      expectNothing(await get(practice, `${organizationsPath}${from}/`));
    }
    moving = false;
    await Promise.all(watchers);
  });

  it("stores its audit event: names of changed fields, never values", async () => {
    const practice = await makePractice();
    const id = await makeOrganization({ name: "Same", therapist_user_id: 1 }, practice);
    await saveOrganization(practice, { id, name: "Same", therapist_user_id: 2, is_active: false });
    expect((await eventsOf(practice, "organization.updated")).map(({ changed, record }) => [changed, record])).toEqual([
      [["therapist_user_id", "is_active"], { accountId: practice.accountId, id: String(id) }],
    ]);
  });
});

describe("400", () => {
  it.each([
    ["a name of 256 characters", { name: "x".repeat(256) }, "name"],
    ["a name that is a number", { name: 5 }, "name"],
    ["a name that is an object", { name: {} }, "name"],
    ["a name with a control character", { name: "a\u0000b" }, "name"],
    ["a name with half a character", { name: "\ud83c" }, "name"],
    ["a therapist that is text", { therapist_user_id: "7" }, "therapist_user_id"],
    ["a therapist that is a fraction", { therapist_user_id: 7.5 }, "therapist_user_id"],
    ["a therapist that JSON does not carry exactly", { therapist_user_id: 2 ** 53 }, "therapist_user_id"],
    ["a therapist that is a boolean", { therapist_user_id: true }, "therapist_user_id"],
    ["an is_active that is text", { is_active: "true" }, "is_active"],
    ["an is_active that is a number", { is_active: 1 }, "is_active"],
    ["an id that is a fraction", { id: 1.5 }, "id"],
    ["an id that is text", { id: "1" }, "id"],
    ["an id that is empty text", { id: "" }, "id"],
    ["an id that is a boolean", { id: true }, "id"],
    ["an id that is an array", { id: [1] }, "id"],
  ])("refuses %s and writes nothing", async (_, fields, path) => {
    expectProblem(await leavesNoTrace(() => saveOrganization(auth, fields)), 400, [path]);
  });

  it("reports all errors at once", async () => {
    const fields = { id: "x", name: 1, therapist_user_id: "y", is_active: 0 };
    expectProblem(await saveOrganization(auth, fields), 400, ["id", "name", "therapist_user_id", "is_active"]);
  });
});

describe("404", () => {
  it.each([0, -1, 999_999, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e300, -1e300])(
    "answers an unknown id, %d, and writes nothing",
    async (id) => {
      await makeOrganization();
      expectProblem(await leavesNoTrace(() => saveOrganization(auth, { id, name: "Nobody's" })), 404);
    },
  );

  it("answers another practice's id, of the same vendor and of another, and does not change the organization", async () => {
    const practice = await makePractice();
    const { json } = await saveOrganization(practice, { name: "Ours", therapist_user_id: 6 });
    const others = [await makePractice({ accountId: "other" }, practice), await makePractice({}, await makeVendor())];
    for (const other of others) {
      expectProblem(await leavesNoTrace(() => saveOrganization(other, { id: json.id, name: "Theirs" })), 404);
    }
    expect(await listed(organizationsPath, practice)).toEqual([json]);
  });
});
