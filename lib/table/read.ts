import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { BatchGet } from "./commands.ts";
import { Retries, waitForAll } from "./deadline.ts";
import type { Key } from "./records.ts";

/** Keys to read, by name. A name may have no key. */
export type Keys = Readonly<Record<string, Key | undefined>>;

/** The items that keys led to, by the same names; `undefined` where there was no key or no item. */
export type Found<Named extends Keys> = {
  readonly [Name in keyof Named]: (Named[Name] extends Key<infer Item> | undefined ? Item : unknown) | undefined;
};

/** What one BatchGetItem call takes. */
const keysMax = 100;

const keyText = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/**
 * Reads the items of the named keys in one strongly consistent round trip (one for each 100 keys, in parallel).
 * @throws Busy when DynamoDB leaves keys unprocessed until the call's deadline
 */
export async function readItems<const Named extends Keys>(keys: Named): Promise<Found<Named>> {
  return foundOf(keys, await readAll(Object.values(keys)));
}

/** Reads two groups of items in the same round trip, as `readItems` does. */
export async function readTogether<const One extends Keys, const Other extends Keys>(
  one: One,
  other: Other,
): Promise<[Found<One>, Found<Other>]> {
  const items = await readAll([...Object.values(one), ...Object.values(other)]);
  return [foundOf(one, items), foundOf(other, items)];
}

/**
 * The one place where items that were read by key get their types: DynamoDB returns any attributes, and a key's type says
 * which kind of item `lib/` writes under it.
 */
const foundOf = <Named extends Keys>(keys: Named, items: ReadonlyMap<string, unknown>) =>
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key && items.get(keyText(key))])) as Found<Named>;

/** The items of keys, by `keyText`. */
async function readAll(keys: readonly (Key | undefined)[]): Promise<ReadonlyMap<string, unknown>> {
  const distinct = [...new Map(keys.flatMap((key) => (key ? [[keyText(key), key] as const] : []))).values()];
  const items = new Map<string, unknown>();
  const batches: Promise<void>[] = [];
  for (let start = 0; start < distinct.length; start += keysMax) {
    batches.push(readBatch(distinct.slice(start, start + keysMax), items));
  }
  await waitForAll(batches);
  return items;
}

async function readBatch(keys: readonly Key[], into: Map<string, unknown>): Promise<void> {
  // DynamoDB may answer a part (16 MB a call, throttling) and name the rest; the SDK's retries do not cover that.
  let rest: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  const table = settings().TABLE_NAME;
  const retries = new Retries(500);
  while (rest.length > 0) {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGet({
        RequestItems: { [table]: { Keys: rest, ConsistentRead: true } },
      }),
    );
    for (const item of Responses?.[table] ?? []) into.set(keyText({ pk: item.pk, sk: item.sk }), item);
    rest = UnprocessedKeys?.[table]?.Keys ?? [];
    if (rest.length > 0) await retries.pause();
  }
}
