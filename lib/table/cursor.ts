import { seal, unseal } from "../crypto/seal.ts";
import { type ErrorCode, Failure } from "../errors.ts";

/** Where in a list a page starts: the key attributes of the item before it. */
export type Place = Readonly<Record<string, unknown>>;

const purpose = "cursor";

/**
 * The opaque form in which a caller keeps the place where the next page starts.
 * @param binding the list and its caller; the cursor opens with the same binding only
 */
export const cursorOf = (next: Place, binding: readonly string[]): Promise<string> =>
  seal(purpose, JSON.stringify(binding), JSON.stringify(next));

/**
 * The place in a cursor; `undefined` without a cursor.
 * @param invalid the dialect's code for fields that are not valid
 * @throws Failure with that code for a cursor of another list or another caller
 */
export async function placeIn(
  cursor: string | undefined,
  binding: readonly string[],
  invalid: ErrorCode,
): Promise<Place | undefined> {
  if (cursor === undefined) return undefined;
  // Decoding ignores characters that are no digits; only the exact text that was sealed is accepted.
  const isExact = Buffer.from(cursor, "base64url").toString("base64url") === cursor;
  const text = isExact ? await unseal(purpose, JSON.stringify(binding), cursor) : undefined;
  if (text === undefined) throw foreignCursor(invalid);
  return JSON.parse(text);
}

/** The refusal of a cursor of another list. @param invalid the dialect's code for fields that are not valid */
export const foreignCursor = (invalid: ErrorCode): Failure =>
  new Failure(invalid, [{ field: "cursor", message: "is not a cursor of this list" }]);
