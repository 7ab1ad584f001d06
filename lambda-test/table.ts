import { readFileSync, writeFileSync } from "node:fs";
import { accessOf, type TableAccess, workerAccess } from "../lib/access.ts";
import { type Operation, operations } from "../lib/operations.ts";
import type { Deployable } from "./assembly.ts";
import type { Start } from "./runtime-api.ts";

const file = new URL("../docs/cost.md", import.meta.url);
const marked = /(<!-- functions: [^>]*-->\n)[\s\S]*?(<!-- \/functions -->)/;

type Worker = keyof typeof workerAccess;

/** What workers may do besides their access to the table. */
const ofWorkers: Readonly<Record<Worker, readonly string[]>> = {
  SendMessages: ["GetSecretValue", "ses:SendEmail", "sns:Publish"],
  ProcessImage: ["s3:GetObject uploads", "s3:PutObject images", "s3:DeleteObject images uploads"],
  CleanUp: ["s3:DeleteObject images uploads"],
  EraseOverdue: [],
};

/** What an operation's function may do besides its access to the table. */
const alsoOf = ({ seals, files }: Operation): string[] => [
  ...(seals ? ["GetSecretValue"] : []),
  ...(files ? [files === "read" ? "s3:GetObject images" : "s3:PutObject uploads"] : []),
];

/**
 * A function's permissions in words: each action on the table with its partitions, then those on other services.
 * @internal Tests compare it with the document.
 */
export function accessInWords(id: string): string {
  const row = (operations as readonly Operation[]).find((each) => each.id === id);
  const access: TableAccess = row ? accessOf(row) : workerAccess[id as Worker];
  const also = row ? alsoOf(row) : ofWorkers[id as Worker];
  const actions = Object.entries(access).map(([action, partitions]) => `${action} ${partitions.toSorted().join(" ")}`);
  return [...actions, ...also].join("; ") || "nothing";
}

/** Writes the table of functions into docs/cost.md. @param starts by function id */
export function writeTable(functions: readonly Deployable[], starts: ReadonlyMap<string, Start>, bare: Start): void {
  // In the registry's order, because an assembly has a template for each stack.
  const ids = [...operations.map(({ id }) => id), ...Object.keys(workerAccess)];
  const ordered = ids.flatMap((id) => functions.filter((each) => each.id === id));
  const rows = ordered.map(({ id, memoryMiB, bundleBytes }) => {
    const { ms = 0 } = starts.get(id) ?? {};
    const over = ms - bare.ms;
    const start = `${over < 0 ? "−" : "+"}${Math.abs(Math.round(over))} (${(ms / bare.ms).toFixed(2)} ×)`;
    return `| ${id} | ${memoryMiB} | ${Math.round(bundleBytes / 1024)} | ${start} | ${accessInWords(id)} |`;
  });
  const head = ["| function | MiB | bundle KiB | start, ms over bare | may do |", "|---|---|---|---|---|"];
  const table = [...head, ...rows].join("\n");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(marked, (_, begin: string, end: string) => `${begin}${table}\n${end}`),
  );
}
