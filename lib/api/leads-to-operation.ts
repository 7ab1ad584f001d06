import { segmentText } from "../text.ts";

/** First segments of other families' paths. A portal's `{org}` matches them too. */
const otherFamilies: readonly (string | undefined)[] = ["api", "io", "therapist"];

/**
 * Whether a route leads to its operation for the path that it matched. It does not when there is more behind a path that
 * ends with a slash, which API Gateway matches by a greedy variable, or when `{org}` is another family's first segment.
 * @param pathParameters the variables of the path
 */
export const leadsToOperation = ({ rest, org }: Readonly<Record<string, string | undefined>>): boolean =>
  !rest && !otherFamilies.includes(org);

/** The portal itself, its settings, and everything below its other segments. */
const portalPath = /^\/[^/]+\/(v2|v2\/settings|(v2\/)?(accounts|connections|token)(\/.*)?)\/?$/s;

/**
 * Whether a path has the form for which portals answer preflights. One greedy route matches these and all other paths.
 * @param path as the client sent it, with percent-encoding
 */
export const isPortalPath = (path: string): boolean => portalPath.test(path.split("/").map(segmentText).join("/"));
