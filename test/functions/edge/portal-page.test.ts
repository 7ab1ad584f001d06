import { describe, expect, it } from "vitest";
import { methodsAt, routeOf } from "../../../lib/api/routes.ts";
import { operations } from "../../../lib/operations.ts";
import { portalPages } from "../../../lib/portal-pages.ts";
import { type Response, send, watchTable } from "../../kit/system.ts";
import { expectProblem } from "../therapists/therapists-contract.ts";

const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const byHost = { host: "riverside.portal.example.com" };
const get = (target: string, headers: Record<string, string> = {}) => send("GET", target, { headers });

const nonceOf = ({ text }: Response) => /<meta property="csp-nonce" nonce="(\w{22})">/.exec(text)?.[1] ?? "no nonce";

/** The HTML of every page: nothing in it differs but the portal, what its paths begin with, and the nonce. */
const html = (org: string, base: string, nonce: string) => `<!doctype html>
<html lang="en" data-org="${org}" data-base="${base}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta property="csp-nonce" nonce="${nonce}">
    <title>${org}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/_portal/main-5e6f7a8b.css">
    <script type="module" src="/_portal/main-1a2b3c4d.js"></script>
  </head>
  <body>
    <div id="portal"><noscript>This page needs JavaScript.</noscript></div>
  </body>
</html>
`;
const expectPage = (answer: Response, status: number, base = "/riverside") =>
  expect([answer.status, answer.text]).toEqual([status, html("riverside", base, nonceOf(answer))]);

