import { CfnOutput, CrossStackReferences, ReferenceStrength, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as kms from "aws-cdk-lib/aws-kms";
import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { tableDefinition } from "../lib/table/table-definition.ts";
import type { Config } from "./deploy-options.ts";
import { accept } from "./nag.ts";

/** What must outlive everything else: the table, its key, and the secret that sealing keys are derived from. */
export class DataStack extends Stack {
  readonly table: dynamodb.Table;
  readonly streamArn: string;
  /** The key that encrypts the table, when it is this account's. */
  readonly tableKey: kms.Key | undefined;
  readonly sealSecret: secretsmanager.Secret;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, {
      description: "Frontdesk: the table and the sealing secret. Deleting this stack keeps both.",
      terminationProtection: true,
    });
    const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
    const { partitionKey, sortKey, index, timeToLiveAttribute } = tableDefinition;

    this.tableKey =
      config.tableKey === "customer"
        ? new kms.Key(this, "TableKey", {
            description: "Encrypts Frontdesk's table",
            enableKeyRotation: true,
            removalPolicy: RemovalPolicy.RETAIN,
          })
        : undefined;

    // CloudFormation does not remove an export that is imported, and so the option could not be taken back: other stacks
    // read the key's output instead. BOTH keeps the export, which stacks of earlier deployments import.
    if (this.tableKey) CrossStackReferences.of(this.tableKey).produce(ReferenceStrength.BOTH);

    // Not TableV2: with a key of one's own it must know its region.
    this.table = new dynamodb.Table(this, "Table", {
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      timeToLiveAttribute,
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      ...(this.tableKey && {
        encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: this.tableKey,
      }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.partitionKey),
      sortKey: text(index.sortKey),
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });

    this.streamArn = this.table.tableStreamArn ?? "";

    this.sealSecret = new secretsmanager.Secret(this, "SealSecret", {
      description: "What the keys are derived from that Frontdesk seals with",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });

    accept(this.table, {
      "HIPAA.Security-DynamoDBInBackupPlan":
        "Point-in-time recovery keeps every second of the last 35 days; exports for longer are made from it (docs/run.md).",
    });
    const byHand =
      "Rotated by hand (docs/run.md): what was sealed with the secret before must still open, so that two rotations shortly after one another would lose messages and cursors.";
    accept(this.sealSecret, {
      "AwsSolutions-SMG4": byHand,
      "HIPAA.Security-SecretsManagerRotationEnabled": byHand,
      "HIPAA.Security-SecretsManagerUsingKMSKey":
        "Encrypted with Secrets Manager's own key. Who may read it is said by the roles, each by this secret's ARN; it opens cursors and queued messages, not records.",
    });

    new CfnOutput(this, "TableName", { value: this.table.tableName, description: "The table of this Frontdesk" });
  }
}
