import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { Complaint } from "./failure.ts";

/** A file of JSON lines that is being written. */
export interface Lines {
  /** Appends a value as one line. */
  write(value: unknown): Promise<void>;
  /** How many lines it has. */
  count(): number;
  /** Completes the file: only now it has its name. */
  finish(): Promise<void>;
  /** Removes what was written, unless it is complete. */
  abandon(): void;
}

/** How much text is collected before it is written, in characters. */
const bufferMax = 64 * 1024;

/**
 * Writes JSON lines to a file that only its owner can read, or to standard output. The file gets its name when it is whole;
 * a program that is stopped leaves `{name}.partial`.
 * @throws Complaint when the file cannot be written
 */
export function openLines(name: string | undefined): Lines {
  if (name === undefined) return openStandardOutput();
  const partial = `${name}.partial`;
  const file = orComplain(name, () => openSync(partial, "w", 0o600));
  let buffer = "";
  let count = 0;
  let isOpen = true;
  const flush = () => {
    orComplain(name, () => writeAll(file, buffer));
    buffer = "";
  };
  const close = () => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    async write(value) {
      // Its number may belong to another file by now.
      if (!isOpen) throw new Complaint(`${name} is closed`);
      buffer += `${JSON.stringify(value)}\n`;
      count += 1;
      if (buffer.length >= bufferMax) flush();
    },
    count: () => count,
    async finish() {
      flush();
      orComplain(name, () => fsyncSync(file));
      close();
      orComplain(name, () => renameSync(partial, name));
    },
    abandon() {
      if (!isOpen) return;
      close();
      rmSync(partial, { force: true });
    },
  };
}

function openStandardOutput(): Lines {
  let count = 0;
  return {
    write(value) {
      count += 1;
      if (process.stdout.write(`${JSON.stringify(value)}\n`)) return Promise.resolve();
      // The reader is slower: wait, so that the lines do not collect in memory.
      return new Promise((resolve) => process.stdout.once("drain", () => resolve()));
    },
    count: () => count,
    finish: () => Promise.resolve(),
    abandon: () => {},
  };
}

/** Writes a small file that only its owner can read, whole or not at all. @throws Complaint when it cannot be written */
export function writeWhole(name: string, text: string): void {
  const partial = `${name}.partial`;
  orComplain(name, () => {
    writeFileSync(partial, text, { mode: 0o600, flush: true });
    renameSync(partial, name);
  });
}

/** Whether two paths lead to one file that exists. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** Writes a text whole: the system may write less than it was asked to. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function orComplain<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Complaint(`cannot write ${name} (${(error as NodeJS.ErrnoException).code ?? "failed"})`);
  }
}
