import { newClientKey, withClientKey, writeVendor } from "../../lib/practices/vendor.ts";
import { vendorKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Vendor } from "../../lib/table/records.ts";
import { held, retryOnConflict } from "../../lib/table/transact.ts";
import type { SentMessage } from "../../local/outside.ts";
import { countPortal } from "./openings.ts";
import {
  call,
  expectOk,
  makePractice,
  makeVendor,
  type RequestOptions,
  type Response,
  send,
  type TestPractice,
  type TestVendor,
  takeClientKey,
  withUnusedKey,
} from "./system.ts";

/**
 * The portal of a practice, as browsers and servers call it: `const portal = await openPortal()`, then
 * `const patient = await portal.signedIn()` and `await patient.get("accounts/me")`. Every request goes through `send`.
 */

/** Roles with a meaning (contract accounts §3). */
export const roles = {
  administrator: "000000000000000000000004",
  provider: "000000000000000000000005",
  support: "000000000000000000000006",
  developer: "000000000000000000000007",
} as const;

/**
 * A password that every portal accepts, with any minimum score. Random consonants are scored ten times as fast as
 * words, and nearly every account suite registers a person in each test.
 */
export const password = "zqhvwkxjgtb";

/** Unusual options of a call to a portal. */
export interface PortalOptions {
  /** Added to the client's own headers, or replacing them; `undefined` removes a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Strings and bytes are sent unchanged, everything else as JSON. */
  readonly body?: unknown;
  /** The time of the request. Tests use it to let time pass. */
  readonly now?: Date | undefined;
  /** As in `RequestOptions`. */
  readonly remainingMs?: number;
  /** Changes the event, as a gateway other than ours might do. */
  readonly event?: RequestOptions["event"];
  /** `false` calls `/{org}/accounts…`, else `/{org}/v2/accounts…`. */
  readonly versioned?: boolean;
}

type Options = Omit<PortalOptions, "body">;

/**
 * A caller of a portal: keeps cookies and the CSRF token as a browser does, and sends them.
 * Paths begin behind the version: `accounts/me`.
 */
export interface PortalClient {
  /** Cookies by name, without attributes. May be changed. */
  readonly cookies: Map<string, string>;
  /** The CSRF token of the last success that had one. May be changed. */
  csrf: string | undefined;
  send(method: string, path: string, options?: PortalOptions): Promise<Response>;
  get(path: string, options?: Options): Promise<Response>;
  post(path: string, body?: unknown, options?: Options): Promise<Response>;
  put(path: string, body: unknown, options?: Options): Promise<Response>;
  patch(path: string, body: unknown, options?: Options): Promise<Response>;
  delete(path: string, options?: Options): Promise<Response>;
}

/** The holder of an account. They have a session at first. */
export interface Holder extends PortalClient {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** The account in the answer to their registration or sign-in. */
  readonly account: Response["json"];
}

/** A portal that is open. */
export interface TestPortal {
  /** The practice's web address. */
  readonly org: string;
  /** The practice, with the credentials of its account tier. */
  readonly practice: TestPractice;
  readonly clientKey: string;
  /** A server that calls with the practice's application credentials: acts as an administrator, has no session. */
  readonly administrator: PortalClient;
  /** A new browser, without cookies. */
  visitor(): PortalClient;
  /** Registers a person. `fields` replace those of `newPerson`. @throws Error unless that succeeds */
  register(fields?: Record<string, unknown>, options?: Options): Promise<Holder>;
  /** Signs a person in on a new browser, or on `client`. @throws Error unless that succeeds */
  login(person: Pick<Holder, "email" | "password">, options?: Options, client?: PortalClient): Promise<Holder>;
  /** Creates an account with these roles. @returns its holder, signed in */
  signedIn(roleIds?: readonly string[], options?: Options): Promise<Holder>;
  /** Changes settings of the portal. */
  settings(fields: Record<string, unknown>): Promise<void>;
}

let portals = 0;
let people = 0;

/** A web address that no portal of this test file has. */
export const freshOrg = (): string => {
  portals += 1;
  return `portal-${portals}`;
};

/** An e-mail address that nobody has. */
export const freshEmail = (): string => {
  people += 1;
  return `person-${people}@example.org`;
};

/** The required fields of `register`, with the data of a new person. */
export const newPerson = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: { first: "Charles", last: "Best" },
  email: freshEmail(),
  mobile: "1-650-555-5555",
  password,
  ...fields,
});

/** Adds a client key to a vendor. */
export async function makeClientKey({ applicationId }: TestVendor, clientKey = newClientKey()): Promise<string> {
  const find = async () => (await readItems({ vendor: vendorKey(applicationId) })).vendor as Vendor;
  const context = { now: new Date(), requestId: "test" };
  await retryOnConflict(held(await find(), find), ({ value: vendor }) =>
    writeVendor(vendor, withClientKey(vendor, clientKey), "vendor.clientKeyAdded", {
      actor: { kind: "operator" },
      context,
    }),
  );
  return clientKey;
}

/** The headers with the credentials of an application's server (contract practices §2). */
export const applicationHeaders = (practice: TestPractice): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${practice.applicationId}:${practice.applicationPassword}`).toString("base64")}`,
  "x-account-id": practice.accountId,
});

