import { createHmac } from "node:crypto";

/** An authenticator app, as RFC 6238 describes it. Written without the package that the system uses, to check it. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The bytes of a base32 text without padding. */
function base32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/**
 * The code that an app shows.
 * @param secret in base32
 * @param steps shows the code of so many steps later
 */
export function appCode(secret: string, now: Date, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / 30_000) + steps));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  const number = mac.readUInt32BE((mac[19] as number) & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}
