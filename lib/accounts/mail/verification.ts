import { briefNameMax, type Mail } from "../../messages/outbox.ts";
import { shortened } from "../../text.ts";
import type { Account } from "../account/account.ts";
import { type Portal, portalLink } from "../portal.ts";

/** How many verification tokens of an account are kept besides the newest one. They can still reject the account. */
const replacedMax = 20;

/**
 * Returns the mail that asks whether an e-mail address is its reader's. It says who registered, when and from where, so that
 * somebody who did not can reject the account.
 */
export const verificationMail = (portal: Portal, account: Account, token: string): Mail => ({
  kind: "verification",
  to: account.email,
  practiceName: portal.practiceName,
  link: portalLink(portal, "verify", token),
  registered: {
    // A stranger may have typed it.
    by: shortened(`${account.document.name.first} ${account.document.name.last}`, briefNameMax),
    at: account.createdAt,
    ...(account.registeredFrom !== undefined && { from: account.registeredFrom }),
    rejectLink: portalLink(portal, "reject", token),
  },
});

/** Returns the digests of the tokens that are replaced when a new one is mailed: those that are kept, and those that are not. */
export function replacedTokens({ verificationDigest, replacedVerifications = [] }: Account): {
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
} {
  const all = [...replacedVerifications, ...(verificationDigest ? [verificationDigest] : [])];
  return { kept: all.slice(-replacedMax), dropped: all.slice(0, -replacedMax) };
}
