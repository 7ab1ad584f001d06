import { TOTP } from "otpauth";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import { openPortal, screens, signIn, visit } from "../../kit/portal-page.ts";

describeInBrowser("the first quarter of an hour with a portal", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  it("register, open the link of the mail in the messages of npm start, set up an authenticator app, and sign in with it from a second browser", async () => {
    const portal = await openPortal("first-steps");
    const [phone, desktop] = screens;
    const grace = { email: "grace@first-steps.example", password: "seven lilac anvils hum softly" };
    await using laptop = await visit(browser, portal.home, desktop);
    const { page } = laptop;
    await page.getByRole("link", { name: "Register" }).click();
    await page.getByLabel("First name").fill("Grace");
    await page.getByLabel("Last name").fill("Oak");
    await page.getByLabel("E-mail address").fill(grace.email);
    await page.getByLabel("Mobile number").fill("650-555-0147");
    await page.getByLabel("Password", { exact: true }).fill(grace.password);
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("heading", { name: "My account" }).waitFor();

    // The link opens in a new tab, as in a mail program.
    const messages = await laptop.tab(new URL("/_local/", portal.home).href);
    const opened = laptop.context.waitForEvent("page");
    await messages
      .getByRole("link", { name: /\/verify\?token=/ })
      .first()
      .click();
    const mailed = await opened;
    await mailed.getByRole("button", { name: "Verify my address" }).click();
    await mailed.getByText("is verified").first().waitFor();

    await page.getByRole("link", { name: "Security" }).click();
    await page.getByRole("button", { name: "Set up an authenticator app" }).click();
    const secret = (await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent())?.replaceAll(" ", "");
    const app = new TOTP({ secret: String(secret) });
    await page.getByLabel("Code of the app").fill(app.generate());
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("heading", { name: /recovery codes/i }).waitFor();

    await using second = await visit(browser, portal.home, phone);
    await signIn(second.page, grace);
    await second.page.getByRole("heading", { name: "One more step" }).waitFor();
    // The code of the half minute before was used, so this one is the next.
    await second.page.getByLabel("Code", { exact: true }).fill(app.generate({ timestamp: Date.now() + 30_000 }));
    await second.page.getByRole("button", { name: "Continue" }).click();
    await second.page.getByRole("heading", { name: "My account" }).waitFor();
    expect(await second.page.getByText("Grace Oak").count()).toBeGreaterThan(0);
  });
});
