import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Complaint, orComplain } from "../tools/complaint.ts";

/** A template as `cdk synth` writes it. */
export interface SynthesizedTemplate {
  readonly Resources: Readonly<Record<string, SynthesizedResource>>;
}

interface SynthesizedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: object;
}

/** What `sam local start-api` reads of a template, and what of that it needs. */
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
 * The API's template as SAM can run it: functions and routes alone, and settings of this machine in the place of those
 * that only a deployment knows.
 * @param local by name; those that a function is not told are left out
 */
export function samTemplate(api: SynthesizedTemplate, local: Readonly<Record<string, string>>): SynthesizedTemplate {
  const resources = Object.entries(api.Resources).flatMap(([id, { Type, Properties, Metadata }]) => {
    const kept = properties[Type];
    if (!kept) return [];
    const chosen = Object.fromEntries(Object.entries(Properties).filter(([name]) => kept.includes(name)));
    if (Type === "AWS::Lambda::Function") chosen.Environment = settings(chosen.Environment, local);
    // Where SAM finds a function's code.
    return [[id, { Type, Properties: chosen, ...(Metadata && { Metadata }) }]];
  });
  return { Resources: Object.fromEntries(resources) };
}

/** A function's variables: those of the template as far as they are texts, then this machine's. */
function settings(environment: unknown, local: Readonly<Record<string, string>>): object {
  const { Variables = {} } = (environment ?? {}) as { Variables?: Record<string, unknown> };
  const told = Object.entries(Variables).filter(([name, value]) => typeof value === "string" && !(name in local));
  return { Variables: { ...Object.fromEntries(told), ...local } };
}

/** The template in the cloud assembly, beside the others: SAM looks for code relative to it. */
const file = "cdk.out/sam.template.json";

if (import.meta.main) {
  await orComplain(async () => {
    let text: string;
    try {
      text = readFileSync("cdk.out/FrontdeskApi.template.json", "utf8");
    } catch {
      throw new Complaint(
        "There is no cdk.out/FrontdeskApi.template.json: run npm run synth first, with no name of its own.",
      );
    }
    const template = samTemplate(JSON.parse(text), {
      TABLE_NAME: process.env.TABLE_NAME ?? "frontdesk",
      AWS_ENDPOINT_URL_DYNAMODB: process.env.DYNAMODB_ENDPOINT ?? "http://host.docker.internal:8000",
      // Of no worth: what it seals is this machine's.
      SEAL_SECRET: randomBytes(32).toString("base64url"),
    });
    writeFileSync(file, JSON.stringify(template, undefined, 1));
    console.log(`Written: ${file}. Next: sam local start-api --template ${file}`);
  });
}
