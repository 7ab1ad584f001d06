import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demo } from "../../local/demo.ts";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import { webPages } from "../../local/web.ts";
import { documents, webFiles, webHeaders } from "../../web/files.ts";
import "../kit/system.ts";

const { applicationId, applicationPassword, clientKey } = demo;
let gateway: Gateway;
let url: string;
beforeAll(async () => {
  gateway = await startGateway({ port: 0, pages: webPages(() => url), log: () => {} });
  url = `http://localhost:${gateway.port}`;
});
afterAll(() => gateway.close());

const fileOf = (wanted: string) => String(webFiles.find(({ path }) => path === wanted)?.file);

describe("the pages", () => {
  it.each(documents)("serve %s as in docs/, plus the address and the demo vendor of this machine", async (path) => {
    const answer = await fetch(`${url}${path}`);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const { servers, ...rest } = JSON.parse(await answer.text());
    expect(servers).toEqual([
      {
        url,
        description: "This machine.",
        "x-credentials": {
          application: { username: applicationId, password: applicationPassword },
          practiceId: "practice-1",
          clientKey,
        },
      },
    ]);
    const { servers: deployed, ...written } = JSON.parse(readFileSync(fileOf(path), "utf8"));
    // The first call of the introduction leads to this machine too.
    expect(written.info.description).toContain("curl http://localhost:3000/api/io/PracticeSave ");
    written.info.description = written.info.description.replace("http://localhost:3000", url);
    expect(rest).toEqual(written);
    expect(deployed).toEqual([{ url: "/", description: "Where this document is served." }]);
  });
  it("redirect from /docs to /docs/, whose headers forbid scripts and styles of other origins", async () => {
    const answer = await fetch(`${url}/docs`);
    expect(answer.url).toBe(`${url}/docs/`);
    expect(answer.status).toBe(200);
    for (const [name, value] of Object.entries(webHeaders)) expect(answer.headers.get(name)).toBe(value);
    const text = await answer.text();
    for (const path of documents) expect(text).toContain(`<a href="${path}">`);
    expect(text).not.toMatch(/<style|style=|<script>/);
  });
  it("serve the page of errors, to which problems and messages of the client lead", async () => {
    const answer = await fetch(`${url}/docs/errors.html`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    for (const [name, value] of Object.entries(webHeaders)) expect(answer.headers.get(name)).toBe(value);
    const text = await answer.text();
    expect(text).toContain('id="therapists-404"');
    expect(text).not.toMatch(/<style|style=|<script/);
  });
  it("serve the look that all pages share", async () => {
    const answer = await fetch(`${url}/docs/look.css`);
    expect(answer.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(await answer.text()).toBe(readFileSync("web/look.css", "utf8"));
  });
});
