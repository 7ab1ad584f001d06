import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Busy } from "../errors.ts";

/** Values of a secret, the present one first. */
export type SecretValues = readonly [present: string, ...before: string[]];

/** Where a secret is in Secrets Manager. */
export interface SecretPlace {
  /** Its ARN, or its name. */
  readonly id: string;
  /** Its region, if it is not the function's own. */
  readonly region?: string;
}

/** A secret of Secrets Manager, which a function instance keeps. */
export interface StoredSecret {
  /** Returns the known values, or fetches the present one. */
  readonly read: () => Promise<SecretValues>;
  /**
   * Fetches the present value and the previous one again, because the secret may have been rotated since this instance
   * fetched it. After a recent fetch, returns what that fetch has returned, or fails as it did: whether a value is wrong is not
   * known then.
   */
  readonly refetch: () => Promise<SecretValues>;
}

/** Fetch again at most every 10 s: otherwise each forged value would cause a call to Secrets Manager. */
const refetchEveryMs = 10_000;

/** A secret that is fetched when it is first needed. @param place says where it is, when it is fetched */
export function storedSecret(place: () => SecretPlace): StoredSecret {
  let known: Promise<SecretValues> | undefined;
  let refetched: Promise<SecretValues> | undefined;
  let refetchedAt = Number.NEGATIVE_INFINITY;
  return {
    read: () => {
      if (known) return known;
      const values = fetchPresent(place());
      known = values;
      // Forget a failed fetch, so that the next call tries again.
      values.catch(() => {
        if (known === values) known = undefined;
      });
      return values;
    },
    refetch: () => {
      if (refetched && performance.now() - refetchedAt < refetchEveryMs) return refetched;
      refetchedAt = performance.now();
      const values = fetchBoth(place());
      refetched = values;
      // What is known stays when the fetch fails. Otherwise forged values would make it forgotten during an outage.
      values.then(
        () => {
          known = values;
        },
        () => {},
      );
      return values;
    },
  };
}

async function fetchPresent(place: SecretPlace): Promise<SecretValues> {
  return [await fetchValue(place, "AWSCURRENT")];
}

async function fetchBoth(place: SecretPlace): Promise<SecretValues> {
  const [present, before] = await Promise.all([
    fetchValue(place, "AWSCURRENT"),
    fetchValue(place, "AWSPREVIOUS").catch((error: Error) => {
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

async function fetchValue({ id, region }: SecretPlace, VersionStage: "AWSCURRENT" | "AWSPREVIOUS"): Promise<string> {
  const { SecretString } = await new SecretsManagerClient({ ...bounded, ...(region && { region }) })
    .send(new GetSecretValueCommand({ SecretId: id, VersionStage }))
    .catch((error: Error & { $fault?: string }) => {
      const mayPass = error.$fault !== "client" || /Throttl|TooManyRequests/.test(error.name);
      throw mayPass ? new Busy("Secrets Manager did not answer in time", { cause: error }) : error;
    });
  if (!SecretString) throw new Error("the secret is empty");
  return SecretString;
}
