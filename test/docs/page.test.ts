import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import { webPages } from "../../local/web.ts";
import { webHeaders } from "../../web/files.ts";
import { call } from "../system.ts";
import { documentText } from "./document.ts";
import { startAnew } from "./givens.ts";

let gateway: Gateway;
let url: string;
beforeAll(async () => {
  await startAnew();
  gateway = await startGateway({ port: 0, pages: webPages, log: () => {} });
  url = `http://localhost:${gateway.port}`;
});
afterAll(() => gateway.close());

describe("the pages", () => {
  it("serve the document as it is written", async () => {
    const answer = await fetch(`${url}/openapi.json`);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.text()).toBe(documentText);
  });
  it("lead from /docs to /docs/, which nothing may be added to", async () => {
    const answer = await fetch(`${url}/docs`);
    expect(answer.url).toBe(`${url}/docs/`);
    expect(answer.status).toBe(200);
    for (const [name, value] of Object.entries(webHeaders)) expect(answer.headers.get(name)).toBe(value);
  });
});

/** Debian's. */
const executablePath = "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.log(`skipped: the page in a browser, for there is no ${executablePath} (apt-get install chromium)`);

describe.skipIf(!hasBrowser)("/docs/ in Chromium", () => {
  it("shows every family, asks nobody else anything, and carries out a PracticeCreate", async () => {
    const args =
      "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
    await using open = new AsyncDisposableStack();
    const browser = await chromium.launch({ executablePath, args: args.split(" ") });
    open.defer(() => browser.close());
    const page = await browser.newPage();
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) asked.add(new URL(request.url()).origin);
    });

    await page.goto(`${url}/docs/`);
    for (const name of ["Practices and users", "Therapists", "Portal accounts", "Other addresses"]) {
      await page.getByRole("heading", { name, exact: false }).first().waitFor();
    }
    await page.getByRole("heading", { name: "Practices and users", exact: false }).first().click();
    const block = page.locator('[id$="-PracticeCreate"]');
    await block.locator(".opblock-summary").click();
    await block.getByRole("button", { name: "Execute" }).click();
    const answer = block.locator(".live-responses-table .response-col_description code").first();
    await expect.poll(() => answer.textContent(), { timeout: 20_000 }).toContain('"action": "create"');

    expect(complaints).toEqual([]);
    expect([...asked]).toEqual([url]);
    const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
    expect((await call("PracticeGet", { auth, accountId: "practice-1" })).json.practice.name).toBe("Riverside Clinic");
  });
});
