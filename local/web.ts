import { readFile } from "node:fs/promises";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { webFiles, webHeaders } from "../web/files.ts";

type Answer = APIGatewayProxyStructuredResultV2;

/** The web pages, for the gateway to serve, by method and path: `/openapi.json`, and `/docs/` where calls can be tried. */
export const webPages: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
  ...Object.fromEntries(
    webFiles.map(({ path, file, mediaType }) => [
      `GET ${path}`,
      async () => ({
        statusCode: 200,
        headers: { "content-type": mediaType, "cache-control": "no-store", ...webHeaders },
        body: await readFile(file, "utf8"),
      }),
    ]),
  ),
  "GET /docs": () => ({ statusCode: 308, headers: { location: "/docs/" } }),
};
