import type { Operation } from "../lib/operations.ts";
import { documentedRows } from "./handlers.ts";

/** The addresses of operations, as OpenAPI writes them. */

/** A path as OpenAPI writes it: it knows no greedy variables. */
export const template = (path: string): string => path.replaceAll("+}", "}");
const shapeOf = (path: string) => template(path).replaceAll(/\{\w+\}/g, "{}");

const byShape = Map.groupBy(
  documentedRows.flatMap(({ paths }) => paths.map(template)),
  shapeOf,
);
const count = (names: readonly string[], wanted: string) => names.filter((name) => name === wanted).length;

/**
 * The address of a row in OpenAPI's form. Paths that differ in the names of variables alone are one path to OpenAPI, and
 * take the names that most rows have.
 */
export function templateOf(path: string): string {
  const names = byShape.get(shapeOf(path)) ?? [template(path)];
  return names.toSorted((one, other) => count(names, other) - count(names, one))[0] as string;
}

/** Which of its addresses an operation is described under: the first whose variables have the row's own names. */
export const mainPath = ({ paths }: Operation): string =>
  paths.find((path) => templateOf(path) === template(path)) ?? (paths[0] as string);
