import { unmatched } from "../../lib/api/unmatched.ts";

/** Answers what no operation answers to: an unknown path (404), or a known one with another verb (405). */
export const handler = unmatched("Unmatched");
