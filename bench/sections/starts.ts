import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployable } from "../../lambda-test/assembly.ts";
import { bundleBare, type Code, prepareStarts, type Starts, withoutPreparation } from "../../lambda-test/starts.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { toEvent } from "../../local/gateway-event.ts";
import { Resources } from "../resources.ts";
import { times } from "../rounds.ts";
import type { BudgetRow, Measured, Section, Table } from "../section.ts";
import { median } from "../system.ts";

const rounds = 5;
/** The bare functions start once among so many of ours, so that other work on the machine delays all alike. */
const oursPerBare = 8;
const kibMax = 320;
const ratioMax = 1.25;
/** Its asset also has sharp, and nobody waits for it. */
const withoutLimit = ["ProcessImage"];

/** Measures the start of each function behind AWS's runtime interface client. */
export const starts: Section = {
  title: "Starts and bundles",
  about: `Each function starts ${rounds} times as in Lambda: AWS's own runtime interface client loads it in a new process. A start lasts from
the start of the process until the function asks for its first event. Three bare functions start in between, bundled with the same
settings: **empty**, whose handler returns \`{ statusCode: 200 }\`; **SDK**, which has the table's client with all requests that we use
and nothing else; and **SDK, connected**, which also opens its connection to the table while it starts, as ours do
([why](decisions/connected-at-start.md)). The table is reached over TLS on the same machine. All figures are medians. Ratios compare
CPU time, which other work on the machine changes less than elapsed time.

"Modules" are the source files in a bundle: all of them are loaded at the start. The columns "loaded" are starts without the connection. "First
answer" is the time of the first call after a start as deployed: it is one of a caller whom nobody knows, which reads the table once. Here the
function has a whole core for it.`,
  run: measure,
};

/** What was measured of the starts of one function, by start. */
interface Samples {
  readonly ms: number[];
  readonly cpuMs: number[];
  readonly answerMs: number[];
}

const noSamples = (): Samples => ({ ms: [], cpuMs: [], answerMs: [] });

/** A function, and what was measured of it. */
interface Subject {
  readonly deployed: Deployable;
  /** Without the module that prepares its first call; the same code where it has none. */
  readonly unprepared: Deployable;
  readonly isConnected: boolean;
  readonly event: object | undefined;
  /** Of starts without the connection, and as deployed. */
  readonly loaded: Samples;
  readonly ready: Samples;
}

const rows: readonly Operation[] = operations;

async function measure(say: (line: string) => void): Promise<Measured> {
  if (process.platform !== "linux") {
    return { tables: [], budgets: [], absent: "AWS's runtime interface client runs on Linux only." };
  }
  await using open = new Resources();
  const prepared = await prepareStarts(open, say);
  const subjects = inOrder(prepared.functions).map((deployed) => subjectOf(deployed, prepared));
  const settings = subjects.find(({ isConnected }) => isConnected)?.deployed.environment ?? {};
  const bare = await bundleBare(prepared, settings);
  const samples = { empty: noSamples(), sdk: noSamples(), connected: noSamples() };
  const names = ["empty", "sdk", "connected"] as const;
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds} …`);
    for (const [place, { deployed, unprepared, isConnected, event, loaded, ready }] of subjects.entries()) {
      if (place % oursPerBare === 0) for (const name of names) await startOnce(prepared, bare[name], samples[name]);
      if (isConnected) await startOnce(prepared, unprepared, loaded);
      await startOnce(prepared, deployed, isConnected ? ready : loaded, event);
    }
  }
  const onTable = subjects.filter(({ isConnected }) => isConnected);
  const ratio = median(onTable.map(({ ready }) => over(ready, samples.connected)));
  const readyMs = median(onTable.map(({ ready }) => median(ready.ms)));
  const inShort = [
    `A function's cold start takes ${readyMs.toFixed(0)} ms with a whole core, without what AWS does before it. It takes ${times(ratio)} of the CPU time of a bare function with the SDK.`,
  ];
  return { tables: tablesOf(subjects, samples), inShort, budgets: budgetsOf(subjects, samples) };
}

/** The deployed functions in the registry's order, and then the workers. */
function inOrder(functions: readonly Deployable[]): Deployable[] {
  // Workers are not in the registry: -1 becomes the largest number.
  const place = ({ id }: Deployable) => rows.findIndex((row) => row.id === id) >>> 0;
  return functions.toSorted((one, other) => place(one) - place(other));
}

function subjectOf(deployed: Deployable, { scratch }: Starts): Subject {
  const row = rows.find(({ id }) => id === deployed.id);
  const isConnected = row !== undefined && row.table !== "none";
  const unprepared = isConnected ? withoutPreparation(deployed, scratch) : deployed;
  return {
    deployed,
    unprepared,
    isConnected,
    event: row && strangerCall(row),
    loaded: noSamples(),
    ready: noSamples(),
  };
}

/** A call of an operation by a caller whom nobody knows. */
function strangerCall(row: Operation): object {
  const [path = ""] = row.paths;
  const variables = path.matchAll(/\{(\w+)\+?\}/g).map(([, name = ""]) => [name, "riverside"]);
  const body = Buffer.from(JSON.stringify({ auth: { applicationId: "nobody", applicationPassword: "wrong" } }));
  const request = {
    method: row.method === "ANY" ? "GET" : row.method,
    target: path.replaceAll(/\{\w+\+?\}/g, "riverside"),
    headers: { host: "frontdesk.test", "content-type": "application/json", "medable-client-key": "nobody" },
    body: row.method === "GET" ? Buffer.alloc(0) : body,
    sourceIp: "127.0.0.1",
    now: new Date(),
  };
  return toEvent(request, { row, path, pathParameters: Object.fromEntries(variables) });
}

