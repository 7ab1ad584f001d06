import type { AccountSort, AccountWhere } from "./account-list.ts";

/** An answer with a page of a list: with a cursor, or of a portal, where `hasMore` says whether the list goes on. */
type Answer =
  | { readonly cursor?: string }
  | { readonly data: readonly Entry[]; readonly hasMore: boolean; readonly next?: string };
/** An entry of a portal's list. */
interface Entry {
  readonly _id: string;
  readonly object: string;
}
type List = (...args: never[]) => Promise<Answer>;
type Input<Method extends List> = Omit<NonNullable<Parameters<Method>[0]>, "cursor" | "skip">;
type Element<Method extends List> = Extract<
  Awaited<ReturnType<Method>>[keyof Awaited<ReturnType<Method>>],
  readonly unknown[]
>[number];

/** The input of a list, as far as this file changes it. */
interface Asked {
  readonly where?: AccountWhere | string | undefined;
  readonly sort?: AccountSort | string | undefined;
  readonly cursor?: string;
  readonly before?: string;
  readonly skip?: number;
  readonly limit?: number;
  readonly "paths[]"?: readonly string[];
  readonly "include[]"?: undefined;
  readonly "expand[]"?: undefined;
}
/** Requests one page. */
type Page<Answered extends Answer = Answer> = (asked: Asked) => Promise<Answered>;
type PortalAnswer = Extract<Answer, { readonly hasMore: boolean }>;

/**
 * Iterates over all records of a list. Each page is requested when its first record is needed. A record that exists from
 * beginning to end is returned exactly once, whatever is created or deleted meanwhile.
 *
 * ```ts
 * for await (const practice of each(directory.practiceList)) console.log(practice.name);
 * ```
 * @param list a method that lists records page by page: `practiceList`, `userList`, `organizationList`, `accountList`,
 * `connectionList`, `accountEventList` and so on
 * @throws FrontdeskError when a call fails, or the signal's reason when it is aborted
 */
export async function* each<Method extends List>(
  list: Method,
  ...[input, options]: Record<never, never> extends Input<Method>
    ? [input?: Input<Method>, options?: Parameters<Method>[1]]
    : [input: Input<Method>, options?: Parameters<Method>[1]]
): AsyncGenerator<Element<Method>, void, undefined> {
  const method = list as unknown as (asked: object, options?: object) => Promise<Answer>;
  const stated: Asked = { ...input };
  const page: Page = (asked) => method({ ...stated, ...asked }, options);
  const first = await page({});
  const entries = "hasMore" in first ? ofPortal(first, page as Page<PortalAnswer>, stated) : byCursor(first, page);
  yield* entries as AsyncGenerator<Element<Method>>;
}

/** The records of a list with cursors. */
async function* byCursor(first: Answer, page: Page): AsyncGenerator<unknown> {
  for (let answer = first; ; ) {
    yield* Object.values<unknown>(answer).find(Array.isArray) ?? [];
    const { cursor } = answer as { readonly cursor?: string };
    if (cursor === undefined) return;
    answer = await page({ cursor });
  }
}

/** The entries of a portal's list: of accounts, of connections, or of something that says itself how it goes on. */
async function* ofPortal(first: PortalAnswer, page: Page<PortalAnswer>, stated: Asked): AsyncGenerator<Entry> {
  yield* first.data;
  if (!first.hasMore) return;
  if (first.next !== undefined) yield* byNext(first.next, page);
  else if (stated.where !== undefined || first.data[0]?.object === "account") yield* accounts(first, page, stated);
  else yield* bySkip(first, page, stated);
}

/** The entries after an answer that names the `before` of the next call. */
async function* byNext(next: string, page: Page<PortalAnswer>): AsyncGenerator<Entry> {
  for (let before: string | undefined = next; before !== undefined; ) {
    const answer: PortalAnswer = await page({ before });
    yield* answer.data;
    before = answer.next;
  }
}

/** How many ids are read at once where a filter has found nothing. */
const stretchMax = 1000;

