import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import {
  elsewhere,
  look,
  openPortal,
  type PagePortal,
  type Person,
  personAt,
  screens,
  signIn,
  visit,
} from "../../kit/portal-page.ts";

const [, desktop] = screens;
/** Links of which a part is missing. To open the address that is shown already would be a reload. */
const incomplete = ["?token=half", `?token=${"-".repeat(32)}`, "?token=", ""];

/** Registers somebody in a browser of their own, and returns their client and the link of the mail. */
async function register(portal: PagePortal, somebody: Person) {
  const client = elsewhere(portal);
  expect((await client("POST", "/accounts/register", somebody)).status).toBe(200);
  return { client, link: await portal.linkTo(somebody.email, "verify") };
}

/** What came of it has the focus, because the button that was pressed is gone. */
const hasFocus = (page: Page) => expect.poll(() => page.evaluate("document.activeElement.className")).toBe("outcome");

const stateOf = async ({ administrator }: PagePortal, email: string) => {
  const { json } = await administrator("GET", `/accounts?where=${encodeURIComponent(JSON.stringify({ email }))}`);
  return json.data[0]?.state;
};

async function signInAt(page: Page, portal: PagePortal, somebody: Person): Promise<void> {
  await page.goto(`${portal.home}sign-in`);
  await signIn(page, somebody);
  await page.getByRole("heading", { name: "My account" }).waitFor();
}

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
afterAll(cleanUp);

