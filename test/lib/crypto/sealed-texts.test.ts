import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seal, unseal } from "../../../lib/crypto/seal.ts";

describe("a sealed text", () => {
  it("is opened with its purpose and binding, for any text", async () => {
    const text = fc.string({ unit: "binary" });
    const isOpened = async (purpose: string, binding: string, content: string) => {
      expect(await unseal(purpose, binding, await seal(purpose, binding, content))).toBe(content);
    };
    await fc.assert(fc.asyncProperty(text, text, text, isOpened), { numRuns: 50 });
  });
  it("reveals nothing: it does not contain the text, and differs each time", async () => {
    const sealed = await Promise.all(Array.from({ length: 50 }, () => seal("purpose", "binding", "the secret text")));
    expect(new Set(sealed).size).toBe(50);
    for (const text of sealed) {
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(Buffer.from(text, "base64url").toString("latin1")).not.toMatch(/secret|binding|purpose/);
    }
  });
  it.each([
    ["another purpose", "other", "binding"],
    ["another binding", "purpose", "other"],
    ["no binding", "purpose", ""],
    ["purpose and binding exchanged", "binding", "purpose"],
  ])("is not opened with %s", async (_, purpose, binding) => {
    expect(await unseal(purpose, binding, await seal("purpose", "binding", "text"))).toBeUndefined();
  });
  it("is not opened when any single bit was changed", async () => {
    const sealed = Buffer.from(await seal("purpose", "binding", "text"), "base64url");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await unseal("purpose", "binding", changed.toString("base64url"))).toBeUndefined();
    }
  });
  it("is not opened when it was cut or lengthened", async () => {
    const sealed = Buffer.from(await seal("purpose", "binding", "text"), "base64url");
    for (let length = 0; length < sealed.length; length++) {
      expect(await unseal("purpose", "binding", sealed.subarray(0, length).toString("base64url"))).toBeUndefined();
    }
    const longer = Buffer.concat([sealed, Buffer.alloc(1)]).toString("base64url");
    expect(await unseal("purpose", "binding", longer)).toBeUndefined();
  });
  it.each([[""], ["junk"], ["x".repeat(1000)], ["!!! no base64 !!!"], ["🙂"]])("cannot be %j", async (text) => {
    expect(await unseal("purpose", "binding", text)).toBeUndefined();
  });
});
