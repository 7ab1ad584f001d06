import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { connectionTokenKey, tokenKey } from "../../lib/table/keys.ts";
import { demo } from "../../local/demo.ts";
import type { SentMessage } from "../../local/outside.ts";
import { functionDefaults } from "../../tools/function-settings.ts";
import { browserAt } from "./browser-client.ts";
import { callAt, childrenOf, type Instance, startInstance } from "./children.ts";

/** The widths at which every flow is tested. */
export const screens = [
  { name: "phone", width: 390, height: 844 },
  { name: "desktop", width: 1280, height: 900 },
] as const;
/** A width, as `screens` has it. */
export type Screen = (typeof screens)[number];

const vendor = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };

/** Somebody with an account, or who will register. */
export interface Person {
  readonly name: { readonly first: string; readonly last: string };
  readonly email: string;
  readonly mobile: string;
  readonly password: string;
}

/** A password that every portal takes. */
export const password = "mauve otter juggles 41 kettles";

/** Somebody with an address of their own in each portal: Ada Mills, unless told otherwise. */
export const personAt = (org: string, first = "Ada", last = "Mills", mobile = "+16505555555"): Person => ({
  name: { first, last },
  email: `${first.toLowerCase()}@${org}.example`,
  mobile,
  password,
});

/** A portal on `npm start`, as tests of pages use it. */
export interface PagePortal {
  /** The address of the first page: `http://localhost:1234/hillside/`. */
  readonly home: string;
  readonly org: string;
  /** Calls the portal with application credentials, which act as an administrator. */
  readonly administrator: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: Json }>;
  /** Registers somebody by a call, with the address verified unless told otherwise, and with these roles. */
  readonly add: (person: Person, more?: { roles?: string[]; state?: string; dob?: string }) => Promise<{ _id: string }>;
  /** The messages to one recipient, the newest first. */
  readonly messagesTo: (to: string) => Promise<SentMessage[]>;
  /** The address in the newest mail to somebody that leads to one of the portal's pages. */
  readonly linkTo: (to: string, page: string) => Promise<string>;
  /** The six digits of the newest message to somebody. */
  readonly codeTo: (to: string) => Promise<string>;
  /** Makes a mailed link too old. */
  readonly expire: (link: string) => Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: each answer has its own fields
type Json = any;

/** The id of the role of administrators. */
export const administratorRole = "000000000000000000000004";

let instance: Promise<Instance> | undefined;

/**
 * Opens a portal of its own on an `npm start` that the test file shares. The caller has `afterAll(cleanUp)`.
 * @param org the portal's `{org}`; each test takes another one
 */
export async function openPortal(org: string, settings: object = {}, practice: object = {}): Promise<PagePortal> {
  instance ??= startInstance({}, ["--memory"]);
  const { url } = await instance;
  const auth = { ...vendor, accountId: org };
  const stated = { auth, name: `Clinic ${org}`, websiteAddress: org, timeZone: "America/New_York", ...practice };
  expect(await callAt(url, "PracticeCreate", stated)).toMatchObject({ responseCode: 2000 });
  expect(await callAt(url, "PortalSettingsSave", { auth, ...settings })).toMatchObject({ responseCode: 2000 });
  const administrator: PagePortal["administrator"] = async (method, path, body) => {
    const secrets = Buffer.from(`${vendor.applicationId}:${vendor.applicationPassword}`).toString("base64");
    const send = () =>
      fetch(`${url}/${org}/v2${path}`, {
        method,
        headers: { authorization: `Basic ${secrets}`, "x-account-id": org, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    let response = await send();
    // On a busy machine a call may not pass in time. Then nothing was written.
    for (let times = 1; response.status === 503 && times < 10; times++) response = await send();
    return { status: response.status, json: await response.json() };
  };
  const messagesTo = async (to: string) =>
    ((await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[]).filter((message) => message.to === to);
  return {
    home: `${url}/${org}/`,
    org,
    administrator,
    messagesTo,
    async add(person, more = {}) {
      const { status, json } = await administrator("POST", "/accounts/register", {
        ...person,
        state: "verified",
        notify: false,
        ...more,
      });
      expect([status, json.code]).toEqual([200, undefined]);
      return json;
    },
    async linkTo(to, page) {
      const [, link] =
        new RegExp(`(http\\S+/${page}\\?token=\\w{32})`).exec((await messagesTo(to))[0]?.text ?? "") ?? [];
      expect(link, `a link to ${page} in the newest mail to ${to}`).toBeDefined();
      return String(link);
    },
    async codeTo(to) {
      const [code] = /\b\d{6}\b/.exec((await messagesTo(to))[0]?.text ?? "") ?? [];
      expect(code, `a code in the newest message to ${to}`).toBeDefined();
      return String(code);
    },
    expire: async (link) => expireToken(await (instance as Promise<Instance>), link),
  };
}

/** Ends a mailed token a second ago, in the table of the `npm start`: tests cannot wait for days. */
async function expireToken(instance: Instance, link: string): Promise<void> {
  const [page, token = ""] = [new URL(link).pathname.split("/").at(-1), new URL(link).searchParams.get("token") ?? ""];
  const isConnection = page === "connect" || page === "register";
  const purpose = page === "reset-password" ? "passwordReset" : "verification";
  const { pk, sk } = isConnection ? connectionTokenKey(token) : tokenKey(purpose, token);
  await using table = tableOf(instance.pid);
  await table.client.send(
    new UpdateItemCommand({
      TableName: functionDefaults.TABLE_NAME,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: "SET endsAt = :past",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":past": { N: String(Date.now() - 1000) } },
    }),
  );
}

/** A client of the engine that an `npm start` has started. */
function tableOf(pid: number): { client: DynamoDBClient } & AsyncDisposable {
  const engine = childrenOf(pid).find(({ command }) => command.includes("dynoxide\0"));
  const [, host, port] = /--host\0([^\0]+)\0--port\0(\d+)/.exec(engine?.command ?? "") ?? [];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ endpoint: `http://${host}:${port}`, region: "us-east-1", credentials });
  return { client, [Symbol.asyncDispose]: async () => client.destroy() };
}

/** A client of a portal without a page, for what happens elsewhere at the same time. */
export const elsewhere = ({ home }: PagePortal) => browserAt(`${home}v2`);

/** A browser that somebody uses: its page, and what went wrong in it. */
export interface Visit extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Opens a page of the portal in a new tab of the same browser. */
  readonly tab: (address: string) => Promise<Page>;
}

