import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerText, isBroken, segmentText, unescaped, utf8 } from "../../lib/text.ts";

const anyText = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\ufffd", ""));

describe("utf8", () => {
  it("returns every text from its bytes, a byte order mark included", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8(Buffer.from(text))).toBe(text);
      }),
    );
    expect(utf8(Buffer.from("\ufeffx"))).toBe("\ufeffx");
  });
  it("returns a text only when it has the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const text = utf8(bytes);
        if (text !== undefined) expect(Buffer.from(text)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("unescaped", () => {
  it("returns every text from its escapes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unescaped(encodeURIComponent(text))).toBe(text);
      }),
    );
  });
  it.each([
    ["", ""],
    ["a b+c", "a b+c"],
    ["100%", "100%"],
    ["%zz%4", "%zz%4"],
    ["%e6%9d%8E", "李"],
    ["%25F1", "%F1"],
  ])("reads %j as %j", (escaped, text) => {
    expect(unescaped(escaped)).toBe(text);
  });
  it.each(["%F1", "%ED%A0%BD%ED%B8%80", "%C0%AF", "%E2%82", "%E2%82%", "%E2%8", "%80", "%F4%90%80%80", "x%C3y"])(
    "does not read %s",
    (escaped) => {
      expect(unescaped(escaped)).toBeUndefined();
    },
  );
});

describe("a segment of a path", () => {
  it("that is encoded correctly is decoded", () => {
    expect(segmentText("pe%C3%B1a")).toBe("peña");
    expect(isBroken("peña")).toBe(false);
    expect(isBroken("100%")).toBe(false);
  });
  it.each(["%F1", "%zz", "%", "a%C3", "%ED%A0%BD"])("that is encoded as %s is broken", (segment) => {
    expect(segmentText(segment)).toBe("\ufffd");
    expect(isBroken(segmentText(segment))).toBe(true);
  });
});

describe("headerText", () => {
  it("returns every text from its RFC 8187 form, and from raw bytes of UTF-8", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(
          headerText(
            `UTF-8''${encodeURIComponent(text).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`,
          ),
        ).toBe(text);
        const raw = Buffer.from(`x${text}`).toString("latin1");
        expect(headerText(raw)).toBe(`x${text}`);
      }),
    );
  });
  it.each(["practice-1", "o'brien's", "utf-8", "100%25", "李-1", ""])("does not change %j", (value) => {
    expect(headerText(value)).toBe(value);
  });
  it.each(["pe\xf1a", "pe\ufffda", "李\ufffd", "\ud800", "UTF-8'x", "UTF-8''%F1", "utf-8''a b", "iso-8859-1''a"])(
    "does not read %j",
    (value) => {
      expect(headerText(value)).toBeUndefined();
    },
  );
});
