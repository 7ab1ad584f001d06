import { newVendor, writeVendor } from "../../lib/practices/vendor.ts";
import { directAddressKey } from "../../lib/table/keys.ts";
import { put, write } from "../../lib/table/transact.ts";
import * as sample from "../../openapi/samples.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { finishImage, refuseImage } from "./images.ts";
import { sentMessages } from "./outside.ts";
import {
  codeIn,
  expectSuccess,
  freshEmail,
  minutesAfter,
  newPerson,
  openPortal,
  type PortalClient,
  password,
  roles,
  type TestPortal,
  tokenIn,
} from "./portal.ts";
import {
  call,
  expectOk,
  inHeaders,
  makeUser,
  type RequestOptions,
  send,
  statedHeaders,
  type TestPractice,
  withUnusedKey,
} from "./system.ts";
import { appCode } from "./totp.ts";

/**
 * Makes the worlds of `openapi/worlds.ts`. Each has its own names instead of those of the samples, so that any number
 * of worlds can exist together. A suite can make one for each request, because an operation may delete or use up records.
 */
export interface World {
  /** The sample practice's credentials, whether the practice exists or not. */
  readonly practice: TestPractice;
  /** Replaces the samples' names by those of this world. Text that has this world's names already stays unchanged. */
  fill<T>(value: T): T;
  /**
   * Makes an administrator of the sample practice, which must exist, and returns their login.
   * @param options.isImported whether another system has made the hash of their password
   */
  administrator(options?: { readonly isImported: boolean }): Promise<Login>;
  /** The sender of a request to a portal. */
  readonly client?: PortalClient;
  readonly portal?: TestPortal;
  /** The time of the request. Default: now. */
  readonly now?: Date;
  /** Variables of the path that differ from the example's. */
  readonly path?: Readonly<Record<string, string>>;
}

/** Credentials of an individual. */
export interface Login {
  readonly loginId: string;
  readonly loginPassword: string;
}

type Body = Record<string, unknown>;
type Replacement = readonly [sample: string, own: string];

let worlds = 0;

/**
 * The names of a new world that replace those of the samples, in JSON, in addresses and in forms. They all have the same
 * length, so that the records of all worlds have the same size, because benchmarks compare the consumed capacity.
 */
export function freshNames(): readonly Replacement[] {
  worlds += 1;
  const own = String(worlds).padStart(5, "0");
  return [
    ["demo", `acme-${own}`],
    ["riverside", `waterside-${own}`],
    ["charles@", `matthew-${own}@`],
    ["charles%40", `matthew-${own}%40`],
    // Login and Direct address of the sample user.
    ['"ada', `"eva-${own}`],
    // The strength of these is computed several times as fast.
    ...asInForms(sample.password, password),
    ...asInForms(sample.otherPassword, "quaint walrus jabs"),
  ];
}

/** A replacement in JSON, and in forms, where a blank is `%20`. */
const asInForms = (from: string, to: string): readonly Replacement[] => [
  [from, to],
  [from.replaceAll(" ", "%20"), to.replaceAll(" ", "%20")],
];

const filler =
  (replacements: readonly Replacement[]) =>
  <T>(value: T): T =>
    value === undefined
      ? value
      : JSON.parse(replacements.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(value)));

/**
 * Makes a world.
 * @param names its names instead of those of the samples. Default: new ones. An empty list keeps the samples' names
 */
export async function makeWorld(name: WorldName, names = freshNames()): Promise<World> {
  const fill = filler(names);
  const { applicationId, applicationPassword } = fill(sample.vendor);
  const vendor = withUnusedKey(newVendor(applicationId, "Demo", applicationPassword, new Date()));
  const context = { actor: { kind: "operator" } as const, context: { now: new Date(), requestId: "test" } };
  await write(() => writeVendor(undefined, vendor, "vendor.created", context).parts);
  const { replacements = [], ...made } = await makers[name](new Maker(fill));
  const practice = fill(sample.practice);
  return {
    practice,
    administrator: ({ isImported } = { isImported: false }) => makeAdministrator(practice, isImported),
    ...made,
    fill: filler([...names, ...replacements]),
  };
}

