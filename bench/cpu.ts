import { readdirSync, readFileSync } from "node:fs";

/** A process, and how much CPU time it has used, with its children that have ended. */
export interface ProcessUse {
  readonly command: string;
  readonly cpuMs: number;
}

/** Linux counts CPU time in these. */
const msPerTick = 10;

/** A process and all that it has started. Empty where the kernel has no `/proc`. */
export function processesOf(pid: number): readonly ProcessUse[] {
  const all = everyProcess();
  const found = all.filter((each) => each.pid === pid);
  // The list grows while it is read, by the children of each.
  for (const { pid: parent } of found) found.push(...all.filter((each) => each.parent === parent));
  return found;
}

function everyProcess(): (ProcessUse & { readonly pid: number; readonly parent: number })[] {
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => readProcess(Number(pid)) ?? []);
  } catch {
    return [];
  }
}

function readProcess(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const command = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    // After the command, which may contain blanks: state, parent, and so on (proc_pid_stat(5)).
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    // Of itself (user, system), and of its children that have ended: PostgreSQL has a process for each connection.
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    return { pid, parent, command, cpuMs: ticks * msPerTick };
  } catch {
    // It has ended in the meantime.
    return undefined;
  }
}

/** What processes have used together, in ms. */
export const cpuMsOf = (processes: readonly ProcessUse[]): number =>
  processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
