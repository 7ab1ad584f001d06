import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import { look, openPortal, personAt, screens, signIn, visit } from "../../kit/portal-page.ts";

/** Lets the page believe that the session ends in so many seconds, as if nobody had used it for a quarter of an hour. */
const endsIn = (page: Page, seconds: number) =>
  page.route("**/accounts/status", async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { loggedin: boolean; expiresAt?: string };
    const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
    await route.fulfill({ response, json: body.loggedin ? { ...body, expiresAt } : body });
  });

describeInBrowser("a session on a page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  /** A portal with one person, who has signed in. */
  async function signedIn(org: string, screen: (typeof screens)[number]) {
    const portal = await openPortal(org);
    const person = personAt(org);
    const { _id } = await portal.add(person);
    const visitor = await visit(browser, portal.home, screen);
    await signIn(visitor.page, person);
    await visitor.page.getByRole("heading", { name: "My account" }).waitFor();
    return { portal, person, id: _id, visitor };
  }

  describe.each(screens)("on a $name", (screen) => {
    it("warns before it ends, is not prolonged by the warning, and goes on when the reader stays", async () => {
      const { visitor } = await signedIn(`idle-${screen.name}`, screen);
      await using open = visitor;
      const { page } = open;
      const calls: string[] = [];
      page.on("request", (request) => calls.push(new URL(request.url()).pathname.replace(/^.*\/accounts/, "")));
      await endsIn(page, 55);
      await page.reload();
      const dialog = page.getByRole("alertdialog", { name: "Are you still there?" });
      await dialog.waitFor();
      await page.getByRole("heading", { name: "About you", includeHidden: true }).waitFor({ state: "attached" });
      calls.length = 0;
      // A screen reader reads the sentence with the title, before the button that has the focus.
      const sentence = "document.querySelector('[role=alertdialog]').getAttribute('aria-describedby')";
      expect(await page.evaluate(`document.getElementById(${sentence}).textContent`)).toContain("signed out soon");
      await look(page, "idle");
      // From now on only the status is asked for, which does not prolong a session.
      await page.waitForResponse("**/accounts/status");
      expect(new Set(calls)).toEqual(new Set(["/status"]));
      await page.unroute("**/accounts/status");
      await page.getByRole("button", { name: "Stay signed in" }).click();
      await dialog.waitFor({ state: "detached" });
      expect(calls).toContain("/me");
    });

    it("leads to signing in when it has ended, and back to the page afterwards", async () => {
      const { portal, person, id, visitor } = await signedIn(`ended-${screen.name}`, screen);
      await using open = visitor;
      const { page } = open;
      await endsIn(page, 3);
      await page.goto(`${portal.home}security`);
      await page.getByRole("alertdialog").waitFor();
      // A lock by an administrator ends the session now.
      await portal.administrator("PUT", `/accounts/${id}`, { locked: true });
      await page.getByText("Your session has ended").waitFor();
      await page.unroute("**/accounts/status");
      await portal.administrator("PUT", `/accounts/${id}`, { locked: false });
      await signIn(page, person);
      await page.getByRole("heading", { name: "Security" }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/${portal.org}/security`);
    });

    it("is left in all tabs at once", async () => {
      const { portal, visitor } = await signedIn(`tabs-${screen.name}`, screen);
      await using open = visitor;
      await open.page.getByRole("link", { name: "Security" }).click();
      await open.page.getByRole("heading", { name: "Security" }).waitFor();
      const second = await open.tab(`${portal.home}account`);
      await second.getByRole("heading", { name: "My account" }).waitFor();
      await second.getByRole("button", { name: "Sign out" }).click();
      await open.page.getByRole("heading", { name: "Sign in" }).waitFor();
      // The back button shows nothing of the account.
      await open.page.goBack();
      await open.page.getByRole("heading", { name: "Sign in" }).waitFor();
    });

    it("leaves what is typed in another tab alone when the same person signs in again", async () => {
      const { portal, person, id, visitor } = await signedIn(`same-${screen.name}`, screen);
      await using open = visitor;
      await open.page.getByLabel("Middle name").fill("Augusta");
      const second = await open.tab(`${portal.home}account`);
      // Somebody ends all sessions elsewhere, so that this person has to sign in again.
      await portal.administrator("PUT", `/accounts/${id}`, { locked: true });
      await portal.administrator("PUT", `/accounts/${id}`, { locked: false });
      await second.reload();
      await signIn(second, person);
      await second.getByRole("heading", { name: "My account" }).waitFor();
      expect(await open.page.getByLabel("Middle name").inputValue()).toBe("Augusta");
      await open.page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" }).click();
      await open.page.getByText("Saved: Middle name.").waitFor();
    });

    it("shows the account of whoever signed in last in every tab", async () => {
      const { portal, person, visitor } = await signedIn(`last-${screen.name}`, screen);
      await using open = visitor;
      const grace = { ...person, name: { first: "Grace", last: "Oak" }, email: `grace@${portal.org}.example` };
      await portal.add(grace);
      const second = await open.tab(`${portal.home}account`);
      await second.getByRole("button", { name: "Sign out" }).click();
      await signIn(second, grace);
      await second.getByRole("heading", { name: "My account" }).waitFor();
      await open.page.getByRole("heading", { name: "My account" }).waitFor();
      await expect.poll(() => open.page.getByText("Grace Oak").count()).toBeGreaterThan(0);
    });
  });
});
