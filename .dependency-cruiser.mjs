// Which file may import which. `npm run check` runs these rules with dependency-cruiser; imports of types count as well.
// CONTRIBUTING.md ("The rules of the house") explains the layers.

/** Files directly in lib/: the registry, errors, settings and text. They are the lowest layer. */
const ground = String.raw`^lib/[^/]+\.ts$`;

/** Files beside the functions that describe operations. They are never deployed. */
const examples = String.raw`^functions/.*\.examples\.ts$`;

/** The client as the page in examples/ loads it. `npm run client` builds it, and a server of the page has it there. */
const builtClient = String.raw`^\./client/client\.js$`;

/** What is deployed. */
const deployed = { path: "^(lib|functions)/", pathNot: examples };

/** File names that could hold anything. */
const vagueName = [
  String.raw`/(index|lib|type|types)\.ts$`,
  String.raw`[/-](util|utils|helper|helpers|common|misc|shared)\.ts$`,
];

/** The layers of lib/, lowest first: a folder, and what it may import from lib/ in addition to itself. */
const layers = [
  { folder: "crypto", below: [ground] },
  { folder: "table", below: [ground, "^lib/crypto/"] },
  { folder: "audit", below: [ground, "^lib/(crypto|table)/"] },
  { folder: "messages", below: [ground, "^lib/(crypto|table|audit)/"] },
];

const lowerFolders = layers.map(({ folder }) => folder).join("|");

