import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Config, fileSchema, optionNames, readConfig } from "../../cdk/deploy-options.ts";
import { Complaint } from "../../tools/complaint.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "frontdesk-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = { account: "123456789012", region: "eu-central-1" };
const write = (env: string, text: string | object) =>
  writeFileSync(join(folder, `${env}.json`), typeof text === "string" ? text : JSON.stringify(text));
const read = (context: Record<string, unknown>): Config =>
  readConfig(new App({ context: { configFolder: folder, ...context } }));
/** What is printed when these options are refused, with `config` for the name of the folder. */
const refusal = (context: Record<string, unknown>): string => {
  try {
    read(context);
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    expect(error.message).not.toContain("\n");
    return error.message.replaceAll(folder, "config").replace(/^Frontdesk cannot be deployed: /, "");
  }
  throw new Error("not refused");
};

test("a file has the options of its environment, as JSON values or as text", () => {
  write("prod", {
    $schema: "any",
    ...place,
    tags: { team: "desk" },
    uploadOrigins: ["https://app.clinic.org", "https://*.clinic.org"],
    requestsPerSecond: 50,
    requestBurst: "60",
    accessLogYears: "10",
  });
  expect(read({ env: "prod" })).toMatchObject({
    environment: "prod",
    name: "Frontdesk-prod",
    ...place,
    tags: { team: "desk" },
    uploadOrigins: ["https://app.clinic.org", "https://*.clinic.org"],
    requestsPerSecond: 50,
    requestBurst: 60,
    accessLogYears: 10,
  });
  expect(read({ env: "prod" })).not.toHaveProperty("$schema");
});

test("the same options on the command line are text", () => {
  const options = { tags: "team=desk,cost-center=a=b", uploadOrigins: "https://app.clinic.org,https://*.clinic.org" };
  expect(read({ ...options, requestsPerSecond: "50" })).toMatchObject({
    environment: "none",
    name: "Frontdesk",
    tags: { team: "desk", "cost-center": "a=b" },
    uploadOrigins: ["https://app.clinic.org", "https://*.clinic.org"],
    requestsPerSecond: 50,
  });
});

test("a file may name stacks that were deployed without one", () => {
  write("prod", { ...place, name: "Frontdesk" });
  expect(read({ env: "prod" }).name).toBe("Frontdesk");
});

test("where there are files, the environment must be said", () => {
  for (const env of ["prod", "dev"]) write(env, place);
  expect(refusal({})).toBe(
    "which environment? config/ has dev, prod: give -c env=dev, or -c env=none for a deployment without a file.",
  );
  expect(read({ env: "none" })).toMatchObject({ environment: "none", name: "Frontdesk" });
  expect(read({ env: "none", name: "Mine" })).toMatchObject({ environment: "none", name: "Mine" });
});

test("without files nothing must be said", () => {
  mkdirSync(join(folder, "examples"));
  writeFileSync(join(folder, "examples", "prod.json"), "{}");
  expect(read({}).environment).toBe("none");
});

test("another folder than config/ must exist", () => {
  for (const missing of ["missing", "prod.json"]) {
    write("prod", place);
    const context = { configFolder: join(folder, missing) };
    expect(refusal(context)).toMatch(/^configFolder cannot be read: ENO/);
    expect(refusal({ ...context, env: "none" })).toMatch(/^configFolder cannot be read: ENO/);
  }
  expect(refusal({ configFolder: 5 })).toBe("configFolder must be text.");
});

test("an environment without a file is refused, with those that there are", () => {
  expect(refusal({ env: "prod" })).toBe("there is no config/prod.json. config/ has no files.");
  for (const env of ["prod", "dev"]) write(env, place);
  expect(refusal({ env: "stage" })).toBe("there is no config/stage.json. config/ has dev, prod.");
});

test.each(["../prod", "a/b", "/etc/prod", "prod.json", "Prod", "", "p".repeat(32), "-c", ".", 5, true])(
  "the environment %j is refused",
  (env) => {
    write("prod", place);
    expect(refusal({ env })).toBe(
      "env: must be the name of a file in config/, such as prod for config/prod.json: at most 31 lower-case letters, digits and hyphens, a letter first.",
    );
  },
);

test("no environment can be called none", () => {
  write("none", place);
  expect(refusal({})).toBe("rename config/none.json, because env=none means a deployment without a file.");
});