/**
 * Opens a portal: a practice with a web address, and its vendor's client key.
 * @param settings of the portal, as in `PortalSettingsSave`
 * @param fields of the practice
 * @param vendor of the practice; default: a new one
 */
export async function openPortal(
  settings: Record<string, unknown> = {},
  fields: Record<string, unknown> = {},
  vendor?: TestVendor,
): Promise<TestPortal> {
  countPortal();
  const org = String(fields.websiteAddress ?? freshOrg());
  const owner = vendor ?? (await makeVendor(withUnusedKey));
  const practice = await makePractice({ accountId: org, websiteAddress: org, ...fields }, owner);
  const clientKey = takeClientKey(owner) ?? (await makeClientKey(owner));
  const visitor = () => openClient(org, { "medable-client-key": clientKey });
  const portal: TestPortal = {
    org,
    practice,
    clientKey,
    administrator: openClient(org, applicationHeaders(practice)),
    visitor,
    async register(fields = {}, options = {}) {
      const person = newPerson(fields);
      const client = visitor();
      return holder(client, person, await client.post("accounts/register", person, options));
    },
    async login({ email, password }, options = {}, client = visitor()) {
      return holder(client, { email, password }, await client.post("accounts/login", { email, password }, options));
    },
    async signedIn(roleIds = [], options = {}) {
      const person = await portal.register({}, options);
      if (roleIds.length === 0) return person;
      await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { roles: roleIds }, options));
      return person;
    },
    async settings(fields) {
      await expectOk(call("PortalSettingsSave", { auth: practice, ...fields }));
    },
  };
  if (Object.keys(settings).length > 0) await portal.settings(settings);
  return portal;
}

function holder(client: PortalClient, person: Record<string, unknown>, response: Response): Holder {
  const { _id: id, email } = succeeded(response);
  return Object.assign(client, { id, email, password: String(person.password), account: response.json });
}

/**
 * A client of a portal.
 * @param own headers that it sends with every request
 */
export function openClient(org: string, own: Readonly<Record<string, string>>): PortalClient {
  const client: PortalClient = {
    cookies: new Map(),
    csrf: undefined,
    async send(method, path, { headers = {}, versioned = true, body, now, remainingMs, event } = {}) {
      const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const all = {
        ...own,
        ...(cookie && { cookie }),
        ...(client.csrf && { "medable-csrf-token": client.csrf }),
        ...headers,
      };
      const stated = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
      const request: RequestOptions = {
        headers: Object.fromEntries(stated),
        body,
        ...(now && { now }),
        ...(remainingMs && { remainingMs }),
        ...(event && { event }),
      };
      const response = await send(method, `/${org}${versioned ? "/v2" : ""}/${path}`, request);
      keep(client, response);
      return response;
    },
    get: (path, options) => client.send("GET", path, options),
    post: (path, body, options) => client.send("POST", path, { ...options, body }),
    put: (path, body, options) => client.send("PUT", path, { ...options, body }),
    patch: (path, body, options) => client.send("PATCH", path, { ...options, body }),
    delete: (path, options) => client.send("DELETE", path, options),
  };
  return client;
}

/** Keeps the cookies and the CSRF token of an answer, as a browser and its page do. */
function keep(client: PortalClient, { cookies, headers }: Response): void {
  for (const cookie of cookies) {
    const { name, value, attributes } = readCookie(cookie);
    if (attributes.includes("Max-Age=0")) client.cookies.delete(name);
    else client.cookies.set(name, value);
  }
  client.csrf = headers["medable-csrf-token"] ?? client.csrf;
}

/** The parts of a `Set-Cookie`; attributes are unchanged, such as `Path=/`. */
export function readCookie(cookie: string): { name: string; value: string; attributes: readonly string[] } {
  const [pair = "", ...attributes] = cookie.split(/; */);
  const equals = pair.indexOf("=");
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes };
}

/** The body of an answer that must be a success. */
function succeeded(response: Response): Response["json"] {
  const { status, json, text } = response;
  if (status !== 200 || json?.object === "fault") throw new Error(`expected success, got ${status} ${text}`);
  return json;
}

/** The body of a call to a portal that must succeed. */
export const expectSuccess = async (pending: Promise<Response>): Promise<Response["json"]> => succeeded(await pending);

/** The time this many minutes after another. */
export const minutesAfter = (start: Date, minutes: number): Date => new Date(start.getTime() + minutes * 60_000);

/** The one-time token of a mailed link. Use with `sentMessages` of `test/kit/outside.ts`. */
export function tokenIn(mail: SentMessage | undefined): string {
  const [, token] = /[?&]token=([A-Za-z0-9]{32})(?![A-Za-z0-9])/.exec(mail?.text ?? "") ?? [];
  if (!token) throw new Error(`expected a link with a token, got ${JSON.stringify(mail)}`);
  return token;
}

/** The code of a text message. */
export function codeIn(sms: SentMessage | undefined): string {
  const [, code] = /(?<![0-9])([0-9]{6})$/.exec(sms?.channel === "sms" ? sms.text : "") ?? [];
  if (!code) throw new Error(`expected a text message with a code, got ${JSON.stringify(sms)}`);
  return code;
}
