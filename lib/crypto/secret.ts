import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Busy } from "../errors.ts";
import { settings } from "../settings.ts";

/** Secrets that sealing keys are derived from, the present one first. */
export type SealSecrets = readonly [present: string, ...before: string[]];

let known: Promise<SealSecrets> | undefined;
let refetchedAt = Number.NEGATIVE_INFINITY;

/** Fetch again at most every 10 s: otherwise forged cursors would cause a call to Secrets Manager each. */
const refetchEveryMs = 10_000;

/**
 * The present secret, and such as are known from before: from the environment on a laptop, from Secrets Manager in AWS,
 * there fetched once in the life of a function instance.
 */
export function sealSecrets(): Promise<SealSecrets> {
  const { SEAL_SECRET } = settings();
  return keep(known ?? (SEAL_SECRET ? Promise.resolve([SEAL_SECRET]) : fetchPresent()));
}

/**
 * The present secret and the one before the last rotation, fetched again: of that rotation this instance may not have
 * heard. Where they were fetched a moment ago, those.
 */
export function refetchSealSecrets(): Promise<SealSecrets> {
  if (settings().SEAL_SECRET || performance.now() - refetchedAt < refetchEveryMs) return sealSecrets();
  refetchedAt = performance.now();
  return keep(fetchBoth());
}

function keep(secrets: Promise<SealSecrets>): Promise<SealSecrets> {
  known = secrets;
  // A failed fetch must not outlive its cause.
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
      // It was never rotated.
      if (error.name !== "ResourceNotFoundException") throw error;
      return undefined;
    }),
  ]);
  return before === undefined ? [present] : [present, before];
}

/** A call that waits for the secret has to be decided in time: five seconds at the most. */
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
