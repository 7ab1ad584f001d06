import { execFileSync } from "node:child_process";
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Engine, startDynoxide } from "../local/dynoxide.ts";
import { type Outside, startOutside } from "../local/outside.ts";
import { makeDemoVendor, prepareTable } from "../local/vendors.ts";
import { functionDefaults } from "../tools/function-settings.ts";
import type { Deployable } from "./assembly.ts";

/** What stands in for AWS around the functions. */
export interface Machine {
  readonly engine: Engine;
  readonly outside: Outside;
  /** The variables that Lambda sets, and endpoints that replace those of AWS. */
  readonly surroundings: Readonly<Record<string, string>>;
  /** Values of the settings that only a deployment knows. */
  readonly filledIn: Readonly<Record<string, string>>;
}

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where the repository is. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Installs AWS's runtime client, unless it is there. */
export function installRuntimeClient(say: (line: string) => void): void {
  if (existsSync(join(here, "node_modules/aws-lambda-ric/rapid-client.node"))) return;
  say("Installing aws-lambda-ric, which compiles for a minute …");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here, stdio: "inherit" });
}

/**
 * Synthesizes the stacks of a checkout into a folder, without the options of any file that a deployer has in config/.
 * @throws Error when that fails
 */
export function synthesize(checkout: string, assembly: string): void {
  // All calls come from one address, and many of them within a minute.
  const options = ["env=none", "entrancesPerAddress=1000000", "entrancesPerApplication=1000000"];
  // An earlier version may not know these options, and then it refuses them.
  const known = existsSync(join(checkout, "cdk/environment.ts")) ? options.flatMap((each) => ["-c", each]) : [];
  const words = ["synth", "--quiet", "--output", assembly, ...known];
  execFileSync(process.execPath, ["node_modules/aws-cdk/bin/cdk", ...words], { cwd: checkout });
}

/**
 * Starts the engine with the table and the demo vendor, and servers in place of SES, SNS and Secrets Manager.
 * @param open what ends them
 */
export async function startMachine(open: AsyncDisposableStack): Promise<Machine> {
  const engine = await startDynoxide();
  open.defer(() => engine.stop());
  const outside = await startOutside();
  open.defer(() => outside.stop());
  const surroundings = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await startSecrets(open),
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
  return { engine, outside, surroundings, filledIn };
}

/** Starts a server that answers every read of a secret. Returns its URL. */
async function startSecrets(open: AsyncDisposableStack): Promise<string> {
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
export function useBinariesOfThisMachine(functions: readonly Deployable[]): void {
  for (const { directory } of functions) {
    const modules = join(directory, "node_modules");
    if (!existsSync(modules)) continue;
    rmSync(modules, { recursive: true });
    symlinkSync(join(root, "node_modules"), modules);
  }
}