/**
 * Opens a page in a browser of its own, without cookies. When it is closed, the test fails if the page threw an error, broke
 * its content security policy or asked another site for something.
 * @param options of the browser's context, such as its language
 * @param prepare is called with the empty page
 */
export async function visit(
  browser: Browser,
  address: string,
  { width, height }: { readonly width: number; readonly height: number },
  options: object = {},
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height }, locale: "en-US", ...options });
  const wrong: string[] = [];
  const { hostname } = new URL(address);
  const watch = (page: Page) => {
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on("console", (line) => {
      // Failed calls and files are reported by the browser, too, and belong to many tests.
      const isFailure = /^(Failed to load resource|TypeError: Failed to fetch dynamically imported)/.test(line.text());
      if (line.type() === "error" && !isFailure) wrong.push(line.text());
    });
    page.on("request", (request) => {
      const host = new URL(request.url()).hostname;
      if (/^http/.test(request.url()) && ![hostname, "127.0.0.1"].includes(host)) wrong.push(`asked ${host}`);
    });
    return page;
  };
  const page = watch(await context.newPage());
  await prepare(page);
  await page.goto(address);
  return {
    context,
    page,
    async tab(other) {
      const second = watch(await context.newPage());
      await second.goto(other);
      return second;
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      expect(wrong).toEqual([]);
    },
  };
}

/** Where screenshots are written, if they are wanted: `npm run images` sets it. */
const imagesFolder = process.env.FRONTDESK_IMAGES;

/** The states of which docs/images has pictures. With `FRONTDESK_IMAGES_OF=all` there are pictures of all. */
const pictured = new Set(
  "sign-in sign-in-code register-good account security-app security-codes account-photo connections-active people person settings invitations-pasted idle gone".split(
    " ",
  ),
);
/** Those of which there are pictures in the dark, too. */
const picturedInTheDark = new Set(["sign-in", "account", "people"]);
const isPictured = (name: string, colorScheme: "light" | "dark") =>
  process.env.FRONTDESK_IMAGES_OF === "all" || (colorScheme === "light" ? pictured : picturedInTheDark).has(name);

/**
 * Looks at a state of a page: axe finds no violation, in light and in dark, and nothing is wider than the screen.
 * @param name of the screenshot, which is taken when images are wanted
 */
export async function look(page: Page, name?: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    // Pages have no frames, so that axe needs no page of its own to collect what it found in them.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // Only colours differ in the dark.
    const { violations } = await (colorScheme === "dark" ? axe.withRules(["color-contrast"]) : axe).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    expect(found, `${name} in ${colorScheme}`).toEqual([]);
    if (imagesFolder && name && isPictured(name, colorScheme)) {
      mkdirSync(imagesFolder, { recursive: true });
      const width = page.viewportSize()?.width ?? 0;
      const path = join(imagesFolder, `${name}-${width < 600 ? "phone" : "desktop"}-${colorScheme}.png`);
      await page.screenshot({ path });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0);
}

/** Signs somebody in on the page for that. */
export async function signIn(page: Page, { email, password }: Pick<Person, "email" | "password">): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
