import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import {
  administratorRole,
  elsewhere,
  look,
  openPortal,
  type PagePortal,
  password,
  personAt,
  screens,
  signIn,
  visit,
} from "../../kit/portal-page.ts";

describeInBrowser("the settings of a portal", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  async function administratorOn(portal: PagePortal, screen: (typeof screens)[number]) {
    const person = personAt(portal.org, "Olga", "Stone");
    const { _id } = await portal.add(person, { roles: [administratorRole] });
    const visitor = await visit(browser, `${portal.home}settings`, screen);
    await signIn(visitor.page, person);
    await visitor.page.getByLabel("Who may register").waitFor();
    return { visitor, page: visitor.page, _id };
  }
  const settingsOf = async (portal: PagePortal) => (await portal.administrator("GET", "/settings")).json;
  const save = (page: Page) => page.getByRole("button", { name: "Save" }).click();

  describe.each(screens)("on a $name", (screen) => {
    it("are shown with their limits and saved, and count from then on", async () => {
      const portal = await openPortal(`set-${screen.name}`);
      const { visitor, page } = await administratorOn(portal, screen);
      await using _ = visitor;
      await look(page, "settings");
      await page.getByLabel("Who may register").selectOption("Only people who were invited");
      await page.locator("label.choice", { hasText: "Ask for a code" }).click();
      await page.getByLabel("New passwords must be").selectOption("very hard to guess");
      await page.getByLabel("Minutes for which it stays locked").fill("30");
      await page.getByLabel("Text messages a day").fill("0");
      await page.getByLabel("Sites that may use").fill("https://app.example.org/\n\nhttps://b.example.org");
      await save(page);
      await page.getByText("The settings are saved").waitFor();
      await look(page, "settings-saved");
      expect(await settingsOf(portal)).toMatchObject({
        registration: "invitation",
        twoFactor: true,
        minPasswordScore: 3,
        lockMinutes: 30,
        lockAttempts: 5,
        smsPerDay: 0,
        allowedOrigins: ["https://app.example.org", "https://b.example.org"],
      });
      // Whoever registers and signs in now sees it.
      const ada = personAt(portal.org, "Ada", "Stone");
      const { json } = await elsewhere(portal)("POST", "/accounts/register", ada);
      expect(json.code).toBe("kSelfRegistrationDisabled");
      const { email } = personAt(portal.org, "Olga", "Stone");
      const login = await elsewhere(portal)("POST", "/accounts/login", { email, password });
      expect(login.json.code).toBe("kNewLocation");
      await page.reload();
      expect(await page.getByLabel("Who may register").inputValue()).toBe("invited");
      await save(page);
      await page.getByText("There is nothing to save").waitFor();
    });

    it("say at their fields what is wrong, and keep what was typed", async () => {
      const portal = await openPortal(`range-${screen.name}`);
      const { visitor, page } = await administratorOn(portal, screen);
      await using _ = visitor;
      const minutes = page.getByLabel("Minutes without use");
      await minutes.fill("4");
      await page.getByLabel("Hours after which").fill("");
      await page.getByLabel("Wrong passwords in a row").fill("3.5");
      await save(page);
      await page.getByText("Some fields need your attention.").waitFor();
      expect(await page.locator("[aria-invalid=true]").count()).toBe(3);
      expect(await page.evaluate("document.activeElement.name")).toBe("lockAttempts");
      await look(page, "settings-wrong");
      await minutes.fill("5");
      await page.getByLabel("Hours after which").fill("12");
      await page.getByLabel("Wrong passwords in a row").fill("6");
      await page.getByLabel("Sites that may use").fill("https://ok.example.org\nhttp://plain.example.org/path");
      await save(page);
      await page.getByText("Each line is an address").waitFor();
      expect(await minutes.inputValue()).toBe("5");
      expect(await settingsOf(portal)).toMatchObject({ sessionIdleMinutes: 15, allowedOrigins: [] });
      await page.route("**/v2/settings", (route) => route.abort());
      await page.getByLabel("Sites that may use").fill("");
      await save(page);
      await page.getByText("cannot be reached").waitFor();
      await page.unroute("**/v2/settings");
      await save(page);
      await page.getByText("The settings are saved").waitFor();
      expect(await settingsOf(portal)).toMatchObject({ sessionIdleMinutes: 5, lockAttempts: 6 });
    });

    it("of two administrators who change different ones at the same time both count", async () => {
      const portal = await openPortal(`both-${screen.name}`);
      const { visitor, page, _id } = await administratorOn(portal, screen);
      await using _ = visitor;
      await page.getByLabel("Minutes for which it stays locked").fill("45");
      await portal.administrator("PUT", "/settings", { sessionHours: 8, registration: false });
      await save(page);
      await page.getByText("The settings are saved").waitFor();
      expect(await settingsOf(portal)).toMatchObject({ lockMinutes: 45, sessionHours: 8, registration: false });
      expect(await page.getByLabel("Hours after which").inputValue()).toBe("8");
      // Whose role was taken meanwhile changes nothing more, and reads why.
      await portal.administrator("PUT", `/accounts/${_id}`, { roles: [] });
      await page.getByLabel("Minutes for which it stays locked").fill("50");
      await save(page);
      await page.getByText("You are no longer an administrator").waitFor();
      expect(await settingsOf(portal)).toMatchObject({ lockMinutes: 45 });
    });
  });
});
