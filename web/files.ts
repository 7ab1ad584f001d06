import { fileURLToPath } from "node:url";

/** A file of the web pages. */
export interface WebFile {
  /** In the URL. */
  readonly path: string;
  /** On this disk. */
  readonly file: string;
  readonly mediaType: string;
}

const own = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const vendored = (name: string) => fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`));
const script = "text/javascript; charset=utf-8";

/** The paths of the API's description: all of it, and without the other addresses of operations. */
export const documents = ["/openapi.json", "/openapi.core.json"] as const;

/** The web pages, whole: `npm start` serves them, and so does what is deployed. */
export const webFiles: readonly WebFile[] = [
  { path: "/docs/", file: own("docs/index.html"), mediaType: "text/html; charset=utf-8" },
  { path: "/docs/start.js", file: own("docs/start.js"), mediaType: script },
  { path: "/docs/swagger-ui-bundle.js", file: vendored("swagger-ui-bundle.js"), mediaType: script },
  { path: "/docs/swagger-ui.css", file: vendored("swagger-ui.css"), mediaType: "text/css; charset=utf-8" },
  ...documents.map((path) => ({ path, file: own(`../docs${path}`), mediaType: "application/json" })),
];

/** Headers that every page is served with: nothing runs or is asked for that does not come from its own origin. */
export const webHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " +
    // Last, for API Gateway puts quotes of its own around it all.
    "form-action 'none'; frame-ancestors 'none'; img-src 'self' data:",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
