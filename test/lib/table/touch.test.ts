import { expect, it } from "vitest";
import { sessionKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { touch } from "../../../lib/table/touch.ts";
import { put, write } from "../../../lib/table/transact.ts";

const key = sessionKey("touched");
const lastSeenAt = async () => (await readItems({ session: key })).session?.lastSeenAt;

it("the use of a session is noted, unless it has timed out, was used later, or is gone", async () => {
  await touch(key, 2000, 1000);
  expect(await lastSeenAt()).toBeUndefined();
  await write(() => [put(key, { lastSeenAt: 1000 })]);
  await touch(key, 2000, 1001);
  expect(await lastSeenAt()).toBe(1000);
  await touch(key, 2000, 1000);
  expect(await lastSeenAt()).toBe(2000);
  await touch(key, 1500, 1000);
  expect(await lastSeenAt()).toBe(2000);
});
