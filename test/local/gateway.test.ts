import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { afterEach, describe, expect, it, vi } from "vitest";
import { functionSecondsMax } from "../../lib/operations.ts";
import type { Answer } from "../../local/answer.ts";
import { type Gateway, type GatewayOptions, type Handler, startGateway } from "../../local/gateway.ts";
import { Complaint } from "../../tools/complaint.ts";

process.env.LOG_LEVEL = "SILENT";

const open: Gateway[] = [];
const servers: Server[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Starts a gateway on a free port, and keeps its log lines. */
async function start(options: Partial<GatewayOptions> = {}) {
  const lines: string[] = [];
  const gateway = await startGateway({ port: 0, log: (line) => lines.push(line), ...options });
  open.push(gateway);
  return { ...gateway, url: `http://127.0.0.1:${gateway.port}`, lines };
}

/** Starts a gateway with one function, which records its events and contexts. */
async function startBefore(answer: Answer | ((event: APIGatewayProxyEventV2) => Promise<Answer>)) {
  const events: APIGatewayProxyEventV2[] = [];
  const contexts: Partial<Context>[] = [];
  const rows: string[] = [];
  const handler: Handler = async (event, context) => {
    events.push(event);
    contexts.push(context);
    return typeof answer === "function" ? answer(event) : answer;
  };
  const handlerOf: GatewayOptions["handlerOf"] = async ({ id }) => {
    rows.push(id);
    return handler;
  };
  return { ...(await start({ handlerOf })), events, contexts, rows };
}

/** Sends a request exactly as written. Returns the raw answer. */
async function sendRaw(port: number, lines: readonly string[], body = ""): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write([...lines, `Content-Length: ${body.length}`, "Connection: close", "", body].join("\r\n"));
  return text(socket);
}

/** Begins a request whose body the test writes. */
function beginPost(port: number, headers: Record<string, string | number>) {
  const request = httpRequest({ host: "127.0.0.1", port, method: "POST", path: "/api/io/Ping", headers });
  // The gateway may answer and close the connection while the body is still being written.
  request.on("error", () => {});
  const answered = once(request, "response").then(async ([response]: IncomingMessage[]) => ({
    status: response?.statusCode,
    type: response?.headers["content-type"],
    text: response ? await text(response) : "",
  }));
  return { request, answered };
}

describe("the gateway with the registry's functions", () => {
  it("answers at each address of an operation", async () => {
    const { url, lines } = await start();
    for (const path of ["/api/io/Ping", "/api/io/ping", "/io/Ping", "/io/ping"]) {
      const answer = await fetch(url + path, { method: "POST", body: "{}" });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.json()).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000 });
    }
    expect(lines.map((line) => line.replace(/ \d+ ms$/, ""))).toEqual([
      "POST /api/io/Ping 2000",
      "POST /api/io/ping 2000",
      "POST /io/Ping 2000",
      "POST /io/ping 2000",
    ]);
  });

  it("answers unknown paths with 404 and other verbs with 405", async () => {
    const { url } = await start();
    const unknown = await fetch(`${url}/api/io/Nothing`, { method: "POST", body: "{}" });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ successful: false, responseCode: 4000 });
    const verb = await fetch(`${url}/api/io/Ping`);
    expect(verb.status).toBe(405);
    expect(verb.headers.get("allow")).toBe("POST");
    expect(await verb.json()).toMatchObject({ successful: false, responseCode: 4000 });
  });

  it("answers HEAD without a body", async () => {
    const { port, lines } = await start();
    const answer = await sendRaw(port, ["HEAD /api/io/Ping HTTP/1.1", "Host: localhost"]);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toMatch(/\r\nallow: POST\r\n/i);
    expect(answer.split("\r\n\r\n")[1]).toBe("");
    expect(lines[0]).toMatch(/^HEAD \/\{org\}\/\{page\+\} 405 \d+ ms$/);
  });

  it("reads a request target that is a whole URL", async () => {
    const { port } = await start();
    const head = ["POST http://somewhere.example/api/io/Ping HTTP/1.1", "Host: localhost"];
    const answer = await sendRaw(port, head, "{}");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"responseCode":2000');
  });
});

