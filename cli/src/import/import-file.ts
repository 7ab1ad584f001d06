import { createWriteStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Connection } from "../connect.ts";
import { Complaint, exitCodes } from "../failure.ts";
import { isSameFile } from "../files.ts";
import { line, note, printable, shellWord } from "../output.ts";
import { type Checked, checkFile, type PlacedFault, readRows } from "./check.ts";
import { columnsOf } from "./columns.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Kind } from "./kind.ts";
import { lock } from "./lock.ts";
import { absentPractices, type FaultPrinter, faultLine, faultPrinter, summaryOfCheck } from "./messages.ts";
import { Pace } from "./pace.ts";
import { progress } from "./progress.ts";
import { openReport, type Report, type ReportLine, reportedRow } from "./report.ts";
import { type Counts, sendRows } from "./send-rows.ts";
import { openSource, type Source } from "./source.ts";

/** How to import a file. */
export interface ImportOptions {
  readonly map: Readonly<Record<string, string>>;
  readonly ignore: readonly string[];
  readonly dryRun?: true;
  readonly strict?: true;
  readonly resume?: true;
  readonly restart?: true;
  readonly notify?: true;
  readonly report?: string;
  readonly concurrency: number;
  /** In seconds. */
  readonly giveUpAfter: number;
}

/** An import that has begun. */
interface Import {
  readonly kind: Kind;
  /** The file that the journal and the report are beside. */
  readonly path: string;
  readonly source: Source;
  readonly options: ImportOptions;
  /** Whether the file is there afterwards, so that its import can be resumed. */
  readonly isKept: boolean;
}

/**
 * Imports a file: checks all of it, and then sends the rows without faults.
 * @param connectTo is called before anything is sent
 * @returns the exit code
 * @throws Complaint when nothing could be done
 */
export async function importFile(
  kind: Kind,
  path: string,
  options: ImportOptions,
  connectTo: () => Connection,
): Promise<number> {
  if (path === "-") return importStdin(kind, options, connectTo);
  return importNamed({ kind, path, source: openSource(path), options, isKept: true }, connectTo);
}

/** JSON lines from stdin are kept in a file until the end, because they are read twice. */
async function importStdin(kind: Kind, options: ImportOptions, connectTo: () => Connection): Promise<number> {
  if (options.resume) throw new Complaint("stdin cannot be resumed", "Write the lines to a file, and import that.");
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-import-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", remove);
  try {
    const path = join(folder, "stdin.jsonl");
    await copyStdin(path);
    const source = openSource(path, "stdin.jsonl");
    // It stays open until the end. Deleted now, it is not left behind by a process that is killed.
    rmSync(path);
    const report = options.report ?? (options.dryRun ? undefined : "stdin.frontdesk-report.csv");
    const withReport = { ...options, ...(report !== undefined && { report }) };
    return await importNamed({ kind, path, source, options: withReport, isKept: false }, connectTo);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

async function copyStdin(path: string): Promise<void> {
  // Without a handler, a signal would end the process before it has deleted the file.
  const stop = () => process.exit(130);
  for (const signal of stopSignals) process.on(signal, stop);
  await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }));
  for (const signal of stopSignals) process.off(signal, stop);
}

async function importNamed(begun: Import, connectTo: () => Connection): Promise<number> {
  const { source, options } = begun;
  try {
    if (options.report !== undefined && isSameFile(options.report, begun.path)) {
      throw new Complaint("the report would replace the file itself", "State another file with --report.");
    }
    return options.dryRun ? await dryRun(begun) : await withLock(begun, connectTo);
  } finally {
    source.close();
  }
}

const rowsIn = ({ source, kind, options }: Import) => readRows(source, kind, columnsOf(kind, options, source.name));

/** Names every fault on stdout. */
async function dryRun(begun: Import): Promise<number> {
  const { options } = begun;
  const report = options.report === undefined ? undefined : openReport(options.report);
  try {
    return await checkOnly(begun, report);
  } finally {
    report?.close();
  }
}

async function checkOnly(begun: Import, report: Report | undefined): Promise<number> {
  const { source, kind, options } = begun;
  const tell = (fault: PlacedFault) => {
    line(faultLine(source.name, fault));
    report?.add({ ...fault, result: "not sent" });
  };
  const checked = await checkFile(rowsIn(begun), kind, tell);
  if (report) await addGoodRows(begun, checked, report);
  report?.keep();
  for (const text of summaryOfCheck(source.name, checked)) line(text);
  line("Nothing was sent.");
  if (options.report !== undefined) line(`Report: ${options.report}`);
  return checked.faulty.size > 0 ? exitCodes.failed : exitCodes.done;
}

/** Adds the rows without faults, with the values that were read in another form. */
async function addGoodRows(begun: Import, { faulty }: Checked, report: Report): Promise<void> {
  for await (const row of rowsIn(begun)) {
    if (!faulty.has(row.number)) report.add({ ...reportedRow(begun.kind, row), result: "good" });
  }
}

