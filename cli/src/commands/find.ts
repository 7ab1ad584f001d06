import type { Command } from "commander";
import { type Account, each, isFailure, type Practice, type User } from "../../../client/src/client.ts";
import { forEachAtOnce } from "../at-once.ts";
import { eachAccount, getPractice, portalOf } from "../calls.ts";
import { type Connection, connect } from "../connect.ts";
import { exitCodes } from "../failure.ts";
import { line, note } from "../output.ts";
import { type Columns, printRows } from "../rows.ts";
import { counted } from "../words.ts";
import { accountColumns, jsonOption, practiceColumns, userColumns } from "./list.ts";

interface Options {
  readonly practice?: string;
  readonly json?: boolean;
}

/** An account, and the practice whose portal it is in. */
type FoundAccount = Account & { readonly accountId: string };

const foundAccountColumns: Columns<FoundAccount> = { PRACTICE: ({ accountId }) => accountId, ...accountColumns };

/** How many portals are asked at the same time. */
const portalsAtOnce = 8;

const folded = (text: string) => text.normalize("NFKC").toLowerCase();

/** Whether one of the values contains the text, in any letter case. */
const contains = (text: string, values: readonly (string | undefined)[]) =>
  values.some((value) => value !== undefined && folded(value).includes(folded(text)));

const examples = `
Looks through lists, because the API has no search. Practices match by id, name, web address and NPI; users by id, name,
login and NPI. Portal accounts match by their whole e-mail address, in every portal.

Examples:
  frontdesk find hillside
  frontdesk find 1234567893
  frontdesk find iris@mail.example --practice practice-1
`;

/** Adds `find`. */
export function addFind(program: Command): void {
  program
    .command("find <text>")
    .description("find practices, users and portal accounts")
    .option("--practice <id>", "look only in this practice")
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action(async (text: string, options: Options, command: Command) => {
      await find(connect(command), text, options);
    });
}

async function find(connection: Connection, text: string, { practice, json: asJson = false }: Options): Promise<void> {
  const { directory } = connection;
  const looked = { practices: 0, users: 0, portals: 0, closedPortals: 0 };
  const practices: Practice[] = [];
  const users: User[] = [];
  const accounts: FoundAccount[] = [];
  const given = practice === undefined ? undefined : [await getPractice(directory, practice)];
  await forEachAtOnce(given ?? each(directory.practiceList), portalsAtOnce, async (one) => {
    looked.practices += 1;
    if (contains(text, [one.accountId, one.name, one.websiteAddress, one.practiceNpi])) practices.push(one);
    if (!text.includes("@") || one.websiteAddress === "") return;
    looked[one.active ? "portals" : "closedPortals"] += 1;
    if (one.active) accounts.push(...(await accountsOf(connection, one, text)));
  });
  for await (const user of each(directory.userList, { accountId: practice })) {
    looked.users += 1;
    const names = [`${user.firstName} ${user.lastName}`, `${user.lastName}, ${user.firstName}`];
    if (contains(text, [user.userId, ...names, user.loginId, user.npi])) users.push(user);
  }
  if (asJson) for (const found of [...practices, ...users, ...accounts]) line(JSON.stringify(found));
  else {
    if (practices.length > 0) await printRows(practices, practiceColumns);
    if (users.length > 0) await printRows(users, userColumns);
    if (accounts.length > 0) await printRows(accounts, foundAccountColumns);
  }
  const portals = text.includes("@") ? `, ${counted(looked.portals, "portal")}` : "";
  const count = practices.length + users.length + accounts.length;
  note(
    `${count} found. Looked through ${counted(looked.practices, "practice")}, ${counted(looked.users, "user")}${portals}.`,
  );
  if (looked.closedPortals > 0)
    note(
      `Not looked through: ${counted(looked.closedPortals, "portal of an inactive practice", "portals of inactive practices")}.`,
    );
  if (count === 0) process.exitCode = exitCodes.failed;
}

/** The account with this e-mail address in a practice's portal. None where the text is not an address. */
async function accountsOf(connection: Connection, practice: Practice, email: string): Promise<FoundAccount[]> {
  const portal = portalOf(connection, practice);
  const found: FoundAccount[] = [];
  try {
    for await (const account of portal ? eachAccount(portal, { email }) : []) {
      found.push({ ...account, accountId: practice.accountId });
    }
  } catch (error) {
    if (!isFailure(error) || error.code !== "kInvalidArgument") throw error;
  }
  return found;
}
