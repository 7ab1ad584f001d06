import { readAnswer } from "./answer.ts";
import type { Row } from "./contract.ts";
import { FrontdeskError } from "./failure.ts";
import type { Asked } from "./request.ts";

/** What any call may be told. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The same after so long, repetitions included. */
  readonly timeoutMs?: number | undefined;
  /** How often the request is sent again at the most, where that is safe; otherwise the client's. */
  readonly retries?: number | undefined;
}

/** Where requests go, and how. */
export interface Connection {
  /** Where Frontdesk is served: `https://api.example.com`. */
  readonly url: string;
  /** How often a request is sent again at the most, where that is safe; 2 unless stated. */
  readonly retries?: number | undefined;
  /** In the place of the platform's own. */
  readonly fetch?: typeof fetch | undefined;
  /** @internal In the place of waiting. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** What goes with one request, and what is kept of its answer. */
export interface Exchange {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials?: "include";
  readonly keep?: (answer: Headers) => void;
}

const retriesUnlessStated = 2;
const backoffMs = 200;
const backoffMsMax = 5000;
/** Who is asked to wait longer is told instead. */
const waitMsMax = 20_000;

/** The signal that ends a call. */
export const signalOf = ({ signal, timeoutMs }: CallOptions): AbortSignal =>
  AbortSignal.any([...(signal ? [signal] : []), ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)])]);

/**
 * Sends a request, and sends it again where that is safe.
 * @throws FrontdeskError, or the reason of the signal
 */
export async function call(
  row: Row,
  asked: Asked,
  connection: Connection,
  exchange: () => Exchange,
  options: CallOptions & { readonly signal: AbortSignal },
): Promise<unknown> {
  const { wait = waitFor } = connection;
  const retries = options.retries ?? connection.retries ?? retriesUnlessStated;
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(row, asked, connection, exchange(), options.signal);
    } catch (error) {
      if (!(error instanceof FrontdeskError) || failures >= retries || !mayRepeat(row, asked, error)) throw error;
      // Full jitter: callers that failed together do not come back together.
      const jitterMs = Math.random() * Math.min(backoffMsMax, backoffMs * 2 ** failures);
      const waitMs = (error.retryAfterSeconds ?? 0) * 1000 + jitterMs;
      if (waitMs > waitMsMax) throw error;
      await wait(waitMs, options.signal);
    }
  }
}

async function attempt(
  row: Row,
  { url, body }: Asked,
  connection: Connection,
  exchange: Exchange,
  signal: AbortSignal,
) {
  const { fetch = globalThis.fetch } = connection;
  const { credentials, keep } = exchange;
  const headers = new Headers({
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
      // What is secret goes to no other place than the one that was named.
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

/** Whether a request may be sent again after it failed so. */
function mayRepeat({ repeatable }: Row, { body }: Asked, { code, status }: FrontdeskError): boolean {
  // The gateway turned it away; or Frontdesk itself says that nothing was written.
  if (status === 429 || (status === 503 && code !== "unexpected")) return true;
  // Who knows whether it was carried out.
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
