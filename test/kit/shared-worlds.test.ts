import { describe, expect, it } from "vitest";
import { descriptions } from "../../openapi/descriptions.ts";
import { documentedRow, firstExample, readyCallInSharedWorld } from "./examples.ts";
import { makeSharedWorld, sharedWorld } from "./shared-worlds.ts";
import { allItems, call, expectOk } from "./system.ts";

const writes = descriptions.filter(({ id }) => documentedRow(id).table === "write");

describe("a shared world", () => {
  it.each(writes)("is the same before each call: $id", async (description) => {
    const { id } = description;
    const newSessions = true;
    const { world, run } = await sharedWorld(firstExample(description).given, { newSessions });
    const { send } = await readyCallInSharedWorld(id, undefined, { newSessions });
    const before = await run(allItems);
    const cookies = new Map(world.client?.cookies);
    const first = await send();
    expect(await allItems()).not.toEqual(before);
    expect(await run(async () => [await allItems(), new Map(world.client?.cookies)])).toEqual([before, cookies]);
    expect((await send()).status).toBe(first.status);
  });
  it("keeps records that a test adds, and puts them back too", async () => {
    const { world, add, run } = await makeSharedWorld("practice");
    const user = { auth: world.practice, userId: "added", firstName: "A", lastName: "B" };
    const city = async () => (await expectOk(call("UserGet", { auth: world.practice, userId: "added" }))).user.city;
    await add(() => expectOk(call("UserCreate", { ...user, city: "Akron" })));
    await run(() => expectOk(call("UserUpdate", { ...user, city: "Dayton" })));
    expect(await city()).toBe("Dayton");
    expect(await run(city)).toBe("Akron");
  });
  it("puts back what a failed test has written", async () => {
    const { world, run } = await makeSharedWorld("practice");
    const failing = run(async () => {
      await expectOk(call("PracticeUpdate", { auth: world.practice, name: "Changed" }));
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    const { practice } = await run(() => expectOk(call("PracticeGet", { auth: world.practice })));
    expect(practice.name).not.toBe("Changed");
  });
});
