import * as z from "zod";
import { cursorOf, type Place, placeIn } from "../table/cursor.ts";
import { pageLimitMax } from "../table/page.ts";

/** A whole number in a path or query, in decimal digits. */
export const digits = (min: number, max: number, error: string) =>
  z
    .string({ error })
    .regex(/^-?[0-9]+$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });

/** The query parameters of a list. */
export const ListFields = z.object({
  limit: digits(1, pageLimitMax, `must be a whole number from 1 to ${pageLimitMax}`)
    .optional()
    .transform((limit) => limit ?? pageLimitMax),
  cursor: z.string({ error: "must be given once" }).optional(),
});
export type ListFields = z.output<typeof ListFields>;

/**
 * Returns where a page starts; `undefined` for the first page.
 * @param binding the list and its caller, to which its cursors are bound
 * @throws Failure invalid for a cursor of another list or another caller
 */
export const placeOf = ({ cursor }: ListFields, binding: readonly string[]): Promise<Place | undefined> =>
  placeIn(cursor, binding, "invalid");

/** The way to the next page of a list. */
export interface NextPage {
  readonly next: Place;
  readonly binding: readonly string[];
  /** Of the list, without the slash at its end. */
  readonly path: string;
  /** Parameters of the query in addition to the cursor. They need no escapes. */
  readonly query: Readonly<Record<string, string | number>>;
}

/**
 * Returns the `Link` header of a page that is not the last. The address has no host. A host could only come from the request,
 * and must not become part of an address.
 * @see https://www.rfc-editor.org/rfc/rfc8288
 */
export async function nextLink({ next, binding, path, query }: NextPage): Promise<string> {
  const parameters = Object.entries({ cursor: await cursorOf(next, binding), ...query });
  return `<${path}/?${parameters.map(([name, value]) => `${name}=${value}`).join("&")}>; rel="next"`;
}
