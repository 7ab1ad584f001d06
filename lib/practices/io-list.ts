import * as z from "zod";
import { cursorOf, type Place, placeIn } from "../table/cursor.ts";
import { pageLimitMax } from "../table/page.ts";
import * as field from "./io-fields.ts";

const cursorCharactersMax = 8192;

/**
 * The fields of a list: `accountId` narrows it, `limit` is the size of a page (by default as much as an answer has room
 * for), and `cursor` says where the page starts.
 */
export const ListFields = z.object({
  accountId: field.text(128),
  limit: field.integer(1, pageLimitMax),
  cursor: field.text(cursorCharactersMax),
});

/**
 * Returns where a page starts; `undefined` for the first page.
 * @param binding the list and its caller, to which its cursors are bound
 * @throws Failure 4060 for a cursor of another list or another caller
 */
export const startOf = (cursor: string | undefined, binding: readonly string[]): Promise<Place | undefined> =>
  placeIn(cursor, binding, 4060);

/** Returns the answer's `cursor` when there are more records. @param next where the next page starts */
export const nextCursor = async (next: Place | undefined, binding: readonly string[]): Promise<{ cursor?: string }> =>
  next ? { cursor: await cursorOf(next, binding) } : {};
