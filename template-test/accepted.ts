import type { Resource } from "./synthesis.ts";

/** A finding that we accept, and why. */
export interface Accepted {
  /** The reason, written for an auditor. */
  readonly reason: string;
  /** The types of resources that it is about. */
  readonly on: readonly string[];
  /** Whether the reason is true of a resource. Without it there is nothing that a template could show. */
  readonly holds?: (resource: Resource) => boolean;
}

/** Findings of cfn-lint that we accept, by rule. No error (`E…`) may be here. */
export const acceptedByCfnLint: Readonly<Record<string, Accepted>> = {
  I3010: {
    reason:
      "A stack can have 500 resources, and cfn-lint says so when one comes near. test/cdk/options.test.ts counts them under all options; test/cdk/api-stack.test.ts asks for another stack from 400 on.",
    on: ["the template"],
  },
  W3005: {
    reason:
      "CDK makes a function depend on its role with everything in it. The reference to the role already says so; the second statement of it does no harm.",
    on: ["AWS::Lambda::Function"],
  },
  W6001: {
    reason:
      "The pages are at the API's address. The stack of the pages repeats it in its outputs, so that its deployment prints where they are.",
    on: ["Output DocsUrl", "Output PortalUrl"],
  },
};

/**
 * Checks of checkov that ask for the same as a rule of cdk-nag. A finding is accepted where a finding of that rule is
 * accepted, on the same resource. The reason is next to the construct, in `cdk/`.
 */
export const sameAsNag: Readonly<Record<string, string>> = {
  CKV_AWS_18: "HIPAA.Security-S3BucketLoggingEnabled",
  CKV_AWS_21: "HIPAA.Security-S3BucketVersioningEnabled",
  CKV_AWS_26: "HIPAA.Security-SNSEncryptedKMS",
  CKV_AWS_59: "AwsSolutions-APIG4",
  CKV_AWS_73: "HIPAA.Security-APIGWXrayEnabled",
  CKV_AWS_76: "AwsSolutions-APIG1",
  CKV_AWS_86: "AwsSolutions-CFR3",
  CKV_AWS_111: "AwsSolutions-IAM5[Resource::*]",
  CKV_AWS_115: "HIPAA.Security-LambdaConcurrency",
  CKV_AWS_116: "HIPAA.Security-LambdaDLQ",
  CKV_AWS_117: "HIPAA.Security-LambdaInsideVPC",
  CKV_AWS_120: "HIPAA.Security-APIGWCacheEnabledAndEncrypted",
  CKV_AWS_149: "HIPAA.Security-SecretsManagerUsingKMSKey",
  CKV_AWS_158: "HIPAA.Security-CloudWatchLogGroupEncrypted",
};

/** Findings of checkov that we accept and that cdk-nag does not have, by check. */
export const acceptedByCheckov: Readonly<Record<string, Accepted>> = {
  CKV_AWS_27: {
    reason:
      "SQS encrypts the dead-letter queues with its own key, which the check does not know. A message says which records of the stream, or which object of the bucket, could not be handled: sequence numbers and names of objects, no content of a record.",
    on: ["AWS::SQS::Queue"],
    holds: ({ Properties }) => Properties?.SqsManagedSseEnabled === true,
  },
  CKV_AWS_119: {
    reason:
      "DynamoDB encrypts every table, by default with a key that AWS owns. The option tableKey=customer takes a key of the account instead, with rotation.",
    on: ["AWS::DynamoDB::Table"],
    holds: ({ Properties }) => Properties?.SSESpecification === undefined,
  },
  CKV_AWS_173: {
    reason:
      "Lambda encrypts environment variables with its own key. They hold names, addresses and ARNs; a function reads the secret itself from Secrets Manager.",
    on: ["AWS::Lambda::Function"],
    holds: ({ Properties }) => secretVariables(Properties).length === 0,
  },
  CKV2_AWS_71: {
    reason:
      "Each practice has a name of its own below portalDomain, which it chooses while the API runs. The certificate is renewed by ACM and cannot be exported.",
    on: ["AWS::CertificateManager::Certificate"],
    holds: ({ Properties }) => Properties?.CertificateExport === undefined,
  },
};

/** The environment variables of a function whose names say that they hold a secret. */
function secretVariables(properties: Resource["Properties"]): string[] {
  const { Variables = {} } = (properties?.Environment ?? {}) as { Variables?: object };
  return Object.keys(Variables).filter((name) => /(SECRET|PASSWORD|TOKEN|KEY)$/.test(name));
}
