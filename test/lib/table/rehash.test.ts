import { expect, it } from "vitest";
import { userKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { storeRehash } from "../../../lib/table/rehash.ts";
import { makePractice, makeUser } from "../../kit/system.ts";

it("another hash of a password is not stored over a record that has changed since it was read", async () => {
  const { applicationId, accountId, userId } = await makeUser(await makePractice(), { userId: "rehashed" });
  const key = userKey({ applicationId, accountId, userId });
  const { user } = await readItems({ user: key });
  if (!user) throw new Error("no user");
  expect(await storeRehash(key, user, "first")).toBe(true);
  expect(await storeRehash(key, user, "second")).toBe(false);
  expect((await readItems({ user: key })).user).toMatchObject({ passwordHash: "first", version: user.version + 1 });
});
