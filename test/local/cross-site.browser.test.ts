import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { callAt, cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";
import { passedOnTo, type SecureServer, startSecureServer } from "../kit/https.ts";

const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
const clientKey = "DemoClientKey000000001";

// A page of https://app.test uses a portal at https://portal.test. Both names lead to this machine. Browsers keep the
// portal's cookies for such a page only if they are meant for it.
describeInBrowser("a page of another site, over HTTPS in Chromium", () => {
  let instance: Instance;
  let browser: Browser;
  const servers: SecureServer[] = [];

  let portalUrl: string;
  let appUrl: string;
  beforeAll(async () => {
    instance = await startInstance({ FRONTDESK_DATA: temporaryFolder() });
    const portal = await startSecureServer(passedOnTo(instance.url));
    const app = await startSecureServer((_, outgoing) => {
      outgoing.setHeader("content-type", "text/html").end("<!doctype html><title>App</title>");
    });
    servers.push(portal, app);
    portalUrl = `https://portal.test:${portal.port}/across/v2`;
    appUrl = `https://app.test:${app.port}`;
    const practice = { auth, accountId: "across", name: "Across", websiteAddress: "across" };
    expect(await callAt(instance.url, "PracticeCreate", practice)).toMatchObject({ successful: true });
    const settings = { auth: { ...auth, accountId: "across" }, allowedOrigins: [appUrl] };
    expect(await callAt(instance.url, "PortalSettingsSave", settings)).toMatchObject({ successful: true });
    browser = await startBrowser(
      "--ignore-certificate-errors",
      "--host-resolver-rules=MAP app.test 127.0.0.1, MAP portal.test 127.0.0.1",
      "--disable-features=LocalNetworkAccessChecks",
      // As browsers do by default that block cookies of third parties.
      "--test-third-party-cookie-phaseout",
    );
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) server.stop();
    await cleanUp();
  });

  /** Calls the portal from the page's script. The page keeps no state itself: the CSRF token comes from `status`. */
  const callFrom = (page: Page, method: string, path: string, body?: object) =>
    page.evaluate(
      async ([url, method, path, clientKey, body]) => {
        const headers: Record<string, string> = { "medable-client-key": clientKey };
        const status = await fetch(`${url}/accounts/status`, { headers, credentials: "include" });
        const csrf = status.headers.get("medable-csrf-token");
        if (csrf) headers["medable-csrf-token"] = csrf;
        if (body) headers["content-type"] = "application/json";
        const init: RequestInit = { method, headers, credentials: "include" };
        const answer = await fetch(`${url}/${path}`, body ? { ...init, body: JSON.stringify(body) } : init);
        return (await answer.json()) as Record<string, unknown>;
      },
      [portalUrl, method, path, clientKey, body] as const,
    );

  it("registers, is still signed in after a reload, signs out, and signs in again", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(appUrl);
    const person = { email: "across@example.org", password: "zqhvwkxjgtb" };
    const name = { first: "Ada", last: "Mills" };
    const account = await callFrom(page, "POST", "accounts/register", { ...person, name, mobile: "16505555555" });
    expect(account).toMatchObject({ object: "account", email: person.email });
    const status = () => callFrom(page, "GET", "accounts/status");
    expect(await status()).toMatchObject({ loggedin: true, account: { _id: account._id } });
    await page.reload();
    expect(await status()).toMatchObject({ loggedin: true, account: { _id: account._id } });

    const cookies = await page.context().cookies(portalUrl);
    expect(cookies.map((cookie) => cookie.name).toSorted()).toEqual(["md.fingerprint", "md.sid"]);
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({
        sameSite: "None",
        secure: true,
        httpOnly: true,
        partitionKey: "https://app.test",
      });
    }

    expect(await callFrom(page, "POST", "accounts/me/logout", {})).toMatchObject({ data: true });
    expect(await status()).toEqual({ loggedin: false });
    const left = await page.context().cookies(portalUrl);
    expect(left.map((cookie) => cookie.name)).toEqual(["md.fingerprint"]);
    expect(await callFrom(page, "POST", "accounts/login", person)).toMatchObject({ _id: account._id });
    expect(await status()).toMatchObject({ loggedin: true });
    await page.context().close();
  });
});
