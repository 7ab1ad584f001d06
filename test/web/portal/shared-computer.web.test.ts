import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demo } from "../../../local/demo.ts";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import { administratorRole, look, openPortal, personAt, screens, signIn, visit } from "../../kit/portal-page.ts";

const [, desktop] = screens;

describeInBrowser("a computer that several people use", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  /** A portal with two people. The first one has signed in on a page. */
  async function signedIn(org: string) {
    const portal = await openPortal(org);
    const person = personAt(org);
    const grace = { ...person, name: { first: "Grace", last: "Oak" }, email: `grace@${org}.example` };
    await portal.add(person);
    const { _id: graceId } = await portal.add(grace);
    const visitor = await visit(browser, portal.home, desktop);
    await signIn(visitor.page, person);
    await visitor.page.getByRole("heading", { name: "My account" }).waitFor();
    /** Signs Grace in by the browser's cookies, without a page of ours that could tell the others. */
    const signGraceIn = async () => {
      const answer = await visitor.context.request.post(`${portal.home}v2/accounts/login`, {
        headers: { "medable-client-key": demo.clientKey },
        data: { email: grace.email, password: grace.password },
      });
      expect(answer.status()).toBe(200);
    };
    const readGrace = async () => (await portal.administrator("GET", `/accounts/${graceId}`)).json;
    return { portal, visitor, signGraceIn, readGrace };
  }

  it("what one person has typed is never sent under the session of another", async () => {
    const { visitor, signGraceIn, readGrace } = await signedIn("forms");
    await using open = visitor;
    const { page } = open;
    const before = await readGrace();
    await page.getByLabel("Middle name").fill("Lovelace");
    await signGraceIn();
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByTitle("Signed in as Grace Oak").waitFor();
    expect(await readGrace()).toEqual(before);
  });

  it("shows nothing of somebody whose session was replaced, once the tab is looked at again", async () => {
    const { visitor, signGraceIn } = await signedIn("looks");
    await using open = visitor;
    const { page } = open;
    await signGraceIn();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByTitle("Signed in as Grace Oak").waitFor();
    expect(await page.getByText("Ada").count()).toBe(0);
  });

  it("signing out that could not be told to the portal is not called done", async () => {
    const { visitor } = await signedIn("leave");
    await using open = visitor;
    const { page, context } = open;
    await context.setOffline(true);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("alert").getByText("You are still signed in").waitFor();
    await look(page);
    await context.setOffline(false);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("shows nothing of the account any more when the session ends while the portal cannot be reached", async () => {
    const { visitor } = await signedIn("unreached");
    await using open = visitor;
    const { page } = open;
    await page.route("**/accounts/status", async (route) => {
      const response = await route.fetch();
      const json: object = await response.json();
      await route.fulfill({ response, json: { ...json, expiresAt: new Date(Date.now() + 4000).toISOString() } });
    });
    await page.reload();
    await page.getByRole("alertdialog").waitFor();
    await page.unroute("**/accounts/status");
    await open.context.setOffline(true);
    await page.getByText("Your session has ended").waitFor();
    expect(await page.getByText("Ada").count()).toBe(0);
  });

  it("what one administrator has searched for is not shown to the next one by the back button", async () => {
    const portal = await openPortal("searched");
    const person = personAt(portal.org);
    const grace = { ...person, name: { first: "Grace", last: "Oak" }, email: `grace@${portal.org}.example` };
    await portal.add(person, { roles: [administratorRole] });
    await portal.add(grace, { roles: [administratorRole] });
    await using visitor = await visit(browser, `${portal.home}people`, desktop);
    const { page } = visitor;
    await signIn(page, person);
    await page.getByLabel("Search").fill("Oak");
    await page.getByRole("link", { name: "Ada Mills" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Grace Oak" }).click();
    await page.getByRole("heading", { name: "Grace Oak" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, grace);
    // She begins with her own account, and not with the page that the other one left.
    await page.getByRole("heading", { name: "My account" }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Ada Mills" }).waitFor();
    expect(await page.getByLabel("Search").inputValue()).toBe("");
  });

  it.each([
    ["another portal", "/../elsewhere/account"],
    ["another site, with a tab that browsers drop", "/\t/elsewhere.example/"],
    ["another site", "//elsewhere.example/"],
    ["another site, by a backslash", "/\\elsewhere.example/"],
    ["dots in disguise", "/%2e%2e/elsewhere/account"],
  ])("signing in does not lead to %s", async (to, next) => {
    const portal = await openPortal(`next-${to.replace(/\W+/g, "").slice(-12).toLowerCase()}`);
    const person = personAt(portal.org);
    await portal.add(person);
    const address = `${portal.home}sign-in?${new URLSearchParams({ next })}`;
    await using visitor = await visit(browser, address, desktop);
    await signIn(visitor.page, person);
    await visitor.page.getByRole("heading", { name: "My account" }).waitFor();
    expect(visitor.page.url()).toBe(`${portal.home}account`);
  });

  it("a part of the page that cannot be loaded makes it load again once, not for ever", async () => {
    const { visitor } = await signedIn("parts");
    await using open = visitor;
    const { page } = open;
    let loads = 0;
    page.on("request", (request) => {
      if (request.isNavigationRequest()) loads += 1;
    });
    await page.route("**/_portal/security-*.js", (route) => route.abort());
    await page.getByRole("link", { name: "Security" }).click();
    await page.getByRole("heading", { name: "This page could not be loaded" }).waitFor();
    await look(page);
    expect(loads).toBe(1);
    await page.unroute("**/_portal/security-*.js");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Security" }).waitFor();
  });
});
