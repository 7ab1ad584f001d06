import { type Operation, operations, rowOf } from "../operations.ts";
import { segmentText } from "./text.ts";

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
 * The route of a request, chosen as API Gateway chooses: a fixed segment before a variable one, a variable one before a
 * greedy one, `$default` last. HEAD leads where GET does.
 * @param path as the client sent it, percent-encoding included
 */
export function routeOf(method: string, path: string): Route {
  const candidates = routesAt(path).filter(({ row }) => row.method === (method === "HEAD" ? "GET" : method));
  return candidates[0] ?? { row: unmatched, path: "$default", pathParameters: {} };
}

/** Methods by which something can be done at a path; asking leave to (OPTIONS) does not count. */
export function methodsAt(path: string): string[] {
  const methods = routesAt(path).map(({ row }) => row.method);
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
  const wanted = pattern.split("/");
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
      pathParameters[name] = given.slice(place).map(segmentText).join("/");
      return pathParameters[name] === "" ? undefined : { pathParameters, rank: `${rank}2` };
    } else {
      if (value === "") return undefined;
      pathParameters[name] = segmentText(value);
      rank += "1";
    }
  }
  return wanted.length === given.length ? { pathParameters, rank } : undefined;
}
