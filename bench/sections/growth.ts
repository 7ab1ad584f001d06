import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demo } from "../../local/demo.ts";
import { type Instance, startInstance } from "../instance.ts";
import { copiedPlaces, copyRecords, idOf } from "../more-records.ts";
import { Resources } from "../resources.ts";
import type { BudgetRow, Section } from "../section.ts";
import { median } from "../system.ts";

/** The numbers of records. Calls make those of the first two; the last is made by copying these. */
const sizes = [1000, 2 * copiedPlaces, 100_000] as const;
/** The same as people write them. */
const [few, medium, many] = sizes.map((records) => records.toLocaleString("en"));
const callers = 8;
/** Many short rounds, so that other work on the machine disturbs all instances alike. */
const rounds = 20;
const callsARound = 40;
/** How many calls a rate during loading is measured over. */
const part = 500;
/** The number of the later page. Pages hold one record, so that page 500 exists even with 1,000 records. */
const page = 500;
const starts = 10;
/** The lowest acceptable ratio of a rate to the rate with the fewest records. */
const ratioMin = 0.83;
const startMsMax = 2000;

const { applicationId, applicationPassword } = demo;
const auth = { applicationId, applicationPassword, accountId: idOf("practice", 0) };
type Call = readonly [method: string, fields: object];
const savePractice = (place: number): Call => [
  "PracticeSave",
  { auth, accountId: idOf("practice", place), name: "Riverside Clinic", city: "Springfield" },
];
const saveUser = (place: number): Call => [
  "UserSave",
  { auth, userId: idOf("user", place), firstName: "Ada", lastName: "Mills" },
];
const list = (method: string, more: object): Call => [method, { auth, ...more }];

/** Makes calls, several at a time. @returns calls per second */
async function rateOf({ call }: Instance, calls: readonly Call[]): Promise<number> {
  const begun = performance.now();
  const waiting = calls.values();
  const caller = async () => {
    for (const each of waiting) await call(...each);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls.length / (performance.now() - begun)) * 1000;
}

/** Creates records by calls: practices and users in turn. @returns the rate of each part */
async function load(instance: Instance, from: number, to: number): Promise<number[]> {
  const rates: number[] = [];
  for (let made = from; made < to; made += part) {
    const calls = Array.from({ length: part }, (_, place) => {
      const half = Math.floor((made + place) / 2);
      return place % 2 === 0 ? savePractice(half) : saveUser(half);
    });
    rates.push(await rateOf(instance, calls));
  }
  return rates;
}

/** Makes a data folder for each number of records. @returns the folders, and the rates of the calls that created records */
async function fillFolders(open: AsyncDisposableStack, base: string, say: (line: string) => void) {
  const folders = sizes.map((records) => join(base, String(records)));
  const [small = "", middle = "", large = ""] = folders;
  const rates: number[] = [];
  for (const [folder, from, to] of [
    [small, 0, sizes[0]],
    [middle, sizes[0], sizes[1]],
  ] as const) {
    if (folder === middle) cpSync(small, middle, { recursive: true });
    const instance = await startInstance(open, folder, callers);
    if (from === 0) await instance.call(...savePractice(0));
    rates.push(...(await load(instance, from, to)));
    await instance.stop();
    say(`${to} records were created by calls`);
  }
  cpSync(middle, large, { recursive: true });
  copyRecords(join(large, "table.sqlite"), sizes[2] / sizes[1] - 1);
  say(`${many} records were made by copying`);
  return { folders, rates };
}

/** The calls that are measured, by name. */
async function measuredCalls({ call }: Instance, records: number): Promise<Map<string, (turn: number) => Call>> {
  // Spreads the calls over all records.
  const spread = (turn: number) => (turn * 7919) % (records / 2);
  const calls = new Map<string, (turn: number) => Call>([
    ["PracticeSave", (turn) => savePractice(spread(turn))],
    ["UserSave", (turn) => saveUser(spread(turn))],
  ]);
  for (const method of ["PracticeList", "UserList"]) {
    const { cursor } = await call(...list(method, { limit: page - 1 }));
    if (!cursor) throw new Error(`${method} has no page ${page}`);
    calls.set(`${method}, page 1`, () => list(method, { limit: 1 }));
    calls.set(`${method}, page ${page}`, () => list(method, { limit: 1, cursor }));
  }
  calls.set("UserSave, of a new user", (turn) => saveUser(records / 2 + turn));
  return calls;
}

interface Filled {
  readonly instance: Instance;
  readonly calls: Map<string, (turn: number) => Call>;
}

/** Measures one call in rounds, in which the instances take turns. @returns medians, by instance */
async function compare(filled: readonly Filled[], name: string): Promise<{ rate: number; ratio: number }[]> {
  const rates = filled.map(() => [] as number[]);
  for (let round = 0; round <= rounds; round++) {
    // Each instance comes first once in a while.
    const inTurn = filled.map((_, at) => (at + round) % filled.length);
    for (const which of inTurn) {
      const { instance, calls } = filled[which] as Filled;
      const callOf = calls.get(name) as (turn: number) => Call;
      const turns = Array.from({ length: callsARound }, (_, at) => callOf(round * callsARound + at));
      const rate = await rateOf(instance, turns);
      // The first round only warms up.
      if (round > 0) rates[which]?.push(rate);
    }
  }
  const [fewest = []] = rates;
  return rates.map((each) => ({
    rate: median(each),
    // Compared round by round, because other work on the machine disturbs all instances of a round.
    ratio: median(each.map((rate, round) => rate / (fewest[round] ?? 1))),
  }));
}

