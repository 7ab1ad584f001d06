import { finishImage } from "../../kit/images.ts";
import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type Holder, openPortal, password, roles, type TestPortal, tokenIn } from "../../kit/portal.ts";
import {
  call,
  changeVendor,
  expectOk,
  makePractice,
  makeUser,
  type TestPractice,
  type TestVendor,
} from "../../kit/system.ts";
import { appCode } from "../../kit/totp.ts";
import { type Login, toTherapist } from "../../kit/worlds.ts";

/**
 * Estates: a practice with one record of every kind. One belongs to the victim, the others to attackers. All records of an
 * estate have names that no other estate has, unless a test asks for a namesake.
 */

/** One person of a portal, with everything that can belong to an account. */
export interface Person {
  readonly holder: Holder;
  readonly accountId: string;
  readonly email: string;
  readonly mobile: string;
  readonly deviceId: string;
  /** Another session than that of `holder`. */
  readonly sessionId: string;
  /** A pending connection that the person has offered. */
  readonly pending: { readonly id: string; readonly token: string };
  /** A connection that was accepted. */
  readonly active: string;
  /** A code of the authenticator app that the person has begun to set up. */
  readonly code: string;
  readonly verification: string;
  readonly reset: string;
}

/** A practice with one record of every kind. */
export interface Estate {
  readonly practice: TestPractice;
  readonly portal: TestPortal;
  readonly userId: string;
  /** Of a user who is an administrator of the practice. */
  readonly login: Login;
  /** Of a user without rights. */
  readonly member: Login;
  readonly directAddress: string;
  /** Label of the practice's Direct domain. */
  readonly directDomain: string;
  readonly organizationId: number;
  readonly therapistId: string;
  readonly therapistNumber: number;
  readonly person: Person;
  readonly administratorId: string;
  readonly invitation: { readonly id: string; readonly token: string };
  /** Cursors of lists, by operation. */
  readonly cursors: Readonly<Record<string, string>>;
  /** An event of the person's account. */
  readonly eventId: string;
}

/** An estate, with the client of its portal's administrator. */
export interface WholeEstate extends Estate {
  readonly administrator: Holder;
}

/** The names of an estate. */
interface Names {
  /** Begins all names of the estate. */
  readonly name: string;
  /** A number that the estate's numeric keys begin with. */
  readonly number: number;
  /** Default: a new vendor. */
  readonly vendor?: TestVendor;
  /** Default: a key that no other estate has. */
  readonly accountId?: string;
  readonly userId?: string;
  /** Organizations are counted in each practice. */
  readonly organizations: number;
}

/** Makes a practice with one record of every kind. */
export async function makeEstate(names: Names): Promise<WholeEstate> {
  const { name, number, vendor, accountId = `${name}-key`, userId = `${name}-user` } = names;
  const fields = { name: `${name} clinic`, directDomain: `${name}-domain`, directAddress: `${name}-office` };
  const portal = await openPortal({}, { accountId, websiteAddress: `${name}-web`, ...fields }, vendor);
  const { practice } = portal;
  const login = { loginId: `${name}-login`, loginPassword: `Stethoscope-${name}-1` };
  const member = { loginId: `${name}-member`, loginPassword: `Stethoscope-${name}-2` };
  await makeUser(practice, {
    userId,
    lastName: `${name}-last`,
    directAddress: `${name}-direct`,
    admin: true,
    ...login,
  });
  await makeUser(practice, { userId: `${userId}-2`, ...member });
  const therapist = { therapistId: `${name}-therapist`, therapistNumber: number };
  const lists = await therapists(practice, therapist, names.organizations);
  const own = {
    email: `${name}-person@example.org`,
    c_note: `${name}-note`,
    name: { first: `${name}-first`, last: "Best" },
  };
  const person = await makePerson(portal, own);
  const administrator = await portal.signedIn([roles.administrator]);
  const { data: events } = await expectSuccess(administrator.get(`accounts/${person.accountId}/events`));
  return {
    ...{
      practice,
      portal,
      userId,
      login,
      member,
      ...therapist,
      person,
      administrator,
      administratorId: administrator.id,
    },
    ...{ directAddress: `${name}-direct`, directDomain: `${name}-domain`, organizationId: names.organizations },
    invitation: await invite(administrator, `${name}-guest@example.org`),
    cursors: { ...(await practiceCursors(practice)), ...lists },
    eventId: events[0]._id,
  };
}

