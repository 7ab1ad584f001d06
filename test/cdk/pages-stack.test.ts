import { extname } from "node:path";
import { FileSystem } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { webFiles, webHeaders } from "../../web/files.ts";
import { allowedBy, type Resource, resourcesOf, synthesize, text } from "./synthesis.ts";

const { api, pages } = synthesize();
const ofType = (type: string) => Object.values(pages.Resources).filter(({ Type }) => Type === type);
const assets = "cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>";
/** The S3 object of a file after `cdk deploy`: CDK names it after its content. */
const objectOf = (file: string) => `${assets}/${FileSystem.fingerprint(file)}${extname(file)}`;

/** The path of a resource of the REST API. */
function storePath(id: string): string {
  const { PathPart, ParentId } = pages.Resources[id]?.Properties ?? {};
  return PathPart ? `${ParentId.Ref ? storePath(ParentId.Ref) : ""}/${PathPart}` : "";
}
/** The methods of the REST API, by the URL that the HTTP API calls. */
const methods = new Map(
  ofType("AWS::ApiGateway::Method").map(({ Properties }) => [
    `https://<Store>.execute-api.<AWS::Region>.<AWS::URLSuffix>/<StoreDeploymentStagepages>${storePath(Properties.ResourceId.Ref)}`,
    Properties,
  ]),
);
/** The methods that the routes of the HTTP API lead to, by route key. */
const routes = new Map(
  ofType("AWS::ApiGatewayV2::Route").map(({ Properties }) => {
    const { Ref } = Properties.Target["Fn::Join"][1][1];
    const integration = pages.Resources[Ref] as Resource;
    expect(integration.Properties).toMatchObject({ IntegrationType: "HTTP_PROXY", IntegrationMethod: "GET" });
    expect(text(Properties.ApiId, api)).toBe("<HttpApi>");
    return [Properties.RouteKey, methods.get(text(integration.Properties.IntegrationUri, pages))];
  }),
);
const routesOf = (path: string) => (path === "/docs/" ? ["GET /docs", "GET /docs/{rest+}"] : [`GET ${path}`]);

// With weak references CloudFormation plans to replace the routes, which cannot be done.
test("the stack refers to other stacks by strong references", () => {
  for (const { Properties } of ofType("AWS::ApiGatewayV2::Route")) {
    expect(Object.keys(Properties.ApiId)).toEqual(["Fn::ImportValue"]);
  }
  expect(JSON.stringify(pages.Resources)).not.toContain("Fn::GetStackOutput");
});

test("exactly the paths of the web files lead through the HTTP API to S3", () => {
  const expected = webFiles.flatMap(({ path, file }) => routesOf(path).map((route) => [route, objectOf(file)]));
  const shown = [...routes].map(([route, method]) => {
    const [, object] = text(method.Integration.Uri).split(":s3:path/");
    return [route, object];
  });
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
  expect(methods.size).toBe(webFiles.length);
});

test("the page needs no function: every integration is HTTP or S3, and nothing else is deployed", () => {
  expect([...new Set(Object.values(pages.Resources).map(({ Type }) => Type))].sort()).toEqual([
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::IAM::Role",
  ]);
  for (const { HttpMethod, Integration } of methods.values()) {
    expect(HttpMethod).toBe("GET");
    expect(Integration).toMatchObject({ Type: "AWS", IntegrationHttpMethod: "GET" });
    expect(text(Integration.Uri)).toMatch(/^arn:<AWS::Partition>:apigateway:<AWS::Region>:s3:path\//);
    expect(text(Integration.Credentials)).toBe("<Reader.Arn>");
  }
});

test("the reader's role may read these files and nothing else", () => {
  const role = resourcesOf(pages, "AWS::IAM::Role").Reader as Resource;
  expect(allowedBy(role)).toEqual({
    "s3:GetObject": [{ on: webFiles.map(({ file }) => `arn:<AWS::Partition>:s3:::${objectOf(file)}`).sort() }],
  });
  expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "apigateway.amazonaws.com" } },
  ]);
});

test.each(webFiles)(
  "$path has its media type, the content security policy of all pages, and is cached for minutes at most",
  ({ path, mediaType }) => {
    const headers = { "content-type": mediaType, "cache-control": "public, max-age=300", ...webHeaders };
    const { Integration, MethodResponses } = routes.get(routesOf(path)[0]);
    const ok = Integration.IntegrationResponses.find(({ StatusCode }: { StatusCode: string }) => StatusCode === "200");
    const constants = Object.entries<string>(ok.ResponseParameters).map(([name, value]) => {
      expect(value).toMatch(/^'.*'$/);
      return [name.replace("method.response.header.", ""), value.slice(1, -1)];
    });
    expect(Object.fromEntries(constants)).toEqual(headers);
    // API Gateway leaves out headers that the method does not declare.
    expect(MethodResponses[0]).toEqual({
      StatusCode: "200",
      ResponseParameters: Object.fromEntries(Object.keys(ok.ResponseParameters).map((name) => [name, true])),
    });
  },
);

test("no answer of S3 other than a file reaches the caller", () => {
  for (const { Integration } of methods.values()) {
    expect(Integration.IntegrationResponses).toEqual([
      expect.objectContaining({ SelectionPattern: "200", StatusCode: "200" }),
      { StatusCode: "502", ResponseTemplates: { "application/json": '{"message":"Bad Gateway"}' } },
    ]);
  }
});

test("the files have their own throttle, and are sent compressed", () => {
  const [stage] = ofType("AWS::ApiGateway::Stage");
  expect(stage?.Properties.MethodSettings).toEqual([
    expect.objectContaining({
      HttpMethod: "*",
      ResourcePath: "/*",
      ThrottlingRateLimit: 25,
      ThrottlingBurstLimit: 100,
    }),
  ]);
  const [store] = ofType("AWS::ApiGateway::RestApi");
  expect(store?.Properties).toMatchObject({
    MinimumCompressionSize: 1024,
    EndpointConfiguration: { Types: ["REGIONAL"] },
  });
});

test("the output DocsUrl is the page's address, under the API's own name", () => {
  expect(Object.keys(pages.Outputs)).toEqual(["DocsUrl"]);
  expect(text(pages.Outputs.DocsUrl?.Value, api)).toBe("<HttpApi.ApiEndpoint>/docs");
  const zone = { hostedZoneId: "Z1", hostedZoneName: "clinic.org" };
  const named = synthesize({ apiDomain: "api.clinic.org", ...zone }, []).pages;
  expect(named.Outputs.DocsUrl?.Value).toBe("https://api.clinic.org/docs");
});