describe("a function's input", () => {
  it("is the request as an event, and a Lambda context", async () => {
    const { url, events, contexts, rows } = await startBefore({ statusCode: 204 });
    const headers = { cookie: "a=1; b=2", "content-type": "application/json", "x-name": "value" };
    await fetch(`${url}/api/io/PracticeGet?x=1&x=2`, { method: "POST", headers, body: '{"a":"é"}' });
    expect(rows).toEqual(["PracticeGet"]);
    expect(events[0]).toMatchObject({
      version: "2.0",
      routeKey: "POST /api/io/PracticeGet",
      rawPath: "/api/io/PracticeGet",
      rawQueryString: "x=1&x=2",
      queryStringParameters: { x: "1,2" },
      cookies: ["a=1", "b=2"],
      headers: { "x-name": "value" },
      body: '{"a":"é"}',
      isBase64Encoded: false,
    });
    expect(events[0]?.requestContext.http.sourceIp).toBe("127.0.0.1");
    expect(contexts[0]?.functionName).toBe("PracticeGet");
    expect(contexts[0]?.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    const remaining = contexts[0]?.getRemainingTimeInMillis?.() ?? -1;
    expect(remaining).toBeGreaterThanOrEqual(0);
    expect(remaining).toBeLessThanOrEqual(15_000);
  });

  it("has the values of repeated headers joined", async () => {
    const { port, events } = await startBefore({ statusCode: 204 });
    await sendRaw(port, ["POST /api/io/Ping HTTP/1.1", "Host: localhost", "X-Twice: first", "x-twice: second"]);
    expect(events[0]?.headers["x-twice"]).toBe("first,second");
  });

  it.each([
    ["http://somewhere.example/api/io/Ping?a=b", "/api/io/Ping", "a=b"],
    ["HTTPS://user@somewhere.example:8443/x", "/x", ""],
    ["http://somewhere.example", "/", ""],
    ["http://somewhere.example?a=b", "/", "a=b"],
    ["/at?url=http://somewhere.example/path", "/at", "url=http://somewhere.example/path"],
    ["//somewhere.example/api/io/Ping", "//somewhere.example/api/io/Ping", ""],
  ])("has of the target %s path and query", async (target, path, query) => {
    const { port, events } = await startBefore({ statusCode: 204 });
    await sendRaw(port, [`GET ${target} HTTP/1.1`, "Host: localhost"]);
    expect(events.map(({ rawPath, rawQueryString }) => [rawPath, rawQueryString])).toEqual([[path, query]]);
  });

  it("has a body that is not text in base64", async () => {
    const { url, events } = await startBefore({ statusCode: 204 });
    const body = new Uint8Array([0, 255, 128]);
    await fetch(`${url}/api/io/Ping`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body,
    });
    expect([events[0]?.body, events[0]?.isBase64Encoded]).toEqual(["AP+A", true]);
  });
});