/** The hash that another system has made of the sample login's password: PBKDF2-SHA256 with 1000 iterations. */
const importedHash = "$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$f638hi/IdmhInRfzAv0YMrdArt+J2T1av+0BWBe9hps";

let logins = 0;

async function makeAdministrator(practice: TestPractice, isImported: boolean): Promise<Login> {
  const login = { loginId: `administrator-${++logins}`, loginPassword: sample.login.loginPassword };
  const secret = isImported ? { loginPassword: undefined, loginPasswordHash: importedHash } : {};
  await makeUser(practice, { userId: login.loginId, admin: true, ...login, ...secret });
  return login;
}

/** The parts of a world that a maker returns. */
type Made = Omit<World, "administrator" | "fill" | "practice"> & { readonly replacements?: readonly Replacement[] };
type OfPortal = Made & Required<Pick<Made, "portal" | "replacements">>;

/** Makes the records of one world. */
class Maker {
  readonly fill: World["fill"];
  constructor(fill: World["fill"]) {
    this.fill = fill;
  }

  async practice(fields: Body = {}): Promise<void> {
    await expectOk(call("PracticeCreate", this.fill({ ...sample.fullPractice, ...fields })));
  }

  async deactivate(): Promise<void> {
    await expectOk(call("PracticeUpdate", this.fill({ ...sample.fullPractice, active: false })));
  }

  async otherPractice(fields: Body = {}): Promise<void> {
    const other = { auth: sample.vendor, accountId: "practice-2", name: "Other", ...fields };
    await expectOk(call("PracticeCreate", this.fill(other)));
  }

  async user(fields: Body = sample.fullUser): Promise<void> {
    await expectOk(call("UserCreate", this.fill(fields)));
  }

  /** Another user of the sample practice. */
  async otherUser(fields: Body = {}): Promise<void> {
    const names = { userId: "user-2", firstName: "O", lastName: "U" };
    await this.user({ auth: sample.practice, ...names, ...fields });
  }

  /** Sends to `/therapist` with the credentials of the sample practice. */
  async therapist(path: string, body: unknown): Promise<void> {
    const { status, text } = await toTherapist(this.fill(sample.practice), "POST", `/therapist/${path}/`, body);
    if (status >= 300) throw new Error(`expected success, got ${status} ${text}`);
  }

  async portal(settings: Body = {}): Promise<TestPortal> {
    const { accountId, name, city, state, timeZone, websiteAddress } = sample.fullPractice;
    const fields = { accountId, name, city, state, timeZone, websiteAddress };
    return openPortal(settings, this.fill(fields), this.fill(sample.vendor));
  }

  /** The sample account, whose holder is signed in. */
  async holder(settings: Body = {}) {
    const portal = await this.portal(settings);
    const client = await portal.register(this.fill({ ...sample.person, password: sample.password }));
    return { portal, client, replacements: [[sample.id, client.id]] as readonly Replacement[] };
  }

  /** The sample account and the device on which it was registered. */
  async device() {
    const { replacements, ...made } = await this.holder();
    const { data } = await expectSuccess(made.client.get("accounts/me/devices"));
    return { ...made, replacements: [...replacements, [sample.deviceId, data[0]._id] as Replacement] };
  }

  /** The sample account; a visitor sends. */
  async account(settings: Body = {}) {
    const made = await this.holder(settings);
    return { ...made, client: made.portal.visitor() };
  }

  /** The sample account; somebody with a role sends. */
  async colleague(role: keyof typeof roles): Promise<Made> {
    const portal = await this.portal();
    const client = await portal.signedIn([roles[role]]);
    // Lists show the newest account first.
    const { id } = await portal.register(this.fill({ ...sample.person, password: sample.password }));
    return { portal, client, replacements: [[sample.id, id]] };
  }

  /** The sample account, with an image in a state; its holder sends. */
  async image(state: 0 | 2 | 3) {
    const made = await this.holder();
    await expectSuccess(made.client.put("accounts/me/image", { content: "me.jpg" }));
    const account = { ...made.portal.practice, id: made.client.id };
    if (state === 2) await finishImage(account);
    if (state === 3) await refuseImage(account);
    return made;
  }

