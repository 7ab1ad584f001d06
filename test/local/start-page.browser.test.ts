import { expect, it } from "vitest";
import { demo } from "../../local/demo.ts";
import { violationsOf } from "../kit/axe.ts";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { callAt, cleanUp, startInstance, temporaryFolder } from "../kit/children.ts";

describeInBrowser("the start page in Chromium", () => {
  it("works by keyboard, sends requests to its own origin only, and copies a call", async () => {
    await using open = new AsyncDisposableStack();
    const instance = await startInstance({ FRONTDESK_DATA: temporaryFolder() });
    open.defer(cleanUp);
    const browser = await startBrowser();
    open.defer(() => browser.close());
    const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) asked.add(new URL(request.url()).origin);
    });
    await page.goto(instance.url);
    expect(await page.title()).toBe("Frontdesk on this machine");
    expect(await page.getAttribute("html", "lang")).toBe("en");
    expect(await page.getByRole("main").count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).allTextContents()).toEqual(["Frontdesk"]);
    const names = await page.getByRole("heading", { level: 3 }).allTextContents();
    expect(names).toEqual(["Practices and users", "Therapists", "Portal accounts"]);

    expect(await violationsOf(page)).toEqual([]);
    // The page has six links before its first button.
    for (let key = 0; key < 7; key++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Copied.").waitFor();
    const call = await page.locator("#call-0").textContent();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(call);
    expect(call).toContain(`curl ${instance.url}/api/io/PracticeSave`);
    for (const name of names) {
      expect(await page.getByRole("button", { name: `Copy the call: ${name}` }).isVisible()).toBe(true);
    }
    // The first call creates the practice. Its portal is linked when the reader comes back.
    expect(await page.locator('a[href="/hillside/"]').count()).toBe(0);
    const { applicationId, applicationPassword } = demo;
    const auth = { applicationId, applicationPassword };
    const practice = { auth, accountId: "hillside", name: "Hillside Clinic", websiteAddress: "hillside" };
    await callAt(instance.url, "PracticeSave", practice);
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await page.getByRole("link", { name: "The portal of Hillside Clinic" }).waitFor();
    expect(await page.getByRole("heading", { level: 2 }).first().textContent()).toBe("Look around");
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("link", { name: "Messages" }).click();
    await page.getByText(/^\d+ messages?$/).waitFor();
    await page.getByRole("link", { name: "What is here" }).click();
    await page.getByRole("heading", { name: "First calls" }).waitFor();
    expect(complaints).toEqual([]);
    expect([...asked]).toEqual([instance.url]);
  });
});
