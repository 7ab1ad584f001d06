import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { functionDefaults } from "../tools/function-settings.ts";

/** A template as `cdk synth` writes it. */
export interface SynthesizedTemplate {
  readonly Resources: Readonly<Record<string, SynthesizedResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

interface SynthesizedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: object;
}

/** The resource types that `sam local start-api` reads from a template, each with the properties that it needs. */
const properties: Readonly<Record<string, readonly string[]>> = {
  "AWS::Lambda::Function": [
    "Architectures",
    "Code",
    "Description",
    "Environment",
    "Handler",
    "MemorySize",
    "Runtime",
    "Timeout",
  ],
  "AWS::ApiGatewayV2::Api": ["Name", "ProtocolType"],
  "AWS::ApiGatewayV2::Stage": ["ApiId", "AutoDeploy", "StageName"],
  "AWS::ApiGatewayV2::Integration": ["ApiId", "IntegrationType", "IntegrationUri", "PayloadFormatVersion"],
  "AWS::ApiGatewayV2::Route": ["ApiId", "AuthorizationType", "RouteKey", "Target"],
};

/**
 * One template for SAM, made from those of the API: only functions and routes, with this machine's settings instead of those
 * that only a deployment knows.
 * @param templates the API's own, and those with more functions and routes of it
 * @param local this machine's environment variables, by name
 */
export function samTemplate(
  templates: readonly SynthesizedTemplate[],
  local: Readonly<Record<string, string>>,
): { readonly Resources: SynthesizedTemplate["Resources"] } {
  const exported = exportsOf(templates);
  const all = templates.flatMap(({ Resources }) => Object.entries(Resources));
  const resources = all.flatMap(([id, { Type, Properties, Metadata }]) => {
    const kept = properties[Type];
    if (!kept) return [];
    const chosen = Object.fromEntries(
      Object.entries(Properties).flatMap(([name, value]) =>
        kept.includes(name) ? [[name, withoutImport(value, exported)]] : [],
      ),
    );
    // No CloudFront stands in front of SAM's gateway.
    if (Type === "AWS::ApiGatewayV2::Route") chosen.AuthorizationType = "NONE";
    if (Type === "AWS::Lambda::Function") chosen.Environment = settings(chosen.Environment, local);
    // SAM finds a function's code by its metadata.
    return [[id, { Type, Properties: chosen, ...(Metadata && { Metadata }) }]];
  });
  return { Resources: Object.fromEntries(resources) };
}

/** The values that templates export, by the export's name. */
const exportsOf = (templates: readonly SynthesizedTemplate[]): ReadonlyMap<string, unknown> =>
  new Map(
    templates.flatMap(({ Outputs = {} }) =>
      Object.values(Outputs).flatMap(({ Export, Value }) => (Export ? [[Export.Name, Value] as const] : [])),
    ),
  );

/** A property's value. What another template exports is in the same template now, so that no import is needed. */
function withoutImport(value: unknown, exported: ReadonlyMap<string, unknown>): unknown {
  const { "Fn::ImportValue": name } = (value ?? {}) as { "Fn::ImportValue"?: string };
  return (name && exported.get(name)) ?? value;
}

/** A function's environment variables: the plain strings of the template, and this machine's. */
function settings(environment: unknown, local: Readonly<Record<string, string>>): object {
  const { Variables = {} } = (environment ?? {}) as { Variables?: Record<string, unknown> };
  const known = Object.entries(Variables).filter(([name, value]) => typeof value === "string" && !(name in local));
  return { Variables: { ...Object.fromEntries(known), ...local } };
}

/** Reads a template. @throws Complaint if it does not exist */
function readTemplate(path: string): SynthesizedTemplate {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Complaint(`There is no ${path}: run npm run synth first, without the option name.`);
  }
  return JSON.parse(text);
}

/** In the cloud assembly, because SAM looks for the code relative to the template. */
const file = "cdk.out/sam.template.json";

if (import.meta.main) {
  await orComplain(async () => {
    const templates = ["FrontdeskApi", "FrontdeskAccounts"].map((stack) =>
      readTemplate(`cdk.out/${stack}.template.json`),
    );
    const template = samTemplate(templates, {
      // Only a deployment knows AWS's name of the API.
      PORTAL_URL: process.env.PORTAL_URL ?? "http://localhost:3000/{org}",
      TABLE_NAME: process.env.TABLE_NAME ?? functionDefaults.TABLE_NAME,
      AWS_ENDPOINT_URL_DYNAMODB: process.env.DYNAMODB_ENDPOINT ?? "http://host.docker.internal:8000",
      // A new secret for each template: nothing that it seals leaves this machine.
      SEAL_SECRET: randomBytes(32).toString("base64url"),
    });
    writeFileSync(file, JSON.stringify(template, undefined, 1));
    console.log(`Written: ${file}. Next: sam local start-api --template ${file}`);
  });
}
