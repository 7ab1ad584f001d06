import type { OperationId } from "../../lib/operations.ts";
import { password as loginPassword } from "../functions/practices/practices-contract.ts";
import {
  get,
  organizationsPath,
  profilePath,
  saveOrganization,
  saveProfile,
  sourceProfile,
} from "../functions/therapists/therapists-contract.ts";
import { sentMessages } from "../kit/outside.ts";
import { expectSuccess, type Holder, newPerson, openPortal, roles, type TestPortal, tokenIn } from "../kit/portal.ts";
import {
  call,
  makePractice,
  makeUser,
  type Response,
  send,
  type TestPractice,
  type TestVendor,
} from "../kit/system.ts";
import { leastBody, rows as practiceRows } from "../registry/practices.ts";

/** A call that succeeds as long as the table does what it is asked. */
export interface Call {
  readonly id: OperationId;
  /** What it is about, where an operation is called in several ways. */
  readonly about: string;
  /** Whose practice it is about. */
  readonly vendor: TestVendor;
  /** Sends it; to be sent once. */
  readonly send: (options: { readonly remainingMs: number }) => Promise<Response>;
}

type Send = Call["send"];

const allowedOrigin = "https://app.example.com";
let worlds = 0;

/** A call of every operation in every way that asks something else of the table, each in a world of its own. */
export async function makeCalls(): Promise<Call[]> {
  worlds += 1;
  const practice = await makePractice({ accountId: "caller" });
  const portal = await openPortal({ allowedOrigins: [allowedOrigin] });
  const of = (vendor: TestVendor) => (each: Omit<Call, "vendor">) => ({ ...each, vendor });
  return [
    ...(await ofPractices(practice)).map(of(practice)),
    ...(await ofTherapists(practice)).map(of(practice)),
    ...(await ofAccounts(portal)).map(of(portal.practice)),
  ];
}

type Own = Omit<Call, "vendor">;

async function ofPractices(auth: TestPractice): Promise<Own[]> {
  await makeUser(auth, { userId: "user" });
  const login = { loginId: `administrator-${worlds}`, loginPassword };
  await makeUser(auth, { userId: "administrator", admin: true, ...login });
  const calls: Own[] = [];
  for (const row of practiceRows) {
    // The records that the least bodies of updates and reads are about; of each call its own.
    const own = `${row.id}-target`;
    if (row.id.startsWith("Practice"))
      await makePractice({ accountId: own, websiteAddress: `${own}-${worlds}`.toLowerCase() }, auth);
    if (row.id.startsWith("User")) await makeUser(auth, { userId: own, loginId: `${own}-${worlds}`, loginPassword });
    const least = leastBody(row) as Record<string, unknown>;
    const about = Object.fromEntries(
      Object.entries(least).map(([name, value]) => [name, value === "target" ? own : value]),
    );
    const sendAs =
      (credentials: object): Send =>
      (options) =>
        call(row.id, { auth: credentials, ...about }, options);
    calls.push({ id: row.id, about: "an application", send: sendAs({ ...auth, userId: "user" }) });
    if (["PingWithAuth", "UserGet", "PortalSettingsSave"].includes(row.id)) {
      calls.push({ id: row.id, about: "an individual", send: sendAs(login) });
    }
  }
  return calls;
}

async function ofTherapists(auth: TestPractice): Promise<Own[]> {
  const made = await saveOrganization(auth, { name: "Before", therapist_user_id: 7 });
  await saveProfile(auth, { ...sourceProfile, userId: "before" });
  const headers = (name: string, body: unknown, path: string): Call["send"] => {
    const pair = Buffer.from(`${auth.applicationId}:${auth.applicationPassword}`).toString("base64");
    const credentials = { authorization: `Basic ${pair}`, "x-account-id": auth.accountId };
    return (options) => send(name, path, { headers: credentials, body, ...options });
  };
  expectStatus(await get(auth, organizationsPath), 200);
  return [
    { id: "OrganizationSave", about: "a new one", send: headers("POST", { name: "New" }, organizationsPath) },
    {
      id: "OrganizationSave",
      about: "a change",
      send: headers("POST", { id: made.json.id, name: "After" }, organizationsPath),
    },
    { id: "OrganizationList", about: "some", send: headers("GET", undefined, organizationsPath) },
    { id: "OrganizationListByTherapist", about: "some", send: headers("GET", undefined, `${organizationsPath}7/`) },
    {
      id: "PracticeProfileSave",
      about: "a new one",
      send: headers("POST", { ...sourceProfile, userId: "new" }, profilePath),
    },
    {
      id: "PracticeProfileSave",
      about: "a change",
      send: headers("POST", { ...sourceProfile, userId: "before", role: "after" }, profilePath),
    },
    { id: "PracticeProfileGet", about: "one", send: headers("GET", undefined, `${profilePath}before/`) },
  ];
}

