import type { IncomingHttpHeaders } from "node:http";
import { isPortalPath } from "../lib/api/leads-to-operation.ts";
import type { Operation } from "../lib/operations.ts";

/** The parts of a request that show who sends it and where it leads. */
export interface ForeignCheck {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly row: Operation;
}

const strangeName =
  "Frontdesk answers to localhost only. To reach it by another name, start it with FRONTDESK_HOSTS=that.name";
const strangePage =
  "Pages of other origins may not use this. They may call a portal's accounts, where its allowedOrigins name them; " +
  "everything else is for programs, and for pages of this origin.";
const noPage = "This is for programs on this machine, not for web pages.";

/**
 * Why a request is refused: another site's web page, open in a browser on this machine, sends it or may be sending it.
 * `undefined` when the request may be served. Programs such as curl only send `Host` of the headers that count here.
 * @param hosts names that count as this machine's, in addition to localhost
 */
export function foreignRefusal(
  { method, path, headers, row }: ForeignCheck,
  hosts: readonly string[],
): string | undefined {
  const { host = "", origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  // DNS rebinding: once evil.example resolves to 127.0.0.1, its page has the same origin as this server.
  if (!isOurs(nameOf(host), hosts)) return strangeName;
  if (path === "/_local/engine") return origin === undefined && site === undefined ? undefined : noPage;

  // Current browsers say in Sec-Fetch-Site where the page comes from. For older ones Origin must do.
  const isOwn =
    site === undefined
      ? origin === undefined || isSameHost(origin, host, hosts)
      : ["same-origin", "none"].includes(`${site}`);
  if (isOwn) return undefined;
  const isNavigation = mode === "navigate";
  // Other pages may link here: they cannot read the page that the link opens.
  if (isNavigation && ["GET", "HEAD"].includes(method)) return undefined;
  // A portal checks the origin itself. It could never allow a form, or a page without an origin.
  const isRouted = row.id !== "Unmatched" && (method !== "OPTIONS" || isPortalPath(path));
  const isPortals = isRouted ? row.family === "accounts" : /^\/[^/]+\/v2(\/|$)/.test(path);
  if (isPortals && !isNavigation && origin !== "null") return undefined;
  return strangePage;
}

const nameOf = (host: string) => host.replace(/:\d*$/, "").toLowerCase();

/** Whether a name is this machine's. `*.localhost` is safe, because browsers resolve it themselves and never ask DNS. */
const isOurs = (name: string, hosts: readonly string[]) =>
  ["localhost", "127.0.0.1", "[::1]", ...hosts].includes(name) || name.endsWith(".localhost");

function isSameHost(origin: string, host: string, hosts: readonly string[]): boolean {
  const url = URL.parse(origin);
  return url !== null && (url.host === host.toLowerCase() || hosts.includes(url.hostname));
}
