import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Answer } from "./answer.ts";

/**
 * An HTML page. Its content security policy allows its one `<style>` and nothing of other origins.
 * @param scriptSource the source of `script-src`; without it no script may run
 */
export const htmlPage = (statusCode: number, html: string, scriptSource = "'none'"): Answer => ({
  statusCode,
  headers: {
    ...pageHeaders,
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${scriptSource}`,
      `style-src-elem ${hashOf("style", html)}`,
      "img-src data:",
      ...closed,
    ].join("; "),
  },
  body: html,
});

/** Headers of all pages of the gateway itself. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Directives of the content security policy of every page. */
export const closed = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] as const;

/** The hash of a page's only `<style>` or `<script>`, so that the content security policy allows no other. */
export function hashOf(tag: string, html: string): string {
  const [, content = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(html) ?? [];
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

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
    <link rel="icon" href="data:,">
    <style>
      :root { color-scheme: light dark; }
      body { margin: 2rem auto; max-width: 44rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
    </style>
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
