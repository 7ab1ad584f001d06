import { expect, test } from "vitest";
import { tableDefinition } from "../../lib/table/table-definition.ts";
import { resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, templates, terminationProtection } = synthesize();
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0000";
const withKey = synthesize({ tableKey: "customer" }).data;

test("the table has the keys, index and TTL that the code uses", () => {
  const table = resourcesOf(data, "AWS::DynamoDB::Table").Table;
  expect(table?.Properties).toEqual({
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "gsi1",
        KeySchema: [
          { AttributeName: "gsi1pk", KeyType: "HASH" },
          { AttributeName: "gsi1sk", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
    TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    DeletionProtectionEnabled: true,
  });
  expect(tableDefinition).toEqual({
    partitionKey: "pk",
    sortKey: "sk",
    index: { name: "gsi1", partitionKey: "gsi1pk", sortKey: "gsi1sk" },
    timeToLiveAttribute: "expiresAt",
  });
});

// DynamoDB recommends no more for each shard of a stream, and throttles those that read too often.
test("at most two functions read the table's stream, whatever their stack", () => {
  const mappings = Object.values(templates).flatMap(({ Resources }) =>
    Object.values(Resources).filter(({ Type }) => Type === "AWS::Lambda::EventSourceMapping"),
  );
  const reading = mappings.filter(({ Properties }) => text(Properties.EventSourceArn, data) === "<Table.StreamArn>");
  expect(reading.map(({ Properties }) => text(Properties.FunctionName)).sort()).toEqual([
    "<CleanUpFunction>",
    "<SendMessagesFunction>",
  ]);
});

test("the stack's resources remain when the stack is deleted", () => {
  expect(terminationProtection).toMatchObject({ FrontdeskData: true, FrontdeskApi: false });
  for (const { Resources } of [data, withKey]) {
    for (const resource of Object.values(Resources)) {
      expect(resource).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  }
});

test("AWS generates the sealing secret", () => {
  expect(resourcesOf(data, "AWS::SecretsManager::Secret").SealSecret?.Properties.GenerateSecretString).toEqual({
    PasswordLength: 64,
    ExcludePunctuation: true,
  });
});

test("with the option tableKey=customer, a key of the account encrypts the table and rotates", () => {
  expect(resourcesOf(data, "AWS::KMS::Key")).toEqual({});
  expect(resourcesOf(withKey, "AWS::KMS::Key").TableKey?.Properties.EnableKeyRotation).toBe(true);
  const { SSESpecification } = resourcesOf(withKey, "AWS::DynamoDB::Table").Table?.Properties ?? {};
  expect(SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: "KMS" });
  expect(text(SSESpecification.KMSMasterKeyId, withKey)).toBe("<TableKey.Arn>");
});

test("the output TableName is the table's name", () => {
  expect(text(data.Outputs.TableName?.Value, data)).toBe("<Table>");
});

const files = resourcesOf(data, "AWS::S3::Bucket").Files;

test("nobody reaches the bucket without a signature and TLS", () => {
  expect(files?.Properties.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  expect(files?.Properties.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
  const { Statement } = resourcesOf(data, "AWS::S3::BucketPolicy").FilesPolicy?.Properties.PolicyDocument ?? {};
  expect(Statement).toMatchObject([
    { Effect: "Deny", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ]);
  expect(Statement).toHaveLength(1);
});

test("the bucket encrypts with S3's key, keeps no old versions, and reports new objects to EventBridge", () => {
  for (const template of [data, withKey]) {
    const { Properties } = resourcesOf(template, "AWS::S3::Bucket").Files ?? {};
    expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
    ]);
    expect(Properties).not.toHaveProperty("VersioningConfiguration");
    expect(Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    // CDK's own way to switch events on would add a function.
    expect(Object.values(template.Resources).filter(({ Type }) => /Lambda|Custom/.test(Type))).toEqual([]);
  }
});

test("uploads that became no picture are deleted after a day", () => {
  expect(files?.Properties.LifecycleConfiguration.Rules).toEqual([
    { Status: "Enabled", Prefix: "uploads/", ExpirationInDays: 1 },
    { Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ]);
});

test.each([
  [{}, ["https://*.execute-api.<AWS::Region>.<AWS::URLSuffix>"]],
  [{ apiDomain: "api.clinic.org", certificateArn }, ["https://api.clinic.org"]],
  [{ portalDomain: "portal.clinic.org", certificateArn }, ["https://*.portal.clinic.org"]],
  [{ portalUrl: "https://clinic.org:8443/{org}/desk" }, ["https://clinic.org:8443"]],
  [
    { uploadOrigins: "https://app.clinic.org, http://localhost:5173,https://*.portal.example.com" },
    [
      "https://*.execute-api.<AWS::Region>.<AWS::URLSuffix>",
      "https://app.clinic.org",
      "http://localhost:5173",
      "https://*.portal.example.com",
    ],
  ],
])("pages of portals, and of the option uploadOrigins, may post and read: %j", (options, AllowedOrigins) => {
  const { Properties } = resourcesOf(synthesize(options, []).data, "AWS::S3::Bucket").Files ?? {};
  const [{ AllowedOrigins: origins, ...rule }] = Properties.CorsConfiguration.CorsRules;
  expect(origins.map((each: unknown) => text(each))).toEqual(AllowedOrigins);
  // S3 accepts one star in an origin.
  for (const each of AllowedOrigins) expect(each.split("*").length).toBeLessThanOrEqual(2);
  expect(rule).toEqual({
    AllowedMethods: ["POST", "GET"],
    AllowedHeaders: ["*"],
    ExposedHeaders: ["ETag"],
    MaxAge: 3600,
  });
  expect(Properties.CorsConfiguration.CorsRules).toHaveLength(1);
});
