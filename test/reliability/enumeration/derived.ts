import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type Operation, operations } from "../../../lib/operations.ts";
import type { Change } from "../../../openapi/describe.ts";
import { descriptionOf } from "../../../openapi/descriptions.ts";
import { documentedRows } from "../../../openapi/handlers.ts";
import { firstExample, sendExample } from "../../kit/examples.ts";
import type { PortalClient } from "../../kit/portal.ts";
import { inHeaders, send } from "../../kit/system.ts";
import type { World } from "../../kit/worlds.ts";
import { type Pair, type Send, steady } from "./pair.ts";
import { neverWas, type Secrets } from "./world.ts";

/** The pairs of every operation that follow from its row of the registry. A new operation has its pairs by itself. */

/** Sends an operation's first example with a change. @param client the caller at a portal */
function sendOf({ id }: Operation, secrets: Secrets, change: Change, client?: PortalClient): Send {
  const { practice } = secrets.portal;
  const unused = () => Promise.reject(new Error("no administrator is needed"));
  const world: World = { practice, fill: (value) => value, administrator: unused, ...(client && { client }) };
  return (timing) => sendExample(id, firstExample(descriptionOf(id)), world, change, { event: timing });
}

/** The change of a request that sends other credentials of an application. */
const withCredentials = ({ family }: Operation, auth: Readonly<Record<string, string>>): Change =>
  family === "practices" ? { auth } : { headers: { ...inHeaders(auth) } };

/** What an application can name and must not learn of: applications, practices and users. */
function ofApplications(row: Operation, secrets: Secrets): Pair[] {
  const { portal, disabled, foreign, inactive } = secrets;
  const { applicationId, applicationPassword } = portal.practice;
  const right = { applicationId, applicationPassword };
  const pair = (title: string, exists: Record<string, string>, never: Record<string, string>) => {
    const [one, other] = [exists, never].map((auth) => sendOf(row, secrets, withCredentials(row, auth)));
    return steady(title, row.id, one as Send, other as Send);
  };
  const wrong = "wrong-secret-of-an-application";
  const noVendor = { applicationId: neverWas(applicationId), applicationPassword: wrong, accountId: "none" };
  const { accountId } = portal.practice;
  const vendors = [
    pair(
      "an application, by a wrong secret",
      { applicationId, applicationPassword: wrong, accountId: "none" },
      noVendor,
    ),
    pair(
      "a disabled application",
      { ...disabled, accountId: "none" },
      { ...disabled, applicationId: neverWas(disabled.applicationId), accountId: "none" },
    ),
  ];
  if (row.tier === "vendor") return vendors;
  const practices = [
    ["another vendor's practice", foreign.accountId],
    ["an inactive practice", inactive.accountId],
  ].map(([title, id]) =>
    pair(String(title), { ...right, accountId: String(id) }, { ...right, accountId: neverWas(String(id)) }),
  );
  if (row.tier === "account") return [...vendors, ...practices];
  const userId = "foreign-user-1";
  const users = pair(
    "another practice's user",
    { ...right, accountId, userId },
    { ...right, accountId, userId: neverWas(userId) },
  );
  return [...vendors, ...practices, users];
}

/** Sends a request to another portal. */
const toPortal = (send: Send, from: string, org: string): Send => {
  const moved = (event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 => ({
    ...event,
    rawPath: event.rawPath.replace(`/${from}/`, `/${org}/`),
    pathParameters: { ...event.pathParameters, org },
  });
  return (timing) => send((event) => timing(moved(event)));
};

/** What a visitor of a portal can name without a session: portals, client keys and sessions. */
function ofPortals(row: Operation, secrets: Secrets): Pair[] {
  const { portal, other, endedCookie } = secrets;
  const visit = sendOf(row, secrets, {}, portal.visitor());
  const withKey = (key: string) => sendOf(row, secrets, { headers: { "medable-client-key": key } }, portal.visitor());
  const elsewhere = (org: string) => toPortal(visit, portal.org, org);
  const org = "stopped-portal";
  const pairs = [
    steady("another vendor's client key", row.id, withKey(other.clientKey), withKey(neverWas(other.clientKey))),
    steady("another vendor's portal", row.id, elsewhere(other.org), elsewhere(neverWas(other.org))),
    steady("an inactive practice's portal", row.id, elsewhere(org), elsewhere(neverWas(org))),
  ];
  if (row.tier !== "session") return pairs;
  const withCookie = (cookie: string) => sendOf(row, secrets, { headers: { cookie } }, portal.visitor());
  const neverBegun = `md.sid=${neverWas(endedCookie.slice("md.sid=".length))}`;
  return [...pairs, steady("a session that ended", row.id, withCookie(endedCookie), withCookie(neverBegun))];
}

/** Operations that only take `me` in the place of an account's id. */
const onlyMine = new Set(["SessionList", "SessionDelete", "SessionDeleteOthers", "TotpCreate", "TotpConfirm"]);

/** What somebody with a session can name in a path and must not learn of: others' accounts, devices, sessions and connections. */
function ofPaths(row: Operation, secrets: Secrets): Pair[] {
  if (row.tier !== "session") return [];
  const { person, device, session, offered, stranger } = secrets;
  const has = (variable: string) => row.paths.some((path) => path.includes(`{${variable}}`));
  const pair = (title: string, path: Record<string, string>, variable: string) => {
    const [exists, never] = [path, { ...path, [variable]: neverWas(String(path[variable])) }].map((each) =>
      sendOf(row, secrets, { path: each }, stranger),
    );
    return steady(title, row.id, exists as Send, never as Send);
  };
  return [
    ...(has("id") && !onlyMine.has(row.id) ? [pair("somebody else's account", { id: person.id }, "id")] : []),
    ...(has("device") ? [pair("somebody else's device", { id: "me", device }, "device")] : []),
    ...(has("session") ? [pair("somebody else's session", { id: "me", session }, "session")] : []),
    ...(has("connection") && row.id !== "ConnectionAccept"
      ? [pair("others' connection", { connection: offered.id }, "connection")]
      : []),
  ];
}

/** What anybody can name at addresses without credentials: portals of inactive practices. */
function ofOpenPortals({ id, method, paths }: Operation): Pair[] {
  if (!paths.some((path) => path.startsWith("/{org}/v2")) && id !== "AccountPreflight") return [];
  const org = "stopped-portal";
  const headers = { origin: "https://app.example.org", "access-control-request-method": "GET" };
  const to =
    (name: string): Send =>
    (event) =>
      send(method, id === "PortalGet" ? `/${name}/v2/` : `/${name}/v2/accounts`, { headers, event });
  return [steady("an inactive practice's portal", id, to(org), to(neverWas(org)))];
}

/** Operations that answer without looking at the table. */
export const lookAtNothing = operations.filter(({ table }) => table === "none").map(({ id }) => id);

/** The pairs of all operations. */
export const derivedPairs = (secrets: Secrets): Pair[] =>
  documentedRows.flatMap((row) => {
    if (row.tier === "none") return ofOpenPortals(row);
    if (row.family !== "accounts") return ofApplications(row, secrets);
    return [...ofPortals(row, secrets), ...ofPaths(row, secrets)];
  });
