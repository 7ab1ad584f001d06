import { readFile } from "node:fs/promises";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { documents, type WebFile, webFiles, webHeaders } from "../web/files.ts";

type Answer = APIGatewayProxyStructuredResultV2;

/**
 * The web pages, for the gateway to serve, by method and path: the API's description, and `/docs/` where calls can be tried.
 * @param url gives the address of the gateway, such as `http://localhost:3000`
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
  const server = { url: await url(), description: "This machine.", "x-credentials": await credentials() };
  return `${JSON.stringify({ ...JSON.parse(text), servers: [server] }, null, 2)}\n`;
}

/** The demo vendor's, by security scheme, so that each example can be sent as it stands. */
async function credentials() {
  // It reads the functions' settings, which stand in the environment by now.
  const { demo } = await import("./vendors.ts");
  return {
    application: { username: demo.applicationId, password: demo.applicationPassword },
    practiceId: "practice-1",
    clientKey: demo.clientKey,
  };
}
