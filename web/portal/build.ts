import { createHash } from "node:crypto";
import { existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WebFile } from "../files.ts";
import { portalPath } from "./path.ts";

/** The built pages of portals. */
export interface PortalBuild {
  /** Names of the first script and of the style, below `/_portal/`. */
  readonly script: string;
  readonly style: string;
  /** All files, with their paths in URLs. Their names change with their content. */
  readonly files: readonly WebFile[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = join(root, "web", "portal");
const builds = join(root, "node_modules", ".cache", "frontdesk-portal");

const mediaTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Everything that the build depends on. */
const sources = [
  "web/portal/build.ts",
  "web/look.css",
  "web/portal/src/**",
  "client/src/*.ts",
  "lib/**/*.ts",
  "package-lock.json",
];

/**
 * Builds the pages of portals, unless the same sources were built before. That takes about a second. Of several processes
 * that build the same at the same time, one is first, and the others use its result.
 */
export async function buildPortal(): Promise<PortalBuild> {
  const folder = join(builds, digestOfSources());
  if (!existsSync(folder)) await buildAndKeep(folder);
  const names = readdirSync(folder).sort();
  const nameOf = (begin: string, end: string) =>
    names.find((each) => each.startsWith(begin) && each.endsWith(end)) ?? "";
  return {
    script: nameOf("main-", ".js"),
    style: nameOf("main-", ".css"),
    files: names.map((name) => ({
      path: `${portalPath}${name}`,
      file: join(folder, name),
      mediaType: mediaTypes[extname(name)] ?? "application/octet-stream",
    })),
  };
}

/** Builds, and moves the whole result to its place, so that no other process sees half of it. */
async function buildAndKeep(folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  try {
    await buildInto(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process was first.
    if (!existsSync(folder)) throw error;
  }
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  const files = globSync(sources, { cwd: root, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  for (const file of files.sort())
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 20);
}

async function buildInto(outDir: string): Promise<void> {
  // Loaded only when something is built: that takes half a second.
  const { build } = await import("vite");
  await build({
    configFile: false,
    envDir: false,
    mode: "production",
    // Whatever the environment says: tests, for example, set NODE_ENV to "test", and React would be its development version.
    define: { "process.env.NODE_ENV": '"production"' },
    oxc: { jsx: { development: false } },
    logLevel: "warn",
    root: here,
    base: portalPath,
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      assetsDir: "",
      target: "es2023",
      // Older phones that run these scripts know no light-dark(): without it, fields would have no edges there.
      cssTarget: ["chrome111", "firefox114", "safari16.4"],
      modulePreload: { polyfill: false },
      // A style in the page itself would break its content security policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4096,
      rolldownOptions: {
        input: join(here, "src", "main.tsx"),
        output: {
          // One script for the first page: several would be asked for one after the other.
          codeSplitting: { groups: [{ name: "main", tags: ["$initial"] }] },
          entryFileNames: "main-[hash].js",
          chunkFileNames: "[name]-[hash].js",
          assetFileNames: "[name]-[hash][extname]",
        },
      },
    },
  });
}