describeInBrowser("verifying an address", () => {
  describe.each(screens)("on a $name", (screen) => {
    it("needs a click, because mail scanners open links; the token leaves the address bar", async () => {
      const portal = await openPortal(`verify-${screen.name}`);
      const ada = personAt(portal.org, "Ada");
      const { link } = await register(portal, ada);
      await using visitor = await visit(browser, link, screen);
      const { page } = visitor;
      await page.getByRole("heading", { name: "Verify your address" }).waitFor();
      await page.waitForURL(`${portal.home}verify`);
      await look(page, "verify");
      await page.reload();
      expect(await stateOf(portal, ada.email)).toBe("unverified");
      await page.getByRole("button", { name: "Verify my address" }).dblclick();
      await page.getByText("Your e-mail address is verified.").waitFor();
      await hasFocus(page);
      await look(page, "verify-done");
      expect(await stateOf(portal, ada.email)).toBe("verified");
      await page.getByRole("link", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    });

    it("a link that was used or is too old: signed in, another one can be sent", async () => {
      const portal = await openPortal(`resend-${screen.name}`);
      const ada = personAt(portal.org, "Ada");
      const { link } = await register(portal, ada);
      await portal.expire(link);
      await using visitor = await visit(browser, link, screen);
      const { page } = visitor;
      await page.getByRole("button", { name: "Verify my address" }).click();
      await page.getByRole("alert").getByText("This link is too old").waitFor();
      await page.getByText("To get a new link, sign in.").waitFor();
      await look(page, "verify-expired");
      await signInAt(page, portal, ada);
      await page.goto(link);
      await page.getByRole("button", { name: "Verify my address" }).click();
      await page.getByRole("button", { name: "Send a new link" }).click();
      await page.getByText(`We have sent a new link to ${ada.email}.`).waitFor();
      await look(page, "verify-resent");
      const newer = await portal.linkTo(ada.email, "verify");
      expect(newer).not.toBe(link);
      // The older one is void now. Once the address is verified, there is nothing left to do.
      await page.goto(link);
      await page.getByRole("button", { name: "Verify my address" }).click();
      await page.getByRole("alert").getByText("a newer mail has replaced it").waitFor();
      await page.goto(newer);
      await page.getByRole("button", { name: "Verify my address" }).click();
      await page.getByText("Your e-mail address is verified.").waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Verify my address" }).click();
      await page.getByText("Your address is verified already.").waitFor();
      await look(page, "verify-already");
      await page.getByRole("link", { name: "Go to my account" }).click();
      await page.getByRole("heading", { name: "My account" }).waitFor();
    });
  });

  it("verified in another tab while the page offers a new link", async () => {
    const portal = await openPortal("verify-meanwhile");
    const ada = personAt(portal.org, "Ada");
    const { link } = await register(portal, ada);
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    await signInAt(page, portal, ada);
    await page.goto(`${portal.home}verify`);
    await page.getByRole("button", { name: "Send a new link" }).waitFor();
    const token = new URL(link).searchParams.get("token");
    expect((await elsewhere(portal)("POST", `/accounts/${token}`)).status).toBe(200);
    await page.getByRole("button", { name: "Send a new link" }).click();
    await page.getByText("Your address is verified already.").waitFor();
  });

  it("at a width of 320 pixels nothing is cut off", async () => {
    const portal = await openPortal("narrow");
    const ada = personAt(portal.org, "Ada");
    const { link } = await register(portal, ada);
    await using visitor = await visit(browser, link, { width: 320, height: 640 });
    const { page } = visitor;
    await page.getByRole("button", { name: "Verify my address" }).waitFor();
    await look(page);
    await page.goto(await portal.linkTo(ada.email, "reject"));
    await page.getByRole("button", { name: "Delete the account" }).click();
    await look(page);
    await page.goto(`${portal.home}register`);
    await page.getByLabel("Password", { exact: true }).fill("mauve otter juggles 41 kettles");
    await page.getByText("Strong.").waitFor();
    await look(page);
  });

  it("links that are not complete, and unknown ones", async () => {
    const portal = await openPortal("verify-half");
    await using visitor = await visit(browser, `${portal.home}verify?token=${"a".repeat(32)}`, desktop);
    const { page } = visitor;
    await page.getByRole("button", { name: "Verify my address" }).click();
    await page.getByRole("alert").getByText("This link does not work any more.").waitFor();
    await look(page, "verify-used");
    for (const search of incomplete) {
      await page.goto(`${portal.home}verify${search}`);
      await page.getByRole("alert").getByText("The link is not complete.").waitFor();
    }
    await look(page, "verify-incomplete");
  });
});

describeInBrowser("not me", () => {
  const rejectLink = (portal: PagePortal, email: string) => portal.linkTo(email, "reject");

  describe.each(screens)("on a $name", (screen) => {
    it("says what it does, asks once, and deletes the account", async () => {
      const portal = await openPortal(`reject-${screen.name}`);
      const ada = personAt(portal.org, "Ada");
      const { client } = await register(portal, ada);
      await using visitor = await visit(browser, await rejectLink(portal, ada.email), screen);
      const { page } = visitor;
      await page.getByRole("heading", { name: "It was not me" }).waitFor();
      await page.waitForURL(`${portal.home}reject`);
      await look(page, "reject");
      await page.getByRole("button", { name: "Delete the account" }).click();
      await page.getByRole("dialog").waitFor();
      await look(page, "reject-ask");
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(await stateOf(portal, ada.email)).toBe("unverified");
      await page.reload();
      await page.getByRole("button", { name: "Delete the account" }).click();
      await page.getByRole("button", { name: "Yes, delete it" }).dblclick();
      await page.getByText("The account is deleted.").waitFor();
      await hasFocus(page);
      await look(page, "reject-done");
      expect(await stateOf(portal, ada.email)).toBeUndefined();
      expect((await client("GET", "/accounts/me")).json.code).toBe("kNotLoggedIn");
    });
  });

  it("an account that is verified, deleted already, or whose mail is too old: in words", async () => {
    const portal = await openPortal("reject-late");
    const [ada, ben, cleo] = [personAt(portal.org, "Ada"), personAt(portal.org, "Ben"), personAt(portal.org, "Cleo")];
    const verified = await register(portal, ada);
    await verified.client("POST", `/accounts/${new URL(verified.link).searchParams.get("token")}`);
    await using visitor = await visit(browser, await rejectLink(portal, ada.email), desktop);
    const { page } = visitor;
    const remove = async () => {
      await page.getByRole("button", { name: "Delete the account" }).click();
      await page.getByRole("button", { name: "Yes, delete it" }).click();
    };
    await remove();
    await page.getByRole("alert").getByText("There is nothing to delete here.").waitFor();
    await look(page, "reject-used");
    expect(await stateOf(portal, ada.email)).toBe("verified");

    await register(portal, ben);
    await page.goto(await rejectLink(portal, ben.email));
    await remove();
    await page.getByText("The account is deleted.").waitFor();
    await page.reload();
    await remove();
    await page.getByRole("alert").getByText("There is nothing to delete here.").waitFor();

    const { link } = await register(portal, cleo);
    await portal.expire(link);
    await page.goto(await rejectLink(portal, cleo.email));
    await remove();
    await page.getByRole("alert").getByText("This link is too old").waitFor();
    for (const search of incomplete) {
      await page.goto(`${portal.home}reject${search}`);
      await page.getByRole("alert").getByText("The link is not complete.").waitFor();
    }
  });
});

describeInBrowser("accepting a connection", () => {
  /** Ada offers somebody a connection, and the mailed link is returned. */
  async function offer(portal: PagePortal, to: string, access = 4) {
    const ada = personAt(portal.org, "Ada");
    const { _id } = await portal.add(ada);
    const client = elsewhere(portal);
    await client("POST", "/accounts/login", ada);
    const invite = async () => {
      const answer = await client("POST", "/accounts/me/connections", { targets: [{ email: to, access }] });
      expect(answer.status).toBe(200);
      return portal.linkTo(to, "connect");
    };
    return { ada, client, invite, id: _id, link: await invite() };
  }

  describe.each(screens)("on a $name", (screen) => {
    it("signed out: leads to signing in and back, says what one may do, and accepts", async () => {
      const portal = await openPortal(`connect-${screen.name}`);
      const ben = personAt(portal.org, "Ben");
      await portal.add(ben);
      const { id, link } = await offer(portal, ben.email);
      await using visitor = await visit(browser, link, screen);
      const { page } = visitor;
      await page.getByRole("heading", { name: "Accept an invitation" }).waitFor();
      await page.getByRole("link", { name: "Sign in and go on" }).waitFor();
      await page.waitForURL(`${portal.home}connect`);
      await look(page, "connect-signed-out");
      await page.getByRole("link", { name: "Sign in and go on" }).click();
      await page.waitForURL(`${portal.home}sign-in`);
      await page.reload();
      await signIn(page, ben);
      await page.getByText("see everything in their account, but change nothing").waitFor();
      await page.getByText("You are signed in as Ben Mills.").waitFor();
      await page.waitForURL(`${portal.home}connect`);
      await look(page, "connect-offer");
      await page.getByRole("button", { name: "Accept" }).dblclick();
      await page.getByText("You can now see the account of Ada Mills.").waitFor();
      await hasFocus(page);
      await look(page, "connect-accepted");
      const bens = elsewhere(portal);
      await bens("POST", "/accounts/login", ben);
      expect((await bens("GET", `/accounts/${id}`)).json).toMatchObject({ access: 4, name: { first: "Ada" } });
      // The same link once more.
      await page.reload();
      await page.getByText("This invitation is accepted.").waitFor();
      await look(page, "connect-again");
      await page.getByRole("button", { name: "Sign out" }).click();
      const cleo = personAt(portal.org, "Cleo");
      await portal.add(cleo);
      await signInAt(page, portal, cleo);
      await page.goto(link);
      await page.getByRole("alert").getByText("does not work any more").waitFor();
      await look(page, "connect-used");
    });

    it("without an account: registers with the token, which is accepted then", async () => {
      const portal = await openPortal(`connreg-${screen.name}`);
      const ben = personAt(portal.org, "Ben");
      const { id, link } = await offer(portal, ben.email, 2);
      await using visitor = await visit(browser, link, screen);
      const { page } = visitor;
      await page.getByRole("link", { name: "Register and accept" }).click();
      await page.getByText("You are invited.").waitFor();
      await page.waitForURL(`${portal.home}register`);
      await page.getByLabel("First name").fill("Ben");
      await page.getByLabel("Last name").fill("Mills");
      await page.getByLabel("E-mail address").fill(ben.email);
      await page.getByLabel("Mobile number").fill(ben.mobile);
      await page.getByLabel("Password", { exact: true }).fill(ben.password);
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.getByRole("heading", { name: "My account" }).waitFor();
      const bens = elsewhere(portal);
      await bens("POST", "/accounts/login", ben);
      expect((await bens("GET", `/accounts/${id}`)).json).toMatchObject({ access: 2 });
    });
  });

  it("not now changes nothing; one's own, a withdrawn, an old and half a link: in words", async () => {
    const portal = await openPortal("connect-late");
    const ben = personAt(portal.org, "Ben");
    await portal.add(ben);
    const { ada, client, invite, link } = await offer(portal, ben.email, 6);
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    await signInAt(page, portal, ben);
    await page.goto(link);
    await page.getByText("see and change everything in their account").waitFor();
    await page.getByRole("link", { name: "Not now" }).click();
    await page.getByRole("heading", { name: "My account" }).waitFor();

    // A newer mail voids the older link.
    const newer = await invite();
    await page.goto(link);
    await page.getByRole("alert").getByText("replaced by a newer one").waitFor();
    await page.goto(newer);
    await page.getByRole("button", { name: "Accept" }).waitFor();
    // It is withdrawn while the page is open.
    const [{ _id }] = (await client("GET", "/connections")).json.data;
    expect((await client("DELETE", `/connections/${_id}`)).status).toBe(200);
    await page.getByRole("button", { name: "Accept" }).click();
    await page.getByRole("alert").getByText("does not work any more").waitFor();

    const late = await invite();
    await portal.expire(late);
    await page.goto(late);
    await page.getByRole("alert").getByText("This invitation is too old").waitFor();
    await look(page, "connect-expired");
    for (const search of incomplete) {
      await page.goto(`${portal.home}connect${search}`);
      await page.getByRole("alert").getByText("The link is not complete.").waitFor();
    }

    const own = await invite();
    await using owner = await visit(browser, `${portal.home}sign-in`, desktop);
    await signInAt(owner.page, portal, ada);
    await owner.page.goto(own);
    await owner.page.getByText("This invitation shares your own account").waitFor();
    await look(owner.page, "connect-own");
  });

  it("an invitation to register, opened by somebody who is signed in", async () => {
    const portal = await openPortal("connect-role");
    const ben = personAt(portal.org, "Ben");
    await portal.add(ben);
    const roles = ["000000000000000000000004"];
    const to = `benjamin@${portal.org}.example`;
    await portal.administrator("POST", "/accounts/invitations", { targets: [{ email: to, roles }] });
    await using visitor = await visit(browser, `${portal.home}sign-in`, desktop);
    const { page } = visitor;
    await signInAt(page, portal, ben);
    await page.goto(await portal.linkTo(to, "register"));
    await page.getByRole("link", { name: "Go on with this account" }).click();
    await page.getByText("so you can accept the invitation with it").waitFor();
    await look(page, "connect-invitation");
    await page.getByRole("button", { name: "Accept" }).click();
    await page.getByText("You have accepted the invitation.").waitFor();
    await page.getByRole("link", { name: "People" }).waitFor();
  });
});
