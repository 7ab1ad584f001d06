import { timingSafeEqual } from "node:crypto";
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from "aws-lambda";
import { cameThroughEdge, type EdgeContext, edgeHeader } from "../../lib/api/edge-proof.ts";
import { digestOf } from "../../lib/crypto/digest.ts";
import { storedSecret } from "../../lib/crypto/stored-secret.ts";
import { edgeSettings } from "../../lib/edge-settings.ts";

const secret = storedSecret(() => {
  const { EDGE_SECRET_NAME: id, EDGE_SECRET_REGION: region } = edgeSettings();
  return { id, region };
});

/**
 * Tells API Gateway whether a request came through our CloudFront, which sends a secret with each. The gateway asks before it
 * calls any other function. It refuses requests without the header itself, and keeps the answer for a value for some minutes.
 * While CloudFront is being set up (`EDGE_ONLY` is `false`), every request is admitted, and functions learn how it came.
 */
export async function handler({
  headers,
}: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerWithContextResult<EdgeContext>> {
  const { EDGE_ONLY } = edgeSettings();
  const isThrough = await isSecret(headers?.[edgeHeader] ?? "");
  return {
    isAuthorized: isThrough || EDGE_ONLY === "false",
    context: { throughEdge: isThrough ? cameThroughEdge : "no" },
  };
}

/**
 * Whether a value is the secret, or the one before the last rotation: CloudFront sends that until it is deployed again. An
 * unknown value may be newer than what this instance knows.
 */
async function isSecret(value: string): Promise<boolean> {
  if (value === "") return false;
  const offered = Buffer.from(digestOf(value));
  for (const values of [secret.read, secret.refetch]) {
    // Every value is compared, in a time that depends on none of them.
    const matches = (await values()).filter((each) => timingSafeEqual(Buffer.from(digestOf(each)), offered));
    if (matches.length > 0) return true;
  }
  return false;
}
