import { Aws, CfnOutput, Duration, Fn, ReferenceStrength, RemovalPolicy } from "aws-cdk-lib";
import { BackupPlan, BackupPlanRule, BackupResource, BackupSelection, BackupVault } from "aws-cdk-lib/aws-backup";
import { Schedule } from "aws-cdk-lib/aws-events";
import { AccountPrincipal, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { acceptFindings, inlinePolicyReason } from "./nag.ts";
import { allow } from "./permissions.ts";

const useOfKey = [
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
] as const;

/** What the stack is built from. */
export interface BackupStackProps {
  readonly config: Config;
  readonly data: DataStack;
  /** The vault in the other account. */
  readonly vaultArn: string;
}

/** How long a daily backup is kept in this account: as long as point-in-time recovery reaches back. */
const keptHere = Duration.days(35);
/** How long its copy is kept in the other account. */
const keptThere = Duration.days(365);

/**
 * A daily backup of the table, and its copy in another account. Somebody who gets into this account cannot delete the copy.
 * Pictures are not backed up: holders can upload another one, and copies would keep the pictures of erased people for a year.
 *
 * This is a stack of its own, so that it can be removed when the option is. Its vault and key stay, with the backups in it.
 */
export class BackupStack extends FrontdeskStack {
  constructor(scope: Construct, id: string, { config, data, vaultArn }: BackupStackProps) {
    super(scope, id, config, {
      description: "Frontdesk: a daily backup of the table, with a copy in another account.",
      // With weak references CloudFormation plans to replace the selection whenever it changes, under the same name.
      references: ReferenceStrength.STRONG,
    });
    const [otherAccount = ""] = vaultArn.split(":").slice(4);
    const key = this.addKey(otherAccount);
    const vault = new BackupVault(this, "Vault", {
      // The stack's id is another one each time, because the vault stays when the stack is deleted.
      backupVaultName: `frontdesk-${Fn.select(2, Fn.split("/", Aws.STACK_ID))}`,
      encryptionKey: key,
      // For a restore, the other account copies its backup back into this vault.
      accessPolicy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            principals: [new AccountPrincipal(otherAccount)],
            actions: ["backup:CopyIntoBackupVault"],
            resources: ["*"],
          }),
        ],
      }),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const copies = BackupVault.fromBackupVaultArn(this, "Copies", vaultArn);
    const role = this.addRole(data, key, [vault.backupVaultArn, vaultArn]);
    const plan = new BackupPlan(this, "Plan", { backupPlanName: id, backupVault: vault });
    plan.addRule(
      new BackupPlanRule({
        ruleName: "Daily",
        scheduleExpression: Schedule.cron({ hour: "3", minute: "0" }),
        startWindow: Duration.hours(1),
        completionWindow: Duration.hours(12),
        deleteAfter: keptHere,
        copyActions: [{ destinationBackupVault: copies, deleteAfter: keptThere }],
      }),
    );
    new BackupSelection(this, "Selection", {
      backupPlan: plan,
      backupSelectionName: "Table",
      resources: [BackupResource.fromArn(data.table.tableArn)],
      role: role.withoutPolicyUpdates(),
      disableDefaultBackupPolicy: true,
    });
    new CfnOutput(this, "BackupVaultName", { value: vault.backupVaultName, description: "The vault of daily backups" });
    acceptFindings(role, inlinePolicyReason);
  }

  /** The key of the vault. The other account decrypts with it while AWS Backup copies. */
  private addKey(otherAccount: string): Key {
    const key = new Key(this, "VaultKey", {
      description: "Encrypts the backups of Frontdesk's table",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const principals = [new AccountPrincipal(otherAccount)];
    const resources = ["*"];
    key.addToResourcePolicy(
      new PolicyStatement({ sid: "CopyToOtherAccount", principals, actions: [...useOfKey], resources }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: "GrantsOfBackup",
        principals,
        actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        resources,
        conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      }),
    );
    return key;
  }

  /** What AWS Backup may do: back up this table, and copy into these vaults. It may restore and delete nothing. */
  private addRole({ table, tableKey }: DataStack, vaultKey: Key, vaults: readonly string[]): Role {
    const statements = [
      allow(["dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"], table.tableArn),
      allow(["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"], ...vaults),
      allow(useOfKey, vaultKey.keyArn),
      // AWS Backup passes the key on to the services that store a backup.
      grantsOf(vaultKey.keyArn),
      ...(tableKey ? [allow(["kms:DescribeKey", "kms:Decrypt", "kms:GenerateDataKey"], tableKey.keyArn)] : []),
    ];
    return new Role(this, "Role", {
      assumedBy: new ServicePrincipal("backup.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
      description: "Backs up Frontdesk's table",
      inlinePolicies: { Backup: new PolicyDocument({ statements }) },
    });
  }
}

function grantsOf(keyArn: string): PolicyStatement {
  const statement = allow(["kms:CreateGrant"], keyArn);
  statement.addCondition("Bool", { "kms:GrantIsForAWSResource": "true" });
  return statement;
}
