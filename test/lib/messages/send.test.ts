import { beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => vi.resetModules());

/** Starts the function that sends messages with these settings, and calls it with no records. */
const start = async (settings: Record<string, string>) => {
  vi.unstubAllEnvs();
  vi.stubEnv("MAIL_FROM", undefined);
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { handler } = await import("../../../functions/workers/send-messages.ts");
  return handler({ Records: [] });
};

describe("the sender of messages", () => {
  it("does not work without a sender's address, and says so in one line", async () => {
    await expect(start({})).rejects.toThrow(/^Frontdesk cannot start: wrong settings: MAIL_FROM: [^\n]+$/);
  });

  it.each([
    "nobody",
    "Clinic <a@example.com",
    "a@example.com>",
    "a@example.com\r\nBcc: b@example.com",
    "Zoë <a@example.com>",
    "",
  ])("does not work with the sender %j", async (sender) => {
    await expect(start({ MAIL_FROM: sender })).rejects.toThrow(/^Frontdesk cannot start: wrong settings: MAIL_FROM: /);
  });

  it("works with an address, alone or with a name", async () => {
    await expect(start({ MAIL_FROM: "portal@example.com" })).resolves.toEqual({ batchItemFailures: [] });
    await expect(start({ MAIL_FROM: "Frontdesk Portal <portal@example.com>" })).resolves.toEqual({
      batchItemFailures: [],
    });
  });
});