const ratioBudget = (what: string, ratio: number): BudgetRow => ({
  what,
  limit: `≥ ${ratioMin}`,
  measured: ratio.toFixed(2),
  isMet: ratio >= ratioMin,
});

/** How long `npm start` takes until it answers its first call, in milliseconds. */
async function startMs(open: AsyncDisposableStack, folder: string): Promise<number> {
  const begun = performance.now();
  const instance = await startInstance(open, folder, 1);
  await instance.call("Ping", { auth });
  const took = performance.now() - begun;
  await instance.stop();
  return took;
}

/** Measures starts with an empty data folder and with the most records, in turn. */
async function compareStarts(open: AsyncDisposableStack, base: string, large: string) {
  const empty = { what: "an empty folder", times: [] as number[] };
  const full = { what: `${many} records`, times: [] as number[] };
  for (let start = 0; start < starts; start++) {
    empty.times.push(await startMs(open, mkdtempSync(join(base, "empty-"))));
    full.times.push(await startMs(open, large));
  }
  const measured = [empty, full];
  return {
    inShort: measured.map(
      ({ what, times }) => `\`npm start\` answers after ${median(times).toFixed(0)} ms, with ${what}.`,
    ),
    table: {
      title: "`npm start` until its first answer, in milliseconds",
      columns: ["with", "median", "least", "most"],
      rows: measured.map(({ what, times }) => [
        what,
        ...[median(times), Math.min(...times), Math.max(...times)].map((ms) => ms.toFixed(0)),
      ]),
    },
    budgets: measured.map(
      ({ what, times }): BudgetRow => ({
        what: `\`npm start\` to first answer, with ${what}`,
        limit: `≤ ${startMsMax / 1000} s`,
        measured: `${(median(times) / 1000).toFixed(2)} s`,
        isMet: median(times) <= startMsMax,
      }),
    ),
  };
}

/** Measures lists and saves. @returns a table and budgets */
async function compareSizes(open: AsyncDisposableStack, folders: readonly string[]) {
  const filled: Filled[] = [];
  for (const [place, folder] of folders.entries()) {
    const instance = await startInstance(open, folder, callers);
    filled.push({ instance, calls: await measuredCalls(instance, sizes[place] ?? 0) });
  }
  const rows: string[][] = [];
  const ratios: number[] = [];
  const budgets: BudgetRow[] = [];
  for (const name of filled[0]?.calls.keys() ?? []) {
    const measured = await compare(filled, name);
    rows.push([name, ...measured.map(({ rate, ratio }) => `${rate.toFixed(0)} (${ratio.toFixed(2)})`)]);
    const ratio = measured.at(-1)?.ratio ?? 0;
    ratios.push(ratio);
    budgets.push(ratioBudget(`${name}: rate after ${many} records over ${few}`, ratio));
  }
  return {
    table: {
      title: `Calls per second, ${callers} at a time, and their ratio to those with ${few} records`,
      columns: ["call", ...[few, medium, many].map((records) => `${records} records`)],
      rows,
    },
    inShort: `With ${many} records, saves and lists have at least ${Math.min(...ratios).toFixed(2)} of the rate that they have with ${few}.`,
    budgets,
  };
}

/** Whether calls become slower as the number of records grows, and how long `npm start` takes to start. */
export const growth: Section = {
  title: "Growth, and starting",
  about: `Lists and saves over HTTP, through \`npm start\` with a data folder for each number of records. Half of the
records are practices, half are users of one practice. Calls create the first ${medium} records, ${callers} at a time; the
items of these are then copied nine times in the database's file. Three instances take turns in ${rounds} rounds of
${callsARound} calls, and each rate is compared with that of the same round among ${few} records. Saves are spread over all
records; those of new users come last. Pages of lists hold one record, so the time to find the page counts and not the time to write it.`,
  async run(say) {
    const base = mkdtempSync(join(tmpdir(), "frontdesk-bench-"));
    await using open = new Resources();
    open.defer(() => rmSync(base, { recursive: true, force: true }));
    const { folders, rates } = await fillFolders(open, base, say);
    const begin = median(rates.slice(1, 4));
    const end = median(rates.slice(-3));
    const started = await compareStarts(open, base, String(folders.at(-1)));
    say("starts were measured");
    const compared = await compareSizes(open, folders);
    const created = {
      title: `Creating ${medium} records, calls per second, ${callers} at a time`,
      columns: ["at the beginning", "at the end", "ratio"],
      rows: [[begin.toFixed(0), end.toFixed(0), (end / begin).toFixed(2)]],
    };
    return {
      tables: [compared.table, created, started.table],
      inShort: [compared.inShort, ...started.inShort],
      budgets: [
        ...compared.budgets,
        ratioBudget(`creating: rate at the end of ${medium} records over the beginning`, end / begin),
        ...started.budgets,
      ],
    };
  },
};
