import { describe, expect, it } from "vitest";
import { Busy } from "../../../lib/errors.ts";
import type { ProfileSection } from "../../../lib/table/records.ts";
import { PracticeProfileFields, wholeProfile, writePracticeProfile } from "../../../lib/therapists/practice-profile.ts";

const statement = (firstName: string) => ({
  caller: { practice: { applicationId: "vendor", accountId: "practice" }, rightsHeld: undefined },
  fields: PracticeProfileFields.parse({ userId: "u", firstName, image: "", address: [] }),
  actor: { kind: "operator" } as const,
  context: { now: new Date("2026-01-01T00:00:00Z"), requestId: "request" },
});

/** The section items that a save writes. */
const sectionsOf = (before: Parameters<typeof writePracticeProfile>[0], firstName: string) =>
  writePracticeProfile(before, statement(firstName))
    .parts.map(({ item }) => (item.Put?.Item ?? {}) as ProfileSection & Record<string, unknown>)
    .filter(({ type }) => type === "profileSection");

const bySection = (items: readonly Record<string, unknown>[]) =>
  Object.fromEntries(items.map((item) => [String(item.sk).split("#").at(-1), item])) as never;

const first = sectionsOf({}, "First");
const second = sectionsOf(bySection(first), "Second");
const pages = (...readings: (readonly ProfileSection[])[]) => {
  let read = 0;
  const next = async () => ({ items: readings[Math.min(++read, readings.length - 1)] ?? [] });
  return { first: { items: readings[0] ?? [] }, next, readings: () => read + 1 };
};

describe("wholeProfile", () => {
  it("returns a profile whose four sections are from one save", async () => {
    const { first: page, next, readings } = pages(second);
    expect(await wholeProfile(page, "u", next)).toEqual(statement("Second").fields);
    expect(readings()).toBe(1);
  });

  it("returns nothing when nothing is stored", async () => {
    const { first: page, next } = pages([]);
    expect(await wholeProfile(page, "u", next)).toBeUndefined();
  });

  it.each([
    ["sections of two saves", [...second.slice(0, 2), ...first.slice(2)]],
    ["some sections of the first save", first.slice(0, 1)],
  ])("reads again when a query ran during a save and shows %s", async (_, torn) => {
    const { first: page, next, readings } = pages(torn, torn, second);
    expect(await wholeProfile(page, "u", next)).toEqual(statement("Second").fields);
    expect(readings()).toBe(3);
  });

  it("gives up when saves never end", async () => {
    const { first: page, next } = pages([...second.slice(0, 2), ...first.slice(2)]);
    await expect(wholeProfile(page, "u", next)).rejects.toBeInstanceOf(Busy);
  });
});

describe("writePracticeProfile", () => {
  it("stores the same version in all sections of one save, and another version at the next save", () => {
    const [version = 0] = first.map((section) => section.version);
    expect(first.map((section) => section.version)).toEqual([1, 2, 3, 4].map(() => version));
    expect(second.map((section) => section.version)).toEqual([1, 2, 3, 4].map(() => version + 1));
  });

  it("keeps attributes that a later release has stored", () => {
    const later = first.map((item) => ({ ...item, pronouns: "she/her" }));
    expect(sectionsOf(bySection(later), "Second").map(({ pronouns }) => pronouns)).toEqual(later.map(() => "she/her"));
  });
});
