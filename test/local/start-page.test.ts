import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callAt, cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";

const demo = {
  id: "demo",
  password: "demo-application-password",
  clientKey: "DemoClientKey000000001",
};

let instance: Instance;
let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  instance = await startInstance({ FRONTDESK_DATA: folder });
});
afterAll(cleanUp);

const unescaped = (html: string) => html.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

describe("GET /", () => {
  it("shows the address, where the data is, and the demo vendor's credentials", async () => {
    const answer = await fetch(instance.url);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = unescaped(await answer.text());
    for (const shown of [instance.url, `in ${folder}`, demo.id, demo.password, demo.clientKey]) {
      expect(page).toContain(`>${shown}<`);
    }
    expect(page).not.toContain("{{");
  });

  it("links to the portal of the demo practice as soon as that exists", async () => {
    const link = '<a href="/hillside/">';
    expect(await (await fetch(instance.url)).text()).not.toContain(link);
    const auth = { applicationId: demo.id, applicationPassword: demo.password };
    const practice = { auth, accountId: "hillside", name: "Hillside Clinic", websiteAddress: "hillside" };
    expect(await callAt(instance.url, "PracticeSave", practice)).toMatchObject({ successful: true });
    expect(await (await fetch(instance.url)).text()).toContain(link);
    await callAt(instance.url, "PracticeSave", { ...practice, active: false });
    expect(await callAt(instance.url, "PracticeDelete", { auth, accountId: "hillside" })).toMatchObject({
      successful: true,
    });
    expect(await (await fetch(instance.url)).text()).not.toContain(link);
  });

  it("has a call for each family that works exactly as printed, also repeatedly", async () => {
    const page = await (await fetch(instance.url)).text();
    const calls = [...page.matchAll(/<code id="call-\d">(.+?)<\/code>/g)].map(([, html = ""]) => unescaped(html));
    expect(calls.map((call) => /^curl (\S+)/.exec(call)?.[1])).toEqual([
      `${instance.url}/api/io/PracticeSave`,
      `${instance.url}/therapist/organizations/`,
      `${instance.url}/hillside/v2/accounts/status`,
    ]);
    const run = async (call: string) => JSON.parse((await promisify(execFile)("sh", ["-c", `${call} -sS`])).stdout);
    for (const action of ["create", "update"]) {
      expect(await run(String(calls[0]))).toMatchObject({ successful: true, accountId: "hillside", action });
      expect(await run(String(calls[1]))).toMatchObject({ id: expect.any(Number), name: "Hillside Therapists" });
      expect(await run(String(calls[2]))).toEqual({ loggedin: false });
    }
  });

  it("has links that all work", async () => {
    const page = await (await fetch(instance.url)).text();
    const links = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => String(path));
    expect(links.filter((path) => path !== "/hillside/")).toEqual([
      "/docs/look.css",
      "/_local/pages.css",
      "/_local/start.js",
      "/_local/",
      "/docs/",
      "/_local/guides/practices.md",
      "/_local/guides/therapists.md",
      "/_local/guides/accounts.md",
      "/openapi.json",
    ]);
    for (const path of links.filter((path) => path !== "/hillside/")) {
      const answer = await fetch(instance.url + path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
  });
});
