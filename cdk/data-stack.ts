import { Aws, CfnOutput, CrossStackReferences, Duration, Fn, ReferenceStrength, RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as kms from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  HttpMethods,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { uploadPrefix } from "../lib/accounts/image/objects.ts";
import { tableDefinition } from "../lib/table/table-definition.ts";
import { type Config, retentionOfYears } from "./deploy-options.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { acceptFindings, logEncryptionReason } from "./nag.ts";

/**
 * The table, its key, the bucket of pictures, the secret that sealing keys are derived from, and the access log. They outlive
 * all other stacks.
 */
export class DataStack extends FrontdeskStack {
  readonly table: dynamodb.Table;
  readonly streamArn: string;
  /** The key that encrypts the table, if the deployer chose a key of this account. */
  readonly tableKey: kms.Key | undefined;
  readonly sealSecret: secretsmanager.Secret;
  /** Uploads and the pictures that were made from them. */
  readonly files: Bucket;
  /** The bucket's ARN, for permissions in other stacks. By its name they can say which findings of cdk-nag they accept. */
  readonly filesArn: string;
  readonly filesArnName: string;
  /** The log of all functions of operations: one line for each call, and unexpected errors. */
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, config, {
      description:
        "Frontdesk: the table, the pictures, the access log and the sealing secret. Deleting this stack keeps them.",
      terminationProtection: true,
    });
    this.tableKey = config.tableKey === "customer" ? this.addTableKey() : undefined;
    this.table = this.addTable();
    this.streamArn = this.table.tableStreamArn ?? "";
    this.sealSecret = this.addSealSecret();
    this.files = this.addFiles(config);
    this.filesArnName = `${id}:FilesArn`;
    new CfnOutput(this, "FilesArn", { value: this.files.bucketArn, exportName: this.filesArnName });
    this.filesArn = Fn.importValue(this.filesArnName);
    this.accessLog = this.addAccessLog(config);
    new CfnOutput(this, "AccessLogName", {
      value: this.accessLog.logGroupName,
      description: "The log group with one line for each call",
    });
    new CfnOutput(this, "TableName", { value: this.table.tableName, description: "The table of this Frontdesk" });
    new CfnOutput(this, "EventYears", { value: String(config.eventYears), description: "How long events are kept" });
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
        "Point-in-time recovery can restore any second of the last 35 days. Exports that are kept longer are made from it (docs/run.md). The option backupVaultArn adds a backup plan.",
    });
    return table;
  }

  /** One log group for all, so that one query or metric filter sees every call, and that its retention is its own. */
  private addAccessLog({ accessLogYears }: Config): LogGroup {
    const log = new LogGroup(this, "AccessLog", {
      retention: retentionOfYears[accessLogYears],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acceptFindings(log, logEncryptionReason);
    return log;
  }

  private addSealSecret(): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, "SealSecret", {
      description: "Frontdesk derives its sealing keys from this secret",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const byHand =
      "Rotated by hand (docs/run.md). Only the current and the previous secret can open what was sealed, so two rotations within a short time would lose messages, cursors and authenticator apps.";
    acceptFindings(secret, {
      "AwsSolutions-SMG4": byHand,
      "HIPAA.Security-SecretsManagerRotationEnabled": byHand,
      "HIPAA.Security-SecretsManagerUsingKMSKey":
        "Encrypted with the key of Secrets Manager. Only roles that name this secret's ARN may read it. It opens cursors, queued messages and the secrets of authenticator apps, not other records.",
    });
    return secret;
  }

  private addFiles(config: Config): Bucket {
    const files = new Bucket(this, "Files", {
      // Not the table's key: browsers read and write by signed addresses, and each function that signs one would need it.
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // A picture that is removed is gone.
      versioned: false,
      lifecycleRules: [
        { prefix: uploadPrefix, expiration: Duration.days(1) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      cors: [
        {
          allowedMethods: [HttpMethods.POST, HttpMethods.GET],
          allowedOrigins: [...new Set([...portalOrigins(config), ...config.uploadOrigins])],
          allowedHeaders: ["*"],
          exposedHeaders: ["ETag"],
          maxAge: 3600,
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    files.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // CDK's own way to switch this on is a function that runs during the deployment.
    const { defaultChild } = files.node;
    if (!(defaultChild instanceof CfnBucket)) throw new TypeError("a bucket is no bucket");
    defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    acceptFindings(files, filesReasons);
    return files;
  }
}

/**
 * The origins of all portals, as patterns of CORS rules: `https://{org}.clinic.org/app` → `https://*.clinic.org`. Without a
 * name of the deployer's, portals are at AWS's name of the API, or of the distribution in front of it. This stack is deployed
 * before both, so the patterns are those of all APIs in the region, and of all distributions. That is no risk: whoever
 * uploads or reads needs a signed address.
 */
const portalOrigins = ({ portalUrl, edge }: Config): readonly string[] =>
  portalUrl === undefined
    ? [
        `https://*.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`,
        ...(edge === "none" ? [] : ["https://*.cloudfront.net"]),
      ]
    : [new URL(portalUrl.replace("{org}", "any-portal")).origin.replace("any-portal", "*")];

const pictureLog =
  "Every address of a picture is signed by a function, whose call is logged, and works for five minutes. S3's log would contain these addresses. CloudTrail's data events record who read an object, without its address (docs/deploy.md).";

/** Why findings on the bucket are accepted. */
const filesReasons = {
  "AwsSolutions-S1": pictureLog,
  "HIPAA.Security-S3BucketLoggingEnabled": pictureLog,
  "HIPAA.Security-S3BucketReplicationEnabled":
    "It holds portraits that account holders can upload again. A copy elsewhere would have to be deleted with the account.",
  "HIPAA.Security-S3BucketVersioningEnabled":
    "Objects are never overwritten after an account shows them: each upload has names of its own. Old versions would keep pictures that somebody has removed.",
  "HIPAA.Security-S3DefaultEncryptionKMS":
    "S3 encrypts every object with its own key. With a key of the account, each function that signs an address would need that key as well, and would be no more limited than by its role.",
} as const;
