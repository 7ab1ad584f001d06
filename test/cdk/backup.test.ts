import { expect, test } from "vitest";
import { allowedBy, type Resource, resourcesOf, synthesize, type Template, text } from "./synthesis.ts";

const vaultArn = "arn:aws:backup:eu-west-1:210987654321:backup-vault:frontdesk";
const { data, watch, templates } = synthesize({ backupVaultArn: vaultArn }, []);
const backup = templates.FrontdeskBackup as Template;
const withKey = synthesize({ backupVaultArn: vaultArn, tableKey: "customer" }, []);
const other = "arn:<AWS::Partition>:iam::210987654321:root";

/** The only resource of a type. */
function only(type: string, template = backup): Resource {
  const [resource, ...more] = Object.values(resourcesOf(template, type));
  if (!resource || more.length > 0) throw new Error(`not one ${type}`);
  return resource;
}

test("without the option there is no backup", () => {
  const bare = synthesize({}, []);
  expect(Object.keys(bare.templates)).not.toContain("FrontdeskBackup");
  expect(resourcesOf(bare.watch, "AWS::Events::Rule")).toEqual({});
});

test("the table is backed up every day, for 35 days here and for a year in the other account", () => {
  const { BackupPlan: plan } = only("AWS::Backup::BackupPlan").Properties;
  expect(plan.BackupPlanName).toBe("FrontdeskBackup");
  expect(plan.BackupPlanRule).toHaveLength(1);
  expect(plan.BackupPlanRule[0]).toMatchObject({
    ScheduleExpression: "cron(0 3 * * ? *)",
    Lifecycle: { DeleteAfterDays: 35 },
    CopyActions: [{ DestinationBackupVaultArn: vaultArn, Lifecycle: { DeleteAfterDays: 365 } }],
  });
  const { BackupSelection: selection } = only("AWS::Backup::BackupSelection").Properties;
  expect(selection.Resources.map((each: unknown) => text(each, data))).toEqual(["<Table.Arn>"]);
  // With a weak reference CloudFormation would plan to replace it.
  expect(Object.keys(selection.Resources[0])).toEqual(["Fn::ImportValue"]);
});

test("the vault and its key stay with the backups in it, and the next stack has another vault", () => {
  const vault = only("AWS::Backup::BackupVault");
  const key = only("AWS::KMS::Key");
  for (const each of [vault, key])
    expect(each).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  expect(text(vault.Properties.BackupVaultName)).toBe("frontdesk-<AWS::StackId>[2]");
  // AWS allows 50 characters.
  expect(`frontdesk-${crypto.randomUUID()}`.length).toBeLessThanOrEqual(50);
  expect(text(vault.Properties.EncryptionKeyArn)).toBe("<VaultKey.Arn>");
  expect(key.Properties.EnableKeyRotation).toBe(true);
  expect(text(backup.Outputs.BackupVaultName?.Value)).toBe("<Vault.BackupVaultName>");
});

// Without it, the copy fails: the other account cannot decrypt the backup.
test("the other account may use the vault's key, and copy back into the vault", () => {
  const [, ...shared] = only("AWS::KMS::Key").Properties.KeyPolicy.Statement;
  expect(shared.map(({ Principal }: { Principal: { AWS: unknown } }) => text(Principal.AWS))).toEqual([other, other]);
  expect(shared[0].Action).toEqual(expect.arrayContaining(["kms:Decrypt", "kms:DescribeKey", "kms:ReEncryptFrom"]));
  expect(shared[1]).toMatchObject({ Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } });
  const [back, ...more] = only("AWS::Backup::BackupVault").Properties.AccessPolicy.Statement;
  expect([text(back.Principal.AWS), back.Action, more]).toEqual([other, "backup:CopyIntoBackupVault", []]);
});

test("AWS Backup may back up this table and copy it, and may not restore or delete", () => {
  const role = only("AWS::IAM::Role");
  const useOf = (key: string) => [{ on: [key] }];
  const ofVault = useOf("<VaultKey.Arn>");
  expect(allowedBy(role, data)).toEqual({
    "dynamodb:DescribeTable": [{ on: ["<Table.Arn>"] }],
    "dynamodb:ListTagsOfResource": [{ on: ["<Table.Arn>"] }],
    "dynamodb:StartAwsBackupJob": [{ on: ["<Table.Arn>"] }],
    "backup:CopyIntoBackupVault": [{ on: [vaultArn, "<Vault.BackupVaultArn>"] }],
    "backup:DescribeBackupVault": [{ on: [vaultArn, "<Vault.BackupVaultArn>"] }],
    "kms:CreateGrant": [{ on: ["<VaultKey.Arn>"], only: { Bool: { "kms:GrantIsForAWSResource": "true" } } }],
    "kms:Decrypt": ofVault,
    "kms:DescribeKey": ofVault,
    "kms:Encrypt": ofVault,
    "kms:GenerateDataKey": ofVault,
    "kms:GenerateDataKeyWithoutPlaintext": ofVault,
    "kms:ReEncryptFrom": ofVault,
    "kms:ReEncryptTo": ofVault,
  });
  const keyed = only("AWS::IAM::Role", withKey.templates.FrontdeskBackup);
  expect(allowedBy(keyed, withKey.data)["kms:Decrypt"]).toEqual([...ofVault, { on: ["<TableKey.Arn>"] }]);
  const [trust] = role.Properties.AssumeRolePolicyDocument.Statement;
  expect(trust).toMatchObject({
    Principal: { Service: "backup.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
  });
});

test("a backup or a copy that was not made is told to the topic of alarms", () => {
  const [rule, ...more] = Object.values(resourcesOf(watch, "AWS::Events::Rule"));
  expect(more).toEqual([]);
  const { EventPattern: pattern, Targets: targets } = rule?.Properties ?? {};
  expect(pattern).toMatchObject({
    source: ["aws.backup"],
    "detail-type": ["Backup Job State Change", "Copy Job State Change"],
    detail: { state: ["FAILED", "ABORTED", "EXPIRED"] },
  });
  expect(pattern.detail.resourceArn.map((each: unknown) => text(each, data))).toEqual(["<Table.Arn>"]);
  expect(targets.map(({ Arn }: { Arn: unknown }) => text(Arn))).toEqual(["<Alarms>"]);
  const [policy] = Object.values(resourcesOf(watch, "AWS::SNS::TopicPolicy"));
  const services = policy?.Properties.PolicyDocument.Statement.map(
    ({ Principal }: { Principal: { Service?: string } }) => Principal.Service,
  );
  expect(services).toEqual([undefined, "cloudwatch.amazonaws.com", "events.amazonaws.com"]);
});

test.each([
  [{ backupVaultArn: "arn:aws:backup:eu-west-1:210987654321:backup-vault:Default" }, "must not be the default vault"],
  [
    { backupVaultArn: vaultArn, account: "210987654321", region: "eu-west-1" },
    "backupVaultArn: must be in another account",
  ],
  [
    { backupVaultArn: vaultArn, account: "123456789012", region: "cn-north-1" },
    "backupVaultArn: cannot get copies from cn-north-1",
  ],
])("a vault that cannot get copies is refused: %j", (options, message) => {
  expect(() => synthesize(options, [])).toThrow(message);
});
