import { runInNewContext } from "node:vm";
import { CachePolicy, OriginRequestPolicy } from "aws-cdk-lib/aws-cloudfront";
import { expect, test } from "vitest";
import { viewerCode } from "../../cdk/edge-stack.ts";
import { operations } from "../../lib/operations.ts";
import { allowedBy, type Resource, resourcesOf, synthesize, type Template, text } from "./synthesis.ts";

const region = "eu-central-1";
const zone = { hostedZoneId: "Z0123456789", hostedZoneName: "clinic.org" };
const named = { region, ...zone, apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org" };
const steps = ["none", "prepared", "open", "cloudfront"] as const;
type Step = (typeof steps)[number];

/** The templates of each step, with the deployer's names and without. */
const withNames = Object.fromEntries(steps.map((edge) => [edge, synthesize({ ...named, edge })]));
const without = Object.fromEntries(steps.map((edge) => [edge, synthesize({ region, edge })]));
const at = (step: Step, made = withNames) => made[step] as ReturnType<typeof synthesize>;
const edgeOf = (step: Step, made = withNames) => at(step, made).templates.FrontdeskEdge as Template;

const routesOf = (step: Step, made = withNames) =>
  Object.values(at(step, made).templates).flatMap(({ Resources }) =>
    Object.entries(Resources).filter(([, { Type }]) => Type === "AWS::ApiGatewayV2::Route"),
  );
const authorizerOf = (step: Step) =>
  Object.values(resourcesOf(at(step).api, "AWS::ApiGatewayV2::Authorizer")).map(({ Properties }) => Properties);
const distributionsOf = (step: Step, made = withNames) =>
  Object.fromEntries(
    Object.entries(resourcesOf(edgeOf(step, made), "AWS::CloudFront::Distribution")).map(([id, { Properties }]) => [
      id.replace("Distribution", ""),
      Properties.DistributionConfig,
    ]),
  );

test("there is an edge stack, in us-east-1 and named after the API's region, in every step but the first", () => {
  for (const step of steps) expect("FrontdeskEdge" in at(step).templates).toBe(step !== "none");
});

test("with edge=none no route has an authorizer, and with edge=prepared the API has one that no route uses", () => {
  expect(authorizerOf("none")).toEqual([]);
  expect(authorizerOf("prepared")).toHaveLength(1);
  for (const step of ["none", "prepared"] as const) {
    const types = routesOf(step).map(([, { Properties }]) => [Properties.AuthorizationType, Properties.AuthorizerId]);
    expect(new Set(types.map(String))).toEqual(new Set(["NONE,"]));
  }
});

test.each(["open", "cloudfront"] as const)(
  "with edge=%s every route of every stack has the authorizer, $default, OPTIONS and files of pages included",
  (step) => {
    const { api } = at(step);
    const routes = routesOf(step);
    const keys = routes.map(([, { Properties }]) => Properties.RouteKey as string);
    expect(keys).toEqual(expect.arrayContaining(["$default", "GET /_portal/{file}", "GET /docs"]));
    expect(keys.some((key) => key.startsWith("OPTIONS "))).toBe(true);
    for (const [, { Properties }] of routes) {
      expect([Properties.RouteKey, Properties.AuthorizationType]).toEqual([Properties.RouteKey, "CUSTOM"]);
      expect(text(Properties.AuthorizerId, api)).toBe("<EdgeGuardAuthorizer>");
    }
  },
);

test("no step changes the logical id or the key of a route, so no step replaces one", () => {
  const idsOf = (step: Step) => routesOf(step).map(([id, { Properties }]) => [id, Properties.RouteKey]);
  for (const step of steps) expect(idsOf(step)).toEqual(idsOf("none"));
});

// An export could not be removed while routes in other stacks import it, and the API's stack is updated before theirs.
test("routes in other stacks read the authorizer's id as an output, not as an export", () => {
  for (const template of [at("open").accounts, at("open").pages]) {
    for (const { Properties } of Object.values(resourcesOf(template, "AWS::ApiGatewayV2::Route"))) {
      expect(Object.keys(Properties.AuthorizerId)).toEqual(["Fn::GetStackOutput"]);
    }
  }
  const exported = (step: Step) => Object.values(at(step).api.Outputs).flatMap(({ Export }) => Export?.Name ?? []);
  for (const step of steps) expect(exported(step).sort()).toEqual(exported("none").sort());
});

test("with edge=cloudfront API Gateway itself refuses requests without CloudFront's header, and keeps the answer about a value", () => {
  expect(authorizerOf("cloudfront")).toEqual([
    expect.objectContaining({
      AuthorizerType: "REQUEST",
      AuthorizerPayloadFormatVersion: "2.0",
      EnableSimpleResponses: true,
      IdentitySource: ["$request.header.frontdesk-edge"],
      AuthorizerResultTtlInSeconds: 300,
    }),
  ]);
});

test("before, the authorizer is asked about every request, also about those without the header", () => {
  for (const step of ["prepared", "open"] as const) {
    const [authorizer] = authorizerOf(step);
    // Every request has a route.
    expect(authorizer.IdentitySource).toEqual(["$context.routeKey"]);
    expect(authorizer.AuthorizerResultTtlInSeconds).toBe(0);
  }
});

test("the authorizer's function may read CloudFront's secret and nothing else, and only this API's authorizer may call it", () => {
  const { api } = at("cloudfront");
  const { EdgeGuardAdmitCloudFrontRole: role } = resourcesOf(api, "AWS::IAM::Role");
  const log = [{ on: ["<EdgeGuardAdmitCloudFrontLog.Arn>"] }];
  const secret = "FrontdeskEdge-eu-central-1/CloudFrontSecret";
  expect(allowedBy(role as Resource)).toEqual({
    "logs:CreateLogStream": log,
    "logs:PutLogEvents": log,
    "secretsmanager:GetSecretValue": [
      { on: [`arn:<AWS::Partition>:secretsmanager:us-east-1:<AWS::AccountId>:secret:${secret}-??????`] },
    ],
  });
  const [made] = Object.values(resourcesOf(edgeOf("cloudfront"), "AWS::SecretsManager::Secret"));
  expect(made?.Properties.Name).toBe(secret);
  const { EdgeGuardAdmitCloudFrontFunction: admit, EdgeGuardAdmitCloudFrontFunctionGateway: permission } = {
    ...resourcesOf(api, "AWS::Lambda::Function"),
    ...resourcesOf(api, "AWS::Lambda::Permission"),
  };
  expect(admit?.Properties.Environment.Variables).toEqual({
    EDGE_SECRET_NAME: secret,
    EDGE_SECRET_REGION: "us-east-1",
    EDGE_ONLY: "true",
    EDGE_SECRET_VERSION: "1",
  });
  expect(text(permission?.Properties.SourceArn)).toMatch(/:<HttpApi>\/authorizers\/<EdgeGuardAuthorizer>$/);
});

test.each(["prepared", "open"] as const)("with edge=%s the authorizer admits everybody", (step) => {
  const { EdgeGuardAdmitCloudFrontFunction: admit } = resourcesOf(at(step).api, "AWS::Lambda::Function");
  expect(admit?.Properties.Environment.Variables.EDGE_ONLY).toBe("false");
});

test("each name has a distribution, with TLS 1.2 from 2021 on, HTTP/2 and HTTP/3", () => {
  const { Api, Portals, ...others } = distributionsOf("cloudfront");
  expect(others).toEqual({});
  expect([Api.Aliases, Portals.Aliases]).toEqual([["api.clinic.org"], ["*.portal.clinic.org"]]);
  for (const { HttpVersion, ViewerCertificate, IPV6Enabled, WebACLId } of [Api, Portals]) {
    expect({ HttpVersion, IPV6Enabled }).toEqual({ HttpVersion: "http2and3", IPV6Enabled: true });
    expect(ViewerCertificate).toMatchObject({ MinimumProtocolVersion: "TLSv1.2_2021", SslSupportMethod: "sni-only" });
    expect(text(ViewerCertificate.AcmCertificateArn)).toBe("<Certificate>");
    expect(text(WebACLId)).toBe("<FirewallAcl.Arn>");
  }
});

// API Gateway finds the API by the host that CloudFront forwards, behind the address that it has given this name.
test("a distribution asks the name that API Gateway has given its domain, with the caller's host", () => {
  const { api } = at("cloudfront");
  for (const [side, config] of Object.entries(distributionsOf("cloudfront"))) {
    expect(config.Origins).toHaveLength(1);
    expect(text(config.Origins[0].DomainName, api)).toBe(`<${side}Domain.RegionalDomainName>`);
    for (const behavior of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) {
      expect(behavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId);
    }
  }
});

test("without names of the deployer's, one distribution asks AWS's name of the API, with that name as the host", () => {
  const { Api, ...others } = distributionsOf("cloudfront", without);
  expect(others).toEqual({});
  expect([Api.Aliases, Api.ViewerCertificate]).toEqual([undefined, undefined]);
  const origin = text(Api.Origins[0].DomainName, at("cloudfront", without).api);
  expect(origin).toBe("<HttpApi>.execute-api.eu-central-1.<AWS::URLSuffix>");
  const { ALL_VIEWER_EXCEPT_HOST_HEADER: policy } = OriginRequestPolicy;
  expect(Api.DefaultCacheBehavior.OriginRequestPolicyId).toBe(policy.originRequestPolicyId);
});

test("with portalDomain alone, portals have their name, and the API has CloudFront's", () => {
  const { FrontdeskEdge } = synthesize({
    region,
    ...zone,
    portalDomain: "portal.clinic.org",
    edge: "cloudfront",
  }).templates;
  const distributions = resourcesOf(FrontdeskEdge as Template, "AWS::CloudFront::Distribution");
  const aliases = Object.values(distributions).map(({ Properties }) => Properties.DistributionConfig.Aliases);
  expect(aliases).toEqual([undefined, ["*.portal.clinic.org"]]);
  const [certificate] = Object.values(resourcesOf(FrontdeskEdge as Template, "AWS::CertificateManager::Certificate"));
  expect(certificate?.Properties.DomainName).toBe("*.portal.clinic.org");
});

test("CloudFront sends the secret with each request, over TLS, and takes a rotated one with the next edgeSecretVersion", () => {
  const comments = new Set<string>();
  for (const edgeSecretVersion of ["1", "2"]) {
    const { api, templates } = synthesize({ ...named, edge: "cloudfront", edgeSecretVersion }, operations.slice(0, 1));
    const { FrontdeskEdge } = templates;
    // With another environment, Lambda starts new instances, which do not know the value from before two rotations.
    const { EdgeGuardAdmitCloudFrontFunction: admit } = resourcesOf(api, "AWS::Lambda::Function");
    expect(admit?.Properties.Environment.Variables.EDGE_SECRET_VERSION).toBe(edgeSecretVersion);
    for (const { Properties } of Object.values(
      resourcesOf(FrontdeskEdge as Template, "AWS::CloudFront::Distribution"),
    )) {
      const { Origins, Comment } = Properties.DistributionConfig;
      expect(Origins[0].CustomOriginConfig).toMatchObject({
        OriginProtocolPolicy: "https-only",
        OriginSSLProtocols: ["TLSv1.2"],
      });
      const [{ HeaderName, HeaderValue }, ...others] = Origins[0].OriginCustomHeaders;
      expect(others).toEqual([]);
      expect(HeaderName).toBe("frontdesk-edge");
      expect(text(HeaderValue)).toBe("{{resolve:secretsmanager:<Secret>:SecretString:::}}");
      comments.add(Comment);
    }
  }
  // CloudFormation reads the secret again when another property of the distribution changes.
  expect(comments.size).toBe(2);
});

test("all methods pass, nothing is stored but the files of portals, and those as long as their answers say", () => {
  const [files] = Object.values(resourcesOf(edgeOf("cloudfront"), "AWS::CloudFront::CachePolicy"));
  expect(files?.Properties.CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 31_536_000 });
  const key = files?.Properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin;
  expect([key.CookiesConfig, key.HeadersConfig, key.QueryStringsConfig]).toEqual([
    { CookieBehavior: "none" },
    { HeaderBehavior: "none" },
    { QueryStringBehavior: "none" },
  ]);
  for (const { DefaultCacheBehavior, CacheBehaviors } of Object.values(distributionsOf("cloudfront"))) {
    expect(DefaultCacheBehavior.CachePolicyId).toBe(CachePolicy.CACHING_DISABLED.cachePolicyId);
    expect(CacheBehaviors).toHaveLength(1);
    expect(CacheBehaviors[0].PathPattern).toBe("/_portal/*");
    expect(text(CacheBehaviors[0].CachePolicyId)).toBe("<Files>");
    for (const { AllowedMethods, ViewerProtocolPolicy } of [DefaultCacheBehavior, ...CacheBehaviors]) {
      expect(AllowedMethods.toSorted()).toEqual(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
      expect(ViewerProtocolPolicy).toBe("https-only");
    }
  }
});

// CloudFront stores these for ten seconds otherwise, and answers other callers with them, even if `no-store` forbids it.
test("CloudFront stores no error", () => {
  for (const { CustomErrorResponses } of Object.values(distributionsOf("cloudfront"))) {
    expect(CustomErrorResponses).toEqual(
      [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((ErrorCode) => ({
        ErrorCode,
        ErrorCachingMinTTL: 0,
      })),
    );
  }
});

test("CloudFront replaces what a viewer sent as their own address", () => {
  const handler = runInNewContext(`${viewerCode}; handler`);
  for (const ip of ["203.0.113.9", "2001:db8::7"]) {
    const headers = { accept: { value: "*/*" }, "frontdesk-viewer-address": { value: "198.51.100.1" } };
    expect(handler({ viewer: { ip }, request: { uri: "/", headers } })).toEqual({
      uri: "/",
      headers: { accept: { value: "*/*" }, "frontdesk-viewer-address": { value: ip } },
    });
  }
});

test("every behaviour names the viewer's address", () => {
  for (const { DefaultCacheBehavior, CacheBehaviors } of Object.values(distributionsOf("cloudfront"))) {
    for (const { FunctionAssociations } of [DefaultCacheBehavior, ...CacheBehaviors]) {
      expect(FunctionAssociations).toHaveLength(1);
      expect(FunctionAssociations[0].EventType).toBe("viewer-request");
      expect(text(FunctionAssociations[0].FunctionARN)).toBe("<ViewerAddress.FunctionARN>");
    }
  }
});

test("DNS records lead to the API until edge=open, and then to CloudFront, under the same logical ids", () => {
  const recordsOf = (step: Step) =>
    Object.fromEntries(
      Object.entries(resourcesOf(at(step).api, "AWS::Route53::RecordSet")).map(([id, { Properties }]) => [
        id,
        text(Properties.AliasTarget.DNSName, edgeOf("cloudfront")),
      ]),
    );
  const toApi = {
    ApiRecord: "<ApiDomain.RegionalDomainName>",
    ApiRecord6: "<ApiDomain.RegionalDomainName>",
    PortalsRecord: "<PortalsDomain.RegionalDomainName>",
    PortalsRecord6: "<PortalsDomain.RegionalDomainName>",
  };
  const toEdge = {
    ApiRecord: "<ApiDistribution.DomainName>",
    ApiRecord6: "<ApiDistribution.DomainName>",
    PortalsRecord: "<PortalsDistribution.DomainName>",
    PortalsRecord6: "<PortalsDistribution.DomainName>",
  };
  const found = steps.map((step) =>
    Object.fromEntries(Object.entries(recordsOf(step)).map(([id, target]) => [id.replace(/[0-9A-F]{8}$/, ""), target])),
  );
  expect(found).toEqual([toApi, toApi, toEdge, toEdge]);
});

test("the API reads CloudFront's names in us-east-1, and only when CloudFront is there: from edge=open on", () => {
  const read = (step: Step, made = withNames) =>
    JSON.stringify(at(step, made).api).match(/\{"StackName":"FrontdeskEdge[^}]*\}/g) ?? [];
  for (const step of ["none", "prepared"] as const) {
    expect([...read(step), ...read(step, without)]).toEqual([]);
  }
  const place = '{"StackName":"FrontdeskEdge-eu-central-1","OutputName":"ApiName","Region":"us-east-1"}';
  for (const step of ["open", "cloudfront"] as const) {
    for (const made of [withNames, without]) {
      expect(read(step, made).map((each) => JSON.parse(each))).toContainEqual(JSON.parse(place));
    }
  }
});

test("without names of the deployer's, portals and mailed links are at CloudFront's name from edge=open on", () => {
  const urls = steps.map((step) => {
    const { AccountLoginFunction: login } = resourcesOf(at(step, without).api, "AWS::Lambda::Function");
    const { api, templates } = at(step, without);
    return text(login?.Properties.Environment.Variables.PORTAL_URL, api, templates.FrontdeskEdge ?? api);
  });
  const [atApi, atEdge] = ["<HttpApi.ApiEndpoint>/{org}", "https://<ApiDistribution.DomainName>/{org}"];
  expect(urls).toEqual([atApi, atApi, atEdge, atEdge]);
});

test("the bucket takes uploads from pages at CloudFront's name, if portals may be there", () => {
  const originsOf = ({ data }: ReturnType<typeof synthesize>) =>
    Object.values(resourcesOf(data, "AWS::S3::Bucket")).flatMap(({ Properties }) =>
      Properties.CorsConfiguration.CorsRules[0].AllowedOrigins.map((origin: unknown) => text(origin)),
    );
  expect(originsOf(at("cloudfront", without))).toContain("https://*.cloudfront.net");
  for (const other of [at("none", without), at("cloudfront")]) {
    expect(originsOf(other)).not.toContain("https://*.cloudfront.net");
  }
});

test("CloudFront's certificate is made with the zone, for both names, or is the deployer's", () => {
  const certificatesOf = (template: Template) =>
    Object.values(resourcesOf(template, "AWS::CertificateManager::Certificate")).map(({ Properties }) => [
      Properties.DomainName,
      ...Properties.SubjectAlternativeNames,
    ]);
  expect(certificatesOf(edgeOf("cloudfront"))).toEqual([["api.clinic.org", "*.portal.clinic.org"]]);
  const edgeCertificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/edge";
  const { FrontdeskEdge } = synthesize({
    region,
    apiDomain: "api.clinic.org",
    certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/api",
    edge: "cloudfront",
    edgeCertificateArn,
  }).templates;
  expect(certificatesOf(FrontdeskEdge as Template)).toEqual([]);
  const [distribution] = Object.values(resourcesOf(FrontdeskEdge as Template, "AWS::CloudFront::Distribution"));
  expect(distribution?.Properties.DistributionConfig.ViewerCertificate.AcmCertificateArn).toBe(edgeCertificateArn);
});

test("the gateway's log says whether a request came through CloudFront", () => {
  const formatOf = (step: Step) => {
    const [stage] = Object.values(resourcesOf(at(step).api, "AWS::ApiGatewayV2::Stage"));
    return JSON.parse(stage?.Properties.AccessLogSettings.Format);
  };
  expect(formatOf("none")).not.toHaveProperty("throughEdge");
  for (const step of ["prepared", "open", "cloudfront"] as const) {
    expect(formatOf(step)).toMatchObject({
      sourceIp: "$context.identity.sourceIp",
      throughEdge: "$context.authorizer.throughEdge",
    });
  }
});

test("two Frontdesks of an account, of other names or in other regions, share no name at the edge", () => {
  const namesOf = (options: Readonly<Record<string, string>>) => {
    const { templates } = synthesize({ ...options, edge: "cloudfront" }, operations.slice(0, 1));
    const [edge] = Object.entries(templates).flatMap(([id, template]) => (id.endsWith("Edge") ? [template] : []));
    return JSON.stringify(edge).match(/"(Name|LogGroupName)":"[^"]*(Frontdesk|Second)[^"]*"/g) ?? [];
  };
  const all = [{ region }, { region: "us-east-1" }, { region, name: "Second" }].map(namesOf);
  expect(all.map((each) => each.length)).toEqual([4, 4, 4]);
  expect(new Set(all.flat()).size).toBe(12);
});

test("with the longest name that the options allow, the name of CloudFront's function has 64 characters", () => {
  const longest = synthesize({ region: "ap-southeast-1", edge: "prepared", name: "x".repeat(38) }, []).templates;
  const [viewer] = Object.values(
    resourcesOf(longest[`${"x".repeat(38)}Edge`] as Template, "AWS::CloudFront::Function"),
  );
  expect(viewer?.Properties.Name).toHaveLength(64);
});