async function withLock(begun: Import, connectTo: () => Connection): Promise<number> {
  const { path, options } = begun;
  const journalPath = `${path}.frontdesk-journal`;
  if (options.resume && !existsSync(journalPath)) {
    throw new Complaint(`there is nothing to resume: ${printable(journalPath)} does not exist`);
  }
  const connection = connectTo();
  const unlock = lock(`${path}.frontdesk-lock`);
  const reportPath = options.report ?? `${path}.frontdesk-report.csv`;
  try {
    const report = openReport(reportPath);
    try {
      return await checkAndSend(begun, connection, report, reportPath);
    } finally {
      report.close();
    }
  } finally {
    unlock();
  }
}

async function checkAndSend(
  begun: Import,
  connection: Connection,
  report: Report,
  reportPath: string,
): Promise<number> {
  const { source, kind, options, path } = begun;
  const faults = faultPrinter(source.name, reportPath);
  const checked = await checkFile(rowsIn(begun), kind, (fault) => {
    faults.print(fault);
    report.add({ ...fault, result: "not sent" });
  });
  for (const text of summaryOfCheck(source.name, checked)) note(text);
  if (options.strict && checked.faulty.size > 0) {
    report.keep();
    line(`Nothing was sent, because of --strict. Report: ${reportPath}`);
    return exitCodes.failed;
  }
  // Wrong credentials, or a wrong address, are told before the first row.
  await connection.directory.pingWithApplicationAuth();
  const { map, ignore, notify = false } = options;
  const head = {
    what: kind.name,
    file: source.digest(),
    url: connection.url,
    applicationId: connection.application.id,
    options: { map, ignore, notify },
  };
  const mode = options.resume ? "resume" : options.restart ? "restart" : "new";
  const journal = openJournal(`${path}.frontdesk-journal`, head, mode);
  const stop = stopOnSignals();
  try {
    report.keep();
    const counts = await send(begun, connection, { checked, journal, report, faults, stop: stop.signal });
    if (!stop.signal.aborted && source.digest() !== head.file) {
      note(`warning: ${printable(source.name)} was changed during its import. Import it again.`);
    }
    return ended(begun, { checked, journal, reportPath, counts, isStopped: stop.signal.aborted });
  } finally {
    stop.end();
    journal.close();
  }
}

interface Prepared {
  readonly checked: Checked;
  readonly journal: Journal;
  readonly report: Report;
  readonly faults: FaultPrinter;
  readonly stop: AbortSignal;
}

async function send(begun: Import, connection: Connection, prepared: Prepared): Promise<Counts> {
  const { kind, options } = begun;
  const { checked, journal, report, faults, stop } = prepared;
  const pace = new Pace(options.concurrency, options.giveUpAfter * 1000, stop);
  const shown = progress();
  const absent = absentPractices();
  let [done, failed] = [0, 0];
  const tell = (row: ReportLine, isFirst: boolean) => {
    report.add(row);
    if (row.result === "failed") {
      shown.clear();
      faults.print(row);
      absent.see(row);
    }
    if (!isFirst) return;
    done += 1;
    if (row.result === "failed") failed += 1;
    const slowedTo = pace.limit < options.concurrency ? pace.limit : undefined;
    shown.show({ done, of: checked.rows - checked.faulty.size, failed, slowedTo });
  };
  try {
    return await sendRows(rowsIn(begun), {
      kind,
      send: kind.sender(connection, { notify: options.notify ?? false }),
      pace,
      atOnce: options.concurrency,
      journal,
      faulty: checked.faulty,
      stop,
      tell,
    });
  } finally {
    shown.clear();
    absent.tell();
  }
}

interface Outcome {
  readonly checked: Checked;
  readonly journal: Journal;
  readonly reportPath: string;
  readonly counts: Counts;
  readonly isStopped: boolean;
}

/** Says what was done, and what to do next. @returns the exit code */
function ended(
  { source, path, kind, isKept }: Import,
  { checked, journal, reportPath, counts, isStopped }: Outcome,
): number {
  const { created, updated, doneEarlier, failed } = counts;
  const notSent = checked.faulty.size;
  const left = checked.rows - notSent - created - updated - doneEarlier - failed;
  const numbers = {
    created,
    updated,
    "done by an earlier run": doneEarlier,
    failed,
    "not sent because of faults": notSent,
  };
  const parts = Object.entries(numbers).filter(([name, count]) => count > 0 || /^(created|updated|failed)$/.test(name));
  line(
    `${source.name}: ${parts.map(([name, count]) => `${count} ${name}`).join(", ")}${left > 0 ? `, ${left} left` : ""}`,
  );
  line(`Report: ${reportPath}`);
  const again = `frontdesk import ${kind.name} ${shellWord(path)} --resume`;
  if (!isKept) return failed + notSent + left > 0 ? exitCodes.failed : exitCodes.done;
  if (isStopped) line(`Stopped. With the same options, this continues: ${again}`);
  else if (failed > 0) line(`With the same options, this sends the failed rows again: ${again}`);
  else if (left === 0) journal.remove();
  return failed + notSent + left > 0 ? exitCodes.failed : exitCodes.done;
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A first signal stops after the calls that are under way. A second one ends the process at once. */
function stopOnSignals() {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    note("\nStopping after the calls that are under way. Once more ends at once.");
    controller.abort();
  };
  for (const signal of stopSignals) process.on(signal, stop);
  return {
    signal: controller.signal,
    end() {
      for (const signal of stopSignals) process.off(signal, stop);
    },
  };
}
