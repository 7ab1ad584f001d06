import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cleanUp, run, startServer, temporaryFolder } from "../kit/children.ts";

afterEach(cleanUp);

/** A copy of the example. @param isBuilt whether the client is there */
function newCopy(isBuilt = true): string {
  const folder = temporaryFolder();
  for (const name of ["examples", "package.json"]) cpSync(name, join(folder, name), { recursive: true });
  if (isBuilt) {
    mkdirSync(join(folder, "client/dist"), { recursive: true });
    writeFileSync(join(folder, "client/dist/client.js"), "export {};\n");
    writeFileSync(join(folder, "client/secret.js"), "secret");
  }
  return join(folder, "examples/serve.js");
}
const startExample = (environment: Record<string, string> = {}) =>
  startServer(newCopy(), /page is at (\S+)\/ and/, environment);

describe("npm run example", () => {
  it("serves the page, its files and the client, on this machine only, and says where", async () => {
    const { url, stdout } = await startExample();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(fetch(url.replace("127.0.0.1", "127.0.0.2"))).rejects.toThrow("fetch failed");
    expect(stdout()).toBe(`The sign-in page is at ${url}/ and calls http://localhost:3000. Ctrl-C stops it.\n`);
    const typeOf = async (path: string) => {
      const answer = await fetch(url + path);
      return [path, answer.status, answer.headers.get("content-type")];
    };
    expect(
      await Promise.all(["/", "/sign-in.js", "/sign-in.css", "/settings.js", "/client/client.js"].map(typeOf)),
    ).toEqual([
      ["/", 200, "text/html; charset=utf-8"],
      ["/sign-in.js", 200, "text/javascript; charset=utf-8"],
      ["/sign-in.css", 200, "text/css; charset=utf-8"],
      ["/settings.js", 200, "text/javascript; charset=utf-8"],
      ["/client/client.js", 200, "text/javascript; charset=utf-8"],
    ]);
  });

  it("allows files of its own and calls to Frontdesk, and no script, style or frame beyond them", async () => {
    const { url } = await startExample({ FRONTDESK_URL: "https://api.clinic.example/" });
    const page = await fetch(`${url}/?portal=riverside`);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src https://api.clinic.example; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    const html = await page.text();
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(await (await fetch(`${url}/settings.js`)).text()).toBe(
      'export const url = "https://api.clinic.example";\nexport const org = "riverside";\n',
    );
  });

  it("serves no other file, and takes no other method", async () => {
    const { url } = await startExample();
    for (const path of [
      "/serve.js",
      "/README.md",
      "/client/",
      "/client/secret.js",
      "/client/..%2fsecret.js",
      "/%",
      "//",
    ]) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
    }
    // The client's file was never built.
    expect((await fetch(`${url}/client/call.js`)).status).toBe(404);
    const posted = await fetch(`${url}/`, { method: "POST", body: "password=secret" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await fetch(`${url}/`, { method: "HEAD" })).status).toBe(200);
  });

  it("stops with one line when it cannot serve", async () => {
    const file = newCopy();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const complaint = async (environment: Record<string, string>, program = file) => {
      const { code, stderr } = await run(program, [], environment);
      return [code, stderr];
    };
    expect(await complaint({ FRONTDESK_URL: "localhost:3000" })).toEqual([
      1,
      'FRONTDESK_URL must be a URL such as http://localhost:3000, not "localhost:3000".\n',
    ]);
    expect(await complaint({ PORT: "many" })).toEqual([1, 'PORT must be a number from 0 to 65535, not "many".\n']);
    expect(await complaint({ PORT: String(port) })).toEqual([
      1,
      `Port ${port} is in use. Choose another one: PORT=8081 npm run example\n`,
    ]);
    expect(await complaint({ PORT: "0" }, newCopy(false))).toEqual([
      1,
      expect.stringMatching(/^The client is not built: .+client.dist.client\.js. Run npm run client\.\n$/),
    ]);
    other.close();
  });
});