describe("a function's answer", () => {
  it("is sent with its status, headers and body", async () => {
    const headers = { "content-type": "application/problem+json", "x-number": 7, "x-yes": true };
    const { url } = await startBefore({ statusCode: 418, headers, body: '{"é":1}' });
    const answer = await fetch(url);
    expect(answer.status).toBe(418);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("x-number")).toBe("7");
    expect(answer.headers.get("x-yes")).toBe("true");
    expect(answer.headers.get("content-length")).toBe("8");
    expect(await answer.text()).toBe('{"é":1}');
  });

  it("sets each cookie in its own header", async () => {
    const cookies = ["a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2; HttpOnly"];
    const { url } = await startBefore({ statusCode: 200, cookies, body: "ok" });
    expect((await fetch(url)).headers.getSetCookie()).toEqual(cookies);
  });

  it("is bytes when it is base64-encoded", async () => {
    const body = Buffer.from([0, 255, 128, 10]).toString("base64");
    const headers = { "content-type": "image/png" };
    const { url } = await startBefore({ statusCode: 200, headers, body, isBase64Encoded: true });
    expect([...new Uint8Array(await (await fetch(url)).arrayBuffer())]).toEqual([0, 255, 128, 10]);
  });

  it("is sent as text when it has no content type, and without a content type when it has no body", async () => {
    const { url } = await startBefore(async ({ rawPath }) =>
      rawPath === "/empty" ? { statusCode: 204 } : { statusCode: 200, body: "plain" },
    );
    expect((await fetch(url)).headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const empty = await fetch(`${url}/empty`);
    expect([empty.status, empty.headers.get("content-type"), await empty.text()]).toEqual([204, null, ""]);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("the reason stays here"))],
    ["answers nothing", async () => undefined as unknown as Answer],
    ["answers a header that is none", async () => ({ statusCode: 200, headers: { good: "1", bad: "a\nb" } })],
  ])("is an internal error when it %s", async (_, answer) => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const { url, lines } = await startBefore(answer);
    const response = await fetch(`${url}/api/io/Ping`, { method: "POST", body: "{}" });
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("good")).toBeNull();
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
    expect(said).toHaveBeenCalledOnce();
    expect(said.mock.calls[0]?.[0]).toBe("Ping crashed:");
    expect(lines[0]).toMatch(/^POST \/api\/io\/Ping 500 Internal Server Error \d+ ms$/);
  });

  it("is an internal error when the function's code does not load, and the gateway still works", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { url } = await start({
      handlerOf: async ({ id }) => {
        if (id === "Ping") throw new Error("no such module");
        return async () => ({ statusCode: 200, body: "fine" });
      },
    });
    expect((await fetch(`${url}/io/Ping`, { method: "POST" })).status).toBe(500);
    expect(await (await fetch(`${url}/io/PracticeGet`, { method: "POST" })).text()).toBe("fine");
  });
});

describe("a function that takes too long", () => {
  it("is answered as in AWS, where it would be ended", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const late = Promise.withResolvers<Answer>();
    const { url } = await start({ functionMsMax: 20, handlerOf: async () => () => late.promise });
    const answer = await fetch(`${url}/api/io/Ping`, { method: "POST", body: "{}" });
    expect([answer.status, await answer.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(said.mock.calls[0]).toEqual(["Ping crashed:", new Error("took longer than 20 ms")]);
    late.resolve({ statusCode: 200, body: "too late" });
  });
  it("can ask how much time is left, and the time decreases", async () => {
    const left: number[] = [];
    const handlerOf: GatewayOptions["handlerOf"] = async () => async (_, context) => {
      const remaining = () => context.getRemainingTimeInMillis?.() ?? -1;
      left.push(remaining());
      await expect.poll(remaining).toBeLessThan(left[0] ?? 0);
      return { statusCode: 204 };
    };
    const { url } = await start({ handlerOf });
    expect((await fetch(url)).status).toBe(204);
    expect(left[0]).toBeGreaterThan(0);
    expect(left[0]).toBeLessThanOrEqual(1000 * functionSecondsMax);
  });
});

describe("the gateway's own answers", () => {
  it("have a request id each, and forbid guessing the content type (nosniff)", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const page = () => ({ statusCode: 200, body: "page" });
    const handlerOf: GatewayOptions["handlerOf"] = async () => () => Promise.reject(new Error("crash"));
    const { url, port } = await start({ handlerOf, pages: { "GET /page": page } });
    const tooLarge = Buffer.alloc(10 * 1024 * 1024 + 1);
    const answers = [
      await fetch(`${url}/page`),
      await fetch(`${url}/api/io/Ping`, { method: "POST", body: "{}" }),
      await fetch(`${url}/api/io/Ping`, { method: "POST", body: tooLarge }),
      await fetch(`${url}/api/io/Ping`, { method: "POST", headers: { origin: "https://evil.example" } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 413, 403]);
    const ids = answers.map(({ headers }) => headers.get("frontdesk-request-id"));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(4);
    for (const { headers } of answers) expect(headers.get("x-content-type-options")).toBe("nosniff");
    const head = await sendRaw(port, ["HEAD /page HTTP/1.1", "Host: localhost"]);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head.split("\r\n\r\n")[1]).toBe("");
  });
});

