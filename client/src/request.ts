import type { Row } from "./contract.ts";

/** The input of a method. */
export type Fields = Readonly<Record<string, unknown>>;

/** The parts of a request that are the same in each attempt. */
export interface PreparedRequest {
  readonly url: string;
  readonly body: string | undefined;
}

/**
 * Turns a method's input into a request: variables go into the path, other fields into the query of a GET or into the body.
 * @throws TypeError for a variable that would lead to another path, such as an empty one or `..`
 */
export function requestOf(row: Row, url: string, { org, ...given }: Fields, auth?: Fields): PreparedRequest {
  const rest: Record<string, unknown> = { ...given };
  const path = row.path.replace(/\{(\w+)(\+?)\}/g, (_, name: string, more: string) => {
    const value = name === "org" ? org : given[name];
    delete rest[name];
    const segments = more ? String(value ?? "").split("/") : [String(value ?? "")];
    if (segments.some((segment) => /^\.{0,2}$/.test(segment))) throw new TypeError(`${row.id}: no such ${name}`);
    return segments.map(encodeURIComponent).join("/");
  });
  const address = url.replace(/\/+$/, "") + path;
  if (row.method === "GET") {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(rest)) {
      for (const one of [value].flat()) if (one !== undefined && one !== null) query.append(name, queryText(one));
    }
    return { url: `${address}${String(query) && `?${query}`}`, body: undefined };
  }
  const hasVariables = Object.keys(given).length > Object.keys(rest).length;
  return { url: address, body: JSON.stringify(hasVariables ? rest.body : { ...rest, ...(auth && { auth }) }) };
}

/** A value in a query. Objects, such as conditions of a list, are sent as JSON. */
const queryText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** The caller's credentials: an application's, or the login of one user of a practice (Individual Authentication). */
export type Credentials =
  | { readonly application: { readonly id: string; readonly password: string }; readonly individual?: never }
  | { readonly individual: { readonly loginId: string; readonly loginPassword: string }; readonly application?: never };

/** The practice, and the user, that an application calls for. */
export interface Caller {
  /** The practice's key. */
  readonly accountId?: string | undefined;
  /** The user's key in that practice. */
  readonly userId?: string | undefined;
}

/** Credentials as the `auth` of a body. Ids may have any characters there. */
export const authOf = ({ application, individual }: Credentials, { accountId, userId }: Caller): Fields =>
  individual ?? { applicationId: application.id, applicationPassword: application.password, accountId, userId };

/** An id as a header's value: unchanged if it is ASCII, otherwise encoded by RFC 8187: `UTF-8''%E6%9D%8E-1`. */
function headerText(id: string): string {
  if (/^[ -~]*$/.test(id) && !/^[A-Za-z0-9-]+'[^']*'/.test(id)) return id;
  const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return `UTF-8''${encodeURIComponent(id).replace(/['()*]/g, escaped)}`;
}

/**
 * Credentials as headers, for requests without a body.
 * @throws TypeError for a login id or application id with a colon, which no header can hold
 */
export function headersOf({ application, individual }: Credentials, caller: Caller): Record<string, string> {
  const [scheme, name, password] = individual
    ? ["Individual", individual.loginId, individual.loginPassword]
    : ["Basic", application.id, application.password];
  if (name.includes(":")) throw new TypeError(`${scheme} credentials cannot carry a colon in an id`);
  const ids = individual ? {} : { "x-account-id": caller.accountId, "x-user-id": caller.userId };
  const stated = Object.entries(ids).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return {
    authorization: `${scheme} ${btoa(String.fromCharCode(...bytes))}`,
    ...Object.fromEntries(stated.map(([header, id]) => [header, headerText(id)])),
  };
}
