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
  personAt,
  screens,
  signIn,
  visit,
} from "../../kit/portal-page.ts";

const providerRole = "000000000000000000000005";

describeInBrowser("invitations", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  async function administratorOn(portal: PagePortal, screen: (typeof screens)[number], first = "Olga") {
    const person = personAt(portal.org, first, "Stone");
    const { _id } = await portal.add(person, { roles: [administratorRole] });
    const visitor = await visit(browser, `${portal.home}invitations`, screen);
    await signIn(visitor.page, person);
    await visitor.page.getByText("No invitation is open.").waitFor();
    return { visitor, page: visitor.page, _id };
  }
  const openOnes = async (portal: PagePortal): Promise<string[]> =>
    (await portal.administrator("GET", "/connections")).json.data.map(
      ({ target }: { target: { email: string } }) => target.email,
    );
  /** The link in the newest mail to somebody, once so many were sent. */
  async function linkOf(portal: PagePortal, to: string, mails: number): Promise<string> {
    await expect.poll(async () => (await portal.messagesTo(to)).length, { timeout: 20_000 }).toBe(mails);
    return portal.linkTo(to, "register");
  }
  const addresses = (page: Page) => page.getByLabel("E-mail addresses");

  describe.each(screens)("on a $name", (screen) => {
    it("invites one person with a role and a message, who registers and has the role", async () => {
      const portal = await openPortal(`invite-${screen.name}`, { registration: "invitation" });
      const { visitor, page } = await administratorOn(portal, screen);
      await using _ = visitor;
      await look(page, "invitations");
      const ada = personAt(portal.org, "Ada", "Stone");
      await page.getByRole("button", { name: "Send invitations" }).click();
      await page.getByText("Enter at least one e-mail address.").waitFor();
      await addresses(page).fill(ada.email);
      await page.getByLabel("Role").selectOption("Provider");
      await page.getByLabel("Your message").fill("Welcome, Ada!");
      await page.getByRole("button", { name: "Send 1 invitation" }).dblclick();
      await page.getByText("All invitations were sent: 1.").waitFor();
      await page.getByText("Good until").waitFor();
      const link = await linkOf(portal, ada.email, 1);
      expect((await portal.messagesTo(ada.email))[0]?.text).toContain("Welcome, Ada!");
      const token = new URL(link).searchParams.get("token");
      const { json } = await elsewhere(portal)("POST", "/accounts/register", { ...ada, token });
      expect(json).toMatchObject({ state: "verified", roles: [providerRole] });
      await page.reload();
      await page.getByText("No invitation is open.").waitFor();
      // Who has an account is not invited again.
      await addresses(page).fill(ada.email);
      await page.getByRole("button", { name: "Send 1 invitation" }).click();
      await page.getByText("Has an account already").waitFor();
      await page.getByText("0 of 1 invitations were sent.").waitFor();
    });

    it("understands what is pasted, marks what is twice or no address, and sends the rest", async () => {
      const portal = await openPortal(`paste-${screen.name}`);
      await portal.add(personAt(portal.org, "Grace", "Stone"));
      const { visitor, page } = await administratorOn(portal, screen);
      await using _ = visitor;
      const at = `@${portal.org}.example`;
      const pasted = `Ada Mills <ada${at}>, "Oak, Paul" <paul${at}>; not an address\n ADA${at}\n\ngrace${at},ñandú@`;
      await addresses(page).fill(pasted);
      await page.getByText("3 people will be invited.").waitFor();
      await page.getByText("Is in the list twice. It is invited once.").waitFor();
      expect(await page.getByText("Is not an e-mail address. It is left out.").count()).toBe(2);
      expect(await portal.messagesTo(`ada${at}`)).toEqual([]);
      await look(page, "invitations-pasted");
      await page.getByRole("button", { name: "Send 3 invitations" }).click();
      await page.getByText("2 of 3 invitations were sent.").waitFor();
      await look(page, "invitations-outcome");
      expect((await openOnes(portal)).sort()).toEqual([`ada${at}`, `paul${at}`]);
    });

    it("sends more than fifty in parts, and the rest after a lost network", async () => {
      const portal = await openPortal(`many-${screen.name}`);
      const { visitor, page } = await administratorOn(portal, screen);
      await using _ = visitor;
      const all = Array.from({ length: 120 }, (_, n) => `p${n}@${portal.org}.example`);
      await addresses(page).fill(all.join("\n"));
      let calls = 0;
      await page.route("**/accounts/invitations", (route) => {
        calls += 1;
        return calls === 2 ? route.abort() : route.continue();
      });
      await page.getByRole("button", { name: "Send 120 invitations" }).click();
      await page.getByText("50 of 120 invitations were sent.").waitFor();
      await page.getByRole("alert").getByText("cannot be reached").waitFor();
      await page.getByRole("button", { name: "Send the rest" }).click();
      await page.getByText("All invitations were sent: 120.").waitFor();
      const open = await portal.administrator("GET", "/connections?limit=200");
      expect(open.json.data.length).toBe(120);
    });

    it("renews and withdraws open invitations, also when another administrator was faster", async () => {
      const portal = await openPortal(`renew-${screen.name}`);
      const at = `@${portal.org}.example`;
      const { visitor, page } = await administratorOn(portal, screen);
      await using _ = visitor;
      await addresses(page).fill(`ada${at}, paul${at}, grace${at}`);
      await page.getByRole("button", { name: "Send 3 invitations" }).click();
      await page.getByText("All invitations were sent: 3.").waitFor();
      const earlier = await linkOf(portal, `ada${at}`, 1);
      await page.getByRole("button", { name: `Invite again: ada${at}` }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Role").selectOption("Support");
      await look(page, "invitation-renew");
      await dialog.getByRole("button", { name: "Invite again" }).click();
      await page.getByText(`A new invitation is on its way to ada${at}.`).waitFor();
      const later = await linkOf(portal, `ada${at}`, 2);
      expect(later).not.toBe(earlier);
      const register = (link: string) =>
        elsewhere(portal)("POST", "/accounts/register", {
          ...personAt(portal.org, "Ada", "Stone"),
          token: new URL(link).searchParams.get("token"),
        });
      expect((await register(earlier)).json.code).toBe("kNotFound");

      const withdraw = async (email: string) => {
        await page.getByRole("button", { name: `Withdraw: ${email}` }).click();
        await dialog.getByRole("button", { name: "Withdraw" }).click();
        await page.getByText(`The invitation of ${email} is withdrawn.`).waitFor();
      };
      await withdraw(`paul${at}`);
      expect((await openOnes(portal)).sort()).toEqual([`ada${at}`, `grace${at}`]);
      await look(page, "invitations-open");

      // Another administrator withdraws Grace's, and Ada registers.
      const { json } = await portal.administrator("GET", "/connections");
      const graces = json.data.find(({ target }: { target: { email: string } }) => target.email === `grace${at}`);
      await portal.administrator("DELETE", `/connections/${graces._id}`);
      await withdraw(`grace${at}`);
      expect((await register(later)).json.roles).toEqual(["000000000000000000000006"]);
      await page.getByRole("button", { name: `Invite again: ada${at}` }).click();
      await dialog.getByRole("button", { name: "Invite again" }).click();
      await page.getByText("This person has registered in the meantime.").waitFor();
    });

    it("sends nothing for somebody whose role was taken meanwhile, and says so", async () => {
      const portal = await openPortal(`taken-${screen.name}`);
      const { visitor, page, _id } = await administratorOn(portal, screen);
      await using _ = visitor;
      await portal.administrator("PUT", `/accounts/${_id}`, { roles: [] });
      await addresses(page).fill(`ada@${portal.org}.example`);
      await page.getByRole("button", { name: "Send 1 invitation" }).click();
      await page.getByText("You are no longer an administrator").waitFor();
      expect(await openOnes(portal)).toEqual([]);
    });
  });
});
