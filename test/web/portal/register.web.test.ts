import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import {
  administratorRole,
  look,
  openPortal,
  type PagePortal,
  type Person,
  personAt,
  screens,
  visit,
} from "../../kit/portal-page.ts";

const [, desktop] = screens;

/** Fills in the form, as far as the person has said something. */
async function fillIn(page: Page, { name, email, mobile, password }: Person): Promise<void> {
  await page.getByLabel("First name").fill(name.first);
  await page.getByLabel("Last name").fill(name.last);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Mobile number").fill(mobile);
  await page.getByLabel("Password", { exact: true }).fill(password);
}

const submit = (page: Page) => page.getByRole("button", { name: "Register", exact: true });
const isIn = (page: Page) => page.getByRole("heading", { name: "My account" }).waitFor();

/** The account as an administrator sees it. */
async function accountOf({ administrator }: PagePortal, email: string) {
  const { json } = await administrator("GET", `/accounts?where=${encodeURIComponent(JSON.stringify({ email }))}`);
  expect(json.data).toHaveLength(1);
  return json.data[0];
}

/** Invites somebody to register, and returns the mailed link. */
async function invite(portal: PagePortal, email: string, more: object = {}): Promise<string> {
  const { status } = await portal.administrator("POST", "/accounts/invitations", { targets: [{ email, ...more }] });
  expect(status).toBe(200);
  return portal.linkTo(email, "register");
}

