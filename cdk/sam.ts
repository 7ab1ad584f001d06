import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { functionDefaults } from "../tools/function-settings.ts";

/** A template as `cdk synth` writes it. */
export interface SynthesizedTemplate {
  readonly Resources: Readonly<Record<string, SynthesizedResource>>;
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
 * The API's template for SAM: only functions and routes, with this machine's settings instead of those that only a
 * deployment knows.
 * @param local this machine's environment variables, by name
 */
export function samTemplate(api: SynthesizedTemplate, local: Readonly<Record<string, string>>): SynthesizedTemplate {
  const resources = Object.entries(api.Resources).flatMap(([id, { Type, Properties, Metadata }]) => {
    const kept = properties[Type];
    if (!kept) return [];
    const chosen = Object.fromEntries(Object.entries(Properties).filter(([name]) => kept.includes(name)));
    if (Type === "AWS::Lambda::Function") chosen.Environment = settings(chosen.Environment, local);
    // SAM finds a function's code by its metadata.
    return [[id, { Type, Properties: chosen, ...(Metadata && { Metadata }) }]];
  });
  return { Resources: Object.fromEntries(resources) };
}

/** A function's environment variables: the plain strings of the template, and this machine's. */
function settings(environment: unknown, local: Readonly<Record<string, string>>): object {
  const { Variables = {} } = (environment ?? {}) as { Variables?: Record<string, unknown> };
  const known = Object.entries(Variables).filter(([name, value]) => typeof value === "string" && !(name in local));
  return { Variables: { ...Object.fromEntries(known), ...local } };
}

/** In the cloud assembly, because SAM looks for the code relative to the template. */
const file = "cdk.out/sam.template.json";

if (import.meta.main) {
  await orComplain(async () => {
    let text: string;
    try {
      text = readFileSync("cdk.out/FrontdeskApi.template.json", "utf8");
    } catch {
      throw new Complaint(
        "There is no cdk.out/FrontdeskApi.template.json: run npm run synth first, without the option name.",
      );
    }
    const template = samTemplate(JSON.parse(text), {
      TABLE_NAME: process.env.TABLE_NAME ?? functionDefaults.TABLE_NAME,
      AWS_ENDPOINT_URL_DYNAMODB: process.env.DYNAMODB_ENDPOINT ?? "http://host.docker.internal:8000",
      // A new secret for each template: nothing that it seals leaves this machine.
      SEAL_SECRET: randomBytes(32).toString("base64url"),
    });
    writeFileSync(file, JSON.stringify(template, undefined, 1));
    console.log(`Written: ${file}. Next: sam local start-api --template ${file}`);
  });
}
