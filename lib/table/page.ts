import type { QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Query } from "./commands.ts";
import type { Place } from "./cursor.ts";
import { readItems } from "./read.ts";
import type { IndexKey, IndexPartition, Key, Prefix } from "./records.ts";
import { tableDefinition } from "./table-definition.ts";

/** The items that one query returned of a list, and how to read on. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The attributes that say where in the list an item is. */
  readonly place: readonly string[];
  /** Reads on. Absent at the end of the list. */
  readonly more?: () => Promise<Page<Item>>;
}

/** A page of an index, whose items are the keys of records. */
export type IndexPage<Item> = Page<Key<Item>>;

/** Records of a list as they are answered and, when there is more, where the next page starts. */
export interface Answered<Shown> {
  readonly records: readonly Shown[];
  readonly next?: Place;
}

/** How many records a caller may ask for at once. */
export const pageLimitMax = 1000;

/** How much a list answers at once. */
const answerBytesMax = 5 * 1024 * 1024;
/** What Lambda takes. The answer is a text in JSON, so that characters which JSON escapes are escaped twice. */
const escapedBytesMax = 6 * 1024 * 1024;
/** Reserved for everything around the records: fields, cursor, headers. */
const frameBytes = 32 * 1024;

/** No character of JSON takes more bytes than this, also when the JSON is escaped: it has no control characters. */
const bytesOfCharacterMax = 3;

/**
 * Measures the records of an answer one after the other.
 * @returns a function that says whether a record still fits; the first one always does
 */
export function answerRoom(): (record: object) => boolean {
  let bytes = frameBytes;
  let escapedBytes = frameBytes;
  let isFirst = true;
  // Exact sizes take as long as the rest of an answer, and few answers come near the limits.
  let unmeasured: string[] = [];
  let bytesMax = frameBytes;
  return (record) => {
    const text = JSON.stringify(record);
    const [comma, quotes] = [1, 2];
    unmeasured.push(text);
    bytesMax += bytesOfCharacterMax * text.length + quotes + comma;
    if (bytesMax <= answerBytesMax) {
      isFirst = false;
      return true;
    }
    for (const each of unmeasured) {
      bytes += Buffer.byteLength(each) + comma;
      escapedBytes += Buffer.byteLength(JSON.stringify(each)) + comma;
    }
    unmeasured = [];
    const fits = isFirst || (bytes <= answerBytesMax && escapedBytes <= escapedBytesMax);
    isFirst = false;
    return fits;
  };
}

/**
 * Reads the first items below a prefix, strongly consistent, in key order: one round trip, of at most DynamoDB's 1 MB.
 * @param limit how many items the page has at most; when left out, as many as fit into an answer
 * @param after where the page before ended: its `next`
 */
export function queryPage<Item>(prefix: Prefix<Item>, limit?: number, after?: Place): Promise<Page<Item>> {
  const place = [tableDefinition.partitionKey, tableDefinition.sortKey];
  return query<Item>(place, wantedFor(limit), after, {
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: { ":pk": prefix.pk, ":from": prefix.sk, ":to": endOf(prefix.sk) },
    ConsistentRead: true,
  });
}

/**
 * The end of the keys below a prefix: every prefix ends with `#`, and `$` is the next character. `begins_with` would do
 * the same, but the local engine ignores letter case in it.
 */
const endOf = (prefix: string) => `${prefix.slice(0, -1)}$`;

/** Reads the first keys of an index partition, in index order. The index may lag behind the table for a moment. */
export function queryIndexPage<Item>(
  { gsi1pk }: IndexPartition<Item>,
  limit?: number,
  after?: Place,
): Promise<IndexPage<Item>> {
  const { name, partitionKey, sortKey } = tableDefinition.index;
  const place = [tableDefinition.partitionKey, tableDefinition.sortKey, partitionKey, sortKey];
  return query<Key<Item>>(place, wantedFor(limit), after, {
    IndexName: name,
    KeyConditionExpression: "gsi1pk = :pk",
    ExpressionAttributeValues: { ":pk": gsi1pk },
  });
}

/** All keys of an index partition before an end, in index order, query by query. @param end greater than the last `gsi1sk` */
export async function* queryIndexPages<Item>(
  { gsi1pk }: IndexPartition<Item>,
  end: string,
): AsyncGenerator<readonly (Key<Item> & IndexKey)[]> {
  const { name, partitionKey, sortKey } = tableDefinition.index;
  const place = [tableDefinition.partitionKey, tableDefinition.sortKey, partitionKey, sortKey];
  const first = await query<Key<Item> & IndexKey>(place, undefined, undefined, {
    IndexName: name,
    KeyConditionExpression: "gsi1pk = :pk AND gsi1sk < :end",
    ExpressionAttributeValues: { ":pk": gsi1pk, ":end": end },
  });
  yield* queries(first);
}

