import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { causesOf, logger } from "../../../lib/api/log.ts";

let written: { stream: string; line: string }[];
beforeEach(() => {
  written = [];
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((line) => {
      written.push({ stream, line: String(line) });
      return true;
    });
  }
});
afterEach(() => {
  logger.level = "SILENT";
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the causes of an error", () => {
  it("leave out messages that may quote what a caller sent: of JSON that cannot be parsed, and of AWS", () => {
    const ofAws = Object.assign(new Error("secret"), { $metadata: { requestId: "aws-1" } });
    const causes = causesOf(new Error("ours", { cause: new SyntaxError("secret", { cause: ofAws }) }));
    expect(causes).toMatchObject([
      { name: "Error", message: "ours" },
      { name: "SyntaxError", message: undefined },
      { name: "Error", message: undefined, awsRequestId: "aws-1" },
    ]);
  });
});

describe("the logger", () => {
  it("writes one line of JSON for each entry, with level, message, time, service and what was stated", () => {
    logger.level = "INFO";
    logger.info("answered", { operation: "Ping", absent: undefined, text: 'two\nlines and "quotes"' });
    logger.warn("withheld");
    logger.error("failed", { causes: [{ name: "Error" }] });
    const entry = {
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: "frontdesk",
    };
    for (const { line } of written) expect(line).toMatch(/^[^\n]+\n$/);
    expect(written.map(({ stream, line }) => [stream, JSON.parse(line)])).toEqual([
      ["stdout", { level: "INFO", message: "answered", ...entry, operation: "Ping", text: 'two\nlines and "quotes"' }],
      ["stderr", { level: "WARN", message: "withheld", ...entry }],
      ["stderr", { level: "ERROR", message: "failed", ...entry, causes: [{ name: "Error" }] }],
    ]);
  });

  it.each([
    ["INFO", "INFO WARN ERROR"],
    ["WARN", "WARN ERROR"],
    ["ERROR", "ERROR"],
    ["SILENT", ""],
    // A name that is not a level must not silence the access log.
    ["LOUD", "INFO WARN ERROR"],
    [undefined, "INFO WARN ERROR"],
  ])("with LOG_LEVEL=%s writes the levels: %s", async (level, levels) => {
    vi.stubEnv("LOG_LEVEL", level);
    vi.resetModules();
    const { logger } = await import("../../../lib/api/log.ts");
    logger.info("one");
    logger.warn("two");
    logger.error("three");
    expect(written.map(({ line }) => JSON.parse(line).level).join(" ")).toBe(levels);
  });
});
