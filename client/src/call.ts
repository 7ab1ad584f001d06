import { readAnswer } from "./answer.ts";
import type { OperationId, Row } from "./contract.ts";
import { type Explanations, FrontdeskError, failureOf } from "./failure.ts";
import type { PreparedRequest } from "./request.ts";

/** Options of a single call. */
export interface CallOptions {
  /** Aborts the call. Its promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Aborts the call after this many milliseconds, retries and waits included. There is no timeout by default. */
  readonly timeoutMs?: number | undefined;
  /** How often the request may be sent again when that is safe. By default the client's `retries`. */
  readonly retries?: number | undefined;
  /**
   * A key of your own for a write, such as a UUID: 1 to 255 printable ASCII characters. For 24 hours Frontdesk carries out
   * the same request with the same key once, and repeats its answer. So the client may also send it again when its answer
   * was lost. Reads and `accountLogin` ignore the key.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Fields of a request that an operation does not know, and ignored. */
export interface IgnoredFields {
  readonly operation: OperationId;
  /** Their names, at most 20. */
  readonly fields: readonly string[];
}

/** How to reach Frontdesk. */
export interface Connection {
  /** The base URL of Frontdesk: `https://api.example.com`. */
  readonly url: string;
  /** How often a request may be sent again when that is safe; 2 by default, 0 to never retry. */
  readonly retries?: number | undefined;
  /** Replaces the platform's `fetch`, for example to use a proxy. */
  readonly fetch?: typeof fetch | undefined;
  /** Called when practices, users or therapists ignored fields of a request, for example to log misspelt names. */
  readonly onIgnored?: ((ignored: IgnoredFields) => void) | undefined;
  /** @internal Replaces waiting, in tests. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** How to reach Frontdesk, and how its errors are explained. */
export type Reach = Connection & Explanations;

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
  reach: Reach,
  exchange: () => Exchange,
  options: CallOptions & { readonly signal: AbortSignal },
): Promise<unknown> {
  const { wait = waitFor } = reach;
  const retries = options.retries ?? reach.retries ?? defaultRetries;
  const key = idempotencyHeader(row, options);
  for (let failures = 0; ; failures += 1) {
    try {
      const { headers, ...others } = exchange();
      return await attempt(row, asked, reach, { ...others, headers: { ...headers, ...key } }, options.signal);
    } catch (error) {
      if (!(error instanceof FrontdeskError) || failures >= retries) throw error;
      if (!didNothing(error) && !(isLost(error) && (key || isRepeatable(row, asked)))) throw error;
      // Full jitter, so that callers that failed together do not retry together.
      const jitterMs = Math.random() * Math.min(backoffMsMax, backoffMs * 2 ** failures);
      const waitMs = (error.retryAfterSeconds ?? 0) * 1000 + jitterMs;
      if (waitMs > waitMsMax) throw error;
      await wait(waitMs, options.signal);
    }
  }
}

/**
 * The header with the idempotency key of a write; `undefined` for calls without one.
 * @throws TypeError for a key that no header can hold
 */
function idempotencyHeader({ id, method }: Row, { idempotencyKey: key }: CallOptions) {
  if (key === undefined || method === "GET" || id === "AccountLogin") return undefined;
  if (!/^[!-~]([ -~]{0,253}[!-~])?$/.test(key)) {
    throw new TypeError(`${id}: an idempotency key has 1 to 255 printable ASCII characters`);
  }
  return { "idempotency-key": key };
}

async function attempt(
  row: Row,
  { url, body }: PreparedRequest,
  reach: Reach,
  exchange: Exchange,
  signal: AbortSignal,
) {
  const { fetch = globalThis.fetch, onIgnored } = reach;
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
    throw failureOf(row, reach, { code: "network", status: 0, text: "no answer", cause });
  }
  const ignored = response.headers.get("frontdesk-ignored");
  if (ignored && onIgnored) onIgnored({ operation: row.id, fields: ignored.split(/,\s*/).map(unescaped) });
  return readAnswer(row, reach, response, text);
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** API Gateway rejected the request before it ran, or Frontdesk says that nothing was written. */
const didNothing = ({ code, status }: FrontdeskError) => status === 429 || (status === 503 && code !== "unexpected");

/** After any of these failures, the request may or may not have been carried out. */
const isLost = ({ code, status }: FrontdeskError) => code === "network" || [500, 502, 503, 504].includes(status);

/** Whether it makes no difference if the request is carried out twice. */
const isRepeatable = ({ repeatable }: Row, { body }: PreparedRequest): boolean =>
  repeatable === "with id" ? typeof JSON.parse(body ?? "{}").id === "number" : repeatable;

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
