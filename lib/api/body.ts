import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { isObject } from "../json.ts";
import { replacement, utf8 } from "../text.ts";
import type { Answer, CallEvent } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import { ignoredNames } from "./ignored.ts";

/**
 * Reads the input of a request as the family's dialect does.
 * @param known the fields that the operation knows; `undefined` if callers are not told which ones it ignored
 */
export const readInput = (
  dialect: Dialect,
  known: ReadonlySet<string> | undefined,
): MiddlewareObj<CallEvent, Answer> => ({
  before({ event }) {
    event.call.input = dialect.readInput(event);
    if (known) event.call.ignored = ignoredNames(event.call.input, known);
  },
});

/** Largest body, in every contract. */
const bodyBytesMax = 256 * 1024;

/** Why a body cannot be read. */
export class UnreadableBody extends Error {
  readonly tooLarge: boolean;

  constructor(tooLarge: boolean) {
    super(tooLarge ? "body too large" : "body malformed");
    this.tooLarge = tooLarge;
  }
}

/**
 * The text of a request's body without a byte order mark; `""` without a body.
 * @throws UnreadableBody when it is too large or not UTF-8
 */
export function bodyText({ body = "", isBase64Encoded, headers }: APIGatewayProxyEventV2): string {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (!isBase64Encoded && isReplaced(body, bytes.length, headers["content-length"])) throw new UnreadableBody(false);
  if (bytes.length > bodyBytesMax) throw new UnreadableBody(true);
  const text = isBase64Encoded ? utf8(bytes) : body;
  if (text === undefined) throw new UnreadableBody(false);
  return text.replace(/^\ufeff/, "");
}

/**
 * Whether a body that arrives as text may contain U+FFFD that the gateway wrote in place of bytes that are not UTF-8. Such
 * a body is longer than the one that was sent, except where three bytes of a four-byte character became one U+FFFD.
 * @param bytes its length now
 * @param sent the request's `content-length`
 */
const isReplaced = (text: string, bytes: number, sent: string | undefined): boolean =>
  !text.isWellFormed() || (text.includes(replacement) && String(bytes) !== sent);

/** Converts a value while it is parsed; `source` is the value's text. */
export type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The JSON object in a text. @throws UnreadableBody */
export function jsonObject(text: string, revive?: Reviver): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text, revive as Parameters<typeof JSON.parse>[1]);
  } catch {
    // The parser's message quotes the body, so it is dropped here.
    throw new UnreadableBody(false);
  }
  if (!isObject(value)) throw new UnreadableBody(false);
  return value;
}
