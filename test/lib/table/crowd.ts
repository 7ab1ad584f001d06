import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { newId } from "../../../lib/crypto/random.ts";
import { documents } from "../../../lib/table/client.ts";
import { practiceKey, userIndexKey, userKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { Key, PracticeId } from "../../../lib/table/records.ts";
import { makePractice, makeUser, type TestPractice } from "../../kit/system.ts";

/** Copies a record directly in the table, because thousands of calls would take too long. */
async function multiply(count: number, key: Key<object>, other: (place: number) => object) {
  const { item } = await readItems({ item: key });
  const copies = Array.from({ length: count - 1 }, (_, place) => ({ ...item, ...other(place) }));
  for (let start = 0; start < copies.length; start += 25) {
    const some = copies.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [String(process.env.TABLE_NAME)]: some } }));
  }
}

const numbered = (place: number) => String(place).padStart(6, "0");

/**
 * Makes a new vendor with this many practices.
 * @param attributes stored attributes of all practices except the first, including attributes that no caller can store
 */
export async function crowdOfPractices(count: number, attributes: object = {}): Promise<TestPractice> {
  const practice = await makePractice({ accountId: "original", directDomain: newId(new Date()) });
  const { applicationId } = practice;
  await multiply(count, practiceKey(practice), (place) => {
    const accountId = `p-${numbered(place)}`;
    return { ...attributes, ...practiceKey({ applicationId, accountId }), accountId };
  });
  return practice;
}

/** Makes this many users of a practice in the same way. */
export async function crowdOfUsers(practice: TestPractice, count: number, attributes: object = {}): Promise<void> {
  const user = await makeUser(practice, { userId: "original", directAddress: "front.desk" });
  const at = (place: number, id: PracticeId, userId: string) => ({
    ...userKey({ ...id, userId }),
    ...userIndexKey(id.applicationId, newId(new Date(place))),
  });
  await multiply(count, userKey(user), (place) => {
    const userId = `u-${numbered(place)}`;
    return { ...attributes, ...at(place, practice, userId), userId };
  });
}

/** Makes a new vendor with this many practices, and as many users of the first practice. */
export async function crowd(count: number, attributes: object = {}): Promise<TestPractice> {
  const practice = await crowdOfPractices(count, attributes);
  await crowdOfUsers(practice, count, attributes);
  return practice;
}

/** The lists of a crowd: name, operation, field of the answer, key of its records, and filter. */
export const crowdLists = [
  ["practices", "PracticeList", "practiceList", "accountId", {}],
  ["the users of one practice", "UserList", "userList", "userId", { accountId: "original" }],
  ["the users of all practices", "UserList", "userList", "userId", {}],
] as const;