const layerRules = layers.map(({ folder, below }) => ({
  name: `layers-${folder}`,
  comment: `lib/${folder} may import only itself and the layers below it, so that each layer can be read without those above.`,
  severity: "error",
  from: { path: `^lib/${folder}/` },
  to: { path: "^lib/", pathNot: [...below, `^lib/${folder}/`] },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "resolvable",
      comment:
        "Every import must lead to a file or an installed package. Packages of types only have no file to run. The packages of bench/peers are installed only when they are measured.",
      severity: "error",
      from: { pathNot: "^bench/peers/" },
      to: { couldNotResolve: true, pathNot: ["^aws-lambda$", builtClient] },
    },
    {
      name: "no-circles",
      comment:
        "Files that import each other in a circle can only be understood together. Move the shared part to a file of its own.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...layerRules,
    {
      name: "layers-ground",
      comment: "Files directly in lib/ are the lowest layer and import only each other.",
      severity: "error",
      from: { path: ground },
      to: { path: "^lib/", pathNot: ground },
    },
    {
      name: "layers-families",
      comment:
        "A family (lib/practices, lib/therapists, lib/accounts) imports itself and lower layers. It never imports another family or lib/api.",
      severity: "error",
      from: { path: "^lib/([^/]+)/", pathNot: `^lib/(${lowerFolders}|api)/` },
      to: { path: "^lib/", pathNot: [ground, `^lib/(${lowerFolders})/`, "^lib/$1/"] },
    },
    {
      name: "layers-functions",
      comment:
        "Functions are the top layer: lib never imports them, and they never import each other. A step that two functions share belongs in lib/{family}/.",
      severity: "error",
      from: deployed,
      to: { path: "^functions/", pathNot: examples },
    },
    {
      name: "registry-is-plain-data",
      comment: "lib/operations.ts imports nothing, so that every program can read it without loading anything else.",
      severity: "error",
      from: { path: String.raw`^lib/operations\.ts$` },
      to: {},
    },
    {
      name: "deployed-imports-only-deployed",
      comment: "lib and functions import no file outside lib and functions: local tools and tests must not reach AWS.",
      severity: "error",
      from: deployed,
      to: { dependencyTypes: ["local"], pathNot: "^(lib|functions)/" },
    },
    {
      name: "deployed-imports-only-dependencies",
      comment:
        "lib and functions import only packages in `dependencies`. A type from a development package is fine: it leaves no code.",
      severity: "error",
      from: deployed,
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "examples-are-never-bundled",
      comment:
        "Examples describe operations to the API's document, tests and benchmarks. No other code may import them: they would be deployed.",
      severity: "error",
      from: { pathNot: "^(openapi|test|bench)/" },
      to: { path: examples },
    },
    {
      name: "only-table-knows-dynamodb",
      comment: "Of lib and functions, only lib/table imports the SDK's DynamoDB clients.",
      severity: "error",
      from: { ...deployed, pathNot: [deployed.pathNot, "^lib/table/"] },
      to: { path: "node_modules/@aws-sdk/(client-dynamodb|lib-dynamodb|util-dynamodb)" },
    },
    {
      name: "only-api-knows-middy",
      comment: "Of lib and functions, only lib/api imports middy.",
      severity: "error",
      from: { ...deployed, pathNot: [deployed.pathNot, "^lib/api/"] },
      to: { path: "node_modules/@middy/" },
    },
    {
      name: "no-import-of-local",
      comment:
        "What cdk, openapi and local share is in tools/. None of cdk, openapi and tools may depend on the programs of a developer's machine.",
      severity: "error",
      from: { path: "^(cdk|tools|openapi)/" },
      to: { path: "^local/" },
    },
    {
      name: "pages-import-only-what-browsers-need",
      comment:
        "Browsers load the pages of portals. Of the rest they import the client, and the few files of lib that hold no secret and need no server.",
      severity: "error",
      from: { path: "^web/portal/src/" },
      to: {
        dependencyTypes: ["local"],
        pathNot: [
          "^web/portal/src/",
          String.raw`^web/look\.css$`,
          "^client/src/",
          String.raw`^lib/(portal-pages|portal-settings|text|errors)\.ts$`,
          String.raw`^lib/accounts/sign-in/password-[^/]+\.ts$`,
          String.raw`^lib/accounts/image/(objects|reasons)\.ts$`,
        ],
      },
    },
    {
      name: "command-line-shares-rules-only",
      comment:
        "The command line is a package of its own. Of the rest it imports the client, the demo vendor, and the files of lib with the rules of fields, which need neither the table nor the server.",
      severity: "error",
      from: { path: "^cli/" },
      to: {
        dependencyTypes: ["local"],
        pathNot: [
          "^(cli|client/src)/",
          String.raw`^local/demo\.ts$`,
          String.raw`^lib/practices/(ids|io-fields|practice-fields|user-fields)\.ts$`,
          String.raw`^lib/accounts/account/(document|email|time-zone)\.ts$`,
          String.raw`^lib/crypto/(stored-hash|unpadded)\.ts$`,
        ],
      },
    },
    {
      name: "no-import-of-the-command-line",
      comment: "The command line is a program. What runs on a server never imports it.",
      severity: "error",
      from: { path: "^(lib|functions|cdk|tools|openapi|client|web)/" },
      to: { path: "^cli/" },
    },
    {
      name: "no-import-of-pages",
      comment: "The pages of portals are built by Vite and run in browsers. What runs elsewhere never imports them.",
      severity: "error",
      from: { path: "^(lib|functions|cdk|local|tools|openapi|client)/" },
      to: { path: "^web/portal/src/" },
    },
    {
      name: "no-re-exports",
      comment:
        "Import from the file that declares a name. A re-export hides where it is. The client's entry point is the exception: it is a package.",
      severity: "error",
      from: { pathNot: String.raw`^client/src/client\.ts$` },
      to: { dependencyTypes: ["export"] },
    },
    ...["from", "to"].map((side) => ({
      name: "clear-file-names",
      comment: "A file's name says what is in it. Names such as utils or helpers could hold anything.",
      severity: "error",
      from: {},
      to: {},
      [side]: { path: vagueName, pathNot: "^node_modules/" },
    })),
  ],
  options: {
    // The compiler options that TypeScript's resolution of imports needs.
    tsConfig: { fileName: "tsconfig.json" },
    // Also count imports of types, which disappear when TypeScript is compiled.
    tsPreCompilationDeps: true,
    // Find packages as Node does. Vite has no other entry than its `exports`.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
    // Do not look at what packages import in turn.
    doNotFollow: { path: "node_modules" },
    // Files that programs write (.gitignore).
    exclude: { path: ["^cdk[.]out/", "^(client|cli)/dist/", "^generator-test/[^/]+/generated/", "^coverage/"] },
  },
};
