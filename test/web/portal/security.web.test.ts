import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import type { BrowserClient } from "../../kit/browser-client.ts";
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

const newPassword = "eleven brass lanterns float upstream";

/** Opens the page about security as somebody who signs in on the way. */
async function openSecurity(page: Page, person: Person): Promise<void> {
  await signIn(page, person);
  await page.getByRole("heading", { name: "Security", level: 1 }).waitFor();
  await page.getByText("The authenticator app is").waitFor();
}

/** Signs somebody in in another browser. */
async function signedInElsewhere(portal: PagePortal, { email, password }: Person): Promise<BrowserClient> {
  const other = elsewhere(portal);
  const location = { locationName: "Firefox on Windows" };
  const { json } = await other("POST", "/accounts/login", { email, password, location });
  expect(json.object).toBe("account");
  return other;
}

/** Waits until somebody has been told by mail. @param word of its subject */
const mailed = (portal: PagePortal, { email }: Person, word: string) =>
  expect.poll(async () => (await portal.messagesTo(email))[0]?.subject).toContain(word);

const card = (page: Page, name: string) => page.getByRole("region", { name });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const dialogButton = (page: Page, name: string) => page.getByRole("dialog").getByRole("button", { name, exact: true });
/** The text of the element that has the focus. */
const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");

/** Sets an app up on the page. @returns its secret, and the recovery codes */
async function setUpApp(page: Page): Promise<{ secret: string; codes: string[] }> {
  await button(page, "Set up an authenticator app").click();
  const secret = ((await page.locator("code.secret").textContent()) ?? "").replaceAll(" ", "");
  await page.getByLabel("Code of the app").fill(appCode(secret, new Date()));
  await button(page, "Turn it on").click();
  await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
  return { secret, codes: await page.locator(".codes code").allTextContents() };
}

