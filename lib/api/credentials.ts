import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Failure } from "../errors.ts";
import type { ApplicationTier } from "../operations.ts";
import { isRecordId, recordIdFrom } from "../practices/ids.ts";
import { signIn } from "../practices/individual.ts";
import type { Practice } from "../practices/practice.ts";
import type { User } from "../practices/user.ts";
import { admitsVendor, type Vendor } from "../practices/vendor.ts";
import { type Key, practiceKey, userKey, vendorKey } from "../table/keys.ts";
import type { Page } from "../table/page.ts";
import { readItems } from "../table/read.ts";
import { isObject } from "./body.ts";
import type { Answer, Call, CallEvent, Caller, Scope } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import type { Target } from "./fields.ts";

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

/** What a request states in its headers alone. */
export function inHeaders({ headers }: APIGatewayProxyEventV2): Credentials {
  const ids = { accountId: headers["x-account-id"], userId: headers["x-user-id"] };
  const [, scheme, encoded = ""] = /^(basic|individual) +([A-Za-z0-9+/]+=*)$/i.exec(headers.authorization ?? "") ?? [];
  if (!scheme) return clean(ids);
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 0) return clean(ids);
  const [name, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return clean(
    scheme.toLowerCase() === "basic"
      ? { ...ids, applicationId: name, applicationPassword: password }
      : { ...ids, loginId: name, loginPassword: password },
  );
}

/** A stated value as text; what is no text matches nothing. */
export const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
/** A stated id, `""` when it cannot be one. */
const id = (value: unknown): string => (isRecordId(textOf(value)) ? textOf(value) : "");

/** What a function reads beside the records that authorise its caller, in the same round trip. */
export interface AlongsideReads {
  readonly reads: ((scope: Scope, fields: unknown) => Readonly<Record<string, Key | undefined>>) | undefined;
  readonly page: ((scope: Scope, fields: unknown) => Promise<Page>) | undefined;
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
        if (call.faults.length > 0 || call.targetMissing) return {};
        // Not awaited here: how long a list takes must not show through a refusal.
        call.page = alongside.page?.(scope, call.fields);
        call.page?.catch(() => {});
        return alongside.reads?.(scope, call.fields) ?? {};
      };
      const byIndividual = stated.applicationId === undefined && stated.applicationPassword === undefined;
      call.caller =
        byIndividual && (stated.loginId !== undefined || stated.loginPassword !== undefined)
          ? await admitIndividual(tier, stated, ids, call, start, dialect)
          : await admitApplication(tier, stated, ids, call, start, dialect);
    },
  };
}

type Ids = Omit<Scope, "applicationId">;
type Start = (scope: Scope) => Readonly<Record<string, Key | undefined>>;

async function admitApplication(
  tier: Exclude<ApplicationTier, "none">,
  stated: Credentials,
  ids: Ids,
  call: Call,
  start: Start,
  dialect: Dialect,
): Promise<Caller> {
  const applicationId = id(stated.applicationId);
  const practice = { applicationId, accountId: id(stated.accountId) };
  const items = await readItems<string>({
    ...start({ applicationId, ...ids }),
    "caller vendor": vendorKey(applicationId),
    "caller practice": tier === "vendor" ? undefined : practiceKey(practice),
    "caller user": tier === "user" ? userKey({ ...practice, userId: id(stated.userId) }) : undefined,
  });
  const caller = {
    actor: { kind: "application", applicationId } as const,
    vendor: items["caller vendor"] as Vendor | undefined,
    practice: items["caller practice"] as Practice | undefined,
    user: items["caller user"] as User | undefined,
  };
  if (!admitsVendor(caller.vendor, textOf(stated.applicationPassword))) throw new Failure(dialect.unauthorized.vendor);
  if (tier !== "vendor" && !caller.practice?.active) throw new Failure(dialect.unauthorized.account);
  if (tier === "user" && !caller.user?.active) throw new Failure(dialect.unauthorized.user);
  call.found = items;
  return caller;
}

/** Individual Authentication names one user: enough for the user tier, and for the account tier if they administer it. */
async function admitIndividual(
  tier: Exclude<ApplicationTier, "none">,
  stated: Credentials,
  ids: Ids,
  call: Call,
  start: Start,
  dialect: Dialect,
): Promise<Caller> {
  const refusal = new Failure(dialect.unauthorized.vendor);
  if (tier === "vendor") throw refusal;
  const signedIn = await signIn(textOf(stated.loginId), textOf(stated.loginPassword), call.occasion.now, (practice) =>
    start({ ...practice, userId: ids.userId }),
  );
  if (!signedIn || (tier === "account" && !signedIn.user.admin)) throw refusal;
  const { vendor, practice, user, items } = signedIn;
  const { applicationId, accountId, userId } = user;
  call.found = items;
  return { actor: { kind: "individual", applicationId, accountId, userId }, vendor, practice, user };
}
