import { expect, test } from "vitest";
import { isInAccountsStack } from "../../cdk/accounts-stack.ts";
import { limitsCalls, type Operation, operations } from "../../lib/operations.ts";
import { plain, type Resource, resourcesOf, synthesize, type Template, text } from "./synthesis.ts";

const rows: readonly Operation[] = operations;
const { data, api, accounts, pages, templates } = synthesize();
/** The stacks with the functions of operations. */
const ofOperations = [api, accounts, pages];
const producers = [data, api];

const functionsOf = (template: Template) =>
  Object.fromEntries(
    Object.entries(resourcesOf(template, "AWS::Lambda::Function")).map(([id, resource]) => [
      id.replace(/Function$/, ""),
      resource.Properties,
    ]),
  );
const functions = { ...functionsOf(api), ...functionsOf(accounts), ...functionsOf(pages) };

/** The resources of a type in the stacks with the functions of operations. */
const inAll = (type: string) =>
  ofOperations.flatMap(({ Resources }) => Object.values(Resources).filter(({ Type }) => Type === type));

/** The operation id of each route in a template, by route key. */
function routesOf(template: Template): Record<string, string> {
  return Object.fromEntries(
    Object.values(template.Resources)
      .filter(({ Type }) => Type === "AWS::ApiGatewayV2::Route")
      .flatMap(({ Properties }) => {
        const [prefix, integration] = Properties.Target["Fn::Join"][1];
        expect(prefix).toBe("integrations/");
        const to = template.Resources[integration.Ref] as Resource;
        // Other routes of the pages stack lead to files.
        if (to.Properties.IntegrationType !== "AWS_PROXY") return [];
        const id = plain(to.Properties.IntegrationUri["Fn::GetAtt"][0]).replace(/Function$/, "");
        return [[Properties.RouteKey, id]];
      }),
  );
}

test("each row has exactly one function", () => {
  expect(Object.keys(functions).sort()).toEqual(rows.map(({ id }) => id).sort());
});

test("the routes are the registry's, no more and no less, each in one stack", () => {
  const expected = rows.flatMap(({ id, method, paths }) =>
    paths.flatMap((path) => {
      if (path === "$default") return [["$default", id]];
      const pattern = path.endsWith("/") && path !== "/" ? `${path}{rest+}` : path;
      const methods = method === "GET" && pattern === path ? ["GET", "HEAD"] : [method];
      return methods.map((each) => [`${each} ${pattern}`, id]);
    }),
  );
  const routes = ofOperations.map(routesOf);
  expect(Object.assign({}, ...routes)).toEqual(Object.fromEntries(expected));
  expect(routes.flatMap((each) => Object.keys(each))).toHaveLength(expected.length);
  expect(routesOf(api)).toMatchObject({
    "POST /api/io/PracticeCreate": "PracticeCreate",
    "POST /api/io/practiceCreate": "PracticeCreate",
    "POST /io/PracticeCreate": "PracticeCreate",
    "POST /io/practiceCreate": "PracticeCreate",
    $default: "Unmatched",
  });
});

/** AWS's default quota of routes for one API. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const routesMax = 300;
const allRoutes = Object.values(templates).flatMap(({ Resources }) =>
  Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::ApiGatewayV2::Route" ? [Properties.RouteKey as string] : [],
  ),
);
const routesLeft = routesMax - allRoutes.length;
test(`the routes, including those of pages, exist once over all stacks; of the quota of an API ${routesLeft} are left`, () => {
  expect(allRoutes.length).toBeGreaterThan(ofOperations.flatMap((each) => Object.keys(routesOf(each))).length);
  expect(allRoutes.toSorted()).toEqual([...new Set(allRoutes)].sort());
  expect(routesLeft).toBeGreaterThanOrEqual(0);
});

test("a GET also gets a HEAD route, but not at a path with a slash at its end; ANY stays ANY, and a slash at the end becomes a greedy variable", () => {
  const row = { family: "edge", tier: "none", table: "none", memory: "small", summary: "" } as const;
  const made = synthesize({}, [
    { ...row, id: "Read", method: "GET", paths: ["/things/{thingId}", "/things/{thingId}/"] },
    { ...row, id: "Anything", method: "ANY", paths: ["/anything"] },
  ]).api;
  expect(routesOf(made)).toEqual({
    "GET /things/{thingId}": "Read",
    "HEAD /things/{thingId}": "Read",
    "GET /things/{thingId}/{rest+}": "Read",
    "ANY /anything": "Anything",
  });
});

test("each function has one integration, with payload format 2.0", () => {
  const integrations = inAll("AWS::ApiGatewayV2::Integration").filter(
    ({ Properties }) => Properties.IntegrationType !== "HTTP_PROXY",
  );
  expect(integrations).toHaveLength(rows.length);
  for (const { Properties } of integrations) {
    expect(Properties).toMatchObject({ IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0" });
  }
});

test("a function has one permission, which only lets this API call it", () => {
  const permissions = inAll("AWS::Lambda::Permission");
  const of = Object.fromEntries(
    permissions.map(({ Properties }) => [
      text(Properties.FunctionName).replace(/^<(.*)Function\.Arn>$/, "$1"),
      { by: Properties.Principal, from: text(Properties.SourceArn, ...producers) },
    ]),
  );
  expect(permissions).toHaveLength(rows.length);
  const source = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<HttpApi>";
  expect(of).toEqual(
    // The source ARN of a route ends with `{stage}/{method}/{path}`; that of `$default` ends with `{stage}/$default`.
    Object.fromEntries(
      rows.map(({ id }) => [
        id,
        { by: "apigateway.amazonaws.com", from: `${source}${id === "Unmatched" ? "/*/*" : "/*/*/*"}` },
      ]),
    ),
  );
});

