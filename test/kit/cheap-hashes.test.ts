import { beforeEach, describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "../../lib/crypto/password-hash.ts";
import { hashes } from "./cheap-hashes.ts";

beforeEach(() => {
  hashes.made = 0;
  hashes.lastCost = "";
});

describe("the cheap hashes of tests", () => {
  it("are counted, one for each password that is hashed or checked", async () => {
    const hash = await hashPassword("Passw0rd");
    expect(hashes.made).toBe(1);
    await verifyPassword("Passw0rd", hash);
    await verifyPassword("Passw0rd", undefined);
    expect(hashes.made).toBe(3);
  });
  it("are requested at the full cost", async () => {
    await hashPassword("Passw0rd");
    expect(JSON.parse(hashes.lastCost)).toEqual({
      // argon2id
      algorithm: 2,
      memoryCost: 19_456,
      timeCost: 2,
      parallelism: 1,
      outputLen: 32,
      salt: 16,
    });
  });
  it("have the format of real ones, and differ for different passwords", async () => {
    const hash = await hashPassword("Passw0rd");
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await verifyPassword("Passw0rd", hash)).toBe(true);
    expect(await verifyPassword("passw0rd", hash)).toBe(false);
  });
});
