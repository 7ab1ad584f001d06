import type { Context } from "aws-lambda";
import type * as z from "zod";
import type { ErrorCode } from "../errors.ts";
import {
  type ApplicationTier,
  functionSecondsMax,
  type OperationId,
  type OperationIdOf,
  type PortalTier,
  rowOf,
  takesKeys,
} from "../operations.ts";
import type { Keys } from "../table/read.ts";
import type { AnswerStore } from "../table/transact.ts";
import type { Admission, Admitted, CommonDefinition, CommonRequest, Run } from "./admission.ts";
import type { AddressDefinition, ByAddress } from "./by-address.ts";
import type { ByCredentials, CredentialsDefinition } from "./by-credentials.ts";
import type { ByPortal, PortalDefinition } from "./by-portal.ts";
import { type Answer, type CallEvent, pathOf } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import type { Open, OpenDefinition } from "./open.ts";
import { stack } from "./stack.ts";

/** A Lambda handler, and what it says of itself for the documents. */
export interface Handler {
  (event: CallEvent, context: Context): Promise<Answer>;
  readonly dialect: Dialect;
  /** The errors that it declares. */
  readonly errors: readonly ErrorCode[];
}

type NoKeys = Record<never, never>;

/** A request as `run` is given it. */
type WholeRequest<Added> = Added & CommonRequest & { refresh(): Promise<WholeRequest<Added>> };

interface Definition<Added> extends CommonDefinition {
  readonly run: (request: WholeRequest<Added>) => Promise<object | undefined>;
}

/**
 * Builds the Lambda handler of a registry row. The way of a request: settings, log context, input, what the admission
 * reads and checks, function, dialect.
 * @param admission who may call; it also decides what `definition` may say and what `run` is given
 * @param definition what goes in, what it reads, what can go wrong, and what it does
 */
export function operation<const Id extends OperationIdOf<"none">>(
  id: Id,
  admission: Open,
  definition: OpenDefinition,
): Handler;
export function operation<
  const Id extends OperationIdOf<ApplicationTier>,
  Schema extends z.ZodObject | undefined = undefined,
  Reads extends Keys = NoKeys,
  List = undefined,
>(
  id: Id,
  admission: ByCredentials,
  definition: CredentialsDefinition<Id, Schema, Reads, List>,
): Handler & Pick<CredentialsDefinition<Id, Schema, Reads, List>, "fields" | "target">;
export function operation<
  const Id extends OperationIdOf<PortalTier>,
  First extends Keys = NoKeys,
  Reads extends Keys = NoKeys,
>(id: Id, admission: ByPortal, definition: PortalDefinition<Id, First, Reads>): Handler;
export function operation<const Id extends OperationIdOf<"none">>(
  id: Id,
  admission: ByAddress,
  definition: AddressDefinition,
): Handler;
export function operation<Added extends object>(
  id: OperationId,
  admission: Admission<Definition<Added>, Added>,
  definition: Definition<Added>,
): Handler {
  const row = rowOf(id);
  const { run, errors = [], ...others } = definition;
  const dialect = admission.dialectOf(row);
  const requestOf = (
    { added, refresh }: Admitted<Added>,
    event: CallEvent,
    answerStore?: AnswerStore,
  ): WholeRequest<Added> => ({
    ...added,
    path: pathOf(event),
    reply: event.call.reply,
    context: event.call.context,
    answerStore,
    refresh: async () => requestOf(await refresh(), event, answerStore),
  });
  const answer = async (event: CallEvent): Promise<Answer> => {
    const admitted = await admission.admit(event, row, definition);
    const { identity } = admitted;
    const runNow: Run = async (answerStore, isLate = false) => {
      const present = isLate ? await admitted.refresh() : admitted;
      return dialect.success(await run(requestOf(present, event, answerStore)), event.call.reply);
    };
    return admission.answerOnce && identity && takesKeys(row)
      ? admission.answerOnce({ event, id, dialect, identity, leaseMs: functionSecondsMax * 1000 }, runNow)
      : runNow();
  };
  const handler = stack({
    row,
    dialect,
    known: admission.knownFields?.(definition),
    errors,
    unmatchedAt: admission.unmatchedAt,
    run: answer,
  });
  const checked = async (event: CallEvent, context: Context) => {
    // Before anything else: a function with wrong settings fails as a whole, and answers no request.
    admission.checkSettings(row);
    return handler(event, context);
  };
  return Object.assign(checked, { ...others, dialect, errors });
}
