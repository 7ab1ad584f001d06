import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { readConfig } from "../../cdk/deploy-options.ts";
import { Complaint } from "../../tools/complaint.ts";

const read = (context: Record<string, unknown>) => readConfig(new App({ context: { env: "none", ...context } }));

test("no option is required", () => {
  expect(read({})).toEqual({
    name: "Frontdesk",
    environment: "none",
    tags: {},
    directDomain: "direct.example.com",
    uploadOrigins: [],
    alarmWrongSignIns: 50,
    alarmLockOuts: 5,
    alarmWrongSecrets: 10,
    alarmTextMessages: 100,
    accessLogYears: 6,
    eventYears: 6,
    logRetentionDays: 365,
    tableKey: "aws-owned",
    pages: "public",
    requestsPerSecond: 200,
    requestBurst: 400,
    entrancesPerSecond: 25,
    entranceBurst: 50,
    entrancesPerAddress: 60,
    entrancesPerApplication: 1200,
    edge: "none",
    edgeSecretVersion: 1,
    edgeEntrancesPerAddress: 300,
    edgeEntrancesPerPortal: 3000,
    rollout: "at-once",
    entranceInstances: 0,
    mailFrom: "Frontdesk <frontdesk@example.com>",
  });
});

test("options can be text, as on the command line", () => {
  const names = { name: "Staging", directDomain: "mail.clinic.org", portalUrl: "https://clinic.org/{org}" };
  const options = { ...names, logRetentionDays: "30", tableKey: "customer" };
  expect(read({ ...options, requestsPerSecond: "50", requestBurst: "60" })).toMatchObject({
    ...options,
    logRetentionDays: 30,
    requestsPerSecond: 50,
    requestBurst: 60,
  });
});

// Regression: without a domain of the deployer's, mailed links led to portal.example.com.
test("portals are at the deployer's domain by default: that of portals before that of the API", () => {
  const zone = { hostedZoneId: "Z1", hostedZoneName: "clinic.org" };
  const portalDomain = "portal.clinic.org";
  const apiDomain = "api.clinic.org";
  expect(read({ portalDomain, ...zone }).portalUrl).toBe("https://{org}.portal.clinic.org");
  expect(read({ portalDomain, apiDomain, ...zone }).portalUrl).toBe("https://{org}.portal.clinic.org");
  expect(read({ apiDomain, ...zone }).portalUrl).toBe("https://api.clinic.org/{org}");
  expect(read({}).portalUrl).toBeUndefined();
  const portalUrl = "https://clinic.org/{org}";
  expect(read({ portalDomain, apiDomain, ...zone, portalUrl }).portalUrl).toBe(portalUrl);
});