/** Makes organizations and profiles. @returns cursors of their lists */
async function therapists(
  practice: TestPractice,
  { therapistId, therapistNumber }: Pick<Estate, "therapistId" | "therapistNumber">,
  organizations: number,
) {
  const to = (path: string, body: unknown) => toTherapist(practice, "POST", `/therapist/${path}/`, body);
  for (let count = 0; count < organizations; count++) {
    await to("organizations", { name: `${therapistId} organization`, therapist_user_id: therapistNumber });
  }
  for (const userId of [therapistId, `${therapistId}-2`]) {
    await to("practice-profile", {
      userId,
      image: "https://images.example.org/x.png",
      address: [],
      firstName: therapistId,
    });
  }
  const cursorOf = async (path: string) => {
    const { headers } = await toTherapist(practice, "GET", `/therapist/${path}/?limit=1`);
    return new URLSearchParams(/<[^?]*\?([^>]*)>/.exec(String(headers.link))?.[1]).get("cursor") ?? "";
  };
  return {
    OrganizationList: await cursorOf("organizations"),
    OrganizationListByTherapist: await cursorOf(`organizations/${therapistNumber}`),
    PracticeProfileList: await cursorOf("practice-profile"),
  };
}

/** Cursors of the lists of `/api/io`. */
async function practiceCursors({ applicationId, applicationPassword, accountId }: TestPractice) {
  const auth = { applicationId, applicationPassword };
  await makePractice({ accountId: `${accountId}-second` }, auth);
  const cursorOf = async (id: "PracticeList" | "UserList" | "EventList", fields: object) =>
    (await expectOk(call(id, { auth, limit: 1, ...fields }))).cursor as string;
  return {
    PracticeList: await cursorOf("PracticeList", {}),
    UserList: await cursorOf("UserList", { accountId }),
    EventList: await cursorOf("EventList", { accountId }),
  };
}

let people = 0;

/** Registers a person, and makes everything that can belong to an account. */
export async function makePerson(portal: TestPortal, fields: Readonly<Record<string, unknown>> = {}): Promise<Person> {
  people += 1;
  const mobile = `+1650555${1000 + people}`;
  const holder = await portal.register({ mobile, password: `${password}${people}`, dob: "1931-03-04", ...fields });
  const verification = tokenIn((await sentMessages(holder.email))[0]);
  const second = await portal.login(holder);
  const { data: devices } = await expectSuccess(holder.get("accounts/me/devices"));
  const { data: sessions } = await expectSuccess(second.get("accounts/me/sessions"));
  const friend = await portal.register();
  const [active, toFriend] = await offer(holder, friend.email);
  await expectSuccess(friend.post(`connections/${toFriend}`));
  const [pending, token] = await offer(holder, `invited-by-${holder.email}`);
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: holder.email }));
  const reset = tokenIn((await sentMessages(holder.email))[0]);
  await expectSuccess(holder.put("accounts/me/image", { content: "me.jpg" }));
  await finishImage({ ...portal.practice, id: holder.id });
  const { data: app } = await expectSuccess(holder.post("accounts/me/totp"));
  return {
    ...{ holder, accountId: holder.id, email: holder.email, mobile, verification, reset, active },
    deviceId: devices[0]._id,
    sessionId: sessions.find(({ current }: { current: boolean }) => current)._id,
    pending: { id: pending, token },
    code: appCode(app.secret, new Date(), 1),
  };
}

/** Offers a connection. @returns its id and its token */
async function offer(holder: Holder, email: string): Promise<readonly [string, string]> {
  const targets = [{ email, access: 4 }];
  const { data } = await expectSuccess(holder.post("accounts/me/connections", { targets }));
  return [data[0]._id, tokenIn((await sentMessages(email))[0])];
}

async function invite(administrator: Holder, email: string): Promise<Estate["invitation"]> {
  const targets = [{ email, roles: [roles.provider] }];
  const { data } = await expectSuccess(administrator.post("accounts/invitations", { targets }));
  return { id: data[0]._id, token: tokenIn((await sentMessages(email))[0]) };
}

/** Connects somebody to a person's account. */
export async function connectTo({ holder }: Person, target: Holder, access: 2 | 4 | 6): Promise<void> {
  const targets = [{ email: target.email, access }];
  await expectSuccess(holder.post("accounts/me/connections", { targets }));
  await expectSuccess(target.post(`connections/${tokenIn((await sentMessages(target.email))[0])}`));
}

/** Offers somebody access to a person's account; they have not accepted. */
export async function offerTo({ holder }: Person, target: Holder): Promise<void> {
  await offer(holder, target.email);
}

/** Disables the vendor of an estate. */
export const disable = ({ practice }: Estate): Promise<void> =>
  changeVendor(practice, (vendor) => ({ ...vendor, disabled: true }));

/** Deactivates the practice of an estate. */
export async function deactivate({ practice }: Estate): Promise<void> {
  await expectOk(call("PracticeUpdate", { auth: practice, name: "Closed", active: false }));
}
