import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { callAt, cleanUp } from "../../kit/children.ts";
import { look, openPortal, personAt, screens, signIn, visit } from "../../kit/portal-page.ts";

const [phone, desktop] = screens;
/** The address of the portal itself. */
const askedForPortal = /\/v2\/?$/;

describeInBrowser("the circumstances of readers", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  describe.each(screens)("on a $name", (screen) => {
    it("one friendly page for a portal that does not exist, and one for a page that does not", async () => {
      const portal = await openPortal(`there-${screen.name}`);
      await using lost = await visit(browser, new URL("/nobody-here/", portal.home).href, screen);
      await lost.page.getByRole("heading", { name: "There is no such portal" }).waitFor();
      await look(lost.page, "gone");
      await using astray = await visit(browser, `${portal.home}no-such-page`, screen);
      await astray.page.getByRole("heading", { name: "There is no such page" }).waitFor();
      await look(astray.page, "no-such-page");
      await astray.page.getByRole("link", { name: "Go to the first page" }).click();
      await astray.page.getByRole("heading", { name: "Sign in" }).waitFor();
    });

    it("a portal that was closed looks like one that never was", async () => {
      const portal = await openPortal(`closed-${screen.name}`);
      const { origin } = new URL(portal.home);
      const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
      const closed = { auth, accountId: portal.org, name: "Closed", websiteAddress: portal.org, active: false };
      expect(await callAt(origin, "PracticeUpdate", closed)).toMatchObject({ responseCode: 2000 });
      await using visitor = await visit(browser, portal.home, screen);
      await visitor.page.getByRole("heading", { name: "There is no such portal" }).waitFor();
    });

    it("a network that fails loses nothing that was typed, and is said in words", async () => {
      const portal = await openPortal(`net-${screen.name}`);
      const person = personAt(portal.org);
      await portal.add(person);
      await using visitor = await visit(browser, `${portal.home}sign-in`, screen);
      const { page, context } = visitor;
      await page.getByText(`Clinic ${portal.org}`).waitFor();
      await context.setOffline(true);
      await signIn(page, person);
      await page.getByRole("alert").getByText("cannot be reached").waitFor();
      await look(page, "no-network");
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe(person.password);
      await context.setOffline(false);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "My account" }).waitFor();
    });
  });

  it("a double click signs in once", async () => {
    const portal = await openPortal("double");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    let logins = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/accounts/login")) logins += 1;
    });
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).dblclick();
    await page.getByRole("heading", { name: "My account" }).waitFor();
    expect(logins).toBe(1);
  });

  it("the second click of a double click does nothing, also when the first is done by then", async () => {
    const portal = await openPortal("twice");
    const person = personAt(portal.org);
    await portal.add(person, { state: "unverified" });
    await using visitor = await visit(browser, portal.home, desktop);
    const { page } = visitor;
    await signIn(page, person);
    const resend = page.getByRole("button", { name: "Send the mail again" });
    const { x, y, width, height } = (await resend.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const calls: string[] = [];
    page.on("request", (request) => calls.push(request.url().replace(/^.*\//, "")));
    await page.mouse.move(x + width / 2, y + height / 2);
    for (const clickCount of [1, 2]) {
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
      await page.getByText("We have mailed you the link").waitFor();
    }
    // A click of its own counts.
    await page.getByRole("link", { name: "Security" }).click();
    await page.getByRole("heading", { name: "Security" }).waitFor();
    expect(calls.filter((call) => call === "resend-verification")).toHaveLength(1);
    await page.getByRole("link", { name: "My account" }).click();
    await resend.click();
    await page.getByText("We have mailed you the link").waitFor();
    expect(calls.filter((call) => call === "resend-verification")).toHaveLength(2);
  });

  it("on a slow line the form is there before the portal has answered", async () => {
    const portal = await openPortal("slow");
    const person = personAt(portal.org);
    await portal.add(person);
    const held = Promise.withResolvers<void>();
    let isAnswered = false;
    await using visitor = await visit(browser, portal.home, phone, {}, async (page) => {
      const line = await page.context().newCDPSession(page);
      await line.send("Network.enable");
      // 50 kilobytes a second, 400 ms for each way there and back.
      const slow = { offline: false, latency: 400, downloadThroughput: 50 * 1024, uploadThroughput: 50 * 1024 };
      await line.send("Network.emulateNetworkConditions", slow);
      await page.route(askedForPortal, async (route) => {
        await held.promise;
        isAnswered = true;
        await route.continue();
      });
    });
    const { page } = visitor;
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect([isAnswered, await page.getByText("Clinic slow").count()]).toEqual([false, 0]);
    held.resolve();
    await page.getByText("Clinic slow").waitFor();
    await signIn(page, person);
    await page.getByRole("heading", { name: "My account" }).waitFor();
  });

  it("a portal that did not answer at first is named once it does", async () => {
    const portal = await openPortal("late");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, portal.home, phone, {}, (page) =>
      page.route(askedForPortal, (route) => route.abort()),
    );
    const { page } = visitor;
    await signIn(page, person);
    await page.getByRole("alert").getByText("cannot be reached").waitFor();
    expect(await page.getByText("Clinic late").count()).toBe(0);
    await page.unroute(askedForPortal);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "My account" }).waitFor();
    await page.getByText("Clinic late").waitFor();
  });

  it("at 200 % zoom nothing is cut off", async () => {
    const portal = await openPortal("zoom");
    // A window of 640 pixels at 200 % shows 320.
    await using visitor = await visit(browser, portal.home, { width: 320, height: 256 });
    await visitor.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await look(visitor.page);
  });

  it.each([
    ["nothing moves for readers who want no motion", "reduce", "none"],
    ["a button shows others by a movement that something is going on", "no-preference", "turn"],
  ] as const)("%s", async (_, reducedMotion, animation) => {
    const portal = await openPortal(`motion-${reducedMotion}`);
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, portal.home, desktop, { reducedMotion });
    const { page } = visitor;
    const held = Promise.withResolvers<void>();
    await page.route("**/accounts/login", async (route) => {
      await held.promise;
      await route.continue();
    });
    await signIn(page, person);
    const pending = page.locator(".button.pending");
    await pending.waitFor();
    const moving =
      "[...document.querySelectorAll('*')].flatMap((each) => ['', '::before', '::after'].map((part) => getComputedStyle(each, part || null)))";
    const names = await page.evaluate<string[]>(`[...new Set(${moving}.map(({ animationName }) => animationName))]`);
    expect(names.filter((name) => name !== "none")).toEqual(animation === "none" ? [] : [animation]);
    expect(await page.evaluate(`${moving}.every(({ transitionDuration }) => transitionDuration === "0s")`)).toBe(true);
    held.resolve();
    await page.getByRole("heading", { name: "My account" }).waitFor();
  });
  it("the keyboard alone signs in and out, and begins with a way past the frame", async () => {
    const portal = await openPortal("keys");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, portal.home, desktop);
    const { page } = visitor;
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const { keyboard } = page;
    await keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.type(person.email);
    await keyboard.press("Tab");
    await keyboard.type(person.password);
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "My account" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).focus();
    await keyboard.press("Space");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("the browser's language decides, and a choice is kept", async () => {
    const portal = await openPortal("tongues");
    await using visitor = await visit(browser, portal.home, phone, { locale: "es-MX" });
    const { page } = visitor;
    await page.getByRole("heading", { name: "Iniciar sesión" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("es");
    await look(page, "sign-in-spanish");
    await page.getByLabel("Idioma").selectOption("en");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("the first page is there without a slash at its end, too", async () => {
    const portal = await openPortal("slashless");
    const person = personAt(portal.org);
    await portal.add(person);
    await using visitor = await visit(browser, portal.home.slice(0, -1), desktop);
    await signIn(visitor.page, person);
    await visitor.page.getByRole("heading", { name: "My account" }).waitFor();
    expect(visitor.page.url()).toBe(`${portal.home}account`);
  });
});
