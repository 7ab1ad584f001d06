import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { App, CfnResource, type Stack } from "aws-cdk-lib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../cdk/deploy-options.ts";
import { FrontdeskStack } from "../../cdk/frontdesk-stack.ts";
import { type FakeCloudFormation, startCloudFormation } from "./cloudformation.ts";

/** `cdk deploy` itself, against a CloudFormation on this machine, with two stacks that hold next to nothing. */

let aws: FakeCloudFormation;
let scratch: string;
beforeEach(async () => {
  aws = await startCloudFormation();
  scratch = mkdtempSync(join(tmpdir(), "frontdesk-environments-"));
  mkdirSync(join(scratch, "config"));
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

const place = { account: "123456789012", region: "eu-central-1" };
const writeFile = (env: string, options: object) =>
  writeFileSync(join(scratch, "config", `${env}.json`), JSON.stringify({ ...place, ...options }));

/** Writes the stacks of an environment, and returns the folder. */
function assemblyOf(env: string): string {
  const outdir = join(scratch, `cdk.out.${env}`);
  const context = { env, configFolder: join(scratch, "config") };
  const app = new App({
    outdir,
    // The old way of synthesis needs no bucket for templates as small as these.
    context: { "@aws-cdk/core:explicitStackTags": true, "@aws-cdk/core:newStyleStackSynthesis": false, ...context },
    analyticsReporting: false,
  });
  const config = readConfig(app);
  const data = new FrontdeskStack(app, `${config.name}Data`, config, {});
  const api = new FrontdeskStack(app, `${config.name}Api`, config, {});
  api.addStackDependency(data);
  for (const stack of [data, api]) addSomething(stack);
  app.synth();
  return outdir;
}
const addSomething = (stack: Stack) => new CfnResource(stack, "Topic", { type: "AWS::SNS::Topic" });

function deploy(assembly: string, ...words: string[]): Promise<{ code: number; said: string }> {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = {
    PATH,
    HOME: scratch,
    CDK_HOME: scratch,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: place.region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  for (const file of readdirSync(assembly).filter((each) => each.endsWith(".template.json"))) {
    aws.templates.set(file.slice(0, -".template.json".length), JSON.parse(readFileSync(join(assembly, file), "utf8")));
  }
  const all = ["deploy", "--app", assembly, "--require-approval", "never", ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, ["node_modules/aws-cdk/bin/cdk", ...all], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr });
    });
  });
}
const deployAll = (env: string, ...words: string[]) => deploy(assemblyOf(env), "--all", ...words);
const environments = () => [...aws.stacks].map(([name, { parameters }]) => [name, parameters.Environment]);
const frontdesk = (environment: string) => [
  ["FrontdeskData", environment],
  ["FrontdeskApi", environment],
];

// Each deployment takes two seconds, on a busy machine ten.
describe("cdk deploy", { timeout: 240_000 }, () => {
  test("repeats the environment of a deployed stack, and the same file may change it", async () => {
    writeFile("prod", { name: "Frontdesk", tags: { team: "desk" } });
    expect(await deployAll("prod")).toMatchObject({ code: 0 });
    expect(environments()).toEqual(frontdesk("prod"));
    writeFile("prod", { name: "Frontdesk", tags: { team: "front" } });
    expect(await deployAll("prod")).toMatchObject({ code: 0 });
    expect(environments()).toEqual(frontdesk("prod"));
    expect(aws.requests).toEqual([
      { stack: "FrontdeskData", parameters: {}, tags: { team: "desk" } },
      { stack: "FrontdeskApi", parameters: {}, tags: { team: "desk" } },
      { stack: "FrontdeskData", parameters: { Environment: "previous" }, tags: { team: "front" } },
      { stack: "FrontdeskApi", parameters: { Environment: "previous" }, tags: { team: "front" } },
    ]);
  });

  const refusedWith = (text: string) => ({ code: 1, said: expect.stringContaining(`Parameter 'Environment' ${text}`) });

  test("refuses a deployed environment without its file, before anything changes", async () => {
    writeFile("prod", { name: "Frontdesk" });
    await deployAll("prod");
    const before = [...aws.carriedOut];
    expect(await deployAll("none")).toEqual(
      refusedWith("must be none: this is a deployment without a file of options, and the stack was deployed with one."),
    );
    expect(aws.requests.at(-1)).toMatchObject({ stack: "FrontdeskData", parameters: { Environment: "previous" } });
    expect(aws.carriedOut).toEqual(before);
    expect(environments()).toEqual(frontdesk("prod"));
  });

  test("refuses the file of another environment, for each stack by itself", async () => {
    writeFile("prod", { name: "Frontdesk" });
    await deployAll("prod");
    rmSync(join(scratch, "config", "prod.json"));
    writeFile("stage", { name: "Frontdesk" });
    const stage = assemblyOf("stage");
    for (const stack of ["FrontdeskData", "FrontdeskApi"]) {
      expect(await deploy(stage, "--exclusively", stack)).toEqual(
        refusedWith(
          "must be stage: this is a deployment with -c env=stage, and the stack was deployed with another env",
        ),
      );
      expect(aws.requests.at(-1)).toMatchObject({ stack, parameters: { Environment: "previous" } });
    }
    expect(environments()).toEqual(frontdesk("prod"));
  });

  test("lets stacks that were deployed without a file adopt one when told so, and then they need it", async () => {
    expect(await deployAll("none")).toMatchObject({ code: 0 });
    expect(environments()).toEqual(frontdesk("none"));
    writeFile("prod", { name: "Frontdesk" });
    expect(await deployAll("prod")).toEqual(refusedWith("must be prod: "));
    expect(await deployAll("prod", "--parameters", "Environment=prod")).toMatchObject({ code: 0 });
    expect(environments()).toEqual(frontdesk("prod"));
    expect(await deployAll("none")).toEqual(refusedWith("must be none: "));
    expect(environments()).toEqual(frontdesk("prod"));
  });

  test("gives stacks from before there were environments that of the next deployment", async () => {
    for (const name of ["FrontdeskData", "FrontdeskApi"]) aws.stacks.set(name, { template: "{}", parameters: {} });
    writeFile("prod", { name: "Frontdesk" });
    expect(await deployAll("prod")).toMatchObject({ code: 0 });
    expect(aws.requests.map(({ parameters }) => parameters)).toEqual([{}, {}]);
    expect(environments()).toEqual(frontdesk("prod"));
  });

  test("deploys dev and prod in one account as stacks of their own", async () => {
    writeFile("dev", {});
    writeFile("prod", {});
    for (const env of ["dev", "prod"]) expect(await deployAll(env)).toMatchObject({ code: 0 });
    expect(environments()).toEqual([
      ["Frontdesk-devData", "dev"],
      ["Frontdesk-devApi", "dev"],
      ["Frontdesk-prodData", "prod"],
      ["Frontdesk-prodApi", "prod"],
    ]);
  });
});