  /** The sample account and the token of its verification, mailed this many minutes ago. */
  async verification(minutes = 0) {
    const { replacements, ...made } = await this.holder();
    const [mail] = await sentMessages(made.client.email);
    const token: Replacement = [sample.token, tokenIn(mail)];
    return { ...made, replacements: [...replacements, token], now: minutesAfter(new Date(), minutes) };
  }

  /** The sample account, and the sample connection that it has offered to another account of the portal. */
  async offer() {
    const { replacements, ...made } = await this.holder();
    const target = await made.portal.register();
    const targets = [{ email: target.email, access: 4 }];
    const { data } = await expectSuccess(made.client.post("accounts/me/connections", { targets }));
    const [mail] = await sentMessages(target.email);
    const token = tokenIn(mail);
    const names: readonly Replacement[] = [
      [sample.invitee, target.email],
      [sample.connection.target.account._id, target.id],
      [sample.connectionId, data[0]._id],
    ];
    return { ...made, target, token, replacements: [...replacements, ...names, [sample.token, token] as Replacement] };
  }

  /** The same; the connection was accepted. */
  async connected() {
    const { target, token, ...made } = await this.offer();
    await expectSuccess(target.post(`connections/${token}`));
    return { ...made, target };
  }

  /** A portal whose administrator has invited somebody to register. */
  async invited() {
    const portal = await this.portal();
    const client = await portal.signedIn([roles.administrator]);
    const email = freshEmail();
    const targets = [{ email, roles: [roles.provider] }];
    const { data } = await expectSuccess(client.post("accounts/invitations", { targets }));
    const [mail] = await sentMessages(email);
    const replacements: readonly Replacement[] = [
      [sample.invitee, email],
      [sample.connectionId, data[0]._id],
      [sample.token, tokenIn(mail)],
    ];
    return { portal, client, replacements };
  }

  /** The sample account, and the secret of an authenticator app; its holder sends. */
  async appBegun(settings: Body = {}) {
    const { replacements, ...made } = await this.holder(settings);
    const { data } = await expectSuccess(made.client.post("accounts/me/totp"));
    // The code of the next step is right for the longest time.
    const code: Replacement = [sample.code, appCode(data.secret, new Date(), 1)];
    return { ...made, secret: data.secret as string, replacements: [...replacements, code] };
  }

  /** The sample account, with an authenticator app; its holder sends. */
  async app(settings: Body = {}) {
    const { replacements, secret, ...made } = await this.appBegun(settings);
    const start = new Date();
    // A code that was used cannot be used again, so that this one is of an earlier step than the sample's.
    const code = appCode(secret, start);
    const { data } = await expectSuccess(made.client.post("accounts/me/totp/confirm", { code }, { now: start }));
    const recovery: Replacement = [String(sample.recoveryCodes[0]), data.recoveryCodes[0]];
    return { ...made, replacements: [...replacements, recovery] };
  }

  /** The sample account and the token of a password reset, mailed this many minutes ago; a visitor sends. */
  async reset(minutes = 0): Promise<Made> {
    const made = await this.account();
    return this.withReset(made, this.fill(sample.person).email, minutes);
  }

  /** The same; the account, whose address is not verified, has offered a connection. */
  async resetAfterOffer(): Promise<Made> {
    const { portal, client, replacements } = await this.offer();
    return this.withReset({ portal, client: portal.visitor(), replacements }, client.email, 0);
  }

  private async withReset({ portal, replacements, ...made }: OfPortal, email: string, minutes: number): Promise<Made> {
    await portal.visitor().post("accounts/request-password-reset", { email });
    const [mail] = await sentMessages(email);
    const token: Replacement = [sample.token, tokenIn(mail)];
    return { ...made, portal, replacements: [token, ...replacements], now: minutesAfter(new Date(), minutes) };
  }
}

/** Options whose headers may be removed by `undefined`. */
type HeadersChanged = Omit<RequestOptions, "headers"> & {
  readonly headers?: Readonly<Record<string, string | undefined>>;
};

