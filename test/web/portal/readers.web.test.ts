import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import {
  administratorRole,
  look,
  openPortal,
  type Person,
  personAt,
  screens,
  signIn,
  visit,
} from "../../kit/portal-page.ts";

const [, desktop] = screens;
const narrow = { width: 320, height: 568 };

/** What has the focus: its name, or its text. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>("document.activeElement.ariaLabel ?? document.activeElement.innerText ?? ''");

describeInBrowser("readers who do not use a mouse, or not the newest phone", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  /** Opens a portal with an administrator who has signed in, and somebody else. */
  async function openAsAdministrator(org: string, other: Person, screen: Parameters<typeof visit>[2] = desktop) {
    const portal = await openPortal(org);
    const boss = personAt(org, "Boss");
    await portal.add(boss, { roles: [administratorRole] });
    const { _id } = await portal.add(other, { state: "unverified" });
    const visitor = await visit(browser, `${portal.home}sign-in`, screen);
    await signIn(visitor.page, boss);
    await visitor.page.getByRole("heading", { name: "My account" }).waitFor();
    return { portal, visitor, page: visitor.page, id: _id };
  }

  /** Presses a button of the page, and the button that answers the question, with the keyboard. */
  async function answerByKeyboard(page: Page, asker: string, answer = asker): Promise<void> {
    await page.getByRole("button", { name: asker, exact: true }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: answer, exact: true }).press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }

  describe("where the focus is", () => {
    it("the list of languages keeps the focus while one is chosen", async () => {
      const portal = await openPortal("focus-language");
      await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
      const { page } = visitor;
      await page.getByLabel("Language").focus();
      await page.keyboard.press("ArrowDown");
      await page.getByRole("heading", { name: "Iniciar sesión" }).waitFor();
      expect(await page.title()).toBe("Iniciar sesión");
      expect(await page.evaluate("document.activeElement.tagName")).toBe("SELECT");
    });

    it("the code can be typed at once, and a screen reader hears where it is", async () => {
      const portal = await openPortal("focus-code", { twoFactor: true });
      const ada = personAt(portal.org);
      await portal.add(ada);
      await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
      const { page } = visitor;
      await signIn(page, ada);
      await page.getByRole("textbox", { name: "Code" }).waitFor();
      await expect.poll(() => page.evaluate("document.activeElement.name")).toBe("code");
      const note = await page.evaluate<string>(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby').split(' ')[0]).textContent",
      );
      expect(note).toContain("We have sent a code");
    });

    it("stays with an administrator who changes a person", async () => {
      const { portal, visitor, page, id } = await openAsAdministrator("focus-person", personAt("focus-person"));
      await using _ = visitor;
      await page.goto(`${portal.home}people/${id}`);
      const first = page.getByLabel("First name");
      await first.fill("Grace");
      await first.press("Enter");
      await page.getByRole("heading", { name: "Grace Mills" }).waitFor();
      await expect.poll(() => focused(page)).toBe("Saved.");
      for (const [asker, then] of [
        ["Require activation", "Activate"],
        ["Activate", "Require activation"],
        ["Lock", "Unlock"],
        ["Forget all devices", "Forget all devices"],
      ] as const) {
        await answerByKeyboard(page, asker);
        await expect.poll(() => focused(page), { message: asker }).toBe(then);
      }
    });

    it("goes to the heading of the list when an invitation was withdrawn", async () => {
      const { portal, visitor, page } = await openAsAdministrator("focus-withdraw", personAt("focus-withdraw"));
      await using _ = visitor;
      await page.goto(`${portal.home}invitations`);
      await page.getByLabel("E-mail addresses").fill("one@focus.example, two@focus.example");
      await page.getByRole("button", { name: "Send 2 invitations" }).click();
      await answerByKeyboard(page, "Withdraw: one@focus.example", "Withdraw");
      await expect.poll(() => focused(page)).toBe("Open invitations");
    });
  });

  describe("controls", () => {
    it("the button that shows a password says what it does, and is no switch with a second state", async () => {
      const portal = await openPortal("show-password");
      await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
      const button = visitor.page.getByRole("button", { name: "Show the password" });
      expect(await button.getAttribute("aria-pressed")).toBeNull();
      await button.press("Enter");
      await visitor.page.getByRole("button", { name: "Hide the password" }).waitFor();
      expect(await visitor.page.getByLabel("Password", { exact: true }).getAttribute("type")).toBe("text");
    });

    it("with the colours of the system, only the page where one is is underlined", async () => {
      const { visitor, page } = await openAsAdministrator("forced", personAt("forced"));
      await using _ = visitor;
      await page.emulateMedia({ forcedColors: "active" });
      const edgeOf = (place: string) =>
        page.evaluate<string>(`getComputedStyle(document.querySelector("nav a[href$=${place}]")).borderBottomColor`);
      const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      expect(await edgeOf("security")).toBe(ground);
      expect(await edgeOf("account")).not.toBe(ground);
    });
  });

  describe("a bad line", () => {
    it("a page whose file cannot be loaded says so, and another attempt shows it", async () => {
      const { visitor, page } = await openAsAdministrator("no-file", personAt("no-file"));
      await using _ = visitor;
      await visitor.context.setOffline(true);
      await page.getByRole("link", { name: "Security" }).click();
      await page.getByRole("heading", { name: "This page could not be loaded" }).waitFor();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("alert").getByText("Check your connection").waitFor();
      await look(page);
      await visitor.context.setOffline(false);
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { name: "Your devices" }).waitFor();
    });

    it("a page whose file takes long says that it is loading", async () => {
      const { visitor, page } = await openAsAdministrator("slow-file", personAt("slow-file"));
      await using _ = visitor;
      const held = Promise.withResolvers<void>();
      await page.route("**/_portal/sharing*", async (route) => {
        await held.promise;
        await route.continue();
      });
      await page.getByRole("link", { name: "Connections" }).click();
      await page.getByRole("status").getByText("Loading …").waitFor();
      held.resolve();
      await page.getByRole("heading", { name: "Connections" }).waitFor();
    });

    it("another attempt that fails is announced again", async () => {
      const { visitor, page, portal } = await openAsAdministrator("again", personAt("again"));
      await using _ = visitor;
      let attempts = 0;
      await page.route(`${portal.home}v2/settings`, async (route) => {
        attempts += 1;
        await route.abort();
      });
      await page.goto(`${portal.home}settings`);
      await page.getByRole("alert").waitFor();
      await page.evaluate("window.firstAlert = document.querySelector('[role=alert]')");
      await page.getByRole("button", { name: "Try again" }).press("Enter");
      await expect.poll(() => page.evaluate("window.firstAlert.isConnected")).toBe(false);
      await page.getByRole("alert").getByText("cannot be reached").waitFor();
      expect(attempts).toBeGreaterThan(1);
      expect(await focused(page)).toBe("Try again");
      // When it succeeds, the button is gone.
      await page.unroute(`${portal.home}v2/settings`);
      await page.getByRole("button", { name: "Try again" }).press("Enter");
      await page.getByRole("button", { name: "Try again" }).waitFor({ state: "detached" });
      await expect.poll(() => focused(page)).toBe("Portal settings");
    });

    it("an answer that is not from Frontdesk has no number to tell", async () => {
      const portal = await openPortal("no-number");
      await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
      const { page } = visitor;
      await page.route("**/v2/accounts/login", (route) => route.fulfill({ status: 502, body: "Bad Gateway" }));
      await signIn(page, personAt(portal.org));
      await expect.poll(() => page.getByRole("alert").innerText()).toMatch(/tell the practice\.$/);
    });
  });

  describe("older and smaller devices", () => {
    it("a time zone that the browser does not know does not empty the pages", async () => {
      const portal = await openPortal("old-zone");
      const ada = personAt(portal.org);
      await portal.add(ada);
      const unknown = `const Known = Intl.DateTimeFormat;
        Intl.DateTimeFormat = new Proxy(Known, { construct(target, [language, form]) {
          if (form?.timeZone === "Europe/Kyiv") throw new RangeError("no such zone");
          return new target(language, form);
        } });`;
      await using visitor = await visit(browser, `${portal.home}sign-in`, desktop, {}, (page) =>
        page.addInitScript(unknown),
      );
      const { page } = visitor;
      await signIn(page, ada);
      await page.getByLabel("Time zone").fill("Europe/Kyiv");
      await page.getByRole("button", { name: "Save" }).first().click();
      await page.getByText("Saved: Time zone.").waitFor();
      await page.reload();
      await page.getByText("Last changed").waitFor();
      expect(await page.getByLabel("Time zone").inputValue()).toBe("Europe/Kyiv");
    });

    it("names and addresses that are longer than the screen is wide are wrapped", async () => {
      const long: Person = {
        ...personAt("long"),
        name: { first: "Wolfeschlegelsteinhausenbergerdorff", last: "Hohenstaufen-Zollern-Sigmaringen" },
        email: `${"wolfeschlegelstein".repeat(3)}@a-very-long-name.of-the-clinic.example`,
      };
      const { portal, visitor, page, id } = await openAsAdministrator("long", long, narrow);
      await using _ = visitor;
      await page.goto(`${portal.home}people/${id}`);
      await page.getByText("Account registered").waitFor();
      await look(page);
      await page.getByRole("button", { name: "Delete the account" }).click();
      await page.getByRole("dialog").waitFor();
      const overflow = "document.querySelector('.modal').scrollWidth - document.querySelector('.modal').clientWidth";
      expect(await page.evaluate(overflow)).toBe(0);
      await look(page);
    });
  });
});
