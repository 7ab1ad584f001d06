import { Busy } from "../../../lib/errors.ts";
import { newVendorSecret, withoutAccess, withSecret } from "../../../lib/practices/vendor.ts";
import type { Vendor } from "../../../lib/table/records.ts";
import { changeVendor } from "../../../local/vendors.ts";
import { addApp, freshMobile, signIn } from "../../functions/accounts/apps.ts";
import { connect } from "../../functions/accounts/connections.ts";
import { saveOrganization } from "../../functions/therapists/therapists-contract.ts";
import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, openPortal, type PortalClient, roles, tokenIn } from "../../kit/portal.ts";
import { amount } from "../../kit/proof.ts";
import {
  call,
  freshKey,
  isSuccess,
  makePractice,
  makeUser,
  makeVendor,
  type Response,
  type TestPractice,
  type TestVendor,
} from "../../kit/system.ts";
import { type Operation, told } from "./history.ts";
import { goodPassword, type Kind, type Making } from "./making.ts";

/**
 * Rights that are taken away while their holder uses them. After the taking away was answered, no call that begins later
 * succeeds by the right. Where the contract binds a write to the right in one transaction, what is written is read as well, so
 * that a write can only take effect before the right was gone.
 */

/** Whether the right is there, and what was last written by it. */
interface Right {
  readonly isHeld: boolean;
  readonly value: string;
}

/** A right, how it is used, and how it is taken away. */
interface Taking {
  readonly title: string;
  /** Uses the right; a write stores this value. */
  readonly use: (value: string) => Promise<Response>;
  /** The refusals of a caller without the right. */
  readonly refusals: readonly string[];
  readonly take: () => Promise<Response>;
  /** Gives the right back. */
  readonly give?: () => Promise<Response>;
  /** Reads what was written, by somebody who keeps their rights. Only where the write is bound to the right. */
  readonly read?: () => Promise<string>;
}

