import { parseArgs } from "node:util";
import { eachOrganization } from "../cli/src/calls.ts";
import type { Connection } from "../cli/src/connect.ts";
import { counted } from "../cli/src/words.ts";
import { createDirectory, createPortal, FrontdeskError, isFailure } from "../client/src/client.ts";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { demo } from "./demo.ts";
import { statedPort } from "./environment.ts";
import { accountPassword, type SeedPractice, seedPractices, userPassword } from "./seed-data.ts";

const usage = "Usage: npm run seed [-- --url URL]";

type Target = Pick<Connection, "url" | "application">;

/** How many records a run made. All others existed. */
interface Made {
  practices: number;
  users: number;
  organizations: number;
  accounts: number;
}

await orComplain(async () => {
  const target = readTarget();
  const connection = { ...target, directory: createDirectory(target) };
  const made: Made = { practices: 0, users: 0, organizations: 0, accounts: 0 };
  try {
    for (const data of seedPractices) await seed(connection, data, made);
  } catch (error) {
    if (!(error instanceof FrontdeskError)) throw error;
    if (error.code === "network") throw new Complaint(`No answer at ${target.url}: run npm start in another terminal.`);
    throw new Complaint(`${target.url}: ${error.message}`);
  }
  console.log(summary(target.url, made));
});

/** Where to put the data: the instance of `npm start` on `PORT`, unless `--url` names another. @throws Complaint */
function readTarget(): Target {
  let url: string | undefined;
  try {
    url = parseArgs({ options: { url: { type: "string" } } }).values.url;
  } catch {
    throw new Complaint(usage);
  }
  if (url === undefined) {
    const application = { id: demo.applicationId, password: demo.applicationPassword };
    return { url: `http://localhost:${statedPort()}`, application };
  }
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) throw new Complaint(`${url} is no URL. ${usage}`);
  const { FRONTDESK_APPLICATION_ID, FRONTDESK_APPLICATION_PASSWORD } = process.env;
  const id = FRONTDESK_APPLICATION_ID || demo.applicationId;
  const password = FRONTDESK_APPLICATION_PASSWORD || demo.applicationPassword;
  return { url: url.replace(/\/+$/, ""), application: { id, password } };
}

async function seed(connection: Connection, data: SeedPractice, made: Made): Promise<void> {
  const { practice, users, settings, organizations = [], profiles = [], accounts = [] } = data;
  const { accountId } = practice;
  const { url, application, directory } = connection;
  // Nothing can be written inside an inactive practice, so it is closed at the end.
  if ((await directory.practiceSave({ ...practice, active: true })).action === "create") made.practices += 1;
  const within = directory.as({ accountId });
  for (const user of users) if ((await within.userSave(user)).action === "create") made.users += 1;
  if (settings) await within.portalSettingsSave(settings);
  made.organizations += await seedOrganizations(connection, accountId, organizations);
  for (const profile of profiles) await within.practiceProfileSave(profile);
  for (const account of accounts) {
    const portal = createPortal({ url, application, org: String(practice.websiteAddress), accountId });
    const isNew = await portal.accountRegister({ ...account, notify: false }).then(() => true, existed);
    if (isNew) made.accounts += 1;
  }
  if (practice.active === false) await directory.practiceUpdate(practice);
}

/** Creates the organizations that the practice does not have, by name. @returns how many */
async function seedOrganizations(
  connection: Connection,
  accountId: string,
  wanted: NonNullable<SeedPractice["organizations"]>,
): Promise<number> {
  if (wanted.length === 0) return 0;
  const existing = new Set<string | null>();
  for await (const { name } of eachOrganization(connection, accountId)) existing.add(name);
  const missing = wanted.filter(({ name }) => !existing.has(name));
  const { organizationSave } = connection.directory.as({ accountId });
  for (const organization of missing) await organizationSave(organization);
  return missing.length;
}

/** False for an account that exists already. @throws any other error */
function existed(error: unknown): false {
  if (isFailure(error) && error.code === "kExists") return false;
  throw error;
}

function summary(url: string, made: Made): string {
  const counts = Object.entries(made).map(([what, count]) => counted(count, what.slice(0, -1)));
  const open = seedPractices.filter(({ practice }) => practice.active !== false);
  const portals = open.flatMap(({ practice, settings, accounts = [] }) =>
    accounts.length === 0
      ? []
      : [
          `  ${url}/${practice.websiteAddress}/  ${practice.name}${settings?.twoFactor ? ", with a second factor" : ""}`,
          ...accounts.map(
            ({ email, roles, state }) => `    ${email}${roleOf(roles)}${state === "unverified" ? " (unverified)" : ""}`,
          ),
        ],
  );
  const logins = open.flatMap(({ practice, users }) =>
    users.flatMap(({ loginId, admin }) =>
      loginId ? [`  ${loginId}  ${practice.accountId}${admin ? ", admin" : ""}`] : [],
    ),
  );
  return `Made: ${counts.join(", ")}. All others were there.

Who can sign in at a portal, with the password "${accountPassword}":
${portals.join("\n")}
Codes of the second factor appear at ${url}/_local/.

Users who can call with loginId and loginPassword, with the password "${userPassword}":
${logins.join("\n")}
`;
}

function roleOf(roles: readonly string[] | null | undefined = []): string {
  if (roles?.some((role) => role.endsWith("4"))) return ", administrator";
  return roles?.some((role) => role.endsWith("5")) ? ", provider" : "";
}