/** Sends to `/therapist` with an application's credentials in headers. */
export const toTherapist = (
  { applicationId, applicationPassword, accountId }: TestPractice,
  method: string,
  target: string,
  body?: unknown,
  { headers = {}, ...options }: HeadersChanged = {},
) => {
  const own = inHeaders({ applicationId, applicationPassword, accountId });
  const stated = statedHeaders({ ...own, ...headers });
  return send(method, target, { ...options, headers: stated, ...(body !== undefined && { body }) });
};

const noNames = { websiteAddress: "", directDomain: "", directAddress: "" };
const noDomain = { directDomain: "", directAddress: "" };

const makers: Readonly<Record<WorldName, (make: Maker) => Promise<Made>>> = {
  nothing: async () => ({}),

  practice: (make) => only(make.practice()),
  "inactive practice": (make) => only(make.practice({ active: false })),
  "inactive practice with a user": (make) =>
    only(
      make.practice(),
      () => make.otherUser(),
      () => make.deactivate(),
    ),
  "two practices": (make) => only(make.practice(), () => make.otherPractice()),
  "fifty practices": fiftyPractices,
  "practice without a Direct domain": (make) => only(make.practice(noDomain)),
  "web address taken": (make) => only(make.otherPractice({ websiteAddress: "riverside" })),
  "Direct domain taken": (make) => only(make.otherPractice({ directDomain: "riverside" })),
  "practice, web address taken": (make) =>
    only(make.practice(noNames), () => make.otherPractice({ websiteAddress: "riverside" })),
  "practice, Direct domain taken": (make) =>
    only(make.practice(noNames), () => make.otherPractice({ directDomain: "riverside" })),
  "Direct address claimed": async ({ fill }) => {
    const { applicationId, accountId } = fill(sample.practice);
    const key = directAddressKey({ applicationId, accountId }, "office");
    await write(() => [put(key, { type: "claim", applicationId, accountId })]);
    return {};
  },
  "practice, Direct address taken": (make) =>
    only(make.practice({ directAddress: "" }), () => make.otherUser({ directAddress: "office" })),

  user: (make) => only(make.practice(), () => make.user()),
  "two users": (make) =>
    only(
      make.practice(),
      () => make.user(),
      () => make.otherUser(),
    ),
  "login taken": (make) => only(make.practice(), () => make.otherUser(sample.login)),
  "Direct address taken": (make) => only(make.practice(), () => make.otherUser({ directAddress: "ada" })),
  "least user": (make) => only(make.practice(), () => make.user(sample.leastUser)),
  "least user, login taken": (make) =>
    only(
      make.practice(),
      () => make.otherUser(sample.login),
      () => make.user(sample.leastUser),
    ),
  "least user, Direct address taken": (make) =>
    only(
      make.practice(),
      () => make.otherUser({ directAddress: "ada" }),
      () => make.user(sample.leastUser),
    ),
  "least user without a Direct domain": (make) => only(make.practice(noDomain), () => make.user(sample.leastUser)),

  organization: (make) => only(make.practice(), () => make.therapist("organizations", newOrganization)),
  "two organizations": (make) =>
    only(
      make.practice(),
      () => make.therapist("organizations", newOrganization),
      () => make.therapist("organizations", newOrganization),
    ),
  profile: (make) => only(make.practice(), () => make.therapist("practice-profile", sample.profile)),
  "two profiles": (make) =>
    only(
      make.practice(),
      () => make.therapist("practice-profile", sample.profile),
      () => make.therapist("practice-profile", { ...sample.profile, userId: "zoe" }),
    ),

  portal: (make) => visited(make.portal()),
  "portal for an origin": (make) => visited(make.portal({ allowedOrigins: ["https://app.example.org"] })),
  "closed portal": (make) => visited(make.portal({ registration: false })),
  "server and portal": async (make) => {
    const portal = await make.portal();
    return { portal, client: portal.administrator };
  },
  holder: (make) => make.holder(),
  "holder, second factor": (make) => make.holder({ twoFactor: true }),
  "holder with two sessions": async (make) => {
    const made = await make.holder();
    await made.portal.login(made.client);
    return made;
  },
  device: (make) => make.device(),
  "device, administrator": async (make) => {
    const { portal, replacements } = await make.device();
    return { portal, client: await portal.signedIn([roles.administrator]), replacements };
  },
  "server and device": async (make) => {
    const { client, ...made } = await make.device();
    return { ...made, client: made.portal.administrator };
  },
  session: async (make) => {
    const made = await make.holder();
    return withSession(made, await made.portal.login(made.client));
  },
  "own session": async (make) => {
    const made = await make.holder();
    return withSession(made, made.client);
  },
  account: (make) => make.account(),
  "account, second factor": (make) => make.account({ twoFactor: true }),
  "account, device with code": async (make) => {
    const { replacements, ...made } = await make.account({ twoFactor: true });
    const login = { email: "charles@example.org", password: sample.password };
    await made.client.post("accounts/login", make.fill(login));
    const [sms] = await sentMessages("+16505555555");
    return { ...made, replacements: [...replacements, [sample.code, codeIn(sms)]] };
  },
  "account locked": async (make) => {
    const made = await make.holder();
    await expectSuccess(made.portal.administrator.put(`accounts/${made.client.id}`, { locked: true }));
    return { ...made, client: made.portal.visitor() };
  },
  "account guessed at": async (make) => {
    const made = await make.holder({ lockAttempts: 3 });
    const guess = { current: "wrong", password: sample.otherPassword };
    for (let guesses = 0; guesses < 3; guesses++) await made.client.post("accounts/me/update-password", guess);
    return made;
  },
  "app begun": async (make) => {
    const { secret: _, ...made } = await make.appBegun();
    return made;
  },
  "app begun, guessed at": async (make) => {
    const { secret: _, ...made } = await make.appBegun();
    for (let tries = 0; tries < 5; tries++) await made.client.post("accounts/me/totp/confirm", { code: "000000" });
    return made;
  },
  "app, holder": (make) => make.app(),
  "app, guessed at": async (make) => {
    const made = await make.app({ lockAttempts: 3 });
    const guess = { body: { password: "wrong" } };
    for (let guesses = 0; guesses < 3; guesses++) await made.client.send("DELETE", "accounts/me/totp", guess);
    return made;
  },
  "app, visitor": async (make) => {
    const made = await make.app();
    return { ...made, client: made.portal.visitor() };
  },
  "app, administrator": async (make) => {
    const made = await make.app();
    return { ...made, client: await made.portal.signedIn([roles.administrator]) };
  },
  "app, server": async (make) => {
    const { client, ...made } = await make.app();
    return { ...made, client: made.portal.administrator, path: { id: client.id } };
  },
  "server and account": async (make) => {
    const { client, ...made } = await make.holder();
    return { ...made, client: made.portal.administrator, path: { id: client.id } };
  },
  "image begun": (make) => make.image(0),
  "image refused": (make) => make.image(3),
  "image ready": (make) => make.image(2),
  "server and image": async (make) => {
    const { client, ...made } = await make.image(2);
    return { ...made, client: made.portal.administrator, path: { id: client.id } };
  },
  provider: (make) => make.colleague("provider"),
  administrator: (make) => make.colleague("administrator"),
  "twenty accounts, provider": async (make) => {
    const portal = await make.portal();
    for (let count = 1; count < 20; count++) await portal.register(newPerson());
    return { portal, client: await portal.signedIn([roles.provider]) };
  },
  "verification mailed": (make) => make.verification(),
  "verification mailed, no session": async (make) => {
    const made = await make.verification();
    return { ...made, client: made.portal.visitor() };
  },
  "verification mailed long ago": (make) => make.verification(8 * 24 * 60),
  "unverified, image ready": async (make) => {
    const { client, portal, ...made } = await make.verification();
    await expectSuccess(client.put("accounts/me/image", { content: "me.jpg" }));
    await finishImage({ ...portal.practice, id: client.id });
    return { ...made, portal, client: portal.visitor() };
  },
  verified: async (make) => {
    const made = await make.verification();
    await expectSuccess(made.client.post(`accounts/${made.replacements.at(-1)?.[1]}`));
    return made;
  },
  "server and verified account": async (make) => {
    const made = await make.verification();
    await expectSuccess(made.client.post(`accounts/${made.replacements.at(-1)?.[1]}`));
    return { ...made, client: made.portal.administrator, path: { id: made.client.id } };
  },
  "connection offered": async (make) => {
    const { target, ...made } = await make.offer();
    return { ...made, client: target };
  },
  "connection offered long ago": async (make) => {
    const { target, portal, client, replacements } = await make.offer();
    const token = await offeredByServer(portal, `accounts/${client.id}/connections`, { access: 4 });
    return { portal, client: target, replacements: [[sample.token, token], ...replacements] };
  },
  "connection offered, reset mailed": (make) => make.resetAfterOffer(),
  "connection pending": async (make) => make.offer(),
  connected: (make) => make.connected(),
  "connected, target": async (make) => {
    const { target, ...made } = await make.connected();
    return { ...made, client: target };
  },
  "server and connection": async (make) => {
    const made = await make.connected();
    return { ...made, client: made.portal.administrator };
  },
  invited: async (make) => {
    const made = await make.invited();
    return { ...made, client: made.portal.visitor() };
  },
  "invited, holder": async (make) => {
    const made = await make.invited();
    return { ...made, client: await made.portal.register() };
  },
  "invited, administrator": (make) => make.invited(),
  "offered again": async (make) => {
    const { target, token, ...made } = await make.offer();
    await expectSuccess(target.post(`connections/${token}`));
    const again = await offeredByServer(
      made.portal,
      `accounts/${made.client.id}/connections`,
      { access: 6 },
      new Date(),
    );
    return { ...made, client: target, replacements: [[sample.token, again]] };
  },
  "invited long ago": async (make) => {
    const portal = await make.portal();
    const token = await offeredByServer(portal, "accounts/invitations", {});
    return { portal, client: portal.visitor(), replacements: [[sample.token, token]] };
  },
  "reset mailed": (make) => make.reset(),
  "reset mailed long ago": (make) => make.reset(61),
};

