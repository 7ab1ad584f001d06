import { extname } from "node:path";
import { FileSystem } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { accessOf } from "../../lib/access.ts";
import { rowOf } from "../../lib/operations.ts";
import { webFiles, webHeaders } from "../../web/files.ts";
import { buildPortal } from "../../web/portal/build.ts";
import { allowedBy, portal, type Resource, resourcesOf, synthesize, text } from "./synthesis.ts";

const { api, data, pages } = synthesize();
/** All files: those of the API's page, and those of portals' pages, whose names change with their content. */
const files = [
  ...webFiles.map((each) => ({ ...each, cacheControl: "public, max-age=300" })),
  ...portal.files.map((each) => ({ ...each, cacheControl: "public, max-age=31536000, immutable" })),
];
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
/** The integrations that the routes of the HTTP API lead to, by route key. */
const integrations = new Map(
  ofType("AWS::ApiGatewayV2::Route").map(({ Properties }) => {
    const { Ref } = Properties.Target["Fn::Join"][1][1];
    expect(text(Properties.ApiId, api)).toBe("<HttpApi>");
    return [Properties.RouteKey as string, (pages.Resources[Ref] as Resource).Properties];
  }),
);
/** The method of the REST API that answers a GET of a path, or of a file below a route with a variable. */
function methodOf(route: string, file = "") {
  const { IntegrationType, IntegrationMethod, IntegrationUri } = integrations.get(route) ?? {};
  expect({ IntegrationType, IntegrationMethod }).toEqual({ IntegrationType: "HTTP_PROXY", IntegrationMethod: "GET" });
  return methods.get(text(IntegrationUri, pages).replace("{file}", file));
}
const portalRoute = "GET /_portal/{file}";
const routesOf = (path: string) => {
  if (path.startsWith("/_portal/")) return [portalRoute];
  return path === "/docs/" ? ["GET /docs", "GET /docs/{rest+}"] : [`GET ${path}`];
};
const fileIn = (path: string) => path.replace("/_portal/", "");
const pageRoutes = ["GET", "HEAD"].flatMap((method) =>
  ["/", "/{org}", "/{org}/{page+}"].map((path) => `${method} ${path}`),
);

// With weak references CloudFormation plans to replace the routes, which cannot be done.
test("the stack refers to other stacks by strong references", () => {
  for (const { Properties } of ofType("AWS::ApiGatewayV2::Route")) {
    expect(Object.keys(Properties.ApiId)).toEqual(["Fn::ImportValue"]);
  }
  expect(JSON.stringify(pages.Resources)).not.toContain("Fn::GetStackOutput");
});

test("exactly the paths of the files lead through the HTTP API to S3; the files of portals share one route", () => {
  for (const { path, file } of files) {
    for (const route of routesOf(path)) {
      const [, object] = text(methodOf(route, fileIn(path))?.Integration.Uri).split(":s3:path/");
      expect(object).toBe(objectOf(file));
    }
  }
  expect(methods.size).toBe(files.length);
  const ofFiles = new Set(files.flatMap(({ path }) => routesOf(path)));
  expect([...integrations.keys()].sort()).toEqual([...ofFiles, ...pageRoutes].sort());
});

test("files need no function: their integrations are HTTP and S3. There is one function, for the HTML of portals", () => {
  expect([...new Set(Object.values(pages.Resources).map(({ Type }) => Type))].sort()).toEqual([
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
  ]);
  for (const { HttpMethod, Integration } of methods.values()) {
    expect(HttpMethod).toBe("GET");
    expect(Integration).toMatchObject({ Type: "AWS", IntegrationHttpMethod: "GET" });
    expect(text(Integration.Uri)).toMatch(/^arn:<AWS::Partition>:apigateway:<AWS::Region>:s3:path\//);
    expect(text(Integration.Credentials)).toBe("<Reader.Arn>");
  }
  expect(Object.keys(resourcesOf(pages, "AWS::Lambda::Function"))).toEqual(["PortalPageFunction"]);
  for (const route of pageRoutes) expect(integrations.get(route)?.IntegrationType).toBe("AWS_PROXY");
});

test("the function of the pages has exactly its settings, and no access but to its log", () => {
  const { PortalPageFunction } = resourcesOf(pages, "AWS::Lambda::Function");
  const { Variables } = PortalPageFunction?.Properties.Environment ?? {};
  const told = Object.entries(Variables).map(([name, value]) => [name, text(value, api, data)]);
  expect(Object.fromEntries(told)).toEqual({
    PORTAL_URL: "<HttpApi.ApiEndpoint>/{org}",
    PORTAL_SCRIPT: portal.script,
    PORTAL_STYLE: portal.style,
    FILES_ORIGIN: "https://<Files>.s3.<AWS::Region>.amazonaws.com",
  });
  expect(accessOf(rowOf("PortalPage"))).toEqual({});
  const { PortalPageRole } = resourcesOf(pages, "AWS::IAM::Role");
  const log = [{ on: ["<AccessLog.Arn>"] }];
  expect(allowedBy(PortalPageRole as Resource, data)).toEqual({
    "logs:CreateLogStream": log,
    "logs:PutLogEvents": log,
  });
});

// A page names its script. If the function were updated first, it would name a file that is not there yet.
test("the function is updated after the files", () => {
  const [stage] = Object.entries(pages.Resources).find(([, { Type }]) => Type === "AWS::ApiGateway::Stage") ?? [];
  const { PortalPageFunction } = resourcesOf(pages, "AWS::Lambda::Function");
  expect(PortalPageFunction?.DependsOn).toContain(stage);
});

test("without pages, nothing of them is deployed, and another function answers their paths", () => {
  const { templates } = synthesize({ pages: "none" });
  expect(templates).not.toHaveProperty("FrontdeskPages");
  expect(JSON.stringify(templates)).not.toMatch(/PortalPage|_portal/);
  expect(JSON.stringify(templates.FrontdeskApi)).toContain('"RouteKey":"$default"');
});

test("the reader's role may read these files and nothing else", () => {
  const role = resourcesOf(pages, "AWS::IAM::Role").Reader as Resource;
  expect(allowedBy(role)).toEqual({
    // Files with the same content are one object.
    "s3:GetObject": [
      { on: [...new Set(files.map(({ file }) => `arn:<AWS::Partition>:s3:::${objectOf(file)}`))].sort() },
    ],
  });
  expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "apigateway.amazonaws.com" } },
  ]);
});

