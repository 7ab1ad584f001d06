import type { Outcome } from "./adapters/adapter.ts";
import type { TaskName } from "./adapters/tasks.ts";
import type { Load } from "./load.ts";
import { cpuPerTask, rateOf, ratioOf, rounded, times } from "./rounds.ts";
import type { BudgetRow, Table } from "./section.ts";

/** The systems that are compared: as shipped, or with Frontdesk's hash of passwords. */
export type SystemName = "Frontdesk" | PeerName | `${PeerName}, equal hash`;
type PeerName = "better-auth" | "Parse Server";

/** How many callers create the same name at the same time. */
export const burstSize = 20;
/** How often they do, each time with another name. */
export const burstsMade = 3;

/** The tasks that hash a password. */
export const hashingTasks: readonly TaskName[] = ["register", "login"];

/** Whether this is a system with another hash than it is shipped with. */
export const isEqualHash = (name: SystemName): boolean => name.endsWith(", equal hash");

/** What the rounds of one task have shown. */
export interface Compared {
  readonly task: TaskName;
  readonly loads: ReadonlyMap<SystemName, readonly Load[]>;
  /** How many calls a client makes for the task. */
  readonly calls: ReadonlyMap<SystemName, number>;
}

/** What became of simultaneous creates of the same names. */
export interface Burst {
  readonly name: SystemName;
  readonly task: string;
  readonly outcomes: readonly Outcome[];
}

/** The introduction. */
export const aboutPeers = (callers: number, rounds: number): string =>
  [
    "Three systems that keep tenants and people, each over HTTP on this machine: Frontdesk (`npm start`), better-auth with",
    "its organizations, and Parse Server with a class for tenants, the latter two on PostgreSQL. All of them wait with each",
    `write until it is on disk. ${callers} callers repeat a task for a second. Then the next system has its turn, and so on for`,
    `${rounds} rounds. Rates are tasks per second, medians of the rounds; a ratio above 1 means that Frontdesk is faster, and is`,
    "the median of the ratios in each round. A call that a server is too busy for (HTTP 503) is repeated after a second, and the",
    "time counts.",
    "",
    "*As shipped* each system hashes passwords in its own way. *Equal hash* is the peer with Frontdesk's argon2id.",
    "A task may take several calls of the client. A tenant has an id that its integrator has chosen: `accountId` in Frontdesk,",
    "the slug of an organization, the id of an object. To save is to create or to update, and here the tenants exist; a new one",
    "takes two calls in both peers. *By many people*: better-auth reads the organizations of whoever creates one, and so is slower",
    "for one integrator than for many people. Frontdesk does more in a write than the others: it stores an audit event.",
    "Rates of writes depend on the disk: where CPU time does not explain a ratio, look how long the disk takes.",
  ].join("\n");

/** The rates, and how many times as fast Frontdesk is. */
export function comparedTable(compared: readonly Compared[]): Table {
  const rows = compared.flatMap(({ task, loads, calls }) => {
    const variants = hashingTasks.includes(task) ? ([", as shipped", ", equal hash"] as const) : ([""] as const);
    return variants.map((variant) => {
      const suffix = variant === ", equal hash" ? variant : "";
      const names: readonly SystemName[] = ["Frontdesk", `better-auth${suffix}`, `Parse Server${suffix}`];
      const [own = [], ...others] = names.map((name) => loads.get(name) ?? []);
      return [
        `${task}${variant}`,
        ...[own, ...others].map((each) => rounded(rateOf(each))),
        ...others.map((other) => times(ratioOf(own, other))),
        names.map((name) => calls.get(name)).join(" / "),
      ];
    });
  });
  const columns = [
    "task",
    "Frontdesk",
    "better-auth",
    "Parse Server",
    "over better-auth",
    "over Parse Server",
    "calls",
  ];
  return { title: "Tasks per second", columns, rows };
}

/** At which tasks Frontdesk is faster and slower than each peer as shipped, and how each answers simultaneous creates. */
export function peersInShort(compared: readonly Compared[], bursts: readonly Burst[]): string[] {
  const peers = ["better-auth", "Parse Server"] as const;
  const sentences = peers.map((peer) => {
    const ratios = compared.map(({ task, loads }) => ({
      task,
      ratio: ratioOf(loads.get("Frontdesk") ?? [], loads.get(peer) ?? []),
    }));
    const shown = (isIn: (ratio: number) => boolean) =>
      ratios
        .filter(({ ratio }) => isIn(ratio))
        .map(({ task, ratio }) => `${task} ${times(ratio)}`)
        .join("; ") || "nothing";
    return `Beside ${peer} as shipped, in tasks per second: faster at ${shown((ratio) => ratio >= 1)}. Slower at ${shown((ratio) => ratio < 1)}.`;
  });
  const told = (["Frontdesk", ...peers] as const).map((system) => {
    const outcomes = bursts.filter(({ name }) => name === system).flatMap((each) => each.outcomes);
    const others = outcomes.filter((outcome) => outcome !== "done");
    return `${system} ${others.filter((outcome) => outcome === "refused").length} of ${others.length}`;
  });
  return [
    ...sentences,
    `When ${burstSize} callers create one name at the same time, so many of those who come too late are told that it is taken: ${told.join(", ")}.`,
  ];
}

