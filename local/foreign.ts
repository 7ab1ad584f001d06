import type { IncomingHttpHeaders } from "node:http";
import type { Operation } from "../lib/operations.ts";

/** What of a request tells who sends it. */
export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Where it leads. */
  readonly row: Operation;
}

const strangeName =
  "Frontdesk answers to localhost only. To reach it by another name, start it with FRONTDESK_HOSTS=that.name";
const strangePage =
  "Pages of other origins may not use this. They may call a portal's accounts, where its allowedOrigins name them; " +
  "everything else is for programs, and for pages of this origin.";
const noPage = "This is for programs on this machine, not for web pages.";

/**
 * Why a request must not be served: it comes, or may come, from a web page of somebody else, which the browser on this
 * machine has open. `undefined` when it may be served. Programs such as curl send nothing that is looked at here but `Host`.
 * @param hosts names that count as this machine's, besides localhost
 */
export function whyForeign({ method, path, headers, row }: Sending, hosts: readonly string[]): string | undefined {
  const { host = "", origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  // A page of evil.example whose name now leads to 127.0.0.1 is of one origin with us, by its own name.
  if (!isOurs(nameOf(host), hosts)) return strangeName;
  if (path === "/_local/engine") return origin === undefined && site === undefined ? undefined : noPage;

  // Browsers of the last years say how the page stands to us; of older ones Origin has to do.
  const isOwn =
    site === undefined
      ? origin === undefined || isSameHost(origin, host, hosts)
      : ["same-origin", "none"].includes(`${site}`);
  if (isOwn) return undefined;
  const isNavigation = mode === "navigate";
  // A link may lead here. What is shown then, the other page cannot read.
  if (isNavigation && ["GET", "HEAD"].includes(method)) return undefined;
  // The portal itself judges the origin. A form, or a page without an origin, it could never allow.
  const isPortals = row.family === "accounts" || (row.id === "Unmatched" && /^\/[^/]+\/v2(\/|$)/.test(path));
  if (isPortals && !isNavigation && origin !== "null") return undefined;
  return strangePage;
}

const nameOf = (host: string) => host.replace(/:\d*$/, "").toLowerCase();

/** Names that nobody can have lead here from the Internet: browsers resolve `*.localhost` by themselves. */
const isOurs = (name: string, hosts: readonly string[]) =>
  ["localhost", "127.0.0.1", "[::1]", ...hosts].includes(name) || name.endsWith(".localhost");

function isSameHost(origin: string, host: string, hosts: readonly string[]): boolean {
  const url = URL.parse(origin);
  return url !== null && (url.host === host.toLowerCase() || hosts.includes(url.hostname));
}
