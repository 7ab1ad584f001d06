import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Failure } from "../errors.ts";
import type { ApplicationTier } from "../operations.ts";
import { asText, isRecordId, recordIdFrom } from "../practices/ids.ts";
import { type SignedIn, signIn } from "../practices/individual.ts";
import { admitsVendor } from "../practices/vendor.ts";
import { practiceKey, userKey, vendorKey } from "../table/keys.ts";
import { type Keys, readTogether } from "../table/read.ts";
import type { User } from "../table/records.ts";
import { checkUnchanged } from "../table/transact.ts";
import { headerText, utf8 } from "../text.ts";
import { isObject } from "./body.ts";
import type { Answer, CallEvent, Caller, Scope } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import type { Target } from "./field-check.ts";

/**
 * The Application Authentication Header (contract practices §2): who calls, and for which practice and user. Two kinds:
 * Application Authentication by the application's secret, Individual Authentication by one user's login and password.
 */
const fieldNames = ["applicationId", "applicationPassword", "accountId", "userId", "loginId", "loginPassword"] as const;
type Credentials = Readonly<Partial<Record<(typeof fieldNames)[number], unknown>>>;

const asItComes = (raw: unknown) => (raw === null || raw === "" ? undefined : raw);
const clean = (raw: Record<string, unknown>): Credentials =>
  Object.fromEntries(
    fieldNames.map((name) => [name, name === "loginPassword" ? asItComes(raw[name]) : recordIdFrom(raw[name])]),
  );

/** What a request states, wherever it states it: the body's `auth` as soon as one of its fields is not blank, else headers. */
export function statedCredentials(event: CallEvent): Credentials {
  const { auth } = event.call.input;
  const inBody = isObject(auth) ? clean(auth) : {};
  return Object.values(inBody).some((value) => value !== undefined) ? inBody : inHeaders(event);
}

/** Credentials that cannot be read: they are stated, and match nothing. */
const unreadable = { applicationId: false, accountId: false, userId: false };

