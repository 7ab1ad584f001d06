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
import { appCode } from "../../kit/totp.ts";

/** The machine may be busy. */
const within = { timeout: 20_000 };

describeInBrowser("people, for administrators", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  /** An administrator who has opened a page. */
  async function administratorOn(
    portal: PagePortal,
    path: string,
    screen: { width: number; height: number },
    first = "Olga",
  ) {
    const person = personAt(portal.org, first, "Stone");
    const { _id } = await portal.add(person, { roles: [administratorRole] });
    const visitor = await visit(browser, `${portal.home}${path}`, screen);
    await signIn(visitor.page, person);
    return { visitor, page: visitor.page, person, _id };
  }
  /** Presses a button that asks first, and the button in the question. */
  async function press(page: Page, name: string, confirm = name): Promise<void> {
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: confirm, exact: true }).click();
  }
  const tick = (page: Page, name: string) => page.locator("label.choice", { hasText: new RegExp(`^${name}`) }).click();
  /** Signs in without a page, and returns the answer. */
  const tryToSignIn = async (portal: PagePortal, { email }: Person) =>
    (await elsewhere(portal)("POST", "/accounts/login", { email, password })).json;

  describe.each(screens)("on a $name", (screen) => {
    const rowNames = (page: Page) => page.getByRole("rowheader").allTextContents();

    it("shows everybody in parts that stay put while others register, also after the back button", async () => {
      const portal = await openPortal(`paging-${screen.name}`);
      const count = 60;
      for (let n = 1; n <= count; n++) {
        await portal.add({ ...personAt(portal.org, `P${n}`, "Patient"), email: `p${n}@${portal.org}.example` });
      }
      const { visitor, page } = await administratorOn(portal, "people", screen);
      await using _ = visitor;
      await page.getByText("25 people are shown.").waitFor();
      await look(page, "people");
      await portal.add(personAt(portal.org, "Newcomer", "Patient"));
      await page.getByRole("button", { name: "Show more" }).click();
      await page.getByText("50 people are shown.").waitFor();
      const expected = ["Olga Stone", ...Array.from({ length: 49 }, (_, place) => `P${count - place} Patient`)];
      expect(await rowNames(page)).toEqual(expected);

      await page.getByRole("link", { name: "P20 Patient" }).click();
      await page.getByRole("heading", { name: "P20 Patient" }).waitFor();
      await portal.add(personAt(portal.org, "Another", "Patient"));
      await page.goBack();
      await page.getByText("50 people are shown.").waitFor();
      expect(await rowNames(page)).toEqual(expected);
      await expect.poll(() => page.evaluate("scrollY > 500"), within).toBe(true);
      await page.getByRole("link", { name: "P20 Patient" }).click();
      await page.getByRole("link", { name: "All people" }).click();
      await page.getByText("50 people are shown.").waitFor();
      await page.getByRole("button", { name: "Show more" }).click();
      await page.getByText("61 people are shown.").waitFor();
      expect((await rowNames(page)).at(-1)).toBe("P1 Patient");
    });

    it("finds people by e-mail address, by each of their names, by role and by state", async () => {
      const portal = await openPortal(`search-${screen.name}`);
      await portal.add({ ...personAt(portal.org, "Ada", "Mills"), email: `first@${portal.org}.example` });
      const pepe = { ...personAt(portal.org, "José (Pepe)", "Núñez"), email: `pepe@${portal.org}.example` };
      await portal.add(pepe, { roles: ["000000000000000000000005"] });
      const locked = await portal.add(personAt(portal.org, "Grace", "Oak"), { state: "unverified" });
      await portal.administrator("PUT", `/accounts/${locked._id}`, { locked: true });
      const { visitor, page } = await administratorOn(portal, "people", screen);
      await using _ = visitor;
      const search = page.getByLabel("Search");
      const finds = async (text: string, ...names: string[]) => {
        await search.fill(text);
        await expect.poll(() => rowNames(page), within).toEqual(names);
      };
      await page.getByRole("link", { name: "Grace Oak" }).waitFor();
      await finds("MIL", "Ada Mills");
      await finds("first@", "Ada Mills");
      await finds("ada mi", "Ada Mills");
      await finds("Mills, Ada", "Ada Mills");
      await finds("gra", "Grace Oak");
      await finds("JOSÉ (PEPE) n", "José (Pepe) Núñez");
      await finds("nobody/(.*)");
      await page.getByText("Nobody is found.").waitFor();
      await look(page, "people-none");
      await page.getByRole("button", { name: "Show everybody" }).click();
      await page.getByRole("link", { name: "Ada Mills" }).waitFor();
      expect(await search.inputValue()).toBe("");
      await page.getByLabel("Role").selectOption("Administrator");
      await expect.poll(() => rowNames(page), within).toEqual(["Olga Stone"]);
      await page.getByLabel("Role").selectOption("All roles");
      await page.getByLabel("State").selectOption("Locked");
      await expect.poll(() => rowNames(page), within).toEqual(["Grace Oak"]);
      expect(new URL(page.url()).search).toBe("?state=locked");
      await search.fill("g");
      await page.getByText("1 person is shown.").waitFor();
      // A reload shows the same. What was typed is not in the address, because addresses are logged.
      await page.reload();
      await expect.poll(() => rowNames(page), within).toEqual(["Grace Oak"]);
      expect(await search.inputValue()).toBe("g");
      expect(page.url()).not.toContain("g=");
    });

    it("saves what was changed about a person, and only that, while another administrator changes something else", async () => {
      const portal = await openPortal(`details-${screen.name}`, {}, { name: "Riverside Clinic" });
      const ada = personAt(portal.org, "Ada", "Mills");
      const { _id } = await portal.add(ada, { roles: ["000000000000000000000005", "5eed5eed5eed5eed5eed5eed"] });
      const { visitor, page } = await administratorOn(portal, `people/${_id}`, screen);
      await using _ = visitor;
      await page.getByRole("heading", { name: "Ada Mills" }).waitFor();
      await page.getByText("Account registered").waitFor();
      await look(page, "person");
      // Another administrator changes the last name in the meantime.
      await portal.administrator("PUT", `/accounts/${_id}`, { name: { last: "Miller" } });
      await page.getByLabel("First name").fill("Adele");
      await page.getByLabel("Mobile phone").fill("650-555-1234");
      await page.getByLabel("Specialty").fill("Cardiology");
      await tick(page, "Everybody sees the profile");
      await page.getByLabel("Time zone").selectOption("Europe/Madrid");
      await page.getByLabel("Gender").selectOption("Female");
      await page.getByRole("button", { name: "Save" }).first().click();
      await page.getByRole("heading", { name: "Adele Miller" }).waitFor();
      await page.getByText("Saved.").waitFor();
      expect(await page.getByLabel("Mobile phone").inputValue()).toBe("+16505551234");
      expect((await portal.administrator("GET", `/accounts/${_id}`)).json).toMatchObject({
        name: { first: "Adele", last: "Miller" },
        gender: "f",
        tz: "Europe/Madrid",
        profile: { provider: { specialty: "Cardiology", visibility: { public: true } } },
      });
      await page.getByText("Changed: name, mobile phone", { exact: false }).waitFor();
      await page.getByLabel("Mobile phone").fill("12");
      await page.getByRole("button", { name: "Save" }).first().click();
      await page.getByText("Enter a phone number").waitFor();
      await look(page, "person-wrong");
      await page.getByLabel("Mobile phone").fill("+16505551234");
      await page.getByLabel("Specialty").fill("");
      await page.getByRole("button", { name: "Save" }).first().click();
      await expect
        .poll(async () => (await portal.administrator("GET", `/accounts/${_id}`)).json.profile.provider.specialty)
        .toBeUndefined();

      // Roles of other programs stay.
      await page.getByText("5eed5eed5eed5eed5eed5eed").waitFor();
      await page.getByRole("button", { name: "Save" }).nth(1).click();
      await page.getByText("There is nothing to save").waitFor();
      await tick(page, "Support");
      await tick(page, "Provider");
      await page.getByRole("button", { name: "Save" }).nth(1).click();
      await page.getByText("The roles were saved.").waitFor();
      expect((await portal.administrator("GET", `/accounts/${_id}`)).json.roles.sort()).toEqual([
        "000000000000000000000006",
        "5eed5eed5eed5eed5eed5eed",
      ]);
    });

    it("locks, unlocks and holds back an account, and forgets its devices", async () => {
      const portal = await openPortal(`lock-${screen.name}`, { twoFactor: true });
      const ada = personAt(portal.org, "Ada", "Mills");
      const { _id } = await portal.add(ada);
      // Ada remembers her device.
      const adas = elsewhere(portal);
      const login = { email: ada.email, password };
      expect((await adas("POST", "/accounts/login", login)).json.code).toBe("kNewLocation");
      const location = { verificationToken: await portal.codeTo(ada.mobile), locationName: "Ada's phone" };
      expect((await adas("POST", "/accounts/login", { ...login, location })).json._id).toBe(_id);

      const olga = personAt(portal.org, "Olga", "Stone");
      await portal.add({ ...olga, mobile: "+16505550001" }, { roles: [administratorRole] });
      await using visitor = await visit(browser, `${portal.home}people/${_id}`, screen);
      const { page } = visitor;
      await signIn(page, olga);
      await page.getByRole("heading", { name: "One more step" }).waitFor();
      await page.getByLabel("Code", { exact: true }).fill(await portal.codeTo("+16505550001"));
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByText("Ada's phone").waitFor();

      await page.getByRole("button", { name: "Lock", exact: true }).click();
      await page.getByRole("dialog").waitFor();
      await look(page, "person-lock");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await press(page, "Lock");
      await page.getByText("The account is locked.").waitFor();
      expect((await tryToSignIn(portal, ada)).code).toBe("kAccountLocked");
      // Ada's open session has ended.
      expect((await adas("GET", "/accounts/status")).json.loggedin).toBe(false);
      await look(page, "person-locked");
      await press(page, "Unlock");
      await page.getByText("The account is unlocked.").waitFor();
      expect((await adas("POST", "/accounts/login", login)).json._id).toBe(_id);

      await press(page, "Require activation");
      await page.getByText("has to be activated").waitFor();
      expect((await adas("POST", "/accounts/login", login)).json.code).toBe("kAccessDenied");
      await press(page, "Activate");
      await page.getByText("The account is active.").waitFor();
      expect((await adas("POST", "/accounts/login", login)).json._id).toBe(_id);

      await press(page, "Forget all devices");
      await page.getByText("All devices are forgotten.").waitFor();
      await page.getByText("No device is known.").waitFor();
      expect((await adas("POST", "/accounts/login", login)).json.code).toBe("kNewLocation");
      await page.getByText("Devices forgotten").waitFor();
      await page.getByText("This person has no authenticator app.").waitFor();
      // Ada sets up an app, loses her phone, and asks the practice.
      await adas("POST", "/accounts/login", {
        ...login,
        location: { verificationToken: await portal.codeTo(ada.mobile) },
      });
      const { secret } = (await adas("POST", "/accounts/me/totp")).json.data;
      expect((await adas("POST", "/accounts/me/totp/confirm", { code: appCode(secret, new Date()) })).status).toBe(200);
      await page.reload();
      await press(page, "Remove the authenticator app");
      await page.getByText("The authenticator app is removed.").waitFor();
      await page.getByText("Authenticator app removed", { exact: true }).waitFor();
      expect((await portal.administrator("GET", `/accounts/${_id}/totp`)).json.data).toBe(false);
    });

    it("sends the verification link again, and deletes an account after its address was typed", async () => {
      const portal = await openPortal(`erase-${screen.name}`);
      const ada = personAt(portal.org, "Ada", "Mills");
      const { _id } = await portal.add(ada, { state: "unverified" });
      const { visitor, page } = await administratorOn(portal, "people", screen);
      await using _ = visitor;
      await page.getByRole("link", { name: "Ada Mills" }).click();
      await press(page, "Send the link again");
      await page.getByText("The link is on its way").waitFor();
      await expect.poll(async () => (await portal.messagesTo(ada.email)).length).toBe(1);
      await portal.linkTo(ada.email, "verify");

      await page.getByRole("button", { name: "Delete the account" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("To confirm").fill("somebody@else.example");
      await dialog.getByRole("button", { name: "Delete the account" }).click();
      await dialog.getByText("not the e-mail address of the account").waitFor();
      await look(page, "person-erase");
      await dialog.getByLabel("To confirm").fill(ada.email);
      await dialog.getByRole("button", { name: "Delete the account" }).dblclick();
      await page.getByText("The account was deleted.").waitFor();
      await expect.poll(() => rowNames(page), within).toEqual(["Olga Stone"]);
      expect((await tryToSignIn(portal, ada)).code).toBe("kInvalidCredentials");
      await page.goto(`${portal.home}people/${_id}`);
      await page.getByText("That does not exist any more.").waitFor();
      await look(page, "person-gone");
    });

    it("lists what happened, with who did it and which fields, and shows more", async () => {
      const portal = await openPortal(`events-${screen.name}`);
      const ada = personAt(portal.org, "Ada", "Mills");
      const { _id } = await portal.add(ada);
      for (let n = 0; n < 16; n++) await portal.administrator("PUT", `/accounts/${_id}`, { dob: `1980-01-${10 + n}` });
      expect((await tryToSignIn(portal, ada))._id).toBe(_id);
      const { visitor, page } = await administratorOn(portal, `people/${_id}`, screen);
      await using _ = visitor;
      await page.getByText("Signed in", { exact: true }).waitFor();
      await page.getByText("By the person").waitFor();
      expect(await page.getByText("Changed: date of birth").count()).toBe(14);
      await page.getByRole("button", { name: "Show more" }).click();
      await page.getByText("Account registered").waitFor();
      expect(await page.getByText("Changed: date of birth").count()).toBe(16);
      await page.getByLabel("Middle name").fill("King");
      await page.getByRole("button", { name: "Save" }).first().click();
      await page.getByText("· By you").waitFor();
    });

    it("warns administrators who take their own role, and tells those whose role was taken meanwhile", async () => {
      const portal = await openPortal(`rights-${screen.name}`);
      const { visitor, page, _id } = await administratorOn(portal, "people", screen);
      await using _ = visitor;
      await page.getByRole("link", { name: "Olga Stone" }).click();
      await page.getByText("You can delete it on the page").waitFor();
      await tick(page, "Administrator");
      await page.getByRole("button", { name: "Save" }).nth(1).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("Another administrator must do that.").waitFor();
      await look(page, "person-own-role");
      await dialog.getByRole("button", { name: "Cancel" }).click();
      expect((await portal.administrator("GET", `/accounts/${_id}`)).json.roles).toEqual([administratorRole]);
      await page.getByRole("button", { name: "Save" }).nth(1).click();
      await dialog.getByRole("button", { name: "Stop being an administrator" }).click();
      await page.getByText("You are no longer an administrator").waitFor();
      await look(page, "no-longer");
      expect(await page.getByRole("link", { name: "Portal settings" }).count()).toBe(0);
      // Somebody who never was one reads who the page is for.
      await page.reload();
      await page.getByText("This page is for administrators").waitFor();
      await look(page, "for-administrators");

      // The other administrator's role is taken while the page is open.
      const other = await administratorOn(portal, `people/${_id}`, screen, "Paul");
      await using __ = other.visitor;
      await other.page.getByLabel("Middle name").fill("Maria");
      await portal.administrator("PUT", `/accounts/${other._id}`, { roles: [] });
      await other.page.getByRole("button", { name: "Save" }).first().click();
      await other.page.getByText("You are no longer an administrator").waitFor();
      expect((await portal.administrator("GET", `/accounts/${_id}`)).json.name.middle).toBeUndefined();
    });

    it("signs administrators out who lock themselves, after a warning", async () => {
      const portal = await openPortal(`self-${screen.name}`);
      const { visitor, page, _id } = await administratorOn(portal, "people", screen);
      await using _ = visitor;
      await page.getByRole("link", { name: "Olga Stone" }).click();
      await page.getByRole("button", { name: "Lock", exact: true }).click();
      await page.getByText("This is your own account.").nth(1).waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Lock", exact: true }).click();
      await page.getByText("Your session has ended").waitFor();
      expect((await portal.administrator("GET", `/accounts/${_id}`)).json.locked).toBe(true);
    });

    it("keeps what is shown when the network is lost, and goes on afterwards", async () => {
      const portal = await openPortal(`lost-${screen.name}`);
      for (let n = 1; n <= 30; n++) {
        await portal.add({ ...personAt(portal.org, `P${n}`, "Patient"), email: `p${n}@${portal.org}.example` });
      }
      const { visitor, page } = await administratorOn(portal, "people", screen);
      await using _ = visitor;
      await page.getByText("25 people are shown.").waitFor();
      await page.context().setOffline(true);
      await page.getByRole("button", { name: "Show more" }).click();
      await page.getByRole("alert").getByText("cannot be reached").waitFor();
      expect((await rowNames(page)).length).toBe(25);
      await look(page, "people-offline");
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Show more" }).dblclick();
      await page.getByText("31 people are shown.").waitFor();
      expect(new Set(await rowNames(page)).size).toBe(31);
    });

    it("tells people who are no administrators whom these pages are for, without a call that fails", async () => {
      const portal = await openPortal(`others-${screen.name}`);
      const ada = personAt(portal.org, "Ada", "Mills");
      const { _id } = await portal.add(ada, { roles: ["000000000000000000000005"] });
      await using visitor = await visit(browser, `${portal.home}people`, screen);
      const { page } = visitor;
      await signIn(page, ada);
      await page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
      const failed: string[] = [];
      page.on("response", (response) => {
        if (response.status() >= 400) failed.push(response.url());
      });
      for (const path of ["people", `people/${_id}`, "invitations", "settings"]) {
        await page.goto(`${portal.home}${path}`);
        await page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
      }
      expect(failed).toEqual([]);
      await page.getByRole("link", { name: "Go to my account" }).click();
      await page.getByRole("heading", { name: "My account" }).waitFor();
    });
  });

  it("fits a window of 320 pixels, in Spanish", async () => {
    const portal = await openPortal("narrow");
    const long = personAt(portal.org, "Maximiliana", "Fernández de Córdoba y Álvarez-Montalbán");
    await portal.add(
      { ...long, email: `a-very-long-address-of-somebody@${portal.org}.example` },
      { state: "unverified" },
    );
    const { visitor, page } = await administratorOn(portal, "people", { width: 320, height: 640 });
    await using _ = visitor;
    await page.getByLabel("Language").selectOption("es");
    await page.getByRole("heading", { name: "Personas" }).waitFor();
    await page.getByText("Se muestran 2 personas.").waitFor();
    await look(page, "people-narrow");
    await page.getByRole("link", { name: "Maximiliana" }).click();
    await page.getByText("Cuenta registrada").waitFor();
    await look(page, "person-narrow");
    await page.getByRole("link", { name: "Invitaciones" }).click();
    await page.getByText("No hay invitaciones abiertas.").waitFor();
    await look(page, "invitations-narrow");
    await page.getByRole("link", { name: "Ajustes del portal" }).click();
    await page.getByLabel("Quién puede registrarse").waitFor();
    await look(page, "settings-narrow");
  });
});
