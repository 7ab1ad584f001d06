import { digestOf } from "../crypto/digest.ts";
import type { TextMessage } from "../messages/outbox.ts";
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
  /** Goes up when the vendor is disabled, with the same effect. */
  readonly vendorEpoch: number;
  readonly settings: PortalSettings;
}

/** Names a portal in messages and in counters of messages. */
export const portalDigest = ({ applicationId, accountId }: PracticeId): string =>
  digestOf(JSON.stringify([applicationId, accountId]));

/** The portal as the sender of text messages, of which each portal may send some in a day. */
export const textSender = (portal: Portal): TextMessage["sender"] => ({
  portal: portalDigest(portal),
  smsPerDay: portal.settings.smsPerDay,
});

/**
 * Returns the address of a page of the portal, with a one-time token. It is built only from the settings, never from
 * the request.
 */
export const portalLink = (portal: Portal, page: string, token: string): string =>
  `${portalUrl().replace("{org}", portal.org)}/${page}?token=${token}`;

/** Whether portals are served over TLS. On a laptop they are not. */
export const portalsAreSecure = (): boolean => portalUrl().startsWith("https:");
