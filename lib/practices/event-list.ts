import { startOfIds } from "../crypto/random.ts";
import type { Place } from "../table/cursor.ts";
import { withCallersKey } from "../table/generation.ts";
import { answerRoom, queryRange } from "../table/page.ts";
import type { AuditEvent, Key, Placeholder, Prefix } from "../table/records.ts";

/** Which events are wanted. */
export interface EventQuery {
  /** Epoch milliseconds. Only events at this time or later. */
  readonly since: number | undefined;
  /** Epoch milliseconds. Only events before this time. */
  readonly until: number | undefined;
  readonly limit: number;
  /** Where the page before ended: its `next`. */
  readonly start: Place | undefined;
}

/** The partitions with the events: those of all practices that have or had one key, or that of a vendor. */
export interface EventPartitions {
  /** The caller's key of the practice; `""` for a vendor. */
  readonly accountId: string;
  /** The newest generation. The oldest is 0. */
  readonly generation: number;
  readonly prefixOf: (generation: number) => Prefix<Stored>;
}

type Stored = (AuditEvent | Placeholder) & Key;

/** Where a page starts: in the partition of which generation, and after which event there. */
interface EventPlace extends Place {
  readonly generation: number;
  readonly after?: string;
}

/** A page of events, newest first. */
interface EventPage {
  readonly events: readonly object[];
  readonly next?: EventPlace;
}

/**
 * A page ends after so many queries. Otherwise a partition with many placeholders, or a key under which many practices were
 * deleted, could take too long.
 */
const queriesMax = 40;
/** How many items are read at once at least, so that placeholders take few queries. */
const atOnceMin = 25;

/** Lists audit events newest first; those of the newest generation come before those of earlier ones. */
export async function listEvents(partitions: EventPartitions, query: EventQuery): Promise<EventPage> {
  const events: object[] = [];
  const hasRoom = answerRoom();
  let next: EventPlace | undefined;
  let queries = 0;
  for await (const { found, end } of batches(partitions, query)) {
    for (const { item, place } of found) {
      if (item.type === "event") {
        const event = eventAnswer(place.after, partitions.accountId, item);
        if (events.length === query.limit || !hasRoom(event)) return { events, ...(next && { next }) };
        events.push(event);
      }
      next = place;
    }
    next = end;
    queries += 1;
    if (queries === queriesMax) return { events, next };
  }
  return { events };
}

/** The items in the wanted time, query by query, and after each query the place where to read on. */
async function* batches({ generation: newest, prefixOf }: EventPartitions, { since, until, limit, start }: EventQuery) {
  const from = since === undefined ? "" : idsFrom(since);
  const to = until === undefined ? afterAllIds : idsFrom(until);
  if (from > to) return;
  const atOnce = Math.max(limit + 1, atOnceMin);
  let after = typeof start?.after === "string" ? start.after : undefined;
  let generation = typeof start?.generation === "number" ? start.generation : newest;
  for (; generation >= 0; generation -= 1) {
    const prefix = prefixOf(generation);
    for await (const items of queryRange({ prefix, from, to: after ?? to, descending: true, atOnce })) {
      const all = items.map((item) => ({ item, place: { generation, after: item.sk.slice(prefix.sk.length) } }));
      const end: EventPlace = all.at(-1)?.place ?? { generation: generation - 1 };
      yield { found: all.filter(({ place }) => place.after !== after), end };
    }
    after = undefined;
  }
}

/** Greater than each id, because ids are hex digits. */
const afterAllIds = "g";
/** Ids have eight hex digits for the seconds. */
const idsEndMs = 2 ** 32 * 1000;

/** The least id of events at a time or later. @param ms epoch milliseconds */
function idsFrom(ms: number): string {
  if (ms < 0) return "";
  return ms < idsEndMs ? startOfIds(ms) : afterAllIds;
}

/** An event as it is answered. Generations are left out of its ids. */
const eventAnswer = (
  eventId: string,
  accountId: string,
  { what, at, record, who, changed, requestId, sourceIp = "" }: AuditEvent,
) => ({
  eventId,
  what,
  at,
  accountId,
  record: withCallersKey(record),
  who: withCallersKey(who),
  changed,
  requestId,
  sourceIp,
});