describeInBrowser("the page about security", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  describe.each(screens)("on a $name", (screen) => {
    it("changes the password, and ends the other sessions", async () => {
      const portal = await openPortal(`password-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      const other = await signedInElsewhere(portal, person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      await expect.poll(() => card(page, "Where you are signed in").getByRole("listitem").count()).toBe(2);
      await look(page, "security");
      const change = async (current: string, password: string) => {
        await page.getByLabel("Current password", { exact: true }).fill(current);
        await page.getByLabel("New password", { exact: true }).fill(password);
        await button(page, "Change the password").click();
      };
      await change("", "");
      await expect.poll(() => page.getByText("Fill this in.").count()).toBe(2);
      await change("not the password", newPassword);
      await page.getByText("This is not your current password.").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("current");
      await look(page, "security-wrong-password");
      await change(person.password, "Ada Mills");
      await page.getByText("Choose a password that is harder to guess").waitFor();
      // What was typed is still there.
      expect(await page.getByLabel("Current password", { exact: true }).inputValue()).toBe(person.password);
      await change(person.password, newPassword);
      await page.getByRole("status").getByText("Your password is changed.").waitFor();
      expect(await page.getByLabel("New password", { exact: true }).inputValue()).toBe("");
      await expect.poll(() => card(page, "Where you are signed in").getByRole("listitem").count()).toBe(1);
      expect((await other("GET", "/accounts/status")).json).toEqual({ loggedin: false });
      await mailed(portal, person, "password");
      await signedInElsewhere(portal, { ...person, password: newPassword });
    });

    it("says that the password is locked after too many wrong ones", async () => {
      const portal = await openPortal(`locked-${screen.name}`, { lockAttempts: 3 });
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      await page.getByLabel("New password", { exact: true }).fill(newPassword);
      for (const wrong of ["one", "two", "three"]) {
        await page.getByLabel("Current password", { exact: true }).fill(wrong);
        await button(page, "Change the password").click();
        await page.getByText("This is not your current password.").waitFor();
      }
      await page.getByLabel("Current password", { exact: true }).fill(person.password);
      await button(page, "Change the password").click();
      await page.getByRole("alert").getByText("Too many wrong passwords").waitFor();
    });

    it("sets up an authenticator app, with which one signs in on other devices", async () => {
      const portal = await openPortal(`app-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}security`, screen, {
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const { page } = visitor;
      await openSecurity(page, person);
      await page.getByText("The authenticator app is off.").waitFor();
      await button(page, "Set up an authenticator app").click();
      await page.getByRole("img", { name: /Picture for your authenticator app/ }).waitFor();
      expect(await focused(page)).toBe("Set up your authenticator app");
      const shown = (await page.locator("code.secret").textContent()) ?? "";
      expect(shown).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
      await button(page, "Copy the key").click();
      await page.getByText("Copied.").waitFor();
      const secret = await page.evaluate<string>("navigator.clipboard.readText()");
      expect(secret).toBe(shown.replaceAll(" ", ""));
      await look(page, "security-app");

      const confirm = async (code: string) => {
        await page.getByLabel("Code of the app").fill(code);
        await button(page, "Turn it on").click();
      };
      await confirm("12");
      await page.getByText("A code has six digits.").first().waitFor();
      await confirm(appCode(secret, new Date(), 100));
      await page.getByText("This code is not right.").waitFor();
      await look(page, "security-app-wrong-code");
      await confirm(appCode(secret, new Date()));
      await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
      expect(await focused(page)).toBe("Keep your recovery codes");
      await look(page, "security-codes");
      const codes = await page.locator(".codes code").allTextContents();
      expect(codes).toHaveLength(10);
      expect(new Set(codes).size).toBe(10);
      await button(page, "Copy the codes").click();
      await page.getByText("Copied.").waitFor();
      expect((await page.evaluate<string>("navigator.clipboard.readText()")).split("\n")).toEqual(codes);
      const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Download as text").click()]);
      expect(download.suggestedFilename()).toBe(`recovery-codes-${portal.org}.txt`);
      const text = await readFile(await download.path(), "utf8");
      expect(text.split("\r\n")).toEqual([
        `Recovery codes for ${person.email} at Clinic ${portal.org}. Each works once.`,
        "",
        ...codes,
        "",
      ]);
      await page.evaluate("window.print = () => { window.printed = true }");
      await button(page, "Print").click();
      expect(await page.evaluate("window.printed")).toBe(true);
      await page.emulateMedia({ media: "print" });
      expect(await page.getByRole("heading", { name: "Your devices" }).isVisible()).toBe(false);
      expect(await page.locator(".codes").isVisible()).toBe(true);
      await page.emulateMedia({ media: "screen" });
      await button(page, "I have kept them").click();
      await page.getByText("The authenticator app is on.").waitFor();
      expect(await page.locator(".codes").count()).toBe(0);
      await look(page, "security-app-on");
      await page.reload();
      await page.getByText("The authenticator app is on.").waitFor();
      await mailed(portal, person, "authenticator app");

      // The code that turned it on does not sign in, but a later one does.
      for (const codeOf of [() => appCode(secret, new Date(), 1), () => codes[3] ?? ""]) {
        await using second = await visit(browser, `${portal.home}sign-in`, screen);
        await signIn(second.page, person);
        await second.page.getByText("Enter the code that your authenticator app shows").waitFor();
        await second.page.getByLabel("Code", { exact: true }).fill(codeOf());
        await button(second.page, "Continue").click();
        await second.page.getByRole("heading", { name: "My account" }).waitFor();
      }
    });

    it("turns the authenticator app off with the password", async () => {
      const portal = await openPortal(`off-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      // Both tabs show the app as it was before.
      const tab = await visitor.tab(`${portal.home}security`);
      await tab.getByText("The authenticator app is off.").waitFor();
      await setUpApp(page);
      await button(page, "I have kept them").click();
      await page.getByText("The authenticator app is on.").waitFor();
      await button(tab, "Set up an authenticator app").click();
      await tab.getByText("has been turned on in the meantime").waitFor();
      await tab.getByText("The authenticator app is on.").waitFor();

      await button(page, "Turn it off").click();
      await page.getByRole("dialog").waitFor();
      await look(page, "security-app-off");
      await page.getByRole("dialog").getByLabel("Current password", { exact: true }).fill("wrong");
      await dialogButton(page, "Turn it off").click();
      await page.getByRole("dialog").getByText("This is not your current password.").waitFor();
      await page.getByRole("dialog").getByLabel("Current password", { exact: true }).fill(person.password);
      await dialogButton(page, "Turn it off").dblclick();
      await page.getByText("The authenticator app is off.").waitFor();
      await page.getByText("The authenticator app is off now.").waitFor();
      await expect.poll(() => focused(page)).toBe("Authenticator app");
      await signedInElsewhere(portal, person);
    });

    it("forgets devices, which are asked for a code again", async () => {
      const portal = await openPortal(`devices-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      const other = await signedInElsewhere(portal, person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      const devices = card(page, "Your devices");
      await expect.poll(() => devices.getByRole("listitem").count()).toBe(2);
      await devices.getByText("This device", { exact: true }).waitFor();
      const { codes } = await setUpApp(page);
      await button(page, "I have kept them").click();
      // The other browser shows its second factor and is trusted from then on.
      const { email, password } = person;
      const login = (location: object = {}) => other("POST", "/accounts/login", { email, password, location });
      expect((await login()).json.code).toBe("kNewLocation");
      expect((await login({ verificationToken: codes[0], locationName: "Firefox on Windows" })).json.object).toBe(
        "account",
      );
      expect((await login()).json.object).toBe("account");
      await page.reload();
      await button(page, "Forget Firefox on Windows").first().click();
      await page.getByRole("dialog", { name: "Forget Firefox on Windows?" }).waitFor();
      await look(page, "security-forget");
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
      await expect.poll(() => focused(page)).toBe("Forget");
      await button(page, "Forget all devices").click();
      await dialogButton(page, "Forget all devices").click();
      await page.getByText("All devices are forgotten.").waitFor();
      await page.getByText("No device is remembered.").waitFor();
      await expect.poll(() => focused(page)).toBe("Your devices");
      expect((await login()).json.code).toBe("kNewLocation");
      await button(page, "Sign out").click();
      await signIn(page, person);
      await page.getByText("Enter the code that your authenticator app shows").waitFor();
    });

    it("forgets one device", async () => {
      const portal = await openPortal(`device-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await signedInElsewhere(portal, person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      await button(page, "Forget Firefox on Windows").click();
      await dialogButton(page, "Forget").click();
      await page.getByText("Firefox on Windows is forgotten.").waitFor();
      await expect.poll(() => card(page, "Your devices").getByRole("listitem").count()).toBe(1);
      await card(page, "Your devices").getByText("This device", { exact: true }).waitFor();
    });

    it("ends one session, and all others", async () => {
      const portal = await openPortal(`sessions-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      const others = [await signedInElsewhere(portal, person)];
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      const sessions = card(page, "Where you are signed in");
      await expect.poll(() => sessions.getByRole("listitem").count()).toBe(2);
      expect(await sessions.getByText("This session").count()).toBe(1);
      const alive = async () =>
        Promise.all(others.map(async (each) => (await each("GET", "/accounts/status")).json.loggedin));
      await sessions.getByRole("button", { name: /^End the session of/ }).click();
      await look(page, "security-end-session");
      await dialogButton(page, "End").click();
      await page.getByText("The session has ended.").waitFor();
      await expect.poll(() => sessions.getByRole("listitem").count()).toBe(1);
      await expect.poll(() => focused(page)).toBe("Where you are signed in");
      expect(await alive()).toEqual([false]);
      others.push(await signedInElsewhere(portal, person), await signedInElsewhere(portal, person));
      await page.reload();
      await expect.poll(() => sessions.getByRole("listitem").count()).toBe(3);
      await button(page, "End all other sessions").click();
      await dialogButton(page, "End all other sessions").click();
      await page.getByText("All other sessions have ended.").waitFor();
      await expect.poll(() => sessions.getByRole("listitem").count()).toBe(1);
      expect(await alive()).toEqual([false, false, false]);
    });

    it("leads to signing in when another browser has ended this session, and back", async () => {
      const portal = await openPortal(`ended-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      await page.getByLabel("New password", { exact: true }).fill(newPassword);
      await page.getByLabel("Current password", { exact: true }).fill(person.password);
      const other = await signedInElsewhere(portal, person);
      expect((await other("DELETE", "/accounts/me/sessions")).status).toBe(200);
      await button(page, "Change the password").click();
      await page.getByText("Your session has ended").waitFor();
      await openSecurity(page, person);
      // The password has not been changed.
      await signedInElsewhere(portal, person);
    });

    it("says what cannot be loaded, and tries again", async () => {
      const portal = await openPortal(`lost-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}security`, screen);
      const { page } = visitor;
      await openSecurity(page, person);
      await visitor.context.route("**/accounts/me/devices*", (route) => route.abort());
      await page.reload();
      await card(page, "Your devices").getByText("Frontdesk cannot be reached.").waitFor();
      await look(page, "security-lost");
      await visitor.context.unroute("**/accounts/me/devices*");
      await button(page, "Try again").click();
      await expect.poll(() => card(page, "Your devices").getByRole("listitem").count()).toBe(1);
    });
  });

  it("fits a narrow phone, in Spanish, also while an app is set up", async () => {
    const portal = await openPortal("narrow");
    const person = personAt(portal.org);
    await portal.add(person);
    await signedInElsewhere(portal, person);
    await using visitor = await visit(browser, `${portal.home}security`, screens[0]);
    const { page } = visitor;
    await openSecurity(page, person);
    await page.setViewportSize({ width: 320, height: 2600 });
    await page.getByLabel("Language").selectOption("es");
    await page.getByRole("heading", { name: "Seguridad" }).waitFor();
    await look(page, "security-es");
    await button(page, "Configurar una aplicación de autenticación").click();
    await page.getByRole("heading", { name: "Configure su aplicación de autenticación" }).waitFor();
    await look(page, "security-es-app");
    await button(page, "Cancelar").click();
    await expect.poll(() => focused(page)).toBe("Aplicación de autenticación");
  });
});
