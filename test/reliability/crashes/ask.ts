import type { OperationId } from "../../../lib/operations.ts";
import { isSuccess } from "../../kit/system.ts";
import { jsonIn, undocumentedIn } from "../../openapi/documented-answer.ts";

/** A call of an operation, as it is sent. */
export interface Call {
  readonly id: OperationId;
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/** How a call went. `failed` is 429 or 5xx: the change may be stored or not. */
export interface Answer {
  readonly outcome: "done" | "refused" | "failed";
  readonly status: number;
  /** The answer's `Frontdesk-Request-Id`. */
  readonly requestId: string;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own
  readonly json: any;
}

/** A call must be answered, or its connection must break, within this time: a function ends after 15 s. */
const answerMsMax = 60_000;

/**
 * Makes a call.
 * @returns `undefined` when the connection breaks before the whole answer is there
 * @throws Error when nothing happens at all, or when the answer is not documented
 */
export async function ask(
  origin: string,
  { id, method = "POST", path, headers, body }: Call,
): Promise<Answer | undefined> {
  let answer: { status: number; headers: Record<string, string>; text: string };
  try {
    const response = await fetch(origin + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(answerMsMax),
      ...(body && { body: JSON.stringify(body) }),
    });
    answer = { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  } catch (error) {
    if ((error as Error).name === "TimeoutError")
      throw new Error(`${id} has neither an answer nor a broken connection`);
    return undefined;
  }
  const undocumented = undocumentedIn(id, answer);
  if (undocumented) throw new Error(`${id} is answered with what is not documented: ${undocumented}`);
  const [{ status }, json] = [answer, jsonIn(answer)];
  const isFailed = status >= 500 || status === 429;
  const outcome = isFailed ? "failed" : isSuccess({ status, json }) ? "done" : "refused";
  return { outcome, status, requestId: answer.headers["frontdesk-request-id"] ?? "", json };
}

/** How often a call is repeated that the server is too busy for. */
const triesMax = 20;

/**
 * Makes a call, and repeats it while the server is too busy for it (503).
 * @throws Error when there is no answer
 */
export async function askPatiently(origin: string, call: Call): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await ask(origin, call);
    if (answer && answer.outcome !== "failed") return answer;
    if (!answer || tries === triesMax) throw new Error(`${call.id} has ${answer?.status ?? "no"} answer`);
  }
}
