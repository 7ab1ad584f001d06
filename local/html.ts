import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import type { Answer } from "./answer.ts";

/** The sources of scripts, requests and style attributes that a page has in addition; by default it has none. */
export interface PageSources {
  readonly scripts?: "'self'";
  readonly requests?: "'self'";
  readonly styleAttributes?: "'unsafe-inline'";
}

/** An HTML page. Its content security policy allows style sheets of this server, and nothing of other origins. */
export function htmlPage(statusCode: number, html: string, sources: PageSources = {}): Answer {
  const { scripts = "'none'", requests = "'none'", styleAttributes = "'none'" } = sources;
  const policy = [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src-elem 'self'",
    `style-src-attr ${styleAttributes}`,
    `connect-src ${requests}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { statusCode, headers: { ...pageHeaders, "content-security-policy": policy.join("; ") }, body: html };
}

/** A file of this folder as a page loads it, read whenever it is asked for, so that an edit shows at once. */
export const localFile = (name: string, mediaType: "text/css" | "text/javascript" | "text/plain") => (): Answer => ({
  statusCode: 200,
  headers: {
    "content-type": `${mediaType}; charset=utf-8`,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  },
  body: readLocalFile(name),
});

/** The text of a file, by its path from this folder. */
export const readLocalFile = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** Headers of all pages of the gateway itself. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Text escaped for HTML, also inside double quotes. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

/** The page that tells a person why a request failed. @param why one sentence */
export const errorPage = (statusCode: number, why: string): Answer =>
  htmlPage(
    statusCode,
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${statusCode} ${STATUS_CODES[statusCode]} · Frontdesk</title>
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/look.css">
    <link rel="stylesheet" href="/_local/pages.css">
  </head>
  <body>
    <main>
      <h1>${statusCode} ${STATUS_CODES[statusCode]}</h1>
      <p>${escaped(why)}</p>
      <p><a href="/">What is here</a></p>
    </main>
  </body>
</html>
`,
  );
