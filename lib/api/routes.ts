import { type Operation, operations, rowOf } from "../operations.ts";
import { segmentText } from "../text.ts";
import { leadsToOperation } from "./leads-to-operation.ts";

/** Where the method and path of a request lead. */
export interface Route {
  readonly row: Operation;
  /** The registry path that matched. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The row for all other paths. */
const unmatched = rowOf("Unmatched");

/**
 * A registry path in the form that API Gateway accepts. API Gateway accepts no path that ends with a slash, but it
 * distinguishes it from the path without: only a greedy variable after the slash, which is empty, matches it. It accepts `/`.
 * @see https://github.com/storacha/w3infra/pull/166 where this was observed in AWS
 */
export const routePath = (path: string): string => (path.endsWith("/") && path !== "/" ? `${path}{rest+}` : path);

/**
 * The methods of the routes that a path of a row has. A GET has a route for HEAD too, except where the path ends with a slash:
 * an API has at most 300 routes, and few programs send HEAD.
 */
export const routeMethods = (method: Operation["method"], path: string): readonly (Operation["method"] | "HEAD")[] =>
  method === "GET" && (path === "/" || !path.endsWith("/")) ? ["GET", "HEAD"] : [method];

/** Whether a route of the registry is one of a method. */
const hasMethod = ({ row, path }: Route, method: string) =>
  routeMethods(row.method, path).some((each) => each === method);

/**
 * The route of a request, by API Gateway's rules: a whole match before a greedy one, a fixed segment before a variable,
 * `$default` last. HEAD leads to the operation of GET, where the path has a route for it.
 * @param path as the client sent it, with percent-encoding
 */
export function routeOf(method: string, path: string): Route {
  return (
    routesAt(path).find((route) => hasMethod(route, method)) ?? { row: unmatched, path: "$default", pathParameters: {} }
  );
}

/**
 * The methods by which programs can use a path, without OPTIONS. Pages of portals do not count: a program that sends a POST
 * to `/riverside/verify` has the wrong path, not the wrong method.
 */
export function methodsAt(path: string): string[] {
  const methods = routesAt(path)
    .filter(({ row, pathParameters }) => row.family !== "edge" && leadsToOperation(pathParameters))
    .flatMap(({ row, path }) => routeMethods(row.method, path));
  return [...new Set(methods)].filter((method) => method !== "OPTIONS");
}

/** A segment of a registry path: fixed text, or a variable that takes one segment or, when greedy, all that follow. */
type Segment = { readonly text: string } | { readonly name: string; readonly greedy: boolean };

function segmentOf(text: string): Segment {
  const [, name, plus] = /^\{(\w+)(\+?)\}$/.exec(text) ?? [];
  return name === undefined ? { text } : { name, greedy: plus === "+" };
}

/** All paths of the registry, in segments. */
const patterns = (operations as readonly Operation[]).flatMap((row) =>
  row.paths.map((path) => ({ row, path, segments: routePath(path).split("/").map(segmentOf) })),
);

function routesAt(path: string): Route[] {
  const given = path.split("/");
  const matches = patterns.flatMap(({ row, path, segments }) => {
    const match = matchPath(segments, given);
    return match ? [{ row, path, ...match }] : [];
  });
  return matches.sort((one, other) => (one.rank < other.rank ? -1 : 1));
}

function matchPath(
  wanted: readonly Segment[],
  given: readonly string[],
): { pathParameters: Record<string, string>; rank: string } | undefined {
  const pathParameters: Record<string, string> = {};
  let rank = "";
  for (const [place, segment] of wanted.entries()) {
    const value = given[place];
    if (value === undefined) return undefined;
    if ("text" in segment) {
      if (segment.text !== segmentText(value)) return undefined;
      rank += "0";
    } else if (segment.greedy) {
      const below = given.slice(place).map(segmentText).join("/");
      if (below !== "") pathParameters[segment.name] = below;
      return { pathParameters, rank: `2${rank}2` };
    } else {
      if (value === "") return undefined;
      pathParameters[segment.name] = segmentText(value);
      rank += "1";
    }
  }
  return wanted.length === given.length ? { pathParameters, rank } : undefined;
}
