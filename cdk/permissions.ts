import { Aws } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Operation } from "../lib/operations.ts";
import { tableDefinition } from "../lib/table/definition.ts";
import type { DataStack } from "./data-stack.ts";

/** What an operation's function may do with the data: what its row asks for, each action by name. */
export function permissions(row: Operation, data: DataStack): PolicyStatement[] {
  const { tableArn } = data.table;
  const partitions = row.table === "write" ? undefined : writtenByAdmission[row.tier];
  const statements: PolicyStatement[] = [];
  if (row.table !== "none") {
    statements.push(
      allow(["dynamodb:GetItem", "dynamodb:BatchGetItem"], tableArn),
      allow(["dynamodb:Query"], tableArn, `${tableArn}/index/${tableDefinition.index.name}`),
    );
  }
  if (row.table === "write") {
    // TransactWriteItems asks for the permission of each of its parts.
    const writes = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"];
    statements.push(allow(writes, tableArn));
  }
  if (partitions) {
    const writes = allow(["dynamodb:UpdateItem", "dynamodb:DeleteItem"], tableArn);
    writes.addCondition("ForAllValues:StringLike", { "dynamodb:LeadingKeys": [partitions] });
    statements.push(writes);
  }
  if (row.table !== "none" && data.tableKey) {
    const use = allow(
      row.table === "write" || partitions ? [...keyReads, ...keyWrites] : keyReads,
      data.tableKey.keyArn,
    );
    // DynamoDB uses the key in the caller's name; nothing else may.
    use.addCondition("StringEquals", { "kms:ViaService": `dynamodb.${Aws.REGION}.amazonaws.com` });
    statements.push(use);
  }
  if (row.seals) statements.push(allow(["secretsmanager:GetSecretValue"], data.sealSecret.secretArn));
  return statements;
}

/**
 * Partitions that are written to while the caller of a tier is admitted, even where the operation only reads: tries are
 * counted where an individual may sign in with a password, and a session's last use is noted.
 */
const writtenByAdmission: Readonly<Record<string, string>> = {
  account: "TRIES#*",
  user: "TRIES#*",
  visitor: "SESSION#*",
  session: "SESSION#*",
};

const keyReads = ["kms:Decrypt", "kms:DescribeKey"];
const keyWrites = [
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

const allow = (actions: readonly string[], ...resources: readonly string[]) =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });
