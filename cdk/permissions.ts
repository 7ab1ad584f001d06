import { Aws } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Action, TableAccess } from "../lib/access.ts";
import { imagePrefix, uploadPrefix } from "../lib/accounts/image/objects.ts";
import { tableDefinition } from "../lib/table/table-definition.ts";
import type { DataStack } from "./data-stack.ts";

/** The permissions of a function on the table: each action by name, in the partitions that it needs, and the table's key. */
export function tablePermissions(access: TableAccess, data: DataStack): PolicyStatement[] {
  const { tableArn } = data.table;
  const index = `${tableArn}/index/${tableDefinition.index.name}`;
  const granted = (Object.keys(access) as Action[]).map((action) => ({
    action: `dynamodb:${actionNames[action] ?? action}`,
    attributes: action === "UpdatePasswordHash" ? hashAttributes : undefined,
    resource: action === "QueryIndex" ? index : tableArn,
    partitions: (access[action] ?? []).map(
      (partition) => `${partition.replace("…", "#*#")}${isWhole(partition) ? "" : "#*"}`,
    ),
  }));
  // Actions on the same partitions share one statement.
  const scopes = Map.groupBy(granted, ({ resource, partitions, attributes }) =>
    JSON.stringify([resource, partitions.sort(), attributes]),
  );
  const statements = [...scopes.values()].map((each) => {
    const [{ resource, partitions, attributes }] = each as [(typeof granted)[number]];
    const statement = allow(
      each.map(({ action }) => action),
      resource,
    );
    // A call with many keys, such as a batch, is allowed only if every one of its keys is.
    statement.addCondition("ForAllValues:StringLike", { "dynamodb:LeadingKeys": partitions });
    if (attributes) {
      statement.addCondition("ForAllValues:StringEquals", { "dynamodb:Attributes": attributes });
      // Otherwise the update could return the attributes that it may not name.
      statement.addCondition("StringEqualsIfExists", { "dynamodb:ReturnValues": ["NONE"] });
    }
    return statement;
  });
  return granted.length > 0 && data.tableKey ? [...statements, useOfKey(access, data.tableKey.keyArn)] : statements;
}

/** The names of actions in IAM, where they differ. */
const actionNames: { readonly [A in Action]?: string } = { QueryIndex: "Query", UpdatePasswordHash: "UpdateItem" };

/** All that an update of a password's hash names. */
const hashAttributes = [tableDefinition.partitionKey, tableDefinition.sortKey, "passwordHash", "version"];

/** Whether a partition's name is complete, as in the index. In the table an id follows the name. */
const isWhole = (partition: string) => partition.includes("…");

/** The permission to use the key that encrypts the table. */
function useOfKey(access: TableAccess, keyArn: string): PolicyStatement {
  const writes = access.PutItem ?? access.UpdateItem ?? access.DeleteItem;
  const use = allow(writes ? [...keyReads, ...keyWrites] : keyReads, keyArn);
  // Only DynamoDB may use the key on behalf of the function.
  use.addCondition("StringEquals", { "kms:ViaService": `dynamodb.${Aws.REGION}.amazonaws.com` });
  return use;
}

const keyReads = ["kms:Decrypt", "kms:DescribeKey"];
const keyWrites = [
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/**
 * The permissions to read the table's stream, for a function that uses the table and therefore its key. Lambda reads the
 * stream with the role of the function that it calls.
 */
export const readStream = ({ streamArn }: DataStack): PolicyStatement[] => [
  allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], streamArn),
  // ListStreams cannot be limited to one stream.
  allow(["dynamodb:ListStreams"], "*"),
];

/** The objects of uploads, and of pictures, as a resource of permissions. */
export const objectsOf = ({ filesArn }: DataStack, kind: "uploads" | "pictures"): string =>
  `${filesArn}/${objectPatterns[kind]}`;

const objectPatterns = { uploads: `${uploadPrefix}*`, pictures: `${imagePrefix}*` } as const;

/** The permission to sign addresses of the bucket: of pictures to read, or of uploads to write. */
export const filePermission = (files: "read" | "write", data: DataStack): PolicyStatement =>
  files === "read"
    ? allow(["s3:GetObject"], objectsOf(data, "pictures"))
    : allow(["s3:PutObject"], objectsOf(data, "uploads"));

/** Why findings on roles with permissions on the bucket's objects are accepted. */
export const objectReasons = ({ filesArnName }: DataStack): Record<string, string> =>
  Object.fromEntries(
    Object.values(objectPatterns).map((pattern) => [
      `AwsSolutions-IAM5[Resource::${filesArnName}/${pattern}]`,
      "Each upload has a key of its own, made when it begins. The prefix separates files that somebody has uploaded from pictures that were made of them.",
    ]),
  );

/** The permission to read the sealing secret. */
export const readSealSecret = (data: DataStack): PolicyStatement =>
  allow(["secretsmanager:GetSecretValue"], data.sealSecret.secretArn);

/** A policy statement that allows actions on resources. */
export const allow = (actions: readonly string[], ...resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });
