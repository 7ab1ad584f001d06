import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { startDynoxide } from "../local/dynoxide.ts";
import { startOutside } from "../local/outside.ts";
import { makeDemoVendor, prepareTable } from "../local/vendors.ts";
import { functionDefaults } from "../tools/function-settings.ts";
import { type Deployable, readAssembly } from "./assembly.ts";
import { checkAll } from "./checks.ts";
import { type RunningFunction, type Start, startFunction } from "./runtime-api.ts";
import { writeTable } from "./table.ts";

/**
 * Runs the deployed code as Lambda does: synthesizes the stacks, starts every function of the assembly behind AWS's runtime
 * interface client, calls it, and prints how long it took to start. `--write` updates the table in docs/cost.md.
 */
const { write, rounds } = parseArgs({
  options: { write: { type: "boolean", default: false }, rounds: { type: "string", default: "3" } },
}).values;

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

if (!existsSync(join(here, "node_modules/aws-lambda-ric/rapid-client.node"))) {
  say("Installing aws-lambda-ric, which compiles for a minute …");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here, stdio: "inherit" });
}

await using open = new AsyncDisposableStack();
const scratch = mkdtempSync(join(tmpdir(), "frontdesk-lambda-"));
open.defer(() => rmSync(scratch, { recursive: true }));
const assembly = join(scratch, "cdk.out");
execFileSync(process.execPath, ["node_modules/aws-cdk/bin/cdk", "synth", "--quiet", "--output", assembly], {
  cwd: root,
});

const engine = await startDynoxide();
open.defer(() => engine.stop());
const outside = await startOutside();
open.defer(() => outside.stop());

// The variables that Lambda sets, and endpoints that replace those of AWS.
const surroundings = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: await startSecrets(),
  ...outside.environment,
};
const filledIn = {
  TABLE_NAME: functionDefaults.TABLE_NAME,
  SEAL_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:SealSecret-AbCdEf",
  FILES_BUCKET: functionDefaults.FILES_BUCKET,
  FILES_ORIGIN: "https://frontdesk-files.s3.us-east-1.amazonaws.com",
  PORTAL_URL: "https://{org}.portal.example.com",
};
Object.assign(process.env, surroundings, filledIn, {
  DIRECT_DOMAIN: "direct.example.com",
  EVENT_YEARS: functionDefaults.EVENT_YEARS,
});
await prepareTable(engine.endpoint);
await makeDemoVendor();

const functions = readAssembly(assembly, filledIn);
useBinariesOfThisMachine();
const running = new Map<string, RunningFunction>();
open.defer(stopAll);

const counts = await checkAll({ functions, invoke, start, outside, engine, say });
await stopAll();
const starts = await measureStarts(await bundleBare());
printStarts(starts);
if (write) writeTable(functions, starts, starts.get("Bare") as Start);

say(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** Starts a server that answers every read of a secret. Returns its URL. */
async function startSecrets(): Promise<string> {
  const secrets = createServer((request, response) => {
    request.resume();
    response
      .setHeader("content-type", "application/x-amz-json-1.1")
      .end('{"SecretString":"a secret that only this test uses"}');
  });
  await new Promise<void>((resolve) => secrets.listen(0, "127.0.0.1", resolve));
  open.defer(() => void secrets.close());
  return `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`;
}

/** Some functions have packages with binaries for arm64. Replaces them by those of this machine. */
function useBinariesOfThisMachine(): void {
  for (const { directory } of functions) {
    const modules = join(directory, "node_modules");
    if (!existsSync(modules)) continue;
    rmSync(modules, { recursive: true });
    symlinkSync(join(root, "node_modules"), modules);
  }
}

function start({ directory, environment }: Pick<Deployable, "directory" | "environment">): Promise<RunningFunction> {
  return startFunction(directory, { ...environment, ...surroundings });
}

/** The answer of the function with this id to an event. The function starts with its first event. */
async function invoke(id: string, event: object) {
  const deployable = functions.find((each) => each.id === id);
  if (!deployable) throw new Error(`there is no function ${id}`);
  const instance = running.get(id) ?? (await start(deployable));
  running.set(id, instance);
  return instance.invoke(event);
}

async function stopAll(): Promise<void> {
  await Promise.all([...running.values()].map((each) => each.stop()));
  running.clear();
}

/** Bundles the bare function as people usually bundle for Lambda, without the replacements of `cdk/bundle.ts`. */
async function bundleBare(): Promise<Pick<Deployable, "directory" | "environment">> {
  const directory = join(scratch, "bare");
  await build({
    entryPoints: [join(here, "bare.ts")],
    outfile: join(directory, "index.cjs"),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return { directory, environment: {} };
}

/** Starts each function several times. The fastest start counts, because other work on the machine delayed it least. */
async function measureStarts(bare: Pick<Deployable, "directory" | "environment">): Promise<Map<string, Start>> {
  const fastest = new Map<string, Start>();
  const measure = async (id: string, deployable: Pick<Deployable, "directory" | "environment">) => {
    const instance = await start(deployable);
    await instance.stop();
    const { ms, cpuMs } = fastest.get(id) ?? instance.start;
    fastest.set(id, { ms: Math.min(ms, instance.start.ms), cpuMs: Math.min(cpuMs, instance.start.cpuMs) });
  };
  for (let round = 0; round < Number(rounds); round++) {
    for (const [place, deployable] of functions.entries()) {
      // The bare function in between, so that the load on the machine affects both alike.
      if (place % 10 === 0) await measure("Bare", bare);
      await measure(deployable.id, deployable);
    }
  }
  return fastest;
}

function printStarts(starts: ReadonlyMap<string, Start>): void {
  const ofBare = starts.get("Bare") as Start;
  say(
    "\nFrom a new process to its first event: elapsed time, its ratio to a bare function with the same SDK, CPU time",
  );
  for (const [id, { ms, cpuMs }] of starts) {
    const figures = [`${ms.toFixed(0)} ms`, `${(ms / ofBare.ms).toFixed(2)} ×`, `${cpuMs.toFixed(0)} ms CPU`];
    say(`  ${id.padEnd(28)}${figures.map((figure) => figure.padStart(11)).join("")}`);
  }
}