test("CDK's own context keys are ignored", () => {
  expect(() => read({ "@aws-cdk/core:explicitStackTags": true, "cli-telemetry": false })).not.toThrow();
});

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
test.each([
  [{ name: "1st" }, "name: must be letters, digits and hyphens, a letter first"],
  [{ directDomain: "direct" }, "directDomain: must be a DNS name of at least two labels, lower case"],
  [{ directDomain: "Direct.example.com" }, "directDomain: must be a DNS name of at least two labels, lower case"],
  [{ uploadOrigins: "app.clinic.org" }, "uploadOrigins: must be origins such as https://app.clinic.org"],
  [{ uploadOrigins: "*" }, "uploadOrigins: must be origins such as https://app.clinic.org"],
  [{ uploadOrigins: "https://*.*.clinic.org" }, "uploadOrigins: must be origins such as https://app.clinic.org"],
  [{ uploadOrigins: "https://clinic.org/app" }, "uploadOrigins: must be origins such as https://app.clinic.org"],
  [{ portalUrl: "https://portal.example.com" }, "portalUrl: must have {org} in it, once"],
  [{ portalUrl: "https://{org}.example.com/{org}" }, "portalUrl: must have {org} in it, once"],
  // A mailed link holds a token that can set a password.
  [{ portalUrl: "http://{org}.portal.example.com" }, "portalUrl: must be an https URL,"],
  ...[
    "{org}.portal.example.com",
    "https://{org}.portal.example.com/",
    "https://user:password@clinic.org/{org}",
    "https://clinic.org/?org={org}",
    "https://clinic.org/#{org}",
    "https://{org}.portal.example.com:port",
  ].map((portalUrl) => [{ portalUrl }, "portalUrl: must be an https URL,"] as [Record<string, unknown>, string]),
  [{ logRetentionDays: "8" }, "logRetentionDays: must be one of 1, 3, 5, 7, 14, 30,"],
  [{ logRetentionDays: "9999" }, "logRetentionDays: must be one of"],
  [{ accessLogYears: "4" }, "accessLogYears: must be one of 1, 2, 3, 5, 6, 7, 8, 9, 10"],
  [{ accessLogYears: "0" }, "accessLogYears: must be one of"],
  [{ accessLogYears: "six" }, "accessLogYears: "],
  [{ eventYears: "0" }, "eventYears: "],
  [{ eventYears: "101" }, "eventYears: "],
  [{ eventYears: "1.5" }, "eventYears: "],
  [{ alarmLockOuts: "0" }, "alarmLockOuts: "],
  [{ tableKey: "mine" }, "tableKey: "],
  [{ pages: "false" }, 'pages: Invalid option: expected one of "public"|"none"'],
  [{ requestsPerSecond: "0" }, "requestsPerSecond: "],
  [{ requestBurst: "many" }, "requestBurst: "],
  [{ entrancesPerSecond: "0" }, "entrancesPerSecond: "],
  // Regression: functions refused to start with more than nine digits.
  [{ entrancesPerAddress: "1000000000" }, "entrancesPerAddress: "],
  [{ entrancesPerApplication: "1000000000" }, "entrancesPerApplication: "],
  [{ edgeEntrancesPerAddress: "9" }, "edgeEntrancesPerAddress: "],
  [{ edgeEntrancesPerPortal: "2000000001" }, "edgeEntrancesPerPortal: "],
  [
    { edge: "prepared", region: "ap-southeast-1", name: "x".repeat(39) },
    "name: must have at most 38 characters with edge in ap-southeast-1",
  ],
  [{ mailFrom: "Clinic" }, "mailFrom: must be an address, alone or as Name <address>"],
  [{ alarmEmail: "Clinic <desk@clinic.org>" }, "alarmEmail: must be an address"],
  [{ mailConfigurationSet: "a b" }, "mailConfigurationSet: must be letters"],
  [{ apiDomain: "api.clinic.org" }, "apiDomain: needs certificateArn, or hostedZoneId and hostedZoneName"],
  [{ portalDomain: "portal.clinic.org" }, "portalDomain: needs certificateArn, or hostedZoneId and hostedZoneName"],
  [{ certificateArn: "arn:aws:iam::123456789012:server-certificate/x" }, "certificateArn: must be the ARN of a cert"],
  [{ hostedZoneId: "/hostedzone/Z1", hostedZoneName: "clinic.org" }, "hostedZoneId: must be the id of a hosted zone"],
  [{ certificateArn }, "certificateArn: is of no use without apiDomain or portalDomain"],
  [{ hostedZoneId: "Z1", hostedZoneName: "clinic.org" }, "hostedZoneId: is of no use without apiDomain"],
  [{ apiDomain: "api.clinic.org", hostedZoneId: "Z1" }, "hostedZoneName: goes with hostedZoneId"],
  [
    { apiDomain: "api.other.org", hostedZoneId: "Z1", hostedZoneName: "clinic.org" },
    "apiDomain: must lie in clinic.org",
  ],
  [{ edge: "cloudfront" }, "region: is needed with edge"],
  [{ edge: "closed" }, "edge: Invalid option"],
  [
    { edge: "prepared", region: "eu-central-1", apiDomain: "api.clinic.org", certificateArn },
    "edgeCertificateArn: is needed with edge, or hostedZoneId and hostedZoneName",
  ],
  [
    { edgeCertificateArn: certificateArn, apiDomain: "api.clinic.org", certificateArn },
    "edgeCertificateArn: is of no use without edge, and apiDomain or portalDomain",
  ],
  [
    { edge: "cloudfront", region: "eu-central-1", edgeCertificateArn: certificateArn },
    "edgeCertificateArn: is of no use without edge, and apiDomain or portalDomain",
  ],
  [
    { edge: "cloudfront", edgeCertificateArn: certificateArn.replace("us-east-1", "eu-central-1") },
    "edgeCertificateArn: must be the ARN of a certificate in us-east-1",
  ],
  [{ edge: "cloudfront", region: "eu-central-1", edgeEntrancesPerAddress: "9" }, "edgeEntrancesPerAddress: "],
  [{ directDomian: "direct.example.com" }, 'Unrecognized key: "directDomian"'],
])("%j is refused", (context, message) => {
  expect(() => read(context)).toThrow(Complaint);
  expect(() => read(context)).toThrow(`Frontdesk cannot be deployed: wrong options: ${message}`);
});

test("all wrong options are reported at once, in one line", () => {
  expect(() => read({ tableKey: "mine", requestBurst: "many" })).toThrow(/^.*tableKey: .*; requestBurst: .*$/);
});
