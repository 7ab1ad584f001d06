import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import { hashPassword } from "../crypto/password-hash.ts";
import { firstVersion, newId } from "../crypto/random.ts";
import { Failure } from "../errors.ts";
import { callersKey } from "../table/generation.ts";
import { directAddressKey, loginKey, practiceEventKey, userIndexKey, userKey } from "../table/keys.ts";
import type { Practice, User } from "../table/records.ts";
import { create, remove, replace, rightsHeldBy, type TransactionPart } from "../table/transact.ts";
import { fullDirectAddress, localPart } from "./direct.ts";
import { normaliseLogin } from "./ids.ts";
import { moveClaim } from "./unique-names.ts";
import { UserFields } from "./user-fields.ts";

/** A request to write a user: its caller, the fields, the actor and the time. */
export interface UserStatement {
  readonly caller: { readonly practice: Practice; readonly rightsHeld: TransactionPart | undefined };
  readonly fields: UserFields;
  /** Hash of the new password; `undefined` when neither a password nor a hash was passed. */
  readonly passwordHash: string | undefined;
  readonly actor: Actor;
  readonly context: RequestContext;
}

/** Returns the hash of the password in the fields, or the hash that was passed; `undefined` when neither was passed. */
export const newPasswordHash = async ({ loginPassword, loginPasswordHash }: UserFields): Promise<string | undefined> =>
  loginPassword === undefined ? loginPasswordHash : hashPassword(loginPassword);

/**
 * The fields to store, as a caller sent them. A field that was not passed is cleared, except the password. `active` is
 * not among them, because it has other rules.
 * @throws Failure 4232 for a login without password, 4630 or 4620 for a Direct address that does not fit the Direct
 * domain
 */
function stated(before: User | undefined, { caller, fields, passwordHash }: UserStatement) {
  const password = fields.loginId === undefined ? undefined : (passwordHash ?? before?.passwordHash);
  if (fields.loginId !== undefined && password === undefined) throw new Failure(4232);
  return {
    firstName: fields.firstName,
    middleName: fields.middleName,
    lastName: fields.lastName,
    address1: fields.address1,
    address2: fields.address2,
    city: fields.city,
    state: fields.state,
    postal: fields.postal,
    timeZone: fields.timeZone ?? "Zulu",
    directAddress: statedAddress(before, fields, caller.practice),
    loginId: fields.loginId,
    passwordHash: password,
    provider: fields.provider ?? false,
    admin: fields.admin ?? false,
    searchOptOut: fields.searchOptOut ?? false,
    npi: fields.npi,
    providerTaxonomyCode: fields.providerTaxonomyCode,
    metadata: fields.metadata,
  };
}

/**
 * Returns the local part to store. While the practice has no Direct domain, answers show no address. A caller who then
 * leaves the address out sends back what they read, so the stored one is kept.
 */
const statedAddress = (before: User | undefined, fields: UserFields, practice: Practice) =>
  fields.directAddress === undefined && practice.directDomain === undefined
    ? before?.directAddress
    : localPart(fields.directAddress, practice.directDomain);

/** The record of a new user. @throws Failure 4232, 4630, 4620 */
const newUser = (statement: UserStatement): User => ({
  ...stated(undefined, statement),
  applicationId: statement.caller.practice.applicationId,
  accountId: statement.caller.practice.accountId,
  userId: statement.fields.userId,
  active: statement.fields.active ?? true,
  version: firstVersion(),
  createdId: newId(statement.context.now),
  createdAt: statement.context.now.toISOString(),
  updatedAt: statement.context.now.toISOString(),
});

/**
 * The user with their fields replaced. Attributes that a later release has added stay. @throws Failure 4232, 4630, 4620
 */
const changeUser = (before: User, statement: UserStatement): User => ({
  ...before,
  ...stated(before, statement),
  active: statement.fields.active ?? before.active,
  version: before.version + 1,
  updatedAt: statement.context.now.toISOString(),
});

const auditedFields = Object.keys(UserFields.shape).filter((name) => !name.startsWith("loginPassword")) as (keyof User &
  keyof UserFields)[];

/**
 * Returns the transaction that stores a user, moves their claims and stores the audit event; and the answer. The parts
 * have the order in which the contract wants refusals answered.
 * @param before the stored user, or `undefined` for a new one
 * @param ifExists what it means when a new user's key is in use: 4230, or `"changed"` for a Save
 * @throws Failure 4232, 4630, 4620
 */
export function writeUser(before: User | undefined, statement: UserStatement, ifExists: TransactionPart["ifRefused"]) {
  const after = before ? changeUser(before, statement) : newUser(statement);
  const { applicationId, accountId, userId } = after;
  const key = userKey(after);
  const item = { ...after, ...userIndexKey(applicationId, after.createdId), type: "user" };
  const changed = changedFields(auditedFields, before, after);
  const auditEntry = {
    what: before ? "user.updated" : "user.created",
    record: { accountId, userId },
    changed: before?.passwordHash === after.passwordHash ? changed : [...changed, "loginPassword"],
  };
  return {
    parts: [
      before ? replace(key, before, item) : create(key, item, ifExists),
      ...moveClaim(before?.directAddress, after.directAddress, (local) => directAddressKey(after, local), after, 4610),
      ...moveClaim(loginOf(before), loginOf(after), loginKey, after, 4234),
      auditEvent((eventId) => practiceEventKey(after, eventId), auditEntry, statement.actor, statement.context),
      ...rightsHeldBy(statement.caller, key),
    ],
    answer: { accountId: callersKey(accountId), userId, action: before ? "update" : "create" },
  };
}

/**
 * Returns the transaction that deletes a user with their claims, and the answer. What others keep of the user is not among its
 * parts.
 */
export function deleteUser(before: User, { caller, actor, context }: Omit<UserStatement, "fields" | "passwordHash">) {
  const { accountId, userId } = before;
  const auditEntry = { what: "user.deleted", record: { accountId, userId }, changed: [] };
  const key = userKey(before);
  return {
    parts: [
      remove(key, before),
      ...moveClaim(before.directAddress, undefined, (local) => directAddressKey(before, local), before, 4610),
      ...moveClaim(loginOf(before), undefined, loginKey, before, 4234),
      auditEvent((eventId) => practiceEventKey(before, eventId), auditEntry, actor, context),
      // Those who delete themselves have the right while their own record has not changed, which the first part checks.
      ...rightsHeldBy(caller, key),
    ],
    answer: { accountId: callersKey(accountId), userId, action: "delete" },
  };
}

const loginOf = (user: User | undefined) => (user?.loginId === undefined ? undefined : normaliseLogin(user.loginId));

/**
 * Returns a user as `UserGet` and `UserList` answer them, never with a password.
 * @param directDomain the label of their practice's Direct domain
 */
export const userAnswer = (user: User, directDomain: string | undefined) => ({
  userId: user.userId,
  accountId: callersKey(user.accountId),
  loginId: user.loginId ?? "",
  firstName: user.firstName,
  middleName: user.middleName ?? "",
  lastName: user.lastName,
  address1: user.address1 ?? "",
  address2: user.address2 ?? "",
  city: user.city ?? "",
  state: user.state ?? "",
  postal: user.postal ?? "",
  timeZone: user.timeZone,
  metadata: user.metadata ?? "",
  vetted: false,
  active: user.active,
  searchOptOut: user.searchOptOut,
  npi: user.npi ?? "",
  providerTaxonomyCode: user.providerTaxonomyCode ?? "",
  directAddress: fullDirectAddress(user.directAddress, directDomain),
  provider: user.provider,
  admin: user.admin,
});