test("functions run on Node.js 24 and arm64, with the memory of their class", () => {
  for (const { id, memory, summary } of rows) {
    expect(functions[id]).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      MemorySize: { small: 512, hash: 1769 }[memory],
      Timeout: 15,
      Description: summary,
    });
  }
});

test("a function's settings name the table, the secret if it seals, the bucket if it signs addresses, and limits of calls; a function without the table has none of them", () => {
  for (const row of rows.filter(({ id }) => id !== "PortalPage")) {
    const { id, seals, files, table, tier } = row;
    const { Variables = {} } = functions[id]?.Environment ?? {};
    const told = Object.entries(Variables).map(([name, value]) => [name, text(value, ...producers)]);
    const settings = {
      TABLE_NAME: "<Table>",
      DIRECT_DOMAIN: "direct.example.com",
      EVENT_YEARS: "6",
      ...(["portal", "visitor", "session"].includes(tier) && { PORTAL_URL: "<HttpApi.ApiEndpoint>/{org}" }),
      ...(seals && { SEAL_SECRET_ARN: "<SealSecret>" }),
      ...(files && { FILES_BUCKET: "<Files>" }),
      ...(limitsCalls(row) && { ENTRANCES_PER_ADDRESS: "60", ENTRANCES_PER_APPLICATION: "1200" }),
    };
    expect(Object.fromEntries(told)).toEqual(table === "none" ? {} : settings);
  }
  expect(functions.PracticeList?.Environment.Variables).toHaveProperty("SEAL_SECRET_ARN");
  expect(functions.UserList?.Environment.Variables).toHaveProperty("SEAL_SECRET_ARN");
});

