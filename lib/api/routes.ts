import { type Operation, operations, rowOf } from "../operations.ts";
import { segmentText } from "../text.ts";

/** Where a request's method and path lead. */
export interface Route {
  readonly row: Operation;
  /** The registry path that matched. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** What no row answers to. */
const unmatched = rowOf("Unmatched");

/**
 * A registry path as API Gateway takes it. It takes none that ends with a slash, and tells a path that does from one that
 * does not: only a greedy variable after the slash, standing for nothing, matches it.
 * @see https://github.com/storacha/w3infra/pull/166 where this was found out in AWS
 */
export const routePath = (path: string): string => (path.endsWith("/") ? `${path}{rest+}` : path);

/** Labels that a portal's `{org}` matches, though paths of other families begin with them. */
const otherFamilies: readonly (string | undefined)[] = ["api", "io", "therapist"];

/**
 * Whether a route leads to its operation for the path that it matched. It does not below a path that ends with a slash,
 * which API Gateway matches by a greedy variable, and not where another family's label stands in the place of `{org}`.
 * @param pathParameters the variables of the path
 */
export const leadsToOperation = ({ rest, org }: Readonly<Record<string, string | undefined>>): boolean =>
  !rest && !otherFamilies.includes(org);

/**
 * The route of a request, chosen as API Gateway chooses: a whole match before a greedy one, a fixed segment before a
 * variable one, `$default` last. HEAD leads where GET does.
 * @param path as the client sent it, percent-encoding included
 */
export function routeOf(method: string, path: string): Route {
  const candidates = routesAt(path).filter(({ row }) => row.method === (method === "HEAD" ? "GET" : method));
  return candidates[0] ?? { row: unmatched, path: "$default", pathParameters: {} };
}

/** Methods by which something can be done at a path; asking leave to (OPTIONS) does not count. */
export function methodsAt(path: string): string[] {
  const methods = routesAt(path)
    .filter(({ pathParameters }) => leadsToOperation(pathParameters))
    .map(({ row }) => row.method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].filter(
    (method) => method !== "OPTIONS",
  );
}

function routesAt(path: string): Route[] {
  const matches = (operations as readonly Operation[]).flatMap((row) =>
    row.paths.flatMap((pattern) => {
      const match = matchPath(pattern, path);
      return match ? [{ row, path: pattern, ...match }] : [];
    }),
  );
  return matches.sort((one, other) => (one.rank < other.rank ? -1 : 1));
}

function matchPath(
  pattern: string,
  path: string,
): { pathParameters: Record<string, string>; rank: string } | undefined {
  const wanted = routePath(pattern).split("/");
  const given = path.split("/");
  const pathParameters: Record<string, string> = {};
  let rank = "";
  for (const [place, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
    const value = given[place];
    if (value === undefined) return undefined;
    if (name === undefined) {
      if (segment !== segmentText(value)) return undefined;
      rank += "0";
    } else if (greedy) {
      const below = given.slice(place).map(segmentText).join("/");
      if (below !== "") pathParameters[name] = below;
      return { pathParameters, rank: `2${rank}2` };
    } else {
      if (value === "") return undefined;
      pathParameters[name] = segmentText(value);
      rank += "1";
    }
  }
  return wanted.length === given.length ? { pathParameters, rank } : undefined;
}
