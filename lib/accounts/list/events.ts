import { practiceEventPrefix } from "../../table/keys.ts";
import { queryRange } from "../../table/page.ts";
import type { AuditEvent, PortalAccountId } from "../../table/records.ts";
import { accountReference, connectionReference } from "../account/account.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { statedId } from "../account/target.ts";
import { readPageQuery, unsupported } from "./page-query.ts";

/** Which part of the events is wanted. */
interface EventQuery {
  readonly limit: number;
  /** Only older ones than this event. */
  readonly before: string | undefined;
}

/** A part of an account's events, newest first. */
interface EventList {
  readonly data: readonly { readonly _id: string }[];
  /** Whether there are older events, or may be. */
  readonly hasMore: boolean;
  /** The `before` of the next call. Absent when there is no more. */
  readonly next?: string | undefined;
}

const refused = [...unsupported, "skip", "where", "sort", "paths", "include", "expand"];
const limits = { default: 25, max: 100 };

/** Reads `limit` and `before`. @throws Failure kInvalidArgument */
export function readEventQuery(query: Readonly<Record<string, unknown>>): EventQuery {
  const { limit } = readPageQuery(query, refused, limits);
  const { before: stated = "" } = query;
  const before = typeof stated === "string" ? statedId(stated) : undefined;
  if (stated !== "" && before === undefined) throw invalidArgument("before is the _id of an event");
  return { limit, before };
}

/**
 * A list ends early, with `next`, after so many events of the practice. Otherwise the list of somebody who does little in a
 * busy practice would read everything.
 */
const eventsMax = 1000;
/** How many events are read at once. */
const atOnce = 250;

/** Returns the events about an account and those of what its holder did, newest first. */
export async function listEvents(account: PortalAccountId, { limit, before }: EventQuery): Promise<EventList> {
  const prefix = practiceEventPrefix(account);
  const data: { readonly _id: string }[] = [];
  let read = 0;
  for await (const items of queryRange({ prefix, from: "", to: before ?? "g", descending: true, atOnce })) {
    let last: string | undefined;
    for (const item of items) {
      last = item.sk.slice(prefix.sk.length);
      if (last === before || item.type !== "event" || !concerns(item, account.id)) continue;
      if (data.length === limit) return { data, hasMore: true, next: data.at(-1)?._id };
      data.push(eventView(last, item));
    }
    read += items.length;
    if (last !== undefined && read >= eventsMax) return { data, hasMore: true, next: last };
  }
  return { data, hasMore: false };
}

const concerns = ({ record, who }: AuditEvent, id: string) =>
  record.id === id || (who.kind === "portalAccount" && who.id === id);

/** An event as portals answer it. It has ids and names of properties, never values. */
function eventView(_id: string, { what, at, changed, who, record, requestId, sourceIp }: AuditEvent) {
  const connections = record.connections?.split(" ");
  return {
    _id,
    object: "event",
    what,
    created: at,
    changed,
    who: whoView(who),
    ...(record.id !== undefined && { account: accountReference(record.id) }),
    ...(connections && { connections: connections.map(connectionReference) }),
    requestId,
    ...(sourceIp !== undefined && { sourceIp }),
  };
}

/** Who acted: the kind, and the id that names them at a portal. */
function whoView({ kind, id, applicationId, userId }: AuditEvent["who"]): object {
  if (kind === "portalAccount" && id !== undefined) return { kind, account: accountReference(id) };
  if (kind === "application") return { kind, applicationId };
  return kind === "individual" ? { kind, userId } : { kind };
}