function expectStatus({ status, text }: Response, wanted: number): void {
  if (status !== wanted) throw new Error(`expected ${wanted}, got ${status} ${text}`);
}

async function ofAccounts(portal: TestPortal): Promise<Own[]> {
  const administrator = await portal.signedIn([roles.administrator]);
  const holder = () => portal.register();
  const mailed = async (person: Holder) => tokenIn((await sentMessages(person.email))[0]);
  const byHolder = async (id: OperationId, method: string, path: string, body?: unknown): Promise<Own> => {
    const person = await holder();
    return {
      id,
      about: "a holder",
      send: (options) => person.send(method, path, { ...(body !== undefined && { body }), ...options }),
    };
  };
  return [
    {
      id: "AccountRegister",
      about: "a visitor",
      send: (options) => portal.visitor().post("accounts/register", newPerson(), options),
    },
    {
      id: "AccountRegister",
      about: "an application",
      send: (options) => portal.administrator.post("accounts/register", newPerson(), options),
    },
    await login(portal),
    await byHolder("AccountStatus", "GET", "accounts/status"),
    await byHolder("AccountLogout", "POST", "accounts/me/logout", {}),
    await requestReset(portal),
    await reset(portal),
    await (async (): Promise<Own> => {
      const person = await holder();
      const body = { current: person.password, password: "another horse of the same 9" };
      return {
        id: "AccountUpdatePassword",
        about: "a holder",
        send: (options) => person.post("accounts/me/update-password", body, options),
      };
    })(),
    await (async (): Promise<Own> => {
      const token = await mailed(await holder());
      return {
        id: "AccountVerify",
        about: "a visitor",
        send: (options) => portal.visitor().post(`accounts/${token}`, undefined, options),
      };
    })(),
    await byHolder("AccountResendVerification", "POST", "accounts/me/resend-verification", {}),
    { id: "AccountList", about: "an administrator", send: (options) => administrator.get("accounts", options) },
    await byHolder("AccountGet", "GET", "accounts/me"),
    await byHolder("AccountGetProperty", "GET", "accounts/me/name/first"),
    await byHolder("AccountPut", "PUT", "accounts/me", { gender: "f" }),
    await byHolder("AccountPatch", "PATCH", "accounts/me", { op: "set", path: "/mobile", value: "+16505550199" }),
    await (async (): Promise<Own> => {
      const { id } = await holder();
      const body = { op: "push", path: "roles", value: roles.provider };
      return {
        id: "AccountPatch",
        about: "an administrator, of rights",
        send: (options) => administrator.patch(`accounts/${id}`, body, options),
      };
    })(),
    {
      id: "AccountPreflight",
      about: "a page",
      send: (options) =>
        send("OPTIONS", `/${portal.org}/v2/accounts`, { headers: { origin: allowedOrigin }, ...options }),
    },
    { id: "Unmatched", about: "nobody", send: (options) => send("GET", "/nothing/here", options) },
  ];
}

async function login(portal: TestPortal): Promise<Own> {
  const { email, password } = await portal.register();
  const body = { email, password };
  return {
    id: "AccountLogin",
    about: "a visitor",
    send: (options) => portal.visitor().post("accounts/login", body, options),
  };
}

async function requestReset(portal: TestPortal): Promise<Own> {
  const { email } = await portal.register();
  return {
    id: "AccountRequestPasswordReset",
    about: "a visitor",
    send: (options) => portal.visitor().post("accounts/request-password-reset", { email }, options),
  };
}

async function reset(portal: TestPortal): Promise<Own> {
  const { email } = await portal.register();
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }));
  const token = tokenIn((await sentMessages(email))[0]);
  const body = { token, password: "another horse of the same 9" };
  return {
    id: "AccountResetPassword",
    about: "a visitor",
    send: (options) => portal.visitor().post("accounts/reset-password", body, options),
  };
}
