import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { each, FrontdeskError, type Practice } from "../../../client/src/client.ts";
import { forEachAtOnce } from "../at-once.ts";
import { eachAccount, eachOrganization, eachProfile, getPractice, isPracticeClosed, portalOf } from "../calls.ts";
import { type Connection, connect } from "../connect.ts";
import { Complaint, exitCodes, failureLine } from "../failure.ts";
import { type Lines, openLines, writeWhole } from "../files.ts";
import { collectGarbageSoon } from "../import/memory.ts";
import { line, note, printable } from "../output.ts";
import { counted } from "../words.ts";
import { readCount } from "./list.ts";

const kinds = ["practices", "users", "profiles", "organizations", "settings", "accounts"] as const;
type Kind = (typeof kinds)[number];
/** What lies inside a practice, and can be read only while the practice is active. */
const insideKinds = ["profiles", "organizations", "settings", "accounts"] as const;
type InsideKind = (typeof insideKinds)[number];

/** One record of each kind. */
const nouns: Readonly<Record<Kind, string>> = {
  practices: "practice",
  users: "user",
  profiles: "profile",
  organizations: "organization",
  settings: "settings",
  accounts: "account",
};

const manifestName = "manifest.json";
/** How many practices or users one call lists. Without a limit, a page of 5 MB would be in memory. */
const perCall = 1000;
/** How often to say how far it is. */
const progressMs = 5000;

interface Options {
  readonly out?: string;
  readonly practice?: string;
  readonly concurrency: number;
}

/** Something that the export does not have. */
interface Gap {
  readonly kind: InsideKind;
  readonly accountId: string;
  readonly reason: string;
}

/** An export that is being written. */
interface Export {
  readonly connection: Connection;
  readonly files: Readonly<Record<Kind, Lines>>;
  readonly notRead: Gap[];
  /** Practices without a web address. They have no portal. */
  readonly withoutPortal: string[];
}

const examples = `
Writes practices.jsonl, users.jsonl, profiles.jsonl, organizations.jsonl, settings.jsonl, accounts.jsonl and, when these
are whole, manifest.json. Passwords, their hashes and second factors are never in an export, nor are pictures. It is no
snapshot: what is changed meanwhile may be in it or not. The files hold personal data, and only you can read them.

Examples:
  frontdesk export
  frontdesk export --practice practice-1 --out practice-1
`;

/** Adds `export`. */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("write the whole directory to files, or one practice")
    .option("--out <folder>", "where to write (default: a new folder with the time in its name)")
    .option("--practice <id>", "only this practice")
    .option("--concurrency <number>", "how many practices at the same time", readCount, 8)
    .addHelpText("after", examples)
    .action(async (options: Options, command: Command) => {
      await exportTo(connect(command), options, command.parent?.version() ?? "");
    });
}

async function exportTo(connection: Connection, options: Options, version: string): Promise<void> {
  collectGarbageSoon();
  const startedAt = new Date().toISOString();
  const folder = options.out ?? `frontdesk-export-${startedAt.slice(0, 19).replaceAll(":", "-")}Z`;
  // Before any file, so that a wrong id or password leaves nothing behind.
  const only = options.practice === undefined ? undefined : await getPractice(connection.directory, options.practice);
  if (!only) await connection.directory.pingWithApplicationAuth();
  makeFolder(folder);
  const all: Lines[] = [];
  const abandon = () => {
    for (const each of all) each.abandon();
  };
  const stop = () => {
    abandon();
    // Some may have their names already.
    for (const kind of kinds) rmSync(fileOf(folder, kind), { force: true });
    note("stopped: nothing is left of this export");
    process.exit(130);
  };
  // Before the first file is opened: a signal without a handler would end the program at once, and leave the files.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const files = filesIn(folder, all);
  const progress = setInterval(() => note(countsLine(files)), progressMs).unref();
  const exported: Export = { connection, files, notRead: [], withoutPortal: [] };
  try {
    await Promise.all([readUsers(exported, options.practice), readPractices(exported, only, options.concurrency)]);
    for (const each of all) await each.finish();
  } finally {
    clearInterval(progress);
    abandon();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
  }
  const { notRead, withoutPortal } = exported;
  const manifest = {
    format: 1,
    version,
    url: connection.url,
    applicationId: connection.application.id,
    ...(options.practice !== undefined && { practice: options.practice }),
    startedAt,
    endedAt: new Date().toISOString(),
    counts: Object.fromEntries(kinds.map((kind) => [kind, files[kind].count()])),
    notRead,
    withoutPortal,
  };
  writeWhole(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  report(exported, folder);
}

/** @throws Complaint when the folder cannot be made, or holds an export already */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!readdirSync(folder).includes(manifestName)) return;
  } catch (error) {
    throw new Complaint(`cannot use the folder ${folder} (${(error as NodeJS.ErrnoException).code})`);
  }
  throw new Complaint(`${folder} holds an export already`, "State another folder with --out.");
}

