import { cpSync, readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { TOTP } from "otpauth";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SentMessage } from "../../local/outside.ts";
import { violationsOf } from "../kit/axe.ts";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { browserAt } from "../kit/browser-client.ts";
import {
  callAt,
  cleanUp,
  type Instance,
  run,
  runIn,
  startInstance,
  startServer,
  temporaryFolder,
} from "../kit/children.ts";
import { passedOnTo, type SecureServer, startSecureServer } from "../kit/https.ts";

const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
const password = "mauve otter juggles 41 kettles";
const words = {
  blankEmail: "Enter your e-mail address.",
  blankPassword: "Enter your password.",
  wrong: "The e-mail address or the password is wrong.",
  locked: "There were too many wrong attempts. Wait a while, then try again, or ask the practice.",
  noCode: "Enter the code.",
  badCode: "This is not a code. Codes have six digits, and recovery codes are longer.",
  wrongCode: "This code is wrong, was used, or is too old. Check it, or go back and sign in again.",
  unreachable: "There is no connection to the server. Check your connection, then try again.",
};

// The page is at http://127.0.0.1 and Frontdesk at http://localhost, or each has a name of its own and HTTPS. Either way
// they are different sites to the browser, which keeps no cookies of third parties except partitioned ones.
describeInBrowser("the sign-in page in examples/, in Chromium", () => {
  let instance: Instance;
  let browser: Browser;
  let program: string;
  const servers: (SecureServer | { stop(): void })[] = [];

  beforeAll(async () => {
    const folder = temporaryFolder();
    for (const name of ["examples", "package.json"]) cpSync(name, join(folder, name), { recursive: true });
    const compiler = "node_modules/@typescript/native/bin/tsc";
    const [started, built] = await Promise.all([
      startInstance({ FRONTDESK_DATA: temporaryFolder() }),
      run(compiler, ["-p", "client", "--outDir", join(folder, "client/dist")], {}),
    ]);
    expect(built).toEqual({ code: 0, stdout: "", stderr: "" });
    instance = started;
    program = join(folder, "examples/serve.js");
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

  /** Serves the page. @param url the address of Frontdesk @returns the page's address */
  const serve = async (url: string) =>
    (await startServer(program, /page is at (\S+)\/ and/, { FRONTDESK_URL: url })).url;

  /** A server between the page and Frontdesk. */
  async function startBetween(answer: RequestListener, port = 0): Promise<{ url: string; server: Server }> {
    const server = createServer(answer);
    servers.push({ stop: () => server.close().closeAllConnections() });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return { url: `http://localhost:${(server.address() as AddressInfo).port}`, server };
  }

  /** Opens a portal in which one person is registered. */
  async function openPortal(org: string, settings: object = {}) {
    const ofPractice = { ...auth, accountId: org };
    const practice = { auth: ofPractice, name: `Clinic ${org}`, websiteAddress: org };
    expect(await callAt(instance.url, "PracticeCreate", practice)).toMatchObject({ successful: true });
    const email = `iris@${org}.example`;
    const person = { name: { first: "Iris", last: "Vale" }, email, mobile: "650-555-5555", password };
    expect(await browserAt(`${instance.url}/${org}/v2`)("POST", "/accounts/register", person)).toMatchObject({
      status: 200,
    });
    const saved = await callAt(instance.url, "PortalSettingsSave", { auth: ofPractice, ...settings });
    expect(saved).toMatchObject({ successful: true });
    return { org, email };
  }

  /** The code in the newest text message. */
  async function sentCode(): Promise<string> {
    const messages = (await (await fetch(`${instance.url}/_local/messages`)).json()) as SentMessage[];
    const [newest] = messages;
    expect(newest).toMatchObject({ channel: "sms", to: "+16505555555" });
    return String(/\b([0-9]{6})\b/.exec(newest?.text ?? "")?.[1]);
  }

  /** Opens the page in a browser without cookies, and collects the complaints of its console. */
  async function open(address: string, context?: BrowserContext) {
    const page = await (context ?? (await browser.newContext())).newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    return { page, complaints };
  }

  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  async function signIn(page: Page, email: string, secret = password) {
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(secret);
    await page.getByLabel("Password").press("Enter");
  }
  const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
  const seesSignedIn = (page: Page, email: string) => page.getByText(`Iris Vale (${email})`).waitFor();
  const focused = (page: Page) => page.locator(":focus").getAttribute("id");
  /** What screen readers say of the focused field in addition to its name. */
  async function description(page: Page): Promise<string> {
    const ids = (await page.locator(":focus").getAttribute("aria-describedby"))?.split(" ") ?? [];
    const texts = await Promise.all(ids.map((id) => page.locator(`#${id}`).textContent()));
    return texts.join(" ").trim();
  }
  const codeField = (page: Page) => page.getByRole("textbox", { name: "Code" });
  /** Types the code that was sent. */
  async function enterCode(page: Page, code?: string) {
    await codeField(page).waitFor();
    await codeField(page).fill(code ?? (await sentCode()));
    await page.keyboard.press("Enter");
  }
  const alert = (page: Page, text: string) => page.getByRole("alert").filter({ hasText: text }).waitFor();

  it("signs in and out by keyboard, keeps the session when it is reloaded, and notices its end in another tab", async () => {
    const { org, email } = await openPortal("keys");
    const address = `${await serve(instance.url)}/?portal=${org}`;
    const { page, complaints } = await open(address);
    await page.getByRole("heading", { name: "Clinic keys" }).waitFor();
    expect(await page.title()).toBe("Sign in: Clinic keys");
    await page.getByLabel("E-mail").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await seesSignedIn(page, email);
    expect(await focused(page)).toBe("signed-in-title");
    expect(await page.getByLabel("Password").isVisible()).toBe(false);
    expect(await page.locator("#password").inputValue()).toBe("");
    const cookies = await page.context().cookies(`${instance.url}/${org}`);
    expect(
      cookies.toSorted(byName).map(({ name, sameSite, partitionKey }) => ({ name, sameSite, partitionKey })),
    ).toEqual(
      ["md.fingerprint", "md.sid"].map((name) => ({ name, sameSite: "None", partitionKey: "http://127.0.0.1" })),
    );

    await page.reload();
    await seesSignedIn(page, email);
    const other = await open(address, page.context());
    await seesSignedIn(other.page, email);
    await button(other.page, "Sign out").focus();
    await other.page.keyboard.press("Enter");
    await other.page.getByRole("status").filter({ hasText: "You are signed out." }).waitFor();
    expect(await focused(other.page)).toBe("email");
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await page.getByRole("status").filter({ hasText: "Your session has ended. Sign in again." }).waitFor();
    await other.page.reload();
    await other.page.getByLabel("E-mail").waitFor();
    expect([complaints, other.complaints]).toEqual([[], []]);
    await page.context().close();
  });

  it("has nothing that axe finds wrong: the form, its faults, the code, and somebody signed in", async () => {
    const { org, email } = await openPortal("axe", { twoFactor: true });
    const { page } = await open(`${await serve(instance.url)}/?portal=${org}`);
    await page.getByRole("heading", { name: "Clinic axe" }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await button(page, "Sign in").click();
    await page.locator("#email-fault").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await signIn(page, email);
    await codeField(page).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await enterCode(page);
    await seesSignedIn(page, email);
    expect(await violationsOf(page)).toEqual([]);
    await page.context().close();
  });

  it("says what is wrong where it can be put right", async () => {
    const { org, email } = await openPortal("faults");
    const { page } = await open(`${await serve(instance.url)}/?portal=${org}`);
    await button(page, "Sign in").click();
    expect([await focused(page), await description(page)]).toEqual(["email", words.blankEmail]);
    expect(await page.locator("#password-fault").textContent()).toBe(words.blankPassword);
    expect(await page.locator("#password").getAttribute("aria-invalid")).toBe("true");
    await page.getByLabel("E-mail").fill(email);
    await page.keyboard.press("Enter");
    expect([await focused(page), await description(page)]).toEqual(["password", words.blankPassword]);
    expect(await page.locator("#email-fault").textContent()).toBe("");
    expect(await page.locator("#email").getAttribute("aria-invalid")).toBe(null);

    await signIn(page, email, "wrong");
    await alert(page, words.wrong);
    expect(await focused(page)).toBe("password");
    await signIn(page, "nobody@faults.example", "wrong");
    await alert(page, words.wrong);
    for (let more = 1; more < 5; more++) {
      await signIn(page, email, "wrong");
      await alert(page, words.wrong);
    }
    await signIn(page, email);
    await alert(page, words.locked);
    expect(new URL(page.url()).search).toBe(`?portal=${org}`);
    await page.context().close();
  });

  it("asks for the code that was sent, and remembers the device only if it is told to", async () => {
    const { org, email } = await openPortal("codes", { twoFactor: true });
    const { page } = await open(`${await serve(instance.url)}/?portal=${org}`);
    const isAsked = () => page.getByRole("heading", { name: "Is it you?" }).waitFor();
    await signIn(page, email);
    await isAsked();
    expect([await focused(page), await description(page)]).toEqual([
      "code",
      "Enter the code that was sent to you, or a code of your authenticator app, or a recovery code.",
    ]);
    const code = await sentCode();
    await page.keyboard.press("Enter");
    expect(await page.locator("#code-fault").textContent()).toBe(words.noCode);
    const wrong = code === "123456" ? "654321" : "123456";
    for (const [typed, fault] of [
      ["abc", words.badCode],
      [wrong, words.wrongCode],
    ] as const) {
      await codeField(page).fill(typed);
      await button(page, "Sign in").click();
      await page.locator("#code-fault").filter({ hasText: fault }).waitFor();
      expect([await focused(page), await page.locator("#code").getAttribute("aria-invalid")]).toEqual(["code", "true"]);
    }
    await button(page, "Back").click();
    await signIn(page, email);
    await page.getByText("No new code was sent. Enter the one that you got before.").waitFor();
    // As people read it from their phone.
    await enterCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
    await seesSignedIn(page, email);

    await button(page, "Sign out").click();
    await signIn(page, email);
    await isAsked();
    await codeField(page).fill(await sentCode());
    await page.getByLabel(/^Ask for no code on this device again/).check();
    await button(page, "Sign in").click();
    await seesSignedIn(page, email);
    await button(page, "Sign out").click();
    await signIn(page, email);
    await seesSignedIn(page, email);
    await page.context().close();
  });

  it("takes a code of an authenticator app, and a recovery code", async () => {
    const { org, email } = await openPortal("apps");
    const phone = browserAt(`${instance.url}/${org}/v2`);
    expect((await phone("POST", "/accounts/login", { email, password })).status).toBe(200);
    const app = new TOTP({ secret: (await phone("POST", "/accounts/me/totp")).json.data.secret });
    // The code before the present one is still valid, and each code works once.
    const earlier = app.generate({ timestamp: Date.now() - 30_000 });
    const { json } = await phone("POST", "/accounts/me/totp/confirm", { code: earlier });
    const [recoveryCode] = json.data.recoveryCodes;
    const { page } = await open(`${await serve(instance.url)}/?portal=${org}`);
    for (const code of [app.generate(), recoveryCode]) {
      await signIn(page, email);
      await enterCode(page, code);
      await seesSignedIn(page, email);
      await button(page, "Sign out").click();
      await page.getByRole("status").filter({ hasText: "You are signed out." }).waitFor();
    }
    await page.context().close();
  });

  it("needs no partitioned cookies at localhost, which is the same site as Frontdesk", async () => {
    const { org, email } = await openPortal("same-site");
    const address = (await serve(instance.url)).replace("127.0.0.1", "localhost");
    const { page } = await open(`${address}/?portal=${org}`);
    await signIn(page, email);
    await seesSignedIn(page, email);
    await page.reload();
    await seesSignedIn(page, email);
    const cookies = await page.context().cookies(`${instance.url}/${org}`);
    expect(cookies.map(({ sameSite, partitionKey }) => ({ sameSite, partitionKey }))).toEqual([
      { sameSite: "Lax" },
      { sameSite: "Lax" },
    ]);
    await page.context().close();
  });

  it("says that a portal does not exist", async () => {
    const address = await serve(instance.url);
    const { page } = await open(`${address}/?portal=nowhere`);
    await page.getByText(`There is no open portal "nowhere", or it is not open to pages of ${address} `).waitFor();
    expect(await focused(page)).toBe("unavailable-title");
    await page.goto(`${address}/?portal=..`);
    await page.getByText('There is no open portal ".."').waitFor();
    await page.context().close();
  });

  it("says that the server is not reachable, and goes on when it is", async () => {
    const { org, email } = await openPortal("away");
    const passOn = passedOnTo(instance.url);
    const first = await startBetween(passOn);
    const stop = (server: Server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    };
    await stop(first.server);
    const { page } = await open(`${await serve(first.url)}/?portal=${org}`);
    await page.getByText(words.unreachable).waitFor();
    await button(page, "Try again").click();
    await page.getByText(words.unreachable).waitFor();
    const port = Number(new URL(first.url).port);
    const second = await startBetween(passOn, port);
    await button(page, "Try again").click();
    await page.getByLabel("E-mail").waitFor();

    await stop(second.server);
    await signIn(page, email);
    await alert(page, words.unreachable);
    expect(await page.getByLabel("Password").inputValue()).toBe(password);
    const third = await startBetween(passOn, port);
    await button(page, "Sign in").click();
    await seesSignedIn(page, email);

    await stop(third.server);
    await button(page, "Sign out").click();
    await alert(page, `${words.unreachable} You are still signed in.`);
    await startBetween(passOn, port);
    await button(page, "Sign out").click();
    await page.getByRole("status").filter({ hasText: "You are signed out." }).waitFor();
    await page.context().close();
  });

  it("sends one login for two clicks", async () => {
    const { org, email } = await openPortal("clicks");
    const held = Promise.withResolvers<void>();
    let logins = 0;
    const passOn = passedOnTo(instance.url);
    const { url } = await startBetween(async (incoming, outgoing) => {
      if (incoming.method === "POST" && incoming.url?.endsWith("/login")) {
        logins += 1;
        await held.promise;
      }
      passOn(incoming, outgoing);
    });
    const { page } = await open(`${await serve(url)}/?portal=${org}`);
    await signIn(page, email);
    await page.getByRole("status").filter({ hasText: "Signing in…" }).waitFor();
    await button(page, "Sign in").click();
    await page.getByLabel("Password").press("Enter");
    held.resolve();
    await seesSignedIn(page, email);
    expect(logins).toBe(1);
    await page.context().close();
  });

  it("says that the browser keeps no cookies, and leads to the portal's own page", async () => {
    const { org, email } = await openPortal("cookies");
    const { url } = await startBetween(passedOnTo(instance.url, (header) => header === "set-cookie"));
    const { page } = await open(`${await serve(url)}/?portal=${org}`);
    await signIn(page, email);
    await page.getByText("Your browser does not keep cookies of this page.").waitFor();
    const link = page.getByRole("link", { name: "Sign in on the portal's own page" });
    expect([await link.isVisible(), await link.getAttribute("href")]).toEqual([true, `${url}/${org}/`]);
    await page.context().close();
  });

  it("works over HTTPS from an origin that the portal allows, and from no other", async () => {
    const { org, email } = await openPortal("secure", { twoFactor: true });
    const portal = await startSecureServer(passedOnTo(instance.url));
    servers.push(portal);
    const portalUrl = `https://portal.test:${portal.port}`;
    const app = await startSecureServer(passedOnTo(await serve(portalUrl)));
    servers.push(app);
    const origin = `https://app.test:${app.port}`;
    const { page, complaints } = await open(`${origin}/?portal=${org}`);
    await page.getByText(`or it is not open to pages of ${origin} (allowedOrigins).`).waitFor();
    const settings = { auth: { ...auth, accountId: org }, allowedOrigins: [origin] };
    expect(await callAt(instance.url, "PortalSettingsSave", settings)).toMatchObject({ successful: true });
    const asked = page.waitForRequest(`${portalUrl}/${org}/v2/`);
    await button(page, "Try again").click();
    // The browser may keep the first answer for a minute. Here it does not, because the certificate is not trusted.
    expect(await (await asked).headerValue("cache-control")).toBe("no-cache");

    await signIn(page, email);
    await enterCode(page);
    await seesSignedIn(page, email);
    const cookies = await page.context().cookies(`${portalUrl}/${org}`);
    expect(cookies.toSorted(byName).map(({ name, secure, partitionKey }) => ({ name, secure, partitionKey }))).toEqual([
      { name: "md.fingerprint", secure: true, partitionKey: "https://app.test" },
      { name: "md.sid", secure: true, partitionKey: "https://app.test" },
    ]);
    await page.reload();
    await seesSignedIn(page, email);
    await button(page, "Sign out").click();
    await page.getByRole("status").filter({ hasText: "You are signed out." }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("works as examples/README.md says", async () => {
    const page = readFileSync("examples/README.md", "utf8");
    const blocks = [...page.matchAll(/^ *```sh\n([\s\S]+?)^ *```$/gm)].map(([, code = ""]) => code);
    expect(blocks).toHaveLength(3);
    const answers: string[] = [];
    for (const code of blocks) {
      const here = code.replaceAll("http://localhost:3000", instance.url);
      const { code: status, stdout } = await runIn(temporaryFolder(), here, {});
      expect(status).toBe(0);
      answers.push(stdout);
    }
    const [made, twoFactor, origins] = answers;
    expect(made).toMatch(/"responseCode":2000.*"email":"iris@mail\.example"/s);
    expect([twoFactor, origins]).toEqual([
      expect.stringContaining('"twoFactor":true'),
      expect.stringContaining('"allowedOrigins":["https://app.example.com"]'),
    ]);
    const opened = await open(await serve(instance.url));
    await opened.page.getByRole("heading", { name: "Riverside Clinic" }).waitFor();
    await signIn(opened.page, "iris@mail.example");
    await enterCode(opened.page);
    await seesSignedIn(opened.page, "iris@mail.example");
    await opened.page.context().close();
  });
});
