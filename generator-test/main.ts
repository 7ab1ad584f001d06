import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Tally } from "../tools/tally.ts";

/**
 * Runs public client generators on the API's description, and compiles the clients that they write. Each generator has its
 * own folder with a lockfile, because they need different versions of the same packages.
 */
interface Generator {
  /** The name of its folder. */
  readonly name: string;
  /** Arguments for Node, one list for each client that the generator writes to the folder `generated/`. */
  readonly generate: (document: string) => readonly (readonly string[])[];
}

const orval = (document: string) =>
  ["fetch", "zod"].map((client) => [
    "node_modules/.bin/orval",
    ...["--input", document, "--output", `generated/${client}.ts`, "--client", client],
  ]);
const generators: readonly Generator[] = [
  {
    name: "openapi-zod-client",
    generate: (document) => [
      ["node_modules/.bin/openapi-zod-client", document, "--output", "generated/client.ts", "--export-schemas"],
    ],
  },
  { name: "orval-7", generate: orval },
  { name: "orval-8", generate: orval },
];
const documents = ["openapi.core.json", "openapi.json"];

const say = (line: string) => process.stdout.write(`${line}\n`);
const options = "--noEmit --strict --skipLibCheck --module nodenext --target es2022 --lib es2022,dom,dom.iterable";
const minutesMax = 5;

/** Runs a program in a generator's folder. @throws Error with its output, when it fails or takes too long */
const runIn = (folder: string) => async (program: string, args: readonly string[]) => {
  // Programs that a generator starts use the same Node.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  await promisify(execFile)(program, args, {
    cwd: folder,
    env: { ...process.env, PATH },
    timeout: minutesMax * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
};

const tally = new Tally(say);
for (const { name, generate } of generators) {
  const folder = fileURLToPath(new URL(`${name}/`, import.meta.url));
  const run = runIn(folder);
  // The packages work without their install scripts.
  const install = () => run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  // A second try, because a download can fail once.
  const installed = install().catch(install);
  installed.catch(() => {});
  for (const document of documents) {
    await tally.check(`${name}: the client of docs/${document} compiles`, async () => {
      await installed;
      rmSync(`${folder}generated`, { recursive: true, force: true });
      mkdirSync(`${folder}generated`);
      const written = generate(`../../docs/${document}`);
      for (const args of written) await run(process.execPath, args);
      const files = written.map((args) => args.find((arg) => arg.startsWith("generated/")) as string);
      await run(process.execPath, ["node_modules/.bin/tsc", ...options.split(" "), ...files]);
    });
  }
}
say(tally.summary);
process.exitCode = tally.counts.failed === 0 ? 0 : 1;
