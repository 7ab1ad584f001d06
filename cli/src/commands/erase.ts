import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { FrontdeskError, isFailure, practiceSetActive } from "../../../client/src/client.ts";
import { forEachAtOnce } from "../at-once.ts";
import { findPractice, isPracticeClosed, portalOf } from "../calls.ts";
import { type Connection, connect } from "../connect.ts";
import { Complaint, exitCodes, failureLine } from "../failure.ts";
import { note, printable, problem } from "../output.ts";
import { readTable } from "../table-file.ts";
import { readCount } from "./list.ts";

/** Whether a record was erased now, or was not there any more. */
type Outcome = "erased" | "gone";

/** The ids that name a record. */
type Ids = readonly string[];

interface Kind {
  readonly name: string;
  /** The columns of `--file`, and the command's arguments. */
  readonly columns: readonly string[];
  readonly erase: (connection: Connection, ids: Ids) => Promise<Outcome>;
  /** What the reader must know about what happens next. */
  readonly afterwards: string;
}

interface Options {
  readonly file?: string;
  readonly yes?: boolean;
  readonly concurrency: number;
}

const practiceKind: Kind = {
  name: "practice",
  columns: ["accountId"],
  erase: erasePractice,
  afterwards:
    "Nobody finds the practice any more, and its id may be used again. What was in it is erased within minutes. Audit events stay.",
};

const userKind: Kind = {
  name: "user",
  columns: ["accountId", "userId"],
  erase: eraseUser,
  afterwards: "The user's login and profile are erased with the user. Audit events stay.",
};

const accountKind: Kind = {
  name: "account",
  columns: ["accountId", "account"],
  erase: eraseAccount,
  afterwards:
    "Nobody can sign in with the account any more. Its devices, connections and pictures are erased within minutes, and its holder gets a mail. Audit events stay.",
};

const examples = `
Erasing cannot be undone. It may be repeated: a record that is gone already counts as done. --file is a file whose
columns have the names of the arguments: accountId; accountId and userId; accountId and account (an id or an e-mail address).

Examples:
  frontdesk erase practice practice-1
  frontdesk erase user practice-1 user-1
  frontdesk erase account practice-1 iris@mail.example
  frontdesk erase account --file leavers.csv --yes
`;

/** Adds `erase`. */
export function addErase(program: Command): void {
  const erase = program
    .command("erase")
    .description("erase a practice, a user or a portal account for good")
    .addHelpText("after", examples);
  const common = (command: Command) =>
    command
      .option("--file <file>", "erase all that this .csv or .jsonl file names")
      .option("--yes", "do not ask")
      .option("--concurrency <number>", "how many at the same time", readCount, 4);
  common(erase.command("practice [accountId]").description("a practice with everything in it")).action(
    (accountId: string | undefined, options: Options, command: Command) =>
      run(practiceKind, [accountId], options, command),
  );
  common(erase.command("user [accountId] [userId]").description("a user, with login and profile")).action(
    (accountId: string | undefined, userId: string | undefined, options: Options, command: Command) =>
      run(userKind, [accountId, userId], options, command),
  );
  common(
    erase.command("account [accountId] [account]").description("a portal account, by id or e-mail address"),
  ).action((accountId: string | undefined, account: string | undefined, options: Options, command: Command) =>
    run(accountKind, [accountId, account], options, command),
  );
}