describe("a page", () => {
  it.each(portalPages)("%j is served by path and by host, to browsers and to programs", async (page) => {
    for (const headers of [browser, {}]) {
      expectPage(await get(`/riverside/${page}`, headers), 200);
      expectPage(await get(`/${page}`, { ...headers, ...byHost }), 200, "");
      if (page !== "") {
        expectPage(await get(`/riverside/${page}/`, headers), 200);
        expectPage(await get(`/riverside/${page}/0123/more?token=x`, headers), 200);
      }
    }
  });

  it("is the first one without a slash at the end, too", async () => {
    expectPage(await get("/riverside", browser), 200);
  });

  it("is found whatever the case of the portal's name", async () => {
    expectPage(await get("/RiverSide/verify"), 200);
    expectPage(await get("/verify", { host: "RIVERSIDE.Portal.Example.COM" }), 200, "");
    expectPage(await get("/river%73ide/ver%69fy"), 200);
  });

  it("has one policy: everything from its own origin, pictures and uploads in the bucket, styles with this answer's nonce", async () => {
    const answers = [await get("/riverside/verify"), await get("/verify", byHost), await get("/riverside/x", browser)];
    for (const answer of answers) {
      expect(answer.headers).toEqual({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "content-security-policy":
          `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonceOf(answer)}'; ` +
          "connect-src 'self' https://frontdesk-files.s3.us-east-1.amazonaws.com; " +
          "img-src 'self' data: blob: https://frontdesk-files.s3.us-east-1.amazonaws.com; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      });
      expect(answer.cookies).toEqual([]);
    }
    expect(new Set(answers.map(nonceOf)).size).toBe(answers.length);
  });

  it("contains nothing of the request but the portal's name", async () => {
    const word = "Word-of-the-request";
    const headers = { ...browser, cookie: `md.sid=${word}`, referer: `https://${word}.example/`, "x-other": word };
    for (const target of [`/riverside/verify/${word}?token=${word}`, `/riverside/${word}?${word}`]) {
      const { text, headers: answered } = await get(target, headers);
      expect(`${text}${JSON.stringify(answered)}`.toLowerCase()).not.toContain(word.toLowerCase());
    }
  });

  it("answers HEAD like GET, without the body", async () => {
    for (const [target, headers, status] of [
      ["/riverside/verify", {}, 200],
      ["/", byHost, 200],
      ["/riverside/nothing", browser, 404],
    ] as const) {
      const answer = await send("HEAD", target, { headers });
      expect([answer.status, answer.text]).toEqual([status, ""]);
      expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    }
  });

  it("is served without a request to the table, whether there is such a portal or not", async () => {
    for (const target of ["/riverside/", "/no-such-portal/verify", "/riverside/nothing"]) {
      const { requests } = await watchTable(() => get(target, browser));
      expect(requests).toEqual([]);
    }
  });

  // Regression: as the greedy route `/{rest+}`, the route of `/` would have taken the paths of all others.
  it("has the route `/` only for `/`", () => {
    expect(routeOf("GET", "/").path).toBe("/");
    expect(routeOf("GET", "/riverside").path).toBe("/{org}");
    expect(routeOf("GET", "/riverside/").path).toBe("/{org}/{page+}");
    expect(routeOf("GET", "/api/io/Ping/x").path).toBe("/{org}/{page+}");
    expect(routeOf("POST", "/riverside/verify").row.id).toBe("Unmatched");
  });
});

describe("an address that no page and no operation has", () => {
  it("is 404: a page for browsers", async () => {
    for (const path of ["nothing", "verify2", "Verify", "docs", "a/b/c"]) {
      expectPage(await get(`/riverside/${path}`, browser), 404);
      expectPage(await get(`/${path}`, { ...browser, ...byHost }), 404, "");
    }
  });

  it("is 404: a problem for programs", async () => {
    for (const path of ["nothing", "verify2", "Verify", "a/b/c"]) {
      expectProblem(await get(`/riverside/${path}`), 404);
      expectProblem(await get(`/riverside/${path}`, { accept: "application/json" }), 404);
    }
  });

  it("is a fault for everybody below the first segments of a portal's operations", async () => {
    for (const path of ["v2/nothing", "v2/verify", "token", "accounts/me/totp/x/y", "v2"]) {
      const { headers } = await send("GET", `/riverside/${path}`, { headers: browser });
      expect(headers["content-type"]).toMatch(/^application\/json/);
    }
  });
});

describe("what is no portal", () => {
  it.each([
    "/",
    "/favicon.ico",
    "/robots.txt",
    "/.well-known/security.txt",
    "/_portal/main-1a2b3c4d.js",
    "/_portal/",
    "/-riverside/verify",
    "/riverside-/verify",
    "/river.side/verify",
    "/river side/verify",
    "/%3Cscript%3E/verify",
    "/%61pi/verify",
    `/${"a".repeat(64)}/verify`,
    "//verify",
    '/"onload="/verify',
  ])("is answered as before: %s", async (path) => {
    for (const headers of [browser, {}]) {
      const answer = await get(path, headers);
      expect([answer.status, answer.headers["content-type"]]).not.toContain("text/html; charset=utf-8");
      expect(answer.status).toBe(404);
    }
  });

  it.each([
    "/api/io/Ping",
    "/io/ping",
    "/therapist/organizations/1/2",
    "/therapist/verify",
    "/io/verify",
    "/api/verify",
  ])("is a path of another family: %s", async (path) => {
    for (const headers of [browser, byHost]) {
      const { status, headers: answered } = await get(path, headers);
      expect([404, 405]).toContain(status);
      expect(answered["content-type"]).toMatch(/json/);
    }
  });

  it.each([
    "riverside.portal.example.com.evil.example",
    "riverside.portal.example.org",
    "portal.example.com",
    ".portal.example.com",
    "xportal.example.com",
    "evil.example",
  ])("is the host %s: the portal is in the path then", async (host) => {
    expectProblem(await get("/", { host }), 404);
    expectPage(await get("/riverside/verify", { ...browser, host }), 200);
  });

  it.each(["a.b.portal.example.com", "-.portal.example.com", "<b>.portal.example.com"])(
    "is a host of portals that cannot be one's name: %s",
    async (host) => {
      expectProblem(await get("/verify", { ...browser, host }), 404);
    },
  );
});

describe("pages and operations", () => {
  it("pages are no methods of a path: other verbs are answered as if there were none", async () => {
    expect(methodsAt("/riverside/verify")).toEqual([]);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const answer = await send(method, "/riverside/verify", { headers: browser, body: {} });
      expectProblem(answer, 404);
      expect(answer.headers.allow).toBeUndefined();
    }
  });

  // Regression: the page of connections had the address of an operation, so that a reload showed JSON.
  it("no page's address is that of an operation", () => {
    const taken = portalPages.filter((page) => routeOf("GET", `/riverside/${page}`).row.id !== "PortalPage");
    expect(taken).toEqual([]);
    expect(portalPages.filter((page) => routeOf("GET", `/${page}`).row.id !== "PortalPage")).toEqual([]);
    expect(operations.filter(({ family }) => family === "edge").map(({ id }) => id)).toEqual([
      "PortalPage",
      "Unmatched",
    ]);
  });
});
