import { hkdfSync, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { decrypt, encrypt } from "./cipher.ts";

const derive = promisify<string, string, number, object, Buffer>(scrypt);

/**
 * scrypt with 16 MiB, which takes longer than the stored hash of a password. So whoever reads the table gains nothing by
 * testing guesses here. scrypt is part of Node: not every function has argon2. @internal Tests make it cheaper.
 */
export const scryptCost = { N: 2 ** 14, r: 8, p: 1 };

/** What only the sender of a request can derive. */
export interface RequestSecret {
  /** Two requests with the same text have the same one. It says nothing about the text. */
  readonly fingerprint: string;
  encrypt(text: string): Uint8Array;
  /** `undefined` when another request has encrypted it. */
  decrypt(bytes: Uint8Array): string | undefined;
}

/**
 * Derives a fingerprint and a key from a request's text, so that what is stored of it can be read only by its sender.
 * @param salt where it is stored
 * @param isGuessable whether the text may consist of values that can be guessed, one of them a password
 */
export async function requestSecret(text: string, salt: string, isGuessable: boolean): Promise<RequestSecret> {
  const material = isGuessable ? await derive(text, salt, 32, scryptCost) : text;
  const bytes = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", material, salt, `frontdesk request ${purpose}`, 32));
  const key = bytes("answer");
  return {
    fingerprint: bytes("fingerprint").toString("base64url"),
    encrypt: (plain) => encrypt(key, salt, plain),
    decrypt: (sealed) => decrypt(key, salt, Buffer.from(sealed)),
  };
}
