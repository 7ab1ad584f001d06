import { mainPath, template } from "../../../openapi/addresses.ts";
import { descriptionOf } from "../../../openapi/descriptions.ts";
import * as sample from "../../../openapi/samples.ts";
import { documentedRow, firstExample } from "../../kit/examples.ts";
import { type RequestOptions, type Response, send } from "../../kit/system.ts";
import type { Attacker } from "./attackers.ts";

/** Requests in parts, so that each part can be replaced. */
export interface Request {
  readonly method: string;
  /** Path with variables, such as `/{org}/v2/accounts/{id}`. */
  readonly address: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
}

type Json = Record<string, unknown>;

/** The token that an operation takes. */
const tokenFor: Readonly<Record<string, (of: Owner) => string>> = {
  AccountResetPassword: ({ person }) => person.reset,
  AccountRegister: ({ estate }) => estate.invitation.token,
  ConnectionAccept: ({ person }) => person.pending.token,
};

/** Whose names a request has. */
type Owner = Pick<Attacker, "estate" | "person">;

let guests = 0;

/** The names of the samples, and what an owner has instead. */
function namesOf(id: string, { estate, person }: Owner): (readonly [string, string])[] {
  const { practice, portal } = estate;
  guests += 1;
  const email = id === "AccountRegister" ? `guest-${guests}@example.org` : person.email;
  return [
    ["demo-application-password", practice.applicationPassword],
    ['"demo"', `"${practice.applicationId}"`],
    ['"practice-1"', `"${practice.accountId}${id === "PracticeCreate" ? "-new" : ""}"`],
    ['"user-1"', `"${estate.userId}${id === "UserCreate" ? "-new" : ""}"`],
    ['"loginId":"ada"', `"loginId":"${estate.login.loginId}"`],
    ['"directAddress":"ada"', `"directAddress":"${estate.directAddress}"`],
    ['"therapist-1"', `"${estate.therapistId}"`],
    ["riverside", portal.org],
    [sample.person.email, email],
    [sample.invitee, `invitee-${guests}@example.org`],
    [sample.password, person.holder.password],
    [sample.id, person.accountId],
    [sample.deviceId, person.deviceId],
    [sample.sessionId, person.sessionId],
    [sample.connectionId, person.pending.id],
    [sample.code, person.code],
    [sample.token, (tokenFor[id] ?? (({ person: { verification } }: Owner) => verification))({ estate, person })],
  ];
}

/** The first example of an operation, as an attacker sends it about their own records. */
export function ownRequest(id: string, attacker: Attacker): Request {
  const row = documentedRow(id);
  const example = firstExample(descriptionOf(id));
  const text = JSON.stringify({ path: example.path ?? {}, query: example.query ?? {}, body: example.body });
  const { path, query, body } = JSON.parse(
    namesOf(id, attacker).reduce((filled, [from, to]) => filled.replaceAll(from, to), text),
  );
  if (path.id === "me" && !attacker.session) path.id = attacker.person.accountId;
  const headers = { ...example.headers, ...attacker.headers };
  const withAuth = attacker.auth && row.family === "practices" ? { ...body, auth: attacker.auth } : body;
  return {
    ...{ method: row.method, address: template(mainPath(row)), query, headers },
    path: { org: attacker.estate.portal.org, ...path },
    body: withAuth ?? body,
    cookies: attacker.cookies ?? {},
  };
}

/** Sends a request. */
export function sendRequest(request: Request, options: Pick<RequestOptions, "now"> = {}): Promise<Response> {
  const { method, address, path, query, body, headers, cookies } = request;
  const at = address.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(name, String(path[name])));
  const search = new URLSearchParams(query).toString();
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return send(method, search === "" ? at : `${at}?${search}`, {
    ...options,
    ...(body !== undefined && { body }),
    headers: { ...headers, ...(cookie.length > 0 && { cookie: cookie.join("; ") }) },
  });
}

/** Only these variables match more than one segment of a path. */
const encoded = (name: string, value: string) =>
  ["property", "path"].includes(name) ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);

/** A copy of a body with a value at a place such as `targets[].email` or `[].path`. */
export function withValueAt(body: unknown, steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === "[]") {
    const [first, ...others] = Array.isArray(body) ? body : [body];
    return [withValueAt(first, rest, value), ...others];
  }
  const json = typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Json) : {};
  return { ...json, [step]: withValueAt(json[step], rest, value) };
}
