import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../bench/server.ts";

/** `npm start` with a log that can be read. */
export interface System {
  readonly url: string;
  /** A folder for files of the run. It is deleted at the end. */
  readonly folder: string;
  /** Everything that the server has printed but the call to try at its start, and its access log. */
  log(): string;
  stop(): Promise<void>;
}

/** The line with a call to try, which has the demo vendor's credentials. */
const firstCall = /^ *curl .*$/m;

/** Starts `npm start` on a free port, with a new data folder. */
export async function startSystem(): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-schemathesis-"));
  const data = join(folder, "data");
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const printed: string[] = [];
  let server: Server;
  try {
    server = await startServer(
      "local/main.ts",
      /curl (\S+)\/api\/io\//,
      // As under npm, so that it ends when this process ends.
      { PORT: "0", FRONTDESK_DATA: data, LOG_LEVEL: "INFO", npm_lifecycle_event: "start" },
      (text) => printed.push(text),
    );
  } catch (error) {
    remove();
    throw error;
  }
  return {
    url: server.url,
    folder,
    log: () => printed.join("").replace(firstCall, "") + readFileSync(join(data, "access.log"), "utf8"),
    stop: () => server.stop().finally(remove),
  };
}
