import type { PortalSettings } from "../portal-settings.ts";
import type { Reply } from "../reply.ts";
import { allowsLocalOrigins } from "../settings.ts";

/** Pages on this machine, which `npm start` lets call every portal. */
const localOrigin = /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/;

/** Whether pages of an origin may call a portal. */
export const isAllowedOrigin = ({ allowedOrigins }: PortalSettings, origin: string): boolean =>
  allowedOrigins.includes(origin) || (allowsLocalOrigins() && localOrigin.test(origin));

/**
 * Lets a browser page of an allowed origin read the answer, also when the call is refused.
 * @returns whether the origin is allowed
 */
export function allowOrigin(reply: Reply, portal: PortalSettings, origin: string | undefined): boolean {
  if (origin === undefined || !isAllowedOrigin(portal, origin)) return false;
  Object.assign(reply.headers, {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Medable-Csrf-Token, Frontdesk-Request-Id, Idempotent-Replayed, Retry-After",
  });
  return true;
}