const done: Response = { status: 200, headers: {}, cookies: [], text: "", json: {}, requestId: "" };
/** Has an operator change a vendor, as `npm run vendor` does. It fails as an operation does when the table does not answer. */
async function ofVendor(
  { applicationId }: TestVendor,
  what: string,
  change: (vendor: Vendor) => Vendor,
): Promise<Response> {
  try {
    await changeVendor(applicationId, what, (before) => change(before as Vendor));
    return done;
  } catch (error) {
    if (error instanceof Busy) return { ...done, status: 503 };
    if (/^a transaction's answer was lost and/.test((error as Error).message)) return { ...done, status: 500 };
    throw error;
  }
}

const genders = ["f", "m", "n", "o", "t", "u"];

/** Holders use the right without a pause, while somebody takes it away, and perhaps gives it back. */
function workloadOf({ title, use, refusals, take, give, read }: Taking, { random, clients, length }: Making) {
  const refused = (response: Response) => (refusals.includes(told(response)) ? "refused" : told(response));
  let count = 0;
  const uses = (): Operation<Right> => {
    const value = genders[count++ % genders.length] as string;
    return {
      what: `use it to write ${value}`,
      send: () => use(value),
      told: refused,
      may: (right) => [right.isHeld ? ["ok", { ...right, value }] : ["refused", right]],
    };
  };
  const set = (what: string, send: () => Promise<Response>, isHeld: boolean): Operation<Right> => ({
    what,
    send,
    told: (response) => (isSuccess(response) ? "ok" : response.text),
    may: (right) => [["ok", { ...right, isHeld }]],
  });
  const reads = (from: () => Promise<string>): Operation<Right> => ({
    what: "read what was written",
    send: async () => ({ ...done, text: await from() }),
    told: ({ text }) => text,
    may: (right) => [[right.value, right]],
  });
  // A write that is bound to the right has only a few milliseconds in which it could go wrong: more calls meet them.
  const more = read ? amount(0, 2) : 0;
  const holders = Array.from({ length: clients - 1 + more }, () => Array.from({ length: length + more }, uses));
  const looks = read ? [reads(read)] : [uses()];
  const takes = [...looks, set("take it away", take, false), ...looks, ...looks];
  const others = give && random.chance(0.7) ? [...takes, set("give it back", give, true), ...looks] : takes;
  const initial: Right = { isHeld: true, value: "" };
  return { title, initial, clients: [...holders, others] };
}

const kind =
  (make: (making: Making) => Promise<Taking>): Kind =>
  async (making) =>
    workloadOf(await make(making), making);

/** A user who administers their practice, and changes another user of it. */
async function administeredPractice({ portal }: Making) {
  const auth = await makePractice({ accountId: freshKey() }, portal.practice);
  const login = { loginId: freshKey(), loginPassword: goodPassword };
  await makeUser(auth, { userId: "boss", admin: true, ...login });
  await makeUser(auth, { userId: "other", middleName: "" });
  const names = { firstName: "Ada", lastName: "Mills" };
  return {
    boss: (fields: object) => call("UserUpdate", { auth, userId: "boss", ...names, ...fields }),
    login,
    use: (middleName: string) => call("UserUpdate", { auth: login, userId: "other", ...names, middleName }),
    read: async () => (await call("UserGet", { auth, userId: "other" })).json.user.middleName,
  };
}

const ofAdministrator = (title: string, fields: (loginId: string) => object) =>
  kind(async (making) => {
    const { boss, login, use, read } = await administeredPractice(making);
    return { title, use, read, refusals: ["4010"], take: () => boss(fields(login.loginId)) };
  });

/** What an administrator of a portal may do to somebody else, and what is read of it. */
async function friend({ portal }: Pick<Making, "portal">) {
  const { id } = await portal.register();
  return {
    use: (boss: PortalClient) => (value: string) => boss.put(`accounts/${id}`, { gender: value }),
    read: async () => (await portal.administrator.get(`accounts/${id}`)).json.gender ?? "",
  };
}

const byPortalRole = (
  title: string,
  taking: (boss: { id: string; email: string }, making: Making) => Promise<Pick<Taking, "take" | "give">>,
) =>
  kind(async (making) => {
    const { portal } = making;
    const [boss, other] = [await portal.signedIn([roles.administrator]), await friend(making)];
    const refusals = ["kAccessDenied", "kNotFound", "kNotLoggedIn"];
    return { title, use: other.use(boss), read: other.read, refusals, ...(await taking(boss, making)) };
  });

/** A portal of its own, for what is taken from a whole practice or vendor. */
const ofPractice = (title: string, make: (auth: TestPractice, accountId: string) => Omit<Taking, "title">) =>
  kind(async () => {
    const auth = await makePractice({ accountId: freshKey() }, await makeVendor());
    await makeUser(auth, { userId: "other" });
    await saveOrganization(auth, { name: "Organization" });
    return { title, ...make(auth, auth.accountId) };
  });

const active = (auth: TestPractice, isActive: boolean) => () =>
  call("PracticeUpdate", { auth, name: "Practice", active: isActive });
const updateOther = (auth: TestPractice) => (middleName: string) =>
  call("UserUpdate", { auth, userId: "other", firstName: "Ada", lastName: "Mills", middleName });

/** A session of somebody, and something that ends it. */
const bySession = (
  title: string,
  take: (making: Making, holder: Awaited<ReturnType<Making["portal"]["register"]>>) => Promise<() => Promise<Response>>,
  refusals: readonly string[] = ["kNotLoggedIn"],
) =>
  kind(async (making) => {
    const holder = await making.portal.register({ password: goodPassword });
    return {
      title,
      use: (gender) => holder.put("accounts/me", { gender }),
      take: await take(making, holder),
      refusals,
    };
  });

const byConnection = (title: string, end: (context: PortalClient, id: string) => Promise<Response>) =>
  kind(async ({ portal }) => {
    const [context, person] = [await portal.register(), await portal.register()];
    const { _id } = await connect(context, person, 6);
    return {
      title,
      use: (gender) => person.put(`accounts/${context.id}`, { gender }),
      read: async () => (await portal.administrator.get(`accounts/${context.id}`)).json.gender ?? "",
      refusals: ["kNotFound", "kAccessDenied"],
      take: () => end(context, _id),
    };
  });

/** The mailed token of a password reset. */
async function resetToken({ portal }: Making, { email }: { email: string }): Promise<string> {
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }));
  return tokenIn((await sentMessages(email))[0]);
}
const resetBy = async (making: Making, holder: { email: string }) => {
  const token = await resetToken(making, holder);
  const body = { token, password: `${goodPassword} again` };
  return () => making.portal.visitor().post("accounts/reset-password", body);
};

