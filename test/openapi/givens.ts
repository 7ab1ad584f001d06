import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { newClientKey, newVendor, withClientKey, writeVendor } from "../../lib/practices/vendor.ts";
import { documents } from "../../lib/table/client.ts";
import { directAddressKey } from "../../lib/table/keys.ts";
import { put, write } from "../../lib/table/transact.ts";
import { examples } from "../../openapi/examples.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  minutesAfter,
  openPortal,
  type PortalClient,
  roles,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { allItems, call, expectOk, send, type TestVendor } from "../kit/system.ts";

/** What an example is sent in: who sends it, when, and with which values in the place of those that it shows. */
export interface Given {
  readonly client?: PortalClient;
  readonly now?: Date;
  readonly replace?: Readonly<Record<string, string>>;
  /** Variables of the path that are others than those of the example. */
  readonly path?: Readonly<Record<string, string>>;
}

type Body = Record<string, unknown>;

/** The body of an example. */
export function bodyOf(id: keyof typeof examples, name: string): Body {
  const { body } = examples[id].find((example) => example.name === name) ?? {};
  return body as Body;
}

const demo: TestVendor = { applicationId: "demo", applicationPassword: "demo-application-password" };
const demoPractice = { ...demo, accountId: "practice-1" };

/** Empties the table, but for the vendor of the examples. */
export async function emptyTable(): Promise<void> {
  const deletions = (await allItems()).map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
  for (let start = 0; start < deletions.length; start += 25) {
    const RequestItems = { [String(process.env.TABLE_NAME)]: deletions.slice(start, start + 25) };
    await documents.send(new BatchWriteCommand({ RequestItems }));
  }
  const now = new Date();
  const vendor = withClientKey(newVendor(demo.applicationId, "Demo", demo.applicationPassword, now), newClientKey());
  const context = { actor: { kind: "operator" } as const, context: { now, requestId: "test" } };
  await write(() => writeVendor(undefined, vendor, "vendor.created", context).parts);
}

/** Nothing but the vendor. */
export const nothing = async (): Promise<Given> => ({});

/** The practice of the examples, all its fields set. */
export async function practice(fields: Body = {}): Promise<Given> {
  await expectOk(call("PracticeCreate", { ...bodyOf("PracticeCreate", "full"), ...fields }));
  return {};
}

/** The same, and the user of the examples. */
export async function user(fields: Body = {}): Promise<Given> {
  await practice();
  await expectOk(call("UserCreate", { ...bodyOf("UserCreate", "full"), ...fields }));
  return {};
}

/** Another user of that practice, which must be there. */
export async function userMore(fields: Body): Promise<Given> {
  await expectOk(
    call("UserCreate", { auth: demoPractice, userId: "user-2", firstName: "O", lastName: "U", ...fields }),
  );
  return {};
}

/** The user of the examples with nothing but a name; the practice must be there. */
export async function leastUser(): Promise<Given> {
  await expectOk(call("UserCreate", bodyOf("UserCreate", "least")));
  return {};
}

/** Another practice. */
export async function otherPractice(fields: Body): Promise<Given> {
  await expectOk(call("PracticeCreate", { auth: demo, accountId: "practice-2", name: "Other", ...fields }));
  return {};
}

/** A Direct address that is claimed in the practice of the examples, which there is not yet. */
export async function plantedDirectAddress(): Promise<Given> {
  await write(() => [put(directAddressKey(demoPractice, "office"), { type: "claim", ...demoPractice })]);
  return {};
}

/** Sends to `/therapist` with the credentials of the examples. */
export const toTherapist = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}) =>
  send(method, target, {
    headers: {
      authorization: `Basic ${Buffer.from(`${demo.applicationId}:${demo.applicationPassword}`).toString("base64")}`,
      "x-account-id": demoPractice.accountId,
      ...headers,
    },
    ...(body !== undefined && { body }),
  });

/** The practice, and an organization in it. */
export async function organization(): Promise<Given> {
  await practice();
  await toTherapist("POST", "/therapist/organizations/", bodyOf("OrganizationSave", "create"));
  return {};
}

