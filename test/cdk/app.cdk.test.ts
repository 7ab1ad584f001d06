import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleFunctions } from "../../cdk/bundle.ts";
import { operations } from "../../lib/operations.ts";
import { functionFile } from "../../tools/function-file.ts";
import { webFiles } from "../../web/files.ts";
import { buildPortal } from "../../web/portal/build.ts";
import { resourcesOf, synthesize, type Template, text } from "./synthesis.ts";

/** Runs the CLI as `npx cdk` does, without an AWS account. */
function cdk(...words: string[]): Promise<{ code: number; said: string }> {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { PATH, HOME: process.env.HOME ?? tmpdir(), AWS_EC2_METADATA_DISABLED: "true" };
  return new Promise((resolve) => {
    execFile(process.execPath, ["node_modules/aws-cdk/bin/cdk", ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr });
    });
  });
}

let assembly: string;
let synth: { code: number; said: string };
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), "frontdesk-cdk-"));
  synth = await cdk("synth", "--output", assembly, "-c", "env=none");
}, 120_000);
afterAll(() => rm(assembly, { recursive: true }));

const templateOf = (stack: string) =>
  JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), "utf8")) as Template;

test("cdk synth succeeds, without warnings of CDK and without findings of the two rule packs", () => {
  expect(synth).toEqual({
    code: 0,
    said:
      `Successfully synthesized to ${assembly}\n` +
      "Supply a stack id (FrontdeskData, FrontdeskApi, FrontdeskAccounts, FrontdeskMessages, FrontdeskImages, FrontdeskCleanUp, FrontdeskWatch, FrontdeskPages) to display its template.\n",
  });
});

test("cdk synth finds nothing either when updates are gradual and entrances always ready", async () => {
  const output = join(assembly, "gradual");
  const options = ["env=none", "rollout=canary", "entranceInstances=1"].flatMap((each) => ["-c", each]);
  const { code, said } = await cdk("synth", "--output", output, ...options);
  expect([code, said.includes(`Successfully synthesized to ${output}`)]).toEqual([0, true]);
}, 120_000);

test("the stacks name no account and no region, and the data stack is deployed first", () => {
  const { artifacts } = JSON.parse(readFileSync(join(assembly, "manifest.json"), "utf8"));
  for (const stack of ["Data", "Api", "Accounts", "Messages", "Images", "CleanUp", "Watch", "Pages"].map(
    (name) => `Frontdesk${name}`,
  )) {
    expect(artifacts[stack].environment).toBe("aws://unknown-account/unknown-region");
  }
  expect(artifacts.FrontdeskApi.dependencies).toContain("FrontdeskData");
  expect(artifacts.FrontdeskAccounts.dependencies).toEqual(expect.arrayContaining(["FrontdeskData", "FrontdeskApi"]));
  expect(artifacts.FrontdeskMessages.dependencies).toContain("FrontdeskData");
  expect(artifacts.FrontdeskImages.dependencies).toContain("FrontdeskData");
  expect(artifacts.FrontdeskCleanUp.dependencies).toContain("FrontdeskData");
  expect(artifacts.FrontdeskWatch.dependencies).toEqual(
    expect.arrayContaining([
      "FrontdeskData",
      "FrontdeskApi",
      "FrontdeskAccounts",
      "FrontdeskMessages",
      "FrontdeskImages",
    ]),
  );
});

test("the uploaded files of pages are the files that npm start serves, byte for byte", async () => {
  const { files: portalFiles } = await buildPortal();
  const { files } = JSON.parse(readFileSync(join(assembly, "FrontdeskPages.assets.json"), "utf8")) as {
    files: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>;
  };
  const uploaded = new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, join(assembly, source.path)]),
    ),
  );
  const methods = resourcesOf(templateOf("FrontdeskPages"), "AWS::ApiGateway::Method");
  const read = Object.values(methods).map(({ Properties }) => text(Properties.Integration.Uri).split("/").at(-1) ?? "");
  expect(read.map((key) => readFileSync(uploaded.get(key) ?? "", "utf8")).sort()).toEqual(
    [...webFiles, ...portalFiles].map(({ file }) => readFileSync(file, "utf8")).sort(),
  );
});

