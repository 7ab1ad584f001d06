import type * as z from "zod";
import { type Ids, noteActor, noteRecord } from "../audit/access-note.ts";
import type { Actor, RequestContext } from "../audit/audit-event.ts";
import { Failure } from "../errors.ts";
import { isObject } from "../json.ts";
import { type ApplicationTier, limitsCalls, type Operation, type OperationIdOf, type Row } from "../operations.ts";
import { recordIdFrom } from "../practices/ids.ts";
import { type SignedIn, signIn } from "../practices/individual.ts";
import { admitsVendor } from "../practices/vendor.ts";
import { checkSettings, entranceSettings } from "../settings.ts";
import { waitForAll } from "../table/deadline.ts";
import { callersKey } from "../table/generation.ts";
import { practiceKey, userKey, vendorKey } from "../table/keys.ts";
import { type Found, type Keys, readTogether } from "../table/read.ts";
import type { Practice, PracticeId, User, UserId, Vendor } from "../table/records.ts";
import { checkUnchanged, type TransactionPart } from "../table/transact.ts";
import type { Admission, Admitted, CommonDefinition, CommonRequest } from "./admission.ts";
import type { CallEvent } from "./call.ts";
import { type Credentials, idOf, inHeaders, isIndividual, statedCredentials, textOf } from "./credentials.ts";
import { countByCredentials, type Limited } from "./entrance-count.ts";
import { envelope } from "./envelope.ts";
import { checkFields, hasErrors, readFields, type Target } from "./field-check.ts";
import { answerOnce } from "./idempotency.ts";
import { problem } from "./problem.ts";

/** The records that a caller has proven to act for; how many depends on the operation's tier. */
export interface Caller<T extends ApplicationTier = ApplicationTier> {
  readonly actor: Actor;
  readonly vendor: Vendor;
  readonly practice: T extends "account" | "user" ? Practice : undefined;
  readonly user: T extends "user" ? User : undefined;
  /**
   * A condition that the record which gives the caller their rights has not changed. Applications have none: a condition on
   * the vendor's item in many simultaneous writes would make them wait for each other.
   */
  readonly rightsHeld: TransactionPart | undefined;
}

type FieldsOf<Schema> = Schema extends z.ZodObject ? z.output<Schema> : undefined;

/** What a function is given whose caller is an application or an individual. */
export interface CredentialsRequest<Id extends OperationIdOf<ApplicationTier>, Schema, Reads extends Keys, List>
  extends CommonRequest {
  readonly fields: FieldsOf<Schema>;
  readonly caller: Caller<Row<Id>["tier"]>;
  readonly actor: Actor;
  /** The items of `reads`, read together with the records that authorise the caller. */
  readonly found: Found<Reads>;
  /** What `page` read. */
  readonly page: List;
  /**
   * The same request as it is now: the items of `reads` read again and the caller checked again.
   * @throws Failure when the caller would not be admitted any more
   */
  refresh(): Promise<CredentialsRequest<Id, Schema, Reads, List>>;
}

/** An operation whose caller is an application or an individual. */
export interface CredentialsDefinition<
  Id extends OperationIdOf<ApplicationTier>,
  Schema extends z.ZodObject | undefined,
  Reads extends Keys,
  List,
> extends CommonDefinition {
  /** The id in the body's root or among the credentials names the record that this is about. */
  readonly target?: Target;
  /** What goes in. */
  readonly fields?: Schema;
  /** Fields that answers show, and that callers therefore may send back. They change nothing. */
  readonly readOnly?: readonly string[];
  /** Items to read in the same round trip as the records that authorise the caller. @param scope not proven yet */
  readonly reads?: (scope: UserId, fields: FieldsOf<Schema>) => Reads;
  /** A list to read at the same time. @param scope not proven yet */
  readonly page?: (scope: UserId, fields: FieldsOf<Schema>) => Promise<List>;
  /** Does it and returns what the answer says. */
  readonly run: (request: CredentialsRequest<Id, Schema, Reads, List>) => Promise<object | undefined>;
}

/** What of a definition the admission uses. */
interface Wanted extends CommonDefinition {
  readonly target?: Target;
  readonly fields?: z.ZodObject;
  readonly readOnly?: readonly string[];
  readonly reads?: (scope: UserId, fields: unknown) => Keys;
  readonly page?: (scope: UserId, fields: unknown) => Promise<unknown>;
}

/** What the admission adds to a request. */
interface Added {
  readonly fields: unknown;
  readonly caller: Caller;
  readonly actor: Actor;
  readonly found: Found<Keys>;
  readonly page: unknown;
}

