import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import { look, openPortal, type PagePortal, personAt, screens, signIn, visit } from "../../kit/portal-page.ts";

const renewed = "seven lilac anvils hum";
const [, desktop] = screens;

/** Asks for a link, and returns it. */
async function linkFor({ org, home, linkTo }: PagePortal, email: string): Promise<string> {
  const response = await fetch(new URL(`/${org}/v2/accounts/request-password-reset`, home), {
    method: "POST",
    headers: { "content-type": "application/json", "medable-client-key": "DemoClientKey000000001" },
    body: JSON.stringify({ email }),
  });
  expect(response.status).toBe(200);
  return linkTo(email, "reset-password");
}

async function setPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Set the password" }).click();
}

describeInBrowser("a new password by mail", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  describe.each(screens)("on a $name", (screen) => {
    it("from the forgotten password to being signed in with the new one", async () => {
      const portal = await openPortal(`reset-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}sign-in`, screen);
      const { page } = visitor;
      await page.getByRole("link", { name: "Forgot your password?" }).click();
      await page.getByRole("heading", { name: "Set a new password" }).waitFor();
      await look(page, "forgot-password");
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText("Fill this in.").waitFor();
      await page.getByLabel("E-mail address").fill(person.email);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
      await page.getByText("for one hour").waitFor();
      await look(page, "forgot-password-sent");

      await page.goto(await portal.linkTo(person.email, "reset-password"));
      await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
      await page.waitForURL(`${portal.home}reset-password`);
      await look(page, "reset-password");
      await page.reload();
      // What only the server knows of the holder is refused at the field, and does not use up the link.
      await setPassword(page, "Ada Mills 42");
      await page.getByText("Choose a password that is harder to guess").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("password");
      await look(page, "reset-password-weak");
      await setPassword(page, renewed);
      await page.getByText("Your new password is set.").waitFor();
      await look(page, "reset-password-done");
      await page.getByRole("link", { name: "Sign in" }).click();
      await signIn(page, { ...person, password: renewed });
      await page.getByRole("heading", { name: "My account" }).waitFor();
      const [notice] = await portal.messagesTo(person.email);
      expect(notice?.text).toContain("was just changed");
    });

    it("an address without an account gets the same page, and no mail", async () => {
      const portal = await openPortal(`nobody-${screen.name}`);
      await using visitor = await visit(browser, `${portal.home}forgot-password`, screen);
      const { page } = visitor;
      const email = `nobody@${portal.org}.example`;
      await page.getByLabel("E-mail address").fill(email);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText(`If there is an account with the address ${email}`).waitFor();
      expect(await portal.messagesTo(email)).toEqual([]);
      await page.getByRole("button", { name: "Try another address" }).click();
      await page.getByLabel("E-mail address").waitFor();
    });

    it("links that are used, too old, or incomplete: in words, with the way to a new one", async () => {
      const portal = await openPortal(`dead-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      const late = await linkFor(portal, person.email);
      await portal.expire(late);
      await using visitor = await visit(browser, late, screen);
      const { page } = visitor;
      await setPassword(page, renewed);
      await page.getByRole("alert").getByText("This link is too old").waitFor();
      await look(page, "reset-password-expired");
      await page.goto(`${portal.home}reset-password?token=${"a".repeat(32)}`);
      await setPassword(page, renewed);
      await page.getByRole("alert").getByText("This link does not work any more").waitFor();
      await look(page, "reset-password-used");
      for (const address of ["reset-password?token=half", "reset-password?token=", "reset-password"]) {
        await page.goto(`${portal.home}${address}`);
        await page.getByRole("alert").getByText("The link is not complete.").waitFor();
      }
      await look(page, "reset-password-incomplete");
      await page.getByRole("link", { name: "Get a new link" }).click();
      await page.getByRole("heading", { name: "Set a new password" }).waitFor();
    });
  });

  it("a double click sets it once, and ends the session that this browser has", async () => {
    const portal = await openPortal("reset-once");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    await signIn(page, person);
    await page.getByRole("heading", { name: "My account" }).waitFor();
    let calls = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/accounts/reset-password")) calls += 1;
    });
    await page.goto(await linkFor(portal, person.email));
    await page.getByLabel("New password", { exact: true }).fill(renewed);
    await page.getByRole("button", { name: "Set the password" }).dblclick();
    await page.getByText("Your new password is set.").waitFor();
    expect(calls).toBe(1);
    await page.goto(`${portal.home}account`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("a link works once, also after the way back and a reload", async () => {
    const portal = await openPortal("reset-back");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, await linkFor(portal, person.email), desktop);
    const { page } = visitor;
    await setPassword(page, renewed);
    await page.getByText("Your new password is set.").waitFor();
    await page.reload();
    await setPassword(page, `${renewed} twice`);
    await page.getByRole("alert").getByText("This link does not work any more").waitFor();
  });

  it("a network that fails keeps the link and what was typed", async () => {
    const portal = await openPortal("reset-net");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, await linkFor(portal, person.email), desktop);
    const { page, context } = visitor;
    await page.getByText(`Clinic ${portal.org}`).waitFor();
    await context.setOffline(true);
    await setPassword(page, renewed);
    await page.getByRole("alert").getByText("cannot be reached").waitFor();
    await context.setOffline(false);
    expect(await page.getByLabel("New password", { exact: true }).inputValue()).toBe(renewed);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("Your new password is set.").waitFor();
  });
});
