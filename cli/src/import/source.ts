import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { Complaint } from "../failure.ts";
import { printable } from "../output.ts";

/**
 * A file that is read twice: once to check every row, and once to send the good ones. It stays open in between, so that both
 * passes read the same file even when somebody replaces it.
 */

const blockBytes = 64 * 1024;
/** The longest line. A request has at most 256 KiB, so no row needs more. */
const lineBytesMax = 1024 * 1024;
const newline = 10;

/** An opened input file. */
export interface Source {
  readonly name: string;
  readonly format: "csv" | "jsonl";
  /** The text, in blocks that end at the end of a line. @throws Complaint at the first line that is not text */
  blocks(): Generator<string, void, undefined>;
  /** SHA-256 of the bytes that the last complete pass read. */
  digest(): string;
  close(): void;
}

/**
 * Opens a file.
 * @throws Complaint when it is not a file, is empty, or its name ends in neither `.csv` nor `.jsonl`
 */
export function openSource(path: string, name = basename(path)): Source {
  const file = openFile(path, name);
  const format = /\.csv$/i.test(name) ? "csv" : /\.(jsonl|ndjson)$/i.test(name) ? "jsonl" : undefined;
  if (!format) throw new Complaint(`${name}: the name of the file must end in .csv or .jsonl`);
  let digest = "";
  return {
    name,
    format,
    *blocks() {
      const hash = createHash("sha256");
      yield* textOf(file, name, hash.update.bind(hash));
      digest = hash.digest("hex");
    },
    digest: () => digest,
    close: () => closeSync(file),
  };
}

const openFaults: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read the file",
};

function openFile(path: string, name: string): number {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Complaint(`${printable(name)}: ${openFaults[code] ?? `cannot be read (${code})`}`);
  }
  const stat = fstatSync(file);
  if (stat.isFile() && stat.size > 0) return file;
  closeSync(file);
  const fault = stat.isFile() ? "the file is empty" : stat.isDirectory() ? "this is a folder" : "this is not a file";
  throw new Complaint(`${printable(name)}: ${fault}`);
}

/** The file's text in blocks of whole lines. */
function* textOf(file: number, name: string, update: (bytes: Buffer) => void): Generator<string, void, undefined> {
  let rest = Buffer.alloc(0);
  let line = 1;
  let position = 0;
  for (;;) {
    const bytes = Buffer.allocUnsafe(blockBytes);
    const count = readSync(file, bytes, 0, blockBytes, position);
    const read = bytes.subarray(0, count);
    if (position === 0) checkBeginning(read, name);
    position += count;
    update(read);
    const whole = rest.length > 0 ? Buffer.concat([rest, read]) : read;
    const end = count === 0 ? whole.length : whole.lastIndexOf(newline) + 1;
    rest = whole.subarray(end);
    if (rest.length > lineBytesMax)
      throw new Complaint(`${name}:${line + countLines(whole)}: the line is too long (over 1 MiB)`);
    const lines = whole.subarray(0, end);
    checkText(lines, name, line);
    if (lines.length > 0) yield withoutMark(lines.toString("utf8"), line);
    line += countLines(lines);
    if (count === 0) return;
  }
}

const withoutMark = (text: string, line: number) => (line === 1 && text.startsWith("\ufeff") ? text.slice(1) : text);

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

const saveAsUtf8 = "In a spreadsheet: save as “CSV UTF-8”.";

/** @throws Complaint for a file whose first bytes show that it is something else */
function checkBeginning(bytes: Buffer, name: string): void {
  const start = bytes.subarray(0, 4).toString("latin1");
  const utf16 = start.startsWith("\xff\xfe") || start.startsWith("\xfe\xff") || /^(.\0.\0|\0.\0.)$/s.test(start);
  if (utf16) throw new Complaint(`${name}:1: the file is UTF-16, and must be UTF-8`, saveAsUtf8);
  if (start.startsWith("PK\x03\x04")) throw new Complaint(`${name}: this is a workbook, not a text file`, saveAsUtf8);
  if (start.startsWith("\x1f\x8b")) throw new Complaint(`${name}: the file is compressed`, "gunzip it first.");
}

/** @throws Complaint for the first line that is not UTF-8, or has a NUL byte */
function checkText(bytes: Buffer, name: string, firstLine: number): void {
  const hasNul = bytes.includes(0);
  if (!hasNul && isUtf8(bytes)) return;
  let line = firstLine;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(newline, start);
    const one = bytes.subarray(start, end < 0 ? bytes.length : end + 1);
    if (one.includes(0))
      throw new Complaint(`${name}:${line}: the line has a NUL byte, so the file is damaged or not text`);
    if (!isUtf8(one)) throw new Complaint(`${name}:${line}: the line is not UTF-8`, saveAsUtf8);
    start += one.length;
  }
}