/**
 * Admits applications and individuals at the operation's tier. Unknown, wrong and inactive are one answer after the same
 * work.
 */
export const byCredentials = {
  kind: "byCredentials",
  dialectOf: ({ family }: Operation) => (family === "therapists" ? problem : envelope),
  knownFields: ({ target, fields, readOnly = [] }: Wanted) =>
    new Set(["auth", ...(target ? [target] : []), ...Object.keys(fields?.shape ?? {}), ...readOnly]),
  checkSettings(row: Operation) {
    checkSettings(row);
    if (limitsCalls(row)) entranceSettings();
  },
  admit,
  answerOnce,
} as const satisfies Admission<Wanted, Added> & { kind: string };
/** The type of `byCredentials`, by which `operation` knows it. */
export type ByCredentials = typeof byCredentials;

async function admit(event: CallEvent, row: Operation, { target, ...wanted }: Wanted): Promise<Admitted<Added>> {
  const tier = row.tier as ApplicationTier;
  const dialect = byCredentials.dialectOf(row);
  const stated = statedCredentials(event);
  const read = readFields(event, wanted.fields, target);
  const missing = missingFrom(tier, stated);
  const namedId = (name: Target) =>
    idOf(target === name ? recordIdFrom(event.call.input[name], stated[name]) : stated[name]);
  const pages: Promise<unknown>[] = [];
  const named = { accountId: namedId("accountId"), userId: namedId("userId") };

  const check = await (isIndividual(stated) ? individual : application)({
    tier,
    entrance: row.entrance && row.id,
    stated,
    alsoStated: () => inHeaders(event),
    named,
    record: {
      ...(target === "accountId" && { accountId: namedId("accountId") || undefined }),
      ...((target === "userId" || tier === "user") && { userId: namedId("userId") || undefined }),
      ...idsIn(read.fields),
    },
    context: event.call.context,
    startReads: (scope) => {
      if (hasErrors(read)) return {};
      // Not awaited here: a refusal must not take longer because a list is long.
      const page = wanted.page?.(scope, read.fields);
      if (page) pages.push(page);
      page?.catch(() => {});
      return wanted.reads?.(scope, read.fields) ?? {};
    },
    refusal: (at) => new Failure(dialect.unauthorized[at], [], missing),
  });
  const first = await check();
  checkFields(read, dialect, target);
  await Promise.allSettled(pages);
  const list = await pages.at(-1);
  const admitted = ({ caller, found }: Checked): Admitted<Added> => ({
    identity: { caller: namesOf(caller), stated: named },
    added: { fields: read.fields, caller, actor: caller.actor, found, page: list },
    refresh: async () => admitted(await check()),
  });
  return admitted(first);
}

/** Names a caller: an application and the practice that it acts for, or an individual. */
const namesOf = ({ actor, practice }: Caller): string[] => [
  ...Object.values(actor),
  ...(actor.kind === "application" && practice ? [practice.accountId] : []),
];

/** The ids in fields. They name the record that a request is about. */
function idsIn(fields: unknown): Ids {
  const stated = isObject(fields) ? fields : {};
  const ids = ["accountId", "userId", "therapistUserId", "id"].map((name) => [name, idOf(stated[name])] as const);
  return Object.fromEntries(ids.filter(([, id]) => id !== ""));
}

/** What a request leaves out that its tier needs, as a sentence that says what to send; the code does not depend on it. */
function missingFrom(tier: ApplicationTier, stated: Credentials): string | undefined {
  if (isIndividual(stated)) return undefined;
  if (stated.applicationId === undefined && stated.applicationPassword === undefined) {
    return "no credentials were sent: they go into the body's auth, or into an Authorization header";
  }
  if (tier !== "vendor" && stated.accountId === undefined) {
    return "no practice was named: send its accountId with the other credentials, in the body's auth or in an X-Account-Id header";
  }
  if (tier === "user" && stated.userId === undefined) {
    return "no user was named: send their userId with the other credentials, in the body's auth or in an X-User-Id header";
  }
  return undefined;
}

