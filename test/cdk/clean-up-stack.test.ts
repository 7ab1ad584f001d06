import { expect, test } from "vitest";
import { erasureFilter } from "../../lib/accounts/erasure/filter.ts";
import { erasureLeaseMs } from "../../lib/accounts/erasure/rest.ts";
import { filesToDeleteFilter } from "../../lib/accounts/image/files-to-delete.ts";
import { overdueRunMs } from "../../lib/practices/erasure.ts";
import { type Allowed, allowedBy, resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, cleanUp } = synthesize({}, []);
const withKey = synthesize({ tableKey: "customer" }, []);
const [functions, roles] = [resourcesOf(cleanUp, "AWS::Lambda::Function"), resourcesOf(cleanUp, "AWS::IAM::Role")];
const only = (type: string) => {
  const [[id, resource] = [], ...more] = Object.entries(resourcesOf(cleanUp, type));
  expect(more).toEqual([]);
  return { id, ...resource };
};
const log = (id: string) => ({
  "logs:CreateLogStream": [{ on: [`<${id}Log.Arn>`] }],
  "logs:PutLogEvents": [{ on: [`<${id}Log.Arn>`] }],
});
const table = (...keys: string[]): Allowed[] => [{ on: ["<Table.Arn>"], keys }];

test("one worker reads deletions and erasures from the table's stream, and one that failed ends in the queue", () => {
  const { Properties } = only("AWS::Lambda::EventSourceMapping");
  expect([text(Properties.EventSourceArn, data), text(Properties.FunctionName)]).toEqual([
    "<Table.StreamArn>",
    "<CleanUpFunction>",
  ]);
  const filters = Properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));
  expect(filters).toEqual([filesToDeleteFilter, erasureFilter]);
  expect(Properties).toMatchObject({
    BatchSize: 10,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumRecordAgeInSeconds: 43_200,
    ParallelizationFactor: 10,
    StartingPosition: "TRIM_HORIZON",
  });
  expect(text(Properties.DestinationConfig.OnFailure.Destination)).toBe("<DeadLetters.Arn>");
  expect(functions.CleanUpFunction?.Properties.Timeout).toBe(erasureLeaseMs / 1000);
});

test("the worker that erases what is overdue is called every hour, and a call that failed ends in the queue", () => {
  const { Properties } = only("AWS::Events::Rule");
  expect(Properties.ScheduleExpression).toBe("rate(1 hour)");
  const [{ Arn, DeadLetterConfig }] = Properties.Targets;
  expect([text(Arn), text(DeadLetterConfig.Arn)]).toEqual(["<EraseOverdueFunction.Arn>", "<DeadLetters.Arn>"]);
  const { Properties: invoke } = only("AWS::Lambda::EventInvokeConfig");
  expect(invoke).toMatchObject({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 1800 });
  expect(text(invoke.DestinationConfig.OnFailure.Destination)).toBe("<DeadLetters.Arn>");
  expect(functions.EraseOverdueFunction?.Properties.Timeout).toBe(overdueRunMs / 1000);
  const { Properties: permission } = only("AWS::Lambda::Permission");
  expect([permission.Principal, text(permission.SourceArn)]).toEqual(["events.amazonaws.com", "<EveryHour.Arn>"]);
});

// With weak references CloudFormation plans to replace the stream's mapping, which cannot be done.
test("the stack refers to other stacks by strong references", () => {
  expect(JSON.stringify(cleanUp.Resources)).not.toContain("Fn::GetStackOutput");
});

test("both workers have the settings that they need", () => {
  const settingsOf = (id: string) => {
    const { Variables } = functions[`${id}Function`]?.Properties.Environment ?? {};
    return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, text(value, data)]));
  };
  const shared = { TABLE_NAME: "<Table>", DIRECT_DOMAIN: "direct.example.com", EVENT_YEARS: "6" };
  expect(settingsOf("CleanUp")).toEqual({ ...shared, FILES_BUCKET: "<Files>" });
  expect(settingsOf("EraseOverdue")).toEqual(shared);
});

test("the worker that erases what is overdue may find and erase accounts, and what deleted practices held; nothing else", () => {
  const { EraseOverdueRole: role } = roles;
  if (!role) throw new Error("no role");
  expect(allowedBy(role, data)).toEqual({
    ...log("EraseOverdue"),
    "dynamodb:Query": [
      { on: ["<Table.Arn>/index/gsi1"], keys: ["ERASURES#*", "UNVERIFIED#*"] },
      { on: ["<Table.Arn>"], keys: ["PRACTICE#*"] },
    ],
    "dynamodb:BatchGetItem": table("ERASURE#*", "PRACTICE#*"),
    "dynamodb:DeleteItem": table("ERASURE#*", "LOGIN#*", "PRACTICE#*", "SESSION#*", "TOKEN#*", "UPLOAD#*"),
    "dynamodb:PutItem": table("ERASURE#*", "FILES#*", "PRACTICE#*"),
    "dynamodb:UpdateItem": table("ERASURE#*"),
    "sqs:SendMessage": [{ on: ["<DeadLetters.Arn>"] }],
  });
});

test("the worker that cleans up may delete files, the rest of accounts, and what deleted practices held, and change accounts that were connected; nothing else", () => {
  const { CleanUpRole: role } = roles;
  if (!role) throw new Error("no role");
  const stream = [{ on: ["<Table.StreamArn>"] }];
  expect(allowedBy(role, data)).toEqual({
    ...log("CleanUp"),
    "dynamodb:BatchGetItem": table("ERASURE#*", "PRACTICE#*", "TOKEN#*"),
    "dynamodb:Query": table("PRACTICE#*"),
    "dynamodb:PutItem": table("FILES#*", "PRACTICE#*"),
    "dynamodb:UpdateItem": table("ERASURE#*"),
    "dynamodb:DeleteItem": table("ERASURE#*", "LOGIN#*", "PRACTICE#*", "SESSION#*", "TOKEN#*", "UPLOAD#*"),
    "dynamodb:DescribeStream": stream,
    "dynamodb:GetRecords": stream,
    "dynamodb:GetShardIterator": stream,
    "dynamodb:ListStreams": [{ on: ["*"] }],
    "s3:DeleteObject": [{ on: ["<Files.Arn>/images/*", "<Files.Arn>/uploads/*"] }],
    "sqs:SendMessage": [{ on: ["<DeadLetters.Arn>"] }],
  });
});

test("both workers may use the customer's key", () => {
  for (const role of Object.values(resourcesOf(withKey.cleanUp, "AWS::IAM::Role")))
    expect(Object.keys(allowedBy(role, withKey.data))).toContain("kms:Decrypt");
});
