import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../local/dynoxide.ts";

/** A PostgreSQL of this measurement only, on this machine only. */
export interface Postgres {
  /** Such as `15.4`. */
  readonly version: string;
  readonly pid: number;
  /** Creates a database. @returns its URL */
  createDatabase(name: string): Promise<string>;
  /** Ends it, and deletes all that it has stored. */
  stop(): Promise<void>;
}

const run = promisify(execFile);

/**
 * The folder of PostgreSQL's programs, the newest if there are several; `undefined` when the machine has none.
 * @param versions where Debian keeps each version in a folder of its own, which is not in `path`
 */
export function findPostgres(
  versions = "/usr/lib/postgresql/*/bin",
  path = process.env.PATH ?? "",
): string | undefined {
  const newestFirst = globSync(versions).toSorted((one, other) => other.localeCompare(one, "en", { numeric: true }));
  const folders = [...newestFirst, ...path.split(delimiter)];
  return folders.find((folder) => ["initdb", "postgres", "psql"].every((program) => existsSync(join(folder, program))));
}

/** PostgreSQL refuses to run as root. Whom it runs as then. */
function otherUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (option: string) => Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/**
 * Starts PostgreSQL with its defaults: each commit waits until it is on disk (`fsync`).
 * @param bin from `findPostgres`
 */
export async function startPostgres(bin: string): Promise<Postgres> {
  const user = otherUser();
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-postgres-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    return await startIn(folder, bin, user, removeFolder);
  } catch (error) {
    removeFolder();
    throw error;
  }
}

async function startIn(
  folder: string,
  bin: string,
  user: { uid?: number; gid?: number },
  removeFolder: () => void,
): Promise<Postgres> {
  const password = randomBytes(16).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined)
    for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const data = join(folder, "data");
  const access = ["--username=bench", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const options = { ...user, cwd: folder };
  await run(join(bin, "initdb"), [`--pgdata=${data}`, ...access, "--encoding=UTF8", "--no-locale"], options);
  const port = String(await freePort("127.0.0.1"));
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=on"];
  const child = spawn(
    join(bin, "postgres"),
    ["-D", data, "-p", port, ...settings.flatMap((setting) => ["-c", setting])],
    { ...options, stdio: "ignore" },
  );
  const env = { ...process.env, PGPASSWORD: password };
  const psql = async (command: string) => {
    const args = ["-h", "127.0.0.1", "-p", port, "-U", "bench", "-d", "postgres", "-qtA", "-c", command];
    const { stdout } = await run(join(bin, "psql"), args, { env });
    return stdout.trim();
  };
  try {
    await answers(child, () => psql("SELECT 1"));
  } catch (error) {
    child.kill("SIGINT");
    throw error;
  }
  return {
    pid: Number(child.pid),
    version: await psql("SHOW server_version"),
    async createDatabase(name) {
      await psql(`CREATE DATABASE ${name}`);
      return `postgres://bench:${password}@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      // SIGINT ends PostgreSQL without waiting for its clients.
      if (child.exitCode === null && child.kill("SIGINT")) await once(child, "exit");
      removeFolder();
    },
  };
}

/** Waits until a new server answers. @throws Error when it has ended, or takes longer than ten seconds */
async function answers(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 100; ; tries--) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL has ended with exit code ${child.exitCode}.`);
    const failure = await ask().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    if (tries === 0) throw failure;
    await wait(100);
  }
}
