import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "./load.ts";

/** A running `npm start`. */
export interface Instance {
  /** Makes a call of `/api/io`. @throws Error when it does not succeed */
  call(method: string, fields: object): Promise<Record<string, unknown>>;
  /** Ends it. Its data folder is free then. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
/** The longest output of a start that failed, in characters. */
const outputMax = 2000;

/**
 * Runs `npm start` and waits until it is ready.
 * @param open ends it, unless it was stopped before
 * @param folder its data folder
 * @param connections how many connections calls use; they stay open
 */
export async function startInstance(
  open: AsyncDisposableStack,
  folder: string,
  connections: number,
): Promise<Instance> {
  const { PATH, HOME } = process.env;
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { PATH, HOME, PORT: "0", FRONTDESK_DATA: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const end = async () => {
    child.kill("SIGTERM");
    // npm ends before the server does. The output closes when both have ended.
    await closed;
  };
  open.defer(end);
  const url = await originOf(child);
  const client = new Client(url, connections);
  return {
    async call(method, fields) {
      const { text } = await client.send({ path: `/api/io/${method}`, body: fields });
      const answer = JSON.parse(text);
      if (!answer.successful) throw new Error(`${method} answers ${text}`);
      return answer;
    },
    async stop() {
      client.close();
      await end();
    },
  };
}

/** The address that a starting instance prints. */
function originOf({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const add = (text: string) => {
      output = `${output}${text}\n`.slice(-outputMax);
    };
    if (!stdout || !stderr) return reject(new Error("npm start has no output"));
    stderr.on("data", add);
    createInterface(stdout)
      .on("line", (line) => {
        add(line);
        const [, origin] = /curl (\S+)\/api\/io\//.exec(line) ?? [];
        if (origin) resolve(origin);
      })
      .once("close", () => reject(new Error(`npm start has ended: ${output}`)));
  });
}
