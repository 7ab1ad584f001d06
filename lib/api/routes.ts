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

/**
 * The route of a request, by API Gateway's rules: a whole match before a greedy one, a fixed segment before a variable,
 * `$default` last. HEAD leads to the operation of GET, where the path has a route for it.
 * @param path as the client sent it, with percent-encoding
 */
export function routeOf(method: string, path: string): Route {
  const given = givenIn(path);
  const pattern = patterns.find((each) => each.methods.includes(method) && fits(each, given));
  return pattern ? routeBy(pattern, given) : { row: unmatched, path: "$default", pathParameters: {} };
}

/**
 * The methods by which programs can use a path, without OPTIONS. Pages of portals do not count: a program that sends a POST
 * to `/riverside/verify` has the wrong path, not the wrong method.
 */
export function methodsAt(path: string): string[] {
  const given = givenIn(path);
  const methods = patterns
    .filter((pattern) => fits(pattern, given))
    .map((pattern) => routeBy(pattern, given))
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

/** A path of the registry. */
interface Pattern {
  readonly row: Operation;
  readonly path: string;
  readonly methods: readonly string[];
  readonly segments: readonly Segment[];
  /** Paths with a lower rank come first. */
  readonly rank: string;
}

/** All paths of the registry, the first that fits a request first. */
const patterns = (operations as readonly Operation[])
  .flatMap((row) => row.paths.map((path) => patternOf(row, path)))
  .sort((one, other) => (one.rank < other.rank ? -1 : 1));

function patternOf(row: Operation, path: string): Pattern {
  const segments = routePath(path).split("/").map(segmentOf);
  const ranks = segments.map((segment) => ("text" in segment ? "0" : segment.greedy ? "2" : "1")).join("");
  const rank = ranks.endsWith("2") ? `2${ranks}` : ranks;
  return { row, path, methods: routeMethods(row.method, path), segments, rank };
}

/** The path of a request: its segments as they were sent, and decoded. */
interface Given {
  readonly sent: readonly string[];
  readonly texts: readonly string[];
}

/** Decodes each segment once: a request is compared with up to two hundred paths. */
function givenIn(path: string): Given {
  const sent = path.split("/");
  return { sent, texts: sent.map(segmentText) };
}

/** Whether a request has a path of the registry. */
function fits({ segments }: Pattern, { sent, texts }: Given): boolean {
  const last = segments.at(-1);
  const isGreedy = last !== undefined && "name" in last && last.greedy;
  if (isGreedy ? sent.length < segments.length : sent.length !== segments.length) return false;
  return segments.every((segment, place) =>
    "text" in segment ? segment.text === texts[place] : segment.greedy || sent[place] !== "",
  );
}

function routeBy({ row, path, segments }: Pattern, { texts }: Given): Route {
  const pathParameters: Record<string, string> = {};
  for (const [place, segment] of segments.entries()) {
    if ("text" in segment) continue;
    const value = segment.greedy ? texts.slice(place).join("/") : texts[place];
    // A greedy variable that matched nothing is left out.
    if (value) pathParameters[segment.name] = value;
  }
  return { row, path, pathParameters };
}
