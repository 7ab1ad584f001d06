import { beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => vi.resetModules());

/** Loads the sender with these settings, as a start of its function does. */
const start = (settings: Record<string, string>) => {
  vi.unstubAllEnvs();
  vi.stubEnv("MAIL_FROM", undefined);
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  return import("../../../lib/messages/send.ts");
};

describe("the sender of messages", () => {
  it("does not start without a sender's address, and says so in one line", async () => {
    await expect(start({})).rejects.toThrow(/^Frontdesk cannot start: wrong settings: MAIL_FROM: [^\n]+$/);
  });

  it.each([
    "nobody",
    "Clinic <a@example.com",
    "a@example.com>",
    "a@example.com\r\nBcc: b@example.com",
    "Zoë <a@example.com>",
    "",
  ])("does not start with the sender %j", async (sender) => {
    await expect(start({ MAIL_FROM: sender })).rejects.toThrow(/^Frontdesk cannot start: wrong settings: MAIL_FROM: /);
  });

  it("starts with an address, alone or with a name", async () => {
    await expect(start({ MAIL_FROM: "portal@example.com" })).resolves.toBeDefined();
    await expect(start({ MAIL_FROM: "Frontdesk Portal <portal@example.com>" })).resolves.toBeDefined();
  });
});
