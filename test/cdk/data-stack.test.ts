import { expect, test } from "vitest";
import { tableDefinition } from "../../lib/table/table-definition.ts";
import { resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, terminationProtection } = synthesize();
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
