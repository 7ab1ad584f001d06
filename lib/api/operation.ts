import type * as z from "zod";
import type { Actor, RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import { type ApplicationTier, type Family, type OperationId, type Row, rowOf } from "../operations.ts";
import { checkSealSettings, settings } from "../settings.ts";
import type { Found, Keys } from "../table/read.ts";
import type { Caller, Reply, Scope } from "./call.ts";
import { checkCredentials } from "./credentials.ts";
import type { Dialect } from "./dialect.ts";
import { envelope } from "./envelope.ts";
import { checkFields, readFields, type Target } from "./field-check.ts";
import { problem } from "./problem.ts";
import { stack } from "./stack.ts";

const dialects: Readonly<Record<Exclude<Family, "accounts">, Dialect>> = {
  practices: envelope,
  therapists: problem,
  edge: envelope,
};

type FieldsOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a function is given once its request has passed the stack. */
export interface Request<Id extends OperationId, Schema, Reads extends Keys, List> {
  readonly fields: FieldsOf<Schema>;
  readonly caller: Caller<Extract<Row<Id>["tier"], ApplicationTier>>;
  readonly actor: Actor;
  /** The items of `reads`, as they were when the credentials were. */
  readonly found: Found<Reads>;
  /** What `page` read. */
  readonly page: List;
  /** Variables of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** Status, headers and cookies of the answer, where they differ from the usual. */
  readonly reply: Reply;
  readonly context: RequestContext;
  /**
   * The same request with everything as it is now: the caller judged again, the items of `reads` read again.
   * @throws Failure when the caller would not be admitted any more
   */
  readonly refresh: () => Promise<Request<Id, Schema, Reads, List>>;
}

/** An operation: what goes in, what it reads, what can go wrong, and what it does. */
export interface Definition<Id extends OperationId, Schema extends z.ZodType | undefined, Reads extends Keys, List> {
  /** What `run` may throw; any other failure is answered as internal. The stack's own errors go without saying. */
  readonly errors?: readonly ErrorCode[];
  /** The id in the body's root or among the credentials names the record that this is about. */
  readonly target?: Target;
  /** What goes in. */
  readonly fields?: Schema;
  /** Items to read in the same round trip as the records that authorise the caller. */
  readonly reads?: (scope: Scope, fields: FieldsOf<Schema>) => Reads;
  /** A list to read at the same time. */
  readonly page?: (scope: Scope, fields: FieldsOf<Schema>) => Promise<List>;
  /** Does it and gives what the answer says. */
  readonly run: (request: Request<Id, Schema, Reads, List>) => Promise<object | undefined>;
}

/**
 * Builds the Lambda handler of a registry row whose caller is an application or an individual.
 * The way of a request: log context, body, fields (read), credentials, fields (judged), function, dialect.
 */
export function operation<
  const Id extends OperationId,
  Schema extends z.ZodType | undefined = undefined,
  Reads extends Keys = Record<never, never>,
  List = undefined,
>(id: Id, definition: Definition<Id, Schema, Reads, List>) {
  const row = rowOf(id);
  const checkSettings = () => {
    settings();
    if (row.seals) checkSealSettings();
  };
  const dialect = dialects[row.family as Exclude<Family, "accounts">];
  const alongside = { reads: definition.reads, page: definition.page } as Parameters<typeof checkCredentials>[3];
  const middlewares = [
    readFields(definition.fields, definition.target),
    checkCredentials(row.tier as ApplicationTier, definition.target, dialect, alongside),
    checkFields(dialect, definition.target),
  ];
  const handler = stack(
    row,
    dialect,
    middlewares,
    definition.errors ?? [],
    async ({ call, pathParameters }) => {
      const page = await call.page;
      const request = () => ({
        fields: call.fields,
        caller: call.caller,
        actor: call.caller?.actor,
        found: call.found,
        page,
        path: pathParameters ?? {},
        reply: call.reply,
        context: call.context,
        refresh: async () => {
          await call.refresh?.();
          return request();
        },
      });
      return definition.run(request() as unknown as Request<Id, Schema, Reads, List>);
    },
    checkSettings,
  );
  return Object.assign(handler, { fields: definition.fields, target: definition.target });
}
