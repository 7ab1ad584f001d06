import { preflight } from "../../lib/api/preflight.ts";

/** Answers a browser that asks whether a page of another origin may call the portal. */
export const handler = preflight("AccountPreflight");
