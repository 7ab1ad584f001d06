import { expect, test } from "vitest";
import { workerAccess } from "../../lib/access.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { type Allowed, allowedBy, resourcesOf, type Synthesis, synthesize, text } from "./synthesis.ts";

const rows: readonly Operation[] = operations;
const plainTemplates = synthesize();
const keyTemplates = synthesize({ tableKey: "customer", mailFrom: "Clinic <desk@clinic.org>" });

/** The permissions in the role of an operation's function. */
function allowed(id: string, { api, accounts, pages, data }: Synthesis): Record<string, readonly Allowed[]> {
  const roles = Object.assign({}, ...[api, accounts, pages].map((each) => resourcesOf(each, "AWS::IAM::Role")));
  const role = roles[`${id}Role`];
  if (!role) throw new Error(`no role of ${id}`);
  return allowedBy(role, data);
}

const log = (name: "Access" | "SendMessages") => ({
  "logs:CreateLogStream": [{ on: [`<${name}Log.Arn>`] }],
  "logs:PutLogEvents": [{ on: [`<${name}Log.Arn>`] }],
});
const table = (...keys: string[]) => [{ on: ["<Table.Arn>"], keys }];

// test/cdk/access.test.ts compares lib/access.ts with what functions do. This file checks the permissions made from it.
test("the permissions of some rows, in full", () => {
  for (const id of ["Ping", "PortalPage"]) expect(allowed(id, plainTemplates)).toEqual(log("Access"));
  expect(allowed("PracticeCreate", plainTemplates)).toEqual({
    ...log("Access"),
    "dynamodb:BatchGetItem": table("IDEMPOTENCY#*", "VENDOR#*"),
    "dynamodb:ConditionCheckItem": table("VENDOR#*"),
    "dynamodb:PutItem": table("DIRECTDOMAIN#*", "IDEMPOTENCY#*", "PRACTICE#*", "VENDOR#*", "WEBADDRESS#*"),
    "dynamodb:UpdateItem": table("IDEMPOTENCY#*"),
    "dynamodb:DeleteItem": table("IDEMPOTENCY#*"),
  });
  expect(allowed("UserGet", plainTemplates)).toEqual({
    ...log("Access"),
    "dynamodb:BatchGetItem": table("LOGIN#*", "PRACTICE#*", "VENDOR#*"),
    "dynamodb:PutItem": table("PRACTICE#*"),
    "dynamodb:UpdateItem": [
      ...table("LIMIT#*", "TRIES#*"),
      {
        on: ["<Table.Arn>"],
        keys: ["PRACTICE#*"],
        only: {
          "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "passwordHash", "version"] },
          StringEqualsIfExists: { "dynamodb:ReturnValues": ["NONE"] },
        },
      },
    ],
    "dynamodb:DeleteItem": table("TRIES#*"),
  });
  expect(allowed("UserList", plainTemplates)).toEqual({
    ...log("Access"),
    "dynamodb:BatchGetItem": table("PRACTICE#*", "VENDOR#*"),
    "dynamodb:Query": [...table("PRACTICE#*"), { on: ["<Table.Arn>/index/gsi1"], keys: ["VENDOR#*#USERS"] }],
    "secretsmanager:GetSecretValue": [{ on: ["<SealSecret>"] }],
  });
});

