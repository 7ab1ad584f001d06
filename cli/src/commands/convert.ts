import { Argument, type Command, Option } from "commander";
import { auth0HashOwner, auth0Password, fromAuth0 } from "../convert/auth0.ts";
import { fromBetterAuth } from "../convert/better-auth.ts";
import { fromCognito } from "../convert/cognito.ts";
import { accountFromFrontdesk, userFromFrontdesk } from "../convert/frontdesk.ts";
import type { MovedPassword } from "../convert/hashes.ts";
import { fromKeycloak } from "../convert/keycloak.ts";
import { accountLine, type ConvertedLine, type MovedPerson, userLine } from "../convert/people.ts";
import { recordsIn } from "../convert/records.ts";
import type { Fields } from "../convert/values.ts";
import { Complaint, exitCodes } from "../failure.ts";
import { isSameFile, openLines } from "../files.ts";
import { note } from "../output.ts";
import { readTable } from "../table-file.ts";
import { counted } from "../words.ts";

const systems = ["auth0", "cognito", "keycloak", "better-auth", "frontdesk"] as const;
type System = (typeof systems)[number];

interface Options {
  readonly practice?: string;
  readonly to: "accounts" | "users";
  readonly out?: string;
  readonly incomplete?: string;
  readonly hashes?: string;
  readonly mobiles?: string;
}

/** Turns a record into a line. `undefined` for a record that is not a person. */
type Convert = (record: Fields) => ConvertedLine | undefined;

const examples = `
Examples:
  frontdesk convert keycloak realm.json --practice practice-1 --out accounts.jsonl
  frontdesk convert auth0 users.json --hashes hashes.json --practice practice-1 --out accounts.jsonl
  frontdesk import accounts accounts.jsonl
`;

/** Adds `convert`, which turns other systems' exports into lines for `import`. It calls no server. */
export function addConvert(program: Command): void {
  program
    .command("convert")
    .description("turn an export of another system into a file for `import`")
    .addArgument(new Argument("<system>", "the other system").choices(systems))
    .argument("<files...>", "what it exported, as JSON or JSON Lines")
    .option("--practice <id>", "the practice that the people belong to; frontdesk: in place of the one in each line")
    .addOption(new Option("--to <what>", "what they become").choices(["accounts", "users"]).default("accounts"))
    .option("--out <file>", "where to write the lines (default: standard output)")
    .option("--incomplete <file>", "where to write people without a name, an e-mail address or a mobile number")
    .option("--hashes <file>", "auth0: the file of password hashes that Auth0 support sends")
    .option("--mobiles <file>", "a CSV file with the columns email and mobile, for people without a number")
    .addHelpText("after", examples)
    .action(async (system: System, files: string[], options: Options) => {
      if (options.hashes !== undefined && system !== "auth0") throw new Complaint("--hashes is for auth0 only");
      await convertFiles(files, await converterOf(system, options), options);
    });
}

/** @throws Complaint when the practice is not stated */
async function converterOf(system: System, { practice, to, hashes, mobiles }: Options): Promise<Convert> {
  if (system === "frontdesk") {
    return (record) => (to === "users" ? userFromFrontdesk : accountFromFrontdesk)(record, practice);
  }
  if (practice === undefined) throw new Complaint("state the practice that the people belong to: --practice ID");
  const personOf = await reader(system, hashes);
  const mobileOf = mobiles === undefined ? undefined : await mobilesIn(mobiles);
  return (record) => {
    const person = personOf(record);
    if (!person) return undefined;
    if (to === "users") return userLine(person, practice);
    return accountLine(person, practice, person.mobile ?? mobileOf?.get(sameAddress(person.email ?? "")));
  };
}