describe("an address that no operation has", () => {
  const html = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

  it("answers people with a page", async () => {
    const { url, lines } = await start();
    const answer = await fetch(`${url}/no%3Cb%3Ething?token=secret`, { headers: html });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'none'");
    const page = await answer.text();
    expect(page).toContain('<html lang="en">');
    expect(page).toContain("<title>404 Not Found · Frontdesk</title>");
    expect(page).toContain("<p>There is nothing at this address.</p>");
    expect(page).toContain('<a href="/">');
    expect(page).not.toMatch(/secret|thing\?|<b>/);
    expect(lines[0]).toMatch(/^GET \/\{org\} 404 \d+ ms$/);
  });
  it("tells people which methods an operation's address accepts", async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/api/io/Ping`, { headers: html });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await answer.text()).toContain("<p>This address is for programs: it takes POST.</p>");
  });
  it("answers programs in the format of each family", async () => {
    const { url } = await start();
    for (const [path, type, code] of [
      ["/api/io/Nothing", "application/json; charset=utf-8", { responseCode: 4000 }],
      ["/therapist/nothing", "application/problem+json", { status: 404 }],
      ["/riverside/v2/accounts/me/a/b/c?d", "application/json; charset=utf-8", { code: "kUnsupportedOperation" }],
    ] as const) {
      for (const headers of [{}, { accept: "*/*" }, { accept: "application/json" }]) {
        const answer = await fetch(url + path, { method: path.startsWith("/riv") ? "DELETE" : "GET", headers });
        expect(answer.headers.get("content-type")).toBe(type);
        expect(await answer.json()).toMatchObject(code);
      }
    }
    const posted = await fetch(`${url}/nothing`, { method: "POST", headers: html });
    expect([posted.status, posted.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });
});

describe("a body", () => {
  const limit = 10 * 1024 * 1024;
  const refusal = { status: 413, type: "application/json", text: '{"message":"Request Entity Too Large"}' };

  it("may have 10 MB", async () => {
    const { port, events } = await startBefore({ statusCode: 200, body: "taken" });
    const { request, answered } = beginPost(port, { "content-type": "text/plain" });
    request.end(Buffer.alloc(limit, "x"));
    expect(await answered).toMatchObject({ status: 200, text: "taken" });
    expect(events[0]?.body?.length).toBe(limit);
  });

  it("is refused by its content-length, before it is sent", async () => {
    const { port, events, lines } = await startBefore({ statusCode: 200 });
    const { request, answered } = beginPost(port, { "content-length": limit + 1 });
    request.flushHeaders();
    expect(await answered).toEqual(refusal);
    request.destroy();
    expect(events).toEqual([]);
    expect(lines[0]).toMatch(/^POST \/api\/io\/Ping 413 Request Entity Too Large \d+ ms$/);
  });

  it("is refused when more than 10 MB arrive", async () => {
    const { port, events } = await startBefore({ statusCode: 200 });
    const { request, answered } = beginPost(port, { "transfer-encoding": "chunked" });
    request.write(Buffer.alloc(limit));
    request.write("x");
    expect(await answered).toEqual(refusal);
    request.destroy();
    expect(events).toEqual([]);
  });

  it("that never ends reaches no function", async () => {
    const { port, url, events } = await startBefore({ statusCode: 200, body: "next" });
    const socket = connect(port, "127.0.0.1");
    socket.end("POST /api/io/Ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
    await text(socket);
    expect(await (await fetch(url)).text()).toBe("next");
    expect(events.map(({ rawPath }) => rawPath)).toEqual(["/"]);
  });
});

describe("an address with its headers", () => {
  /** A GET whose request line and header values have so many bytes. Names of headers do not count. */
  const headOf = (bytes: number) => {
    const fixed = "GET /?where= HTTP/1.1".length + "localhost".length + "0".length + "close".length;
    return [`GET /?where=${"x".repeat(bytes - fixed)} HTTP/1.1`, "Host: localhost"];
  };

  it("may have 10,240 bytes, as in AWS", async () => {
    const { port, events } = await startBefore({ statusCode: 200, body: "taken" });
    expect(await sendRaw(port, headOf(10_240))).toMatch(/^HTTP\/1\.1 200 .*taken$/s);
    expect(events).toHaveLength(1);
  });

  // A query of more than 16 KB ended in a connection that was reset: Node answered, and did not read the rest.
  it.each([10_241, 20_000, 900_000])("is refused with %i bytes, and the client can read why", async (bytes) => {
    const { port, events, lines } = await startBefore({ statusCode: 200, body: "taken" });
    const answer = await sendRaw(port, headOf(bytes));
    expect(answer).toMatch(/^HTTP\/1\.1 431 .*\r\ncontent-type: application\/json\r\n/s);
    expect(answer.split("\r\n\r\n")[1]).toBe('{"message":"Request Header Fields Too Large"}');
    expect(events).toEqual([]);
    expect(lines[0]).toMatch(/^GET .* 431 Request Header Fields Too Large \d+ ms$/);
  });

  it("is refused for large values of headers, also where the gateway itself has a page", async () => {
    const { port, lines } = await start({ pages: { "GET /page": () => ({ statusCode: 200, body: "page" }) } });
    const cookies = Array.from({ length: 11 }, (_, place) => `Cookie: c${place}=${"x".repeat(1000)}`);
    expect(await sendRaw(port, ["GET /page HTTP/1.1", "Host: localhost", ...cookies])).toMatch(/^HTTP\/1\.1 431 /);
    expect(lines).toHaveLength(1);
  });
});

describe("the log", () => {
  it("names the route, never the path or the query", async () => {
    const { url, lines } = await startBefore({ statusCode: 404 });
    await fetch(`${url}/reset/token-in-the-path?token=in-the-query`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^GET \/\{org\}\/\{page\+\} 404 \d+ ms$/);
  });
});

describe("pages of the gateway itself", () => {
  it("take precedence over the registry, by method and path", async () => {
    const page = () => ({ headers: { "content-type": "text/html" }, body: "<p>here</p>" });
    const { url, lines } = await start({ pages: { "GET /_local/page": page } });
    const answer = await fetch(`${url}/_local/page?x=1`);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "text/html",
      "<p>here</p>",
    ]);
    expect(lines[0]).toMatch(/^GET \/_local\/page 200 \d+ ms$/);
    expect((await fetch(`${url}/_local/page`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${url}/_local/other`)).status).toBe(404);
  });
});