test.each(rows)(
  "$id may use the table by key only, and may read the secret only if it seals",
  ({ id, table, seals }) => {
    const actions = allowed(id, plainTemplates);
    const ofTable = Object.keys(actions).filter((action) => action.startsWith("dynamodb:"));
    expect(ofTable.length > 0).toBe(table !== "none");
    for (const action of ofTable) {
      for (const { keys } of actions[action] ?? []) {
        expect(keys?.length).toBeGreaterThan(0);
        for (const key of keys ?? []) expect(key).toMatch(/^[A-Z]+#\*(#USERS)?$/);
      }
    }
    expect(actions["secretsmanager:GetSecretValue"]).toEqual(seals ? [{ on: ["<SealSecret>"] }] : undefined);
  },
);

test("no function may use wildcards, Scan, mail or other services", () => {
  for (const templates of [plainTemplates, keyTemplates]) {
    const actions = rows.flatMap(({ id }) => Object.keys(allowed(id, templates)));
    expect(actions.filter((action) => action.includes("*") || action.endsWith(":Scan"))).toEqual([]);
    const services = new Set(actions.map((action) => action.split(":")[0]));
    expect(services.isSubsetOf(new Set(["logs", "dynamodb", "kms", "secretsmanager", "s3"]))).toBe(true);
  }
});

test("each function has its own role, and there are no other policies", () => {
  const { api, accounts, data, messages, images, cleanUp, pages } = plainTemplates;
  const templates = [api, accounts, messages, images, cleanUp, pages];
  const roles = templates
    .flatMap((template) => Object.values(resourcesOf(template, "AWS::Lambda::Function")))
    .map(({ Properties }) => text(Properties.Role, data));
  const ids = [...rows.map(({ id }) => id), ...Object.keys(workerAccess)];
  expect(roles.sort()).toEqual(ids.map((id) => `<${id}Role.Arn>`).sort());
  for (const template of templates) {
    expect(resourcesOf(template, "AWS::IAM::Policy")).toEqual({});
    expect(resourcesOf(template, "AWS::IAM::ManagedPolicy")).toEqual({});
  }
});

test("only the worker may send: mail from one address, and text messages to phone numbers", () => {
  const { SendMessagesRole } = resourcesOf(keyTemplates.messages, "AWS::IAM::Role");
  if (!SendMessagesRole) throw new Error("no role");
  const { data } = keyTemplates;
  const actions = allowedBy(SendMessagesRole, data);
  expect(Object.fromEntries(Object.entries(actions).filter(([action]) => !action.startsWith("kms:")))).toEqual({
    ...log("SendMessages"),
    "dynamodb:BatchGetItem": table("SENT#*"),
    "dynamodb:PutItem": table("MESSAGE#*", "SENT#*"),
    "dynamodb:UpdateItem": table("MESSAGE#*", "SENT#*"),
    "secretsmanager:GetSecretValue": [{ on: ["<SealSecret>"] }],
    "dynamodb:DescribeStream": [{ on: ["<Table.StreamArn>"] }],
    "dynamodb:GetRecords": [{ on: ["<Table.StreamArn>"] }],
    "dynamodb:GetShardIterator": [{ on: ["<Table.StreamArn>"] }],
    "dynamodb:ListStreams": [{ on: ["*"] }],
    "ses:SendEmail": [
      {
        on: ["configuration-set/*", "identity/*"].map(
          (each) => `arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:${each}`,
        ),
        only: { StringEquals: { "ses:FromAddress": "desk@clinic.org" } },
      },
    ],
    "sns:Publish": [{ on: ["*"] }, { on: ["arn:<AWS::Partition>:sns:*:*:*"], deny: true }],
    "sqs:SendMessage": [{ on: ["<DeadLetters.Arn>"] }],
  });
});

test("a function that signs addresses of the bucket may do what the address allows, and nothing else there", () => {
  for (const row of rows) {
    const actions = Object.entries(allowed(row.id, plainTemplates)).filter(([action]) => action.startsWith("s3:"));
    const expected = {
      read: { "s3:GetObject": [{ on: ["<Files.Arn>/images/*"] }] },
      write: { "s3:PutObject": [{ on: ["<Files.Arn>/uploads/*"] }] },
    };
    expect(Object.fromEntries(actions)).toEqual(row.files ? expected[row.files] : {});
  }
});

test("functions may use a customer's key only through DynamoDB", () => {
  const use = [
    {
      on: ["<TableKey.Arn>"],
      only: {
        StringEquals: {
          "kms:ViaService": { "Fn::Join": ["", ["dynamodb.", { Ref: "AWS::Region" }, ".amazonaws.com"]] },
        },
      },
    },
  ];
  const kms = (id: string) =>
    Object.fromEntries(Object.entries(allowed(id, keyTemplates)).filter(([action]) => action.startsWith("kms:")));
  const reads = { "kms:Decrypt": use, "kms:DescribeKey": use };
  const writes = {
    "kms:Encrypt": use,
    "kms:GenerateDataKey": use,
    "kms:GenerateDataKeyWithoutPlaintext": use,
    "kms:ReEncryptFrom": use,
    "kms:ReEncryptTo": use,
  };
  expect(kms("Ping")).toEqual({});
  expect(kms("PracticeGet")).toEqual(reads);
  expect(kms("UserGet")).toEqual({ ...reads, ...writes });
  expect(kms("PracticeSave")).toEqual({ ...reads, ...writes });
});
