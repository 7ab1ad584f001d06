/**
 * Whether calls slow down as records gather: a list's first page, its second beside its five hundredth, and a Save, among
 * 10 records and among 100,000, in one run, taking turns. Prints medians.
 */
import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { median, startSystem } from "./system.ts";

const rounds = 200;
const few = 10;
const many = 100_000;
const limit = 3;
const page = 500;

await using system = await startSystem();
const { documents } = await import("../lib/table/client.ts");
const { practiceKey, userIndexKey, userKey } = await import("../lib/table/keys.ts");
const { readItems } = await import("../lib/table/read.ts");

// The local engine's writes slow down with the records that its stream holds, which DynamoDB's do not.
await documents.send(new UpdateTableCommand({ TableName: "frontdesk", StreamSpecification: { StreamEnabled: false } }));

type Item = Record<string, unknown>;
const idOf = (place: number) => `record-${String(place).padStart(6, "0")}`;

/** Writes copies of an item, as they come from `copy`, in the place of records 1 to `count`. */
async function plant(count: number, copy: (id: string) => Item): Promise<void> {
  const chunk = 25;
  for (let first = 1; first < count; first += chunk) {
    const ids = Array.from({ length: Math.min(chunk, count - first) }, (_, place) => idOf(first + place));
    const RequestItems = { frontdesk: ids.map((id) => ({ PutRequest: { Item: copy(id) } })) };
    await documents.send(new BatchWriteCommand({ RequestItems }));
  }
}

interface Directory {
  readonly auth: object;
  readonly first: Item;
}

/** A vendor with so many practices, the first of which has so many users. */
async function fill(count: number): Promise<Directory> {
  const vendor = await system.vendor(`vendor-of-${count}`);
  const practice = { accountId: idOf(0), name: "Riverside Clinic" };
  const auth = { ...vendor, accountId: practice.accountId };
  await (await system.call("PracticeCreate", { auth, ...practice }))();
  await (await system.call("UserCreate", { auth, userId: idOf(0), firstName: "Ada", lastName: "Mills" }))();
  const { applicationId } = vendor;
  const ids = { applicationId, accountId: idOf(0), userId: idOf(0) };
  const { stored, user } = (await readItems({ stored: practiceKey(ids), user: userKey(ids) })) as Record<string, Item>;
  await plant(count, (accountId) => ({ ...stored, accountId, ...practiceKey({ applicationId, accountId }) }));
  await plant(count, (userId) => ({
    ...user,
    userId,
    ...userKey({ ...ids, userId }),
    ...userIndexKey(applicationId, userId),
  }));
  return { auth, first: practice };
}

/** The cursor with which a list's page begins. */
async function cursorOf(id: string, auth: object, wanted: number): Promise<unknown> {
  let cursor: unknown;
  for (let at = 1; at < wanted; at++) {
    ({ cursor } = await (await system.call(id, { auth, limit, cursor }))());
  }
  return cursor;
}

const [small, large] = [await fill(few), await fill(many)];
const user = { userId: idOf(0), firstName: "Ada", lastName: "Mills" };
const inPractice = { accountId: idOf(0) };
const measured: [string, object, object][] = [
  ["PracticeList, page 1", {}, {}],
  [
    `PracticeList, page ${page}`,
    { cursor: await cursorOf("PracticeList", small.auth, 2) },
    { cursor: await cursorOf("PracticeList", large.auth, page) },
  ],
  ["UserList, page 1", inPractice, inPractice],
  ["PracticeSave", small.first, large.first],
  ["UserSave", user, user],
];
console.log(`call                     of ${few}, ms   of ${many}, ms   ratio`);
for (const [name, ofFew, ofMany] of measured) {
  const [id = ""] = name.split(",");
  const calls = [
    await system.call(id, { auth: small.auth, ...(id.endsWith("List") && { limit }), ...ofFew }),
    await system.call(id, { auth: large.auth, ...(id.endsWith("List") && { limit }), ...ofMany }),
  ];
  const times: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [which, call] of calls.entries()) {
      const begun = performance.now();
      await call();
      times[which]?.push(performance.now() - begun);
    }
  }
  const [one = 0, other = 0] = times.map(median);
  console.log(name.padEnd(22), ...[one, other, other / one].map((value) => value.toFixed(2).padStart(12)));
}
