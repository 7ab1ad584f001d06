import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demo } from "../../../local/demo.ts";
import type { SentMessage } from "../../../local/outside.ts";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { callAt, cleanUp, freePort, startInstance } from "../../kit/children.ts";
import { screens, signIn, visit } from "../../kit/portal-page.ts";

const [, desktop] = screens;

describeInBrowser("a portal with a host of its own", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  it("has its pages at short addresses: from registering to the mailed link, signing out and back in", async () => {
    const port = await freePort();
    const home = `http://hosted.localhost:${port}/`;
    const { url } = await startInstance({ PORT: String(port), PORTAL_URL: `http://{org}.localhost:${port}` }, [
      "--memory",
    ]);
    const { applicationId, applicationPassword } = demo;
    const auth = { applicationId, applicationPassword, accountId: "hosted" };
    const practice = { auth, name: "Hosted Clinic", websiteAddress: "hosted" };
    expect(await callAt(url, "PracticeCreate", practice)).toMatchObject({ responseCode: 2000 });
    const ada = { email: "ada@hosted.example", password: "mauve otter juggles 41 kettles" };

    await using visitor = await visit(browser, home, desktop);
    const { page } = visitor;
    await page.getByRole("link", { name: "Register" }).click();
    await page.getByLabel("First name").fill("Ada");
    await page.getByLabel("Last name").fill("Mills");
    await page.getByLabel("E-mail address").fill(ada.email);
    await page.getByLabel("Mobile number").fill("650-555-0147");
    await page.getByLabel("Password", { exact: true }).fill(ada.password);
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("heading", { name: "My account" }).waitFor();
    expect(page.url()).toBe(`${home}account`);

    const [mail] = (await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[];
    const [link = ""] = /http\S+\/verify\?token=\w{32}/.exec(mail?.text ?? "") ?? [];
    expect(link.startsWith(`${home}verify?`)).toBe(true);
    const mailed = await visitor.tab(link);
    await mailed.getByRole("button", { name: "Verify my address" }).click();
    await mailed.getByText("is verified").first().waitFor();
    expect(mailed.url()).toBe(`${home}verify`);

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto(`${home}security`);
    await signIn(page, ada);
    await page.getByRole("heading", { name: "Security" }).waitFor();
    expect(page.url()).toBe(`${home}security`);
    // The cookie of this portal is sent to its calls only.
    expect((await visitor.context.cookies()).map(({ name, path }) => [name, path])).toContainEqual([
      "md.sid",
      "/hosted",
    ]);
  });
});
