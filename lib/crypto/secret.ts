import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { settings } from "../config.ts";

let fetched: Promise<string> | undefined;

/**
 * The secret that sealing keys are derived from: from the environment on a laptop, from Secrets Manager in AWS, there
 * fetched once in the life of a function instance.
 */
export function sealSecret(): Promise<string> {
  fetched ??= settings.SEAL_SECRET ? Promise.resolve(settings.SEAL_SECRET) : fetchSecret(settings.SEAL_SECRET_ARN);
  // A failed fetch must not outlive its cause.
  fetched.catch(() => {
    fetched = undefined;
  });
  return fetched;
}

async function fetchSecret(arn: string | undefined): Promise<string> {
  if (!arn) throw new Error("neither SEAL_SECRET nor SEAL_SECRET_ARN is set");
  const { SecretString } = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: arn }));
  if (!SecretString) throw new Error("the sealing secret is empty");
  return SecretString;
}