describeInBrowser("registering", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  describe.each(screens)("on a $name", (screen) => {
    it("leads to one's own account, with the language and the time zone of the browser, and mails the verification", async () => {
      const portal = await openPortal(`new-${screen.name}`);
      const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
      await using visitor = await visit(browser, `${portal.home}sign-in`, screen, { timezoneId: "America/Denver" });
      const { page } = visitor;
      await page.getByRole("link", { name: "Register" }).click();
      await page.getByRole("heading", { name: "Register" }).waitFor();
      await look(page, "register");
      await fillIn(page, person);
      await page.getByText("Strong.").waitFor();
      await look(page, "register-filled");
      await submit(page).click();
      await isIn(page);
      expect(await accountOf(portal, person.email)).toMatchObject({
        name: person.name,
        mobile: "+16505550147",
        state: "unverified",
        tz: "America/Denver",
        locale: "en_US",
      });
      await portal.linkTo(person.email, "verify");
      // The way back does not lead to the form again.
      await page.goBack();
      await page
        .getByText("You are signed in as Grace Oak")
        .or(page.getByRole("heading", { name: "My account" }))
        .waitFor();
      await page.goto(`${portal.home}register`);
      await page.getByText("You are signed in as Grace Oak").waitFor();
      await look(page, "register-signed-in");
    });

    it("says at the fields what is missing or wrong, and keeps what was typed", async () => {
      const portal = await openPortal(`faults-${screen.name}`);
      const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
      await using visitor = await visit(browser, `${portal.home}register`, screen);
      const { page } = visitor;
      await submit(page).click();
      await expect.poll(() => page.getByText("Fill this in.").count()).toBe(5);
      expect(await page.evaluate("document.activeElement.name")).toBe("name.first");
      await look(page, "register-missing");
      await fillIn(page, { ...person, mobile: "12", password: "grace.oak" });
      await submit(page).click();
      await page.getByText("Enter a phone number").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("mobile");
      await look(page, "register-wrong");
      expect(await page.getByLabel("E-mail address").inputValue()).toBe(person.email);
      await page.getByLabel("Mobile number").fill(person.mobile);
      await submit(page).click();
      await page.getByText("Choose a password that is harder to guess").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("password");
      await page.getByLabel("Password", { exact: true }).fill(person.password);
      await submit(page).click();
      await isIn(page);
    });

    it("an address that has an account: offers to sign in, or to set a new password", async () => {
      const portal = await openPortal(`taken-${screen.name}`);
      const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}register`, screen);
      const { page } = visitor;
      await fillIn(page, person);
      await submit(page).click();
      await page.getByRole("alert").getByText("There is an account with this e-mail address already.").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("email");
      await look(page, "register-taken");
      await page.getByRole("alert").getByRole("link", { name: "set a new password" }).click();
      await page.getByRole("heading", { name: "Set a new password" }).waitFor();
      await page.goBack();
      await submit(page).waitFor();
    });

    it("by an invitation: the address is verified, the roles are there, and the token is gone from the address bar", async () => {
      const portal = await openPortal(`invited-${screen.name}`, { registration: "invitation" });
      const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
      const link = await invite(portal, person.email, { roles: [administratorRole] });
      await using visitor = await visit(browser, link, screen);
      const { page } = visitor;
      await page.getByText("You are invited.").waitFor();
      await page.waitForURL(`${portal.home}register`);
      await look(page, "register-invited");
      await page.reload();
      await page.getByText("You are invited.").waitFor();
      await fillIn(page, person);
      await submit(page).click();
      await isIn(page);
      expect(await accountOf(portal, person.email)).toMatchObject({ state: "verified", roles: [administratorRole] });
      // Once more the same link: it is used, which only the attempt shows.
      await using other = await visit(browser, link, screen);
      await fillIn(other.page, { ...person, email: `other@${portal.org}.example` });
      await submit(other.page).click();
      await other.page.getByRole("alert").getByText("does not work any more").waitFor();
      await look(other.page, "register-used");
      expect(await other.page.getByRole("button", { name: "Register without the invitation" }).count()).toBe(0);
    });

    it("portals that are closed, or open for invited people only, say so", async () => {
      const closed = await openPortal(`shut-${screen.name}`, { registration: false });
      await using first = await visit(browser, `${closed.home}register`, screen);
      await first.page.getByRole("heading", { name: "Registration is closed" }).waitFor();
      await look(first.page, "register-closed");
      const invited = await openPortal(`byinv-${screen.name}`, { registration: "invitation" });
      await using second = await visit(browser, `${invited.home}register`, screen);
      await second.page.getByRole("heading", { name: "You need an invitation to register" }).waitFor();
      await look(second.page, "register-invitation-only");
      await second.page.goto(`${invited.home}register?token=half`);
      await second.page.getByRole("alert").getByText("The link is not complete.").waitFor();
    });

    it("the meter says in words how strong the password is, by the server's rule", async () => {
      const portal = await openPortal(`meter-${screen.name}`, { minPasswordScore: 3 });
      const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
      await using visitor = await visit(browser, `${portal.home}register`, screen);
      const { page } = visitor;
      const scripts: string[] = [];
      page.on("request", (request) => scripts.push(request.url()));
      await fillIn(page, { ...person, password: "" });
      const password = page.getByLabel("Password", { exact: true });
      const status = page.getByRole("status").filter({ hasText: /\S/ });
      const says = async (typed: string, sentence: string) => {
        await password.fill(typed);
        await status.getByText(sentence).waitFor();
      };
      await says("short", "Too short");
      await says("x".repeat(257), "Too long");
      await says("Grace-Oak12", "leave out your name");
      await says(`grace@${portal.org}.example`, "leave out your name");
      await says("650 555 0147", "leave out your name");
      await says(`Clinic ${portal.org}`, "leave out your name");
      await says("password12345", "add a word or two");
      await look(page, "register-weak");
      await says("otterkettle9", "Good.");
      await look(page, "register-good");
      await says(person.password, "Strong.");
      await password.fill("");
      await expect.poll(() => page.getByText("Strong.").count()).toBe(0);
    });
  });

  it("the word lists are loaded when the password gets the focus, and only then", async () => {
    const portal = await openPortal("lists");
    await using visitor = await visit(browser, `${portal.home}register`, desktop);
    const { page, context } = visitor;
    const asked: string[] = [];
    context.on("request", (request) => asked.push(request.url()));
    await page.getByLabel("First name").fill("Grace");
    expect(asked.filter((url) => url.includes("password-worker"))).toEqual([]);
    const worker = page.waitForEvent("worker");
    await page.getByLabel("Password", { exact: true }).focus();
    expect((await worker).url()).toContain("/_portal/password-worker-");
  });

  it("where the word lists cannot be loaded, the page says so, and the server judges", async () => {
    const portal = await openPortal("nolists");
    const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
    await using visitor = await visit(browser, `${portal.home}register`, desktop, {}, async (page) => {
      await page.context().route("**/password-worker-*", (route) => route.abort());
    });
    const { page } = visitor;
    await fillIn(page, { ...person, password: "password12345" });
    await page.getByText("The strength cannot be shown at present.").waitFor();
    await look(page, "register-no-meter");
    await submit(page).click();
    await page.getByText("Choose a password that is harder to guess").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await submit(page).click();
    await isIn(page);
  });

  it("a double click registers once", async () => {
    const portal = await openPortal("twice");
    const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
    await using visitor = await visit(browser, `${portal.home}register`, desktop);
    const { page } = visitor;
    let calls = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/accounts/register")) calls += 1;
    });
    await fillIn(page, person);
    await submit(page).dblclick();
    await isIn(page);
    expect(calls).toBe(1);
    expect(await portal.messagesTo(person.email)).toHaveLength(1);
  });

  it("an invitation that is too old: in words, and without it where everybody may register", async () => {
    const portal = await openPortal("late");
    const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
    const link = await invite(portal, person.email);
    await portal.expire(link);
    await using visitor = await visit(browser, link, desktop);
    const { page } = visitor;
    await fillIn(page, person);
    await submit(page).click();
    await page.getByRole("alert").getByText("This invitation is too old").waitFor();
    await look(page, "register-expired");
    await page.getByRole("button", { name: "Register without the invitation" }).click();
    await isIn(page);
    expect(await accountOf(portal, person.email)).toMatchObject({ state: "unverified" });
  });

  it("half a link: in words, and without it where everybody may register", async () => {
    const portal = await openPortal("half");
    await using visitor = await visit(browser, `${portal.home}register?token=abc`, desktop);
    const { page } = visitor;
    await page.getByRole("alert").getByText("The link is not complete.").waitFor();
    await look(page, "register-incomplete");
    await page.getByRole("button", { name: "Register without the invitation" }).click();
    await page.getByLabel("First name").waitFor();
  });

  it("an invitation with another address: that one has to be verified", async () => {
    const portal = await openPortal("elsewhere", { registration: "invitation" });
    const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
    const link = await invite(portal, `invited@${portal.org}.example`);
    await using visitor = await visit(browser, link, desktop);
    const { page } = visitor;
    await page.getByText("Use the address to which the invitation was sent.").waitFor();
    await fillIn(page, person);
    await submit(page).click();
    await isIn(page);
    expect(await accountOf(portal, person.email)).toMatchObject({ state: "unverified" });
    await portal.linkTo(person.email, "verify");
  });

  it("in Spanish: the account gets that language", async () => {
    const portal = await openPortal("espanol");
    const person = personAt(portal.org, "Grace", "Oak", "650-555-0147");
    await using visitor = await visit(browser, `${portal.home}register`, desktop, { locale: "es-ES" });
    const { page } = visitor;
    await page.getByLabel("Nombre", { exact: true }).fill("Gracia");
    await page.getByLabel("Apellidos").fill("Roble Olmo");
    await page.getByLabel("Correo electrónico").fill(person.email);
    await page.getByLabel("Teléfono móvil").fill("+34 912 34 56 78");
    await page.getByLabel("Contraseña", { exact: true }).fill(person.password);
    await page.getByText("Muy segura.").waitFor();
    await look(page, "register-spanish");
    await page.getByRole("button", { name: "Registrarse" }).click();
    await page.getByRole("heading", { name: "Mi cuenta" }).waitFor();
    expect(await accountOf(portal, person.email)).toMatchObject({ locale: "es", mobile: "+34912345678" });
  });
});
