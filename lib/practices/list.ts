import * as z from "zod";
import { Failure } from "../errors.ts";
import { type Page, sealCursor, unsealCursor } from "../table/page.ts";
import * as field from "./fields.ts";

const limitDefault = 100;
const limitMax = 1000;
const cursorCharactersMax = 8192;

/** What a list takes: `limit`, `cursor`, and what narrows it. */
export const ListFields = z.object({
  accountId: field.text(128),
  limit: field.integer(1, limitMax).transform((limit) => limit ?? limitDefault),
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

/** The answer's `cursor`, when there is more. */
export const nextCursor = async (
  { next }: Pick<Page, "next">,
  binding: readonly string[],
): Promise<{ cursor?: string }> => (next ? { cursor: await sealCursor(next, binding) } : {});
