import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { callAt, cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";

const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };

// Any page that is open in this machine's browser can send requests to loopback addresses. These tests try to harm
// `npm start` from the sites evil.test and friend.test, which resolve to 127.0.0.1 as in DNS rebinding.
describeInBrowser("a page of another site, in Chromium", () => {
  let instance: Instance;
  let endpoint: string;
  let browser: Browser;
  let elsewhere: Server;
  let elsewherePort: number;

  beforeAll(async () => {
    instance = await startInstance({ FRONTDESK_DATA: temporaryFolder() });
    ({ endpoint } = (await (await fetch(`${instance.url}/_local/engine`)).json()) as { endpoint: string });
    elsewhere = createServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>Elsewhere</title>");
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    elsewherePort = (elsewhere.address() as AddressInfo).port;
    const names = "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP friend.test 127.0.0.1";
    // Turns off the protection that new versions of Chromium have, because other browsers have none.
    const unguarded = "--disable-features=LocalNetworkAccessChecks";
    browser = await startBrowser(names, unguarded);
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => elsewhere?.close(resolve));
    await cleanUp();
  });

  /** Opens a page of `http://{name}:{port}`, by default on another server than `npm start`. */
  async function pageOf(name: string, port = elsewherePort): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://${name}:${port}/`);
    return page;
  }

  interface Init {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly mode?: "no-cors";
    readonly credentials?: "include";
  }

  /** Sends a request from a page's script. Returns the status and body that the script sees, or the error's name. */
  const fetchFrom = (page: Page, url: string, init: Init = {}) =>
    page.evaluate(
      async ([url, init]) => {
        try {
          const answer = await fetch(url, init);
          return { status: answer.status, text: await answer.text() };
        } catch (error) {
          return { error: (error as Error).name };
        }
      },
      [url, init] as const,
    );

  const port = () => new URL(instance.url).port;
  const practiceExists = async (accountId: string) =>
    (await callAt(instance.url, "PracticeGet", { auth, accountId })).successful;
  const creating = (accountId: string) => JSON.stringify({ auth, accountId, name: "Made by a stranger" });
  const blocked = { error: "TypeError" };

  it.each(["evil.test", "localhost"])("creates nothing and reads nothing, from %s", async (name) => {
    const page = await pageOf(name);
    for (const host of ["localhost", "127.0.0.1"]) {
      const at = `http://${host}:${port()}`;
      const create = `${at}/api/io/PracticeCreate`;
      const json = { "content-type": "application/json" };
      expect(await fetchFrom(page, create, { method: "POST", headers: json, body: creating("by-json") })).toEqual(
        blocked,
      );
      expect(await fetchFrom(page, create, { method: "POST", body: creating("by-text") })).toEqual(blocked);
      await fetchFrom(page, create, { method: "POST", mode: "no-cors", body: creating("by-no-cors") });
      await page.evaluate(`navigator.sendBeacon(${JSON.stringify(create)}, ${JSON.stringify(creating("by-beacon"))})`);
      for (const path of ["/", "/_local/messages", "/_local/engine", "/openapi.json", "/therapist/organizations/"]) {
        expect(await fetchFrom(page, at + path)).toEqual(blocked);
      }
    }
    // One more round trip, so that the requests that nobody waited for have been answered.
    await fetchFrom(page, `${instance.url}/`);
    for (const way of ["by-json", "by-text", "by-no-cors", "by-beacon"]) expect(await practiceExists(way)).toBe(false);
    await page.context().close();
  });

  it("creates nothing by a form whose text is JSON, in its window or in a sandboxed frame", async () => {
    const page = await pageOf("evil.test");
    const create = `${instance.url}/api/io/PracticeCreate`;
    const form = (accountId: string) => {
      const [before, after] = creating(accountId).replace('"Made by a stranger"', '"a=b"').split("=") as [
        string,
        string,
      ];
      const input = `<input name='${before}' value='${after}'>`;
      return `<form action="${create}" method="post" enctype="text/plain">${input}<button>Win</button></form>`;
    };
    const inFrame = form("by-frame").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    await page.setContent(`<iframe sandbox="allow-forms" srcdoc="${inFrame}"></iframe>${form("by-form")}`);
    const send = (button: Locator) => Promise.all([page.waitForResponse(create), button.click()]);
    const [framed] = await send(page.frameLocator("iframe").getByRole("button"));
    expect(framed.status()).toBe(403);
    const [answered] = await send(page.getByRole("button"));
    expect(answered.status()).toBe(403);
    await page.waitForURL(create);
    expect(await page.textContent("body")).toContain("Pages of other origins may not use this.");
    expect([await practiceExists("by-form"), await practiceExists("by-frame")]).toEqual([false, false]);
    await page.context().close();
  });

  it("gets nothing when its own name resolves to this machine", async () => {
    const page = await pageOf("evil.test", Number(port()));
    expect(await page.textContent("h1")).toBe("403 Forbidden");
    expect(await page.textContent("p")).toContain("FRONTDESK_HOSTS");
    // The browser loaded this page before the name resolved to this machine.
    await page.route(page.url(), (route) => route.fulfill({ contentType: "text/html", body: "<p>Evil</p>" }));
    await page.reload();
    for (const path of ["/_local/", "/_local/messages", "/_local/engine", "/docs/", "/openapi.json", "/none"]) {
      expect(await fetchFrom(page, path)).toMatchObject({ status: 403 });
    }
    const create = await fetchFrom(page, "/api/io/PracticeCreate", { method: "POST", body: creating("by-rebinding") });
    expect(create).toMatchObject({ status: 403 });
    expect(await practiceExists("by-rebinding")).toBe(false);
    await page.context().close();
  });

  it("deletes no messages", async () => {
    const account = {
      name: { first: "Ada", last: "Mills" },
      email: "ada@example.org",
      mobile: "+16145550100",
      password: "Stethoscope-1",
    };
    const practice = { auth, accountId: "mailing", name: "Mailing", websiteAddress: "mailing" };
    expect(await callAt(instance.url, "PracticeCreate", practice)).toMatchObject({ successful: true });
    const registered = await fetch(`${instance.url}/mailing/v2/accounts/register`, {
      method: "POST",
      headers: { "content-type": "application/json", "medable-client-key": "DemoClientKey000000001" },
      body: JSON.stringify(account),
    });
    expect(registered.status).toBe(200);
    const messages = `${instance.url}/_local/messages`;
    const sent = async () => ((await (await fetch(messages)).json()) as unknown[]).length;
    expect(await sent()).toBe(1);
    for (const name of ["evil.test", "localhost"]) {
      const page = await pageOf(name);
      expect(await fetchFrom(page, messages, { method: "DELETE" })).toEqual(blocked);
      expect(await fetchFrom(page, messages, { method: "DELETE", mode: "no-cors" })).toEqual(blocked);
      await page.context().close();
    }
    expect(await sent()).toBe(1);
    expect((await fetch(messages, { method: "DELETE" })).status).toBe(204);
    expect(await sent()).toBe(0);
  });

  it("cannot reach the engine by its port, under any name of this machine that a page can know", async () => {
    const { hostname, port } = new URL(endpoint);
    expect(hostname).toMatch(/^127\.\d+\.\d+\.\d+$/);
    const listTables = {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.ListTables" },
      body: "{}",
    };
    const client = new DynamoDBClient({ endpoint });
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual(["frontdesk"]);
    const page = await pageOf("evil.test");
    for (const host of ["localhost", "127.0.0.1", "127.0.0.2", "[::1]", "0.0.0.0", "evil.test", "any.localhost"]) {
      expect([host, await fetchFrom(page, `http://${host}:${port}/`, listTables)]).toEqual([host, blocked]);
    }
    // Our own pages do not learn the address either.
    const own = await (await browser.newContext()).newPage();
    await own.goto(`${instance.url}/_local/`);
    expect(await fetchFrom(own, "/_local/engine")).toMatchObject({ status: 403 });
    for (const path of ["/", "/_local/", "/_local/messages", "/docs/", "/openapi.json"]) {
      expect((await fetchFrom(own, path)).text).not.toContain(hostname);
    }
    await own.context().close();
    await page.context().close();
  });

  it("may call a portal whose allowedOrigins name it, and reads nothing of one that does not", async () => {
    const practice = { auth, accountId: "portal-1", name: "Portal", websiteAddress: "portal-1" };
    expect(await callAt(instance.url, "PracticeCreate", practice)).toMatchObject({ successful: true });
    const page = await pageOf("friend.test");
    const headers = { "medable-client-key": "DemoClientKey000000001" };
    const status = `${instance.url}/portal-1/v2/accounts/status`;
    expect(await fetchFrom(page, status, { headers })).toEqual(blocked);
    await page.context().close();
    const secure = "https://friend.test";
    const settings = { auth: { ...auth, accountId: "portal-1" }, allowedOrigins: [secure] };
    expect(await callAt(instance.url, "PortalSettingsSave", settings)).toMatchObject({ successful: true });

    const trusted = await (await browser.newContext()).newPage();
    await trusted.route(`${secure}/`, (route) => route.fulfill({ contentType: "text/html", body: "<p>Friend</p>" }));
    await trusted.goto(`${secure}/`);
    const answer = await fetchFrom(trusted, status, { headers, credentials: "include" });
    expect(answer).toMatchObject({ status: 200, text: '{"loggedin":false}' });
    await trusted.context().close();
  });
});
