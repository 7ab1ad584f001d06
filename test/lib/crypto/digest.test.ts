import { expect, it } from "vitest";
import { digestOf } from "../../../lib/crypto/digest.ts";

it("a digest is SHA-256 in hex, of the text as it is", () => {
  expect(digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(new Set(["abc", "Abc", " abc", "abc "].map(digestOf)).size).toBe(4);
});
