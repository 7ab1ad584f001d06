import { readFile } from "node:fs/promises";
import { documents, type WebFile, webFiles, webHeaders } from "../web/files.ts";
import { immutable, portalPath } from "../web/portal/path.ts";
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
  const origin = await url();
  const server = { url: origin, description: "This machine.", "x-credentials": credentials };
  const { info, ...rest } = JSON.parse(text) as { info: { description: string } };
  // The first call of the introduction must lead here, whatever the port is.
  const description = info.description.replaceAll(printedOrigin, origin);
  return `${JSON.stringify({ ...rest, info: { ...info, description }, servers: [server] }, null, 2)}\n`;
}

/** The pages of portals: built once, when the instance has started, for all requests that come after. */
export interface PortalFiles {
  /** Builds them, and sets the settings of the function that serves the HTML. */
  readonly build: () => Promise<void>;
  /** Resolves when they are built. */
  readonly built: Promise<unknown>;
  /** Returns a built file by its path, such as `/_portal/main-1a2b.js`; `undefined` if the path is not below `/_portal/`. */
  readonly answerTo: (path: string) => Promise<Answer> | undefined;
}

/** The pages of portals, for the gateway. */
export function portalFiles(): PortalFiles {
  const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, WebFile>>();
  promise.catch(() => {});
  return {
    async build() {
      try {
        const { buildPortal } = await import("../web/portal/build.ts");
        const { script, style, files } = await buildPortal();
        Object.assign(process.env, { PORTAL_SCRIPT: script, PORTAL_STYLE: style });
        resolve(new Map(files.map((file) => [file.path, file])));
      } catch (error) {
        console.error("The pages of portals could not be built:", error);
        reject(error);
      }
    },
    built: promise,
    answerTo: (path) =>
      path.startsWith(portalPath) ? promise.then((files) => portalFile(files.get(path))) : undefined,
  };
}

/** As in AWS (cdk/pages-stack.ts). */
const noFile: Answer = {
  statusCode: 404,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: '{"message":"Not Found"}',
};

async function portalFile(found: WebFile | undefined): Promise<Answer> {
  if (!found) return noFile;
  const headers = {
    "content-type": found.mediaType,
    "cache-control": immutable,
    ...webHeaders,
  };
  return { statusCode: 200, headers, body: await readFile(found.file, "utf8") };
}

/** The address of `npm start` in the document, which is the default one. */
const printedOrigin = "http://localhost:3000";

/** The demo vendor's credentials, by security scheme, so that each example can be sent unchanged. */
const credentials = {
  application: { username: demo.applicationId, password: demo.applicationPassword },
  practiceId: "practice-1",
  clientKey: demo.clientKey,
} as const;