/** What a request states in its headers alone. Where one of them cannot be read, they are wrong as a whole. */
export function inHeaders({ headers }: APIGatewayProxyEventV2): Credentials {
  const accountId = headerText(headers["x-account-id"] ?? "");
  const userId = headerText(headers["x-user-id"] ?? "");
  const isReadable = accountId !== undefined && userId !== undefined;
  const ids = isReadable ? { accountId, userId } : {};
  const [, scheme, encoded = ""] = /^(basic|individual) +([A-Za-z0-9+/]+=*)$/i.exec(headers.authorization ?? "") ?? [];
  if (!scheme) return clean(ids);
  const pair = isReadable ? utf8(Buffer.from(encoded, "base64")) : undefined;
  if (pair === undefined) return clean(unreadable);
  const colon = pair.indexOf(":");
  if (colon < 0) return clean(ids);
  const [name, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return clean(
    scheme.toLowerCase() === "basic"
      ? { ...ids, applicationId: name, applicationPassword: password }
      : { ...ids, loginId: name, loginPassword: password },
  );
}

/** A stated value as text, a number as its digits where it has them all; what is no text matches nothing. */
export const textOf = (value: unknown): string => {
  const text = asText(value);
  return typeof text === "string" ? text : "";
};
/** A stated id, `""` when it cannot be one. */
const id = (value: unknown): string => (isRecordId(textOf(value)) ? textOf(value) : "");

/** What a function reads together with the records that authorise its caller, in the same round trip. */
export interface AlongsideReads {
  readonly reads: ((scope: Scope, fields: unknown) => Keys) | undefined;
  readonly page: ((scope: Scope, fields: unknown) => Promise<unknown>) | undefined;
}

/** Admits the caller at the operation's tier, or refuses; unknown, wrong and inactive are one answer after the same work. */
export function checkCredentials(
  tier: ApplicationTier,
  target: Target | undefined,
  dialect: Dialect,
  alongside: AlongsideReads,
): MiddlewareObj<CallEvent, Answer> {
  return {
    async before({ event }) {
      if (tier === "none") return;
      const { call } = event;
      const stated = statedCredentials(event);
      const named = (name: Target) => id(target === name ? recordIdFrom(call.input[name], stated[name]) : stated[name]);
      const ids = { accountId: named("accountId"), userId: named("userId") };
      const start = (scope: Scope) => {
        if (call.fieldErrors.length > 0 || call.targetMissing) return {};
        // Not awaited here: how long a list takes must not show through a refusal.
        call.page = alongside.page?.(scope, call.fields);
        call.page?.catch(() => {});
        return alongside.reads?.(scope, call.fields) ?? {};
      };
      const isIndividual = byIndividual(stated);
      const missing = missingFrom(tier, stated);
      const refuse = (at: Exclude<ApplicationTier, "none">) => new Failure(dialect.unauthorized[at], [], missing);
      const admit = isIndividual ? individualAdmission : applicationAdmission;
      const alsoStated = () => inHeaders(event);
      const read = await admit({ tier, stated, alsoStated, ids, now: call.context.now, start, refuse });
      call.refresh = async () => {
        const { caller, items } = await read();
        call.caller = caller;
        call.found = items;
      };
      await call.refresh();
    },
  };
}

/** Whether a request states an individual's credentials: where those of an application come too, these decide. */
const byIndividual = (stated: Credentials) =>
  stated.applicationId === undefined &&
  stated.applicationPassword === undefined &&
  (stated.loginId !== undefined || stated.loginPassword !== undefined);

/** What a request leaves out that its tier asks for, as a sentence that says what to send; the code does not depend on it. */
function missingFrom(tier: ApplicationTier, stated: Credentials): string | undefined {
  if (byIndividual(stated)) return undefined;
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

/** What admitting a caller is about. */
interface Admission {
  readonly tier: Exclude<ApplicationTier, "none">;
  readonly stated: Credentials;
  /** What the headers state, also where the body's credentials count. */
  readonly alsoStated: () => Credentials;
  readonly ids: Omit<Scope, "applicationId">;
  readonly now: Date;
  /** Begins what the function reads for itself; returns the keys to be read with the caller's. */
  readonly start: (scope: Scope) => Keys;
  /** The refusal at a tier. */
  readonly refuse: (at: Exclude<ApplicationTier, "none">) => Failure;
}

/** The caller as the table has them at the moment, and the items that the function asked for. @throws Failure */
type Read = () => Promise<{ caller: Caller; items: Readonly<Record<string, unknown>> }>;

async function applicationAdmission({ tier, stated, ids, start, refuse }: Admission): Promise<Read> {
  const applicationId = id(stated.applicationId);
  const practice = { applicationId, accountId: id(stated.accountId) };
  const own = start({ applicationId, ...ids });
  const keys = {
    vendor: vendorKey(applicationId),
    practice: tier === "vendor" ? undefined : practiceKey(practice),
    user: tier === "user" ? userKey({ ...practice, userId: id(stated.userId) }) : undefined,
  };
  return async () => {
    const [items, records] = await readTogether(own, keys);
    const actor = { kind: "application", applicationId } as const;
    // A condition on the vendor's item in many writes at once would make them wait for each other.
    const caller = { ...records, actor, rightsHeld: undefined };
    if (!admitsVendor(caller.vendor, textOf(stated.applicationPassword))) throw refuse("vendor");
    if (tier !== "vendor" && !caller.practice?.active) throw refuse("account");
    if (tier === "user" && !caller.user?.active) throw refuse("user");
    return { caller, items };
  };
}

/** Individual Authentication names one user: enough for the user tier, and for the account tier if they administer it. */
async function individualAdmission({ tier, stated, alsoStated, ids, now, start, refuse }: Admission): Promise<Read> {
  if (tier === "vendor") throw refuse("vendor");
  const first = await signIn(textOf(stated.loginId), textOf(stated.loginPassword), now, (practice) =>
    start({ ...practice, userId: ids.userId }),
  );
  let next: () => Promise<SignedIn | undefined> = async () => first;
  return async () => {
    const held = await next();
    if (!held || (tier === "account" && !held.user.admin)) throw refuse("vendor");
    if (namesOthers(stated, held.user) || namesOthers(alsoStated(), held.user)) throw refuse("vendor");
    const { vendor, practice, user, items, refresh } = held;
    const { applicationId, accountId, userId } = user;
    const actor = { kind: "individual", applicationId, accountId, userId } as const;
    const rightsHeld = checkUnchanged(userKey(user), user);
    next = refresh;
    return { caller: { actor, vendor, practice, user, rightsHeld }, items };
  };
}

/** Whether credentials that name one user also name another one, or another practice. */
const namesOthers = ({ accountId, userId }: Credentials, user: User) =>
  (accountId !== undefined && textOf(accountId) !== user.accountId) ||
  (userId !== undefined && textOf(userId) !== user.userId);
