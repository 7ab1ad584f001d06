import { describe, expect, it } from "vitest";
import { isCode, readCode } from "../../../../lib/accounts/sign-in/code.ts";

describe("a code", () => {
  it.each([
    ["002917", "002917"],
    [" 002 917\n", "002917"],
    ["002-917", "002917"],
    ["002\u2013917", "002917"],
    ["002\u00a0917", "002917"],
    ["\u200b002917", "002917"],
    ["００２９１７", "002917"],
    [2917, "002917"],
    [0, "000000"],
    ["K7M2X-Q9WRE", "k7m2xq9wre"],
  ])("%j is read as %s", (written, code) => {
    expect(readCode(written)).toBe(code);
  });
  it.each([undefined, null, true, {}, [], ["002917"], 1.5, -1, Number.NaN, 1e21, "0".repeat(101)])(
    "%j is none",
    (value) => {
      expect(readCode(value)).toBeUndefined();
    },
  );
  it.each(["", "12345", "1234567", "12345a", "١٢٣٤٥٦", 1234567])("%j has no six digits", (value) => {
    expect(isCode(readCode(value))).toBe(false);
  });
});
