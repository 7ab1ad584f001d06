import { deepEqual, match, ok } from "node:assert/strict";
import type { Tally } from "../tools/tally.ts";
import type { Cloud } from "./cloud.ts";

/** The checks of pages: those of portals with their files, the page of the API, and its documents. */
export async function pages(check: Tally["check"], cloud: Cloud): Promise<void> {
  const url = cloud.output("FrontdeskApi", "ApiUrl");
  const get = async (path: string) => {
    const { status, headers, body } = await cloud.send("GET", url + path);
    return { kind: [status, String(headers["content-type"]).split(";")[0]], text: body.toString() };
  };
  await check("a portal has a page, whose style and script are served", async () => {
    const page = await get("/riverside/");
    deepEqual(page.kind, [200, "text/html"]);
    const files = page.text.match(/\/_portal\/main-[\w-]+\.(css|js)/g) ?? [];
    deepEqual(await Promise.all(files.map(async (file) => (await get(file)).kind)), [
      [200, "text/css"],
      [200, "text/javascript"],
    ]);
  });
  await check("the page of the API and its documents are served", async () => {
    const page = await get("/docs");
    deepEqual(page.kind, [200, "text/html"]);
    match(page.text, /start\.js/);
    for (const path of ["/openapi.json", "/openapi.core.json"]) {
      const { kind, text } = await get(path);
      deepEqual(kind, [200, "application/json"]);
      ok(JSON.parse(text).paths);
    }
  });
}
