import { build } from "esbuild";
import { expect, it } from "vitest";
import type * as Client from "../../client/src/client.ts";
import { startGateway } from "../../local/gateway.ts";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { openPortal } from "../kit/portal.ts";

/** The client, as a global of the page. */
declare const frontdesk: typeof Client;

describeInBrowser("the client in Chromium", () => {
  it("the browser keeps the cookies, and a reloaded page gets the CSRF token again", async () => {
    const bundle = { bundle: true, write: false, format: "iife", globalName: "frontdesk" } as const;
    const [script] = (await build({ entryPoints: ["client/src/client.ts"], ...bundle })).outputFiles;
    const pages = {
      "GET /client.js": () => ({ headers: { "content-type": "text/javascript" }, body: script?.text ?? "" }),
      "GET /page": () => ({ headers: { "content-type": "text/html" }, body: '<script src="/client.js"></script>' }),
    };
    await using open = new AsyncDisposableStack();
    const gateway = await startGateway({ port: 0, pages, log: () => {} });
    open.defer(() => gateway.close());
    const browser = await startBrowser();
    open.defer(() => browser.close());
    const page = await browser.newPage();
    const requests: string[] = [];
    const url = `http://localhost:${gateway.port}`;
    page.on("request", (request) => {
      if (request.url().includes("/v2/")) requests.push(`${request.method()} ${request.url().slice(url.length)}`);
    });
    await page.goto(`${url}/page`);

    const { org, clientKey } = await openPortal();
    const about = { url, org, clientKey };
    const email = await page.evaluate(async (about) => {
      const { createPortal } = frontdesk;
      const name = { first: "Grace", last: "Oak" };
      const person = { name, email: "grace@mail.example", mobile: "650-555-5555", password: "vexed tulips jog" };
      return (await createPortal(about).accountRegister(person)).email;
    }, about);
    expect(email).toBe("grace@mail.example");

    await page.reload();
    requests.length = 0;
    const seen = await page.evaluate(async (about) => {
      const { createPortal } = frontdesk;
      const portal = createPortal(about);
      const { tz } = await portal.accountPut({ id: "me", body: { tz: "UTC" } });
      const { cookies, csrfToken } = portal.state();
      await portal.accountLogout();
      const { loggedin } = await portal.accountStatus();
      return { tz, cookies, csrfLength: csrfToken?.length, loggedin };
    }, about);
    expect(seen).toEqual({ tz: "UTC", cookies: {}, csrfLength: 64, loggedin: false });
    const accounts = `/${org}/v2/accounts`;
    expect(requests).toEqual([
      `PUT ${accounts}/me`,
      `GET ${accounts}/status`,
      `PUT ${accounts}/me`,
      `POST ${accounts}/me/logout`,
      `GET ${accounts}/status`,
    ]);
  });
});
