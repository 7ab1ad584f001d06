import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentErrors, normaliseMobile } from "../../../../lib/accounts/account/document.ts";
import { normaliseEmail } from "../../../../lib/accounts/account/email.ts";
import type { ErrorCode } from "../../../../lib/errors.ts";
import { anObject, aValue } from "./arbitraries.ts";

const today = "2031-05-06";
const least = {
  name: { first: "Charles", last: "Best" },
  mobile: "+16505555555",
  state: "unverified",
  locked: false,
  activationRequired: false,
  roles: [] as string[],
};
const faults = (change: object) => documentErrors({ ...least, ...change }, today);
const told = (change: object) => faults(change).map(({ code, field }) => [code, field]);
const named = (name: object) => ({ name: { ...least.name, ...name } });

describe("documentErrors", () => {
  it.each([
    ["a minimal document", {}],
    ["all parts of a name", named({ prefix: "", middle: "", suffix: "", additional: ["Charley", "🐙"] })],
    ["100 characters beyond the Basic Multilingual Plane", named({ first: "🐙".repeat(100) })],
    ["the first day", { dob: "1850-01-01" }],
    ["today", { dob: today }],
    ["a leap day", { dob: "2000-02-29" }],
    ["a zone", { tz: "Europe/Berlin" }],
    ["a link of a zone", { tz: "US/Pacific" }],
    ["an old zone", { tz: "EST5EDT" }],
    ["a locale of a language", { locale: "fil" }],
    ["a locale of three parts", { locale: "sr_Latn_RS" }],
    [
      "an administrator's values",
      { state: "verified", locked: true, activationRequired: true, roles: ["0".repeat(24)] },
    ],
    ["empty preferences and profile", { preferences: {}, profile: { provider: { license: {}, visibility: {} } } }],
    ["custom properties of any kind", { c_a: null, c_b: [{}], c_c: { d: 1e300 } }],
  ])("returns no error for %s", (_, change) => {
    expect(faults(change)).toEqual([]);
  });

  const single: readonly [object, ErrorCode, string][] = [
    [named({ first: "" }), "kInvalidString", "account.name.first"],
    [named({ last: "x".repeat(101) }), "kInvalidString", "account.name.last"],
    [named({ first: "a\nb" }), "kInvalidString", "account.name.first"],
    [named({ first: "\udc00" }), "kInvalidString", "account.name.first"],
    [named({ first: 5 }), "kInvalidString", "account.name.first"],
    [named({ first: undefined }), "kRequired", "account.name.first"],
    [named({ middle: "x".repeat(101) }), "kInvalidString", "account.name.middle"],
    [named({ additional: ["ok", ""] }), "kInvalidString", "account.name.additional.1"],
    [named({ additional: "ok" }), "kInvalidFormat", "account.name.additional"],
    [{ name: "Charles Best" }, "kInvalidFormat", "account.name"],
    [{ mobile: undefined }, "kRequired", "account.mobile"],
    [{ mobile: "6505555555" }, "kInvalidPhoneNumberFormat", "account.mobile"],
    [{ mobile: 6505555555 }, "kInvalidString", "account.mobile"],
    [{ dob: "1849-12-31" }, "kInvalidDateOfBirth", "account.dob"],
    [{ dob: "2031-05-07" }, "kInvalidDateOfBirth", "account.dob"],
    [{ dob: "2031-02-29" }, "kInvalidDateOfBirth", "account.dob"],
    [{ dob: "1999-00-10" }, "kInvalidDateOfBirth", "account.dob"],
    [{ dob: "+01999-01-10" }, "kInvalidDateOfBirth", "account.dob"],
    [{ gender: "x" }, "kEnumValue", "account.gender"],
    [{ tz: "Mars/Olympus" }, "kInvalidFormat", "account.tz"],
    [{ tz: "+01:00" }, "kInvalidFormat", "account.tz"],
    [{ tz: "Etc/../UTC" }, "kInvalidFormat", "account.tz"],
    [{ locale: "English" }, "kInvalidFormat", "account.locale"],
    [{ state: "x" }, "kEnumValue", "account.state"],
    [{ locked: "yes" }, "kInvalidFormat", "account.locked"],
    [{ roles: ["x"] }, "kInvalidFormat", "account.roles.0"],
    [{ preferences: { notifications: {} } }, "kInvalidFormat", "account.preferences.notifications"],
    [
      { profile: { provider: { visibility: { public: "no" } } } },
      "kInvalidFormat",
      "account.profile.provider.visibility.public",
    ],
    [{ profile: { provider: { npi: "x".repeat(500) } } }, "kInvalidString", "account.profile.provider.npi"],
  ];
  it.each(single)("returns for %j: %s at %s", (change, code, field) => {
    expect(told(change)).toEqual([[code, field]]);
  });
  it("returns every error", () => {
    expect(told({ name: {}, gender: "x", dob: "x", mobile: "x" })).toEqual([
      ["kRequired", "account.name.first"],
      ["kRequired", "account.name.last"],
      ["kInvalidPhoneNumberFormat", "account.mobile"],
      ["kInvalidDateOfBirth", "account.dob"],
      ["kEnumValue", "account.gender"],
    ]);
  });
  it("never throws for any input, and returns path from account, code and message for each error", () => {
    fc.assert(
      fc.property(anObject, aValue, (change, name) => {
        for (const document of [change, { ...least, ...change }, { ...least, name }]) {
          for (const { code, field, message } of documentErrors(document, today)) {
            expect(field).toMatch(/^account\./);
            expect(code).toMatch(/^k[A-Z]/);
            expect(message).not.toBe("");
          }
        }
      }),
    );
  });
});