describe("listening", () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

  async function occupy(host: string, port = 0): Promise<number> {
    const server = createServer();
    servers.push(server);
    server.listen(port, host);
    await once(server, "listening");
    return (server.address() as { port: number }).port;
  }

  it("is on both addresses of localhost", async () => {
    const { port } = await start();
    const hosts = ["127.0.0.1", "localhost", ...(hasIpv6 ? ["[::1]"] : [])];
    for (const host of hosts) {
      expect((await fetch(`http://${host}:${port}/io/Ping`, { method: "POST", body: "{}" })).status).toBe(200);
    }
  });

  it("reports a port that is in use", async () => {
    const port = await occupy("127.0.0.1");
    const complaint = new Complaint(
      `Port ${port} is in use: stop what listens there, or choose another one with PORT.`,
    );
    await expect(start({ port })).rejects.toThrow(complaint);
  });

  it.runIf(hasIpv6)("reports a port that is in use on one address, and releases the other address", async () => {
    const port = await occupy("::1");
    await expect(start({ port })).rejects.toThrow(Complaint);
    expect(await occupy("127.0.0.1", port)).toBe(port);
  });

  it("ends when the last answer has been sent", async () => {
    let finish = (_: Answer) => {};
    const asked = Promise.withResolvers<void>();
    const gateway = await startBefore(
      () =>
        new Promise<Answer>((resolve) => {
          finish = resolve;
          asked.resolve();
        }),
    );
    const answer = fetch(gateway.url);
    await asked.promise;
    const closed = gateway.close();
    finish({ statusCode: 200, body: "the last" });
    expect(await (await answer).text()).toBe("the last");
    await closed;
    await expect(fetch(gateway.url)).rejects.toThrow();
  });
});
