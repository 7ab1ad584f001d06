import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPortal, type PortalBuild } from "../../web/portal/build.ts";
import { freePort, type Instance, startSharedInstance } from "../kit/children.ts";

/** `npm start` serves the pages of portals as AWS does: HTML by a function, scripts and styles as files. */

let instance: Instance;
let built: PortalBuild;
let port: number;
beforeAll(async () => {
  port = await freePort();
  instance = await startSharedInstance({ PORT: String(port), PORTAL_URL: `http://{org}.localhost:${port}` }, [
    "--memory",
  ]);
  built = await buildPortal();
});
afterAll(() => instance?.kill("SIGTERM"));

type Headers = Readonly<Record<string, string>>;
const browser = { accept: "text/html" };

/** Sends a request with exactly these headers, to `localhost` unless a host is given. */
async function send(method: string, path: string, headers: Headers = {}) {
  const host = `localhost:${port}`;
  const request = httpRequest({ host: "127.0.0.1", port, method, path, headers: { host, ...headers } });
  request.end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve).once("error", reject);
  });
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}
const riverside = (): Headers => ({ host: `riverside.localhost:${port}` });

describe("a page of a portal", () => {
  it.each([
    ["/riverside/verify?token=x", "/riverside"],
    ["/riverside/", "/riverside"],
    ["/riverside", "/riverside"],
  ])("is found by path: %s", async (path, base) => {
    const { status, text, headers } = await send("GET", path, browser);
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(text).toContain(`data-org="riverside" data-base="${base}"`);
    expect(text).toContain(`src="/_portal/${built.script}"`);
    expect(text).toContain(`href="/_portal/${built.style}"`);
  });

  it.each(["/", "/verify?token=x", "/sharing"])("is found by host: %s", async (path) => {
    const { status, text } = await send("GET", path, { ...browser, ...riverside() });
    expect(status).toBe(200);
    expect(text).toContain('data-org="riverside" data-base=""');
  });

  it("names no file that is not there", async () => {
    const { text } = await send("GET", "/riverside/");
    const names = [...text.matchAll(/\/_portal\/[^"]*/g)].map(([path]) => path);
    expect(names).toHaveLength(2);
    for (const name of names) expect((await send("GET", name)).status).toBe(200);
  });

  it("is at its host only where a portal's first page is: all other addresses are the same at every host", async () => {
    expect((await send("GET", "/", browser)).text).not.toContain("data-org");
    for (const path of ["/docs/", "/_local/", "/openapi.core.json"]) {
      const here = await send("GET", path);
      expect([here.status, (await send("GET", path, riverside())).text]).toEqual([200, here.text]);
    }
  });

  it("allows the local bucket in its policy", async () => {
    const { headers } = await send("GET", "/riverside/");
    expect(headers["content-security-policy"]).toMatch(
      /connect-src 'self' http:\/\/[\w.:-]+; img-src 'self' data: blob: http:/,
    );
  });

  it("is a page for people, too, where there is none", async () => {
    const { status, text } = await send("GET", "/riverside/nothing", browser);
    expect([status, text.includes('data-org="riverside"')]).toEqual([404, true]);
  });
});

describe("a file of portals' pages", () => {
  it("has its bytes, its type, and is kept by browsers for good, at every host", async () => {
    expect(built.files.length).toBeGreaterThan(1);
    for (const { path, file, mediaType } of built.files) {
      for (const headers of [{}, riverside()]) {
        const answer = await send("GET", path, headers);
        expect([answer.status, answer.text]).toEqual([200, readFileSync(file, "utf8")]);
        expect(answer.headers).toMatchObject({
          "content-type": mediaType,
          "cache-control": "public, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
        });
      }
    }
    const types = new Set(built.files.map(({ mediaType }) => mediaType));
    expect([...types].sort()).toEqual(["text/css; charset=utf-8", "text/javascript; charset=utf-8"]);
  });

  it("answers HEAD like GET, without the body", async () => {
    const path = `/_portal/${built.script}`;
    const { date, ...headers } = (await send("GET", path)).headers;
    const answer = await send("HEAD", path);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers["content-type"]).toBe(headers["content-type"]);
    expect(answer.headers["cache-control"]).toBe(headers["cache-control"]);
  });

  it.each(["main-00000000.js", "", "../package.json", "%2e%2e/package.json", "..%2Fpackage.json", "a/b.js"])(
    "that is not there is a 404, which browsers do not keep: %j",
    async (name) => {
      for (const headers of [{}, browser, riverside()]) {
        const answer = await send("GET", `/_portal/${name}`, headers);
        expect([answer.status, answer.text]).toEqual([404, '{"message":"Not Found"}']);
        expect(answer.headers["cache-control"]).toBe("no-store");
      }
    },
  );

  it("has no other verb", async () => {
    for (const method of ["POST", "PUT", "DELETE"]) {
      expect((await send(method, `/_portal/${built.script}`)).status).toBe(404);
    }
  });
});

describe("pages of other sites", () => {
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  it("cannot read pages or files of portals", async () => {
    for (const path of ["/riverside/verify", `/_portal/${built.script}`]) {
      for (const headers of [{ ...foreign, "sec-fetch-mode": "cors" }, { "sec-fetch-site": "cross-site" }]) {
        const answer = await send("GET", path, headers);
        expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
      }
      expect((await send("GET", path, { host: "evil.example" })).status).toBe(403);
    }
  });

  it("may link to pages", async () => {
    const link = { ...browser, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await send("GET", "/riverside/verify", link)).status).toBe(200);
  });
});
