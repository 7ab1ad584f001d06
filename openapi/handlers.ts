import type * as z from "zod";
import type { Dialect } from "../lib/api/dialect.ts";
import type { ErrorCode } from "../lib/errors.ts";
import { type Operation, operations } from "../lib/operations.ts";
import { functionFile } from "../tools/function-file.ts";

/** What a function tells of itself. */
export interface Handler {
  readonly dialect: Dialect;
  /** The errors that it declares. */
  readonly errors: readonly ErrorCode[];
  readonly fields?: z.ZodObject;
  readonly target?: "accountId" | "userId";
}

/**
 * The rows that have paths of their own: all but the one for what no other row answers. That portals take a slash at the
 * end is said once, in the introduction.
 */
export const documentedRows = (operations as readonly Operation[])
  .filter(({ paths }) => !paths.includes("$default"))
  .map((row) => (row.family === "accounts" ? { ...row, paths: row.paths.filter((path) => !path.endsWith("/")) } : row));

/** The code of a row. */
export const handlerOf = async (row: Operation): Promise<Handler> =>
  ((await import(functionFile(row).href)) as { handler: Handler }).handler;
