import { fileURLToPath } from "node:url";

/** A file of the web pages. */
export interface WebFile {
  /** The path in the URL. */
  readonly path: string;
  /** The file's path on this disk. */
  readonly file: string;
  readonly mediaType: string;
}

const own = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const vendored = (name: string) => fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`));
const css = "text/css; charset=utf-8";
const script = "text/javascript; charset=utf-8";

/** The paths of the API's description: the whole document, and the one with a single address for each operation. */
export const documents = ["/openapi.json", "/openapi.core.json"] as const;

/** All files of the web pages. `npm start` and the deployed stack serve them. */
export const webFiles: readonly WebFile[] = [
  { path: "/docs/", file: own("docs/index.html"), mediaType: "text/html; charset=utf-8" },
  { path: "/docs/errors.html", file: own("docs/errors.html"), mediaType: "text/html; charset=utf-8" },
  // The look of all pages; those of `npm start` load it from here, too.
  { path: "/docs/look.css", file: own("look.css"), mediaType: css },
  { path: "/docs/page.css", file: own("docs/page.css"), mediaType: css },
  { path: "/docs/start.js", file: own("docs/start.js"), mediaType: script },
  { path: "/docs/swagger-ui-bundle.js", file: vendored("swagger-ui-bundle.js"), mediaType: script },
  { path: "/docs/swagger-ui.css", file: vendored("swagger-ui.css"), mediaType: css },
  ...documents.map((path) => ({ path, file: own(`../docs${path}`), mediaType: "application/json" })),
];

/** Headers of every page. They forbid scripts, styles and requests of other origins. */
export const webHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " +
    // `img-src` is last, because API Gateway needs the value in single quotes, so it must not end with one.
    "form-action 'none'; frame-ancestors 'none'; img-src 'self' data:",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
