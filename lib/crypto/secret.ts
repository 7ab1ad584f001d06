import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Busy } from "../errors.ts";
import { settings } from "../settings.ts";

/** Secrets from which sealing keys are derived, the present one first. */
export type SealSecrets = readonly [present: string, ...before: string[]];

let known: Promise<SealSecrets> | undefined;
let refetchedAt = Number.NEGATIVE_INFINITY;

/** Fetch again at most every 10 s: otherwise forged cursors would cause a call to Secrets Manager each. */
const refetchEveryMs = 10_000;

/**
 * Returns the known secrets. On a laptop the secret comes from the environment. In AWS it is fetched from Secrets
 * Manager, once in the life of a function instance.
 */
export function sealSecrets(): Promise<SealSecrets> {
  const { SEAL_SECRET } = settings();
  return keep(known ?? (SEAL_SECRET ? Promise.resolve([SEAL_SECRET]) : fetchPresent()));
}

/**
 * Fetches the present secret and the previous one again, because the secret may have been rotated since this instance
 * fetched it. After a recent fetch, returns the known secrets.
 */
export function refetchSealSecrets(): Promise<SealSecrets> {
  if (settings().SEAL_SECRET || performance.now() - refetchedAt < refetchEveryMs) return sealSecrets();
  refetchedAt = performance.now();
  return keep(fetchBoth());
}

function keep(secrets: Promise<SealSecrets>): Promise<SealSecrets> {
  known = secrets;
  // Forget a failed fetch, so that the next call tries again.
  secrets.catch(() => {
    if (known === secrets) known = undefined;
  });
  return secrets;
}

async function fetchPresent(): Promise<SealSecrets> {
  return [await fetchSecret("AWSCURRENT")];
}

async function fetchBoth(): Promise<SealSecrets> {
  const [present, before] = await Promise.all([
    fetchSecret("AWSCURRENT"),
    fetchSecret("AWSPREVIOUS").catch((error: Error) => {
      // The secret has never been rotated.
      if (error.name !== "ResourceNotFoundException") throw error;
      return undefined;
    }),
  ]);
  return before === undefined ? [present] : [present, before];
}

/** A fetch ends within five seconds, so that the call that waits for it is still answered in time. */
const bounded = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
};

async function fetchSecret(VersionStage: "AWSCURRENT" | "AWSPREVIOUS"): Promise<string> {
  const { SEAL_SECRET_ARN: SecretId } = settings();
  if (!SecretId) throw new Error("neither SEAL_SECRET nor SEAL_SECRET_ARN is set");
  const { SecretString } = await new SecretsManagerClient(bounded)
    .send(new GetSecretValueCommand({ SecretId, VersionStage }))
    .catch((error: Error & { $fault?: string }) => {
      const mayPass = error.$fault !== "client" || /Throttl|TooManyRequests/.test(error.name);
      throw mayPass ? new Busy("Secrets Manager did not answer in time", { cause: error }) : error;
    });
  if (!SecretString) throw new Error("the sealing secret is empty");
  return SecretString;
}