/** Every right, with every way to take it away. */
export const rights: readonly Kind[] = [
  ofAdministrator("a user who administers, by deactivation", (loginId) => ({ loginId, admin: true, active: false })),
  ofAdministrator("a user who administers, by the end of that right", (loginId) => ({ loginId })),
  ofAdministrator("a user who administers, by another password", (loginId) => ({
    loginId,
    loginPassword: "Other-Horse-2",
    admin: true,
  })),
  ofAdministrator("a user who administers, by the loss of the login", () => ({ admin: true })),
  ofPractice("a practice's users, by its deactivation", (auth) => ({
    use: updateOther(auth),
    refusals: ["4011"],
    take: active(auth, false),
    give: active(auth, true),
  })),
  ofPractice("a practice's organizations, by its deactivation", (auth) => ({
    use: (name) => saveOrganization(auth, { id: 1, name }),
    refusals: ["401"],
    take: active(auth, false),
    give: active(auth, true),
  })),
  ofPractice("a vendor, by being disabled", (auth) => ({
    use: updateOther(auth),
    refusals: ["4010"],
    take: () => ofVendor(auth, "vendor.disabled", withoutAccess),
    give: () => ofVendor(auth, "vendor.enabled", (vendor) => ({ ...vendor, disabled: false })),
  })),
  ofPractice("a vendor's secret, by two newer ones", (auth) => ({
    use: updateOther(auth),
    refusals: ["4010"],
    take: () =>
      ofVendor(auth, "vendor.rotated", (vendor) =>
        withSecret(withSecret(vendor, newVendorSecret()), newVendorSecret()),
      ),
  })),
  kind(async () => {
    const portal = await openPortal();
    const holder = await portal.register();
    return {
      title: "a vendor's client key, by the vendor being disabled",
      use: (gender) => holder.put("accounts/me", { gender }),
      refusals: ["kAccessDenied"],
      take: () => ofVendor(portal.practice, "vendor.disabled", withoutAccess),
    };
  }),
  kind(async () => {
    const portal = await openPortal();
    const holder = await portal.register();
    return {
      title: "the sessions of a portal, by the practice's deactivation",
      use: (gender) => holder.put("accounts/me", { gender }),
      refusals: ["kAccessDenied"],
      take: () =>
        call("PracticeUpdate", { auth: portal.practice, name: "P", websiteAddress: portal.org, active: false }),
    };
  }),
  byPortalRole("an administrator of a portal, by the loss of the role", async ({ id }, { portal }) => ({
    take: () => portal.administrator.put(`accounts/${id}`, { roles: [] }),
    give: () => portal.administrator.put(`accounts/${id}`, { roles: [roles.administrator] }),
  })),
  byPortalRole("an administrator of a portal, by a lock", async ({ id }, { portal }) => ({
    take: () => portal.administrator.put(`accounts/${id}`, { locked: true }),
  })),
  byPortalRole("an administrator of a portal, by a reset of the password", async (boss, making) => ({
    take: await resetBy(making, boss),
  })),
  bySession("a session, by a reset of the password", resetBy),
  bySession("a session, by a change of the password elsewhere", async ({ portal }, holder) => {
    const elsewhere = await portal.login(holder);
    const body = { current: goodPassword, password: `${goodPassword} again` };
    return () => elsewhere.post("accounts/me/update-password", body);
  }),
  bySession(
    "a session, by a lock",
    async ({ portal }, { id }) =>
      () =>
        portal.administrator.put(`accounts/${id}`, { locked: true }),
  ),
  bySession(
    "a session, by the erasure of the account",
    async ({ portal }, { id }) =>
      () =>
        portal.administrator.delete(`accounts/${id}`),
  ),
  bySession("a session, by the end of all others", async ({ portal }, holder) => {
    const elsewhere = await portal.login(holder);
    return () => elsewhere.delete("accounts/me/sessions");
  }),
  bySession("a session, by its end from elsewhere", async ({ portal }, holder) => {
    const elsewhere = await portal.login(holder);
    const { data } = await expectSuccess(elsewhere.get("accounts/me/sessions"));
    const { _id } = data.find(({ current }: { current: boolean }) => !current);
    return () => elsewhere.delete(`accounts/me/sessions/${_id}`);
  }),
  byConnection("a connection, by its end", (context, id) => context.delete(`connections/${id}`)),
  byConnection("a connection, by less access", (context, id) => context.patch(`connections/${id}`, { access: 2 })),
  kind(async ({ portal }) => {
    const person = await portal.register({ mobile: freshMobile() });
    const app = await addApp(person, new Date());
    const device = () => {
      const client = portal.visitor();
      client.cookies.set("md.fingerprint", String(person.cookies.get("md.fingerprint")));
      return client;
    };
    if (app.secret === "") throw new Error("an app without a secret");
    return {
      title: "a trusted device, by being forgotten",
      use: () => signIn(device(), person, new Date()),
      refusals: ["kNewLocation", "kUnverifiedLocation"],
      take: () => portal.administrator.delete(`accounts/${person.id}/devices`),
    };
  }),
];
