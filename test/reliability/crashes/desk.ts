import { demo } from "../../../local/demo.ts";
import type { Call } from "./ask.ts";

/** The calls that clients make, by the demo vendor. */

const { applicationId, applicationPassword, clientKey } = demo;

/** Credentials of the application, for a practice. */
const authOf = (accountId: string) => ({ applicationId, applicationPassword, accountId });

/** Credentials of the application in headers. */
const server = (accountId: string) => ({
  authorization: `Basic ${Buffer.from(`${applicationId}:${applicationPassword}`).toString("base64")}`,
  "x-account-id": accountId,
});

type IoMethod = Extract<Call["id"], `Practice${string}` | `User${string}` | "EventList" | `PortalSettings${string}`>;

/** A call of an `/api/io` method, for a practice. */
export const io = (id: IoMethod, accountId: string, fields: object = {}): Call => ({
  id,
  path: `/api/io/${id}`,
  body: { auth: authOf(accountId), ...fields },
});

/** The same with another secret, which is refused. */
export const withWrongSecret = (id: IoMethod, accountId: string, fields: object): Call => ({
  id,
  path: `/api/io/${id}`,
  body: { auth: { ...authOf(accountId), applicationPassword: "wrong" }, ...fields },
});

/** A call below `/therapist`. */
export const therapist = (id: Call["id"], accountId: string, call: Omit<Call, "id" | "headers">): Call => ({
  ...call,
  id,
  path: `/therapist/${call.path}`,
  headers: server(accountId),
});

/** A call of a portal by the practice's server, which acts as an administrator. The web address is the practice's key. */
export const administrator = (id: Call["id"], accountId: string, call: Omit<Call, "id" | "headers">): Call => ({
  ...call,
  id,
  path: `/${accountId}/v2/accounts${call.path}`,
  headers: server(accountId),
});

/** A call of a portal by a new visitor. */
export const visitor = (id: Call["id"], accountId: string, call: Omit<Call, "id" | "headers">): Call => ({
  ...call,
  id,
  path: `/${accountId}/v2/accounts${call.path}`,
  headers: { "medable-client-key": clientKey },
});

/** The password of all accounts. */
export const password = "mauve otter juggles 41 kettles";
