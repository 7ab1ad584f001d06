import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import {
  elsewhere,
  look,
  openPortal,
  type PagePortal,
  type Person,
  personAt,
  screens,
  signIn,
  visit,
} from "../../kit/portal-page.ts";
import { appCode } from "../../kit/totp.ts";

const [, desktop] = screens;

/** Adds an authenticator app to somebody's account, as they would on another device. */
async function addApp(portal: PagePortal, person: Person): Promise<{ secret: string; recoveryCodes: string[] }> {
  const client = elsewhere(portal);
  expect((await client("POST", "/accounts/login", person)).status).toBe(200);
  const { secret } = (await client("POST", "/accounts/me/totp")).json.data;
  const confirmed = await client("POST", "/accounts/me/totp/confirm", { code: appCode(secret, new Date()) });
  expect(confirmed.status).toBe(200);
  return { secret, recoveryCodes: confirmed.json.data.recoveryCodes };
}

describeInBrowser("signing in", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  describe.each(screens)("on a $name", (screen) => {
    it("leads from the first page to one's own account, and back out", async () => {
      const portal = await openPortal(`in-${screen.name}`, {}, { name: "Riverside Clinic" });
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, portal.home, screen);
      const { page } = visitor;
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await look(page, "sign-in");
      await signIn(page, person);
      await page.getByRole("heading", { name: "My account" }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/${portal.org}/account`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    });

    it("says at the field what is missing, and in words that the password is wrong", async () => {
      const portal = await openPortal(`wrong-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}sign-in`, screen);
      const { page } = visitor;
      await signIn(page, { email: "", password: "" });
      await expect.poll(() => page.getByText("Fill this in.").count()).toBe(2);
      expect(await page.evaluate("document.activeElement.name")).toBe("email");
      await look(page, "sign-in-missing");
      await signIn(page, { ...person, password: "not the password" });
      await page.getByRole("alert").getByText("not right").waitFor();
      await look(page, "sign-in-wrong");
      // What was typed is still there.
      expect(await page.getByLabel("E-mail address").inputValue()).toBe(person.email);
    });

    it("asks for the code of the text message once on a device that is remembered", async () => {
      const portal = await openPortal(`code-${screen.name}`, { twoFactor: true });
      // A number of its own: it gets only five messages in an hour, from all portals together.
      const person = { ...personAt(portal.org), mobile: `+1650555${screen.width + 1000}` };
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}sign-in`, screen);
      const { page } = visitor;
      await signIn(page, person);
      await page.getByRole("heading", { name: "One more step" }).waitFor();
      await look(page, "sign-in-code");
      await page.getByLabel("Code", { exact: true }).fill("000000");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("alert").getByText("That code is not right").waitFor();
      // After a reload, or beginning again, the code that was sent still works, and no other one is sent.
      await page.reload();
      await signIn(page, person);
      await page.getByText("We have sent you a code before").waitFor();
      await look(page, "sign-in-code-before");
      await page.getByRole("button", { name: "Start again" }).click();
      await signIn(page, person);
      await page.getByText("We have sent you a code before").waitFor();
      expect(await portal.messagesTo(person.mobile)).toHaveLength(1);
      await page.getByLabel("Code", { exact: true }).fill(await portal.codeTo(person.mobile));
      await page.getByText("Remember this device").click();
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("heading", { name: "My account" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await signIn(page, person);
      await page.getByRole("heading", { name: "My account" }).waitFor();
    });

    it("by the code of an authenticator app, or by a recovery code, each once", async () => {
      const portal = await openPortal(`app-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      const { secret, recoveryCodes } = await addApp(portal, person);
      await using visitor = await visit(browser, `${portal.home}sign-in`, screen);
      const { page } = visitor;
      const enter = async (code: string) => {
        await page.getByLabel("Code", { exact: true }).fill(code);
        await page.getByRole("button", { name: "Continue" }).click();
      };
      await signIn(page, person);
      await page.getByText("Enter the code that your authenticator app shows").waitFor();
      await look(page, "sign-in-app");
      await enter("12");
      await page.getByRole("alert").getByText("A code has six digits.").waitFor();
      await enter(appCode(secret, new Date(), 1));
      await page.getByRole("heading", { name: "My account" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      // The device was not remembered.
      await signIn(page, person);
      await enter(recoveryCodes[0] ?? "");
      await page.getByRole("heading", { name: "My account" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await signIn(page, person);
      await enter(recoveryCodes[0] ?? "");
      await page.getByRole("alert").getByText("That code is not right").waitFor();
    });

    it("somebody whose address is not verified yet signs in, too", async () => {
      const portal = await openPortal(`unv-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person, { state: "unverified" });
      await using visitor = await visit(browser, portal.home, screen);
      await signIn(visitor.page, person);
      await visitor.page.getByRole("heading", { name: "My account" }).waitFor();
    });
  });

  it("leads back to the page that asked for it, with its query", async () => {
    const portal = await openPortal("next");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, `${portal.home}account?show=photo&year=2026`, desktop);
    const { page } = visitor;
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await signIn(page, person);
    await page.waitForURL(`${portal.home}account?show=photo&year=2026`);
    await page.getByRole("heading", { name: "My account" }).waitFor();
  });

  it("whoever is signed in goes on at once, never out of the portal", async () => {
    const portal = await openPortal("already");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    await signIn(page, person);
    await page.getByRole("heading", { name: "My account" }).waitFor();
    for (const next of [
      "",
      "?next=/account",
      "?next=//evil.example",
      "?next=/%5Cevil.example",
      "?next=https://evil.example",
    ]) {
      await page.goto(`${portal.home}sign-in${next}`);
      await page.waitForURL(`${portal.home}account`);
      await page.getByRole("heading", { name: "My account" }).waitFor();
    }
  });

  it("the way back after signing in does not lead to the form", async () => {
    const portal = await openPortal("back");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, `${portal.home}forgot-password`, desktop);
    const { page } = visitor;
    await page.getByRole("link", { name: "Sign in" }).click();
    await signIn(page, person);
    await page.getByRole("heading", { name: "My account" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Set a new password" }).waitFor();
    await page.goForward();
    await page.getByRole("heading", { name: "My account" }).waitFor();
  });

  it("password managers know the fields", async () => {
    const portal = await openPortal("managers");
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    const hints = () =>
      page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('input')].map((each) => [each.name, each.autocomplete]))",
      );
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await hints()).toEqual({ email: "username", password: "current-password" });
    await page.getByRole("link", { name: "Register" }).click();
    await page.getByRole("button", { name: "Register" }).waitFor();
    expect(await hints()).toEqual({
      "name.first": "given-name",
      "name.last": "family-name",
      email: "username",
      mobile: "tel",
      password: "new-password",
    });
  });

  it("too many wrong passwords, and too many wrong codes: in words", async () => {
    const portal = await openPortal("locked", { lockAttempts: 3 });
    const person = personAt(portal.org);
    await portal.add(person);
    const { secret } = await addApp(portal, person);
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    await signIn(page, person);
    const wrong = appCode(secret, new Date(0));
    const tryCode = async (sentence: string) => {
      await page.getByLabel("Code", { exact: true }).fill(wrong);
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("alert").getByText(sentence).waitFor();
    };
    for (let tries = 0; tries < 5; tries++) await tryCode("That code is not right");
    await tryCode("Too many wrong codes.");
    await look(page, "sign-in-codes-locked");
    await page.getByRole("button", { name: "Start again" }).click();
    const tryPassword = async (sentence: string) => {
      await signIn(page, { ...person, password: "not the password" });
      await page.getByRole("alert").getByText(sentence).waitFor();
    };
    for (let tries = 0; tries < 3; tries++) await tryPassword("not right");
    await tryPassword("Too many wrong passwords.");
    await look(page, "sign-in-locked");
  });
});
