import { expect } from "vitest";
import { allItems, type Item } from "../../kit/system.ts";

/** The unique values that a record holds, as keys of their claims. */
function claimsOf(item: Item): string[] {
  const { type, pk, websiteAddress, directDomain, directAddress, loginId } = item;
  const partition =
    type === "user" ? pk : `PRACTICE#${pk.slice("VENDOR#".length)}#${String(item.sk).slice("PRACTICE#".length)}`;
  // The characters that a part of a key must not have in the clear.
  const encoded = (value: unknown) => String(value).replaceAll("%", "%25").replaceAll("#", "%23");
  return [
    websiteAddress !== undefined ? `WEBADDRESS#${encoded(websiteAddress)} CLAIM` : "",
    directDomain !== undefined ? `DIRECTDOMAIN#${encoded(directDomain)} CLAIM` : "",
    directAddress !== undefined ? `${partition} DIRECT#${encoded(directAddress)}` : "",
    loginId !== undefined ? `LOGIN#${encoded(String(loginId).normalize("NFKC").toLowerCase())} CLAIM` : "",
  ].filter((claim) => claim !== "");
}

/**
 * Asserts over the whole table that each claim belongs to exactly one record which holds its value, and each value that
 * a record holds has its claim: nothing was left behind, nothing is held twice.
 */
export async function expectSoundClaims(): Promise<void> {
  const items = await allItems();
  const owner = ({ applicationId, accountId, userId }: Item) => JSON.stringify([applicationId, accountId, userId]);
  const held = items
    .filter(({ type }) => type === "practice" || type === "user")
    .flatMap((item) => claimsOf(item).map((claim) => `${claim} of ${owner(item)}`));
  const claims = items.filter(({ type }) => type === "claim").map((item) => `${item.pk} ${item.sk} of ${owner(item)}`);
  expect(claims.toSorted()).toEqual(held.toSorted());
}