/** How much CPU time each system takes for a task. */
export function cpuTable(compared: readonly Compared[]): Table {
  const names: readonly SystemName[] = ["Frontdesk", "better-auth", "Parse Server"];
  const rows = compared.map(({ task, loads }) => {
    const used = names.map((name) => cpuPerTask(loads.get(name) ?? []));
    return [task, ...used.map(({ server, database }) => `${rounded(server)} + ${rounded(database)}`)];
  });
  return {
    title: "CPU time of a task in ms, as shipped: of the server + of its database",
    columns: ["task", ...names],
    rows,
  };
}

/** What became of simultaneous creates. */
export function burstsTable(bursts: readonly Burst[]): Table {
  const rows = bursts.map(({ name, task, outcomes }) => {
    const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
    return [name, task, count("done"), count("refused"), count("unclear"), count("failed")];
  });
  const refused = burstsMade * (burstSize - 1);
  return {
    title: `${burstSize} simultaneous creates of one name, ${burstsMade} times`,
    columns: [
      "system",
      "task",
      `created (right: ${burstsMade})`,
      `told that the name is taken (right: ${refused})`,
      "other refusals",
      "HTTP 5xx",
    ],
    rows,
  };
}

/** How long the disk takes. @param waitsMs from `diskWaitsMs` */
export const diskTable = (waitsMs: readonly number[]): Table => {
  const sorted = waitsMs.toSorted((one, other) => one - other);
  const at = (share: number) => rounded(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
  return {
    title: "How long the disk takes for a small write (`fdatasync`), in ms, measured before each task",
    columns: ["least", "median", "90 %"],
    rows: [[at(0), at(0.5), at(0.9)]],
  };
};

/** The systems, and how each hashes passwords. */
export function systemsTable(versions: Readonly<Record<PeerName | "PostgreSQL", string>>): Table {
  return {
    title: "The systems",
    columns: ["system", "version", "hash of passwords, as shipped"],
    rows: [
      ["Frontdesk", "this one", "argon2id, 19 MiB, two passes"],
      ["better-auth", versions["better-auth"], "scrypt of Node, N = 16384, r = 16"],
      ["Parse Server", versions["Parse Server"], "bcrypt in native code, cost 10"],
      ["PostgreSQL", versions.PostgreSQL, ""],
    ],
  };
}

/** The least ratios. All are over the peer as shipped. */
const budgets: readonly { readonly task: TaskName; readonly peer: PeerName; readonly least: number }[] = [
  { task: "register", peer: "better-auth", least: 5 },
  { task: "register", peer: "Parse Server", least: 1.5 },
  { task: "login", peer: "better-auth", least: 5 },
  { task: "login", peer: "Parse Server", least: 1.5 },
  { task: "me", peer: "better-auth", least: 1 },
  { task: "create tenant", peer: "better-auth", least: 5 },
  // In this variant better-auth is faster.
  { task: "create tenant, by many people", peer: "better-auth", least: 5 },
  { task: "save tenant", peer: "better-auth", least: 5 },
  { task: "list 100 users", peer: "better-auth", least: 1 },
];

/**
 * Compares with the budgets.
 * @param hashMs how much CPU time Frontdesk's hash of a password takes, in ms
 */
export function budgetsOf(compared: readonly Compared[], hashMs: number): BudgetRow[] {
  return budgets.map(({ task, peer, least }) => {
    const loads = compared.find((each) => each.task === task)?.loads;
    const [own, other] = [loads?.get("Frontdesk") ?? [], loads?.get(peer) ?? []];
    const ratio = ratioOf(own, other);
    const isMet = ratio >= least;
    const hashing = hashingTasks.includes(task);
    const [ownMs, otherMs] = [own, other].map((each) => {
      const { server, database } = cpuPerTask(each);
      return `${rounded(server)} + ${rounded(database)} ms`;
    });
    const hash = hashing ? `, ${rounded(hashMs)} ms of it for the hash` : "";
    return {
      what: `${task}, over ${peer}${hashing ? " as shipped" : ""}`,
      limit: `≥ ${least}×`,
      measured: times(ratio),
      isMet,
      ...(!isMet && { reason: `CPU time of server + database: ${ownMs}${hash}; ${peer} ${otherMs}` }),
    };
  });
}
