import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";

const demo = {
  id: "demo",
  password: "demo-application-password",
  clientKey: "DemoClientKey000000001",
};
/** Debian's Chromium. */
const executablePath = "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.log(`skipped: the start page in a browser, for there is no ${executablePath} (apt-get install chromium)`);

let instance: Instance;
let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  instance = await startInstance({ FRONTDESK_DATA: folder });
});
afterAll(cleanUp);

const unescaped = (html: string) => html.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

describe("GET /", () => {
  it("shows the address, where the data is, and the demo vendor's credentials", async () => {
    const answer = await fetch(instance.url);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = unescaped(await answer.text());
    for (const shown of [instance.url, `in ${folder}`, demo.id, demo.password, demo.clientKey]) {
      expect(page).toContain(`>${shown}<`);
    }
    expect(page).not.toContain("{{");
  });

  it("has a call for each family that works exactly as printed, also repeatedly", async () => {
    const page = await (await fetch(instance.url)).text();
    const calls = [...page.matchAll(/<code id="call-\d">(.+?)<\/code>/g)].map(([, html = ""]) => unescaped(html));
    expect(calls.map((call) => /^curl (\S+)/.exec(call)?.[1])).toEqual([
      `${instance.url}/api/io/PracticeSave`,
      `${instance.url}/therapist/organizations/`,
      `${instance.url}/hillside/v2/accounts/status`,
    ]);
    const run = async (call: string) => JSON.parse((await promisify(execFile)("sh", ["-c", `${call} -sS`])).stdout);
    for (const action of ["create", "update"]) {
      expect(await run(String(calls[0]))).toMatchObject({ successful: true, accountId: "hillside", action });
      expect(await run(String(calls[1]))).toMatchObject({ id: expect.any(Number), name: "Hillside Therapists" });
      expect(await run(String(calls[2]))).toEqual({ loggedin: false });
    }
  });

  it("has links that all work", async () => {
    const page = await (await fetch(instance.url)).text();
    const links = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => String(path));
    expect(links).toEqual([
      "/_local/start.js",
      "/docs/",
      "/_local/",
      "/openapi.json",
      "/_local/guides/practices.md",
      "/_local/guides/therapists.md",
      "/_local/guides/accounts.md",
    ]);
    for (const path of links) {
      const answer = await fetch(instance.url + path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
  });
});

describe.skipIf(!hasBrowser)("the start page in Chromium", () => {
  it("works by keyboard, sends requests to its own origin only, and copies a call", async () => {
    const args =
      "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
    await using open = new AsyncDisposableStack();
    const browser = await chromium.launch({ executablePath, args: args.split(" ") });
    open.defer(() => browser.close());
    const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) asked.add(new URL(request.url()).origin);
    });
    await page.goto(instance.url);
    expect(await page.title()).toBe("Frontdesk on this machine");
    expect(await page.getAttribute("html", "lang")).toBe("en");
    expect(await page.getByRole("main").count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).allTextContents()).toEqual(["Frontdesk"]);
    const names = await page.getByRole("heading", { level: 3 }).allTextContents();
    expect(names).toEqual(["Practices and users", "Therapists", "Portal accounts"]);

    // The page has six links before its first button.
    for (let key = 0; key < 7; key++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Copied.").waitFor();
    const call = await page.locator("#call-0").textContent();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(call);
    expect(call).toContain(`curl ${instance.url}/api/io/PracticeSave`);
    for (const name of names) {
      expect(await page.getByRole("button", { name: `Copy the call: ${name}` }).isVisible()).toBe(true);
    }
    await page.getByRole("link", { name: "Messages" }).click();
    await page.getByText(/^\d+ messages?$/).waitFor();
    await page.getByRole("link", { name: "What is here" }).click();
    await page.getByRole("heading", { name: "First calls" }).waitFor();
    expect(complaints).toEqual([]);
    expect([...asked]).toEqual([instance.url]);
  });
});
