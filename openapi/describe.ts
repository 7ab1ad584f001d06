import type * as z from "zod";
import type { OperationId } from "../lib/operations.ts";
import type { WorldName } from "./worlds.ts";

/**
 * The form of `functions/{family}/{operation}.examples.ts`, which describes one operation. The API's description, the
 * client, the suites over all operations and the benchmarks are derived from these files. Functions never import them.
 */

/** The operations that are described: all except those that serve pages and answer unknown paths. */
export type DescribedId = Exclude<OperationId, "PortalPage" | "Unmatched">;

/** The parts of a request. These schemas are for the document and the tests; functions have their own. */
export interface Input {
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Schema of a urlencoded body, if it differs from `body`. */
  readonly form?: z.ZodType;
  /** The body may be left out. */
  readonly bodyIsOptional?: true;
}

/** A header of an answer. */
export interface Header {
  readonly description: string;
  /** Whether every answer with this status has it. */
  readonly required: boolean;
}

/** A success with one HTTP status. */
export interface Success {
  /** What the answer means or contains. */
  readonly description: string;
  /** Schema of the body; `undefined` for an answer without a body. */
  readonly body: z.ZodType | undefined;
  /** Headers in addition to those that every answer has. */
  readonly headers?: Readonly<Record<string, Header>>;
}

/** A request, and the records that must exist before it is sent. */
export interface ExampleRequest {
  /** The records that exist, and who sends the request (`openapi/worlds.ts`). */
  readonly given: WorldName;
  /** Variables of the path, without `{org}`: that is always the sample portal. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many sequential round trips this request takes. Default: `roundTrips` of the operation. */
  readonly roundTrips?: number;
}

/** A successful request with its answer. The document shows it; tests send it and compare the whole answer. */
export interface Example extends ExampleRequest {
  /** HTTP status of the answer. Default 200. */
  readonly status?: number;
  /** Body of the answer; for `/api/io` without the three fields that every success has. Absent if there is no body. */
  readonly answers?: unknown;
  /** Benchmarks measure this request. A text says what is typical about it. */
  readonly typical?: true | string;
}

/**
 * Another way to call an operation, which makes it do something else at the table. Suites and benchmarks send it; the
 * document does not show it.
 */
export interface Way extends ExampleRequest {
  /** Another of the addresses that the operation has in the registry. Default: the documented one. */
  readonly address?: string;
  readonly typical?: true | string;
}

/** How a request differs from the first example of its operation. */
export interface Change {
  /** Default: that of the first example. */
  readonly given?: WorldName;
  /** Properties of the body; `undefined` removes one. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Properties of the credentials in the body; `undefined` removes one. */
  readonly auth?: Readonly<Record<string, unknown>>;
  /** A text, or bytes, to send instead of the body. */
  readonly raw?: string | Uint8Array;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** A text that is sent instead of the query. */
  readonly rawQuery?: string;
  /** `undefined` removes a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** How many minutes later the request is sent. */
  readonly minutesLater?: number;
  /** Another request, which is sent before this one. */
  readonly before?: Change;
}

/** An error of one field, as the answer contains it. */
export interface ShownFieldError {
  readonly field: string;
  readonly message: string;
  /** Only portals return a code for each field. */
  readonly code?: string;
}

/** A request that fails, and what the answer says. */
export interface FailureExample extends Change {
  /** The sentence of the answer: `responseMessage`, `detail` or `reason`. */
  readonly says: string;
  readonly errors?: readonly ShownFieldError[];
}

/** The description of one operation. */
export interface Description {
  /** What the operation does, for a reader who has never seen it. Markdown. */
  readonly description: string;
  /** A sentence about each field, by its name: what its schema cannot express. */
  readonly notes?: Readonly<Record<string, string>>;
  /** The parts of the request, for operations of portals: their functions have no schema that the document could use. */
  readonly input?: Input;
  /** Schemas that the document uses instead of the function's, for fields that the function converts from text. */
  readonly documentedAs?: Readonly<Record<string, z.ZodType>>;
  /** The record that answers contain and that callers may send back to this operation, unset fields included. */
  readonly acceptsAnswersOf?: z.ZodObject;
  /** The successes by HTTP status. */
  readonly success: Readonly<Record<number, Success>>;
  /** How many sequential round trips to the table each example and way takes, unless it states its own number. */
  readonly roundTrips: number;
  /** Whether callers may repeat a request whose answer was lost; `with id`: only if its body has an `id`. */
  readonly repeatable: boolean | "with id";
  /**
   * Fields whose bad values the function ignores, though the document forbids them; dotted names for those of the body.
   */
  readonly ignores?: readonly string[];
  /** The audit event that the first example stores. Absent if the operation stores none. */
  readonly event?: string;
  /** Only the holder of a session may call it, not an application. */
  readonly byHolderOnly?: true;
  readonly examples: Readonly<Record<string, Example>>;
  readonly ways?: Readonly<Record<string, Way>>;
  /** Circumstances in which the first example also succeeds, but answers with other headers. */
  readonly circumstances?: Readonly<Record<string, Change>>;
  /** How to cause each failure that the function declares. Those of the stack are in `openapi/stack-failures.ts`. */
  readonly failures: Readonly<Record<string, FailureExample>>;
}

/** A description and the operation that it belongs to. */
export interface Described extends Description {
  readonly id: DescribedId;
}

/** Describes one operation. Its result is the default export of the `.examples.ts` file. */
export const describeOperation = (id: DescribedId, description: Description): Described => ({ id, ...description });
