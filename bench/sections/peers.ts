import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { freePort } from "../../local/dynoxide.ts";
import { type Adapter, type MakeAdapter, type Outcome, password } from "../adapters/adapter.ts";
import { betterAuthAdapter } from "../adapters/better-auth.ts";
import { frontdeskAdapter } from "../adapters/frontdesk.ts";
import { parseServerAdapter } from "../adapters/parse-server.ts";
import { type TaskName, taskNames, tasksOf } from "../adapters/tasks.ts";
import { cpuMsOf, processesOf } from "../cpu.ts";
import { diskWaitsMs } from "../disk.ts";
import { Client, type CpuMs, counting, load, type Task } from "../load.ts";
import {
  aboutPeers,
  type Burst,
  budgetsOf,
  burstSize,
  burstsMade,
  burstsTable,
  type Compared,
  comparedTable,
  cpuTable,
  diskTable,
  hashingTasks,
  isEqualHash,
  peersInShort,
  type SystemName,
  systemsTable,
} from "../peer-results.ts";
import { findPostgres, type Postgres, startPostgres } from "../postgres.ts";
import { Resources } from "../resources.ts";
import { inRounds, type Measure } from "../rounds.ts";
import type { Measured, Section } from "../section.ts";
import { type Server, startFrontdesk, startServer } from "../server.ts";

/** How many tasks run at the same time. */
const callers = 8;
const rounds = 5;
const roundMs = 1000;
const installMinutesMax = 5;

const folder = new URL("../peers/", import.meta.url);
const ready = /^ready (\S+)/;

/** What starts a system and does the tasks on it. The systems with an equal hash differ only where passwords are hashed. */
const systems: readonly {
  readonly name: SystemName;
  readonly adapter: MakeAdapter;
  readonly start: (postgres: Postgres) => Promise<Server>;
}[] = [
  { name: "Frontdesk", adapter: frontdeskAdapter, start: startFrontdesk },
  { name: "better-auth", adapter: betterAuthAdapter, start: peer("better-auth", {}) },
  { name: "better-auth, equal hash", adapter: betterAuthAdapter, start: peer("better-auth", { EQUAL_HASH: "1" }) },
  { name: "Parse Server", adapter: parseServerAdapter, start: peer("parse-server", {}) },
  { name: "Parse Server, equal hash", adapter: parseServerAdapter, start: peer("parse-server", { EQUAL_HASH: "1" }) },
];

/** Starts a peer with a database of its own. */
function peer(program: string, environment: Readonly<Record<string, string>>) {
  return async (postgres: Postgres) => {
    const database = `${program.replace("-", "_")}_${"EQUAL_HASH" in environment ? "equal" : "shipped"}`;
    return startServer(`bench/peers/${program}.ts`, ready, {
      ...environment,
      NODE_ENV: "production",
      // Otherwise Parse Server writes its log to the folder `logs/` of this project.
      PARSE_SERVER_LOGS_FOLDER: "null",
      DATABASE_URL: await postgres.createDatabase(database),
      PORT: String(await freePort("127.0.0.1")),
    });
  };
}

/** A system that runs, ready for its tasks. */
interface Contestant {
  readonly name: SystemName;
  readonly adapter: Adapter;
  readonly tasks: Readonly<Record<TaskName, Task>>;
  /** What it and its database have used until now. */
  readonly cpu: () => CpuMs;
}

/** Compares Frontdesk with systems that one might use in its place. */
export const peers: Section = {
  title: "Beside better-auth and Parse Server",
  about: aboutPeers(callers, rounds),
  run: (say) => measurePeers(say, findPostgres()),
};

