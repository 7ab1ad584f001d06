import type { PortalSettings } from "../portal-settings.ts";
import { statedPortalUrl } from "../settings.ts";
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

const portalUrl = statedPortalUrl();

/** A page of the portal, with a one-time token: made of configuration alone, never of a request. */
export const portalLink = (portal: Portal, page: string, token: string): string =>
  `${portalUrl.replace("{org}", portal.org)}/${page}?token=${token}`;

/** Whether the portals are served over TLS; only a laptop's are not. */
export const portalsAreSecure = portalUrl.startsWith("https:");