/** Reads one more than the page holds, to know whether there is more; so no list ends with an empty page. */
const wantedFor = (limit: number | undefined) => (limit === undefined ? undefined : limit + 1);

async function query<Item>(
  place: readonly string[],
  wanted: number | undefined,
  after: Place | undefined,
  input: Omit<QueryCommandInput, "TableName">,
): Promise<Page<Item>> {
  const { Items = [], LastEvaluatedKey: last } = await documents.send(
    new Query({
      ...input,
      TableName: settings().TABLE_NAME,
      ...(wanted !== undefined && { Limit: wanted }),
      ...(after && { ExclusiveStartKey: after }),
    }),
  );
  // The one place where items of a list get their type: the prefix says which kind of item `lib/` writes below it.
  const items = Items as Item[];
  // Once as many as were wanted have been read, few callers read on: those that leave out many of the items.
  const rest = wanted === undefined || wanted === items.length ? undefined : wanted - items.length;
  return { items, place, ...(last && { more: () => query<Item>(place, rest, last, input) }) };
}

/** The items of a page and of all behind it, query by query. */
async function* queries<Item>(page: Page<Item>): AsyncGenerator<readonly Item[]> {
  for (let at: Page<Item> | undefined = page; at; at = await at.more?.()) yield at.items;
}

/** An item of a list, and the record that is answered for it, if any. */
interface Candidate<Item, Shown> {
  readonly item: Item;
  readonly record?: Shown | undefined;
}

/** The records of a page: as many as were asked for and fit into an answer. Reads on while there is room. */
export async function answerPage<Item extends object, Shown extends object>(
  page: Page<Item>,
  limit: number | undefined,
  show: (item: Item) => Shown,
): Promise<Answered<Shown>> {
  async function* candidates() {
    for await (const items of queries(page)) yield items.map((item) => ({ item, record: show(item) }));
  }
  return fill(candidates(), page.place, limit);
}

/**
 * The records of a page of a list in which each record is several items, one after the other. A query may end within a
 * record; it is then read on.
 * @param limit how many records the page has at most
 * @param nameOf names the record to which an item belongs
 * @param show returns the record that is answered for its items; `undefined` if it was deleted in the meantime
 */
export async function answerGroupedPage<Item extends object, Shown extends object>(
  page: Page<Item>,
  limit: number,
  nameOf: (item: Item) => string,
  show: (items: readonly Item[], name: string) => Promise<Shown | undefined>,
): Promise<Answered<Shown>> {
  async function* candidates(): AsyncGenerator<readonly Candidate<Item, Shown>[]> {
    let left = limit;
    for await (const { items, isFollowed } of groups(page, nameOf)) {
      const [first, item] = [items[0], items.at(-1)];
      if (!first || !item) continue;
      const record = await show(items, nameOf(first));
      yield [{ item, record }];
      if (record) left -= 1;
      if (left > 0) continue;
      // It is known that there is more, without reading it.
      if (isFollowed) yield [{ item }];
      return;
    }
  }
  return fill(candidates(), page.place, limit);
}

/** The items of one record, and whether items of another one follow. */
interface Group<Item> {
  readonly items: readonly Item[];
  readonly isFollowed: boolean;
}

/** The items of a page and of all behind it, record by record. */
async function* groups<Item>(page: Page<Item>, nameOf: (item: Item) => string): AsyncGenerator<Group<Item>> {
  let group: Item[] = [];
  for await (const items of queries(page)) {
    for (const item of items) {
      if (group[0] !== undefined && nameOf(group[0]) !== nameOf(item)) {
        yield { items: group, isFollowed: true };
        group = [];
      }
      group.push(item);
    }
  }
  yield { items: group, isFollowed: false };
}

/** How many records of an index are read at once: ten BatchGetItem calls, and as many for what is shown with them. */
const recordsAtOnce = 1000;

/** What is answered of an index that names records. */
interface IndexList<Item, Related, Shown> {
  /** The key of the record that one is shown together with. It is the same for all records of a partition. */
  readonly relatedKey: (key: Key<Item>) => Key<Related>;
  /** Whether the records of a partition are shown at all. */
  readonly isShown: (key: Key<Item>, related: Related | undefined) => boolean;
  readonly show: (item: Item, related: Related | undefined) => Shown;
}

