import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

/** What a server has answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request: JSON when it has a body. */
export interface Call {
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/**
 * Makes calls over connections that stay open. A call costs some 0.05 ms of CPU, a quarter of what `fetch` needs: on a small
 * machine the load must not slow down the server that it measures.
 */
export class Client {
  /** How many calls were made. */
  calls = 0;
  /** Such as `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly #agent: Agent;

  constructor(origin: string, connectionsMax: number) {
    this.origin = origin;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  }

  /** Makes one call, and reads the whole answer. @throws Error when there is no answer */
  send({ method = "POST", path, headers, body }: Call): Promise<Answer> {
    this.calls += 1;
    const bytes = body && Buffer.from(JSON.stringify(body));
    const content = bytes && { "content-type": "application/json", "content-length": bytes.length };
    const options = { method, agent: this.#agent, headers: { ...content, ...headers } };
    const attempt = (): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const sent = request(`${this.origin}${path}`, options, (response) => {
          const { statusCode: status = 0, headers } = response;
          text(response).then((text) => resolve({ status, headers, text }), reject);
        });
        sent.once("error", (error: NodeJS.ErrnoException) => {
          // Servers close connections that were idle for some seconds, perhaps just when the next call begins.
          if (sent.reusedSocket && error.code === "ECONNRESET") resolve(attempt());
          else reject(error);
        });
        sent.end(bytes);
      });
    return attempt();
  }

  /** Closes all connections. */
  close(): void {
    this.#agent.destroy();
  }
}

/** What a measurement under load has shown. */
export interface Load {
  /** Tasks per second. */
  readonly rate: number;
  /** How long each task took, in ms. */
  readonly tookMs: readonly number[];
  /** How much CPU time the server and its database have used meanwhile. */
  readonly cpu?: CpuMs;
}

/** CPU time of a server and its database, in ms. */
export interface CpuMs {
  readonly server: number;
  readonly database: number;
}

/** A task. It gets its number, which no other task of the same measurement has. @throws Error when it fails */
export type Task = (turn: number) => Promise<unknown>;

/**
 * Repeats a task for some time: as many at once as there are callers.
 * @param turns numbers the tasks. The same iterator in several measurements gives each task a number of its own.
 */
export async function load(task: Task, callers: number, ms: number, turns: Iterator<number, never>): Promise<Load> {
  const tookMs: number[] = [];
  const begun = performance.now();
  const caller = async () => {
    for (let now = begun; now < begun + ms; ) {
      await task(turns.next().value);
      const done = performance.now();
      tookMs.push(done - now);
      now = done;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { rate: (tookMs.length / (performance.now() - begun)) * 1000, tookMs };
}

/** Numbers from 0. */
export function* counting(): Generator<number, never> {
  for (let number = 0; ; number++) yield number;
}
