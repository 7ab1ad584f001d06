import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** What a start takes, in milliseconds: by the clock, and of the CPU, which other work on the machine does not change. */
export interface Start {
  readonly ms: number;
  readonly cpuMs: number;
}

/** A function that runs as it does in Lambda: in a process of its own, behind AWS's runtime interface client. */
export interface RunningFunction {
  /** What it took from the start of the process until it asked for its first event. */
  readonly start: Start;
  /** @throws Error with what the function failed with */
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own
  invoke(event: object): Promise<any>;
  stop(): Promise<void>;
}

const client = fileURLToPath(new URL("node_modules/aws-lambda-ric/index.mjs", import.meta.url));
const functionMs = 15_000;
/** What Lambda tells every function. */
const ofLambda = {
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
 * @param directory with its `index.cjs`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * @throws Error with what it failed to start with
 */
export async function startFunction(
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningFunction> {
  const ready = Promise.withResolvers<void>();
  const answers = new Map<string, PromiseWithResolvers<unknown>>();
  let idle: ServerResponse | undefined;
  const api = createServer(async (request, response) => {
    const [, id = "", what] =
      /^\/2018-06-01\/runtime\/(?:invocation\/)?(\w+)(?:\/(\w+))?$/.exec(request.url ?? "") ?? [];
    const body = await text(request);
    if (id === "next") {
      idle = response;
      return ready.resolve();
    }
    response.writeHead(202).end();
    const failure = () => new Error(String(JSON.parse(body).errorMessage));
    if (id === "init") ready.reject(failure());
    else if (what === "error") answers.get(id)?.reject(failure());
    else answers.get(id)?.resolve(JSON.parse(body));
  });
  api.listen(0, "127.0.0.1");
  await once(api, "listening");

  const begun = performance.now();
  const child = spawn(process.execPath, [client], {
    cwd: directory,
    env: {
      ...environment,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(api.address() as AddressInfo).port}`,
      LAMBDA_TASK_ROOT: directory,
      ...ofLambda,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const ended = once(child, "exit");
  ended.then(([code]) => {
    const end = new Error(`it ended with exit code ${code}: ${said}`);
    ready.reject(end);
    for (const answer of answers.values()) answer.reject(end);
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    api.closeAllConnections();
    api.close();
  };
  try {
    await ready.promise;
  } catch (error) {
    await stop();
    throw error;
  }

  const start = { ms: performance.now() - begun, cpuMs: cpuMsOf(Number(child.pid)) };
  let calls = 0;
  return {
    start,
    async invoke(event) {
      const id = `call${++calls}`;
      const answer = Promise.withResolvers<unknown>();
      answers.set(id, answer);
      idle?.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + functionMs),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:test",
      });
      idle?.end(JSON.stringify(event));
      const result = await answer.promise;
      // Only who asks for the next event takes it.
      while (idle?.writableEnded) await new Promise((resolve) => setTimeout(resolve, 1));
      return result;
    },
    stop,
  };
}

/** Time that a process's threads have spent on a CPU. */
function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // It has ended since.
      return 0;
    }
  });
  return ns.reduce((sum, each) => sum + each, 0) / 1e6;
}
