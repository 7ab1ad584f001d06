import { isIP } from "node:net";
import type { CallEvent } from "./call.ts";
import { cameThroughEdge, viewerHeader } from "./edge-proof.ts";

/**
 * The address that a request comes from. Behind CloudFront the gateway sees CloudFront's address, and a header has the
 * viewer's. Anybody could send that header to the gateway, so it counts only when the authorizer says that the request came
 * through our CloudFront (`functions/edge/admit-cloudfront.ts`). The caller cannot write what an authorizer says.
 */
export function sourceAddress({ headers, requestContext }: CallEvent): string {
  const { http, authorizer } = requestContext;
  if (authorizer?.lambda?.throughEdge !== cameThroughEdge) return http.sourceIp;
  const viewer = headers[viewerHeader] ?? "";
  return isIP(viewer) ? viewer : http.sourceIp;
}
