import * as z from "zod";
import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import type { ReservedNumber } from "../table/counter.ts";
import { activeOrganizationKey, organizationKey, practiceEventKey, therapistOrganizationKey } from "../table/keys.ts";
import type { Key, Organization, OrganizationEntry, PracticeId } from "../table/records.ts";
import { create, put, remove, replace, rightsHeldBy, type TransactionPart } from "../table/transact.ts";
import * as field from "./therapist-fields.ts";

/**
 * The fields of `OrganizationSave`. Without `id` (or with null) they describe a new organization; with it, the changes
 * of an existing one.
 */
export const OrganizationFields = z.object({
  id: z
    .number({ error: "must be a whole number" })
    .refine(Number.isInteger, "must be a whole number")
    .meta({ type: "integer" })
    .nullish()
    .transform((id) => id ?? undefined),
  name: field.text(255).optional(),
  therapist_user_id: field.integer.optional(),
  is_active: field.boolean.optional(),
});
export type OrganizationFields = z.output<typeof OrganizationFields>;

/** A request to write an organization: its caller, the fields, the actor and the time. */
export interface OrganizationStatement {
  readonly caller: { readonly practice: PracticeId; readonly rightsHeld: TransactionPart | undefined };
  readonly fields: OrganizationFields;
  readonly actor: Actor;
  readonly context: RequestContext;
}

const statedFields = ["name", "therapist_user_id", "is_active"] as const;
type Stated = Omit<OrganizationEntry, "id">;

const blank: Stated = { name: null, therapist_user_id: null, is_active: true };

/** The fields that the caller passed, and the previous values of the others. */
const stated = (before: Stated, { name, therapist_user_id, is_active }: OrganizationFields): Stated => ({
  name: name === undefined ? before.name : name,
  therapist_user_id: therapist_user_id === undefined ? before.therapist_user_id : therapist_user_id,
  is_active: is_active ?? before.is_active,
});

/** The transaction that stores a new organization under a number, and what the caller is answered. */
export function createOrganization({ number, parts }: ReservedNumber, statement: OrganizationStatement) {
  const at = statement.context.now.toISOString();
  const after = { ...stated(blank, statement.fields), id: number, version: 1, createdAt: at, updatedAt: at };
  return { parts: [...parts, ...writeOrganization(undefined, after, statement)], answer: organizationAnswer(after) };
}

/** Returns the transaction that changes the passed fields of an organization, and the answer. */
export function changeOrganization(before: Organization, statement: OrganizationStatement) {
  const updatedAt = statement.context.now.toISOString();
  const after = { ...before, ...stated(before, statement.fields), version: before.version + 1, updatedAt };
  return { parts: writeOrganization(before, after, statement), answer: organizationAnswer(after) };
}

/**
 * Returns the parts that store the record, its entries in the lists, and the audit event. The record's version guards
 * the whole transaction.
 */
function writeOrganization(
  before: Organization | undefined,
  after: Organization,
  { caller, actor, context }: OrganizationStatement,
): TransactionPart[] {
  const { practice } = caller;
  const key = organizationKey(practice, after.id);
  const item = { ...after, type: "organization" };
  const auditEntry = {
    what: before ? "organization.updated" : "organization.created",
    record: { accountId: practice.accountId, id: String(after.id) },
    changed: changedFields<Stated>(statedFields, before ?? blank, after),
  };
  return [
    before ? replace(key, before, item) : create(key, item, "changed"),
    ...moveEntries(practice, before, after),
    auditEvent((eventId) => practiceEventKey(practice, eventId), auditEntry, actor, context),
    ...rightsHeldBy(caller, key),
  ];
}

/**
 * Returns the parts that update an organization's entries in the lists. An entry holds everything that an answer shows.
 * So a list is one query, and shows an organization either as it was before a write or as it is after it.
 */
function moveEntries(practice: PracticeId, before: Organization | undefined, after: Organization): TransactionPart[] {
  const old = before ? entryKeys(practice, before) : [];
  const now = entryKeys(practice, after);
  const entry = { ...organizationAnswer(after), type: "organizationEntry" };
  const left = old.filter(({ sk }) => !now.some((key) => key.sk === sk));
  return [...now.map((key) => put(key, entry)), ...left.map((key) => remove(key))];
}

/**
 * Returns the keys of an organization's entries in the lists. An inactive organization has none, so that lists need not
 * read and skip it.
 */
function entryKeys(practice: PracticeId, { id, is_active, therapist_user_id }: Organization): Key<OrganizationEntry>[] {
  if (!is_active) return [];
  const ofAll = activeOrganizationKey(practice, id);
  return therapist_user_id === null ? [ofAll] : [ofAll, therapistOrganizationKey(practice, therapist_user_id, id)];
}

/** Returns an organization as answers show it. */
export const organizationAnswer = ({ id, name, therapist_user_id, is_active }: OrganizationEntry) => ({
  id,
  name,
  therapist_user_id,
  is_active,
});
