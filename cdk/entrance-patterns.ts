import type { Operation } from "../lib/operations.ts";

/** AWS WAF takes at most 512 characters in the pattern of a rule. */
const patternCharactersMax = 512;

/** Patterns of paths, by the method of the calls. */
export type MethodPatterns = ReadonlyMap<Operation["method"], readonly string[]>;

/**
 * Patterns of the paths of entrances, by method: of all spellings in the registry, for AWS WAF. It looks at the decoded path,
 * because API Gateway does.
 */
export function entrancePatterns(operations: readonly Operation[]): MethodPatterns {
  const entrances = operations.filter(({ entrance, paths }) => entrance && paths.length > 0);
  const byMethod = Map.groupBy(entrances, ({ method }) => method);
  return new Map(
    [...byMethod].map(([method, rows]) => [method, patternsOf(rows.flatMap(({ paths }) => paths).map(asPattern))]),
  );
}

/**
 * The same, for entrances of portals whose paths name nothing but the portal. All calls of a portal have one of few paths
 * then, so calls can be counted by the path.
 */
export const portalEntrancePatterns = (operations: readonly Operation[]): MethodPatterns =>
  entrancePatterns(
    operations.map((row) => ({ ...row, paths: row.paths.filter((path) => /^\/\{org\}\/[^{]+$/.test(path)) })),
  );

/** A path without the slash at its end. `v2` is optional in every portal's path, also where the registry has one spelling. */
const asPattern = (path: string): string =>
  path
    .replace(/\/$/, "")
    .replace(/^\/\{org\}(\/v2)?\//, "/{org}(/v2)?/")
    .replaceAll(/\{\w+\}/g, "[^/]+");

/** Few patterns that match what one of the given patterns matches, with and without a slash at the end. */
function patternsOf(paths: readonly string[]): string[] {
  const groups: string[] = [];
  for (const path of new Set(paths)) {
    const longer = groups.length > 0 ? `${groups.at(-1)}|${path}` : path;
    if (groups.length > 0 && whole(longer).length <= patternCharactersMax) groups[groups.length - 1] = longer;
    else groups.push(path);
  }
  return groups.map(whole);
}

const whole = (alternatives: string) => `^(${alternatives})/?$`;
