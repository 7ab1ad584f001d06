import { accountCreation, newAccount } from "../../../lib/accounts/account/account.ts";
import type { Document } from "../../../lib/accounts/account/document.ts";
import { newId } from "../../../lib/crypto/random.ts";
import { write } from "../../../lib/table/transact.ts";
import type { TestPortal } from "../../kit/portal.ts";

/** A stored account whose holder cannot sign in. */
export interface Stored {
  readonly id: string;
  readonly email: string;
  readonly created: string;
}

/** When the first of the stored people registered. Each following one registered a second later. */
export const firstCreated = new Date("2030-01-01T00:00:00.000Z");

/**
 * Stores accounts as a registration does, but without hashing passwords.
 * @param describe returns the properties of the person at a place
 * @returns the accounts, oldest first
 */
export async function storePeople(
  { practice, org }: TestPortal,
  count: number,
  describe: (place: number) => Partial<Document> & Record<`c_${string}`, unknown> = () => ({}),
): Promise<Stored[]> {
  const people = Array.from({ length: count }, (_, place) => {
    const now = new Date(+firstCreated + place * 1000);
    const document: Document = {
      name: { first: `First ${place}`, last: `Last ${place}` },
      mobile: `+1614555${String(place).padStart(4, "0")}`,
      locale: "en_US",
      state: "unverified",
      locked: false,
      activationRequired: false,
      roles: [],
      ...describe(place),
    };
    const email = `stored-${place}@${org}.example.org`;
    return newAccount(practice, { id: newId(now), email, passwordHash: "", document }, now);
  });
  for (let start = 0; start < people.length; start += 50) {
    await write(() => people.slice(start, start + 50).flatMap(accountCreation));
  }
  return people.map(({ id, email, createdAt }) => ({ id, email, created: createdAt }));
}