test("without pages, only the other seven stacks are deployed", () => {
  expect(new Set(Object.keys(synthesize({ pages: "none" }).templates))).toEqual(
    new Set([
      "FrontdeskData",
      "FrontdeskApi",
      "FrontdeskAccounts",
      "FrontdeskMessages",
      "FrontdeskImages",
      "FrontdeskCleanUp",
      "FrontdeskWatch",
    ]),
  );
});

test("the template names the directory with each function's code, for SAM", () => {
  const functions = ["FrontdeskApi", "FrontdeskAccounts", "FrontdeskPages"].flatMap((stack) =>
    Object.values(resourcesOf(templateOf(stack), "AWS::Lambda::Function")),
  );
  expect(functions).toHaveLength(operations.length);
  for (const { Metadata } of functions) {
    expect(Metadata).toMatchObject({ "aws:asset:property": "Code" });
    expect(readdirSync(join(assembly, String(Metadata?.["aws:asset:path"])))).toContain("index.cjs");
  }
});

/** The files in a directory and in those below it. */
const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(directory, file)).isFile())
    .sort();

test("the same code becomes the same asset on every machine", async () => {
  const functions = resourcesOf(templateOf("FrontdeskApi"), "AWS::Lambda::Function");
  const rows = operations.filter(({ id }) => id === "Ping" || id === "UserList");
  const bundles = await bundleFunctions(Object.fromEntries(rows.map((row) => [row.id, functionFile(row)])));
  for (const { id } of rows) {
    const asset = join(assembly, String(functions[`${id}Function`]?.Metadata?.["aws:asset:path"]));
    const files = filesOf(asset);
    expect(files).toEqual(filesOf(bundles.directoryOf(id)));
    for (const file of files) {
      expect(readFileSync(join(bundles.directoryOf(id), file)).equals(readFileSync(join(asset, file)))).toBe(true);
    }
  }
  bundles.remove();
});

test("an environment with a file has no findings either, and editors find the schema of such files", async () => {
  const output = join(assembly, "prod");
  const file = ["-c", "env=prod", "-c", "configFolder=config/examples"];
  expect(await cdk("synth", "--quiet", "--output", output, ...file)).toEqual({
    code: 0,
    said: expect.stringMatching(/^Successfully synthesized to .*\nSupply a stack id \(Frontdesk-prodData, .*\.\n$/),
  });
  const { artifacts } = JSON.parse(readFileSync(join(output, "manifest.json"), "utf8"));
  expect(artifacts["Frontdesk-prodData"].environment).toBe("aws://222222222222/eu-central-1");
  const { required } = JSON.parse(readFileSync(join(output, "environment.schema.json"), "utf8"));
  expect(required).toEqual(["account", "region"]);
}, 240_000);

test.each([
  ["with names of the deployer's", ["apiDomain=api.clinic.org", "portalDomain=portal.clinic.org"]],
  ["without", []],
])(
  "with CloudFront in front of the API there are no findings and no warnings: %s",
  async (_, names) => {
    const zone = names.length > 0 ? ["hostedZoneId=Z0123456789", "hostedZoneName=clinic.org"] : [];
    const options = ["env=none", "edge=cloudfront", "region=eu-central-1", ...names, ...zone].flatMap((each) => [
      "-c",
      each,
    ]);
    expect(await cdk("synth", "--quiet", "--output", join(assembly, "edge"), ...options)).toEqual({
      code: 0,
      said: expect.stringMatching(/^Successfully synthesized to .*\nSupply a stack id \(.*, FrontdeskEdge\).*\n$/),
    });
  },
  120_000,
);

test("a wrong file is reported in one line", async () => {
  expect(await cdk("list", "-c", "env=demo", "-c", "configFolder=config/examples")).toEqual({
    code: 1,
    said: expect.stringMatching(
      /^Frontdesk cannot be deployed: there is no config\/examples\/demo\.json\. config\/examples\/ has dev, prod, prod-us, stage\.\nnode --import .* cdk\/app.ts: /,
    ),
  });
});

test("a wrong option is reported in one line", async () => {
  expect(await cdk("list", "-c", "env=none", "-c", "tableKey=mine")).toEqual({
    code: 1,
    said: expect.stringMatching(
      /^Frontdesk cannot be deployed: wrong options: tableKey: .*\nnode --import .* cdk\/app.ts: /,
    ),
  });
});
