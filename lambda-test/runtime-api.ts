import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { functionSecondsMax } from "../lib/operations.ts";

/** How long a start takes, in milliseconds: elapsed time, and CPU time, which other work on the machine does not change. */
export interface Start {
  readonly ms: number;
  readonly cpuMs: number;
}

/** A function that runs as in Lambda: in its own process, behind AWS's runtime interface client. */
export interface RunningFunction {
  /** The time from the start of the process until it asks for its first event. */
  readonly start: Start;
  /** The id of its process. */
  readonly pid: number;
  /** Calls the function. @throws Error with the function's error message */
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own answer
  invoke(event: object): Promise<any>;
  stop(): Promise<void>;
}

const client = fileURLToPath(new URL("node_modules/aws-lambda-ric/index.mjs", import.meta.url));
/** The environment variables that Lambda sets for every function. */
const lambdaVariables = {
  _HANDLER: "index.handler",
  AWS_LAMBDA_FUNCTION_NAME: "test",
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
  AWS_LAMBDA_LOG_GROUP_NAME: "test",
  AWS_LAMBDA_LOG_STREAM_NAME: "test",
  AWS_LAMBDA_LOG_FORMAT: "JSON",
};

/**
 * Starts a function.
 * @param directory the folder with its `index.cjs`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * @throws Error with the message with which the function failed to start
 */
export async function startFunction(
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningFunction> {
  const api = new RuntimeApi();
  const address = await api.listen();
  const begun = performance.now();
  const child = spawn(process.execPath, [client], {
    cwd: directory,
    env: { ...environment, AWS_LAMBDA_RUNTIME_API: address, LAMBDA_TASK_ROOT: directory, ...lambdaVariables },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const ended = once(child, "exit");
  ended.then(([code]) => api.fail(new Error(`it ended with exit code ${code}: ${output}`)));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    api.close();
  };
  try {
    await api.ready;
  } catch (error) {
    await stop();
    throw error;
  }
  const start = { ms: performance.now() - begun, cpuMs: cpuMsOf(Number(child.pid)) };
  return { start, pid: Number(child.pid), invoke: (event) => api.invoke(event), stop };
}

/** The server from which a function in Lambda gets its events, and to which it sends its answers. */
class RuntimeApi {
  readonly #ready = Promise.withResolvers<void>();
  readonly #answers = new Map<string, PromiseWithResolvers<unknown>>();
  /** The function's open request for its next event. */
  #next: ServerResponse | undefined;
  #calls = 0;
  readonly #server = createServer((request, response) => this.#serve(request, response));

  /** Resolves when the function asks for its first event; rejects when it fails to start. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Listens on a free loopback port. Returns host and port. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Gives an event to the function, and waits for its answer. */
  async invoke(event: object): Promise<unknown> {
    this.#calls += 1;
    const id = `call${this.#calls}`;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(id, answer);
    this.#next?.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + functionSecondsMax * 1000),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:test",
    });
    this.#next?.end(JSON.stringify(event));
    const result = await answer.promise;
    // Wait until the function asks for its next event; only then it can take one.
    while (this.#next?.writableEnded) await new Promise((resolve) => setTimeout(resolve, 1));
    return result;
  }

  /** Rejects everything that waits for the function, because its process has ended. */
  fail(error: Error): void {
    this.#ready.reject(error);
    for (const answer of this.#answers.values()) answer.reject(error);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = "", part] =
      /^\/2018-06-01\/runtime\/(?:invocation\/)?(\w+)(?:\/(\w+))?$/.exec(request.url ?? "") ?? [];
    const body = await text(request);
    if (id === "next") {
      this.#next = response;
      return this.#ready.resolve();
    }
    response.writeHead(202).end();
    const failure = () => new Error(String(JSON.parse(body).errorMessage));
    if (id === "init") this.#ready.reject(failure());
    else if (part === "error") this.#answers.get(id)?.reject(failure());
    else this.#answers.get(id)?.resolve(JSON.parse(body));
  }
}

/** The CPU time of a process's threads, in milliseconds. */
function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread has ended meanwhile.
      return 0;
    }
  });
  return ns.reduce((sum, each) => sum + each, 0) / 1e6;
}