test.each([
  ['{\n  "account": "1",\n  "region": nowhere\n}', 3],
  ['{\n  "account": "1"\n  "region": "eu-central-1"\n}', 3],
  ['{\n  "account": "1",\n}', 3],
  ['{\n  "account": "1",\n', 3],
  ['{\n  "account": "1', 2],
  ['{\n  "a\n": "1"}', 2],
  ["{\n} // prod", 2],
  ["", 1],
  ["{\n  account: 1\n}", 2],
  ['{\n  "a": [1,\n    2,,\n  3]\n}', 3],
  ["\ufeff{}", 1],
])("%j is refused, with line %i", (text, line) => {
  write("prod", text);
  expect(refusal({ env: "prod" })).toMatch(new RegExp(`^config/prod\\.json, line ${line}: \\S`));
});

test("a file that is a folder is refused", () => {
  mkdirSync(join(folder, "prod.json"));
  expect(refusal({ env: "prod" })).toMatch(/^config\/prod\.json cannot be read: EISDIR/);
});

test.each(["[]", "null", '"prod"', "5"])("%s in a file is refused", (text) => {
  write("prod", text);
  expect(refusal({ env: "prod" })).toBe("config/prod.json must hold one JSON object.");
});

test.each<[object, string]>([
  [{ ...place, apiDomian: "api.clinic.org" }, 'Unrecognized key: "apiDomian"'],
  [{ ...place, env: "prod" }, 'Unrecognized key: "env"'],
  [{ ...place, account: 123456789012 }, "account: Invalid input: expected string, received number"],
  [{ region: "eu-central-1" }, "account: is missing"],
  [{ account: "123456789012" }, "region: is missing"],
  [{ ...place, region: "Frankfurt" }, "region: must be a region, such as eu-central-1"],
  [{ ...place, requestsPerSecond: true }, "requestsPerSecond: Invalid input: expected number, received boolean"],
  [{ ...place, entranceInstances: null }, "entranceInstances: Invalid input: expected number, received null"],
  [{ ...place, entranceInstances: "" }, "entranceInstances: Invalid input: expected number, received string"],
  [{ ...place, entranceInstances: [] }, "entranceInstances: Invalid input: expected number, received array"],
  [{ ...place, logRetentionDays: [30] }, "logRetentionDays: Invalid input: expected number, received array"],
  [{ ...place, eventYears: 1.5 }, "eventYears: Invalid input: expected int, received number"],
  [{ ...place, uploadOrigins: 5 }, "uploadOrigins: Invalid input: expected array, received number"],
  [{ ...place, uploadOrigins: ["clinic.org"] }, "uploadOrigins: must be origins such as"],
  [{ ...place, pages: false }, "pages: Invalid option"],
  [{ ...place, apiDomain: "api.clinic.org" }, "apiDomain: needs certificateArn, or hostedZoneId and hostedZoneName"],
  [{ ...place, tags: ["desk"] }, "tags: Invalid input: expected record, received array"],
  [{ ...place, tags: { team: 5 } }, "tags.team: Invalid input: expected string, received number"],
])("in a file %j is refused", (options, message) => {
  write("prod", options);
  expect(refusal({ env: "prod" })).toContain(`config/prod.json: ${message}`);
});

test("all that is wrong in a file is said in one line", () => {
  write("prod", { tableKey: "mine", requestBurst: "many" });
  expect(refusal({ env: "prod" })).toMatch(
    /^config\/prod\.json: account: is missing; region: is missing; tableKey: .*; requestBurst: .*$/,
  );
});

test.each<[Record<string, string>, string]>([
  [{ "aws:team": "desk" }, "tags.aws:team: the key must not begin with aws:, which is reserved"],
  [{ "AWS:team": "desk" }, "tags.AWS:team: the key must not begin with aws:, which is reserved"],
  [{ team: "aws:desk" }, "tags.team: must not begin with aws:, which is reserved"],
  [{ "team!": "desk" }, "tags.team!: the key may have letters, digits, spaces and _ . : / = + - @"],
  [{ team: "desk;" }, "tags.team: may have letters, digits, spaces and _ . : / = + - @"],
  [{ "": "desk" }, "tags.: the key Too small"],
  [{ team: "" }, "tags.team: Too small"],
  [{ ["k".repeat(129)]: "desk" }, "the key Too big"],
  [{ team: "v".repeat(257) }, "tags.team: Too big"],
  [Object.fromEntries([...Array(51).keys()].map((index) => [`tag${index}`, "x"])), "tags: must be at most 50"],
])("the tags %j are refused", (tags, message) => {
  write("prod", { ...place, tags });
  expect(refusal({ env: "prod" })).toContain(message);
});

