/**
 * `npm run example`: serves the sign-in page and the client on this machine, at another origin than Frontdesk.
 * `PORT` is 8080 unless stated; 0 is any free port. `FRONTDESK_URL` replaces the address in `sign-in-page/settings.js`.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import * as settings from "./sign-in-page/settings.js";

const url = (process.env.FRONTDESK_URL || settings.url).replace(/\/+$/, "");
const statedPort = process.env.PORT || "8080";
const port = Number(statedPort);

function complain(text) {
  console.error(text);
  process.exit(1);
}
if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
  complain(`FRONTDESK_URL must be a URL such as http://localhost:3000, not "${url}".`);
if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
  complain(`PORT must be a number from 0 to 65535, not "${statedPort}".`);

const page = new URL("sign-in-page/", import.meta.url);
const client = new URL("../client/dist/", import.meta.url);
const mediaTypes = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const headers = {
  // Only files of this origin, and calls to Frontdesk only. No script or style in the page itself, no frames.
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    `connect-src ${new URL(url).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** The file that a path leads to. The page refers to its files relatively, so they may be in any folder of a server. */
function fileOf(path) {
  if (path === "/") return new URL("index.html", page);
  const [, inClient] = /^\/client\/([a-z-]+\.js)$/.exec(path) ?? [];
  if (inClient) return new URL(inClient, client);
  return /^\/(sign-in\.(js|css)|settings\.js)$/.test(path) ? new URL(path.slice(1), page) : undefined;
}

/** The settings as this program was started with. */
const ownSettings = () =>
  [`export const url = ${JSON.stringify(url)};`, `export const org = ${JSON.stringify(settings.org)};`, ""].join("\n");

async function answerTo({ method, url: target }) {
  if (method !== "GET" && method !== "HEAD") return { status: 405, text: "Method not allowed", allow: "GET, HEAD" };
  const path = target.replace(/\?.*$/, "");
  const file = fileOf(path);
  const text = path === "/settings.js" ? ownSettings() : file && (await readFile(file, "utf8").catch(() => undefined));
  if (text === undefined) return { status: 404, text: "Not found" };
  return { status: 200, text, type: mediaTypes[extname(file.pathname)] };
}

const server = createServer(async (request, response) => {
  const { status, text, type = "text/plain", allow } = await answerTo(request);
  response.writeHead(status, { ...headers, "content-type": `${type}; charset=utf-8`, ...(allow && { allow }) });
  response.end(text);
});
server.on("error", ({ code }) =>
  complain(code === "EADDRINUSE" ? `Port ${port} is in use. Choose another one: PORT=8081 npm run example` : code),
);

const entry = fileURLToPath(new URL("client.js", client));
if (!existsSync(entry)) complain(`The client is not built: there is no ${entry}. Run npm run client.`);
// Only programs of this machine reach it.
server.listen(port, "127.0.0.1", () => {
  const { port } = server.address();
  console.log(`The sign-in page is at http://127.0.0.1:${port}/ and calls ${url}. Ctrl-C stops it.`);
});
