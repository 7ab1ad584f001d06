import type { PortalSettings } from "../portal-settings.ts";
import { portalUrl } from "../settings.ts";
import type { PracticeId } from "../table/records.ts";

/** The locale of portals, and of accounts that state none. */
export const localeDefault = "en_US";

/** A practice's portal, where people have accounts. */
export interface Portal extends PracticeId {
  /** The practice's web address, as in the path. */
  readonly org: string;
  readonly practiceName: string;
  /** Goes up when the practice is deactivated. All sessions from before then end. */
  readonly sessionEpoch: number;
  readonly settings: PortalSettings;
}

/**
 * Returns the address of a page of the portal, with a one-time token. It is built only from the settings, never from
 * the request.
 */
export const portalLink = (portal: Portal, page: string, token: string): string =>
  `${portalUrl().replace("{org}", portal.org)}/${page}?token=${token}`;

/** Whether portals are served over TLS. On a laptop they are not. */
export const portalsAreSecure = (): boolean => portalUrl().startsWith("https:");
