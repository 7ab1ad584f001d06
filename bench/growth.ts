/**
 * Measures whether calls become slower as the number of records grows, over HTTP. Starts `npm start` once for each number
 * of records, each with its own data folder. Half of the records are practices, half are users of one practice. Calls
 * create the records, several at a time. Then lists and saves are measured in rounds, in which the instances take turns.
 * Prints medians, and each rate divided by the rate with the fewest records. Arguments replace the numbers of records.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { demo } from "../local/demo.ts";
import { median } from "./system.ts";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1000, 10_000, 100_000];
const callers = 8;
/** Many short rounds, so that other work on the machine disturbs all instances alike. */
const rounds = 30;
const callsARound = 40;
/** The lowest acceptable ratio of a rate to the rate with the fewest records. */
const budget = 0.83;
/** How many calls a rate during loading is measured over. */
const part = 500;
/** The number of the later page. Pages hold one record, so that page 500 exists even with 1,000 records. */
const page = 500;

const { applicationId, applicationPassword } = demo;
const auth = { applicationId, applicationPassword, accountId: "practice-000000" };
const idOf = (kind: "practice" | "user", place: number) => `${kind}-${String(place).padStart(6, "0")}`;
type Call = readonly [method: string, fields: object];
const savePractice = (place: number): Call => [
  "PracticeSave",
  { accountId: idOf("practice", place), name: "Riverside Clinic", city: "Springfield" },
];
const saveUser = (place: number): Call => [
  "UserSave",
  { userId: idOf("user", place), firstName: "Ada", lastName: "Mills" },
];

/** Starts `npm start` with an empty data folder. Calls use connections that stay open. */
async function startInstance() {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-bench-"));
  const program = fileURLToPath(new URL("../local/main.ts", import.meta.url));
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [program], {
    // As under npm, so that it ends when this process ends.
    env: { PATH, HOME, PORT: "0", FRONTDESK_DATA: folder, npm_lifecycle_event: "start" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const stop = async () => {
    agent.destroy();
    if (child.exitCode === null && child.kill("SIGTERM")) await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  };
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const [, origin] = /curl (\S+)\/api\/io\//.exec(line) ?? [];
      if (origin) resolve(origin);
    });
    child.once("exit", () => reject(new Error("npm start has ended")));
  });
  const call = async ([method, fields]: Call): Promise<Record<string, unknown>> => {
    const sent = request(`${url}/api/io/${method}`, { method: "POST", agent });
    sent.end(JSON.stringify({ auth, ...fields }));
    const [response] = await once(sent, "response");
    const answer = (await json(response)) as Record<string, unknown>;
    if (!answer.successful) throw new Error(`${method} answers ${JSON.stringify(answer)}`);
    return answer;
  };
  return { call, stop };
}
type Instance = Awaited<ReturnType<typeof startInstance>>;

/** Makes calls, several at a time. @returns calls per second */
async function rateOf({ call }: Instance, calls: readonly Call[]): Promise<number> {
  const begun = performance.now();
  const waiting = calls.values();
  const caller = async () => {
    for (const each of waiting) await call(each);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls.length / (performance.now() - begun)) * 1000;
}

/** Creates records, and prints how fast that was. */
async function load(instance: Instance, records: number): Promise<void> {
  process.stdout.write(`${String(records).padStart(7)} records are created: `);
  await instance.call(savePractice(0));
  const rates: number[] = [];
  for (let made = 0; made < records; made += part) {
    const calls = Array.from({ length: part }, (_, place) => {
      const half = Math.floor((made + place) / 2);
      return place % 2 === 0 ? savePractice(half) : saveUser(half);
    });
    rates.push(await rateOf(instance, calls));
  }
  const [first = 0, last = 0] = [rates.slice(0, 2), rates.slice(-2)].map(median);
  console.log(`${first.toFixed(0)} per second at the beginning, ${last.toFixed(0)} at the end`);
}

/** The cursor of the later page. */
async function cursorBefore({ call }: Instance, method: string): Promise<unknown> {
  const { cursor } = await call([method, { limit: page - 1 }]);
  if (!cursor) throw new Error(`${method} has no page ${page}`);
  return cursor;
}

await using open = new AsyncDisposableStack();
const filled: { instance: Instance; calls: Map<string, (turn: number) => Call> }[] = [];
for (const records of sizes) {
  const instance = await startInstance();
  open.defer(instance.stop);
  await load(instance, records);
  // Spreads the calls over all records.
  const spread = (turn: number) => (turn * 7919) % (records / 2);
  const calls = new Map<string, (turn: number) => Call>([
    ["PracticeSave", (turn) => savePractice(spread(turn))],
    ["UserSave", (turn) => saveUser(spread(turn))],
  ]);
  for (const method of ["PracticeList", "UserList"]) {
    const cursor = await cursorBefore(instance, method);
    calls.set(`${method}, page 1`, () => [method, { limit: 1 }]);
    calls.set(`${method}, page ${page}`, () => [method, { limit: 1, cursor }]);
  }
  filled.push({ instance, calls });
}

console.log(
  `\ncalls per second, ${callers} at a time, and their ratio to those with ${sizes[0]} records (at least ${budget})`,
);
console.log("call".padEnd(24), ...sizes.map((records) => `of ${records}`.padStart(18)));
for (const name of filled[0]?.calls.keys() ?? []) {
  const rates = sizes.map(() => [] as number[]);
  for (let round = 0; round <= rounds; round++) {
    // Each instance comes first once in a while.
    const inTurn = [...filled.entries()].map((_, at, all) => all[(at + round) % all.length] as (typeof all)[number]);
    for (const [which, { instance, calls }] of inTurn) {
      const turns = Array.from({ length: callsARound }, (_, at) => round * callsARound + at);
      const rate = await rateOf(instance, turns.map(calls.get(name) as (turn: number) => Call));
      // The first round only warms up.
      if (round > 0) rates[which]?.push(rate);
    }
  }
  const fewest = rates[0] ?? [];
  const cells = rates.map((each) => {
    // Compared round by round, because other work on the machine disturbs all instances of a round.
    const ratio = median(each.map((rate, round) => rate / (fewest[round] ?? 1)));
    return `${median(each).toFixed(0)} (${ratio.toFixed(2)})`.padStart(18);
  });
  console.log(name.padEnd(24), ...cells);
}
