import { type CpuMs, counting, type Load, load, type Task } from "./load.ts";
import { median } from "./system.ts";

/** A task, and how many callers repeat it at the same time. */
export interface Measure {
  readonly task: Task;
  readonly callers: number;
  /** Numbers the tasks, where several measurements must not use a number twice. */
  readonly turns?: Iterator<number, never>;
  /** What the server and its database have used until now. */
  readonly cpu?: () => CpuMs;
}

/**
 * Measures what is compared in rounds: each measure once in each round, and each comes first in turn. Other work on the
 * machine then disturbs all of them alike. A shorter round before the others warms up and is not counted.
 * @param ms how long each is measured in a round
 * @returns what each round has shown, by the same names
 */
export async function inRounds<Name>(
  measures: ReadonlyMap<Name, Measure>,
  rounds: number,
  ms: number,
): Promise<ReadonlyMap<Name, readonly Load[]>> {
  const all = [...measures].map(([name, measure]) => ({ turns: counting(), ...measure, name, loads: [] as Load[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { task, callers, turns, cpu, loads } of rotated(all, Math.max(round, 0))) {
      const before = cpu?.();
      const measured = await load(task, callers, round < 0 ? ms / 3 : ms, turns);
      const used = before && cpu && difference(cpu(), before);
      if (round >= 0) loads.push({ ...measured, ...(used && { cpu: used }) });
    }
  }
  return new Map(all.map(({ name, loads }) => [name, loads]));
}

const difference = (later: CpuMs, earlier: CpuMs): CpuMs => ({
  server: later.server - earlier.server,
  database: later.database - earlier.database,
});

/** How much CPU time a task takes, in ms, over all rounds. */
export function cpuPerTask(loads: readonly Load[]): CpuMs {
  const tasks = loads.reduce((sum, { tookMs }) => sum + tookMs.length, 0);
  const perTask = (part: keyof CpuMs) => loads.reduce((sum, { cpu }) => sum + (cpu?.[part] ?? Number.NaN), 0) / tasks;
  return { server: perTask("server"), database: perTask("database") };
}

/** The same elements, beginning at another one. */
const rotated = <T>(all: readonly T[], by: number): readonly T[] => {
  const first = by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
};

/** The median of the rates, in tasks per second. */
export const rateOf = (loads: readonly Load[]): number => median(loads.map(({ rate }) => rate));

/** How many times as fast the first is as the second: the median of the rounds' ratios. */
export const ratioOf = (loads: readonly Load[], others: readonly Load[]): number =>
  median(loads.map(({ rate }, round) => rate / (others[round]?.rate ?? Number.NaN)));

/** The time that a share of all tasks did not exceed, in ms. With fewer than 100 tasks, the 99th percentile is the longest. */
export function percentileMs(loads: readonly Load[], share: number): number {
  const sorted = loads.flatMap(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** A number as tables show it, with three digits that count: `1234`, `87.5`, `6.52`. */
export const rounded = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** A ratio as tables show it: `5.21×`. */
export const times = (ratio: number): string => `${rounded(ratio)}×`;