// Regression: without a domain of the deployer's, mailed links led to portal.example.com.
test.each([
  [{}, "<HttpApi.ApiEndpoint>/{org}"],
  [{ apiDomain: "api.clinic.org" }, "https://api.clinic.org/{org}"],
  [{ portalDomain: "portal.clinic.org" }, "https://{org}.portal.clinic.org"],
  [{ apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org" }, "https://{org}.portal.clinic.org"],
])("mailed links and pages of portals have the same address, in each stack: %j", (names, address) => {
  const zone = { hostedZoneId: "Z1", hostedZoneName: "clinic.org" };
  const used = rows.filter(({ id }) => ["AccountRegister", "AccountStatus", "PortalPage"].includes(id));
  const made = synthesize({ ...names, ...(Object.keys(names).length > 0 && zone) }, used);
  const addresses = [made.api, made.accounts, made.pages].flatMap((template) =>
    Object.entries(functionsOf(template)).map(([id, { Environment }]) => [
      id,
      text(Environment.Variables.PORTAL_URL, made.api),
    ]),
  );
  expect(Object.fromEntries(addresses)).toEqual(Object.fromEntries(used.map(({ id }) => [id, address])));
  expect(text(made.pages.Outputs.PortalUrl?.Value, made.api)).toBe(address);
});

test("the deployer's options set the Direct domain and the portals' address", () => {
  const options = { directDomain: "mail.clinic.org", portalUrl: "https://clinic.org/{org}" };
  const [made] = Object.values(
    functionsOf(
      synthesize(
        options,
        rows.filter(({ id }) => id === "AccountLogin"),
      ).api,
    ),
  );
  expect(made?.Environment.Variables).toMatchObject({
    DIRECT_DOMAIN: options.directDomain,
    PORTAL_URL: options.portalUrl,
  });
});

test("all functions log JSON to one access log, without Lambda's own lines about calls that went well", () => {
  for (const { id } of rows) {
    const { LogFormat, SystemLogLevel, LogGroup } = functions[id]?.LoggingConfig ?? {};
    expect({ LogFormat, SystemLogLevel }).toEqual({ LogFormat: "JSON", SystemLogLevel: "WARN" });
    expect(text(LogGroup, data)).toBe("<AccessLog>");
  }
});

test("the access log outlives its stack, and is kept for as many years as the deployer says", () => {
  const groups = resourcesOf(data, "AWS::Logs::LogGroup");
  expect(Object.keys(groups)).toEqual(["AccessLog"]);
  expect(groups.AccessLog).toMatchObject({
    Properties: { RetentionInDays: 2192 },
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
  });
  const longer = synthesize({ accessLogYears: "10" }, rows.slice(0, 1)).data;
  expect(resourcesOf(longer, "AWS::Logs::LogGroup").AccessLog?.Properties.RetentionInDays).toBe(3653);
});

test("the gateway has its own log group, which is kept for as many days as the deployer says", () => {
  expect(resourcesOf(accounts, "AWS::Logs::LogGroup")).toEqual({});
  const groups = resourcesOf(api, "AWS::Logs::LogGroup");
  expect(Object.keys(groups)).toEqual(["GatewayLog"]);
  expect(groups.GatewayLog?.Properties).toMatchObject({ RetentionInDays: 365 });
  const shorter = resourcesOf(synthesize({ logRetentionDays: "30" }, rows.slice(0, 1)).api, "AWS::Logs::LogGroup");
  expect(shorter.GatewayLog?.Properties).toMatchObject({ RetentionInDays: 30 });
});

// API Gateway writes each log group into a policy of the account that has room for 5,120 characters, but not these.
test("the gateway's log group is one of /aws/vendedlogs/, stays, and has another name in each stack", () => {
  const group = resourcesOf(api, "AWS::Logs::LogGroup").GatewayLog;
  expect(text(group?.Properties.LogGroupName)).toBe("/aws/vendedlogs/FrontdeskApi/<AWS::StackId>[2]");
  // A stack that could not be created leaves none behind.
  expect(group).toMatchObject({ DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
  expect(text(api.Outputs.GatewayLogName?.Value)).toBe("<GatewayLog>");
});

test("the stage throttles, and logs the address, and nothing else that could identify a person", () => {
  const stages = Object.values(resourcesOf(api, "AWS::ApiGatewayV2::Stage"));
  expect(stages).toHaveLength(1);
  const { StageName, AutoDeploy, DefaultRouteSettings, AccessLogSettings } = stages[0]?.Properties ?? {};
  expect({ StageName, AutoDeploy }).toEqual({ StageName: "$default", AutoDeploy: true });
  expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 });
  expect(text(AccessLogSettings.DestinationArn, data)).toBe("<GatewayLog.Arn>");
  expect(Object.values(JSON.parse(AccessLogSettings.Format)).sort()).toEqual([
    "$context.error.responseType",
    "$context.identity.sourceIp",
    "$context.integrationLatency",
    "$context.integrationStatus",
    "$context.requestId",
    "$context.requestTime",
    "$context.responseLatency",
    "$context.responseLength",
    "$context.routeKey",
    "$context.status",
  ]);
});

test("the output ApiUrl is the API's address", () => {
  expect(text(api.Outputs.ApiUrl?.Value, data)).toBe("<HttpApi.ApiEndpoint>");
});

test("each route where strangers can try passwords has its own, lower throttle", () => {
  const [{ Properties, DependsOn = [] } = { Properties: {} }] = Object.values(
    resourcesOf(api, "AWS::ApiGatewayV2::Stage"),
  );
  const keys = Object.entries({ ...routesOf(api), ...routesOf(accounts) })
    .filter(([, id]) => rows.find((row) => row.id === id)?.entrance)
    .map(([key]) => key);
  expect(keys).toEqual(expect.arrayContaining(["POST /{org}/v2/accounts/login", "POST /api/io/PingWithAuth"]));
  const low = { ThrottlingRateLimit: 25, ThrottlingBurstLimit: 50 };
  expect(Properties.RouteSettings).toEqual(Object.fromEntries(keys.map((key) => [key, low])));
  // API Gateway refuses settings for a route that does not exist yet.
  const routes = Object.entries(api.Resources).filter(([, { Properties }]) => keys.includes(Properties.RouteKey));
  expect(routes).toHaveLength(keys.length);
  expect(DependsOn).toEqual(expect.arrayContaining(routes.map(([id]) => id)));
  const options = { entrancesPerSecond: "5", entranceBurst: "9" };
  const [changed] = Object.values(resourcesOf(synthesize(options).api, "AWS::ApiGatewayV2::Stage"));
  expect(changed?.Properties.RouteSettings["POST /{org}/v2/accounts/login"]).toEqual({
    ThrottlingRateLimit: 5,
    ThrottlingBurstLimit: 9,
  });
});

test("the deployer's domain names lead to the stage; with a hosted zone there are a certificate and DNS records", () => {
  const names = { apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org" };
  const zone = { hostedZoneId: "Z1", hostedZoneName: "clinic.org" };
  const made = synthesize({ ...names, ...zone }, rows.slice(0, 1)).api;
  const domains = Object.values(resourcesOf(made, "AWS::ApiGatewayV2::DomainName")).map(({ Properties }) => Properties);
  expect(domains.map(({ DomainName }) => DomainName)).toEqual(["api.clinic.org", "*.portal.clinic.org"]);
  for (const { DomainNameConfigurations } of domains) {
    expect(DomainNameConfigurations).toEqual([
      expect.objectContaining({ EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" }),
    ]);
  }
  const [certificate] = Object.values(resourcesOf(made, "AWS::CertificateManager::Certificate"));
  expect(certificate?.Properties).toMatchObject({
    DomainName: "api.clinic.org",
    SubjectAlternativeNames: ["*.portal.clinic.org"],
    ValidationMethod: "DNS",
  });
  const records = Object.values(resourcesOf(made, "AWS::Route53::RecordSet")).map(({ Properties }) => [
    Properties.Name,
    Properties.Type,
  ]);
  expect(records.sort()).toEqual([
    ["*.portal.clinic.org.", "A"],
    ["*.portal.clinic.org.", "AAAA"],
    ["api.clinic.org.", "A"],
    ["api.clinic.org.", "AAAA"],
  ]);
  expect(Object.values(resourcesOf(made, "AWS::ApiGatewayV2::ApiMapping"))).toHaveLength(2);
  expect(resourcesOf(made, "AWS::ApiGatewayV2::Api").HttpApi?.Properties.DisableExecuteApiEndpoint).toBe(true);
  expect(made.Outputs.ApiUrl?.Value).toBe("https://api.clinic.org");
});

test("with the deployer's own certificate, outputs say which CNAME records to create", () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
  const made = synthesize({ apiDomain: "api.clinic.org", certificateArn }, rows.slice(0, 1)).api;
  const [domain] = Object.values(resourcesOf(made, "AWS::ApiGatewayV2::DomainName"));
  expect(domain?.Properties.DomainNameConfigurations[0].CertificateArn).toBe(certificateArn);
  expect(text(made.Outputs.ApiCname?.Value)).toBe("<ApiDomain.RegionalDomainName>");
  expect(resourcesOf(made, "AWS::Route53::RecordSet")).toEqual({});
});

test("without domain names the API answers at AWS's name", () => {
  expect(resourcesOf(api, "AWS::ApiGatewayV2::DomainName")).toEqual({});
  expect(resourcesOf(api, "AWS::ApiGatewayV2::Api").HttpApi?.Properties.DisableExecuteApiEndpoint).toBe(false);
});

test.each(Object.entries(templates))("%s fits into CloudFormation's limits", (_, template) => {
  // A stack may have 500 resources. A stack that reaches 400 must be divided, before new operations make it too large.
  expect(Object.keys(template.Resources).length).toBeLessThan(400);
  expect(Object.keys(template.Outputs ?? {}).length).toBeLessThan(200);
  expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
});

test("the accounts stack has the functions of accounts, without entrances: the stage sets the throttles of those", () => {
  const ids = (template: Template) => Object.keys(functionsOf(template)).sort();
  const moved = rows.filter(({ family, entrance }) => family === "accounts" && !entrance).map(({ id }) => id);
  expect(rows.filter(isInAccountsStack).map(({ id }) => id)).toEqual(moved);
  expect(ids(accounts)).toEqual(moved.sort());
  expect(ids(api)).toEqual(expect.arrayContaining(["AccountLogin", "AccountRegister", "Ping", "Unmatched"]));
});

// With weak references CloudFormation plans to replace the routes, which cannot be done.
test("the accounts stack refers to other stacks by strong references", () => {
  for (const { Properties } of Object.values(resourcesOf(accounts, "AWS::ApiGatewayV2::Route"))) {
    expect(text(Properties.ApiId, api)).toBe("<HttpApi>");
    expect(Object.keys(Properties.ApiId)).toEqual(["Fn::ImportValue"]);
  }
  expect(JSON.stringify(accounts.Resources)).not.toContain("Fn::GetStackOutput");
});

test("another name makes another Frontdesk", () => {
  const { terminationProtection } = synthesize({ name: "Staging" }, rows.slice(0, 1));
  expect(terminationProtection).toEqual({
    StagingData: true,
    StagingApi: false,
    StagingAccounts: false,
    StagingMessages: false,
    StagingImages: false,
    StagingCleanUp: false,
    StagingWatch: false,
    StagingPages: false,
  });
});