/**
 * The accounts after the first page. Ids are in the order of the list, so each page is asked for by the last id of the page
 * before it: accounts that are created or erased meanwhile move no other account to another page.
 */
async function* accounts(first: PortalAnswer, page: Page<PortalAnswer>, stated: Asked): AsyncGenerator<Entry> {
  const [beyond, upTo] = isAscending(stated.sort) ? ["$gt", "$lte"] : ["$lt", "$gte"];
  const filter = typeof stated.where === "string" && stated.where !== "" ? JSON.parse(stated.where) : stated.where;
  const bounds = (after?: string, end?: string): AccountWhere[] => {
    const bound = { ...(after !== undefined && { [beyond]: after }), ...(end !== undefined && { [upTo]: end }) };
    return Object.keys(bound).length > 0 ? [{ _id: bound }] : [];
  };
  const whereOf = (conditions: readonly AccountWhere[]) =>
    conditions.length > 1 ? { $and: conditions } : conditions[0];

  /** The accounts that follow an answer, up to `end`. @param after the last id before those of the answer */
  async function* following(
    answer: PortalAnswer,
    stretch: number,
    after?: string,
    end?: string,
  ): AsyncGenerator<Entry> {
    let last = after;
    for (let latest = answer; latest.hasMore; ) {
      last = latest.data.at(-1)?._id ?? (yield* pastNothing(stretch, last, end));
      if (last === undefined) return;
      latest = await page({ where: whereOf([...(filter ? [filter] : []), ...bounds(last, end)]) });
      yield* latest.data;
    }
  }
  /**
   * A call ends early where the filter has found nothing for long, and does not say where it ended. So this asks for ids
   * without the filter, and then for those accounts among them that match. Returns the last of the ids;
   * `undefined` if there are none, because those accounts have been erased.
   */
  async function* pastNothing(limit: number, after?: string, end?: string): AsyncGenerator<Entry, string | undefined> {
    const none = { "include[]": undefined, "expand[]": undefined };
    const ids = await page({ where: whereOf(bounds(after, end)), "paths[]": ["_id"], ...none, limit });
    const last = ids.data.at(-1)?._id;
    if (last === undefined && ids.hasMore) throw new Error("the list does not go on, although it has more");
    if (last === undefined) return undefined;
    const among = await page({ where: whereOf([...(filter ? [filter] : []), ...bounds(after, last)]) });
    yield* among.data;
    yield* following(among, Math.ceil(limit / 2), after, last);
    return last;
  }
  yield* following(first, stretchMax);
}

/** Whether the order of a list of accounts is oldest first. */
const isAscending = (sort: Asked["sort"] = "") =>
  /^\[?(_id|\{_id:1\})\]?$/.test((typeof sort === "string" ? sort : JSON.stringify(sort)).replaceAll(/[\s"]/g, ""));

/**
 * The entries after the first page of a list that only knows how many to skip, newest first. Each page begins with the last
 * entry of the page before it. If another entry is there, some that came earlier have been deleted: it then goes back, and
 * leaves out what it has returned already.
 */
async function* bySkip(first: PortalAnswer, page: Page<PortalAnswer>, { limit }: Asked): AsyncGenerator<Entry> {
  let [start, answer] = [0, first];
  let oldest = first.data.at(-1)?._id ?? "g";
  while (answer.hasMore) {
    const edge = answer.data.length > 1 ? answer.data.at(-1)?._id : undefined;
    start += Math.max(answer.data.length - 1, 1);
    // Of a page with one entry only, nothing would be new.
    const ask = () => page({ skip: start, ...(limit === 1 && { limit: 2 }) });
    for (answer = await ask(); start > 0 && edge !== undefined && !startsAt(answer, edge); answer = await ask()) {
      start = Math.floor(start / 2);
    }
    yield* answer.data.filter(({ _id }) => _id < oldest);
    const last = answer.data.at(-1)?._id;
    if (last !== undefined && last < oldest) oldest = last;
  }
}

/** Whether a page, newest first, begins at an entry or before it. */
const startsAt = ({ data: [first] }: PortalAnswer, id: string): boolean => first !== undefined && first._id >= id;
