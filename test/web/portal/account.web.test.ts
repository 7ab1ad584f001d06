import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, startBrowser } from "../../kit/browser.ts";
import { cleanUp } from "../../kit/children.ts";
import { look, openPortal, personAt, type Screen, screens, signIn, visit } from "../../kit/portal-page.ts";

/** A photograph with so many pixels, in a format. */
const picture = async (format: "jpeg" | "png" | "webp" = "jpeg", width = 1200, height = 800) => ({
  name: `me.${format}`,
  mimeType: `image/${format}`,
  buffer: await sharp({ create: { width, height, channels: 3, background: "#3a7" } })
    .toFormat(format)
    .toBuffer(),
});

/** A file that begins like HEIC, and that no decoder reads. */
const heic = Buffer.concat([Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Buffer.alloc(64, "x")]);

/** `expect.poll` for a machine that is busy. */
const poll = <Value>(read: () => Value) => expect.poll(read, { timeout: 30_000 });

describeInBrowser("my account", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterAll(cleanUp);

  /** Opens a portal and signs Ada in. */
  async function begin(org: string, screen: Screen, { settings = {}, more = {}, options = {} } = {}) {
    const portal = await openPortal(`${org}-${screen.name}`, settings);
    const person = personAt(portal.org);
    const { _id: id } = await portal.add(person, more);
    const visitor = await visit(browser, portal.home, screen, options);
    const { page } = visitor;
    await signIn(page, person);
    await page.getByRole("heading", { name: "About you" }).waitFor();
    const stored = async () => (await portal.administrator("GET", `/accounts/${id}`)).json;
    return { portal, person, id, visitor, page, stored, [Symbol.asyncDispose]: () => visitor[Symbol.asyncDispose]() };
  }

  describe.each(screens)("on a $name", (screen) => {
    it("saves what was changed and nothing else, says what it was, and clears what is emptied", async () => {
      await using visit = await begin("details", screen, { more: { name: { ...personAt("").name, middle: "B." } } });
      const { page, stored } = visit;
      await look(page, "account");
      await page.getByLabel("First name").fill("Augusta Ada");
      await page.getByLabel("Middle name").fill("");
      await page.getByLabel("Suffix").fill("PhD");
      await page.getByLabel("Mobile phone").fill("(650) 555-1234");
      await page.getByLabel("Date of birth").fill("1985-12-10");
      await page.getByLabel("Gender").selectOption("Female");
      const sent = page.waitForRequest((request) => request.method() === "PATCH");
      const details = page.getByRole("region", { name: "About you" });
      await details.getByRole("button", { name: "Save" }).dblclick();
      expect(((await sent).postDataJSON() as { path: string }[]).map(({ path }) => path)).toEqual([
        "name.first",
        "name.middle",
        "name.suffix",
        "mobile",
        "dob",
        "gender",
      ]);
      await page
        .getByText("Saved: First name, Middle name, Suffix, Mobile phone, Date of birth, and Gender.")
        .waitFor();
      await look(page, "account-saved");
      expect(await stored()).toMatchObject({
        name: { first: "Augusta Ada", last: "Mills", suffix: "PhD" },
        mobile: "+16505551234",
        dob: "1985-12-10",
        gender: "f",
      });
      expect((await stored()).name).not.toHaveProperty("middle");
      // The field shows the number as it is stored, and the header the new name.
      expect(await page.getByLabel("Mobile phone").inputValue()).toBe("+16505551234");
      await page.getByRole("banner").getByText("Augusta Ada Mills").waitFor();
      // Once more: there is nothing left to save.
      await details.getByRole("button", { name: "Save" }).click();
      await page.getByText("You have changed nothing").waitFor();
      await page.reload();
      await page.getByLabel("Suffix").waitFor();
      expect(await page.getByLabel("Suffix").inputValue()).toBe("PhD");
    });

    it("shows at the fields what the server finds wrong, and keeps what was typed", async () => {
      await using visit = await begin("faults", screen);
      const { page, stored } = visit;
      const save = page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" });
      await page.getByLabel("Mobile phone").fill("12");
      await page.getByLabel("First name").fill("A".repeat(101));
      await save.click();
      await page.getByText("This is too long").waitFor();
      await page.getByText("Enter a phone number").waitFor();
      expect(await page.evaluate("document.activeElement.name")).toBe("name.first");
      expect(await page.getByLabel("Mobile phone").inputValue()).toBe("12");
      await look(page, "account-faults");
      await page.getByLabel("Mobile phone").fill("650-555-5556");
      await page.getByLabel("First name").fill("");
      const tomorrow = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
      await page.getByLabel("Date of birth").fill(tomorrow);
      await save.click();
      await page.getByText("Fill this in.").waitFor();
      await page.getByText("Enter a date in the past.").waitFor();
      // Too early a date is found by the server.
      await page.getByLabel("First name").fill("Ada");
      await page.getByLabel("Date of birth").fill("1849-12-31");
      await save.click();
      await poll(() => page.getByText("Enter a date in the past.").count()).toBe(1);
      expect(await stored()).toMatchObject({ name: { first: "Ada" }, mobile: "+16505555555" });
      expect(await stored()).not.toHaveProperty("dob");
      await page.getByLabel("Date of birth").fill("");
      await save.click();
      await page.getByText("Saved: Mobile phone.").waitFor();
    });

    it("keeps both changes of two pages, in each part of the account", async () => {
      await using visit = await begin("two", screen);
      const { page, visitor, stored } = visit;
      const second = await visitor.tab(page.url());
      await second.getByRole("heading", { name: "About you" }).waitFor();
      const save = async (tab: typeof page, part: string) => {
        await tab.getByRole("region", { name: part }).getByRole("button", { name: "Save" }).click();
        await tab.getByRole("region", { name: part }).getByText("Saved:").waitFor();
      };
      await page.getByLabel("Suffix").fill("PhD");
      await second.getByLabel("Title").fill("Dr.");
      await save(page, "About you");
      await save(second, "About you");
      expect((await stored()).name).toMatchObject({ prefix: "Dr.", suffix: "PhD" });
      // The second page has learnt what the first one saved, and does not undo it.
      expect(await second.getByLabel("Suffix").inputValue()).toBe("PhD");
      await second.getByLabel("Last name").fill("Lovelace");
      await save(second, "About you");
      expect((await stored()).name).toMatchObject({ prefix: "Dr.", last: "Lovelace", suffix: "PhD" });
      const way = (tab: typeof page, group: string, name: string) =>
        tab.getByRole("group", { name: group }).getByText(name);
      await way(page, "Appointments", "By text message").click();
      await way(second, "News of the practice", "By e-mail").click();
      await save(page, "What we may tell you");
      await save(second, "What we may tell you");
      const { notifications } = (await stored()).preferences;
      expect(notifications).toEqual([
        {
          name: "appointments",
          endpoints: [
            { name: "email", enabled: false },
            { name: "sms", enabled: true },
          ],
        },
        {
          name: "messages",
          endpoints: [
            { name: "email", enabled: false },
            { name: "sms", enabled: false },
          ],
        },
        {
          name: "news",
          endpoints: [
            { name: "email", enabled: true },
            { name: "sms", enabled: false },
          ],
        },
      ]);
    });

    it("offers what the account has to be notified of, and keeps what it does not know", async () => {
      const notifications = [
        {
          _id: "56cbfddcba9ef5257bf48513",
          label: "Test results",
          name: "c_results",
          endpoints: [
            { _id: "456e64706f696e7420536d73", enabled: false, label: "Pager", name: "pager" },
            { _id: "456e64706f696e7420456d6c", enabled: true, label: "", name: "email" },
          ],
        },
        { _id: "56cbfddcba9ef5257bf48514", name: "c_silent" },
      ];
      await using visit = await begin("notified", screen, { more: { preferences: { notifications } } });
      const { page, stored } = visit;
      const results = page.getByRole("group", { name: "Test results" });
      expect(await results.getByRole("checkbox", { name: "By e-mail" }).isChecked()).toBe(true);
      await results.getByText("Pager").click();
      await results.getByText("By e-mail").click();
      await page.getByRole("region", { name: "What we may tell you" }).getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved: what we may tell you.").waitFor();
      await look(page, "account-notifications");
      const [first, silent] = structuredClone(notifications);
      if (first?.endpoints?.[0]) first.endpoints[0].enabled = true;
      if (first?.endpoints?.[1]) first.endpoints[1].enabled = false;
      expect((await stored()).preferences).toEqual({ notifications: [first, silent] });
    });

    it("finds a time zone by any part of its name, and shows times in it", async () => {
      await using visit = await begin("zone", screen, { options: { timezoneId: "Europe/Berlin" } });
      const { page, stored } = visit;
      const registered = page.getByRole("region", { name: "Your account" }).getByRole("time").first();
      const shownIn = (timeZone: string, at: string) =>
        new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone })
          .format(new Date(at))
          .replace(/\s/g, " ");
      const { created } = await stored();
      const shown = async () => (await registered.innerText()).replace(/\s/g, " ");
      expect(await shown()).toBe(shownIn("Europe/Berlin", created));
      const zone = page.getByLabel("Time zone");
      expect(await page.locator("datalist option").count()).toBeGreaterThan(400);
      expect(await page.locator("datalist option[value*=Eastern]").count()).toBeGreaterThan(3);
      const details = page.getByRole("region", { name: "About you" });
      const save = details.getByRole("button", { name: "Save" });
      await zone.fill("honolulu");
      await page.getByLabel("First name").focus();
      expect(await zone.inputValue()).toMatch(/^Honolulu \(Pacific\), Hawaii/);
      await save.click();
      await page.getByText("Saved: Time zone.").waitFor();
      expect((await stored()).tz).toBe("Pacific/Honolulu");
      await poll(shown).toBe(shownIn("Pacific/Honolulu", created));
      // What names no zone, or several, is refused and stays for correction.
      for (const unclear of ["Atlantis", "Eastern"]) {
        await zone.fill(unclear);
        await save.click();
        await page.getByText("Choose a time zone from the list").waitFor();
        expect(await zone.inputValue()).toBe(unclear);
      }
      await look(page, "account-zone");
      expect((await stored()).tz).toBe("Pacific/Honolulu");
      await zone.fill("");
      await save.click();
      await page.getByText("Saved: Time zone.").waitFor();
      expect(await stored()).not.toHaveProperty("tz");
    });

    it.each([
      { steps: "one step", twoFactor: false },
      { steps: "two steps", twoFactor: true },
    ])("announces another number by mail, and to the old one if signing in has $steps", async ({ twoFactor }) => {
      const portal = await openPortal(`number-${screen.name}-${twoFactor}`, { twoFactor });
      // All portals of the file have one inbox, so each run needs a number of its own.
      const mobile = `+165055567${screen.name === "phone" ? 1 : 2}${Number(twoFactor)}`;
      const person = { ...personAt(portal.org), mobile };
      await portal.add(person);
      await using visitor = await visit(browser, portal.home, screen);
      const { page } = visitor;
      await signIn(page, person);
      if (twoFactor) {
        await page.getByRole("heading", { name: "One more step" }).waitFor();
        await page.getByLabel("Code", { exact: true }).fill(await portal.codeTo(person.mobile));
        await page.getByRole("button", { name: "Continue" }).click();
      }
      await page.getByLabel("Mobile phone").fill("650-555-9876");
      await page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved: Mobile phone.").waitFor();
      await poll(async () => (await portal.messagesTo(person.email))[0]?.subject).toMatch(
        /^Your mobile number for .* was changed$/,
      );
      const toldOld = async () =>
        (await portal.messagesTo(person.mobile)).filter(({ text }) => text.includes("new mobile number")).length;
      await poll(toldOld).toBe(twoFactor ? 1 : 0);
    });

    it("says that one has to sign in again before the number can be changed, and leads there and back", async () => {
      await using visit = await begin("old-session", screen);
      const { page } = visit;
      // What the server answers when a second step is on and the session began more than 15 minutes ago.
      await page.route("**/v2/accounts/me", (route) =>
        route.request().method() !== "PATCH"
          ? route.fallback()
          : route.fulfill({
              status: 403,
              json: {
                object: "fault",
                name: "error",
                code: "kAccessDenied",
                status: 403,
                reason: "Sign in again to change the mobile number",
                faults: [
                  { object: "fault", code: "kAccessDenied", path: "account.mobile", reason: "needs a new sign-in" },
                ],
              },
            }),
      );
      await page.getByLabel("Mobile phone").fill("650-555-9876");
      await page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" }).click();
      await page.getByText("Sign in again to change your number").waitFor();
      await look(page, "account-old-session");
      expect(await page.getByLabel("Mobile phone").inputValue()).toBe("650-555-9876");
      await page.unroute("**/v2/accounts/me");
      await page.getByRole("button", { name: "Sign out and sign in again" }).click();
      await signIn(page, personAt(visit.portal.org));
      await page.getByRole("heading", { name: "About you" }).waitFor();
      await page.getByLabel("Mobile phone").fill("650-555-9876");
      await page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved: Mobile phone.").waitFor();
    });

    it("keeps what was typed when the network is lost, and saves it afterwards", async () => {
      await using visit = await begin("network", screen);
      const { page, visitor, stored } = visit;
      await visitor.context.setOffline(true);
      await page.getByLabel("First name").fill("Augusta");
      await page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" }).click();
      await page.getByText("Frontdesk cannot be reached").waitFor();
      await look(page, "account-offline");
      expect(await page.getByLabel("First name").inputValue()).toBe("Augusta");
      await visitor.context.setOffline(false);
      await page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved: First name.").waitFor();
      expect((await stored()).name.first).toBe("Augusta");
    });

    it("says until the address is verified that it is not, mails the link again, and notices that it was verified", async () => {
      const more = { state: "unverified", notify: true };
      await using visit = await begin("verify", screen, { more });
      const { page, portal, person, id, visitor } = visit;
      await page.getByRole("heading", { name: "not verified yet" }).waitFor();
      await look(page, "account-unverified");
      const before = (await portal.messagesTo(person.email)).length;
      await page.getByRole("button", { name: "Send the mail again" }).dblclick();
      await page.getByText("We have mailed you the link").waitFor();
      await look(page, "account-resent");
      await poll(async () => (await portal.messagesTo(person.email)).length).toBe(before + 1);
      expect(await portal.linkTo(person.email, "verify")).toContain("token=");
      // Offline, nothing is claimed to have been sent.
      await visitor.context.setOffline(true);
      await page.getByRole("button", { name: "Send the mail again" }).click();
      await page.getByText("Frontdesk cannot be reached").waitFor();
      expect(await page.getByText("We have mailed you the link").count()).toBe(0);
      await visitor.context.setOffline(false);
      await portal.administrator("PUT", `/accounts/${id}`, { state: "verified" });
      await page.getByRole("button", { name: "Send the mail again" }).click();
      await page.getByText("Your e-mail address is verified").waitFor();
      expect(await page.getByRole("heading", { name: "not verified yet" }).count()).toBe(0);
    });

    it("notices that the address was verified when one comes back from the mail", async () => {
      await using visit = await begin("come-back", screen, { more: { state: "unverified", notify: true } });
      const { page, portal, person, visitor } = visit;
      await page.getByRole("heading", { name: "not verified yet" }).waitFor();
      const mailed = await visitor.tab(await portal.linkTo(person.email, "verify"));
      await mailed.getByRole("button", { name: "Verify" }).click();
      await mailed.getByText("is verified").first().waitFor();
      await mailed.close();
      // Pages without a window do not tell that they are seen again.
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await page.getByText("Your e-mail address is verified").waitFor();
      expect(await page.getByRole("heading", { name: "not verified yet" }).count()).toBe(0);
    });

    it("deletes the account with the password, says so, and confirms by mail", async () => {
      await using visit = await begin("delete", screen);
      const { page, portal, person, id, visitor } = visit;
      const second = await visitor.tab(page.url());
      await second.getByRole("heading", { name: "About you" }).waitFor();
      await page.getByRole("button", { name: "Delete my account" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("heading", { name: "Delete your account?" }).waitFor();
      await look(page, "account-delete");
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Delete my account" }).click();
      await dialog.getByLabel("Password", { exact: true }).fill("not the password");
      await dialog.getByRole("button", { name: "Delete it for ever" }).click();
      await dialog.getByText("the password is not right").waitFor();
      await look(page, "account-delete-wrong");
      await dialog.getByLabel("Password", { exact: true }).fill(person.password);
      await dialog.getByRole("button", { name: "Delete it for ever" }).dblclick();
      await page.getByRole("heading", { name: "Your account has been deleted" }).waitFor();
      await look(page, "deleted");
      expect((await portal.administrator("GET", `/accounts/${id}`)).status).toBe(404);
      expect((await portal.messagesTo(person.email))[0]?.subject).toMatch(/deleted|erased/i);
      // The other tab of this browser is signed out, too, and the way back leads to signing in.
      await second.getByRole("heading", { name: "Sign in" }).waitFor();
      await page.goto(`${portal.home}account`);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await signIn(page, person);
      await page.getByText("E-mail address or password are not right").waitFor();
    });

    it("says that the deletion is locked after too many wrong passwords", async () => {
      await using visit = await begin("delete-lock", screen, { settings: { lockAttempts: 3 } });
      const { page, person, stored } = visit;
      await page.getByRole("button", { name: "Delete my account" }).click();
      const dialog = page.getByRole("dialog");
      for (const password of ["wrong 1", "wrong 2", "wrong 3"]) {
        await dialog.getByLabel("Password", { exact: true }).fill(password);
        const answered = page.waitForResponse((response) => response.request().method() === "DELETE");
        await dialog.getByRole("button", { name: "Delete it for ever" }).click();
        await answered;
        await dialog.getByText("This is not your password.").waitFor();
      }
      await dialog.getByLabel("Password", { exact: true }).fill(person.password);
      await dialog.getByRole("button", { name: "Delete it for ever" }).click();
      await dialog.getByText("Too many wrong passwords").waitFor();
      expect((await stored()).email).toBe(person.email);
    });

    it("shows what became of a photo that was chosen, dropped and removed", async () => {
      await using visit = await begin("photo", screen);
      const { page, stored } = visit;
      const part = page.getByRole("region", { name: "Photo" });
      await part.getByText("You have no photo").waitFor();
      await page.locator("input[type=file]").setInputFiles(await picture());
      await part.getByText("Your new photo is ready.").waitFor();
      const thumbnail = part.getByRole("img", { name: "Your photo, as others see it" });
      const sizeOf = async (image: typeof thumbnail) => {
        await image.waitFor();
        const name = JSON.stringify(await image.getAttribute("alt"));
        return page.evaluate<number[]>(
          `(async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; })
          ([...document.images].find(({ alt }) => alt === ${name}))`,
        );
      };
      expect(await sizeOf(thumbnail)).toEqual([160, 160]);
      await part.getByText("The whole photo").click();
      const whole = part.getByRole("img", { name: "The whole photo" });
      expect(await sizeOf(whole)).toEqual([1024, 683]);
      await look(page, "account-photo");
      const before = await thumbnail.getAttribute("src");
      // Another one, dropped onto the page: another address shows it, so that no cache shows the old one.
      const { name, mimeType, buffer } = await picture("webp", 300, 500);
      const dropped = await page.evaluateHandle(
        `(() => {
          const bytes = Uint8Array.from(atob(${JSON.stringify(buffer.toString("base64"))}), (each) => each.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], ${JSON.stringify(name)}, { type: ${JSON.stringify(mimeType)} }));
          return data;
        })()`,
      );
      await part.dispatchEvent("dragover", { dataTransfer: dropped });
      await part.dispatchEvent("drop", { dataTransfer: dropped });
      await poll(() => thumbnail.getAttribute("src").catch(() => before)).not.toBe(before);
      await part.getByText("Your new photo is ready.").waitFor();
      await part.getByText("The whole photo").click();
      expect(await sizeOf(whole)).toEqual([300, 500]);
      await page.reload();
      expect(await sizeOf(thumbnail)).toEqual([160, 160]);
      await part.getByRole("button", { name: "Remove the photo" }).click();
      await look(page, "account-photo-remove");
      await page.getByRole("dialog").getByRole("button", { name: "Remove the photo" }).click();
      await part.getByText("Your photo was removed.").waitFor();
      await poll(() => page.evaluate("document.activeElement.textContent")).toBe("Photo");
      expect(await stored()).not.toHaveProperty("image");
    });

    it("refuses files that cannot be used before the old photo is gone, and says why the server could not use one", async () => {
      await using visit = await begin("no-photo", screen);
      const { page, stored } = visit;
      const part = page.getByRole("region", { name: "Photo" });
      const choose = (name: string, mimeType: string, buffer: Buffer) =>
        page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer });
      await page.locator("input[type=file]").setInputFiles(await picture());
      await part.getByText("Your new photo is ready.").waitFor();
      await choose("notes.txt", "text/plain", Buffer.from("not a picture"));
      await part.getByText("This file is not a picture.").waitFor();
      await choose("me.jpg", "image/jpeg", Buffer.from("not a picture either"));
      await part.getByText("This picture is damaged or incomplete.").waitFor();
      await choose("large.jpg", "image/jpeg", Buffer.alloc(12_000_000));
      await part.getByText("This file is larger than 10 MB.").waitFor();
      await look(page, "account-photo-refused");
      expect((await stored()).image.state).toBe(2);
      // HEIC goes to the server, because few browsers read it. This one nobody can read.
      await choose("me.heic", "", heic);
      await part.getByRole("alert").getByText("This HEIC picture cannot be read.").waitFor();
      await look(page, "account-photo-heic");
      expect((await stored()).image.state).toBe(3);
      await page.reload();
      await part.getByText("This HEIC picture cannot be read.").waitFor();
      await choose("me.gif", "image/gif", Buffer.alloc(0));
      await part.getByRole("alert").getByText("damaged").waitFor();
    });

    it("shows how far an upload is, cancels it, and sends it again after the network was lost", async () => {
      await using visit = await begin("upload", screen);
      const { page, stored } = visit;
      const part = page.getByRole("region", { name: "Photo" });
      const isUpload = (url: URL) => url.port !== new URL(page.url()).port;
      let letGo = () => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await page.route(isUpload, async (route) => {
        await held;
        await route.abort().catch(() => {});
      });
      await page.locator("input[type=file]").setInputFiles(await picture());
      await part.getByRole("progressbar").waitFor();
      await look(page, "account-photo-sending");
      expect((await stored()).image.state).toBe(0);
      await part.getByRole("button", { name: "Cancel the upload" }).click();
      await part.getByText("The upload was cancelled.").waitFor();
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Photo");
      expect(await stored()).not.toHaveProperty("image");
      letGo();
      await page.unroute(isUpload);
      await page.route(isUpload, (route) => route.abort("internetdisconnected"));
      await page.locator("input[type=file]").setInputFiles(await picture());
      await part.getByText("Your photo did not arrive.").waitFor();
      await look(page, "account-photo-failed");
      await page.unroute(isUpload);
      await part.getByRole("button", { name: "Send it again" }).click();
      await part.getByText("Your new photo is ready.").waitFor();
      expect((await stored()).image.state).toBe(2);
    });

    it("waits for a photo that is still being prepared when the page is opened", async () => {
      await using visit = await begin("preparing", screen);
      const { page } = visit;
      const part = page.getByRole("region", { name: "Photo" });
      await page.locator("input[type=file]").setInputFiles(await picture());
      await part.getByText("Your new photo is ready.").waitFor();
      let isReady = false;
      await page.route("**/v2/accounts/me?*", async (route) => {
        const response = await route.fetch();
        const json = await response.json();
        if (!isReady) json.image = { ...json.image, state: 1 };
        await route.fulfill({ response, json });
      });
      await page.route("**/v2/accounts/me", async (route) => {
        const response = await route.fetch();
        const json = await response.json();
        await route.fulfill({ response, json: { ...json, image: { ...json.image, state: 1 } } });
      });
      await page.reload();
      await part.getByText("is being prepared").waitFor();
      await look(page, "account-photo-preparing");
      isReady = true;
      await part.getByText("Your new photo is ready.").waitFor();
      await page.unrouteAll({ behavior: "ignoreErrors" });
    });

    it("is the same in Spanish", async () => {
      await using visit = await begin("spanish", screen);
      const { page } = visit;
      await page.getByLabel("Language").selectOption("es");
      await page.getByRole("heading", { name: "Sobre usted" }).waitFor();
      await look(page, "account-spanish");
      // The narrowest phones, and a page that is enlarged fourfold.
      await page.setViewportSize({ width: 320, height: 640 });
      await look(page, "account-narrow");
      await page.getByLabel("Tratamiento").fill("Dra.");
      await page.getByRole("region", { name: "Sobre usted" }).getByRole("button", { name: "Guardar" }).click();
      await page.getByText("Guardado: Tratamiento.").waitFor();
    });
  });
});
