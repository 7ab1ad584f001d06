import type { RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import type { Operation } from "../operations.ts";
import type { Reply } from "../reply.ts";
import type { AnswerStore } from "../table/transact.ts";
import type { Answer, CallEvent } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import type { UnmatchedAt } from "./no-route.ts";

/** What every function is given, whoever may call it. */
export interface CommonRequest {
  /** Variables of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** Status, headers and cookies of the answer, where they differ from the usual. */
  readonly reply: Reply;
  readonly context: RequestContext;
  /** Stores the answer with the request's own write, if the caller has sent an idempotency key. */
  readonly answerStore?: AnswerStore | undefined;
}

/** What every function says of itself. */
export interface CommonDefinition {
  /** What `run` may throw; any other failure is answered as internal. Errors of the stack itself are not listed. */
  readonly errors?: readonly ErrorCode[];
}

/** Whose request it is, and which, as far as idempotency keys are concerned. */
export interface Identity {
  /** Names the caller and where they act: an idempotency key belongs to them. */
  readonly caller: readonly string[];
  /** What else makes the request the one that it is: its session, or ids that may be among the credentials. */
  readonly stated: Readonly<Partial<Record<"sessionId" | "accountId" | "userId", string | undefined>>>;
}

/** A caller who was admitted. */
export interface Admitted<Added> {
  /** Left out where no operation writes. */
  readonly identity?: Identity;
  /** What this adds to the function's request. */
  readonly added: Added;
  /** Reads everything again and checks the caller again. @throws Failure when the caller would not be admitted any more */
  refresh(): Promise<Admitted<Added>>;
}

/** An admitted request of a write, which may have an idempotency key. */
export interface KeyedRequest {
  readonly event: CallEvent;
  /** The operation's. */
  readonly id: string;
  readonly dialect: Dialect;
  readonly identity: Identity;
  /** After this time a function does not run any more. */
  readonly leaseMs: number;
}

/** Carries out a request. @param isLate whether so much time has passed that the caller must be checked again */
export type Run = (answerStore?: AnswerStore, isLate?: boolean) => Promise<Answer>;

/** How the functions of a family are called: what they read, how callers are checked, and what their requests contain. */
export interface Admission<Definition extends CommonDefinition, Added> {
  dialectOf(row: Operation): Dialect;
  /** How a path that no operation has is answered; in the function's own dialect when left out. */
  readonly unmatchedAt?: UnmatchedAt;
  /** The fields that callers may send. When left out, callers are not told which of their fields were ignored. */
  knownFields?(definition: Definition): ReadonlySet<string>;
  /** @throws Error when a setting that the admission needs is missing or wrong */
  checkSettings(row: Operation): void;
  /** @throws Failure when the caller may not call, or the request is not valid */
  admit(event: CallEvent, row: Operation, definition: Definition): Promise<Admitted<Added>>;
  /** Answers an admitted request of a write, which may have an idempotency key. Left out where no operation writes. */
  readonly answerOnce?: (request: KeyedRequest, run: Run) => Promise<Answer>;
}
