import { isDeepStrictEqual } from "node:util";
import { newId } from "../crypto/random.ts";
import { eventSeconds } from "../settings.ts";
import { withCallersKey } from "../table/generation.ts";
import type { Key } from "../table/records.ts";
import { create, placeholderType, type TransactionPart } from "../table/transact.ts";
import { noteWritten } from "./access-note.ts";

/** Who acted. */
export type Actor =
  | { readonly kind: "application"; readonly applicationId: string }
  | { readonly kind: "individual"; readonly applicationId: string; readonly accountId: string; readonly userId: string }
  | { readonly kind: "portalAccount"; readonly applicationId: string; readonly accountId: string; readonly id: string }
  | { readonly kind: "visitor" }
  /** A worker, which acts on its own or goes on with a request. */
  | { readonly kind: "system" }
  | { readonly kind: "operator" };

/** When something happened, in which request, and from where. */
export interface RequestContext {
  readonly now: Date;
  readonly requestId: string;
  /** The IP address that the request came from. Commands of operators and scheduled work have none. */
  readonly sourceIp?: string;
}

/** The content of an audit event. It has the names of changed fields, never their values. */
export interface AuditEntry {
  /** What happened, such as `practice.created`. */
  readonly what: string;
  /** The ids that name the record. */
  readonly record: Readonly<Record<string, string>>;
  readonly changed: readonly string[];
}

/**
 * Returns the transaction part that stores the audit event of a write. The access log also says which record it was.
 * @param keyOf returns the event's key, in the partition of the practice or of the vendor
 * @param keptSeconds after this time DynamoDB deletes the event
 */
export function auditEvent(
  keyOf: (eventId: string) => Key,
  auditEntry: AuditEntry,
  who: Actor,
  { now, requestId, sourceIp }: RequestContext,
  keptSeconds = eventSeconds(),
): TransactionPart {
  const key = keyOf(newId(now));
  const record = withCallersKey(auditEntry.record);
  noteWritten(record);
  const at = now.toISOString();
  const inSeconds = (seconds: number) => Math.ceil(now.getTime() / 1000) + seconds;
  const event = { ...auditEntry, record, who: withCallersKey(who), at, requestId, ...(sourceIp && { sourceIp }) };
  return {
    ...create(key, { type: "event", ...event, expiresAt: inSeconds(keptSeconds) }, "changed"),
    placeholder: { ...key, type: placeholderType, at, expiresAt: inSeconds(placeholderSeconds) },
  };
}

/**
 * How long a placeholder stays in the place of the event when the write was given up. No request takes longer to
 * arrive.
 */
const placeholderSeconds = 86_400;

/** Returns the names of the fields in which two states of a record differ. */
export function changedFields<Record extends object>(
  fields: readonly (keyof Record & string)[],
  before: Partial<Record> | undefined,
  after: Record,
): string[] {
  return fields.filter((field) => !isDeepStrictEqual(before?.[field], after[field]));
}
