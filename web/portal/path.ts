/** Where the built files of portals' pages are in URLs. No portal can have this name. */
export const portalPath = "/_portal/";

/** How browsers may keep the built files: for good, because their names change with their content. */
export const immutable = "public, max-age=31536000, immutable";
