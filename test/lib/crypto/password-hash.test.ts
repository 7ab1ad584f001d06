import { argon2Sync } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { hashPassword, verifyPassword } from "../../../lib/crypto/password-hash.ts";

// This file tests the real hash.
vi.unmock("node:crypto");

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
    const costs = { message: "Passw0rd", nonce, memory: 64, passes: 3, parallelism: 2, tagLength: 24 };
    const base64 = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
    const hash = `$argon2id$v=19$m=64,t=3,p=2$${base64(nonce)}$${base64(argon2Sync("argon2id", costs))}`;
    expect(await verifyPassword("Passw0rd", hash)).toBe(true);
    expect(await verifyPassword("passw0rd", hash)).toBe(false);
  });
  it("that does not exist matches no password, not even an empty one", async () => {
    expect(await verifyPassword("Passw0rd", undefined)).toBe(false);
    expect(await verifyPassword("", undefined)).toBe(false);
  });
});
