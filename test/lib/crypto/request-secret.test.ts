import { expect, it } from "vitest";
import { requestSecret } from "../../../lib/crypto/request-secret.ts";
import { realScryptCost } from "../../kit/cheap-hashes.ts";

it("derives the same fingerprint and key from the same text, place and kind, and others from others", async () => {
  const secret = await requestSecret("text", "place", false);
  const sealed = secret.encrypt("answer");
  const same = await requestSecret("text", "place", false);
  expect([same.fingerprint, same.decrypt(sealed)]).toEqual([secret.fingerprint, "answer"]);
  for (const [text, place, isGuessable] of [
    ["other", "place", false],
    ["text", "other", false],
    ["text", "place", true],
  ] as const) {
    const other = await requestSecret(text, place, isGuessable);
    expect(other.fingerprint).not.toBe(secret.fingerprint);
    expect(other.decrypt(sealed)).toBeUndefined();
  }
});

it("does not decrypt what was changed, or is too short", async () => {
  const secret = await requestSecret("text", "place", false);
  const sealed = secret.encrypt("answer");
  expect(secret.decrypt(sealed.map((byte, place) => (place === 20 ? byte ^ 1 : byte)))).toBeUndefined();
  expect(secret.decrypt(sealed.subarray(0, 20))).toBeUndefined();
});

it("makes guesses at a password expensive: 16 MiB of memory for each", () => {
  expect(realScryptCost).toEqual({ N: 2 ** 14, r: 8, p: 1 });
});
