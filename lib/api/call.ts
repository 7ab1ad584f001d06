import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Actor, Occasion } from "../audit/event.ts";
import type { ErrorCode, Fault } from "../errors.ts";
import type { Tier } from "../operations.ts";
import type { Practice } from "../practices/practice.ts";
import type { User } from "../practices/user.ts";
import type { Vendor } from "../practices/vendor.ts";
import type { Page } from "../table/page.ts";

/** The records that a caller has proven to act for; how many depends on the operation's tier. */
export interface Caller<T extends Tier = Tier> {
  readonly actor: Actor;
  readonly vendor: T extends "none" ? undefined : Vendor;
  readonly practice: T extends "account" | "user" ? Practice : undefined;
  readonly user: T extends "user" ? User : undefined;
}

/** The keys that a request names, before anything of it is proven. One that cannot be a key is `""`. */
export interface Scope {
  readonly applicationId: string;
  readonly accountId: string;
  readonly userId: string;
}

/** One request on its way through the stack; each middleware adds what it found out. */
export interface Call {
  readonly occasion: Occasion;
  /** What was passed: the fields of the body, or those of the path and query where a verb has no body. */
  input: Record<string, unknown>;
  /** What the fields schema made of it, or what is wrong with it. */
  fields: unknown;
  faults: readonly Fault[];
  /** The root or `auth` id that the operation is about is missing. */
  targetMissing: boolean;
  caller: Caller | undefined;
  found: Record<string, unknown>;
  page: Promise<Page> | undefined;
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

export type CallEvent = APIGatewayProxyEventV2 & { call: Call };
export type Answer = APIGatewayProxyStructuredResultV2;
