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
  type Person,
  password,
  personAt,
  screens,
  signIn,
  visit,
} from "../../kit/portal-page.ts";

const card = (page: Page, name: string) => page.getByRole("region", { name });
const pending = (page: Page) => card(page, "Invited");
const active = (page: Page) => card(page, "Who has access to your account");
const received = (page: Page) => card(page, "Accounts that are open to you");
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const dialogButton = (page: Page, name: string) => page.getByRole("dialog").getByRole("button", { name, exact: true });
const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");

/** Opens a page as somebody who signs in on the way. */
async function openConnections(page: Page, person: Person): Promise<void> {
  await signIn(page, person);
  await page.getByRole("heading", { name: "Connections", level: 1 }).waitFor();
  await received(page).waitFor();
}

async function invite(page: Page, email: string, access?: string, message?: string): Promise<void> {
  await page.getByLabel("Their e-mail address").fill(email);
  if (access) await page.getByLabel("What they may do").selectOption({ label: access });
  if (message) await page.getByLabel("Your message").fill(message);
  await button(page, "Send the invitation").click();
}

/** The link of the newest invitation of somebody, once the mail is there. */
async function connectLink(portal: PagePortal, email: string): Promise<string> {
  await expect.poll(async () => (await portal.messagesTo(email))[0]?.text).toContain("/connect?token=");
  return portal.linkTo(email, "connect");
}

/** Accepts the newest invitation of somebody in another browser. */
async function accept(portal: PagePortal, { email }: Person) {
  const other = elsewhere(portal);
  expect((await other("POST", "/accounts/login", { email, password })).json.object).toBe("account");
  const token = new URL(await connectLink(portal, email)).searchParams.get("token");
  return other("POST", `/connections/${token}`);
}

/** Connects two people by calls. @param access what `to` may do with the account of `from` */
async function connect(portal: PagePortal, from: { _id: string }, to: Person, access: 2 | 4 | 6): Promise<void> {
  const targets = [{ email: to.email, access }];
  expect((await portal.administrator("POST", `/accounts/${from._id}/connections`, { targets })).status).toBe(200);
  expect((await accept(portal, to)).json.state).toBe(1);
}