test.each(files)(
  "$path has its media type, the policy of all files, TLS for a year, and is cached: $cacheControl",
  ({ path, mediaType, cacheControl }) => {
    const headers = {
      "content-type": mediaType,
      "cache-control": cacheControl,
      "strict-transport-security": "max-age=31536000",
      ...webHeaders,
    };
    const { Integration, MethodResponses } = methodOf(routesOf(path)[0] ?? "", fileIn(path));
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

// After an update, a page that is still open asks for files of the version before.
test("a file that is not there is a plain 404, which browsers do not keep", () => {
  expect(ofType("AWS::ApiGateway::GatewayResponse").map(({ Properties }) => Properties)).toEqual([
    {
      RestApiId: { Ref: expect.stringMatching(/^Store/) },
      ResponseType: "MISSING_AUTHENTICATION_TOKEN",
      StatusCode: "404",
      ResponseTemplates: { "application/json": '{"message":"Not Found"}' },
      ResponseParameters: {
        "gatewayresponse.header.cache-control": "'no-store'",
        "gatewayresponse.header.strict-transport-security": "'max-age=31536000'",
        "gatewayresponse.header.x-content-type-options": "'nosniff'",
      },
    },
  ]);
});

// A REST API without binary media types reads what S3 sends as text. One path segment is all that the route takes.
test("the pages of portals are built into text files, with names that the route takes", async () => {
  const built = await buildPortal();
  expect(built.files.map(({ path }) => path)).toContain(`/_portal/${built.script}`);
  for (const { path, mediaType } of built.files) {
    expect(path).toMatch(/^\/_portal\/[\w.-]+$/);
    expect(mediaType).toMatch(/^text\/.*; charset=utf-8$/);
  }
});

test("each file has a throttle, those of portals that of the API; and they are sent compressed", () => {
  const settings = (options: Record<string, string> = {}) => {
    const [stage] = Object.values(resourcesOf(synthesize(options, []).pages, "AWS::ApiGateway::Stage"));
    return (stage as Resource).Properties.MethodSettings.map((each: Record<string, unknown>) =>
      [each.HttpMethod, each.ResourcePath, each.ThrottlingRateLimit, each.ThrottlingBurstLimit].join(" "),
    );
  };
  const ofPortals = (rate: string) => portal.files.map(({ path }) => `GET /${path.replaceAll("/", "~1")} ${rate}`);
  expect(settings()).toEqual(["* /* 25 100", ...ofPortals("200 400")]);
  expect(settings({ requestsPerSecond: "50", requestBurst: "60" })).toEqual(["* /* 25 100", ...ofPortals("50 60")]);
  const [store] = ofType("AWS::ApiGateway::RestApi");
  expect(store?.Properties).toMatchObject({
    MinimumCompressionSize: 1024,
    EndpointConfiguration: { Types: ["REGIONAL"] },
  });
});

test("the output DocsUrl is the address of the API's page, under the API's own name", () => {
  expect(Object.keys(pages.Outputs)).toEqual(["EnvironmentName", "DocsUrl", "PortalUrl"]);
  expect(text(pages.Outputs.DocsUrl?.Value, api)).toBe("<HttpApi.ApiEndpoint>/docs");
  const zone = { hostedZoneId: "Z1", hostedZoneName: "clinic.org" };
  const named = synthesize({ apiDomain: "api.clinic.org", ...zone }, []).pages;
  expect(named.Outputs.DocsUrl?.Value).toBe("https://api.clinic.org/docs");
});
