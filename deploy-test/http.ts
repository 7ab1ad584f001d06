import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Answered, RequestParts } from "../lambda-test/life-cycles.ts";

/** An answer as it was received. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The lines of `Set-Cookie`. */
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/**
 * Sends a request to the emulator.
 * @param endpoint where it listens
 * @param url decides which API or bucket answers. Its host need not exist.
 */
export async function sendTo(
  endpoint: string,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string,
): Promise<HttpAnswer> {
  const { hostname, port } = new URL(endpoint);
  const { host, pathname, search } = new URL(url);
  // Node states no length for some methods, and then the server would read the body as the next request.
  const all = { host, "content-length": Buffer.byteLength(body), ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ method, host: hostname, port, path: pathname + search, headers: all });
    sent.once("error", reject);
    sent.once("response", (response) => {
      const { statusCode: status = 0, headers: received } = response;
      const cookies = received["set-cookie"] ?? [];
      buffer(response).then((bytes) => resolve({ status, headers: received, cookies, body: bytes }), reject);
    });
    sent.end(body);
  });
}

/** Sends requests to the API at a URL. */
export const sender =
  (endpoint: string, apiUrl: string) =>
  async (method: string, target: string, { body, headers = {} }: RequestParts = {}): Promise<Answered> => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const all = { "content-type": "application/json", ...headers };
    const { body: bytes, ...answer } = await sendTo(endpoint, method, apiUrl + target, all, text);
    return { ...answer, json: isJson(answer) && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined };
  };

const isJson = ({ headers }: Pick<HttpAnswer, "headers">) => /json/.test(String(headers["content-type"]));
