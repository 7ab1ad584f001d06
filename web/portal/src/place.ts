/** Where this page is: the HTML says which portal it belongs to, and what its addresses begin with. */
const { org: statedOrg = "", base: statedBase = "" } = document.documentElement.dataset;

/** The portal's `{org}`. */
export const org = statedOrg;

/** What the addresses of the portal's pages begin with: `/riverside`, or nothing on a host of its own. */
export const base = statedBase;

/** The token of the mailed link that led here, if the address has one. */
export const tokenOf = (search: string): string => new URLSearchParams(search).get("token") ?? "";
