import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { demo } from "../../local/demo.ts";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import { webPages } from "../../local/web.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { violationsOf } from "../kit/axe.ts";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { makeClientKey } from "../kit/portal.ts";
import { call, emptyTable } from "../kit/system.ts";
import { makeWorld } from "../kit/worlds.ts";

const { applicationId, applicationPassword, clientKey } = demo;
let gateway: Gateway;
let url: string;
beforeAll(async () => {
  gateway = await startGateway({ port: 0, pages: webPages(() => url), log: () => {} });
  url = `http://localhost:${gateway.port}`;
});
afterAll(() => gateway.close());
// The page shows the examples of the description, so the records have the names of the samples.
beforeEach(emptyTable);

/** Makes a world of the samples, whose vendor is the demo vendor, with its client key. */
async function makeSamples(world: WorldName): Promise<void> {
  await makeWorld(world, []);
  await makeClientKey({ applicationId, applicationPassword }, clientKey);
}

describeInBrowser("/docs/ in Chromium", () => {
  let browser: Browser;
  /** A page with the filled-in credentials. Several tests share it, because opening a page takes seconds. */
  let shared: Page;
  /** What `shared` has complained about, and the origins that it has sent requests to. */
  const complaints: string[] = [];
  const asked = new Set<string>();
  beforeAll(async () => {
    browser = await startBrowser();
    shared = await openPage("localhost", (page) => {
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith("data:")) asked.add(new URL(request.url()).origin);
      });
    });
  });
  afterAll(() => browser.close());

  /**
   * Opens the page in a new browser profile.
   * @param host the host name in the page's URL
   * @param watch called before the page is loaded
   */
  async function openPage(host: string, watch?: (page: Page) => void): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    watch?.(page);
    await page.goto(`http://${host}:${gateway.port}/docs/`);
    return page;
  }

  /** Sends the example of an operation, and returns what the page shows of the answer. */
  async function execute(page: Page, family: string, id: string): Promise<{ status: string; body: string }> {
    const block = page.locator(`[id$="-${id}"]`);
    // The page renders all open operations again at each change, so only one is open.
    const other = page.locator(`.opblock.is-open:not([id$="-${id}"]) .opblock-summary-control`);
    if (await other.count()) await other.click();
    if (!(await block.isVisible())) await page.getByRole("heading", { name: family, exact: false }).first().click();
    if (!(await block.getByRole("button", { name: "Execute" }).isVisible())) {
      await block.locator(".opblock-summary-control").click();
    }
    const before = await block.getByRole("button", { name: "Clear" }).isVisible();
    if (before) await block.getByRole("button", { name: "Clear" }).click();
    await block.getByRole("button", { name: "Execute" }).click();
    const row = block.locator(".live-responses-table tbody .response").first();
    await row.locator(".response-col_status").waitFor();
    return {
      status: ((await row.locator(".response-col_status").textContent()) ?? "").trim(),
      body: (await row.locator(".response-col_description code").first().textContent()) ?? "",
    };
  }

  /** Replaces the filled-in credentials of the application, or removes them when no password is given. */
  async function authorize(page: Page, password?: string): Promise<void> {
    await page.getByRole("button", { name: "Authorize", exact: false }).first().click();
    const form = page.locator(".auth-container").filter({ hasText: "(http, Basic)" });
    const remove = form.getByRole("button", { name: "Remove authorization" });
    if (await remove.isVisible()) await remove.click();
    if (password !== undefined) {
      await form.locator("input").nth(0).fill(applicationId);
      await form.locator("input").nth(1).fill(password);
      await form.getByRole("button", { name: "Apply credentials" }).click();
    }
    await form.getByRole("button", { name: "Close" }).click();
  }

  it("shows every family, sends requests to its own origin only, and carries out a PracticeCreate", async () => {
    await makeSamples("nothing");
    for (const name of ["Practices and users", "Therapists", "Portal accounts", "Other addresses"]) {
      await shared.getByRole("heading", { name, exact: false }).first().waitFor();
    }
    const { status, body } = await execute(shared, "Practices and users", "PracticeCreate");
    expect(status).toBe("200");
    expect(JSON.parse(body)).toMatchObject({ responseCode: 2000, accountId: "practice-1", action: "create" });

    expect(complaints).toEqual([]);
    expect([...asked]).toEqual([url]);
    const auth = { applicationId, applicationPassword };
    expect((await call("PracticeGet", { auth, accountId: "practice-1" })).json.practice.name).toBe("Riverside Clinic");
  });

  it("begins with one sentence, a call and three links that lead to their families, by keyboard", async () => {
    const page = await openPage("localhost");
    const introduction = page.getByRole("region", { name: "Introduction" });
    expect(await introduction.getByRole("heading", { level: 2 }).allTextContents()).toEqual([
      "A first call",
      "Three families",
      "What all families share",
    ]);
    expect(await introduction.locator("pre code").first().textContent()).toContain(`curl ${url}/api/io/PracticeSave `);
    expect(await page.getByRole("link", { name: "Start page" }).isVisible()).toBe(true);
    for (const name of ["Practices and users", "Therapists", "Portal accounts"]) {
      await introduction.getByRole("link", { name }).press("Enter");
      const heading = page.locator(`[data-tag="${name}"]`);
      await heading.getByRole("button", { name: "Collapse operation" }).waitFor();
      await page.waitForFunction(`document.activeElement.closest("[data-tag]")?.dataset.tag === "${name}"`);
      await page.waitForFunction(`document.activeElement.getBoundingClientRect().top < innerHeight`);
    }
    expect(page.context().pages()).toHaveLength(1);
    await page.getByText("that person is its", { exact: false }).waitFor();
    await page.context().close();
  });

  it("has no violation of axe's rules while all families are closed, in light and dark, on a phone and a desktop", async () => {
    const page = await openPage("localhost");
    await page.getByRole("heading", { name: "Other addresses", exact: false }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    // Only the operations of an open family are Swagger UI's own.
    await page.getByRole("region", { name: "Introduction" }).getByRole("link", { name: "Therapists" }).click();
    await page.getByText("the status says what happened", { exact: false }).waitFor();
    expect(await violationsOf(page, ".opblock")).toEqual([]);
    await page.context().close();
  });

  it.each(["localhost", "127.0.0.1"])(
    "has the credentials filled in, so that a call works at once, at %s",
    async (host) => {
      await makeSamples("organization");
      const page = host === "localhost" ? shared : await openPage(host);
      const { status, body } = await execute(page, "Therapists", "OrganizationList");
      expect(status).toBe("200");
      expect(JSON.parse(body)).toMatchObject([{ id: 1, name: "Riverside Therapists" }]);
    },
  );

  // Regression: the browser showed its own password dialog, and the call waited for it forever.
  it("shows the answer to a therapist's GET with wrong and with missing credentials", async () => {
    await makeSamples("organization");
    for (const password of ["wrong", undefined]) {
      await authorize(shared, password);
      const { status, body } = await execute(shared, "Therapists", "OrganizationList");
      expect(status).toContain("401");
      expect(JSON.parse(body)).toMatchObject({ status: 401, title: "Unauthorized" });
    }
    await authorize(shared, applicationPassword);
    expect((await execute(shared, "Therapists", "OrganizationList")).status).toBe("200");
  });

  it("keeps a portal's session, and sends its cookie and CSRF token with later calls", async () => {
    await makeSamples("practice");
    const said = async (id: string) => {
      const { status, body } = await execute(shared, "Portal accounts", id);
      return { status, ...JSON.parse(body) };
    };
    expect(await said("AccountRegister")).toMatchObject({ status: "200", email: "charles@example.org", access: 6 });
    expect(await said("AccountStatus")).toMatchObject({ status: "200", loggedin: true });
    expect(await said("AccountLogout")).toMatchObject({ status: "200", object: "result", data: true });
    expect(await said("AccountStatus")).toMatchObject({ status: "200", loggedin: false });
  });

  it("has a page of errors, without a violation of axe's rules, on which the address of one error leads to it", async () => {
    const page = await openPage("localhost");
    await page.getByRole("link", { name: "Errors", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Errors" }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    for (const place of ["4130", "therapists-404", "kAccessDenied", "network"]) {
      await page.goto(`${url}/docs/errors.html#${place}`);
      const section = page.locator(":target");
      expect(await section.getAttribute("id")).toBe(place);
      await page.waitForFunction("document.querySelector(':target').getBoundingClientRect().top < innerHeight");
      expect(await section.getByText("What to do.").isVisible()).toBe(true);
    }
    expect(await page.getByRole("heading", { name: "4130: account already exists" }).isVisible()).toBe(true);
    await page.context().close();
  });
});
