import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { connect } from "../connect.ts";
import { accounts } from "../import/accounts.ts";
import { type ImportOptions, importFile } from "../import/import-file.ts";
import type { Kind } from "../import/kind.ts";
import { collectGarbageSoon } from "../import/memory.ts";
import { practices } from "../import/practices.ts";
import { users } from "../import/users.ts";

const kinds: readonly Kind[] = [practices, users, accounts];

/** The options of the command, as commander reads them. */
type Options = Omit<ImportOptions, "map" | "ignore"> & Partial<Pick<ImportOptions, "map" | "ignore">>;

const examples = `
Examples:
  frontdesk import practices practices.csv --dry-run
  frontdesk import practices practices.csv
  frontdesk import users staff.csv --map userId='Badge No' --ignore Notes
  frontdesk import users staff.csv --resume
`;

const wholeNumber = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
};

function addMapping(text: string, before: Readonly<Record<string, string>> = {}) {
  const [, field, column] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (field === undefined || column === undefined) throw new InvalidArgumentError("It must be field=Column.");
  return { ...before, [field]: column.trim() };
}

const addIgnored = (column: string, before: readonly string[] = []) => [...before, column];

/** Adds `frontdesk import`. */
export function addImport(program: Command): void {
  program
    .command("import")
    .description("bring in a file of practices, users or portal accounts; every row is checked before one is sent")
    .addArgument(new Argument("<what>", "what the file holds").choices(kinds.map(({ name }) => name)))
    .argument("<file>", "a .csv or .jsonl file in UTF-8; - for JSON lines from stdin")
    .option("--map <field=Column>", "which column holds a field (repeatable)", addMapping)
    .option("--ignore <Column>", "leave a column out (repeatable)", addIgnored)
    .option("--dry-run", "check the file, name every fault, and send nothing")
    .option("--strict", "send nothing if any row has a fault")
    .addOption(new Option("--resume", "continue an import that was stopped").conflicts("restart"))
    .option("--restart", "begin again an import that was stopped")
    .option(
      "--report <file>",
      "where to write what became of each row, as CSV (default: beside the file; a dry run writes none)",
    )
    .option("--concurrency <n>", "how many calls run at once", wholeNumber(1, 64), 8)
    .option("--give-up-after <seconds>", "end when no call has succeeded for so long", wholeNumber(1, 86_400), 120)
    .option("--notify", "accounts: mail each person a link to verify their address")
    .addHelpText("after", examples)
    .action(async (what: string, file: string, options: Options, command: Command) => {
      collectGarbageSoon();
      const kind = kinds.find(({ name }) => name === what);
      if (kind)
        process.exitCode = await importFile(kind, file, { map: {}, ignore: [], ...options }, () => connect(command));
    });
}
