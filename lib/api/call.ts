import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Account } from "../accounts/account/account.ts";
import type { CallerRights } from "../accounts/account/properties.ts";
import type { Portal } from "../accounts/portal.ts";
import type { Actor, RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode, FieldError } from "../errors.ts";
import type { ApplicationTier, PortalTier } from "../operations.ts";
import type { Practice, Session, User, Vendor } from "../table/records.ts";
import type { TransactionPart } from "../table/transact.ts";

/** The records that a caller has proven to act for; how many depends on the operation's tier. */
export interface Caller<T extends ApplicationTier = ApplicationTier> {
  readonly actor: Actor;
  readonly vendor: T extends "none" ? undefined : Vendor;
  readonly practice: T extends "account" | "user" ? Practice : undefined;
  readonly user: T extends "user" ? User : undefined;
  /** Asks that the record which gives the caller their rights is as it was judged; an application has none that is asked. */
  readonly rightsHeld: TransactionPart | undefined;
}

/** Who calls a portal. */
export interface Viewer extends CallerRights {
  readonly actor: Actor;
  /** Asks that their own account is as it was judged; for writes that change somebody's rights. */
  readonly rightsHeld: TransactionPart | undefined;
  /** Their own account and session; application credentials have none. */
  readonly account: Account | undefined;
  readonly session: Session | undefined;
  readonly sessionId: string | undefined;
  /** Ids of the accounts that they have marked. */
  readonly favorites: ReadonlySet<string>;
}

/** A call to a portal: where, who, and from which device. */
export interface PortalCaller<T extends PortalTier = PortalTier> {
  readonly portal: Portal;
  readonly viewer: T extends "session" ? Viewer : Viewer | undefined;
  /** Application credentials act as an administrator, without a session. */
  readonly byApplication: boolean;
  /** The device's cookie. */
  readonly fingerprint: string | undefined;
}

/** The keys that a request names, before anything of it is proven. One that cannot be a key is `""`. */
export interface Scope {
  readonly applicationId: string;
  readonly accountId: string;
  readonly userId: string;
}

/** One request on its way through the stack; each middleware adds what it found out. */
export interface Call {
  readonly context: RequestContext;
  /** What was passed: the fields of the body, or those of the path and query where a verb has no body. */
  input: Record<string, unknown>;
  /** What the fields schema made of it, or what is wrong with it. */
  fields: unknown;
  fieldErrors: readonly FieldError[];
  /** The root or `auth` id that the operation is about is missing. */
  targetMissing: boolean;
  caller: Caller | undefined;
  /** Reads the records that admitted the caller, and the function's own items, again and checks the caller again. @throws Failure as before */
  refresh: (() => Promise<void>) | undefined;
  /** On calls to a portal: which one, and who calls. */
  portal: PortalCaller | undefined;
  found: Readonly<Record<string, unknown>>;
  page: Promise<unknown> | undefined;
  readonly reply: Reply;
  /** The code that is answered, for the log. */
  outcome: ErrorCode | "ok" | "internal" | "busy";
}

/** What an answer says beside its body. */
export interface Reply {
  status: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[];
}

/** A request as API Gateway hands it over, with what the stack found out. */
export type CallEvent = APIGatewayProxyEventV2 & { call: Call };
/** An answer as API Gateway takes it. */
export type Answer = APIGatewayProxyStructuredResultV2;
