import type { PortalSettings } from "../portal-settings.ts";
import { portalUrl } from "../settings.ts";
import type { PracticeId } from "../table/records.ts";

/** A practice's portal, where people have accounts. */
export interface Portal extends PracticeId {
  /** The practice's web address, as in the path. */
  readonly org: string;
  readonly practiceName: string;
  /** Goes up when the practice is deactivated, which ends the sessions of before. */
  readonly sessionEpoch: number;
  readonly settings: PortalSettings;
}

/** A page of the portal, with a one-time token. Its address comes from the settings alone, never from a request. */
export const portalLink = (portal: Portal, page: string, token: string): string =>
  `${portalUrl().replace("{org}", portal.org)}/${page}?token=${token}`;

/** Whether the portals are served over TLS; only a laptop's are not. */
export const portalsAreSecure = (): boolean => portalUrl().startsWith("https:");
