import * as z from "zod";
import type { Place } from "../table/cursor.ts";
import { answerPage, type Page } from "../table/page.ts";
import type { OrganizationEntry, PracticeId } from "../table/records.ts";
import { digits, type ListFields, nextLink, placeOf } from "./list-pages.ts";
import { organizationAnswer } from "./organization.ts";

/** A therapist's key in a path. Numbers that JSON cannot carry exactly are accepted too; no record has such a key. */
export const TherapistUserId = digits(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, "must be a whole number");

/** Which organizations a list has in addition to the active ones. */
export const Include = z.literal("inactive", { error: "must be inactive, if it is given" }).optional();

/** Which organizations a list shows: all active ones of a practice, also the inactive ones, or those of one therapist. */
export interface List {
  readonly practice: PracticeId;
  readonly include?: z.output<typeof Include>;
  readonly therapistUserId?: number;
}

/** The practice and the list to which a cursor is bound. */
const binding = ({ practice, include, therapistUserId }: List) => [
  "organizations",
  practice.applicationId,
  practice.accountId,
  String(therapistUserId ?? "all"),
  ...(include === undefined ? [] : [include]),
];

/**
 * Returns where a page starts; `undefined` for the first page.
 * @throws Failure invalid for a cursor of another list or another caller
 */
export const startOf = (list: List, fields: ListFields): Promise<Place | undefined> => placeOf(fields, binding(list));

/** Returns the organizations of a page; `undefined` when the page is empty. Adds a `Link` header when there is a next page. */
export async function listAnswer(
  list: List,
  { limit }: ListFields,
  page: Page<OrganizationEntry>,
  headers: Record<string, string>,
) {
  const { records, next } = await answerPage(page, limit, organizationAnswer);
  if (next) {
    const { therapistUserId, include } = list;
    headers.link = await nextLink({
      next,
      binding: binding(list),
      path: ["/therapist/organizations", ...(therapistUserId === undefined ? [] : [therapistUserId])].join("/"),
      query: { limit, ...(include && { include }) },
    });
  }
  return records.length === 0 ? undefined : records;
}
