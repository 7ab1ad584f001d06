import type { Operation } from "../lib/operations.ts";
import { documentedRows } from "./handlers.ts";

/** The addresses of operations in the form of OpenAPI. */

/** A path in the form of OpenAPI, which has no greedy variables. */
export const template = (path: string): string => path.replaceAll("+}", "}");
const shapeOf = (path: string) => template(path).replaceAll(/\{\w+\}/g, "{}");

const byShape = Map.groupBy(
  documentedRows.flatMap(({ paths }) => paths.map(template)),
  shapeOf,
);
const count = (names: readonly string[], wanted: string) => names.filter((name) => name === wanted).length;

/**
 * The address of a row in the form of OpenAPI. For OpenAPI, paths that differ only in the names of variables are one path.
 * Such paths use the names that most rows have.
 */
export function templateOf(path: string): string {
  const names = byShape.get(shapeOf(path)) ?? [template(path)];
  return names.toSorted((one, other) => count(names, other) - count(names, one))[0] as string;
}

/** The address under which an operation is described: the first whose variables keep the names of the row. */
export const mainPath = ({ paths }: Operation): string =>
  paths.find((path) => templateOf(path) === template(path)) ?? (paths[0] as string);
