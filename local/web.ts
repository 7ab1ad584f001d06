import { readFile } from "node:fs/promises";
import { documents, type WebFile, webFiles, webHeaders } from "../web/files.ts";
import type { Answer } from "./answer.ts";
import { demo } from "./demo.ts";

/**
 * The web pages, for the gateway, by method and path: the API's description, and `/docs/`, where calls can be tried.
 * @param url returns the gateway's address, such as `http://localhost:3000`
 */
export const webPages = (
  url: () => string | Promise<string>,
): Readonly<Record<string, () => Answer | Promise<Answer>>> => ({
  ...Object.fromEntries(
    webFiles.map((file) => [
      `GET ${file.path}`,
      async () => ({
        statusCode: 200,
        headers: { "content-type": file.mediaType, "cache-control": "no-store", ...webHeaders },
        body: await bodyOf(file, url),
      }),
    ]),
  ),
  "GET /docs": () => ({ statusCode: 308, headers: { location: "/docs/" } }),
});

async function bodyOf({ path, file }: WebFile, url: () => string | Promise<string>): Promise<string> {
  const text = await readFile(file, "utf8");
  if (!documents.some((document) => document === path)) return text;
  const server = { url: await url(), description: "This machine.", "x-credentials": credentials };
  return `${JSON.stringify({ ...JSON.parse(text), servers: [server] }, null, 2)}\n`;
}

/** The demo vendor's credentials, by security scheme, so that each example can be sent unchanged. */
const credentials = {
  application: { username: demo.applicationId, password: demo.applicationPassword },
  practiceId: "practice-1",
  clientKey: demo.clientKey,
} as const;
