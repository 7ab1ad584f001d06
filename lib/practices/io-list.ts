import * as z from "zod";
import { Failure } from "../errors.ts";
import { sealCursor, unsealCursor } from "../table/page.ts";
import * as field from "./io-fields.ts";

const limitMax = 1000;
const cursorCharactersMax = 8192;

/** What a list takes: `limit` (without it a page is all that an answer has room for), `cursor`, and what narrows it. */
export const ListFields = z.object({
  accountId: field.text(128),
  limit: field.integer(1, limitMax),
  cursor: field.text(cursorCharactersMax),
});

/**
 * Where a page starts.
 * @param binding the list and its caller, to which its cursors are bound
 * @throws Failure 4060 for a cursor that is not this list's and this caller's
 */
export async function listedFrom(
  cursor: string | undefined,
  binding: readonly string[],
): Promise<Record<string, unknown> | undefined> {
  if (cursor === undefined) return undefined;
  const start = await unsealCursor(cursor, binding);
  if (!start) throw new Failure(4060, [{ field: "cursor", message: "is not a cursor of this list" }]);
  return start;
}

/** The answer's `cursor`, when there is more. @param next where the next page starts */
export const nextCursor = async (
  next: Record<string, unknown> | undefined,
  binding: readonly string[],
): Promise<{ cursor?: string }> => (next ? { cursor: await sealCursor(next, binding) } : {});