/** The same, and another of the same therapist. */
export async function organizations(): Promise<Given> {
  await organization();
  await toTherapist("POST", "/therapist/organizations/", bodyOf("OrganizationSave", "create"));
  return {};
}

/** The practice, and a therapist's profile in it. */
export async function profile(): Promise<Given> {
  await practice();
  await toTherapist("POST", "/therapist/practice-profile/", bodyOf("PracticeProfileSave", "full"));
  return {};
}

const accountId = "65f1c0de8c3a4b0012ab34cd";
const person = () => bodyOf("AccountRegister", "register");

/** The portal of the examples; a visitor sends. */
export async function portal(settings: Body = {}): Promise<Given & { portal: TestPortal; client: PortalClient }> {
  const fields = { name: "Riverside Clinic", accountId: "practice-1", websiteAddress: "riverside" };
  const opened = await openPortal(settings, fields, demo);
  return { portal: opened, client: opened.visitor() };
}

/** The account of the examples; its holder sends. */
export async function holder(settings: Body = {}) {
  const { portal: opened } = await portal(settings);
  const client = await opened.register(person());
  return { portal: opened, client, replace: { [accountId]: client.id } };
}

/** The account of the examples; somebody without a session sends. */
export async function stranger(settings: Body = {}) {
  const made = await holder(settings);
  return { ...made, client: made.portal.visitor() };
}

/** The account of the examples; a server with application credentials sends. */
export async function server(): Promise<Given> {
  const { portal: opened, client } = await holder();
  return { client: opened.administrator, path: { id: client.id } };
}

/** The account of the examples; one with this role sends. */
export async function colleague(role: keyof typeof roles): Promise<Given> {
  const { portal: opened } = await portal();
  const client = await opened.signedIn([roles[role]]);
  // The newest comes first.
  const { id } = await opened.register(person());
  return { client, replace: { [accountId]: id } };
}

/** The account, which an administrator has locked; a visitor sends. */
export async function locked(): Promise<Given> {
  const { portal: opened, client } = await holder();
  await expectSuccess(opened.administrator.put(`accounts/${client.id}`, { locked: true }));
  return { client: opened.visitor() };
}

/** The account, locked by wrong guesses; its holder, still signed in, sends. */
export async function guessedAt(): Promise<Given> {
  const { portal: opened, client } = await holder({ lockAttempts: 3 });
  for (let guess = 0; guess < 3; guess++) {
    await opened.visitor().post("accounts/login", { email: client.email, password: "wrong" });
  }
  return { client };
}

/** A portal with second factor, and the account; a device that was sent a code sends. */
export async function deviceWithCode(): Promise<Given> {
  const { client } = await stranger({ twoFactor: true });
  await client.post("accounts/login", bodyOf("AccountLogin", "login"));
  const [sms] = await sentMessages("+16505555555");
  return { client, replace: { "402917": codeIn(sms), [accountId]: accountId } };
}

const shownToken = "Zk3vQ9xT1bN7mC5wR2yL8pD6sF4gH0jA";

/**
 * The account, and the token of the mail that verifies it.
 * @param minutes how long ago it was sent
 * @param byHolder whether it is the holder who sends, or somebody without a session
 */
export async function verificationMailed(minutes = 0, byHolder = true): Promise<Given> {
  const { portal: opened, client: signedIn } = await holder();
  const client = byHolder ? signedIn : opened.visitor();
  const [mail] = await sentMessages("charles@example.org");
  return { client, replace: { [shownToken]: tokenIn(mail) }, now: minutesAfter(new Date(), minutes) };
}

/** The account, and the token of a mail by which its password can be reset. @param minutes how long ago it was sent */
export async function resetMailed(minutes = 0): Promise<Given> {
  const { client } = await stranger();
  await client.post("accounts/request-password-reset", bodyOf("AccountRequestPasswordReset", "request"));
  const [mail] = await sentMessages("charles@example.org");
  return { client, replace: { [shownToken]: tokenIn(mail) }, now: minutesAfter(new Date(), minutes) };
}

/** The account, its address verified; its holder sends. */
export async function verified(): Promise<Given> {
  const { client, replace = {} } = await verificationMailed();
  await client?.post(`accounts/${replace[shownToken]}`);
  return client ? { client } : {};
}
