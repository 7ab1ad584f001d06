import * as z from "zod";
import { cursorOf, type Place, placeIn } from "../table/cursor.ts";
import { answerPage, type Page, pageLimitMax } from "../table/page.ts";
import type { OrganizationEntry, PracticeId } from "../table/records.ts";
import { organizationAnswer } from "./organization.ts";

/** A whole number in a path or query, in decimal digits. */
const digits = (min: number, max: number, error: string) =>
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

/** A therapist's key in a path. Numbers that JSON cannot carry exactly are accepted too; no record has such a key. */
export const TherapistUserId = digits(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, "must be a whole number");

/** Which organizations a list shows: all active ones of a practice, or those of one therapist. */
export interface List {
  readonly practice: PracticeId;
  readonly therapistUserId?: number;
}

/** The practice and the list to which a cursor is bound. */
const binding = ({ practice, therapistUserId }: List) => [
  "organizations",
  practice.applicationId,
  practice.accountId,
  String(therapistUserId ?? "all"),
];

/**
 * Returns where a page starts; `undefined` for the first page.
 * @throws Failure invalid for a cursor of another list or another caller
 */
export const startOf = (list: List, { cursor }: ListFields): Promise<Place | undefined> =>
  placeIn(cursor, binding(list), "invalid");

/**
 * Returns the organizations of a page; `undefined` when the page is empty. Adds a `Link` header when there is a next
 * page.
 * @see https://www.rfc-editor.org/rfc/rfc8288
 */
export async function listAnswer(
  list: List,
  { limit }: ListFields,
  page: Page<OrganizationEntry>,
  headers: Record<string, string>,
) {
  const { records, next } = await answerPage(page, limit, organizationAnswer);
  if (next) {
    const path = ["/therapist/organizations", ...(list.therapistUserId === undefined ? [] : [list.therapistUserId])];
    const cursor = await cursorOf(next, binding(list));
    // The reference has no host. A host could only come from the request, and must not become part of an address.
    headers.link = `<${path.join("/")}/?cursor=${cursor}&limit=${limit}>; rel="next"`;
  }
  return records.length === 0 ? undefined : records;
}
