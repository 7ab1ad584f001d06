import { edge, edgeUnmatched } from "../../lib/api/edge.ts";

/** Answers all other requests: an unknown path (404), or a known path with another verb (405). */
export const handler = edge("Unmatched", edgeUnmatched);