test("tags may have letters of any language, and the longest keys and values", () => {
  const tags = { Kostenstelle: "Größe 42: a/b=c+d-e@f_g.h", ["k".repeat(128)]: "v".repeat(256) };
  write("prod", { ...place, tags });
  expect(read({ env: "prod" }).tags).toEqual(tags);
});

test("an environment's file has all of its options: those of the command line are refused", () => {
  write("prod", place);
  expect(refusal({ env: "prod", alarmEmail: "oncall@clinic.org", name: "Mine" })).toBe(
    "with env=prod all options come from config/prod.json, so that it says what is deployed. Write there what the command line or cdk.json says: alarmEmail, name.",
  );
});

const zone = { hostedZoneId: "Z0123456789", hostedZoneName: "clinic.org" };
test.each<[object, object, string | undefined]>([
  [{ directDomain: "direct.clinic.org" }, { directDomain: "direct.clinic.org" }, "directDomain"],
  [{ apiDomain: "a.clinic.org", ...zone }, { region: "us-east-1", apiDomain: "a.clinic.org" }, "apiDomain"],
  [{ portalDomain: "p.clinic.org", ...zone }, { portalDomain: "p.clinic.org" }, "portalDomain"],
  [{ portalUrl: "https://clinic.org/{org}" }, { portalUrl: "https://clinic.org/{org}" }, "portalUrl"],
  [{ name: "Frontdesk" }, { name: "Frontdesk" }, "name, account and region"],
  [{ name: "Frontdesk-stage" }, {}, "name, account and region"],
  [{ name: "Frontdesk" }, { name: "Frontdesk", region: "us-east-1" }, undefined],
  [{ name: "Frontdesk" }, { name: "Frontdesk", account: "210987654321" }, undefined],
  [{ alarmEmail: "oncall@clinic.org" }, { alarmEmail: "oncall@clinic.org" }, undefined],
])("prod with %j, and stage with %j: must differ in %s", (prod, stage, shared) => {
  write("prod", { ...place, ...prod });
  write("stage", { ...place, ...stage });
  if (shared) expect(refusal({ env: "prod" })).toBe(`prod and stage have the same ${shared} in config/.`);
  else expect(read({ env: "prod" }).environment).toBe("prod");
});

test("a broken file stops only its own environment", () => {
  write("prod", place);
  write("stage", "{");
  expect(read({ env: "prod" }).environment).toBe("prod");
  expect(refusal({ env: "stage" })).toMatch(/^config\/stage\.json, line 1: /);
});

const examples = readdirSync("config/examples").map((file) => file.replace(".json", ""));
test.each(examples)("config/examples/%s.json can be deployed", (env) => {
  const config = readConfig(new App({ context: { env, configFolder: "config/examples" } }));
  expect(config).toMatchObject({ environment: env, name: `Frontdesk-${env}` });
});

test("the file in docs/deploy.md can be deployed", () => {
  const [, file = ""] = /```json\n([^`]*)```/.exec(readFileSync("docs/deploy.md", "utf8")) ?? [];
  write("prod", file);
  expect(read({ env: "prod" })).toMatchObject({ apiDomain: "api.clinic.org", alarmTextMessages: 1000 });
});

test("the schema for editors has every option, and what each file needs", () => {
  const { properties, required, additionalProperties } = fileSchema() as {
    properties: Record<string, object>;
    required: readonly string[];
    additionalProperties: boolean;
  };
  expect(Object.keys(properties)).toEqual(["$schema", ...optionNames]);
  expect(properties.requestsPerSecond).toMatchObject({ type: "integer", minimum: 1, default: 200 });
  expect(properties.uploadOrigins).toMatchObject({ type: "array", items: { type: "string" } });
  expect({ required, additionalProperties }).toEqual({ required: ["account", "region"], additionalProperties: false });
  const { $schema } = JSON.parse(readFileSync("config/examples/prod.json", "utf8"));
  // From config/, where a copy of the example is.
  expect($schema).toBe("../cdk.out/environment.schema.json");
});
