import type { PortalSettings } from "../portal-settings.ts";
import type { Reply } from "../reply.ts";

/** Lets a browser page of an allowed origin read the answer, also when the call is refused. */
export function allowOrigin(reply: Reply, { allowedOrigins }: PortalSettings, origin: string | undefined): void {
  if (origin === undefined || !allowedOrigins.includes(origin)) return;
  Object.assign(reply.headers, {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Medable-Csrf-Token, Frontdesk-Request-Id",
  });
}
