import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { type Operation, operations } from "../lib/operations.ts";
import { Complaint } from "../tools/complaint.ts";

/** The bundled code of functions, as it is uploaded to Lambda, in a temporary folder. */
export interface Bundles {
  /** The directory with a function's `index.cjs`, for operations also `index.mjs` which loads it, the modules that it loads later, their source maps, and its packages with binaries. */
  directoryOf(name: string): string;
  /** Deletes all bundles. */
  remove(): void;
}

const root = fileURLToPath(new URL("..", import.meta.url));
/** The output folder according to the source maps. Bundles are written elsewhere, so that maps are the same on every machine. */
const nominal = join(root, "cdk.out", "functions");

/**
 * Bundles functions, in one run of esbuild.
 * @param files the source file of each function, by function name
 * @param options.convertsItems whether the functions convert items themselves, as ours do; if not, lib-dynamodb does it
 * @throws Complaint when a function needs a package with binaries and those for Lambda are not installed
 */
export async function bundleFunctions(
  files: Readonly<Record<string, URL>>,
  { convertsItems = true }: { readonly convertsItems?: boolean } = {},
): Promise<Bundles> {
  const { outputFiles, metafile } = await esbuild.build({
    ...buildOptions,
    entryPoints: [
      ...Object.entries(files).map(([name, file]) => ({
        in: preparations(name) ? `entry:${name}` : fileURLToPath(file),
        out: `${name}/index`,
      })),
      ...loadedLater.map((file) => ({ in: join(root, file), out: `later/${basename(file, ".ts")}` })),
    ],
    plugins: [entries(files), ...(convertsItems ? [leaveOutConversions] : []), leaveOut],
  });
  const outputs = Object.entries(metafile.outputs);
  const nativesOf = ({ imports }: (typeof metafile.outputs)[string]) =>
    Object.keys(natives).filter((name) => imports.some(({ path }) => path === name));
  for (const name of new Set(outputs.flatMap(([, made]) => nativesOf(made)))) checkNative(name);
  const written = mkdtempSync(join(tmpdir(), "frontdesk-functions-"));
  for (const { path, contents } of outputFiles) {
    const file = join(written, relative(nominal, path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  for (const name of Object.keys(files).filter(preparations)) writeFileSync(join(written, name, "index.mjs"), starter);
  // Each function that loads a module later gets a copy of it.
  for (const [output, made] of outputs) {
    const directory = join(written, relative(nominal, dirname(join(root, output))));
    for (const { path } of made.imports.filter(({ path }) => later.has(path))) {
      for (const file of [path, `${path}.map`]) cpSync(join(written, "later", file), join(directory, file));
    }
    for (const name of nativesOf(made)) copyNative(name, directory);
  }
  return {
    directoryOf: (name) => join(written, name),
    remove: () => rmSync(written, { recursive: true }),
  };
}

/** Packages that have binaries, each with the folders of packages that run it. */
const natives: Readonly<Record<string, readonly string[]>> = {
  sharp: ["sharp", "@img/sharp-linux-arm64", "@img/sharp-libvips-linux-arm64", "@img/colour", "detect-libc", "semver"],
  "@node-rs/argon2": ["@node-rs/argon2", "@node-rs/argon2-linux-arm64-gnu"],
};

/**
 * What Lambda loads for an operation. Lambda waits for an ES module that waits, so the first call finds the connection open. The
 * code itself is CommonJS, which starts faster.
 */
export const starter = `import { createRequire } from "node:module";
const { handler, start } = createRequire(import.meta.url)("./index.cjs");
await start();
export { handler };
`;

const buildOptions = {
  absWorkingDir: root,
  outdir: nominal,
  write: false,
  metafile: true,
  bundle: true,
  minify: true,
  legalComments: "none",
  platform: "node",
  target: "node24",
  // CommonJS output starts faster than an ES module. Unused code is easier to remove from the packages' ES modules.
  format: "cjs",
  mainFields: ["module", "main"],
  outExtension: { ".js": ".cjs" },
  external: Object.keys(natives),
  // For reading stack traces of a deployed version. Node does not load the maps at start, which would take 15 ms.
  sourcemap: "linked",
  sourcesContent: false,
  logOverride: { "import-is-undefined": "silent" },
} as const satisfies esbuild.BuildOptions;

/** Packages with their binaries for Lambda's machine. `npm ci` installs them by the script `postinstall`. */
const nativeModules = join(root, "cdk", "native", "node_modules");

/** The files of packages that run: code, binaries, what describes a package, and licenses. No sources, types or manuals. */
const isNeeded = (file: string) =>
  statSync(file).isDirectory()
    ? !/\/(src|install|include)$/.test(file)
    : /\.(c?js|node|json|so[\d.]*)$|LICENSE/.test(file);

function checkNative(name: string): void {
  for (const folder of natives[name] ?? []) {
    if (!statSync(join(nativeModules, folder), { throwIfNoEntry: false })) {
      throw new Complaint(
        `cdk/native/node_modules lacks ${folder}, which functions that use ${name} need: run npm ci --prefix cdk/native`,
      );
    }
  }
}

/** Puts a package next to a function's code, because esbuild cannot bundle binaries. */
function copyNative(name: string, directory: string): void {
  const filter = (file: string) => !basename(file).startsWith(".") && isNeeded(file);
  for (const folder of natives[name] ?? []) {
    cpSync(join(nativeModules, folder), join(directory, "node_modules", folder), { recursive: true, filter });
  }
}

/** Modules that a function loads when it first needs them. They are separate files next to its code. */
const loadedLater = [
  "lib/accounts/image/bucket.ts",
  "lib/api/routes.ts",
  "lib/accounts/sign-in/password-judge.ts",
  "lib/accounts/sign-in/totp-codes.ts",
  "lib/crypto/imported-hash.ts",
  "lib/crypto/request-secret.ts",
  "lib/crypto/stored-hash.ts",
];
const later = new Set(loadedLater.map(pathInBundle));

function pathInBundle(file: string): string {
  return `./${basename(file, ".ts")}.cjs`;
}

/** Modules that a function in Lambda needs little or nothing from, each with the code that replaces it. */
const replacements: Readonly<Record<string, string>> = {
  // Lambda puts the role's credentials into the environment. The SDK would also look in half a dozen other places.
  "@aws-sdk/credential-provider-node": `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
  // None of our requests streams events. S3's client prepares for it.
  "@smithy/core/event-streams":
    "export const resolveEventStreamSerdeConfig = (config) => config, eventStreamSerdeProvider = undefined;",
  // DynamoDB's endpoint discovery is off by default, but its cache is created anyway.
  "@aws-sdk/endpoint-cache": "export class EndpointCache {}",
};

/**
 * The errors that our code recognises by their class or its name, by client. All other errors arrive as the service's base
 * error, with the name that the service sent.
 */
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

/** Files of the SDK and other packages that a function in Lambda does not need, each with the code that replaces it. */
const unusedFiles: readonly (readonly [RegExp, string])[] = [
  // Node has its own SHA-256.
  [/@smithy\/core\/.*\/Sha256Js\.js$/, "export class Sha256Js {}"],
  // None of our requests signs events.
  [/@smithy\/signature-v4\/.*\/HeaderFormatter\.js$/, "export class HeaderFormatter {}"],
  // None of our clients uses the adaptive retry mode.
  [/@smithy\/core\/.*\/util-retry\/AdaptiveRetryStrategy\.js$/, "export class AdaptiveRetryStrategy {}"],
  [/@smithy\/core\/.*\/util-retry\/DefaultRateLimiter\.js$/, "export class DefaultRateLimiter {}"],
  // Lambda has no files with settings of the SDK.
  [
    /@smithy\/core\/.*\/loadSharedConfigFiles\.js$/,
    `export const CONFIG_PREFIX_SEPARATOR = ".";
     export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  ],
  // lib/table/page.ts pages itself. Building these also keeps all commands that they page.
  [/@aws-sdk\/lib-dynamodb\/.*\/pagination\/\w+\.js$/, ""],
  // Counts, in the user agent, which features of the SDK are used.
  [/@aws-sdk\/core\/.*\/middleware-user-agent\/check-features\.js$/, "export const checkFeatures = async () => {};"],
  // None of our clients has a logger.
  [
    /@aws-sdk\/core\/.*\/middleware-logger\/loggerMiddleware\.js$/,
    "export const getLoggerPlugin = () => ({ applyToStack() {} }), loggerMiddleware = 0, loggerMiddlewareOptions = 0;",
  ],
  // Lambda's environment does not set the SDK's defaults mode.
  [
    /@smithy\/core\/.*\/resolveDefaultsModeConfig\.js$/,
    `export const resolveDefaultsModeConfig = () => async () => "legacy";`,
  ],
  // Warns about versions of Node that Lambda's functions do not run on.
  [
    /@aws-sdk\/core\/.*\/client\/emitWarningIfUnsupportedVersion\.js$/,
    "export const state = {}, emitWarningIfUnsupportedVersion = () => {};",
  ],
  // Hides values in the SDK's log, which is off.
  [/@smithy\/core\/.*\/smithy-client\/schemaLogFilter\.js$/, "export const schemaLogFilter = () => undefined;"],
  // Lambda sets the region in the environment.
  [/@smithy\/core\/.*\/getInstanceMetadataRegion\.js$/, "export const getInstanceMetadataRegion = () => undefined;"],
  // No JSON has cycles, which this is for. Schemas work without it.
  [
    /[/\\]zod[/\\]v4[/\\]core[/\\]memoizer\.js$/,
    "export const memoizer = () => undefined; export const isBackEdge = () => false; export const isRecursiveSchema = () => false;",
  ],
];

/**
 * Modules that zod's schemas import for JSON Schema, which only the API's description needs. Of the second one, properties of
 * schemas that only describe them use `aggregateChecks` too.
 */
const replacementsInSchemas: Readonly<Record<string, string>> = {
  "../core/to-json-schema.js": "",
  "../core/json-schema-processors.js": "export const aggregateChecks = () => ({});",
};

/**
 * The methods of zod's schemas that our code and zod itself call. The others keep kinds of schemas that no function has.
 * @internal Tests compare it with our code.
 */
export const schemaMethods: ReadonlySet<string> = new Set(
  (
    "array check clone default extend length max meta min nullable nullish omit optional parse pick refine regex required " +
    "safeParse startsWith transform"
  ).split(" "),
);
/** A method of a kind of schemas, in zod's sources. @internal Tests find the methods that are left out. */
export const schemaMethod: RegExp =
  /^ {4}(?:async )?(\w+)(?:: (?:async )?function \w+)?\(.*\) \{\n[\s\S]*?^ {4}\},?\n/gm;

/** Fields of the registry's rows that only deployment and documents use. Functions only ask whether a row writes. */
const deploymentFields = / (memory|summary): "[^"]*"(,|(?= \}))| table: "(none|read)"(,|(?= \}))/g;
/** Fields of the registry's rows that only the routes use, which are loaded later. */
const routeFields = / method: "[A-Z]+"(,|(?= \}))| paths: (\[[^\]]*\]|\w+\([^)]*\))(,|(?= \}))/g;
/** A row of the registry, which is one line. */
const registryRow = /^ {2}\{ .*\bid: "(\w+)".*\n/gm;
/** Names the registry as the routes contain it. */
const ofRoutes = "?routes";

/** What a function does before its first call, as module and function. `undefined` if it needs nothing. */
function preparations(name: string): readonly (readonly [file: string, task: string])[] | undefined {
  const row = (operations as readonly Operation[]).find(({ id }) => id === name);
  // Nobody waits for a worker.
  if (!row || row.table === "none") return undefined;
  // With a whole core, fetching the secret is as fast later, and many calls need none.
  return [
    ["table/connect", "connect"],
    ...(row.seals && row.memory === "small" ? [["crypto/secret", "sealSecrets"] as const] : []),
  ];
}

/** The entry of an operation's bundle: its handler, and what it does before its first call. */
function entryOf(name: string, file: string): string {
  const tasks = preparations(name) ?? [];
  return [
    `export { handler } from ${JSON.stringify(file)};`,
    `import { prepare } from "./lib/start.ts";`,
    ...tasks.map(([module, task]) => `import { ${task} } from "./lib/${module}.ts";`),
    `export const start = () => prepare([${tasks.map(([, task]) => task)}]);`,
  ].join("\n");
}

/** A module's constant whose value a call or a constructor returns. It ends before the next line that begins something else. */
const constant =
  /^((?:export )?const \w+(?:: [^=\n]+)? =) ((?:new |\w+\.)*\w+(?:<[^\n]*>)?\([\s\S]*?);\n(?=\n*(?:[^\s)}\]]|(?![\s\S])))/gm;