/** A caller who asks to be admitted. */
interface Applicant {
  readonly tier: ApplicationTier;
  /** The operation's id, if it is an entrance. */
  readonly entrance: string | undefined;
  readonly stated: Credentials;
  /** What the headers state, also where the body's credentials count. */
  readonly alsoStated: () => Credentials;
  /** The ids that the request names; `""` when one cannot be the id of a record. */
  readonly named: Omit<UserId, "applicationId">;
  /** The ids of the record that the request is about, for the access log. */
  readonly record: Ids;
  readonly context: RequestContext;
  /** Starts the function's own reads; returns the keys to read together with the caller's records. */
  readonly startReads: (scope: UserId) => Keys;
  /** The refusal at a tier. */
  readonly refusal: (at: ApplicationTier) => Failure;
}

/** A caller whose credentials are good, and the items that the function asked for. */
interface Checked {
  readonly caller: Caller;
  readonly found: Found<Keys>;
}

/** Reads the caller's records as they are now and checks them. @throws Failure */
type Check = () => Promise<Checked>;

async function application(applicant: Applicant): Promise<Check> {
  const { tier, entrance, stated, named, record, context, startReads, refusal } = applicant;
  const applicationId = idOf(stated.applicationId);
  let counting: Promise<Limited> | Limited = countByCredentials(entrance, stated, context);
  const ids = { practice: idOf(stated.accountId), user: idOf(stated.userId) };
  const keysIn = (practice: PracticeId) => ({
    vendor: vendorKey(applicationId),
    practice: tier === "vendor" ? undefined : practiceKey(practice),
    user: tier === "user" ? userKey({ ...practice, userId: ids.user }) : undefined,
  });
  // Almost every practice is the first one under its key.
  let keys = keysIn({ applicationId, accountId: ids.practice });
  let own = startReads({ applicationId, ...named });
  let readIn = ids.practice;
  const check: Check = async () => {
    const [[found, { vendor, ...records }], { byAddress, byApplication }] = await waitForAll([
      readTogether(own, keys),
      counting,
    ]);
    // The call is counted once, also when its caller is checked again.
    counting = {};
    // Only for an application that exists: otherwise strangers could write into the access log.
    if (vendor) {
      noteActor({ kind: "unproven", applicationId });
      noteRecord({ applicationId, ...(tier !== "vendor" && { accountId: ids.practice || undefined }), ...record });
    }
    if (!admitsVendor(vendor, textOf(stated.applicationPassword))) throw byAddress ?? refusal("vendor");
    if (byApplication) throw byApplication;
    const { practice } = records;
    if (tier !== "vendor" && !practice?.active) throw refusal("account");
    if (practice && practice.accountId !== readIn) {
      // Practices under this key were deleted: the rest was read in the partition of another one.
      readIn = practice.accountId;
      keys = keysIn(practice);
      own = startReads({ applicationId, ...named, accountId: readIn });
      return check();
    }
    if (tier === "user" && !records.user?.active) throw refusal("user");
    const actor = { kind: "application", applicationId } as const;
    noteActor(actor);
    return { caller: { vendor, ...records, actor, rightsHeld: undefined }, found };
  };
  return check;
}

/** Individual Authentication names one user: enough for the user tier, and for the account tier if they administer it. */
async function individual(applicant: Applicant): Promise<Check> {
  const { tier, stated, alsoStated, named, record, context, startReads, refusal } = applicant;
  if (tier === "vendor") throw refusal("vendor");
  const { loginId, loginPassword } = stated;
  const first = await signIn(textOf(loginId), textOf(loginPassword), context, (practice) =>
    startReads({ ...practice, userId: named.userId }),
  );
  let next: () => Promise<SignedIn | undefined> = async () => first;
  return async () => {
    const signedIn = await next();
    if (signedIn) {
      const { applicationId, accountId, userId } = signedIn.user;
      noteActor({ kind: "unproven", applicationId, accountId, userId });
      noteRecord({ ...record, applicationId, accountId, ...(tier === "user" && { userId }) });
    }
    if (!signedIn || (tier === "account" && !signedIn.user.admin)) throw refusal("vendor");
    const { vendor, practice, user, items: found, refresh } = signedIn;
    if (namesOthers(stated, user) || namesOthers(alsoStated(), user)) throw refusal("vendor");
    next = refresh;
    const { applicationId, accountId, userId } = user;
    const actor = { kind: "individual", applicationId, accountId, userId } as const;
    noteActor(actor);
    return { caller: { actor, vendor, practice, user, rightsHeld: checkUnchanged(userKey(user), user) }, found };
  };
}

/** Whether credentials that name one user also name another one, or another practice. */
const namesOthers = ({ accountId, userId }: Credentials, user: User) =>
  (accountId !== undefined && textOf(accountId) !== callersKey(user.accountId)) ||
  (userId !== undefined && textOf(userId) !== user.userId);