async function run(kind: Kind, stated: readonly (string | undefined)[], options: Options, command: Command) {
  const given = stated.filter((id) => id !== undefined);
  if (options.file !== undefined && given.length > 0) throw new Complaint("state either ids or --file");
  if (options.file === undefined && given.length < kind.columns.length) {
    throw new Complaint(`state ${kind.columns.join(" and ")}, or --file`);
  }
  const records = options.file === undefined ? [given] : await idsIn(options.file, kind.columns);
  const connection = connect(command);
  if (!options.yes) await confirm(kind, records);
  const counts = { erased: 0, gone: 0, failed: 0 };
  await forEachAtOnce(records, options.concurrency, async (ids) => {
    try {
      counts[await kind.erase(connection, ids)] += 1;
    } catch (error) {
      if (endsAll(error)) throw error;
      counts.failed += 1;
      problem(
        `${kind.name} ${ids.join(" ")}: ${error instanceof FrontdeskError ? failureLine(error) : messageOf(error)}`,
      );
    }
  });
  note(`${counts.erased} erased, ${counts.gone} already gone, ${counts.failed} failed`);
  if (counts.erased > 0) note(kind.afterwards);
  if (counts.failed > 0) process.exitCode = exitCodes.failed;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Whether an error concerns all records: nobody answers, or the credentials are wrong. */
const endsAll = (error: unknown): boolean =>
  error instanceof FrontdeskError
    ? ["network", "unexpected", 4010].includes(error.code)
    : !(error instanceof Complaint);

/** The ids in a file. @throws Complaint when it cannot be read, or a cell is blank */
async function idsIn(file: string, columns: readonly string[]): Promise<Ids[]> {
  const rows = await readTable(file, columns);
  return rows.map(({ place, cells }) =>
    columns.map((column) => {
      if (cells[column]) return cells[column];
      throw new Complaint(`${place}: there is no ${column}`, "Nothing was erased.");
    }),
  );
}

/** Asks on the terminal. @throws Complaint when the answer is another, or nobody can be asked */
async function confirm({ name }: Kind, records: readonly Ids[]): Promise<void> {
  const only = records.length === 1 ? records[0]?.at(-1) : undefined;
  const wanted = only ?? String(records.length);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Complaint("erasing cannot be undone, and there is no terminal to ask on", "State --yes.");
  }
  const what =
    only === undefined ? `${records.length} ${name}s` : `the ${name} ${records[0]?.map(printable).join(" ")}`;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(
    `This erases ${what} for good. Type ${only === undefined ? "the number" : "the id"} ${printable(wanted)} to go on: `,
  );
  asking.close();
  if (answer.trim() !== wanted) throw new Complaint("nothing was erased");
}

/** Erases a practice. An active one is disabled first, because only an inactive one can be deleted. */
async function erasePractice({ directory }: Connection, [accountId = ""]: Ids): Promise<Outcome> {
  if (!(await findPractice(directory, accountId))) return "gone";
  try {
    await practiceSetActive(directory, accountId, false);
    await directory.practiceDelete({ accountId });
    return "erased";
  } catch (error) {
    // Somebody else was faster.
    if (isFailure(error) && error.code === 4131) return "gone";
    throw error;
  }
}

async function eraseUser(connection: Connection, [accountId = "", userId = ""]: Ids): Promise<Outcome> {
  try {
    await connection.directory.as({ accountId }).userDelete({ userId });
    return "erased";
  } catch (error) {
    if (isFailure(error) && (error.code as number) === 4231) return "gone";
    if (isPracticeClosed(error)) return afterClosed(connection, accountId);
    throw error;
  }
}

/** What became of a record in a practice that does not let anybody in: gone with the practice, or not to be reached. */
async function afterClosed({ directory }: Connection, accountId: string): Promise<Outcome> {
  if (!(await findPractice(directory, accountId))) return "gone";
  throw new Complaint("the practice is inactive: enable it first, or erase the whole practice");
}

async function eraseAccount(connection: Connection, [accountId = "", account = ""]: Ids): Promise<Outcome> {
  const practice = await findPractice(connection.directory, accountId);
  if (!practice) return "gone";
  if (!practice.active) return afterClosed(connection, accountId);
  const portal = portalOf(connection, practice);
  if (!portal) throw new Complaint("the practice has no web address, so it has no portal");
  const id = account.includes("@")
    ? (await portal.accountList({ where: JSON.stringify({ email: account }) })).data[0]?._id
    : account;
  if (id === undefined) return "gone";
  try {
    await portal.accountDelete({ id, body: {} });
    return "erased";
  } catch (error) {
    if (isFailure(error) && error.code === "kNotFound") return "gone";
    throw error;
  }
}
