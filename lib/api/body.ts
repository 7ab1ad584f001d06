import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Answer, CallEvent } from "./call.ts";
import type { Dialect } from "./dialect.ts";

/** Reads what was passed, as the family's dialect does. */
export const readInput = (dialect: Dialect): MiddlewareObj<CallEvent, Answer> => ({
  before({ event }) {
    event.call.input = dialect.readInput(event);
  },
});

/** The most that a body may have, in every contract. */
const bodyBytesMax = 256 * 1024;

/** Why a body cannot be read. */
export class UnreadableBody extends Error {
  readonly tooLarge: boolean;

  constructor(tooLarge: boolean) {
    super(tooLarge ? "body too large" : "body malformed");
    this.tooLarge = tooLarge;
  }
}

/** The text of a request's body; `""` when there is none. @throws UnreadableBody */
export function bodyText(event: APIGatewayProxyEventV2): string {
  const body = event.body ?? "";
  const bytes = Buffer.from(body, event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > bodyBytesMax) throw new UnreadableBody(true);
  try {
    return event.isBase64Encoded ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) : body;
  } catch {
    throw new UnreadableBody(false);
  }
}

/** What `JSON.parse` may make of a value, which stands in the text as `source`. */
export type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The JSON object in a text. @throws UnreadableBody */
export function jsonObject(text: string, revive?: Reviver): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text, revive as Parameters<typeof JSON.parse>[1]);
  } catch {
    // The parser's message quotes the body; it goes no further.
    throw new UnreadableBody(false);
  }
  if (!isObject(value)) throw new UnreadableBody(false);
  return value;
}

/** A JSON object: neither `null` nor an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
