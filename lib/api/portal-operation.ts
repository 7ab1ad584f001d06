import type { Actor, RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import { type OperationId, type PortalTier, type Row, rowOf } from "../operations.ts";
import { checkSealSettings, portalUrl, settings } from "../settings.ts";
import type { Found, Keys } from "../table/read.ts";
import type { CallEvent, PortalCaller, Reply } from "./call.ts";
import { fault } from "./fault.ts";
import { checkPortal, type PortalReads, type PortalScope } from "./portal-admission.ts";
import { stack } from "./stack.ts";
import { unmatchedAt } from "./unmatched.ts";

/** What a portal's function is given once its caller is admitted. */
export interface PortalRequest<Id extends OperationId, Reads extends Keys>
  extends PortalCaller<Extract<Row<Id>["tier"], PortalTier>> {
  readonly actor: Actor;
  /** The body's properties, or those of the query where a verb has no body. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Variables of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** The items of `readsFirst` and `reads`. */
  readonly found: Found<Reads>;
  /** Status, headers and cookies of the answer, where they differ from the usual. */
  readonly reply: Reply;
  readonly context: RequestContext;
  /**
   * The same request with everything as it is now: portal and caller judged again, the items read again.
   * @throws Failure when the caller would not be admitted any more
   */
  readonly refresh: () => Promise<PortalRequest<Id, Reads>>;
}

/** An operation of a portal: what it reads, what can go wrong, and what it does. */
export interface PortalDefinition<Id extends OperationId, First extends Keys, Reads extends Keys> {
  /** What `run` may throw; any other failure is answered as internal. The stack's own errors go without saying. */
  readonly errors?: readonly ErrorCode[];
  /** Items to read in the first of the two round trips that admit the caller. */
  readonly readsFirst?: (path: PortalScope<First>["path"], input: PortalScope<First>["input"]) => First;
  /** Items to read in the second. */
  readonly reads?: (scope: PortalScope<First>) => Reads;
  /** Does it and gives the object that is answered. */
  readonly run: (request: PortalRequest<Id, First & Reads>) => Promise<object>;
}

/**
 * Builds the Lambda handler of a registry row whose callers are a portal's.
 * The way of a request: log context, input, portal and session, function, fault dialect.
 */
export function portalOperation<
  const Id extends OperationId,
  First extends Keys = Record<never, never>,
  Reads extends Keys = Record<never, never>,
>(id: Id, definition: PortalDefinition<Id, First, Reads>) {
  const row = rowOf(id);
  const checkSettings = () => {
    settings();
    portalUrl();
    if (row.seals) checkSealSettings();
  };
  const reads: PortalReads<First> = { readsFirst: definition.readsFirst, reads: definition.reads };
  const admission = [checkPortal(row.tier as PortalTier, reads)];
  const run = ({ call, pathParameters }: CallEvent) => {
    const request = () => ({
      ...call.portal,
      actor: call.portal?.viewer?.actor ?? { kind: "visitor" },
      input: call.input,
      path: pathParameters ?? {},
      found: call.found,
      reply: call.reply,
      context: call.context,
      refresh: async () => {
        await call.refresh?.();
        return request();
      },
    });
    return definition.run(request() as unknown as PortalRequest<Id, First & Reads>);
  };
  return stack(row, fault, admission, definition.errors ?? [], run, checkSettings, unmatchedAt);
}

/** The answer of an action. */
export const resultOf = (data: unknown): object => ({ object: "result", data });
