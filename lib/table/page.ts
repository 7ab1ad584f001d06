import { QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { seal, unseal } from "../crypto/seal.ts";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import type { Key } from "./keys.ts";
import { readItems } from "./read.ts";
import { tableDefinition } from "./table-definition.ts";

type Item = Record<string, unknown>;

/** What one query gave of a list, and how to go on behind it. */
export interface Page {
  readonly items: readonly Item[];
  /** The attributes that say where in the list an item stands. */
  readonly place: readonly string[];
  /** Reads on. Absent when the list, or what was wanted of it, has come to its end. */
  readonly more?: () => Promise<Page>;
}

/** Records of a list as they are answered and, when there is more, where the next page starts. */
export interface Answered<Shown> {
  readonly records: readonly Shown[];
  readonly next?: Item;
}

/** How much a list answers at once. */
const answerBytesMax = 5 * 1024 * 1024;
/** What Lambda takes. The answer is a text in it: what JSON escapes is escaped once more. */
const escapedBytesMax = 6 * 1024 * 1024;
/** What is kept for all that stands around the records: fields, cursor, headers. */
const frameBytes = 32 * 1024;

/**
 * Measures the records of an answer one after the other.
 * @returns tells of each whether there is room for it as well; there always is for the first
 */
export function answerRoom(): (record: object) => boolean {
  let bytes = frameBytes;
  let escapedBytes = frameBytes;
  let isFirst = true;
  return (record) => {
    const text = JSON.stringify(record);
    const comma = 1;
    bytes += Buffer.byteLength(text) + comma;
    escapedBytes += Buffer.byteLength(JSON.stringify(text)) + comma;
    const fits = isFirst || (bytes <= answerBytesMax && escapedBytes <= escapedBytesMax);
    isFirst = false;
    return fits;
  };
}

/**
 * Begins to read the items below a partition and sort-key prefix, strongly consistent, in key order: one round trip, of at
 * most DynamoDB's 1 MB.
 * @param limit how many items the page has at the most; as many as an answer has room for when left out
 * @param after where the page before ended: its `next`
 */
export async function queryPage(prefix: Key, limit?: number, after?: Item): Promise<Page> {
  const place = [tableDefinition.partitionKey, tableDefinition.sortKey];
  return query(place, wantedFor(limit), after, {
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

/** The same of an index partition: keys only, in index order. The index may lag behind the table for a moment. */
export async function queryIndexPage(gsi1pk: string, limit?: number, after?: Item): Promise<Page> {
  const { name, partitionKey, sortKey } = tableDefinition.index;
  const place = [tableDefinition.partitionKey, tableDefinition.sortKey, partitionKey, sortKey];
  return query(place, wantedFor(limit), after, {
    IndexName: name,
    KeyConditionExpression: "gsi1pk = :pk",
    ExpressionAttributeValues: { ":pk": gsi1pk },
  });
}

/** One more than the page holds tells whether there is more, so that no list ends with an empty page. */
const wantedFor = (limit: number | undefined) => (limit === undefined ? undefined : limit + 1);

async function query(
  place: readonly string[],
  wanted: number | undefined,
  after: Item | undefined,
  input: Omit<QueryCommandInput, "TableName">,
): Promise<Page> {
  const { Items: items = [], LastEvaluatedKey: last } = await documents.send(
    new QueryCommand({
      ...input,
      TableName: settings.TABLE_NAME,
      ...(wanted !== undefined && { Limit: wanted }),
      ...(after && { ExclusiveStartKey: after }),
    }),
  );
  const rest = wanted === undefined ? undefined : wanted - items.length;
  return { items, place, ...(last && rest !== 0 && { more: () => query(place, rest, last, input) }) };
}

/** The items of a page and of all behind it, query by query. */
async function* queries(page: Page): AsyncGenerator<readonly Item[]> {
  for (let at: Page | undefined = page; at; at = await at.more?.()) yield at.items;
}

/** An item of a list, and the record that is answered for it, if there is one. */
interface Candidate<Shown> {
  readonly item: Item;
  readonly record?: Shown | undefined;
}

/** As many records as are wanted and an answer has room for; reads on as long as there is room. */
export async function answerPage<Shown extends object>(
  page: Page,
  limit: number | undefined,
  show: (item: Item) => Shown,
): Promise<Answered<Shown>> {
  async function* candidates() {
    for await (const items of queries(page)) yield items.map((item) => ({ item, record: show(item) }));
  }
  return fill(candidates(), page.place, limit);
}

/** How many records of an index are read at once: ten BatchGetItem calls, and as many for what is shown with them. */
const recordsAtOnce = 1000;

/**
 * The same for the records that an index page names, strongly consistent: one round trip for each thousand.
 * @param relatedKey the key of the record that one is shown together with
 */
export async function answerIndexPage<Shown extends object>(
  page: Page,
  limit: number | undefined,
  relatedKey: (key: Key) => Key,
  show: (item: Item, related: Item | undefined) => Shown,
): Promise<Answered<Shown>> {
  async function* candidates() {
    let left = limit ?? Number.POSITIVE_INFINITY;
    for await (const items of queries(page)) {
      for (let start = 0; start < items.length; start += recordsAtOnce) {
        const [named, beyond] = cut(items.slice(start, start + recordsAtOnce), left);
        left -= named.length;
        yield await readCandidates(named, relatedKey, show);
        // That there is more is known without reading it.
        yield beyond.map((item) => ({ item }));
      }
    }
  }
  return fill(candidates(), page.place, limit);
}

const cut = <T>(all: readonly T[], place: number) => [all.slice(0, place), all.slice(place)] as const;

async function readCandidates<Shown>(
  items: readonly Item[],
  relatedKey: (key: Key) => Key,
  show: (item: Item, related: Item | undefined) => Shown,
): Promise<Candidate<Shown>[]> {
  if (items.length === 0) return [];
  const keys = items.map(({ pk, sk }) => ({ pk, sk }) as Key);
  const found = await readItems<string>({
    ...Object.fromEntries(keys.map((key, at) => [`record ${at}`, key])),
    ...Object.fromEntries(keys.map((key, at) => [`related ${at}`, relatedKey(key)])),
  });
  return items.map((item, at) => {
    const record = found[`record ${at}`];
    return { item, record: record && show(record, found[`related ${at}`]) };
  });
}

/** Takes candidates until there are as many as are wanted or an answer has room for, and no longer. */
async function fill<Shown extends object>(
  batches: AsyncIterable<readonly Candidate<Shown>[]>,
  place: readonly string[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Answered<Shown>> {
  const records: Shown[] = [];
  const hasRoom = answerRoom();
  let taken = 0;
  let last: Item = {};
  for await (const batch of batches) {
    for (const { item, record } of batch) {
      if (taken === limit || (record && !hasRoom(record))) {
        return { records, next: Object.fromEntries(place.map((name) => [name, last[name]])) };
      }
      if (record) records.push(record);
      taken += 1;
      last = item;
    }
  }
  return { records };
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
