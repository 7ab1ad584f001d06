import { expect, test } from "vitest";
import { uploadLeaseMs } from "../../lib/accounts/image/objects.ts";
import { type Allowed, allowedBy, resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, images } = synthesize({}, []);
const withKey = synthesize({ tableKey: "customer" }, []);
const [functions, roles] = [resourcesOf(images, "AWS::Lambda::Function"), resourcesOf(images, "AWS::IAM::Role")];
const only = (type: string) => {
  const [[id, resource] = [], ...more] = Object.entries(resourcesOf(images, type));
  expect(more).toEqual([]);
  return { id, ...resource };
};
const log = (id: string) => ({
  "logs:CreateLogStream": [{ on: [`<${id}Log.Arn>`] }],
  "logs:PutLogEvents": [{ on: [`<${id}Log.Arn>`] }],
});
const environmentOf = (id: string) =>
  Object.fromEntries(
    Object.entries(functions[`${id}Function`]?.Properties.Environment.Variables ?? {}).map(([name, value]) => [
      name,
      text(value, data),
    ]),
  );

test("the worker that makes pictures is called for objects below uploads/ of this bucket, and for no others", () => {
  const { Properties } = only("AWS::Events::Rule");
  const { source, "detail-type": type, detail } = Properties.EventPattern;
  expect([source, type, detail.object]).toEqual([["aws.s3"], ["Object Created"], { key: [{ prefix: "uploads/" }] }]);
  expect(detail.bucket.name.map((name: unknown) => text(name, data))).toEqual(["<Files>"]);
  expect(Properties.Targets.map(({ Arn }: { Arn: unknown }) => text(Arn))).toEqual(["<ProcessImageFunction.Arn>"]);
  const { Properties: permission } = only("AWS::Lambda::Permission");
  expect([permission.Principal, text(permission.SourceArn)]).toEqual(["events.amazonaws.com", "<Uploads.Arn>"]);
});

test("an upload that fails is tried again, and ends in the dead-letter queue", () => {
  const { Properties: invoke } = only("AWS::Lambda::EventInvokeConfig");
  expect(invoke).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 });
  expect(text(invoke.DestinationConfig.OnFailure.Destination)).toBe("<DeadLetters.Arn>");
  const [{ DeadLetterConfig, RetryPolicy }] = only("AWS::Events::Rule").Properties.Targets;
  expect(text(DeadLetterConfig.Arn)).toBe("<DeadLetters.Arn>");
  expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 43_200, MaximumRetryAttempts: 100 });
  const queue = only("AWS::SQS::Queue");
  expect(queue.Properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  expect(queue.DeletionPolicy).toBe("RetainExceptOnCreate");
  const { Statement } = only("AWS::SQS::QueuePolicy").Properties.PolicyDocument;
  expect(Statement).toMatchObject([
    { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Effect: "Allow", Action: "sqs:SendMessage", Principal: { Service: "events.amazonaws.com" } },
  ]);
});

test("the stack refers to other stacks by strong references", () => {
  expect(JSON.stringify(images.Resources)).not.toContain("Fn::GetStackOutput");
});

test("the worker has the settings that it needs", () => {
  expect(environmentOf("ProcessImage")).toEqual({
    TABLE_NAME: "<Table>",
    DIRECT_DOMAIN: "direct.example.com",
    EVENT_YEARS: "6",
    FILES_BUCKET: "<Files>",
  });
  expect(functions.ProcessImageFunction?.Properties).toMatchObject({
    Runtime: "nodejs24.x",
    Architectures: ["arm64"],
    MemorySize: 1024,
    Timeout: uploadLeaseMs / 1000,
  });
  expect(functions.ProcessImageFunction?.Properties).not.toHaveProperty("ReservedConcurrentExecutions");
});

const table = (...keys: string[]): Allowed[] => [{ on: ["<Table.Arn>"], keys }];
const [uploads, pictures] = ["<Files.Arn>/uploads/*", "<Files.Arn>/images/*"];

test("the worker that makes pictures may read uploads, write pictures, and note their state; nothing else", () => {
  const { ProcessImageRole: role } = roles;
  if (!role) throw new Error("no role");
  expect(allowedBy(role, data)).toEqual({
    ...log("ProcessImage"),
    "dynamodb:BatchGetItem": table("PRACTICE#*", "UPLOAD#*"),
    "dynamodb:UpdateItem": table("UPLOAD#*"),
    "dynamodb:PutItem": table("PRACTICE#*"),
    "s3:GetObject": [{ on: [uploads] }],
    "s3:PutObject": [{ on: [pictures] }],
    "s3:DeleteObject": [{ on: [uploads] }, { on: [pictures] }],
    "sqs:SendMessage": [{ on: ["<DeadLetters.Arn>"] }],
  });
});

test("with a customer's key, the worker may use it through DynamoDB", () => {
  const { ProcessImageRole: role } = resourcesOf(withKey.images, "AWS::IAM::Role");
  if (!role) throw new Error("no role");
  expect(Object.keys(allowedBy(role, withKey.data))).toEqual(expect.arrayContaining(["kms:Decrypt", "kms:Encrypt"]));
});
