import { describe, expect, it } from "vitest";
import { newTotpSecret, totpStep, totpUri } from "../../../../lib/accounts/sign-in/totp-codes.ts";
import { appCode } from "../../../kit/totp.ts";

/** The secret of RFC 6238, appendix B: the ASCII text 12345678901234567890, here in base32. */
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/** Its times in seconds, and the last six of the eight digits for SHA-1. */
const vectors = [
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
] as const;

describe("the test vectors of RFC 6238", () => {
  it.each(vectors)("at %i seconds the code is %s, for the system and for the tests' own app", (seconds, code) => {
    const now = new Date(seconds * 1000);
    expect(totpStep(secret, code, now)).toBe(Math.floor(seconds / 30));
    expect(appCode(secret, now)).toBe(code);
  });
  it.each([
    [-31, undefined],
    [-30, -1],
    [0, 0],
    [30, 1],
    [60, undefined],
  ])("a code that the server reads %i seconds later has the step %j from the server's", (later, steps) => {
    // The first second of a step.
    const shown = 1111111110;
    const step = totpStep(secret, "050471", new Date((shown + later) * 1000));
    expect(step).toBe(steps === undefined ? undefined : shown / 30);
  });
});

describe("a new secret", () => {
  it("has 160 bits, another one each time", () => {
    const secrets = Array.from({ length: 100 }, newTotpSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const each of secrets) expect(each).toMatch(/^[A-Z2-7]{32}$/);
  });
});

describe("the address that apps read", () => {
  it.each(["Tulip & Sons", "A:B", "Ärzte 🩺", "broken \ud800", "?secret=x#"])("holds the name %j whole", (name) => {
    const { pathname, searchParams } = new URL(totpUri(secret, name, "ada+x@example.org"));
    expect(searchParams.get("issuer")).toBe(name.toWellFormed());
    expect(searchParams.get("secret")).toBe(secret);
    expect(decodeURIComponent(pathname)).toBe(`/${name.toWellFormed()}:ada+x@example.org`);
  });
});