/**
 * The records that a page of an index names, strongly consistent, as `answerPage` returns them: one round trip for each
 * thousand.
 */
export async function answerIndexPage<Item, Related, Shown extends object>(
  page: IndexPage<Item>,
  limit: number | undefined,
  list: IndexList<Item, Related, Shown>,
): Promise<Answered<Shown>> {
  async function* candidates(): AsyncGenerator<readonly Candidate<Key<Item>, Shown>[]> {
    let left = limit ?? Number.POSITIVE_INFINITY;
    let size = Math.min(left, recordsAtOnce);
    const leftOut = new Set<string>();
    for await (const items of queries(page)) {
      for (let start = 0; start < items.length; ) {
        // It is known that there is more, without reading it.
        if (left <= 0) yield items.slice(start, start + 1).map((item) => ({ item }));
        const candidates = await readCandidates(items.slice(start, start + size), leftOut, list);
        left -= candidates.filter(({ record }) => record).length;
        yield candidates;
        start += size;
        // Records without a place in the answer, such as users of a deleted practice, may be many.
        size = recordsAtOnce;
      }
    }
  }
  return fill(candidates(), page.place, limit);
}

/**
 * Reads the records that an index names.
 * @param leftOut partitions whose records are known not to be shown. They may have many records, so none of them is read.
 * Partitions that are found not to be shown are added
 */
async function readCandidates<Item, Related, Shown>(
  items: readonly Key<Item>[],
  leftOut: Set<string>,
  { relatedKey, isShown, show }: IndexList<Item, Related, Shown>,
): Promise<Candidate<Key<Item>, Shown>[]> {
  const record = (place: number) => `record ${place}` as const;
  const related = (place: number) => `related ${place}` as const;
  const keys: Record<ReturnType<typeof record>, Key<Item>> & Record<ReturnType<typeof related>, Key<Related>> = {};
  for (const [place, key] of items.entries()) {
    if (leftOut.has(key.pk)) continue;
    keys[record(place)] = key;
    keys[related(place)] = relatedKey(key);
  }
  const found = await readItems(keys);
  return items.map((item, place) => {
    const together = found[related(place)];
    if (leftOut.has(item.pk) || !isShown(item, together)) {
      leftOut.add(item.pk);
      return { item };
    }
    const stored = found[record(place)];
    return { item, record: stored && show(stored, together) };
  });
}

/** Takes candidates until there are as many records as were asked for, or the answer is full. */
async function fill<Item extends object, Shown extends object>(
  batches: AsyncIterable<readonly Candidate<Item, Shown>[]>,
  place: readonly string[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Answered<Shown>> {
  const records: Shown[] = [];
  const hasRoom = answerRoom();
  let last: object = {};
  for await (const batch of batches) {
    for (const { item, record } of batch) {
      if (records.length === limit || (record && !hasRoom(record))) {
        return { records, next: Object.fromEntries(place.map((name) => [name, Reflect.get(last, name)])) };
      }
      if (record) records.push(record);
      last = item;
    }
  }
  return { records };
}

/** All items below a prefix with their keys in key order, query by query, strongly consistent. */
export async function* queryPages<Item>(prefix: Prefix<Item>): AsyncGenerator<readonly (Item & Key)[]> {
  // Every item that was read has its key.
  yield* queries((await queryPage(prefix)) as Page<Item & Key>);
}

/** A range of the keys below a prefix, and how to read it. */
export interface Range<Item> {
  readonly prefix: Prefix<Item>;
  /** The first and the last key, inclusive: what follows the prefix in them. */
  readonly from: string;
  readonly to: string;
  readonly descending: boolean;
  /** How many items to read at a time at most. */
  readonly atOnce: number;
}

/** The items of a range in key order, up to 1 MB at a time, strongly consistent. */
export async function* queryRange<Item>(range: Range<Item>): AsyncGenerator<readonly Item[]> {
  const { pk, sk } = range.prefix;
  let start: Place | undefined;
  do {
    const answer = await documents.send(
      new Query({
        TableName: settings().TABLE_NAME,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":pk": pk, ":from": sk + range.from, ":to": sk + range.to },
        ConsistentRead: true,
        ScanIndexForward: !range.descending,
        Limit: range.atOnce,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield (answer.Items ?? []) as Item[];
    start = answer.LastEvaluatedKey;
  } while (start);
}
