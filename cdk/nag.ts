import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, HIPAASecurityChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

/** Checks every synthesis against two rule packs, AWS Solutions and HIPAA Security. A finding fails the synthesis. */
export function checkRules(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
}

/** Accepts findings on a construct and everything inside it. @param reasons why, by rule; written for an auditor */
export function acceptFindings(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}

/** Why roles have inline policies. */
export const inlinePolicyReason = {
  "HIPAA.Security-IAMNoInlinePolicy":
    "Each role has exactly one policy, and no other role may use it. A separate policy could be attached to another role, and would remain after this role is deleted.",
} as const;

/** Why functions run outside a VPC. */
export const noVpcReason = {
  "HIPAA.Security-LambdaInsideVPC":
    "A function calls AWS services only, over TLS, and its role names the resources that it may use. No resource that it uses is inside a VPC.",
} as const;

/** Why log groups use the key of CloudWatch Logs. */
export const logEncryptionReason = {
  "HIPAA.Security-CloudWatchLogGroupEncrypted":
    "CloudWatch Logs encrypts every log group with its own key. No log line has a name, an e-mail address, a phone number or any other content of a record. A call logs operation, request id, time, source address, ids of the actor and of the record, status, code and number of round trips; an unexpected error logs its name, message and stack; a message logs its key. Bodies, headers, paths and queries are never logged.",
} as const;
