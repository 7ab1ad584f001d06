import type { CallEvent } from "../../lib/api/call.ts";
import { edge, edgeUnmatched } from "../../lib/api/edge.ts";
import { leadsToOperation } from "../../lib/api/leads-to-operation.ts";
import { randomText } from "../../lib/crypto/random.ts";
import { portalPages } from "../../lib/portal-pages.ts";
import { pageSettings, portalUrl } from "../../lib/settings.ts";

/**
 * Serves the pages of portals: the same HTML for every page, which loads the script that shows it. A portal is found by its
 * host (`https://riverside.portal.clinic.org/verify`), if portals have hosts of their own, or by the path (`/riverside/verify`).
 * Whether there is such a portal the page finds out itself, so that no call stands before the first paint.
 */
export const handler = edge("PortalPage", async (event) => {
  const { pathParameters = {}, headers } = event;
  const found = leadsToOperation(pathParameters) ? findPage(event) : undefined;
  const wantsPage = headers.accept?.includes("text/html") && !isForPrograms.test(found?.page ?? "");
  if (!found || !(found.isKnown || wantsPage)) return edgeUnmatched(event);
  event.call.outcome = found.isKnown ? "ok" : "unknownPath";
  const nonce = randomText(22);
  return { statusCode: found.isKnown ? 200 : 404, headers: pageHeaders(nonce), body: html(found, nonce) };
});

/** First parts of addresses that only programs call. */
const isForPrograms = /^(v2|accounts|connections|token)$/;

/** A page of a portal. */
interface FoundPage {
  readonly org: string;
  /** What the paths of the portal's pages begin with: `/riverside`, or nothing where the portal has its own host. */
  readonly base: string;
  /** The first part of the path behind `base`. */
  readonly page: string;
  readonly isKnown: boolean;
}

const isOrg = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/i;

function findPage({ rawPath, headers }: CallEvent): FoundPage | undefined {
  const orgByHost = orgOfHost(headers.host ?? "");
  const [first = "", ...rest] = rawPath.slice(1).split("/");
  const org = orgByHost ?? first;
  if (!isOrg.test(org)) return undefined;
  const page = (orgByHost ? first : rest[0]) ?? "";
  const base = orgByHost ? "" : `/${org}`;
  return { org: org.toLowerCase(), base, page, isKnown: portalPages.some((each) => each === page) };
}

/** The portal that a host belongs to, if the address of portals has `{org}` in its host. */
function orgOfHost(host: string): string | undefined {
  const [, before, after] = /^https?:\/\/([^/{]*)\{org\}([^/]*)$/.exec(portalUrl()) ?? [];
  if (before === undefined || after === undefined) return undefined;
  const name = host.toLowerCase();
  const isPortals = name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length;
  return isPortals ? name.slice(before.length, name.length - after.length) : undefined;
}

/**
 * Everything comes from this origin, but pictures, which the bucket holds.
 * @param nonce marks the style elements that the library of controls adds, such as the one that stops scrolling behind a dialog
 */
const pageHeaders = (nonce: string) => ({
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-cache",
  "referrer-policy": "no-referrer",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `connect-src 'self' ${pageSettings().FILES_ORIGIN}`,
    `img-src 'self' data: blob: ${pageSettings().FILES_ORIGIN}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
});

// The name of the portal has only letters, digits, hyphens and underscores, so nothing needs to be escaped.
const html = ({ org, base }: FoundPage, nonce: string) => `<!doctype html>
<html lang="en" data-org="${org}" data-base="${base.toLowerCase()}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta property="csp-nonce" nonce="${nonce}">
    <title>${org}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/_portal/${pageSettings().PORTAL_STYLE}">
    <script type="module" src="/_portal/${pageSettings().PORTAL_SCRIPT}"></script>
  </head>
  <body>
    <div id="portal"><noscript>This page needs JavaScript.</noscript></div>
  </body>
</html>
`;
