import { newId } from "../crypto/random.ts";
import type { Key } from "../table/records.ts";
import { create, placeholderType, type TransactionPart } from "../table/transact.ts";

/** Who acted. */
export type Actor =
  | { readonly kind: "application"; readonly applicationId: string }
  | { readonly kind: "individual"; readonly applicationId: string; readonly accountId: string; readonly userId: string }
  | { readonly kind: "portalAccount"; readonly applicationId: string; readonly accountId: string; readonly id: string }
  | { readonly kind: "visitor" }
  | { readonly kind: "operator" };

/** When and in which request something happened. */
export interface RequestContext {
  readonly now: Date;
  readonly requestId: string;
}

/** What an event says. The names of changed fields, never their values. */
export interface AuditEntry {
  /** Such as `practice.created`. */
  readonly what: string;
  /** The record's own keys. */
  readonly record: Readonly<Record<string, string>>;
  readonly changed: readonly string[];
}

/**
 * The audit event of a write, to stand in the same transaction.
 * @param keyOf places the event: in the practice's partition, or the vendor's
 */
export function auditEvent(
  keyOf: (eventId: string) => Key,
  auditEntry: AuditEntry,
  who: Actor,
  { now, requestId }: RequestContext,
): TransactionPart {
  const key = keyOf(newId(now));
  const at = now.toISOString();
  const expiresAt = Math.ceil(now.getTime() / 1000) + placeholderSeconds;
  return {
    ...create(key, { type: "event", ...auditEntry, who, at, requestId }, "changed"),
    placeholder: { ...key, type: placeholderType, at, expiresAt },
  };
}

/** How long the place of an event is kept taken whose write was given up: longer than any request is on its way. */
const placeholderSeconds = 86_400;

/** Names of the fields in which two states of a record differ. */
export function changedFields<Record extends object>(
  fields: readonly (keyof Record & string)[],
  before: Partial<Record> | undefined,
  after: Record,
): string[] {
  return fields.filter((field) => JSON.stringify(before?.[field]) !== JSON.stringify(after[field]));
}