/** Writes the entries of operations (`entryOf`). */
const entries = (files: Readonly<Record<string, URL>>): esbuild.Plugin => ({
  name: "entries",
  setup(build) {
    build.onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice("entry:".length), namespace: "entry" }));
    build.onLoad({ filter: /./, namespace: "entry" }, ({ path: name }) => ({
      contents: entryOf(name, fileURLToPath(files[name] as URL)),
      resolveDir: root,
    }));
  },
});

/** lib-dynamodb's conversions of items, which our functions do not need: lib/table/native-items.ts converts items itself. */
const leaveOutConversions: esbuild.Plugin = {
  name: "leave out conversions",
  setup(build) {
    build.onLoad({ filter: /@aws-sdk\/lib-dynamodb\/.*\/commands\/utils\.js$/ }, () => ({
      contents: "export const SELF = null, ALL_VALUES = {}, ALL_MEMBERS = [], marshallInput = 0, unmarshallOutput = 0;",
    }));
  },
};

/** Makes bundles two fifths smaller, for faster cold starts. */
const leaveOut: esbuild.Plugin = {
  name: "leave out",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "dynamic-import" && later.has(pathInBundle(path))
        ? { path: pathInBundle(path), external: true }
        : undefined,
    );
    build.onResolve({ filter: /^(@aws-sdk|@smithy|\.\.\/core)\// }, ({ path, importer, resolveDir, namespace }) => {
      const bySchemas = importer.endsWith(join("zod", "v4", "classic", "schemas.js"));
      const contents = namespace === "file" ? (bySchemas ? replacementsInSchemas : replacements)[path] : undefined;
      return contents === undefined
        ? undefined
        : { path, namespace: "replacement", pluginData: { contents, resolveDir } };
    });
    build.onLoad({ filter: /./, namespace: "replacement" }, ({ pluginData }) => pluginData);
    for (const [filter, contents] of unusedFiles) build.onLoad({ filter }, () => ({ contents }));
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, async ({ path }) => {
      const [, client = ""] = /client-([^/]+)/.exec(path) ?? [];
      return { contents: smallerSchemas(client, await readFile(path, "utf8")) };
    });
    // Regions are found by their form. The list of names only adds the pseudo regions.
    build.onLoad({ filter: /@aws-sdk\/core\/.*\/partitions\.js$/ }, async ({ path }) => {
      const regions = /"regions": \{(\s*"[^"]+": \{[^}]*\},?)*\s*\}/g;
      return { contents: (await readFile(path, "utf8")).replaceAll(regions, '"regions": {}') };
    });
    // zod's words for formats and sizes. Of the formats, our schemas have dates and URLs only; none has a file, map or set.
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]en\.js$/ }, async ({ path }) => {
      const words = /^ {8}\w+: "(?!input|URL|ISO|NaN)[^"]*",\n|^ {8}(file|map|set): \{.*\},\n/gm;
      return { contents: (await readFile(path, "utf8")).replaceAll(words, "") };
    });
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]classic[/\\]schemas\.js$/ }, async ({ path }) => {
      const code = await readFile(path, "utf8");
      // Through the index of the folder, esbuild would keep all that is in util.js.
      const direct = code.replace('import { util } from "../core/index.js"', 'import * as util from "../core/util.js"');
      return { contents: direct.replaceAll(schemaMethod, (method, name) => (schemaMethods.has(name) ? method : "")) };
    });
    // Every function contains its own row of the registry, without some fields. The routes contain all rows.
    build.onResolve({ filter: /[/\\]api[/\\]operation\.ts$/ }, async ({ path, importer, resolveDir }) => {
      const [, pluginData] = /operation\(\s*"(\w+)"/.exec(await readFile(importer, "utf8")) ?? [];
      return pluginData ? { path: join(resolveDir, path), suffix: `?${pluginData}`, pluginData } : undefined;
    });
    build.onLoad({ filter: /[/\\]api[/\\]operation\.ts$/ }, async ({ path, pluginData }) => {
      return { contents: await readFile(path, "utf8"), loader: "ts", pluginData };
    });
    build.onLoad({ filter: /[/\\]lib[/\\]operations\.ts$/ }, async ({ path, suffix, pluginData: id }) => {
      const rows = (await readFile(path, "utf8")).replaceAll(deploymentFields, "");
      if (suffix === ofRoutes) return { contents: rows, loader: "ts" };
      const own = rows.replaceAll(registryRow, (row, rowId) => (id === undefined || rowId === id ? row : ""));
      return { contents: own.replaceAll(routeFields, ""), loader: "ts" };
    });
    build.onResolve({ filter: /[/\\]operations\.ts$/ }, ({ path, importer, resolveDir, pluginData }) => {
      if (importer.endsWith(join("lib", "api", "routes.ts"))) return { path: join(resolveDir, path), suffix: ofRoutes };
      return pluginData ? { path: join(resolveDir, path), suffix: `?${pluginData}`, pluginData } : undefined;
    });
    // esbuild keeps a constant that nobody uses, because computing it may have side effects. Ours have none, and schemas take long.
    build.onLoad({ filter: /[/\\](lib|functions)[/\\].*\.ts$/, namespace: "file" }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(constant, "$1 /* @__PURE__ */ (() => ($2))();\n"),
      loader: "ts",
    }));
    // The SDK's clients only use the version.
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** An SDK client's schemas, so that esbuild can leave out errors and schemas that are not used. */
function smallerSchemas(client: string, schemas: string): string {
  const isKnown = (name: string) => errorClasses[client]?.includes(name) || name.endsWith("ServiceException");
  const registering = /^\w+\.registerError\(\w+\$, (\w+)\);$/gm;
  const words = new Map([...schemas.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name, word]) => [name, word]));
  return (
    schemas
      .replaceAll(registering, (line, name) => (isKnown(name) ? line : ""))
      // Computing a key may have side effects, so esbuild keeps every schema that does. `[_h]:` becomes `"http":`.
      .replaceAll(/\[(_\w+)\]:/g, (key, name) => (words.has(name) ? `${words.get(name)}:` : key))
  );
}
