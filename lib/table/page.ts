import { QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { settings } from "../config.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { documents } from "./client.ts";
import { tableDefinition } from "./definition.ts";
import type { Key } from "./keys.ts";
import { readItems } from "./read.ts";

/** A page of a list and, when there is more, where the next one starts. */
export interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly next?: Record<string, unknown>;
}

/** Lambda answers at most 6 MB, in which the answer is a text: JSON in JSON, which may double it. */
const pageBytesMax = 2.5 * 1024 * 1024;

/**
 * One page of the items below a partition and sort-key prefix, strongly consistent, in key order. One round trip as
 * long as the page fits into DynamoDB's 1 MB a query.
 * @param limit how many items at the most
 * @param after where the page before ended: its `next`
 */
export async function queryPage(prefix: Key, limit: number, after?: Record<string, unknown>): Promise<Page> {
  const keys = [tableDefinition.partitionKey, tableDefinition.sortKey];
  return page(keys, limit, after, {
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: { ":pk": prefix.pk, ":from": prefix.sk, ":to": endOf(prefix.sk) },
    ConsistentRead: true,
  });
}

/**
 * Where the keys below a prefix end: `$` follows `#`, which every prefix ends with. `begins_with` would say the same, but
 * the local engine takes `a` and `A` in it for one letter.
 */
const endOf = (prefix: string) => `${prefix.slice(0, -1)}$`;

/** One page of an index partition: keys only, in index order. The index may lag behind the table for a moment. */
export async function queryIndexPage(gsi1pk: string, limit: number, after?: Record<string, unknown>): Promise<Page> {
  const { name, partitionKey, sortKey } = tableDefinition.index;
  const keys = [tableDefinition.partitionKey, tableDefinition.sortKey, partitionKey, sortKey];
  return page(keys, limit, after, {
    IndexName: name,
    KeyConditionExpression: "gsi1pk = :pk",
    ExpressionAttributeValues: { ":pk": gsi1pk },
  });
}

/** A record of a list, and the one that it is answered together with. */
export interface Listed {
  readonly item: Record<string, unknown>;
  readonly related: Record<string, unknown> | undefined;
}

/**
 * The records that an index page names, strongly consistent, in one round trip; fewer when they would not fit into an
 * answer.
 * @param relatedKey the key of the record that one is answered together with
 */
export async function readIndexed(
  { items: keys, next }: Page,
  relatedKey: (key: Key) => Key,
): Promise<{ items: readonly Listed[]; next?: Record<string, unknown> }> {
  const named = keys.map(({ pk, sk }) => ({ pk, sk }) as Key);
  const found = await readItems<string>({
    ...Object.fromEntries(named.map((key, place) => [`item ${place}`, key])),
    ...Object.fromEntries(named.map((key, place) => [`related ${place}`, relatedKey(key)])),
  });
  const items: Listed[] = [];
  let bytes = 0;
  for (const place of named.keys()) {
    const item = found[`item ${place}`];
    if (!item) continue;
    bytes += Buffer.byteLength(JSON.stringify(item));
    const last = keys[place - 1];
    if (last && bytes > pageBytesMax) return { items, next: last };
    items.push({ item, related: found[`related ${place}`] });
  }
  return { items, ...(next && { next }) };
}

async function page(
  keys: readonly string[],
  limit: number,
  after: Record<string, unknown> | undefined,
  query: Omit<QueryCommandInput, "TableName">,
): Promise<Page> {
  const items: Record<string, unknown>[] = [];
  let start = after;
  let bytes = 0;
  do {
    // One more than the page holds tells whether there is more, so that no list ends with an empty page.
    const answer = await documents.send(
      new QueryCommand({
        ...query,
        TableName: settings.TABLE_NAME,
        Limit: limit + 1 - items.length,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) {
      bytes += Buffer.byteLength(JSON.stringify(item));
      const last = items.at(-1);
      if (last && (items.length === limit || bytes > pageBytesMax)) {
        return { items, next: Object.fromEntries(keys.map((key) => [key, last[key]])) };
      }
      items.push(item);
    }
    start = answer.LastEvaluatedKey;
  } while (start);
  return { items };
}

/**
 * The opaque form in which a caller keeps `next`.
 * @param binding what the cursor is good for: the list and its caller
 */
export const sealCursor = (next: Record<string, unknown>, binding: readonly string[]): Promise<string> =>
  seal("cursor", JSON.stringify(binding), JSON.stringify(next));

/** `next` again, or `undefined` for a cursor that is not this list's and this caller's. */
export async function unsealCursor(
  cursor: string,
  binding: readonly string[],
): Promise<Record<string, unknown> | undefined> {
  // Decoding is lenient about what stands between and behind the digits; a cursor comes back as it was given, or not at all.
  if (Buffer.from(cursor, "base64url").toString("base64url") !== cursor) return undefined;
  const text = await unseal("cursor", JSON.stringify(binding), cursor);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * The items of a stretch of a partition in key order, up to 1 MB at a time, strongly consistent.
 * @param from lowest sort key, inclusive
 * @param to highest sort key, inclusive
 * @param atOnce how many items to read at a time at the most
 */
export async function* queryStretch({
  pk,
  from,
  to,
  descending,
  atOnce,
}: {
  pk: string;
  from: string;
  to: string;
  descending: boolean;
  atOnce: number;
}): AsyncGenerator<readonly Record<string, unknown>[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await documents.send(
      new QueryCommand({
        TableName: settings.TABLE_NAME,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":pk": pk, ":from": from, ":to": to },
        ConsistentRead: true,
        ScanIndexForward: !descending,
        Limit: atOnce,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield answer.Items ?? [];
    start = answer.LastEvaluatedKey;
  } while (start);
}
