/**
 * A practice that was deleted may be created again under the same key. The records of the old one may still be in the table
 * then, until the worker has erased them, and its audit events stay for years. So the new practice has a partition of its
 * own: in the table its `accountId` ends with the number of its generation. Callers never see that number.
 */

/** No `accountId` of a caller has control characters. */
const separator = "\u001f";

/** The caller's own key of a practice, from an `accountId` as it is stored. */
export const callersKey = (accountId: string): string => accountId.split(separator, 1)[0] ?? "";

/** Ids with the caller's own key of a practice, if they name one: what may leave the table. */
export const withCallersKey = <Ids extends object>(ids: Ids & { readonly accountId?: string | undefined }): Ids =>
  ids.accountId === undefined ? ids : { ...ids, accountId: callersKey(ids.accountId) };

/** Which practice under its key a stored `accountId` names: 0 for the first one. */
export const generationOf = (accountId: string): number => Number(accountId.split(separator)[1] ?? 0);

/** The `accountId` that is stored. @param generation 0 for the first practice under this key */
export const storedAccountId = (key: string, generation: number): string =>
  generation === 0 ? key : `${key}${separator}${generation}`;
