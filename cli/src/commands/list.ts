import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import {
  type Account,
  each,
  type Organization,
  type Practice,
  type PracticeProfile,
  type User,
} from "../../../client/src/client.ts";
import { eachAccount, eachOrganization, eachProfile, getPortal } from "../calls.ts";
import { type Connection, connect } from "../connect.ts";
import { Complaint } from "../failure.ts";
import { roleIds } from "../roles.ts";
import { type Columns, printRows } from "../rows.ts";

const yes = (value: unknown) => (value ? "yes" : "no");

/** The columns of practices. */
export const practiceColumns: Columns<Practice> = {
  ID: ({ accountId }) => accountId,
  NAME: ({ name }) => name,
  PORTAL: ({ websiteAddress }) => websiteAddress,
  CITY: ({ city }) => city,
  STATE: ({ state }) => state,
  "TIME ZONE": ({ timeZone }) => timeZone,
  NPI: ({ practiceNpi }) => practiceNpi,
  ACTIVE: ({ active }) => yes(active),
};

/** The columns of users. */
export const userColumns: Columns<User> = {
  PRACTICE: ({ accountId }) => accountId,
  ID: ({ userId }) => userId,
  NAME: ({ firstName, lastName }) => `${firstName} ${lastName}`,
  LOGIN: ({ loginId }) => loginId,
  ADMIN: ({ admin }) => yes(admin),
  PROVIDER: ({ provider }) => yes(provider),
  NPI: ({ npi }) => npi,
  ACTIVE: ({ active }) => yes(active),
};

/** The columns of portal accounts. */
export const accountColumns: Columns<Account> = {
  ID: ({ _id }) => _id,
  NAME: ({ name }) => [name?.first, name?.last].filter(Boolean).join(" "),
  "E-MAIL": ({ email }) => email,
  STATE: ({ state }) => state,
  ROLES: ({ roles = [] }) => roles.map((role) => roleNames[role] ?? role).join(", "),
  LOCKED: ({ locked }) => yes(locked),
  CREATED: ({ created }) => created,
};

const roleNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(roleIds).map(([name, id]) => [id, name]),
);

const organizationColumns: Columns<Organization> = {
  ID: ({ id }) => id,
  NAME: ({ name }) => name,
  THERAPIST: ({ therapist_user_id }) => therapist_user_id,
  ACTIVE: ({ is_active }) => yes(is_active),
};

const profileColumns: Columns<PracticeProfile> = {
  THERAPIST: ({ userId }) => userId,
  NAME: ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(" "),
  "E-MAIL": ({ emailid }) => emailid,
  NPI: ({ npi }) => npi,
  ORGANIZATION: ({ orgid }) => orgid,
};

interface Options {
  readonly practice?: string;
  readonly json?: boolean;
  readonly limit?: number;
}

const lists = ["practices", "users", "accounts", "organizations", "profiles"] as const;

const examples = `
Examples:
  frontdesk list practices
  frontdesk list users --practice practice-1
  frontdesk list accounts --practice practice-1 --json | jq -r .email
`;

/** Reads a whole number from 1 for commander. @throws InvalidArgumentError */
export function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1.");
}

/** The option of commands that print lists. */
export const jsonOption = (): Option => new Option("--json", "print one JSON object a line");

/** Adds `list`. */
export function addList(program: Command): void {
  program
    .command("list")
    .description("list practices, users, portal accounts, organizations or profiles")
    .addArgument(new Argument("<what>").choices(lists))
    .option("--practice <id>", "only of this practice; needed for accounts, organizations and profiles")
    .option("--limit <number>", "how many at most", readCount)
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action(async (what: (typeof lists)[number], options: Options, command: Command) => {
      await listed(what, connect(command), options);
    });
}

async function listed(what: (typeof lists)[number], connection: Connection, options: Options): Promise<void> {
  const { directory } = connection;
  const { practice } = options;
  switch (what) {
    case "practices":
      if (practice !== undefined) throw new Complaint(`for one practice: frontdesk get practice ${practice}`);
      return printRows(each(directory.practiceList), practiceColumns, options);
    case "users":
      return printRows(each(directory.userList, { accountId: practice }), userColumns, options);
    case "accounts":
      return printRows(eachAccount(await getPortal(connection, needed(practice, what))), accountColumns, options);
    case "organizations":
      return printRows(eachOrganization(connection, needed(practice, what)), organizationColumns, options);
    case "profiles":
      return printRows(eachProfile(connection, needed(practice, what)), profileColumns, options);
  }
}

/** @throws Complaint when the practice was not stated */
function needed(practice: string | undefined, what: string): string {
  if (practice !== undefined) return practice;
  throw new Complaint(`${what} belong to a practice: state --practice ID`);
}
