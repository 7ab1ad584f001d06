import { readAnswer } from "./answer.ts";
import type { Row } from "./contract.ts";
import { FrontdeskError } from "./failure.ts";
import type { PreparedRequest } from "./request.ts";

/** Options of a single call. */
export interface CallOptions {
  /** Aborts the call. Its promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Aborts the call after this many milliseconds, retries and waits included. There is no timeout by default. */
  readonly timeoutMs?: number | undefined;
  /** How often the request may be sent again when that is safe. By default the client's `retries`. */
  readonly retries?: number | undefined;
}

/** How to reach Frontdesk. */
export interface Connection {
  /** The base URL of Frontdesk: `https://api.example.com`. */
  readonly url: string;
  /** How often a request may be sent again when that is safe; 2 by default, 0 to never retry. */
  readonly retries?: number | undefined;
  /** Replaces the platform's `fetch`, for example to use a proxy. */
  readonly fetch?: typeof fetch | undefined;
  /** @internal Replaces waiting, in tests. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** The headers of one request, and what to do with those of its answer. */
export interface Exchange {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials?: "include";
  readonly keep?: (answer: Headers) => void;
}

const defaultRetries = 2;
const backoffMs = 200;
const backoffMsMax = 5000;
/** The longest wait before a retry. A call that would have to wait longer fails at once. */
const waitMsMax = 20_000;

/** One signal that ends a call: the caller's, or the timeout. */
export const signalOf = ({ signal, timeoutMs }: CallOptions): AbortSignal =>
  AbortSignal.any([...(signal ? [signal] : []), ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)])]);

/**
 * Sends a request, and sends it again where that is safe.
 * @throws FrontdeskError, or the reason of the signal
 */
export async function call(
  row: Row,
  asked: PreparedRequest,
  connection: Connection,
  exchange: () => Exchange,
  options: CallOptions & { readonly signal: AbortSignal },
): Promise<unknown> {
  const { wait = waitFor } = connection;
  const retries = options.retries ?? connection.retries ?? defaultRetries;
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(row, asked, connection, exchange(), options.signal);
    } catch (error) {
      if (!(error instanceof FrontdeskError) || failures >= retries || !mayRepeat(row, asked, error)) throw error;
      // Full jitter, so that callers that failed together do not retry together.
      const jitterMs = Math.random() * Math.min(backoffMsMax, backoffMs * 2 ** failures);
      const waitMs = (error.retryAfterSeconds ?? 0) * 1000 + jitterMs;
      if (waitMs > waitMsMax) throw error;
      await wait(waitMs, options.signal);
    }
  }
}

async function attempt(
  row: Row,
  { url, body }: PreparedRequest,
  connection: Connection,
  exchange: Exchange,
  signal: AbortSignal,
) {
  const { fetch = globalThis.fetch } = connection;
  const { credentials, keep } = exchange;
  const headers = new Headers({
    // A picture's address comes in the body then, and not as a redirect.
    accept: "application/json",
    ...exchange.headers,
    ...(body !== undefined && { "content-type": "application/json" }),
  });
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: row.method,
      headers,
      signal,
      // Credentials must only be sent to the URL that the caller chose.
      redirect: "manual",
      ...(body !== undefined && { body }),
      ...(credentials && { credentials }),
    });
    keep?.(response.headers);
    text = await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    throw new FrontdeskError({ operation: row.id, code: "network", status: 0, text: "no answer", cause });
  }
  return readAnswer(row, response, text);
}

/** Whether a request may be sent again after a failure. */
function mayRepeat({ repeatable }: Row, { body }: PreparedRequest, { code, status }: FrontdeskError): boolean {
  // API Gateway rejected it before it ran, or Frontdesk says that nothing was written.
  if (status === 429 || (status === 503 && code !== "unexpected")) return true;
  // After any other of these failures, the request may or may not have been carried out.
  if (code !== "network" && ![500, 502, 503, 504].includes(status)) return false;
  return repeatable === "with id" ? typeof JSON.parse(body ?? "{}").id === "number" : repeatable;
}

const waitFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
