import type { RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import type { Operation } from "../operations.ts";
import type { Reply } from "../reply.ts";
import type { CallEvent } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import type { UnmatchedAt } from "./no-route.ts";

/** What every function is given, whoever may call it. */
export interface CommonRequest {
  /** Variables of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** Status, headers and cookies of the answer, where they differ from the usual. */
  readonly reply: Reply;
  readonly context: RequestContext;
}

/** What every function says of itself. */
export interface CommonDefinition {
  /** What `run` may throw; any other failure is answered as internal. Errors of the stack itself are not listed. */
  readonly errors?: readonly ErrorCode[];
}

/** A caller who was admitted. */
export interface Admitted<Added> {
  /** What this adds to the function's request. */
  readonly added: Added;
  /** Reads everything again and checks the caller again. @throws Failure when the caller would not be admitted any more */
  refresh(): Promise<Admitted<Added>>;
}

/** How the functions of a family are called: what they read, how callers are checked, and what their requests contain. */
export interface Admission<Definition extends CommonDefinition, Added> {
  dialectOf(row: Operation): Dialect;
  /** How a path that no operation has is answered; in the function's own dialect when left out. */
  readonly unmatchedAt?: UnmatchedAt;
  /** @throws Error when a setting that the admission needs is missing or wrong */
  checkSettings(row: Operation): void;
  /** @throws Failure when the caller may not call, or the request is not valid */
  admit(event: CallEvent, row: Operation, definition: Definition): Promise<Admitted<Added>>;
}
