import { beforeAll, describe, expect, it } from "vitest";
import { type Operation, operations } from "../../../lib/operations.ts";
import { openPortal, type TestPortal } from "../../kit/portal.ts";
import { call, expectOk, send } from "../../kit/system.ts";

const allowed = ["https://app.example.com", "https://staff.example.com:8443"];
let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({ allowedOrigins: allowed });
});
const ask = (path: string, origin: string | undefined, method = "POST") =>
  send("OPTIONS", path, {
    headers: {
      ...(origin !== undefined && { origin }),
      "access-control-request-method": method,
      "access-control-request-headers": "content-type, medable-client-key, medable-csrf-token",
    },
  });
const corsHeaders = (headers: Readonly<Record<string, string>>) =>
  Object.keys(headers).filter((name) => name.startsWith("access-control"));
const listed = (header: string | undefined) => (header ?? "").split(/, */).map((name) => name.toLowerCase());

describe("an allowed origin", () => {
  it.each([
    ["accounts", ["GET"]],
    ["accounts/register", ["POST"]],
    ["accounts/login", ["POST"]],
    ["accounts/status", ["GET"]],
    ["accounts/me", ["GET", "PUT", "PATCH"]],
    ["accounts/5525fc2db7995d2c2807632a", ["GET", "PUT", "PATCH"]],
    ["accounts/me/logout", ["POST"]],
    ["accounts/logout", ["POST"]],
    ["accounts/me/update-password", ["POST"]],
    ["accounts/me/resend-verification", ["POST"]],
    ["accounts/request-password-reset", ["POST"]],
    ["accounts/reset-password", ["POST"]],
    ["accounts/me/name/first", ["GET"]],
    ["accounts/lBMSJWtqKVdx8Z888syX6axpCk2j7eYm", ["POST"]],
    ["accounts/me/connections", ["POST"]],
    ["accounts/5525fc2db7995d2c2807632a/connections", ["POST"]],
    ["accounts/invitations", ["POST"]],
    ["connections", ["GET"]],
    ["connections/5525fc2db7995d2c2807632a", ["GET", "PATCH", "DELETE"]],
    ["connections/lBMSJWtqKVdx8Z888syX6axpCk2j7eYm", ["GET", "POST"]],
    ["token", ["POST"]],
    ["token/lBMSJWtqKVdx8Z888syX6axpCk2j7eYm", ["POST"]],
  ])("may call %s with credentials and the client's headers, with /v2 and without", async (path, methods) => {
    for (const prefix of [`/${portal.org}/v2/`, `/${portal.org}/`]) {
      for (const origin of allowed) {
        const { status, headers, text } = await ask(prefix + path, origin);
        expect(status).toBe(204);
        expect(text).toBe("");
        expect(headers).toMatchObject({
          "access-control-allow-origin": origin,
          "access-control-allow-credentials": "true",
          "cache-control": "no-store",
        });
        expect(listed(headers.vary)).toContain("origin");
        const methodsAllowed = listed(headers["access-control-allow-methods"]).map((name) => name.toUpperCase());
        expect(methodsAllowed).toEqual(expect.arrayContaining(methods));
        expect(listed(headers["access-control-allow-headers"])).toEqual(
          expect.arrayContaining(["content-type", "medable-client-key", "medable-csrf-token"]),
        );
      }
    }
  });
  it("needs neither client key nor session, which browsers do not send here", async () => {
    const { headers, cookies } = await ask(`/${portal.org}/v2/accounts/me`, allowed[0]);
    expect(headers["access-control-allow-origin"]).toBe(allowed[0]);
    expect(cookies).toEqual([]);
  });
  it("gets no CORS headers after it is removed from the settings", async () => {
    const other = await openPortal({ allowedOrigins: allowed });
    await other.settings({ allowedOrigins: [allowed[1]] });
    expect(corsHeaders((await ask(`/${other.org}/v2/accounts/me`, allowed[0])).headers)).toEqual([]);
    expect(corsHeaders((await ask(`/${other.org}/v2/accounts/me`, allowed[1])).headers)).not.toEqual([]);
  });
});

