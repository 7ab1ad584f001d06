import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

/**
 * Requests to the engine without the SDK, for what tests do besides the calls of the system: to look at the table and to put
 * it back. Such a request takes a fifth of the CPU of one by the SDK, and tests make several for each call.
 */

/** A value of an attribute in DynamoDB's JSON, for example `{ S: "text" }`. Bytes are in base64. */
export type JsonValue = Readonly<Record<string, unknown>>;
/** An item in DynamoDB's JSON. */
export type JsonItem = Readonly<Record<string, JsonValue>>;

/** An answer of DynamoDB: HTTP status and JSON. */
export interface EngineAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own
  readonly json: any;
}

const agent = new Agent({ keepAlive: true });

/** The engine wants to see a signature, and accepts every one. */
const headers = {
  "content-type": "application/x-amz-json-1.0",
  authorization:
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

/** Sends a request to the engine. @param operation for example `GetItem` @param body as JSON */
export async function sendToEngine(operation: string, body: string): Promise<EngineAnswer> {
  const url = String(process.env.AWS_ENDPOINT_URL_DYNAMODB);
  const target = { "x-amz-target": `DynamoDB_20120810.${operation}`, "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers: { ...headers, ...target } }, (answer) => {
      text(answer).then((json) => resolve({ status: Number(answer.statusCode), json: JSON.parse(json) }), reject);
    });
    sent.once("error", reject).end(body);
  });
}

/** Has the engine do something. @returns its answer @throws Error when it refuses */
export async function askEngine(operation: string, input: object): Promise<EngineAnswer["json"]> {
  const { status, json } = await sendToEngine(operation, JSON.stringify(input));
  if (status !== 200) throw new Error(`the engine answers ${operation} with ${status} ${JSON.stringify(json)}`);
  return json;
}

const bytesOf = (base64: unknown) => new Uint8Array(Buffer.from(String(base64), "base64"));

const plain: Readonly<Record<string, (value: never) => unknown>> = {
  S: (value: string) => value,
  N: Number,
  BOOL: (value: boolean) => value,
  NULL: () => null,
  B: bytesOf,
  L: (values: readonly JsonValue[]) => values.map(plainOf),
  M: (values: JsonItem) => itemOf(values),
  SS: (values: readonly string[]) => new Set(values),
  NS: (values: readonly string[]) => new Set(values.map(Number)),
  BS: (values: readonly string[]) => new Set(values.map(bytesOf)),
};

/** The value that the SDK's document client would return. */
function plainOf(value: JsonValue): unknown {
  for (const type in value) return plain[type]?.(value[type] as never);
  throw new Error("a value has no type");
}

/** The item that the SDK's document client would return. */
export function itemOf(item: JsonItem): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in item) values[name] = plainOf(item[name] as JsonValue);
  return values;
}
