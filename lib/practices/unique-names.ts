import type { ErrorCode } from "../errors.ts";
import type { Key, PracticeId } from "../table/records.ts";
import { claimName, create, put, remove, type TransactionPart } from "../table/transact.ts";

/**
 * How long a released name stays reserved for its vendor, so that mail and links to it do not reach another vendor's
 * practice.
 */
const keptMs = 90 * 86_400_000;
/** How long the item may stay in the table after that. It no longer reserves the name then. */
const remainsMs = 86_400_000;

/**
 * The item that replaces the claim of a released name. It names no practice, so a look-up of the name finds no
 * practice.
 */
const freedName = (applicationId: string, now: Date) => ({
  type: "freedName",
  freedBy: applicationId,
  freedAt: now.getTime(),
  endsAt: now.getTime() + keptMs,
  expiresAt: Math.ceil((now.getTime() + keptMs + remainsMs) / 1000),
});

/**
 * Returns the parts that claim a name which is unique over all vendors, and release the previous name; no parts when
 * the name stays. Practices of the same vendor may take a released name at once, others after 90 days.
 */
export function moveName(
  before: string | undefined,
  after: string | undefined,
  keyOf: (name: string) => Key,
  { applicationId, accountId }: PracticeId,
  now: Date,
  ifTaken: ErrorCode,
): TransactionPart[] {
  if (before === after) return [];
  const claim = { type: "claim", applicationId, accountId };
  return [
    ...(after === undefined ? [] : [claimName(keyOf(after), claim, now, ifTaken)]),
    ...(before === undefined ? [] : [put(keyOf(before), freedName(applicationId, now))]),
  ];
}

/**
 * Returns the parts that claim a unique value, and free the previous value at once; no parts when the value stays. The
 * condition in the record's own part ensures that the freed value belonged to the record.
 * @param owner the record whose value it is; the claim names it
 */
export function moveClaim(
  before: string | undefined,
  after: string | undefined,
  keyOf: (value: string) => Key,
  owner: PracticeId & { readonly userId?: string },
  ifTaken: ErrorCode,
): TransactionPart[] {
  if (before === after) return [];
  const { applicationId, accountId, userId } = owner;
  const parts: TransactionPart[] = [];
  if (after !== undefined)
    parts.push(create(keyOf(after), { type: "claim", applicationId, accountId, userId }, ifTaken));
  if (before !== undefined) parts.push(remove(keyOf(before)));
  return parts;
}
