/**
 * The pages of a portal, by the first part of their address behind `/{org}/`. The function that serves them and the pages
 * themselves read this list. None has the address of an operation: `/{org}/connections` is one, so that page is `sharing`.
 * Mailed links lead to `connect`, `register`, `reject`, `reset-password` and `verify`.
 */
export const portalPages = [
  "",
  "account",
  "connect",
  "deleted",
  "forgot-password",
  "invitations",
  "people",
  "register",
  "reject",
  "reset-password",
  "security",
  "settings",
  "sharing",
  "sign-in",
  "verify",
] as const;

/** The name of a page. The empty one is the portal's first page. */
export type PortalPage = (typeof portalPages)[number];
