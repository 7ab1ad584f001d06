/** First segments of other families' paths. A portal's `{org}` matches them too. */
const otherFamilies: readonly (string | undefined)[] = ["api", "io", "therapist"];

/**
 * Whether a route leads to its operation for the path that it matched. It does not when there is more behind a path that
 * ends with a slash, which API Gateway matches by a greedy variable, or when `{org}` is another family's first segment.
 * @param pathParameters the variables of the path
 */
export const leadsToOperation = ({ rest, org }: Readonly<Record<string, string | undefined>>): boolean =>
  !rest && !otherFamilies.includes(org);
