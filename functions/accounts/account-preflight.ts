import { isAllowedOrigin } from "../../lib/api/allow-origin.ts";
import { byAddress } from "../../lib/api/by-address.ts";
import { operation } from "../../lib/api/operation.ts";

const cacheSeconds = 600;
const requestHeaders =
  "Content-Type, Medable-Client-Key, Medable-Csrf-Token, Authorization, X-Account-Id, Idempotency-Key";

/**
 * Answers a browser that asks whether a page of another origin may call the portal. It answers more than 204 only to origins
 * that the portal allows.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export const handler = operation("AccountPreflight", byAddress, {
  async run({ portal, origin, methods, reply: { headers } }) {
    headers.vary = "Origin";
    if (origin === undefined || !portal || !isAllowedOrigin(portal.settings, origin)) return undefined;
    Object.assign(headers, {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": requestHeaders,
      "access-control-max-age": String(cacheSeconds),
    });
    return undefined;
  },
});
