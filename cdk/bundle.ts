import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

/** The code of functions as it goes to Lambda, on this machine's disk. */
export interface Bundles {
  /** The directory with a function's `index.cjs`, what it loads later, source maps, and nothing else. */
  directoryOf(name: string): string;
  /** Removes all of them. */
  remove(): void;
}

const root = fileURLToPath(new URL("..", import.meta.url));
/** Where bundles lie in the eyes of their source maps: not where they are written, so that the maps are the same anywhere. */
const nominal = join(root, "cdk.out", "functions");

/**
 * Bundles functions, all in one go of esbuild.
 * @param files where the code of each function is, by its name
 */
export async function bundleFunctions(files: Readonly<Record<string, URL>>): Promise<Bundles> {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      ...Object.entries(files).map(([name, file]) => ({ in: fileURLToPath(file), out: `${name}/index` })),
      ...loadedLater.map((file) => ({ in: join(root, file), out: `later/${basename(file, ".ts")}` })),
    ],
    outdir: nominal,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    legalComments: "none",
    platform: "node",
    target: "node24",
    // CommonJS starts faster than an ES module does, but its sources shake better: prefer the packages' ES modules.
    format: "cjs",
    mainFields: ["module", "main"],
    outExtension: { ".js": ".cjs" },
    // Beside the code, to read a stack trace of a deployed version with. Not read at start: that would cost 15 ms.
    sourcemap: "linked",
    sourcesContent: false,
    plugins: [leaveOut],
    logOverride: { "import-is-undefined": "silent" },
  });
  const written = mkdtempSync(join(tmpdir(), "frontdesk-functions-"));
  for (const { path, contents } of outputFiles) {
    const file = join(written, relative(nominal, path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  for (const [output, { imports }] of Object.entries(metafile.outputs)) {
    const directory = join(written, relative(nominal, dirname(join(root, output))));
    for (const { path } of imports.filter(({ path }) => later.has(path))) {
      for (const file of [path, `${path}.map`]) cpSync(join(written, "later", file), join(directory, file));
    }
  }
  return {
    directoryOf: (name) => join(written, name),
    remove: () => rmSync(written, { recursive: true }),
  };
}

/** Modules that a function loads when it needs them, not at its start: they lie beside its code. */
const loadedLater = ["lib/accounts/sign-in/password-judge.ts"];
const later = new Set(loadedLater.map(besideCode));

function besideCode(file: string): string {
  return `./${basename(file, ".ts")}.cjs`;
}

/** Modules of which a function in Lambda uses little or nothing, and what stands in their place. */
const standIns: Readonly<Record<string, string>> = {
  // Lambda gives a function its role's credentials in the environment; the SDK would look in half a dozen other places too.
  "@aws-sdk/credential-provider-node": `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
  // No call of ours streams events.
  "@smithy/core/event-streams": "",
  // DynamoDB's endpoint discovery is off unless asked for; its cache is made all the same.
  "@aws-sdk/endpoint-cache": "export class EndpointCache {}",
};

/** Errors that the code tells by their class or its name, by client. All others come as the service's own, under the name on the wire. */
const errorClasses: Readonly<Record<string, readonly string[]>> = {
  dynamodb: [
    "ConditionalCheckFailedException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
  ],
  // On the wire these are InvalidParameter and ParameterValueInvalid.
  sns: ["InvalidParameterException", "InvalidParameterValueException"],
};

/** Parts of the SDK that a function in Lambda has no use for, by file. */
const unusedFiles: readonly (readonly [RegExp, string])[] = [
  // Node.js has SHA-256.
  [/@smithy\/core\/.*\/Sha256Js\.js$/, "export class Sha256Js {}"],
  // No call of ours signs events.
  [/@smithy\/signature-v4\/.*\/HeaderFormatter\.js$/, "export class HeaderFormatter {}"],
  // No client of ours slows itself down when it is throttled.
  [/@smithy\/core\/.*\/util-retry\/AdaptiveRetryStrategy\.js$/, "export class AdaptiveRetryStrategy {}"],
  [/@smithy\/core\/.*\/util-retry\/DefaultRateLimiter\.js$/, "export class DefaultRateLimiter {}"],
  // Lambda tells the region.
  [/@smithy\/core\/.*\/getInstanceMetadataRegion\.js$/, "export const getInstanceMetadataRegion = () => undefined;"],
];

/** Schemas import these to describe themselves as JSON Schema, which only documents need; the rest of the second stays. */
const standInsForSchemas: Readonly<Record<string, string>> = {
  "../core/to-json-schema.js": "",
  "../core/json-schema-processors.js": `export { aggregateChecks } from "../core/json-schema-processors.js";`,
};

/** Two fifths less to load at a cold start. */
const leaveOut: esbuild.Plugin = {
  name: "leave out",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "dynamic-import" && later.has(besideCode(path)) ? { path: besideCode(path), external: true } : undefined,
    );
    build.onResolve({ filter: /^(@aws-sdk|@smithy|\.\.\/core)\// }, ({ path, importer, resolveDir, namespace }) => {
      const bySchemas = importer.endsWith(join("zod", "v4", "classic", "schemas.js"));
      const contents = namespace === "file" ? (bySchemas ? standInsForSchemas : standIns)[path] : undefined;
      return contents === undefined ? undefined : { path, namespace: "stand-in", pluginData: { contents, resolveDir } };
    });
    build.onLoad({ filter: /./, namespace: "stand-in" }, ({ pluginData }) => pluginData);
    for (const [filter, contents] of unusedFiles) build.onLoad({ filter }, () => ({ contents }));
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, async ({ path }) => {
      const [, client = ""] = /client-([^/]+)/.exec(path) ?? [];
      const known = (name: string) => errorClasses[client]?.includes(name) || name.endsWith("ServiceException");
      const registering = /^\w+\.registerError\(\w+\$, (\w+)\);$/gm;
      const schemas = await readFile(path, "utf8");
      const words = new Map([...schemas.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name, word]) => [name, word]));
      const contents = schemas
        .replaceAll(registering, (line, name) => (known(name) ? line : ""))
        // To compute a key might do something, so esbuild keeps every schema that has one: `[_h]:` becomes `"http":`.
        .replaceAll(/\[(_\w+)\]:/g, (key, name) => (words.has(name) ? `${words.get(name)}:` : key));
      return { contents };
    });
    // Every function holds the registry; what only deployment and documents ask of a row is left out.
    build.onLoad({ filter: /[/\\]lib[/\\]operations\.ts$/ }, async ({ path }) => {
      const rows = await readFile(path, "utf8");
      const unused = / (memory|table|summary): "[^"]*"(,|(?= \}))| entrance: true(,|(?= \}))/g;
      return { contents: rows.replaceAll(unused, ""), loader: "ts" };
    });
    // Of the whole of it the SDK's clients tell only the version.
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
