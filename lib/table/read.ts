import { BatchGetCommand } from "@aws-sdk/lib-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Retries, waitForAll } from "./deadline.ts";
import type { Key } from "./keys.ts";

/** What one BatchGetItem call takes. */
const keysMax = 100;

const keyText = (key: Key) => `${key.pk}\n${key.sk}`;

/**
 * Reads the items of the named keys in one strongly consistent round trip (one for each 100 keys, side by side).
 * A name whose key or item is missing is `undefined` in the answer.
 * @throws Busy when DynamoDB leaves keys unprocessed until the call's deadline
 */
export async function readItems<Name extends string>(
  keys: Readonly<Record<Name, Key | undefined>>,
): Promise<Record<Name, Record<string, unknown> | undefined>> {
  const named = (Object.entries(keys) as [Name, Key | undefined][]).filter((entry) => entry[1] !== undefined);
  const distinct = [...new Map(named.map(([, key]) => [keyText(key as Key), key as Key])).values()];
  const items = new Map<string, Record<string, unknown>>();
  const batches: Promise<void>[] = [];
  for (let start = 0; start < distinct.length; start += keysMax) {
    batches.push(readBatch(distinct.slice(start, start + keysMax), items));
  }
  await waitForAll(batches);
  return Object.fromEntries(named.map(([name, key]) => [name, items.get(keyText(key as Key))])) as Record<
    Name,
    Record<string, unknown> | undefined
  >;
}

async function readBatch(keys: readonly Key[], into: Map<string, Record<string, unknown>>): Promise<void> {
  // DynamoDB may answer a part (16 MB a call, throttling) and name the rest; the SDK's retries do not cover that.
  let rest: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  const retries = new Retries(500);
  while (rest.length > 0) {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [settings.TABLE_NAME]: { Keys: rest, ConsistentRead: true } } }),
    );
    for (const item of Responses?.[settings.TABLE_NAME] ?? []) into.set(keyText(item as Key & typeof item), item);
    rest = UnprocessedKeys?.[settings.TABLE_NAME]?.Keys ?? [];
    if (rest.length > 0) await retries.pause();
  }
}
