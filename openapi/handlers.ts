import type * as z from "zod";
import type { Dialect } from "../lib/api/dialect.ts";
import type { ErrorCode } from "../lib/errors.ts";
import { type Operation, operations } from "../lib/operations.ts";
import { functionFile } from "../tools/function-file.ts";

/** What a function's handler exposes about itself. */
export interface Handler {
  readonly dialect: Dialect;
  /** The errors that it declares. */
  readonly errors: readonly ErrorCode[];
  readonly fields?: z.ZodObject;
  readonly target?: "accountId" | "userId";
}

/**
 * The rows of the document: all except those for pages and for unknown paths. Paths of portals that end with a slash are left out,
 * because the introduction says that a slash makes no difference.
 */
export const documentedRows = (operations as readonly Operation[])
  .filter(({ family }) => family !== "edge")
  .map((row) => (row.family === "accounts" ? { ...row, paths: row.paths.filter((path) => !path.endsWith("/")) } : row));

/** Loads the handler of a row. */
export const handlerOf = async (row: Operation): Promise<Handler> =>
  ((await import(functionFile(row).href)) as { handler: Handler }).handler;