/** Measures, if it can. @param postgresBin from `findPostgres` */
export async function measurePeers(say: (line: string) => void, postgresBin: string | undefined): Promise<Measured> {
  if (!postgresBin) return absent("this machine has no PostgreSQL (initdb, postgres and psql).");
  const failure = await install(say);
  if (failure) return absent(`npm ci failed in bench/peers: ${failure}`);
  await using open = new Resources();
  const postgres = await startPostgres(postgresBin).catch((error: Error) => error);
  if (postgres instanceof Error) return absent(`PostgreSQL does not start: ${postgres.message}`);
  open.defer(postgres.stop);
  const contestants: Contestant[] = [];
  for (const { name, adapter: makeAdapter, start } of systems) {
    say(`${name} starts`);
    const server = await start(postgres);
    open.defer(server.stop);
    const client = new Client(server.url, burstSize);
    open.defer(() => client.close());
    const adapter = await makeAdapter(client);
    const cpu = () => cpuOf(server, postgres);
    contestants.push({ name, adapter, tasks: await tasksOf(adapter, callers), cpu });
  }
  const compared: Compared[] = [];
  const diskWaits: number[] = [];
  for (const task of taskNames) {
    say(`${task}: ${rounds} rounds`);
    diskWaits.push(...diskWaitsMs());
    compared.push(await compare(task, contestants));
  }
  say(`${burstSize} at once with one name`);
  const bursts = await burstsOf(contestants.filter(({ name }) => !isEqualHash(name)));
  const hashMs = await cpuMsOfHash();
  return {
    tables: [
      comparedTable(compared),
      cpuTable(compared),
      burstsTable(bursts),
      diskTable(diskWaits),
      systemsTable(versions(postgres)),
    ],
    inShort: peersInShort(compared, bursts),
    budgets: budgetsOf(compared, hashMs),
  };
}

const absent = (reason: string): Measured => ({ tables: [], budgets: [], absent: reason });

/** Installs the peers unless they are installed. @returns why that failed */
async function install(say: (line: string) => void): Promise<string | undefined> {
  if (existsSync(new URL("node_modules/.package-lock.json", folder))) return undefined;
  say("npm ci in bench/peers");
  // The packages work without their install scripts.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"];
  return promisify(execFile)("npm", args, { cwd: folder, timeout: installMinutesMax * 60_000 }).then(
    () => undefined,
    (error: Error & { stderr?: string }) => (error.stderr || error.message).trim().split("\n")[0],
  );
}

/** Measures one task in turns. Where no password is hashed, the systems with an equal hash would show the same again. */
async function compare(task: TaskName, contestants: readonly Contestant[]): Promise<Compared> {
  const taking = contestants.filter(({ name }) => hashingTasks.includes(task) || !isEqualHash(name));
  const measures = new Map<SystemName, Measure & { turns: Iterator<number, never> }>(
    taking.map(({ name, tasks, cpu }) => [name, { task: tasks[task], callers, turns: counting(), cpu }]),
  );
  const calls = new Map<SystemName, number>();
  for (const { name, adapter, tasks } of taking) {
    const before = adapter.client.calls;
    await tasks[task](measures.get(name)?.turns.next().value ?? 0);
    calls.set(name, adapter.client.calls - before);
  }
  return { task, loads: await inRounds(measures, rounds, roundMs), calls };
}

/** What a system has used. Frontdesk's engine is a process that it starts, and only one system at a time uses PostgreSQL. */
function cpuOf(server: Server, postgres: Postgres): CpuMs {
  const processes = processesOf(server.pid);
  const engine = processes.filter(({ command }) => command === "dynoxide");
  const own = processes.filter((each) => !engine.includes(each));
  return { server: cpuMsOf(own), database: cpuMsOf([...engine, ...processesOf(postgres.pid)]) };
}

/** Lets several callers create the same name at the same time, some times with another name. */
async function burstsOf(contestants: readonly Contestant[]): Promise<Burst[]> {
  const bursts: Burst[] = [];
  for (const { name, adapter } of contestants) {
    const kinds = {
      "create tenant": (burst: number) => adapter.createTenant(`burst-${burst}`),
      register: (burst: number) => adapter.register(`burst-${burst}@example.org`),
    };
    for (const [task, create] of Object.entries(kinds)) {
      const outcomes: Outcome[] = [];
      for (let burst = 0; burst < burstsMade; burst++) {
        const answers = await Promise.all(Array.from({ length: burstSize }, () => create(burst)));
        outcomes.push(...answers.map(adapter.outcomeOf));
      }
      bursts.push({ name, task, outcomes });
    }
  }
  return bursts;
}

/** How much CPU time Frontdesk's hash of a password takes, in ms. */
async function cpuMsOfHash(): Promise<number> {
  const before = process.cpuUsage();
  const { tookMs } = await load(() => hashPassword(password), callers, roundMs, counting());
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / tookMs.length;
}

/** What was measured, with the versions that are installed. */
function versions({ version }: Postgres): Readonly<Record<"better-auth" | "Parse Server" | "PostgreSQL", string>> {
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, folder), "utf8")).version;
  return { "better-auth": versionOf("better-auth"), "Parse Server": versionOf("parse-server"), PostgreSQL: version };
}
