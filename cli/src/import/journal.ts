import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { Complaint } from "../failure.ts";
import type { Done } from "./kind.ts";

/** What a journal is bound to. With another file, server, vendor or mapping, its rows would be other rows. */
export interface JournalHead {
  readonly what: string;
  readonly file: string;
  readonly url: string;
  readonly applicationId: string;
  readonly options: unknown;
}

/**
 * The file that says which rows are done: a head, then a line for each row, with its number and a letter. A row is written
 * when its answer has come. A process that is killed loses at most the rows that were under way, and these may be sent again.
 */
export interface Journal {
  /** The rows that an earlier run has done. */
  readonly done: ReadonlyMap<number, Done>;
  /** The rows that an earlier run has begun, and may have done. */
  readonly begun: ReadonlySet<number>;
  note(number: number, what: "begun" | "failed" | Done): void;
  close(): void;
  /** Deletes the journal: everything is done. */
  remove(): void;
}

const letters = { created: "c", updated: "u", begun: "b", failed: "f" } as const;
const version = 1;
const syncMs = 1000;

/**
 * Opens the journal of an import, or begins one.
 * @throws Complaint when there is nothing to resume, the journal belongs to another import, or `resume` was not asked for
 */
export function openJournal(path: string, head: JournalHead, mode: "new" | "resume" | "restart"): Journal {
  const text = readText(path);
  const known = text === undefined ? undefined : readHead(text);
  const isSame = known !== undefined && JSON.stringify(known) === JSON.stringify({ version, ...head });
  if (mode === "resume" && !isSame) throw cannotResume(known, head);
  if (mode === "new" && isSame && text?.includes("\n", text.indexOf("\n") + 1)) {
    throw new Complaint(
      `an import of this file was begun and is not finished (${path})`,
      "--resume continues it, and --restart begins again.",
    );
  }
  const rows = mode === "resume" && text !== undefined ? readRows(text) : readRows("");
  const file = openSync(path, mode === "resume" ? "r+" : "w", 0o600);
  // Position 0 is never written again: what follows is appended.
  let position = 0;
  const write = (line: string) => {
    position += writeSync(file, line, position);
  };
  if (mode === "resume" && text !== undefined) {
    // The last line may be torn.
    position = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
    ftruncateSync(file, position);
  } else write(`${JSON.stringify({ version, ...head })}\n`);
  fsyncSync(file);
  return { ...rows, ...writer(path, file, write) };
}

function writer(path: string, file: number, write: (line: string) => void) {
  let syncedAt = Date.now();
  return {
    note(number: number, what: keyof typeof letters) {
      write(`${number}${letters[what]}\n`);
      if (Date.now() - syncedAt < syncMs) return;
      fsyncSync(file);
      syncedAt = Date.now();
    },
    close() {
      fsyncSync(file);
      closeSync(file);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Complaint(`${path}: the journal cannot be read`);
  }
}

function readHead(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const head: unknown = JSON.parse(text.slice(0, text.indexOf("\n")));
    return typeof head === "object" && head !== null ? { ...head } : undefined;
  } catch {
    return undefined;
  }
}

function cannotResume(known: unknown, head: JournalHead): Complaint {
  const other = known as Partial<JournalHead> | undefined;
  const differs = (Object.keys(head) as (keyof JournalHead)[]).find(
    (name) => JSON.stringify(other?.[name]) !== JSON.stringify(head[name]),
  );
  const whats: Readonly<Record<string, string>> = {
    what: "what is imported",
    file: "the file",
    url: "the URL",
    applicationId: "the application",
    options: "the mapping of columns",
  };
  return new Complaint(
    `cannot resume: since the journal was begun, ${whats[differs ?? ""] ?? "the journal"} has changed`,
    "Without --resume, the import begins again. Rows that were saved before are saved again, which changes nothing.",
  );
}

function readRows(text: string) {
  const done = new Map<number, Done>();
  const begun = new Set<number>();
  // The last part is empty, or a torn line.
  for (const line of text.split("\n").slice(1, -1)) {
    const [, digits, letter] = /^(\d+)([cubf])$/.exec(line) ?? [];
    const number = Number(digits);
    if (letter === letters.begun) begun.add(number);
    if (letter === letters.failed) begun.delete(number);
    if (letter === letters.created) done.set(number, "created");
    if (letter === letters.updated) done.set(number, "updated");
  }
  return { done, begun };
}
