import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demo } from "../local/demo.ts";
import { wholeCoreMiB } from "../tools/function-memory.ts";
import type { Deployable } from "./assembly.ts";
import { eventOf, prepareStarts, withoutPreparation } from "./starts.ts";

/**
 * Measures cold starts behind AWS's runtime interface client: how long a function takes from a new process until it asks for its
 * first event, and then until it has answered that. Once as it is deployed, and once without the work that it does before its
 * first call (`lib/start.ts`). The table is reached over TLS, as in AWS. A function has a whole core while it starts, as in Lambda,
 * and then the share of a core that its memory buys, if this machine's control groups can be used.
 */
const { rounds } = parseArgs({ options: { rounds: { type: "string", default: "15" } } }).values;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Milliseconds: until the first event; the first answer; the second answer. */
type Times = readonly [start: number, first: number, second: number];

const group = "/sys/fs/cgroup/cpu/frontdesk-cold-starts";
/** The time in which a control group gets its share, in microseconds. */
const periodUs = 20_000;

await using open = new AsyncDisposableStack();
const starts = await prepareStarts(open, say);
const isLimited = makeGroup();

say(
  `Median of ${rounds}, in ms. While a call runs, a function has ${isLimited ? "its share of a core" : "a whole core"}.`,
);
say("                                   start  + first answer  = together    second answer");
for (const [id, event] of await calls()) {
  const deployed = starts.functions.find((each) => each.id === id);
  if (!deployed) throw new Error(`there is no function ${id}`);
  const unprepared = withoutPreparation(deployed, starts.scratch);
  const [before, after]: [Times[], Times[]] = [[], []];
  // In turn, so that other work on the machine delays both alike.
  for (let round = 0; round < Number(rounds); round++) {
    before.push(await measure(unprepared, event));
    after.push(await measure(deployed, event));
  }
  print(id, "without", before);
  print(id, "as deployed", after);
}

/** Calls that need nothing but the demo vendor and what the calls before them have made. */
async function calls(): Promise<readonly (readonly [id: string, event: object])[]> {
  const auth = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
  const practice = { auth, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
  const person = { email: "charles@example.org", password: "mauve otter juggles 41 kettles" };
  return [
    ["Ping", eventOf("/api/io/Ping", {})],
    ["PracticeSave", eventOf("/api/io/PracticeSave", practice)],
    ["PracticeGet", eventOf("/api/io/PracticeGet", { auth, accountId: "practice-1" })],
    ["PracticeList", eventOf("/api/io/PracticeList", { auth, limit: 1 })],
    ["AccountLogin", eventOf("/riverside/v2/accounts/login", person)],
  ];
}

/** Starts a function and calls it twice. */
async function measure(deployable: Deployable, event: object): Promise<Times> {
  const running = await starts.start(deployable);
  try {
    if (isLimited) limit(running.pid, deployable.memoryMiB / wholeCoreMiB);
    const begun = performance.now();
    await running.invoke(event);
    const answered = performance.now();
    await running.invoke(event);
    return [running.start.ms, answered - begun, performance.now() - answered];
  } finally {
    await running.stop();
  }
}

/** Makes the control group for functions that answer. Returns whether that is possible: it needs Linux and root. */
function makeGroup(): boolean {
  try {
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, "cpu.cfs_period_us"), String(periodUs));
  } catch {
    return false;
  }
  open.defer(() => rmdirSync(group));
  return true;
}

/** Limits a process to a share of a core. */
function limit(pid: number, share: number): void {
  writeFileSync(join(group, "cpu.cfs_quota_us"), String(Math.round(periodUs * share)));
  writeFileSync(join(group, "cgroup.procs"), String(pid));
}

function print(id: string, title: string, times: readonly Times[]): void {
  const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
  const columns = [
    times.map(([start]) => start),
    times.map(([, first]) => first),
    times.map(([start, first]) => start + first),
    times.map(([, , second]) => second),
  ].map((each) => median(each).toFixed(0).padStart(13));
  say(`${id.padEnd(16)}${title.padEnd(12)}${columns.join("")}`);
}