/** Returns what reads the records of a system. */
async function reader(
  system: Exclude<System, "frontdesk">,
  hashFile: string | undefined,
): Promise<(record: Fields) => MovedPerson | undefined> {
  if (system === "cognito") return fromCognito;
  if (system === "keycloak") return fromKeycloak;
  if (system === "better-auth") return fromBetterAuth;
  const hashes = hashFile === undefined ? undefined : await hashesIn(hashFile);
  return (record) => fromAuth0(record, hashes && (hashes.get(String(record.user_id)) ?? { missing: true }));
}

/** Auth0's password hashes, by user id. */
async function hashesIn(file: string): Promise<Map<string, MovedPassword>> {
  const hashes = new Map<string, MovedPassword>();
  for await (const record of recordsIn(file)) {
    const owner = auth0HashOwner(record);
    if (owner !== undefined) hashes.set(owner, auth0Password(record));
  }
  return hashes;
}

const sameAddress = (email: string) => email.trim().toLowerCase();

/** Mobile numbers by e-mail address. @throws Complaint when the file cannot be read, or lacks a column */
async function mobilesIn(file: string): Promise<ReadonlyMap<string, string>> {
  const rows = await readTable(file, ["email", "mobile"]);
  const known = rows.filter(({ cells }) => cells.mobile !== "");
  return new Map(known.map(({ cells: { email, mobile } }) => [sameAddress(email), mobile]));
}

const noPeopleHint = "docs/migrate.md says for each system how to export its users.";

/** What a run has read and written. */
interface Tally {
  read: number;
  complete: number;
  incomplete: number;
  noPerson: number;
  readonly notes: Map<string, number>;
}

/** @throws Complaint when a file that would be written is one of those that are read */
function checkNotRead(written: string | undefined, read: readonly (string | undefined)[]): void {
  if (written === undefined || !read.some((file) => file !== undefined && isSameFile(file, written))) return;
  throw new Complaint(`${written} would be replaced, and is read`, "State another file.");
}

async function convertFiles(files: readonly string[], convert: Convert, options: Options): Promise<void> {
  for (const out of [options.out, options.incomplete]) checkNotRead(out, [...files, options.hashes, options.mobiles]);
  const tally: Tally = { read: 0, complete: 0, incomplete: 0, noPerson: 0, notes: new Map() };
  const complete = openLines(options.out);
  const incomplete = options.incomplete === undefined ? undefined : openLines(options.incomplete);
  try {
    for (const file of files) {
      for await (const record of recordsIn(file)) {
        const converted = convert(record);
        add(tally, converted);
        if (converted) await (converted.missing.length === 0 ? complete : incomplete)?.write(converted.line);
      }
    }
    if (tally.read === tally.noPerson) throw new Complaint(`there are no people in ${files.join(", ")}`, noPeopleHint);
    await complete.finish();
    await incomplete?.finish();
  } finally {
    complete.abandon();
    incomplete?.abandon();
  }
  report(tally, options);
}

function add(tally: Tally, converted: ConvertedLine | undefined): void {
  tally.read += 1;
  if (!converted) {
    tally.noPerson += 1;
    return;
  }
  tally[converted.missing.length === 0 ? "complete" : "incomplete"] += 1;
  for (const each of [...converted.notes, ...converted.missing.map((field) => `incomplete: no ${field}`)]) {
    tally.notes.set(each, (tally.notes.get(each) ?? 0) + 1);
  }
}

function report({ read, complete, incomplete, noPerson, notes }: Tally, options: Options): void {
  note(`${counted(read, "record")} read, ${counted(complete, options.to.slice(0, -1))} written`);
  if (noPerson > 0) note(counted(noPerson, "record is not a person", "records are not people"));
  for (const [what, count] of [...notes].sort()) note(`  ${count} × ${what}`);
  if (incomplete === 0) return;
  const people = counted(incomplete, "person is", "people are");
  note(
    options.incomplete === undefined
      ? `${people} incomplete, and not written: state --incomplete FILE to get them`
      : `${people} incomplete: complete them in ${options.incomplete}, then import that file too`,
  );
  process.exitCode = exitCodes.failed;
}