/** Offers something to the sample invitee by application credentials, eight days ago unless told otherwise. */
async function offeredByServer(
  portal: TestPortal,
  path: string,
  offer: Body,
  now = minutesAfter(new Date(), -8 * 24 * 60),
): Promise<string> {
  const targets = [{ email: sample.invitee, ...offer }];
  const { data } = await expectSuccess(portal.administrator.post(path, { targets }, { now }));
  return data[0].token;
}

const newOrganization = { name: sample.organization.name, therapist_user_id: sample.organization.therapist_user_id };

/** Runs the steps one after the other. */
async function only(first: Promise<unknown>, ...then: readonly (() => Promise<unknown>)[]): Promise<Made> {
  await first;
  for (const next of then) await next();
  return {};
}

/** The same world; the sample session is the one of a client. */
async function withSession(
  { replacements, ...made }: Made & { replacements: readonly Replacement[] },
  client: PortalClient,
): Promise<Made> {
  const { data } = await expectSuccess(client.get("accounts/me/sessions"));
  const own = data.find(({ current }: { current: boolean }) => current);
  return { ...made, replacements: [...replacements, [sample.sessionId, own._id]] };
}

/** A portal; a visitor sends. */
async function visited(opening: Promise<TestPortal>): Promise<Made> {
  const portal = await opening;
  return { portal, client: portal.visitor(), replacements: [[sample.clientKey, portal.clientKey]] };
}

async function fiftyPractices(make: Maker): Promise<Made> {
  await make.practice();
  for (let count = 0; count < 50; count++) {
    const name = `riverside-${String(count).padStart(2, "0")}`;
    if (count > 0) {
      const names = { accountId: name, websiteAddress: name, directDomain: name };
      await make.practice(names);
    }
    const person = { ...sample.fullUser, userId: name, loginId: "", loginPassword: undefined, directAddress: name };
    await make.user(person);
    await make.therapist("organizations", newOrganization);
  }
  return {};
}