describe("any other origin", () => {
  it.each([
    "https://app.example.com.evil.example",
    "https://evil.example/https://app.example.com",
    "http://app.example.com",
    "https://app.example.com:444",
    "https://APP.example.com",
    "https://app.example.com/",
    "null",
    "*",
    "",
    undefined,
  ])("gets no CORS headers: %s", async (origin) => {
    const { status, headers } = await ask(`/${portal.org}/v2/accounts/me`, origin);
    expect(status).toBe(204);
    expect(corsHeaders(headers)).toEqual([]);
  });
  it("gets no CORS headers from a portal that allows no origin or a different one", async () => {
    const closed = await openPortal();
    const other = await openPortal({ allowedOrigins: ["https://other.example.com"] });
    for (const { org } of [closed, other]) {
      expect(corsHeaders((await ask(`/${org}/v2/accounts/me`, allowed[0])).headers)).toEqual([]);
    }
  });
  it("gets no CORS headers from the portal of an inactive practice, even if its settings allow the origin", async () => {
    const closing = await openPortal({ allowedOrigins: allowed });
    await expectOk(
      call("PracticeUpdate", { auth: closing.practice, name: "C", websiteAddress: closing.org, active: false }),
    );
    expect(corsHeaders((await ask(`/${closing.org}/v2/accounts/me`, allowed[0])).headers)).toEqual([]);
  });
  it("gets no CORS headers at an address that only begins like a portal's", async () => {
    const websiteAddress = "a".repeat(63);
    await openPortal({ allowedOrigins: allowed }, { websiteAddress });
    expect(corsHeaders((await ask(`/${websiteAddress}/v2/accounts/me`, allowed[0])).headers)).not.toEqual([]);
    expect(corsHeaders((await ask(`/${websiteAddress}a/v2/accounts/me`, allowed[0])).headers)).toEqual([]);
  });
  it.each(["/unknown/v2/accounts/me", "/%23/accounts/me", `/${"a".repeat(300)}/v2/accounts`])(
    "gets no CORS headers where no portal exists: %s",
    async (path) => {
      const { status, headers } = await ask(path, allowed[0]);
      expect(status).toBe(204);
      expect(corsHeaders(headers)).toEqual([]);
    },
  );
});

// One greedy route, `/{org}/{path+}`, matches every path that has two segments or more.
describe("one route for all preflights", () => {
  const filled = (path: string) =>
    path.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => ({ org: portal.org, token: "t".repeat(32) })[name] ?? "7");
  const rows = (operations as readonly Operation[]).filter(({ id }) => id !== "AccountPreflight" && id !== "Unmatched");
  const pathsOf = (isPortals: boolean) => [
    ...new Set(rows.filter(({ family }) => (family === "accounts") === isPortals).flatMap(({ paths }) => paths)),
  ];

  it.each(pathsOf(true))("answers for %s, with the verbs of the path", async (path) => {
    const { status, headers } = await ask(filled(path), allowed[0]);
    expect([status, headers["access-control-allow-origin"]]).toEqual([204, allowed[0]]);
    const verbs = rows.filter(({ paths }) => paths.includes(path)).map(({ method }) => method);
    expect(headers["access-control-allow-methods"]?.split(", ")).toEqual(expect.arrayContaining(verbs));
  });
  it.each(["accounts/a/b/c", "connections/a/b", "token/a/b", "accounts//", "v2/token/a/b"])(
    "also answers below a portal's paths, where there is no operation: %s",
    async (path) => {
      expect((await ask(`/${portal.org}/${path}`, allowed[0])).status).toBe(204);
    },
  );
  it.each([
    ...pathsOf(false),
    ...["", "/", "/nothing", "/account", "/accountsx/me", "/v2//", "/v2/nothing", "/v2/v2/accounts", "/v2/v2"],
    ...["//accounts", "/v1/accounts", "/V2/accounts", "/Accounts", "/%"],
    ...["/api/v2/accounts", "/io/accounts", "/therapist/v2", "/therapist/v2/accounts/me"],
    ...["//v2/accounts", "/docs/", "/_local/messages", "/_portal/app.js"],
  ])("answers any other path as one without a preflight: %s", async (path) => {
    const isWhole = /^\/(api|io|therapist|docs|_|\/)/.test(path) && path !== "//accounts";
    const target = isWhole ? path : `/${portal.org}${path}`;
    const { status, headers, text } = await ask(filled(target), allowed[0]);
    expect([404, 405]).toContain(status);
    expect(corsHeaders(headers)).toEqual([]);
    // No route has TRACE, so that API Gateway's `$default` answers it.
    const other = await send("TRACE", filled(target), { headers: { origin: String(allowed[0]) } });
    const same = (answer: string) => answer.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "a uuid");
    expect([other.status, other.headers.allow, same(other.text)]).toEqual([status, headers.allow, same(text)]);
  });
});
