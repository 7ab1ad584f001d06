import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

type Answer = APIGatewayProxyStructuredResultV2;

/**
 * A page of HTML, which may ask nobody but this origin for anything. Its one `<style>` applies.
 * @param scriptSource where its script comes from, as a source of `script-src`; none may run when left out
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

/** Headers of every page that the gateway makes itself. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** What no page of ours does. */
export const closed = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] as const;

/** Names the content of a page's one element of a kind, so that nothing else of that kind is run or applied. */
export function hashOf(tag: string, html: string): string {
  const [, content = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(html) ?? [];
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

/** Text as it stands in HTML, also between double quotes. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

/** What a person is shown who asked for something that they cannot have. @param why one sentence */
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
