import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { routeOf } from "../../lib/api/routes.ts";
import { demo } from "../../local/demo.ts";
import { smoke } from "../../tools/smoke-checks.ts";
import { cleanUp, freePort, type Instance, run, startSharedInstance } from "../kit/children.ts";

/** `npm run smoke` against `npm start`, and against servers that are wrong in one thing each. */

const program = fileURLToPath(new URL("../../tools/smoke.ts", import.meta.url));
const application = {
  FRONTDESK_APPLICATION_ID: demo.applicationId,
  FRONTDESK_APPLICATION_PASSWORD: demo.applicationPassword,
};
let instance: Instance;
beforeAll(async () => {
  instance = await startSharedInstance({}, ["--memory"]);
});
afterAll(() => instance.kill("SIGKILL"));
afterEach(cleanUp);

interface Passed {
  readonly method: string;
  readonly path: string;
  status: number;
  readonly headers: Headers;
  body: string;
}

/** Runs `npm run smoke`'s checks through a server that changes answers of the real one. Returns the lines about failures. */
async function smokeThrough(change: (answer: Passed) => void, pages = true): Promise<string[]> {
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const { host: _, connection: __, "transfer-encoding": ___, ...sent } = headers;
    const body = await buffer(request);
    const real = await fetch(instance.url + path, {
      method,
      headers: sent as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
    const answer = { method, path, status: real.status, headers: new Headers(real.headers), body: await real.text() };
    change(answer);
    for (const name of ["content-length", "connection", "keep-alive", "date"]) answer.headers.delete(name);
    response.writeHead(answer.status, [...answer.headers].flat()).end(answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const lines: string[] = [];
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { counts } = await smoke({ url, pages, connectSecondsMax: 0 }, (line) => lines.push(line));
    const failures = lines.filter((line) => line.startsWith("FAILED"));
    expect(counts).toEqual({ passed: lines.length - failures.length, failed: failures.length });
    return failures.map((line) => line.replace(/^FAILED +/, ""));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("passes against npm start, also with an application, and prints the counts last", async () => {
  const without = await run(program, ["--url", instance.url], {});
  expect(without).toMatchObject({ code: 0, stderr: "" });
  expect(without.stdout).toMatch(/\n13 passed, 0 failed\n$/);
  const withApplication = await run(program, ["--url", `${instance.url}/`], application);
  expect(withApplication).toMatchObject({ code: 0, stderr: "" });
  expect(withApplication.stdout).toMatch(/\n14 passed, 0 failed\n$/);
  expect(withApplication.stdout).not.toContain(demo.applicationPassword);
});

it("ends with 1, and one line that says what is wrong, when a secret is wrong", async () => {
  const wrong = { ...application, FRONTDESK_APPLICATION_PASSWORD: "wrong-password" };
  const { code, stdout } = await run(program, ["--url", instance.url, "--no-pages"], wrong);
  expect(code).toBe(1);
  expect(stdout.split("\n").filter((line) => line.startsWith("FAILED"))).toEqual([
    "FAILED  the application reads its practices: successful is false, not true",
  ]);
  expect(stdout).toMatch(/\n10 passed, 1 failed\n$/);
});

it("calls only operations that write nothing", async () => {
  const called = new Map<string, string>();
  await smokeThrough(({ method, path }) => {
    const { id, table } = routeOf(method, path).row;
    called.set(id, table);
  });
  expect([...called.keys()]).toEqual(expect.arrayContaining(["Ping", "PracticeList", "OrganizationList", "PortalGet"]));
  expect([...called].filter(([, table]) => table === "write")).toEqual([]);
});

const of =
  (method: string, path: RegExp, change: (answer: Passed) => void) =>
  (answer: Passed): void => {
    if (answer.method === method && path.test(answer.path)) change(answer);
  };
const field = (name: string, value: unknown) => (answer: Passed) => {
  answer.body = JSON.stringify({ ...JSON.parse(answer.body), [name]: value });
};
const status = (value: number) => (answer: Passed) => {
  answer.status = value;
};
const without = (name: string) => (answer: Passed) => answer.headers.delete(name);

const wrongServers: Readonly<Record<string, readonly [(answer: Passed) => void, string | RegExp]>> = {
  "a ping that fails": [
    of("POST", /Ping$/, field("responseCode", 5000)),
    "Ping answers 2000: responseCode is 5000, not 2000",
  ],
  "a gateway that has no integration": [
    of("POST", /Ping$/, (answer) => {
      answer.status = 500;
      answer.body = '{"message":"Internal Server Error"}';
    }),
    'Ping answers 2000: it answers 500, not 200: {"message":"Internal Server Error"}',
  ],
  "an answer that is no JSON": [
    of("POST", /Ping$/, (answer) => {
      answer.body = "<html>";
    }),
    "Ping answers 2000: the body is no JSON object: <html>",
  ],
  "an application that is not refused": [
    of("POST", /PracticeList$/, field("responseCode", 2000)),
    /refuses (a caller|an application).*responseCode is 2000, not 4010$/,
  ],
  "an HTTP status that /api/io does not use": [
    of("POST", /PracticeList$/, status(401)),
    /refuses (a caller|an application).*answers 401, not 200/,
  ],
  "therapists for strangers": [of("GET", /^\/therapist/, status(200)), /^\/therapist refuses.*answers 200, not 401/],
  "a refusal of therapists in another form": [
    of("GET", /^\/therapist/, (answer) => answer.headers.set("content-type", "application/json")),
    /^\/therapist refuses.*it is application\/json, not application\/problem\+json$/,
  ],
  "a refusal that names another request": [
    of("GET", /^\/therapist/, field("instance", "other")),
    /instance is "other"/,
  ],
  "no challenge": [of("GET", /^\/therapist/, without("www-authenticate")), /www-authenticate is missing$/],
  "a portal that lets strangers in": [
    of("GET", /accounts\/me$/, status(200)),
    /^a portal refuses.*answers 200, not 403/,
  ],
  "a fault with another code": [
    of("GET", /accounts\/me$/, field("code", "kError")),
    /code is "kError", not "kAccessDenied"$/,
  ],
  "a table that functions may not read": [
    of("GET", /\/v2\/$/, status(500)),
    /^a portal that does not exist.*500, not 404/,
  ],
  "HEAD that is not routed": [of("HEAD", /./, status(404)), /^HEAD answers like GET.*answers 404, not 401/],
  "an unknown path that the gateway answers itself": [
    of("GET", /no\/such/, (answer) => {
      answer.headers.set("content-type", "application/json");
      answer.body = '{"message":"Not Found"}';
    }),
    /^an unknown path is not found: it is application\/json/,
  ],
  "a portal that every page may call": [
    of("OPTIONS", /./, (answer) => answer.headers.set("access-control-allow-origin", "*")),
    "a page of a foreign origin may not call a portal: it allows *",
  ],
  "an answer without HSTS": [
    of("OPTIONS", /./, without("strict-transport-security")),
    /OPTIONS .*: strict-transport-security is missing$/,
  ],
  "an answer whose type browsers may guess": [
    of("POST", /Ping$/, without("x-content-type-options")),
    /x-content-type-options is missing$/,
  ],
  "an answer without a request id": [
    of("GET", /no\/such/, without("frontdesk-request-id")),
    /frontdesk-request-id is missing$/,
  ],
  "two answers with one request id": [
    of("POST", /./, (answer) => answer.headers.set("frontdesk-request-id", "always-the-same")),
    /two answers have the same frontdesk-request-id$/,
  ],
  "no page of the API": [of("GET", /^\/docs/, status(502)), /^the page of the API is served: it answers 502, not 200/],
  "another page in its place": [
    of("GET", /^\/docs/, (answer) => {
      answer.body = "<!doctype html><title>Welcome</title>";
    }),
    "the page of the API is served: it is another page",
  ],
  "another document": [
    of("GET", /core\.json$/, field("openapi", "2.0")),
    "the documents of the API are served: /openapi.core.json is no OpenAPI document",
  ],
  "a page of portals without its files": [
    of("GET", /^\/_portal\/.*\.js$/, status(404)),
    /^the page of a portal.*js answers 404, not 200/,
  ],
  "no page of portals": [
    of("GET", /nobody\/$/, status(404)),
    /^the page of a portal is served, with its files: it answers 404/,
  ],
};

it.each(Object.entries(wrongServers))("fails because of %s", async (_, [change, wanted]) => {
  const failures = await smokeThrough(change);
  expect(failures.length).toBeGreaterThan(0);
  for (const failure of failures) expect(failure).not.toContain("\n");
  if (typeof wanted === "string") expect(failures).toContain(wanted);
  else expect(failures.some((failure) => wanted.test(failure))).toBe(true);
});

it("asks for no pages with --no-pages", async () => {
  const asked: string[] = [];
  expect(await smokeThrough(({ path }) => asked.push(path), false)).toEqual([]);
  expect(asked.filter((path) => /^\/(docs|openapi|_portal)/.test(path))).toEqual([]);
});

it("tries again when a connection fails, and repeats no answer", async () => {
  let [connections, requests] = [0, 0];
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(503).end();
  });
  server.on("connection", (socket) => {
    connections += 1;
    if (connections === 1) socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const lines: string[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { counts } = await smoke({ url, pages: false, connectSecondsMax: 30 }, (line) => lines.push(line));
  server.closeAllConnections();
  server.close();
  expect(lines[0]).toMatch(/^FAILED {2}Ping answers 2000: it answers 503, not 200/);
  // The check of the headers calls nothing.
  expect({ ...counts, requests }).toEqual({ passed: 0, failed: 10, requests: 9 });
});

it("fails when nothing ever listens", async () => {
  const lines: string[] = [];
  const url = `http://127.0.0.1:${await freePort()}`;
  await smoke({ url, pages: false, connectSecondsMax: 0 }, (line) => lines.push(line));
  expect(lines[0]).toMatch(/^FAILED {2}Ping answers 2000: connect ECONNREFUSED/);
  expect(lines.at(-1)).toBe("FAILED  answers have a request id of their own, HSTS and nosniff: nothing answered");
});

it.each([
  [[], /^Usage: /],
  [["--url"], /^Usage: /],
  [["--url", "nonsense"], /^Usage: /],
  [["--url", "https://a.example", "--other"], /^Usage: /],
  [["--url", "http://api.clinic.org"], /^--url must be https/],
  [["--url", "https://api.clinic.org/docs"], /^--url must be a name without a path/],
])("refuses the options %j in one line", async (args, complaint) => {
  const { code, stdout, stderr } = await run(program, args, {});
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(complaint);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

it("refuses half of an application's credentials", async () => {
  const { code, stderr } = await run(program, ["--url", instance.url], { FRONTDESK_APPLICATION_ID: "demo" });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "FRONTDESK_APPLICATION_ID and FRONTDESK_APPLICATION_PASSWORD go together.\n",
  });
});