const fileOf = (folder: string, kind: Kind) => join(folder, `${kind}.jsonl`);

/** Opens a file for each kind. @param all gets each of them */
function filesIn(folder: string, all: Lines[]): Record<Kind, Lines> {
  const open = (kind: Kind) => {
    const lines = openLines(fileOf(folder, kind));
    all.push(lines);
    return lines;
  };
  return {
    practices: open("practices"),
    users: open("users"),
    profiles: open("profiles"),
    organizations: open("organizations"),
    settings: open("settings"),
    accounts: open("accounts"),
  };
}

async function readUsers({ connection, files }: Export, accountId: string | undefined): Promise<void> {
  for await (const user of each(connection.directory.userList, { accountId, limit: perCall }))
    await files.users.write(user);
}

async function readPractices(exported: Export, only: Practice | undefined, atOnce: number): Promise<void> {
  const { connection, files, notRead } = exported;
  await forEachAtOnce(
    only ? [only] : each(connection.directory.practiceList, { limit: perCall }),
    atOnce,
    async (practice) => {
      await files.practices.write(practice);
      const { accountId } = practice;
      if (practice.active) await readInside(exported, practice);
      else notRead.push(...insideKinds.map((kind) => ({ kind, accountId, reason: "the practice is inactive" })));
    },
  );
}

/** Reads what lies inside an active practice. What cannot be read is noted as a gap, and the rest goes on. */
async function readInside(exported: Export, practice: Practice): Promise<void> {
  const { connection, files, notRead, withoutPortal } = exported;
  const { accountId } = practice;
  const write = async (kind: InsideKind, records: AsyncIterable<object>) => {
    try {
      for await (const record of records) await files[kind].write({ accountId, ...record });
    } catch (error) {
      if (!(error instanceof FrontdeskError) || ["network", "unexpected", 4010].includes(error.code)) throw error;
      const closed = isPracticeClosed(error) || error.code === "kAccessDenied";
      notRead.push({ kind, accountId, reason: closed ? "the practice was closed meanwhile" : failureLine(error) });
    }
  };
  const portal = portalOf(connection, practice);
  if (!portal) withoutPortal.push(accountId);
  await Promise.all([
    write("settings", settingsOf(connection, accountId)),
    write("organizations", eachOrganization(connection, accountId)),
    write("profiles", eachProfile(connection, accountId)),
    ...(portal ? [write("accounts", withoutSecrets(eachAccount(portal)))] : []),
  ]);
}

async function* settingsOf({ directory }: Connection, accountId: string) {
  yield (await directory.as({ accountId }).portalSettingsGet()).portalSettings;
}

/** Accounts without the key for encryption, should a list ever have it. */
async function* withoutSecrets(accounts: AsyncIterable<{ readonly key?: unknown }>) {
  for await (const { key: _, ...account } of accounts) yield account;
}

const countsLine = (files: Readonly<Record<Kind, Lines>>) =>
  kinds.map((kind) => counted(files[kind].count(), nouns[kind], kind)).join(", ");

/** How many ids one line names. */
const namesMax = 5;

function named(ids: readonly string[]): string {
  const more = ids.length - namesMax;
  return ids.slice(0, namesMax).map(printable).join(", ") + (more > 0 ? `, and ${more} more` : "");
}

function report({ files, notRead, withoutPortal }: Export, folder: string): void {
  note(countsLine(files));
  for (const kind of insideKinds) {
    const gaps = notRead.filter((gap) => gap.kind === kind);
    for (const reason of new Set(gaps.map((gap) => gap.reason))) {
      const ids = gaps.filter((gap) => gap.reason === reason).map(({ accountId }) => accountId);
      note(`not read: ${kind} of ${counted(ids.length, "practice")}, because ${reason}: ${named(ids)}`);
    }
  }
  if (withoutPortal.length > 0) {
    note(
      `without a portal, so without accounts: ${counted(withoutPortal.length, "practice")}: ${named(withoutPortal)}`,
    );
  }
  if (notRead.length > 0) {
    note(`${manifestName} lists all that was not read.`);
    process.exitCode = exitCodes.failed;
  }
  line(folder);
}