describeInBrowser("the page about connections", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  describe.each(screens)("on a $name", (screen) => {
    it("invites somebody, who accepts and sees the account until the connection is ended", async () => {
      const portal = await openPortal(`share-${screen.name}`);
      const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
      await portal.add(holder, { dob: "1980-02-29" });
      await portal.add(carer);
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, holder);
      await page.getByText("No invitation is waiting for an answer.").waitFor();
      await look(page, "connections-none");
      await invite(page, carer.email, "See everything", "Mum, please have a look.");
      await page.getByRole("status").getByText(`We send ${carer.email} a mail`).waitFor();
      expect(await page.getByLabel("Their e-mail address").inputValue()).toBe("");
      expect(await focused(page)).toBe("Send the invitation");
      await pending(page).getByText(carer.email).waitFor();
      await pending(page).getByText("See everything").waitFor();
      await pending(page).getByText("Can accept until").waitFor();
      await look(page, "connections-invited");
      const link = await connectLink(portal, carer.email);
      expect((await portal.messagesTo(carer.email))[0]?.text).toContain("Mum, please have a look.");
      await using second = await visit(browser, link, screen);
      await second.page.getByRole("link", { name: "Sign in and go on" }).click();
      await signIn(second.page, carer);
      await second.page.getByRole("button", { name: "Accept" }).click();

      await second.page.getByRole("link", { name: "Go to Connections" }).waitFor();
      await page.reload();
      await active(page).getByText(carer.email).waitFor();
      await page.getByText("No invitation is waiting for an answer.").waitFor();
      await look(page, "connections-active");

      await second.page.getByRole("link", { name: "Go to Connections" }).click();
      await received(second.page).getByText("You may see everything.").waitFor();
      await look(second.page, "connections-received");
      await second.page.getByRole("link", { name: "Ada Mills" }).click();
      await second.page.getByRole("heading", { name: "Account of Ada Mills" }).waitFor();
      await second.page.getByText(holder.email).waitFor();
      await second.page.getByText("Feb 29, 1980").waitFor();
      await look(second.page, "connected-account");

      await button(page, `Change what ${carer.email} may do`).click();
      await page.getByRole("dialog").waitFor();
      expect(await page.getByRole("dialog").getByLabel("What they may do").inputValue()).toBe("4");
      await look(page, "connections-change");
      await page.getByRole("dialog").getByLabel("What they may do").selectOption("2");
      await dialogButton(page, "Save").click();
      await page.getByText(`What ${carer.email} may do is changed.`).waitFor();
      await active(page).getByText("See your name and little more").waitFor();
      await second.page.reload();
      await second.page.getByText("You may see the name and little more.").waitFor();
      expect(await second.page.getByText(holder.email).count()).toBe(0);

      await button(page, `End the connection with ${carer.email}`).click();
      await page.getByText(`${carer.email} cannot see or change your account any more`).waitFor();
      await dialogButton(page, "End").dblclick();
      await page.getByText(`The connection with ${carer.email} has ended.`).waitFor();
      await page.getByText("Nobody else has access to your account.").waitFor();
      await expect.poll(() => focused(page)).toBe("Who has access to your account");
      await second.page.reload();
      await second.page.getByText("This connection does not exist any more.").waitFor();
      await look(second.page, "connected-account-gone");
      await second.page.getByRole("link", { name: "Back to connections" }).click();
      await second.page.getByText("Nobody has opened an account to you.").waitFor();
    });

    it("lets the invited side end the connection", async () => {
      const portal = await openPortal(`leave-${screen.name}`);
      const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
      const account = await portal.add(holder);
      await portal.add(carer);
      await connect(portal, account, carer, 6);
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, carer);
      await received(page).getByText("You may see and change everything.").waitFor();
      await button(page, "End the connection with Ada Mills").click();
      await dialogButton(page, "End").click();
      await page.getByText("The connection with Ada Mills has ended.").waitFor();
      await page.getByText("Nobody has opened an account to you.").waitFor();
      await expect.poll(() => focused(page)).toBe("Accounts that are open to you");
      const { json } = await portal.administrator("GET", "/connections");
      expect(json.data).toEqual([]);
    });

    it("lets somebody change the account, except for a number that codes go to", async () => {
      const portal = await openPortal(`manage-${screen.name}`);
      const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
      const account = await portal.add(holder, { dob: "1980-02-29" });
      await portal.add(carer);
      await connect(portal, account, carer, 6);
      const stored = async () => (await portal.administrator("GET", `/accounts/${account._id}`)).json;
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, carer);
      await page.getByRole("link", { name: "Ada Mills" }).click();
      await page.getByLabel("First name").fill("Augusta");
      await page.getByLabel("Date of birth").fill("");
      await page.getByLabel("Gender").selectOption("f");
      // The holder changes something else in the meantime.
      await portal.administrator("PUT", `/accounts/${account._id}`, { name: { last: "King" } });
      await button(page, "Save").dblclick();
      await page.getByText("Saved.").waitFor();
      await page.getByRole("heading", { name: "Account of Augusta King" }).waitFor();
      await look(page, "shared-account-edit");
      const { name, gender, dob, mobile } = await stored();
      expect({ name, gender, dob, mobile }).toEqual({
        name: { first: "Augusta", last: "King" },
        gender: "f",
        dob: undefined,
        mobile: holder.mobile,
      });
      await page.getByLabel("Date of birth").fill("2999-01-01");
      await button(page, "Save").click();
      await page.getByText("Enter a date in the past.").waitFor();
      await page.getByLabel("Date of birth").fill("1980-03-01");
      await portal.administrator("PUT", "/settings", { twoFactor: true });
      await page.getByLabel("Mobile phone").fill("+16505555557");
      await button(page, "Save").click();
      await page.getByText("Only the person themselves can change this number").waitFor();
      expect((await stored()).mobile).toBe(holder.mobile);
      const { json } = await portal.administrator("GET", "/connections");
      await portal.administrator("DELETE", `/connections/${json.data[0]._id}`);
      await button(page, "Save").click();
      await page.getByRole("alert").getByText("This connection does not exist any more.").waitFor();
    });

    it("sends an invitation again, and withdraws it", async () => {
      const portal = await openPortal(`renew-${screen.name}`);
      const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
      await portal.add(holder);
      await portal.add(carer);
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, holder);
      await invite(page, carer.email);
      await pending(page).getByText(carer.email).waitFor();
      const older = await connectLink(portal, carer.email);
      await button(page, `Send again to ${carer.email}`).click();
      await page.getByRole("dialog").waitFor();
      await look(page, "connections-again");
      await dialogButton(page, "Send again").dblclick();
      await page.getByText(`We send ${carer.email} the invitation again.`).waitFor();
      await expect.poll(async () => (await portal.messagesTo(carer.email)).length).toBe(2);
      expect(await portal.linkTo(carer.email, "connect")).not.toBe(older);
      expect(await pending(page).getByRole("listitem").count()).toBe(1);
      await button(page, `Withdraw the invitation of ${carer.email}`).click();
      await dialogButton(page, "Withdraw").click();
      await page.getByText(`The invitation of ${carer.email} is withdrawn.`).waitFor();
      await page.getByText("No invitation is waiting for an answer.").waitFor();
      await expect.poll(() => focused(page)).toBe("Invited");
      expect((await accept(portal, carer)).status).toBe(404);
    });

    it("says at the field why somebody cannot be invited", async () => {
      const portal = await openPortal(`refused-${screen.name}`);
      const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
      const account = await portal.add(holder);
      await portal.add(carer);
      await connect(portal, account, carer, 2);
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, holder);
      await invite(page, "");
      await page.getByText("Fill this in.").waitFor();
      for (const bad of ["nobody", "nobody@example"]) {
        await invite(page, bad);
        await page.getByText("Enter an e-mail address").waitFor();
      }
      expect(await page.evaluate("document.activeElement.name")).toBe("email");
      await invite(page, holder.email.toUpperCase());
      await page.getByText("This is your own address.").waitFor();
      await invite(page, carer.email, undefined, "Please.");
      await page.getByText("This person is connected already.").waitFor();
      expect(await page.getByLabel("Your message").inputValue()).toBe("Please.");
      await look(page, "connections-refused");
      await invite(page, `new@${portal.org}.example`, undefined, "a".repeat(501));
      await page.getByText("Write at most 500 characters").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("message");
      expect(await portal.messagesTo(`new@${portal.org}.example`)).toEqual([]);
    });

    it("says that there are 200 connections already", async () => {
      const portal = await openPortal(`full-${screen.name}`);
      const holder = personAt(portal.org);
      const { _id } = await portal.add(holder);
      for (const part of [0, 1, 2, 3]) {
        const targets = Array.from({ length: 50 }, (_, index) => ({
          email: `friend-${part * 50 + index}@${portal.org}.example`,
          access: 2,
        }));
        expect((await portal.administrator("POST", `/accounts/${_id}/connections`, { targets })).status).toBe(200);
      }
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, holder);
      expect(await pending(page).getByRole("listitem").count()).toBe(200);
      await invite(page, `one-more@${portal.org}.example`);
      await page.getByRole("alert").getByText("at most 200 connections").waitFor();
      expect(await page.getByLabel("Their e-mail address").inputValue()).toBe(`one-more@${portal.org}.example`);
    });

    it("shows administrators only their own connections", async () => {
      const portal = await openPortal(`admin-${screen.name}`);
      const [administrator, patient] = [personAt(portal.org, "Grace", "Oak", "+16505555556"), personAt(portal.org)];
      await portal.add(administrator, { roles: [administratorRole] });
      const { _id } = await portal.add(patient);
      const targets = [{ email: `other@${portal.org}.example`, access: 2 }];
      await portal.administrator("POST", `/accounts/${_id}/connections`, { targets });
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, administrator);
      await page.getByText("No invitation is waiting for an answer.").waitFor();
      await page.getByText("Nobody has opened an account to you.").waitFor();
      expect(await page.getByText(`other@${portal.org}.example`).count()).toBe(0);
    });

    it("says that a connection has ended in the meantime", async () => {
      const portal = await openPortal(`meantime-${screen.name}`);
      const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
      const account = await portal.add(holder);
      await portal.add(carer);
      await connect(portal, account, carer, 4);
      await using visitor = await visit(browser, `${portal.home}sharing`, screen);
      const { page } = visitor;
      await openConnections(page, holder);
      await active(page).getByText(carer.email).waitFor();
      const { json } = await portal.administrator("GET", "/connections");
      await portal.administrator("DELETE", `/connections/${json.data[0]._id}`);
      await button(page, `Change what ${carer.email} may do`).click();
      await dialogButton(page, "Save").click();
      await page.getByRole("dialog").getByText("This connection does not exist any more.").waitFor();
      await dialogButton(page, "Cancel").click();
      await button(page, `End the connection with ${carer.email}`).click();
      await dialogButton(page, "End").click();
      await page.getByText("Nobody else has access to your account.").waitFor();
    });
  });

  it("fits a narrow phone, in Spanish", async () => {
    const portal = await openPortal("narrow");
    const [holder, carer] = [personAt(portal.org), personAt(portal.org, "Grace", "Oak", "+16505555556")];
    const account = await portal.add(holder);
    const other = await portal.add(carer);
    await connect(portal, account, carer, 6);
    await connect(portal, other, holder, 4);
    const targets = [{ email: `a-rather-long-address-without-a-break-in-it@${portal.org}.example`, access: 2 }];
    await portal.administrator("POST", `/accounts/${account._id}/connections`, { targets });
    await using visitor = await visit(browser, `${portal.home}sharing`, screens[0]);
    const { page } = visitor;
    await openConnections(page, holder);
    await page.setViewportSize({ width: 320, height: 2600 });
    await page.getByLabel("Language").selectOption("es");
    await page.getByRole("heading", { name: "Conexiones" }).waitFor();
    await look(page, "sharing-es");
  });
});
