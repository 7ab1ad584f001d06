import { CfnOutput, CrossStackReferences, ReferenceStrength, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as kms from "aws-cdk-lib/aws-kms";
import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { tableDefinition } from "../lib/table/table-definition.ts";
import type { Config } from "./deploy-options.ts";
import { acceptFindings } from "./nag.ts";

/** The table, its key, and the secret that sealing keys are derived from. They outlive all other stacks. */
export class DataStack extends Stack {
  readonly table: dynamodb.Table;
  readonly streamArn: string;
  /** The key that encrypts the table, if the deployer chose a key of this account. */
  readonly tableKey: kms.Key | undefined;
  readonly sealSecret: secretsmanager.Secret;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, {
      description: "Frontdesk: the table and the sealing secret. Deleting this stack keeps both.",
      terminationProtection: true,
    });
    this.tableKey = config.tableKey === "customer" ? this.addTableKey() : undefined;
    this.table = this.addTable();
    this.streamArn = this.table.tableStreamArn ?? "";
    this.sealSecret = this.addSealSecret();
    new CfnOutput(this, "TableName", { value: this.table.tableName, description: "The table of this Frontdesk" });
  }

  private addTableKey(): kms.Key {
    const key = new kms.Key(this, "TableKey", {
      description: "Encrypts Frontdesk's table",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // Other stacks read the key's output, not its export: CloudFormation never removes an export that is imported, so the
    // option could not be undone. BOTH keeps the export for stacks of earlier deployments, which import it.
    CrossStackReferences.of(key).produce(ReferenceStrength.BOTH);
    return key;
  }

  private addTable(): dynamodb.Table {
    const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
    const { partitionKey, sortKey, index, timeToLiveAttribute } = tableDefinition;
    // Not TableV2: with a customer's key it requires a known region.
    const table = new dynamodb.Table(this, "Table", {
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
    table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.partitionKey),
      sortKey: text(index.sortKey),
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    acceptFindings(table, {
      "HIPAA.Security-DynamoDBInBackupPlan":
        "Point-in-time recovery can restore any second of the last 35 days. Exports that are kept longer are made from it (docs/run.md).",
    });
    return table;
  }

  private addSealSecret(): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, "SealSecret", {
      description: "Frontdesk derives its sealing keys from this secret",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const byHand =
      "Rotated by hand (docs/run.md). Only the current and the previous secret can open what was sealed, so two rotations within a short time would lose messages and cursors.";
    acceptFindings(secret, {
      "AwsSolutions-SMG4": byHand,
      "HIPAA.Security-SecretsManagerRotationEnabled": byHand,
      "HIPAA.Security-SecretsManagerUsingKMSKey":
        "Encrypted with the key of Secrets Manager. Only roles that name this secret's ARN may read it. It opens cursors and queued messages, not records.",
    });
    return secret;
  }
}
