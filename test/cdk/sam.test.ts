import { expect, test } from "vitest";
import { isInPagesStack } from "../../cdk/pages-stack.ts";
import { type SynthesizedTemplate, samTemplate } from "../../cdk/sam.ts";
import { operations } from "../../lib/operations.ts";
import { synthesize } from "./synthesis.ts";

const { api, accounts } = synthesize();
/** The operations whose functions SAM runs: all but the pages of portals, which need files in S3. */
const served = operations.filter((row) => !isInPagesStack(row));
const local = {
  TABLE_NAME: "here",
  PORTAL_URL: "http://localhost:3000/{org}",
  SEAL_SECRET: "a secret for tests",
  AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:8000",
};
const template = samTemplate([api, accounts], local);
const resources = Object.entries(template.Resources);
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === `AWS::${type}`);

test("the template has only resources that sam local start-api reads", () => {
  expect(new Set(resources.map(([, { Type }]) => Type))).toEqual(
    new Set([
      "AWS::Lambda::Function",
      "AWS::ApiGatewayV2::Api",
      "AWS::ApiGatewayV2::Stage",
      "AWS::ApiGatewayV2::Integration",
      "AWS::ApiGatewayV2::Route",
    ]),
  );
  expect(Object.keys(template)).toEqual(["Resources"]);
});

test("each function names its code's directory, and has this machine's settings", () => {
  const functions = ofType("Lambda::Function");
  expect(functions).toHaveLength(served.length);
  for (const [, { Properties, Metadata }] of functions) {
    expect(Metadata).toMatchObject({
      "aws:asset:path": expect.stringMatching(/^asset\./),
      "aws:asset:property": "Code",
    });
    expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Handler: "index.handler" });
    expect((Properties.Environment as { Variables: object }).Variables).toMatchObject(local);
  }
});

test("no reference leads out of the template to values that only a deployment knows", () => {
  const ids = new Set(resources.map(([id]) => id));
  const references = (value: unknown): string[] => {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => {
      if (name === "Ref") return [String(inner)];
      if (name === "Fn::GetAtt") return [String((inner as string[])[0])];
      if (name.startsWith("Fn::") && name !== "Fn::Join") return [name];
      return references(inner);
    });
  };
  // Only a deployment knows the code's place in the assets' bucket. SAM takes the path in the metadata instead.
  const outside = resources
    .flatMap(
      ([
        ,
        {
          Properties: { Code: _, ...rest },
        },
      ]) => references(rest),
    )
    .filter((id) => !ids.has(id));
  expect(outside).toEqual([]);
});

test("the template has every route, each leading through its integration to a function", () => {
  const keys = (...templates: SynthesizedTemplate[]) =>
    templates
      .flatMap(({ Resources }) => Object.values(Resources))
      .filter(({ Type }) => Type === "AWS::ApiGatewayV2::Route")
      .map(({ Properties }) => Properties.RouteKey)
      .sort();
  expect(keys(template)).toEqual(keys(api, accounts));
  for (const [, { Properties }] of ofType("ApiGatewayV2::Route")) {
    const [, parts] = (Properties.Target as { "Fn::Join": [string, [string, { Ref: string }]] })["Fn::Join"];
    const integration = template.Resources[parts[1].Ref]?.Properties as Record<string, { "Fn::GetAtt": [string] }>;
    const functionId = integration.IntegrationUri?.["Fn::GetAtt"][0] ?? "";
    expect(template.Resources[functionId]?.Type).toBe("AWS::Lambda::Function");
  }
});

test("stacks behind CloudFront work behind SAM's gateway, too: no route asks for a proof that a request came through it", () => {
  const behind = synthesize({ edge: "cloudfront", region: "eu-central-1" });
  const routes = Object.values(samTemplate([behind.api, behind.accounts], local).Resources).flatMap(
    ({ Type, Properties }) => (Type === "AWS::ApiGatewayV2::Route" ? [Properties] : []),
  );
  expect(routes).toHaveLength(ofType("ApiGatewayV2::Route").length);
  for (const { AuthorizationType, ...others } of routes) {
    expect(AuthorizationType).toBe("NONE");
    expect(others).not.toHaveProperty("AuthorizerId");
  }
});
