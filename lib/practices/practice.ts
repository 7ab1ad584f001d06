import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import { firstVersion } from "../crypto/random.ts";
import { callersKey, storedAccountId } from "../table/generation.ts";
import {
  deletedPracticeKey,
  directAddressKey,
  directDomainKey,
  practiceEventKey,
  practiceKey,
  webAddressKey,
} from "../table/keys.ts";
import type { DeletedPractice, Practice } from "../table/records.ts";
import { checkAbsent, checkUnchanged, create, replace, type TransactionPart } from "../table/transact.ts";
import { fullDirectAddress, fullDirectDomain, localPart } from "./direct.ts";
import { PracticeFields } from "./practice-fields.ts";
import { moveClaim, moveName } from "./unique-names.ts";

/**
 * The fields to store, as a caller sent them. A field that was not passed is cleared. `active` is not among them,
 * because it has other rules.
 * @throws Failure 4630 or 4620 for a Direct address that does not fit the Direct domain
 */
function stated(fields: PracticeFields) {
  return {
    name: fields.name,
    address1: fields.address1,
    address2: fields.address2,
    city: fields.city,
    state: fields.state,
    postal: fields.postal,
    phone: fields.phone,
    fax: fields.fax,
    timeZone: fields.timeZone ?? "Zulu",
    websiteAddress: fields.websiteAddress,
    directDomain: fields.directDomain,
    directAddress: localPart(fields.directAddress, fields.directDomain),
    practiceNpi: fields.practiceNpi,
    practiceSpecialtyCode: fields.practiceSpecialtyCode,
    metadata: fields.metadata,
  };
}

/** The record of a new practice. @throws Failure 4630, 4620 */
const newPractice = ({ caller, fields, found: { deleted }, context: { now } }: PracticeStatement): Practice => ({
  ...stated(fields),
  applicationId: caller.vendor.applicationId,
  accountId: storedAccountId(fields.accountId, deleted ? deleted.generation + 1 : 0),
  active: fields.active ?? true,
  version: firstVersion(),
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
});

/** The parts that store a new practice, unless another one was created or deleted under its key since that was read. */
function creation(practice: Practice, { deleted }: PracticeStatement["found"], ifExists: TransactionPart["ifRefused"]) {
  const deletedKey = deletedPracticeKey(practice);
  return [
    create(practiceKey(practice), { ...practice, type: "practice" }, ifExists),
    deleted ? checkUnchanged(deletedKey, deleted) : checkAbsent(deletedKey),
  ];
}

/** The practice with its fields replaced. Attributes that a later release has added stay. @throws Failure 4630, 4620 */
const changePractice = (before: Practice, fields: PracticeFields, now: Date): Practice => ({
  ...before,
  ...stated(fields),
  active: fields.active ?? before.active,
  sessionEpoch: (before.sessionEpoch ?? 0) + (before.active && fields.active === false ? 1 : 0),
  version: before.version + 1,
  updatedAt: now.toISOString(),
});

const auditedFields = Object.keys(PracticeFields.shape) as (keyof Practice & keyof PracticeFields)[];

/** A request to write a practice: its caller, the fields, the actor and the time. */
export interface PracticeStatement {
  readonly caller: { readonly vendor: { readonly applicationId: string } };
  readonly fields: PracticeFields;
  /** The practice under this key, and what is left of those that were deleted. */
  readonly found: { readonly practice?: Practice | undefined; readonly deleted?: DeletedPractice | undefined };
  readonly actor: Actor;
  readonly context: RequestContext;
}

/**
 * Returns the transaction that stores a practice, moves its claims and stores the audit event; and the answer. The
 * parts have the order in which the contract wants refusals answered.
 * @param before the stored practice, or `undefined` for a new one
 * @param ifExists what it means when a new practice's key is in use: 4130, or `"changed"` for a Save
 * @throws Failure 4630, 4620
 */
export function writePractice(
  before: Practice | undefined,
  statement: PracticeStatement,
  ifExists: TransactionPart["ifRefused"],
) {
  const { fields, found, actor, context } = statement;
  const after = before ? changePractice(before, fields, context.now) : newPractice(statement);
  const auditEntry = {
    what: before ? "practice.updated" : "practice.created",
    record: { accountId: after.accountId },
    changed: changedFields(auditedFields, before, after),
  };
  return {
    parts: [
      ...(before
        ? [replace(practiceKey(after), before, { ...after, type: "practice" })]
        : creation(after, found, ifExists)),
      ...moveName(before?.websiteAddress, after.websiteAddress, webAddressKey, after, context.now, 4140),
      ...moveName(before?.directDomain, after.directDomain, directDomainKey, after, context.now, 4150),
      ...moveClaim(before?.directAddress, after.directAddress, (local) => directAddressKey(after, local), after, 4610),
      auditEvent((eventId) => practiceEventKey(after, eventId), auditEntry, actor, context),
    ],
    answer: { accountId: callersKey(after.accountId), action: before ? "update" : "create" },
  };
}

/** Returns a practice as `PracticeGet` and `PracticeList` answer it. */
export const practiceAnswer = (practice: Practice) => ({
  accountId: callersKey(practice.accountId),
  name: practice.name,
  address1: practice.address1 ?? "",
  address2: practice.address2 ?? "",
  city: practice.city ?? "",
  state: practice.state ?? "",
  postal: practice.postal ?? "",
  phone: practice.phone ?? "",
  fax: practice.fax ?? "",
  directAddress: fullDirectAddress(practice.directAddress, practice.directDomain),
  directDomain: practice.directDomain === undefined ? "" : fullDirectDomain(practice.directDomain),
  websiteAddress: practice.websiteAddress ?? "",
  timeZone: practice.timeZone,
  practiceNpi: practice.practiceNpi ?? "",
  practiceSpecialtyCode: practice.practiceSpecialtyCode ?? "",
  metadata: practice.metadata ?? "",
  vetted: false,
  active: practice.active,
});
