import { expect } from "vitest";
import { allItems, type Item } from "../../kit/system.ts";

/** The keys of the claims of a record's unique values. */
function claimsOf(item: Item): string[] {
  const { type, pk, accountId, websiteAddress, directDomain, directAddress, loginId } = item;
  // Parts of keys escape these characters.
  const encoded = (value: unknown) => String(value).replaceAll("%", "%25").replaceAll("#", "%23");
  const partition = type === "user" ? pk : `PRACTICE#${pk.slice("VENDOR#".length)}#${encoded(accountId)}`;
  return [
    websiteAddress !== undefined ? `WEBADDRESS#${encoded(websiteAddress)} CLAIM` : "",
    directDomain !== undefined ? `DIRECTDOMAIN#${encoded(directDomain)} CLAIM` : "",
    directAddress !== undefined ? `${partition} DIRECT#${encoded(directAddress)}` : "",
    loginId !== undefined ? `LOGIN#${encoded(String(loginId).normalize("NFKC").toLowerCase())} CLAIM` : "",
  ].filter((claim) => claim !== "");
}

/**
 * Asserts over the whole table that each claim belongs to exactly one record that has its value, and that each unique value
 * of a record has its claim. So no claim was left behind, and no value is used twice.
 */
export async function expectSoundClaims(): Promise<void> {
  const items = await allItems();
  const owner = ({ applicationId, accountId, userId }: Item) => JSON.stringify([applicationId, accountId, userId]);
  const held = items
    .filter(({ type }) => type === "practice" || type === "user")
    .flatMap((item) => claimsOf(item).map((claim) => `${claim} of ${owner(item)}`));
  const isOfAccount = ({ sk }: Item) => sk.startsWith("EMAIL#") || sk.startsWith("INVITATION#");
  const claims = items
    .filter((item) => item.type === "claim" && !isOfAccount(item))
    .map((item) => `${item.pk} ${item.sk} of ${owner(item)}`);
  expect(claims.toSorted()).toEqual(held.toSorted());
}
