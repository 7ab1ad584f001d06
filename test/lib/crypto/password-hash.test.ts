import { argon2Sync } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { hashPassword, needsRehash, verifyPassword } from "../../../lib/crypto/password-hash.ts";
import { isAcceptedHash } from "../../../lib/crypto/stored-hash.ts";

// This file tests the real hash.
vi.unmock("@node-rs/argon2");

describe("a password's hash", () => {
  it("is argon2id with 19 MiB, two passes and one lane, in the PHC format, and can be verified by other software", async () => {
    const hash = await hashPassword("Pässw0rd");
    const [, , , , salt = "", tag = ""] = hash.split("$");
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    const parameters = {
      message: "Pässw0rd",
      nonce: Buffer.from(salt, "base64"),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    };
    expect(argon2Sync("argon2id", parameters).toString("base64")).toBe(`${tag}=`);
  });
  it("differs each time", async () => {
    expect(await hashPassword("Passw0rd")).not.toBe(await hashPassword("Passw0rd"));
  });
  it("matches its password and no other", async () => {
    const hash = await hashPassword("Passw0rd");
    expect(await verifyPassword("Passw0rd", hash)).toBe(true);
    for (const other of ["passw0rd", "Passw0rd ", "Passw0r", "", "Passw0rd\u0000"]) {
      expect(await verifyPassword(other, hash)).toBe(false);
    }
  });
  it("is checked with the costs in the hash, so that costs may change", async () => {
    const nonce = Buffer.alloc(16, 7);
    const costs = { message: "Passw0rd", nonce, memory: 512, passes: 3, parallelism: 2, tagLength: 24 };
    const base64 = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
    const hash = `$argon2id$v=19$m=512,t=3,p=2$${base64(nonce)}$${base64(argon2Sync("argon2id", costs))}`;
    expect(await verifyPassword("Passw0rd", hash)).toBe(true);
    expect(await verifyPassword("passw0rd", hash)).toBe(false);
  });
  it("that does not exist matches no password, not even an empty one", async () => {
    expect(await verifyPassword("Passw0rd", undefined)).toBe(false);
    expect(await verifyPassword("", undefined)).toBe(false);
  });
});

/** Published hashes: of argon2's reference implementation, passlib's manual, and jBCrypt's tests. */
const published: readonly (readonly [string, string])[] = [
  ["password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"],
  ["password", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"],
  ["password", "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"],
  ["password", "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M"],
  ["a", "$2a$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V."],
  ["a", "$2b$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V."],
  ["a", "$2y$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V."],
  ["~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$08$Eq2r4G/76Wv39MzSX262huzPz612MZiYHVUJe/OcOql2jo4.9UxTW"],
];

describe("a hash of another system", () => {
  it.each(published)(
    "of %j is accepted, matches it and no other, and is to be replaced: %s",
    async (password, hash) => {
      expect(isAcceptedHash(hash)).toBe(true);
      expect(await verifyPassword(password, hash)).toBe(true);
      expect(await verifyPassword(`${password}x`, hash)).toBe(false);
      expect(needsRehash(hash)).toBe(true);
    },
  );
  it("is not needed in place of our own", async () => {
    expect(needsRehash(await hashPassword("Passw0rd"))).toBe(false);
  });
  const [salt, tag] = ["MDEyMzQ1Njc4OWFiY2RlZg", "f638hi/IdmhInRfzAv0YMrdArt+J2T1av+0BWBe9hps"];
  it.each([
    ["no hash", "Passw0rd"],
    ["no text", 7],
    ["argon2 without memory", `$argon2id$v=19$m=0,t=2,p=1$${salt}$${tag}`],
    ["argon2 with little memory", `$argon2id$v=19$m=511,t=2,p=1$${salt}$${tag}`],
    ["argon2 with more memory than 256 MiB", `$argon2id$v=19$m=262145,t=1,p=1$${salt}$${tag}`],
    ["argon2 with too many passes", `$argon2id$v=19$m=262144,t=4,p=1$${salt}$${tag}`],
    ["argon2 with less than 8 KiB for each lane", `$argon2id$v=19$m=512,t=1,p=65$${salt}$${tag}`],
    ["argon2 without passes", `$argon2id$v=19$m=65536,t=0,p=1$${salt}$${tag}`],
    ["argon2d", `$argon2d$v=19$m=65536,t=2,p=1$${salt}$${tag}`],
    ["an older version of argon2", `$argon2id$v=16$m=65536,t=2,p=1$${salt}$${tag}`],
    ["a short salt", `$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$${tag}`],
    ["a short tag", `$argon2id$v=19$m=65536,t=2,p=1$${salt}$MDEyMzQ1Njc4OWFi`],
    ["padding", `$pbkdf2-sha256$i=1000$${salt}==$${tag}=`],
    ["a line after it", `$pbkdf2-sha256$i=1000$${salt}$${tag}\n`],
    ["scrypt of no cost", `$scrypt$ln=0,r=8,p=1$${salt}$${tag}`],
    ["scrypt of little cost", `$scrypt$ln=9,r=8,p=1$${salt}$${tag}`],
    ["scrypt with more work than 2^20", `$scrypt$ln=17,r=8,p=2$${salt}$${tag}`],
    ["scrypt with more blocks than its block size allows", `$scrypt$ln=16,r=1,p=1$${salt}$${tag}`],
    ["PBKDF2 of no cost", `$pbkdf2-sha256$i=0$${salt}$${tag}`],
    ["PBKDF2 of little cost", `$pbkdf2-sha256$i=999$${salt}$${tag}`],
    ["PBKDF2 with more than a million iterations", `$pbkdf2-sha512$i=1000001$${salt}$${tag}`],
    ["PBKDF2 with another length than it states", `$pbkdf2-sha256$i=1000,l=64$${salt}$${tag}`],
    ["PBKDF2 with a tag longer than its digest", `$pbkdf2-sha256$i=1000$${salt}$${"A".repeat(86)}`],
    ["PBKDF2 of SHA-1", `$pbkdf2-sha1$i=1000$${salt}$${tag}`],
    ["bcrypt of cost 7", "$2a$07$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V."],
    ["bcrypt of cost 14", "$2a$14$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V."],
    ["bcrypt with the bug of 2x", "$2x$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V."],
  ])("is refused: %s", (_, text) => {
    expect(isAcceptedHash(text)).toBe(false);
  });
});
