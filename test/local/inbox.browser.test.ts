import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { demo } from "../../local/demo.ts";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import { htmlPage } from "../../local/html.ts";
import { inboxPages } from "../../local/inbox.ts";
import type { Outside, SentMessage } from "../../local/outside.ts";
import { startPages } from "../../local/start-page.ts";
import { webPages } from "../../local/web.ts";
import { violationsOf } from "../kit/axe.ts";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import "../kit/system.ts";

let messages: SentMessage[] = [];
let sent = 0;
/** Sends a message: those that the page shows are newest first. */
const arrive = (message: Partial<SentMessage>) => {
  const at = new Date(Date.UTC(2026, 0, 1) + 1000 * sent++).toISOString();
  messages.unshift({ channel: "email", to: "ada@example.org", subject: "", text: "", html: "", ...message, at });
};
const outside: Outside = {
  environment: {},
  messages: () => messages,
  clear: () => {
    messages = [];
  },
  requests: () => [],
  failNext: () => {},
  stop: async () => {},
};
const pump = { start: () => {}, drain: async () => {}, stop: async () => {} };

describeInBrowser("/_local/ in Chromium", () => {
  let gateway: Gateway;
  let url: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway({
      port: 0,
      log: () => {},
      pages: {
        ...inboxPages(Promise.resolve({ outside, pump })),
        ...startPages(Promise.resolve({ url: "", place: "", demo })),
        ...webPages(() => url),
        "GET /opened": () => htmlPage(200, "<!doctype html><title>Opened</title>"),
      },
    });
    url = `http://localhost:${gateway.port}`;
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
  });
  beforeEach(async () => {
    messages = [];
    complaints.length = 0;
    await context?.close();
    context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
  });

  const open = async () => {
    await page.goto(`${url}/_local/`);
    await page.getByText(/^\d+ messages?$/).waitFor();
  };
  const state = () => page.getByRole("status");
  const subjects = () => page.locator("article:visible h2").allTextContents();

  it("says what will appear, while there is nothing", async () => {
    await open();
    await page.getByText("Nothing has been sent yet.").waitFor();
    expect(await page.getByRole("button", { name: "Delete all" }).isDisabled()).toBe(true);
    expect(await violationsOf(page)).toEqual([]);
    arrive({ subject: "First" });
    await page.getByRole("heading", { name: "First" }).waitFor();
    expect(await page.getByText("Nothing has been sent yet.").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it("opens the links of a text in a new tab, and makes links of nothing but http and https", async () => {
    const text = `Open ${url}/opened?token=a1&b=2.\nNot javascript:alert(1), not ftp://example.org/, not <a href="${url}/">`;
    arrive({ subject: "<b>Confirm</b>", text });
    await open();
    expect(await subjects()).toEqual(["<b>Confirm</b>"]);
    expect(await page.locator(".text").textContent()).toBe(text);
    const links = page.locator("article a");
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual([
      `${url}/opened?token=a1&b=2`,
      `${url}/`,
    ]);
    const [tab] = await Promise.all([context.waitForEvent("page"), links.first().press("Enter")]);
    await tab.waitForURL(`${url}/opened?token=a1&b=2`);
    expect(await tab.title()).toBe("Opened");
    expect(await tab.evaluate("opener")).toBeNull();
    expect(page.url()).toBe(`${url}/_local/`);
    expect(complaints).toEqual([]);
  });

  it("opens the links of a mail's HTML in a new tab, and runs none of its scripts", async () => {
    arrive({ subject: "Mail", html: `<a href="${url}/opened">Confirm</a><script>top.document.title = "won"</script>` });
    await open();
    await page.locator("summary").press("Enter");
    const link = page.frameLocator("iframe").getByRole("link", { name: "Confirm" });
    const [tab] = await Promise.all([context.waitForEvent("page"), link.click()]);
    await tab.waitForURL(`${url}/opened`);
    expect(await page.title()).toBe("Frontdesk: messages");
  });

  it("copies a code, and takes no part of a longer number for one", async () => {
    const text = "Your code is 048213. Not 1234567, +16505550100, 20260102, a123456 or 2026-123456.";
    arrive({ channel: "sms", to: "+16505550100", text });
    await open();
    const buttons = page.getByRole("button", { name: /^Copy the code/ });
    expect(await buttons.evaluateAll((all) => all.map((button) => button.ariaLabel))).toEqual(["Copy the code 048213"]);
    await buttons.press("Enter");
    await state().getByText("Copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("048213");
    expect(await violationsOf(page)).toEqual([]);
  });

  it("finds messages by recipient, subject and text, as one types", async () => {
    arrive({ subject: "Confirm", to: "ada@example.org", text: "Welcome" });
    arrive({ subject: "Reset", to: "ben@example.org", text: "A new password" });
    arrive({ channel: "sms", to: "+16505550100", text: "The code is 048213" });
    await open();
    const found = async (words: string) => {
      await page.getByRole("searchbox", { name: "Search" }).fill(words);
      return subjects();
    };
    expect(await found("BEN@")).toEqual(["Reset"]);
    expect(await found("confirm")).toEqual(["Confirm"]);
    expect(await found("password new")).toEqual(["Reset"]);
    expect(await found("0482")).toEqual(["Text message"]);
    expect(await found("example.org")).toEqual(["Reset", "Confirm"]);
    expect(await state().textContent()).toBe("2 of 3 messages");
    arrive({ subject: "Later", to: "eve@example.org" });
    await page.getByRole("heading", { name: "Later" }).waitFor();
    expect(await found("nothing like this")).toEqual([]);
    expect(await state().textContent()).toBe("0 of 4 messages");
    expect(await found("")).toHaveLength(4);
  });

  it("shows what is new on top, says only what that is, and keeps opened messages open", async () => {
    arrive({ subject: "Old", html: "<p>Old</p>" });
    await open();
    await page.locator("summary").click();
    await page.evaluate(`
      globalThis.said = [];
      new MutationObserver(() => said.push(document.getElementById("state").textContent))
        .observe(document.getElementById("state"), { childList: true });
    `);
    arrive({ subject: "Fresh", to: "ben@example.org" });
    await page.getByRole("heading", { name: "Fresh" }).waitFor();
    arrive({ subject: "Twice" });
    arrive({ subject: "Thrice" });
    await page.getByRole("heading", { name: "Thrice" }).waitFor();
    expect(await subjects()).toEqual(["Thrice", "Twice", "Fresh", "Old"]);
    expect(await page.locator("details[open]").count()).toBe(1);
    expect(await page.evaluate("said")).toEqual([
      "2 messages. New: Fresh, to ben@example.org",
      "4 messages. 2 new messages",
    ]);
    expect(await violationsOf(page)).toEqual([]);
  });

  it("deletes all after a question, by keyboard", async () => {
    arrive({ subject: "One" });
    arrive({ subject: "Two" });
    await open();
    await page.getByRole("button", { name: "Delete all" }).press("Enter");
    const question = page.getByRole("dialog", { name: "Delete all messages?" });
    expect(await question.textContent()).toContain("2 messages");
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "hidden" });
    expect(messages).toHaveLength(2);
    await page.keyboard.press("Enter");
    expect(await question.getByRole("button", { name: "Keep them" }).evaluate((it) => it.matches(":focus"))).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await state().getByText("0 messages. All were deleted.").waitFor();
    expect(messages).toEqual([]);
    expect(await subjects()).toEqual([]);
    expect(await page.getByRole("searchbox").evaluate((it) => it.matches(":focus"))).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("goes on when Frontdesk does not answer for a while", async () => {
    await open();
    await page.route("**/messages", (route) => route.abort());
    await state().getByText("Frontdesk does not answer; trying again …").waitFor();
    await page.unroute("**/messages");
    arrive({ subject: "After" });
    await page.getByRole("heading", { name: "After" }).waitFor();
  });
});
