import { build } from "esbuild";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import type * as Client from "../../client/src/client.ts";
import { demo } from "../../local/demo.ts";
import { describeInBrowser, startBrowser } from "../kit/browser.ts";
import { callAt, cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";

/** The client, as a global of the page. */
declare const frontdesk: typeof Client;

const auth = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
const person = {
  name: { first: "Charles", last: "Best" },
  email: "charles@example.org",
  mobile: "1-650-555-5555",
  password: "mauve otter juggles 41 kettles",
};

/** A photograph as a phone stores it: on its side, with a note of which side is up. The sky is blue, the ground green. */
async function photograph(): Promise<string> {
  const create = (width: number, background: string) => ({
    create: { width, height: 900, channels: 3 as const, background },
  });
  const bytes = await sharp(create(1200, "#2f6fd0"))
    .composite([{ input: create(600, "#3f9d3f"), left: 600, top: 0 }])
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  return bytes.toString("base64");
}

describeInBrowser("a picture in Chromium", () => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance({ FRONTDESK_DATA: temporaryFolder() });
    const practice = { auth, accountId: "hillside", name: "Hillside Clinic", websiteAddress: "hillside" };
    await callAt(instance.url, "PracticeCreate", practice);
  });
  afterAll(cleanUp);

  it("is uploaded by the form that was answered, shown upright by a plain img, and gone when it is removed", async () => {
    await using open = new AsyncDisposableStack();
    const browser = await startBrowser();
    open.defer(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${instance.url}/hillside/v2/`);
    const bundle = { bundle: true, write: false, format: "iife", globalName: "frontdesk" } as const;
    const [script] = (await build({ entryPoints: ["client/src/client.ts"], ...bundle })).outputFiles;
    await page.addScriptTag({ content: script?.text ?? "" });

    const { clientKey } = (await (await fetch(page.url())).json()) as { clientKey: string };
    expect(clientKey).toBe(demo.clientKey);
    const about = { url: instance.url, org: "hillside", clientKey };
    const uploaded = await page.evaluate(
      async ({ about, person, photo }) => {
        const portal = frontdesk.createPortal(about);
        await portal.accountRegister(person);
        const begun = await portal.accountPutImage({ id: "me", body: { content: "me.jpg" } });
        if (!("uploads" in begun) || !begun.uploads) throw new Error("no upload was begun");
        const [upload] = begun.uploads;
        const form = new FormData();
        for (const { key, value } of upload?.fields ?? []) form.append(key, value);
        const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
        form.append("file", new File([bytes], "me.jpg", { type: "image/jpeg" }));
        const stored = await fetch(upload?.uploadUrl ?? "", { method: "POST", body: form });
        for (;;) {
          const { image } = await portal.accountGet({ id: "me" });
          if (image && image.state >= 2) return { begun: begun.state, stored: stored.status, image };
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
      { about, person, photo: await photograph() },
    );
    expect(uploaded).toMatchObject({ begun: 0, stored: 201 });
    // It was 1200 × 900 on its side.
    expect(uploaded.image).toMatchObject({ state: 2, mime: "image/jpeg", width: 768, height: 1024 });
    expect(uploaded.image.facets).toMatchObject([{ name: "thumbnail", width: 160, height: 160, state: 2 }]);

    const address = `/hillside/v2/accounts/me/image/thumbnail?client_key=${clientKey}`;
    const shown = await page.evaluate(`(async () => {
      const img = new Image();
      img.src = ${JSON.stringify(address)};
      await img.decode();
      return [img.naturalWidth, img.naturalHeight];
    })()`);
    expect(shown).toEqual([160, 160]);
    // The bytes that the bucket serves: blue above, green below.
    const bytes = await (await page.request.get(`${instance.url}${address}`)).body();
    const strongestAt = async (left: number, top: number) => {
      const pixel = await sharp(bytes).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
      return ["red", "green", "blue"][pixel.indexOf(Math.max(...pixel))];
    };
    expect([await strongestAt(80, 20), await strongestAt(80, 140)]).toEqual(["blue", "green"]);

    const after = await page.evaluate(async (about) => {
      const portal = frontdesk.createPortal(about);
      return portal.accountPut({ id: "me", body: { image: null } });
    }, about);
    expect(after).not.toHaveProperty("image");
    const gone = await page.request.get(`${instance.url}${address}`);
    expect([gone.status(), (await gone.json()).code]).toEqual([404, "kNotFound"]);
  });
});