describe("normaliseMobile", () => {
  it.each([
    ["+16505555555", "+16505555555"],
    ["1-650-555-5555", "+16505555555"],
    ["650-555-5555", "+16505555555"],
    [" (650) 555.5555 ", "+16505555555"],
    ["15551234567", "+15551234567"],
    ["+442079460958", "+442079460958"],
    ["+49 (30) 12-34-56", "+4930123456"],
  ])("changes %j to %s", (written, stored) => {
    expect(normaliseMobile(written)).toBe(stored);
  });
  it.each([
    "",
    "+",
    "555",
    "+0123456789",
    "442079460958",
    "650-555-555",
    "65055555555",
    "+1234567890123456",
    "6505555555 x1",
    "٦٥٠٥٥٥٥٥٥٥",
    "++16505555555",
    `6505555555${" ".repeat(100)}`,
  ])("does not accept %j as a number", (written) => {
    expect(normaliseMobile(written)).toBeUndefined();
  });
  it("returns E.164 or nothing, and does not change E.164", () => {
    const written = fc.oneof(
      aValue,
      fc.string({ unit: fc.constantFrom(..."+0123456789 ().-"), maxLength: 20 }),
      fc.bigInt({ min: 2_000_000_000n, max: 9_999_999_999n }).map(String),
    );
    fc.assert(
      fc.property(written, (value) => {
        const stored = normaliseMobile(value);
        if (stored === undefined) return;
        expect(stored).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(normaliseMobile(stored)).toBe(stored);
      }),
    );
  });
});

describe("normaliseEmail", () => {
  it("returns an ASCII address or nothing, and does not change such an address", () => {
    const written = fc.oneof(
      aValue,
      fc.emailAddress(),
      fc.emailAddress().map((email) => ` ${email.toUpperCase()}\t`),
      fc
        .string({ unit: fc.constantFrom(..."aA1.@-+ ａＡ．＠ﬃ\u0000\ud800"), maxLength: 12 })
        .map((text) => `${text}@example.org`),
    );
    fc.assert(
      fc.property(written, (value) => {
        const stored = normaliseEmail(value);
        if (stored === undefined) return;
        expect(stored).toMatch(/^[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+$/);
        expect(stored).not.toMatch(/[A-Z<>(),:;"\\[\]]/);
        expect(stored.length).toBeLessThanOrEqual(254);
        expect(normaliseEmail(stored)).toBe(stored);
      }),
    );
  });
});