/** Starts a function once, and calls it with the event, if there is one. */
async function startOnce(prepared: Starts, code: Code, samples: Samples, event?: object): Promise<void> {
  await using open = new AsyncDisposableStack();
  const running = await prepared.start(code);
  open.defer(running.stop);
  samples.ms.push(running.start.ms);
  samples.cpuMs.push(running.start.cpuMs);
  const begun = performance.now();
  if (event) {
    await running.invoke(event);
    samples.answerMs.push(performance.now() - begun);
  }
}

type BareSamples = Readonly<Record<"empty" | "sdk" | "connected", Samples>>;

const cpuOf = ({ cpuMs }: Samples): number => median(cpuMs);
const over = (one: Samples, other: Samples): number => cpuOf(one) / cpuOf(other);
const ms = (values: readonly number[]): string => (values.length === 0 ? "" : median(values).toFixed(0));

/** How many source files a function's code was made of. */
function modulesOf({ directory }: Code): number {
  const { sources } = JSON.parse(readFileSync(join(directory, "index.cjs.map"), "utf8")) as { sources: string[] };
  return sources.length;
}

function tablesOf(subjects: readonly Subject[], { empty, sdk, connected }: BareSamples): Table[] {
  const bareRow = (title: string, samples: Samples) => [title, ms(samples.ms), ms(samples.cpuMs)];
  return [
    {
      title: "Bare functions",
      columns: ["function", "start ms", "CPU ms"],
      rows: [bareRow("empty", empty), bareRow("SDK", sdk), bareRow("SDK, connected", connected)],
    },
    {
      title: "Our functions",
      columns: [
        ...["function", "bundle KiB", "modules", "loaded, ms", "loaded, CPU ms", "over empty", "over SDK"],
        ...["as deployed, ms", "as deployed, CPU ms", "over SDK, connected", "first answer ms"],
      ],
      rows: subjects.map(({ deployed, isConnected, loaded, ready }) => [
        deployed.id,
        Math.round(deployed.bundleBytes / 1024),
        modulesOf(deployed),
        ms(loaded.ms),
        ms(loaded.cpuMs),
        times(over(loaded, empty)),
        isConnected ? times(over(loaded, sdk)) : "",
        ms(ready.ms),
        ms(ready.cpuMs),
        isConnected ? times(over(ready, connected)) : "",
        ms(isConnected ? ready.answerMs : loaded.answerMs),
      ]),
    },
  ];
}

/** One row of the budgets: the median and the highest ratio of some functions. */
function ratioRow(what: string, ratios: readonly (readonly [id: string, ratio: number])[], reason?: string): BudgetRow {
  const [id, highest] = ratios.toSorted(([, one], [, other]) => other - one)[0] ?? ["", 0];
  const middle = median(ratios.map(([, ratio]) => ratio));
  const isMet = highest <= ratioMax;
  return {
    what,
    limit: `≤ ${ratioMax}×`,
    measured: `median ${times(middle)}, highest ${times(highest)} (${id})`,
    isMet,
    ...(!isMet && reason !== undefined && { reason }),
  };
}

/** Whether a function fetches the sealing secret at its start (`cdk/bundle.ts`). */
function fetchesSecret({ deployed }: Subject): boolean {
  const row = rows.find(({ id }) => id === deployed.id);
  return row?.seals === true && row.memory === "small";
}

function budgetsOf(subjects: readonly Subject[], { empty, sdk, connected }: BareSamples): BudgetRow[] {
  const limited = subjects.filter(({ deployed }) => !withoutLimit.includes(deployed.id));
  const largest = limited.toSorted((one, other) => other.deployed.bundleBytes - one.deployed.bundleBytes)[0];
  const kib = (largest?.deployed.bundleBytes ?? 0) / 1024;
  const onTable = subjects.filter(({ isConnected }) => isConnected);
  const withoutTable = subjects.filter(({ deployed }) =>
    rows.some(({ id, table }) => id === deployed.id && table === "none"),
  );
  const ours = "Besides the SDK, a function has zod, its fields, and the checks of credentials and limits.";
  const ofEmpty = `The SDK alone takes ${times(over(sdk, empty))} of an empty function, so no function that reaches the table can meet this.`;
  return [
    {
      what: "bundle of a function (the worker of pictures and word lists apart)",
      limit: `≤ ${kibMax} KiB`,
      measured: `${kib.toFixed(0)} KiB (${largest?.deployed.id})`,
      isMet: kib <= kibMax,
    },
    ratioRow(
      "start of a function as deployed, over a bare function with the SDK that also connects",
      onTable
        .filter((each) => !fetchesSecret(each))
        .map(({ deployed, ready }) => [deployed.id, over(ready, connected)]),
      ours,
    ),
    ratioRow(
      "the same, of functions that also fetch the sealing secret",
      onTable.filter(fetchesSecret).map(({ deployed, ready }) => [deployed.id, over(ready, connected)]),
      "They call a second service, which the bare function does not.",
    ),
    ratioRow(
      "start without the connection, over a bare function with the SDK",
      onTable.map(({ deployed, loaded }) => [deployed.id, over(loaded, sdk)]),
      ours,
    ),
    ratioRow(
      "start of a function that does not use the table, over an empty one",
      withoutTable.map(({ deployed, loaded }) => [deployed.id, over(loaded, empty)]),
      "`PortalPage` checks its settings with zod, which is more than half of its code.",
    ),
    ratioRow(
      "start without the connection, over an empty function",
      onTable.map(({ deployed, loaded }) => [deployed.id, over(loaded, empty)]),
      ofEmpty,
    ),
  ];
}
