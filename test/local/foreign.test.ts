import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Operation, operations } from "../../lib/operations.ts";
import { type Gateway, type Handler, startGateway } from "../../local/gateway.ts";

const lines: string[] = [];
const ran: string[] = [];
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    hosts: ["desk.example"],
    log: (line) => lines.push(line),
    // Records that it ran: a refused request must not reach it.
    handlerOf: async ({ id }): Promise<Handler> => {
      ran.push(id);
      return async () => ({ statusCode: 200, body: "served" });
    },
    pages: Object.fromEntries(
      [
        ...["/", "/docs/", "/openapi.json", "/_local/", "/_local/messages", "/_local/engine"].map(
          (path) => `GET ${path}`,
        ),
        "DELETE /_local/messages",
      ].map((page) => [
        page,
        () => {
          ran.push(page);
          return { statusCode: 200, body: "served" };
        },
      ]),
    ),
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  ran.length = 0;
  lines.length = 0;
});

type Headers = Readonly<Record<string, string>>;

/** Sends exactly these headers, plus `Host: localhost` with the port unless a host is given. */
async function send(method: string, path: string, headers: Headers = {}) {
  const host = `localhost:${gateway.port}`;
  const request = httpRequest({ host: "127.0.0.1", port: gateway.port, method, path, headers: { host, ...headers } });
  request.end();
  const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

it("a request to another address of this machine finds nobody: the server listens on one of loopback only", async () => {
  const asked = fetch(`http://127.0.0.2:${gateway.port}/`, { signal: AbortSignal.timeout(5000) });
  await expect(asked).rejects.toThrow();
});

const pathOf = ({ paths }: Operation) => String(paths[0]).replaceAll(/\{\w+\+?\}/g, "x");
const rows = (operations as readonly Operation[]).filter(({ id }) => id !== "Unmatched");
const [portalRows, otherRows] = [
  rows.filter(({ family }) => family === "accounts"),
  rows.filter(({ family }) => family !== "accounts"),
];

/** Headers of current browsers, and of older ones that do not send `Sec-Fetch-Site`. */
const foreignPages: readonly [string, Headers][] = [
  ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
  ["another site, to an older browser", { origin: "https://evil.example" }],
  [
    "another port of localhost",
    { origin: "http://localhost:1", "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" },
  ],
  ["another port of localhost, to an older browser", { origin: "http://localhost:1" }],
  ["a page without an origin", { origin: "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
  ["a page without an origin, to an older browser", { origin: "null" }],
  ["a form of another site", { origin: "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
  ["an image of another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
];

describe("a host name that is not this machine's", () => {
  it.each([
    "evil.example",
    "evil.example:3000",
    "localhost.evil.example",
    "notlocalhost",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "desk.example.evil.example",
  ])("as Host: %j is refused for everything, before anything runs", async (host) => {
    for (const row of rows) {
      const answer = await send(row.method, pathOf(row), { host });
      expect([row.id, answer.status]).toEqual([row.id, 403]);
    }
    for (const path of ["/", "/docs/", "/_local/messages", "/_local/engine", "/nothing"]) {
      expect((await send("GET", path, { host })).status).toBe(403);
    }
    expect(ran).toEqual([]);
  });
  it("is answered with what to do, without repeating the name", async () => {
    const answer = await send("POST", "/api/io/Ping", { host: "evil.example" });
    expect(JSON.parse(answer.text)).toEqual({
      message:
        "Frontdesk answers to localhost only. To reach it by another name, start it with FRONTDESK_HOSTS=that.name",
    });
    expect(lines[0]).toMatch(/^POST \/api\/io\/Ping 403 Frontdesk answers to localhost only\. .+ \d+ ms$/);
    expect(lines[0]).not.toContain("evil");
  });
  it.each([
    "localhost",
    "LOCALHOST:1",
    "127.0.0.1:3000",
    "[::1]:3000",
    "riverside.localhost:3000",
    "desk.example",
    "Desk.Example:8443",
  ])("is not %s", async (host) => {
    expect((await send("POST", "/api/io/Ping", { host })).text).toBe("served");
  });
});

describe("a page of another site", () => {
  it.each(foreignPages)("may send calls to portals only: %s", async (_, headers) => {
    for (const row of otherRows) {
      const answer = await send(row.method === "GET" ? "POST" : row.method, pathOf(row), headers);
      expect([row.id, answer.status]).toEqual([row.id, 403]);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect((await send("OPTIONS", pathOf(row), headers)).status).toBe(403);
    }
    expect(ran).toEqual([]);
  });
  it.each(foreignPages.filter(([, headers]) => headers["sec-fetch-mode"] !== "navigate"))(
    "may read only what portals allow it to: %s",
    async (_, headers) => {
      const read = [...otherRows.filter(({ method }) => method === "GET").map(pathOf), "/", "/docs/", "/openapi.json"];
      for (const path of [...read, "/_local/", "/_local/messages", "/_local/engine", "/nothing"]) {
        expect([path, (await send("GET", path, headers)).status]).toEqual([path, 403]);
      }
      expect(ran).toEqual([]);
    },
  );
  it("reaches a portal with its origin, which the portal checks, and may send a preflight first", async () => {
    const page = { origin: "https://app.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
    for (const row of portalRows) {
      const path = row.id === "AccountPreflight" ? "/x/v2/accounts" : pathOf(row);
      expect([row.id, (await send(row.method, path, page)).text]).toEqual([row.id, "served"]);
    }
    for (const path of ["/x/y", "/docs/", "/_local/messages", "/api/io/Ping", "/therapist/organizations"]) {
      expect([path, (await send("OPTIONS", path, page)).status]).toEqual([path, 403]);
    }
    expect(ran).toEqual(portalRows.map(({ id }) => id));
  });
  it("reaches no portal without an origin, or by a form", async () => {
    const sandboxed = { origin: "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
    const form = { origin: "https://app.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    for (const row of portalRows.filter(({ method }) => method !== "GET")) {
      expect([row.id, (await send(row.method, pathOf(row), sandboxed)).status]).toEqual([row.id, 403]);
      expect([row.id, (await send(row.method, pathOf(row), form)).status]).toEqual([row.id, 403]);
    }
    expect(ran).toEqual([]);
  });
  it.each(foreignPages)("cannot delete the messages: %s", async (_, headers) => {
    expect((await send("DELETE", "/_local/messages", headers)).status).toBe(403);
    expect((await send("OPTIONS", "/_local/messages", headers)).status).toBe(403);
    expect(ran).toEqual([]);
  });
  it("may link here", async () => {
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    for (const path of ["/", "/docs/", "/_local/"]) expect((await send("GET", path, link)).text).toBe("served");
  });
});

describe("our own page", () => {
  it("may send everything, also through another port or a proxy", async () => {
    const own = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" };
    for (const headers of [
      own,
      { ...own, origin: `http://localhost:${gateway.port}` },
      { origin: `http://localhost:${gateway.port}` },
      { ...own, host: "localhost:8080", origin: "http://localhost:8080" },
      { host: "localhost:8080", origin: "http://localhost:8080" },
      // A proxy that replaces Host by its own.
      { ...own, host: "127.0.0.1:3000", origin: "https://desk.example" },
      { host: "127.0.0.1:3000", origin: "https://desk.example" },
      { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
    ]) {
      expect((await send("POST", "/api/io/PracticeCreate", headers)).text).toBe("served");
      expect((await send("GET", "/_local/messages", headers)).text).toBe("served");
      expect((await send("DELETE", "/_local/messages", headers)).text).toBe("served");
    }
  });
  it("does not learn the engine's address, as no page does", async () => {
    for (const headers of [
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
      { origin: `http://localhost:${gateway.port}` },
    ]) {
      const answer = await send("GET", "/_local/engine", headers);
      expect([answer.status, JSON.parse(answer.text).message]).toEqual([
        403,
        "This is for programs on this machine, not for web pages.",
      ]);
    }
    expect(ran).toEqual([]);
    expect((await send("GET", "/_local/engine")).text).toBe("served");
  });
});
