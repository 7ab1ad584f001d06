import { expect, test } from "vitest";
import { messageFilter } from "../../lib/messages/filter.ts";
import { allowedBy, type Resource, resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, messages } = synthesize({ mailFrom: "Clinic <desk@clinic.org>", mailConfigurationSet: "clinic" }, []);
const only = (type: string) => {
  const [[id, resource] = [], ...more] = Object.entries(resourcesOf(messages, type));
  expect(more).toEqual([]);
  return { id, ...resource };
};

test("the worker reads the table's stream, and gets queued messages only", () => {
  const { Properties } = only("AWS::Lambda::EventSourceMapping");
  expect(text(Properties.EventSourceArn, data)).toBe("<Table.StreamArn>");
  expect(text(Properties.FunctionName)).toBe("<SendMessagesFunction>");
  const [{ Pattern }, ...more] = Properties.FilterCriteria.Filters;
  expect(more).toEqual([]);
  expect(JSON.parse(Pattern)).toEqual(messageFilter);
});

// With weak references CloudFormation plans to replace the stream's mapping, which cannot be done.
test("the stack refers to other stacks by strong references", () => {
  expect(Object.keys(only("AWS::Lambda::EventSourceMapping").Properties.EventSourceArn)).toEqual(["Fn::ImportValue"]);
  expect(JSON.stringify(messages.Resources)).not.toContain("Fn::GetStackOutput");
});

test("a message that fails is tried again on its own, and ends in the dead-letter queue", () => {
  const { Properties } = only("AWS::Lambda::EventSourceMapping");
  expect(Properties).toMatchObject({
    BatchSize: 10,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumRecordAgeInSeconds: 900,
    MaximumRetryAttempts: 100,
    StartingPosition: "TRIM_HORIZON",
  });
  expect(text(Properties.DestinationConfig.OnFailure.Destination)).toBe("<DeadLetters.Arn>");
  const queue = only("AWS::SQS::Queue");
  expect(queue.Properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  expect(queue.DeletionPolicy).toBe("RetainExceptOnCreate");
});

test("the worker has all settings that it needs, and the deployer's sender", () => {
  const { Properties } = only("AWS::Lambda::Function");
  const told = Object.entries(Properties.Environment.Variables).map(([name, value]) => [name, text(value, data)]);
  expect(Object.fromEntries(told)).toEqual({
    TABLE_NAME: "<Table>",
    DIRECT_DOMAIN: "direct.example.com",
    EVENT_YEARS: "6",
    SEAL_SECRET_ARN: "<SealSecret>",
    MAIL_FROM: "Clinic <desk@clinic.org>",
    MAIL_CONFIGURATION_SET: "clinic",
  });
  expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], Timeout: 30 });
});

// Without the permission on the configuration set SES refuses every mail, even when only the identity names the set.
test.each([
  ["the one that the deployer names", { mailConfigurationSet: "clinic" }, "clinic"],
  ["any, when only the sender's identity knows", {}, "*"],
])("the worker may send under a configuration set: %s", (_, options, set) => {
  const made = synthesize(options, []);
  const role = resourcesOf(made.messages, "AWS::IAM::Role").SendMessagesRole as Resource;
  const ses = "arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>";
  expect(allowedBy(role, made.data)["ses:SendEmail"]).toEqual([
    {
      on: [`${ses}:configuration-set/${set}`, `${ses}:identity/*`],
      only: { StringEquals: { "ses:FromAddress": "frontdesk@example.com" } },
    },
  ]);
});
