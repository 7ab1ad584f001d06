import { fileURLToPath } from "node:url";

/**
 * The web pages, whole: what is served under which path, and from which file. `npm start` serves them; `npm run web`
 * copies them to `web/dist/`, for a bucket behind the API's own name.
 */
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

export const webFiles: readonly WebFile[] = [
  { path: "/docs/", file: own("docs/index.html"), mediaType: "text/html; charset=utf-8" },
  { path: "/docs/start.js", file: own("docs/start.js"), mediaType: script },
  { path: "/docs/swagger-ui-bundle.js", file: vendored("swagger-ui-bundle.js"), mediaType: script },
  { path: "/docs/swagger-ui.css", file: vendored("swagger-ui.css"), mediaType: "text/css; charset=utf-8" },
  { path: "/openapi.json", file: own("../docs/openapi.json"), mediaType: "application/json" },
];

/** Headers that every page is served with: nothing runs or is asked for that does not come from its own origin. */
export const webHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
