import { describe, expect, it, vi } from "vitest";
import { startSecretsManager } from "../../kit/secrets-manager.ts";

const manager = await startSecretsManager();
delete process.env.SEAL_SECRET;
process.env.SEAL_SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:SealSecret-AbCdEf";

/** Loads the module again, as a new function instance does. */
async function startInstance() {
  vi.resetModules();
  return import("../../../lib/crypto/seal.ts");
}

describe("sealing", () => {
  it("opens what was sealed for the same purpose and binding, and asks for the secret once", async () => {
    const { seal, unseal } = await startInstance();
    const sealed = await seal("cursor", "mine", "text");
    expect(await unseal("cursor", "mine", sealed)).toBe("text");
    expect(manager.asked).toEqual(["AWSCURRENT"]);
  });

  it("returns nothing for another purpose or binding, a changed text, or a text that was never sealed", async () => {
    const { seal, unseal } = await startInstance();
    const sealed = await seal("cursor", "mine", "text");
    const changed = Buffer.from(sealed, "base64url");
    changed[15] = (changed[15] ?? 0) ^ 1;
    expect(await unseal("message", "mine", sealed)).toBeUndefined();
    expect(await unseal("cursor", "yours", sealed)).toBeUndefined();
    expect(await unseal("cursor", "mine", changed.toString("base64url"))).toBeUndefined();
    expect(await unseal("cursor", "mine", "never sealed, and long enough to be taken for it")).toBeUndefined();
    expect(await unseal("cursor", "mine", "")).toBeUndefined();
  });
});

describe("rotation", () => {
  it("an instance that starts after it opens texts that were sealed before it", async () => {
    const before = await startInstance();
    const sealed = await before.seal("message", "key", "text");
    manager.rotate("the second secret");
    const after = await startInstance();
    expect(await after.unseal("message", "key", sealed)).toBe("text");
  });

  it("an instance that started before it opens texts that were sealed after it, and then seals with the new secret", async () => {
    const before = await startInstance();
    await before.seal("message", "key", "text");
    manager.rotate("the second secret");
    const after = await startInstance();
    expect(await before.unseal("message", "key", await after.seal("message", "key", "new"))).toBe("new");
    const sealed = await before.seal("message", "key", "newer");
    manager.stages = { AWSCURRENT: "the second secret" };
    const fresh = await startInstance();
    expect(await fresh.unseal("message", "key", sealed)).toBe("newer");
  });

  it("texts from before two rotations are not opened any more", async () => {
    const before = await startInstance();
    const sealed = await before.seal("message", "key", "text");
    manager.rotate("the second secret");
    manager.rotate("the third secret");
    const after = await startInstance();
    expect(await after.unseal("message", "key", sealed)).toBeUndefined();
  });

  it("forged texts make an instance fetch the secrets again once, not each time", async () => {
    const { unseal } = await startInstance();
    const forged = "never sealed, and long enough to be taken for it";
    for (let time = 0; time < 5; time++) expect(await unseal("cursor", "mine", forged)).toBeUndefined();
    expect(manager.asked.sort()).toEqual(["AWSCURRENT", "AWSCURRENT", "AWSPREVIOUS"]);
  });

  it.each(["silence", "ThrottlingException"])(
    "a secret that cannot be fetched in time may be fetched later: %s",
    async (what) => {
      const { seal } = await startInstance();
      const { Busy } = await import("../../../lib/errors.ts");
      manager.fault = what;
      await expect(seal("cursor", "mine", "text")).rejects.toBeInstanceOf(Busy);
      expect(manager.asked).toHaveLength(2);
      manager.fault = undefined;
      expect(await seal("cursor", "mine", "text")).toMatch(/^[\w-]+$/);
    },
  );

  it("a secret that may not be read is an error that does not ask for another try", async () => {
    const { seal } = await startInstance();
    manager.fault = "AccessDeniedException";
    await expect(seal("cursor", "mine", "text")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("a failure of Secrets Manager is reported, and is not remembered", async () => {
    const { seal } = await startInstance();
    manager.stages = { AWSCURRENT: "" };
    await expect(seal("cursor", "mine", "text")).rejects.toThrow();
    manager.stages = { AWSCURRENT: "the first secret" };
    expect(await seal("cursor", "mine", "text")).toMatch(/^[\w-]+$/);
  });
});
