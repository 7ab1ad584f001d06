import { settings } from "../settings.ts";
import { type SecretValues, storedSecret } from "./stored-secret.ts";

// Pure: functions that seal nothing leave it out of their bundles.
const stored = /* @__PURE__ */ storedSecret(() => {
  const { SEAL_SECRET_ARN: id } = settings();
  if (!id) throw new Error("neither SEAL_SECRET nor SEAL_SECRET_ARN is set");
  return { id };
});

/**
 * Returns the known secrets from which sealing keys are derived, the present one first. On a laptop the secret comes from
 * the environment. In AWS it is fetched from Secrets Manager, once in the life of a function instance.
 */
export async function sealSecrets(): Promise<SecretValues> {
  const { SEAL_SECRET } = settings();
  return SEAL_SECRET ? [SEAL_SECRET] : stored.read();
}

/** The same after a fetch, because the secret may have been rotated since this instance fetched it. */
export async function refetchSealSecrets(): Promise<SecretValues> {
  return settings().SEAL_SECRET ? sealSecrets() : stored.refetch();
}
