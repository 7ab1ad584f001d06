import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, HIPAASecurityChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

/** Has every synthesis judged by two packs of rules, AWS Solutions and HIPAA Security; a finding fails it. */
export function judge(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
}

/** Accepts findings on a construct and all within it. @param reasons by rule; an auditor reads them */
export function accept(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}

/** Why a role has its policy in itself. */
export const onePolicyInRole = {
  "HIPAA.Security-IAMNoInlinePolicy":
    "One role, one document: a policy of its own could be attached to another role, and would outlive this one.",
} as const;

/** Why functions are in no VPC. */
export const outsideVpc = {
  "HIPAA.Security-LambdaInsideVPC":
    "A function talks to AWS services only, by TLS, and its role names what it may reach; there is nothing in a VPC for it to be near to.",
} as const;
