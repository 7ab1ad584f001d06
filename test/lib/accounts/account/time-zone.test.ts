import { describe, expect, it } from "vitest";
import { dayIn, latestDay, timeZoneFrom } from "../../../../lib/accounts/account/time-zone.ts";

const known = (name: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
};

describe("timeZoneFrom", () => {
  it("finds every zone that the runtime lists, in its spelling, from any letter case", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    expect(zones.length).toBeGreaterThan(400);
    for (const zone of zones) {
      for (const written of [zone, zone.toLowerCase(), zone.toUpperCase()]) expect(timeZoneFrom(written)).toBe(zone);
    }
  });
  it.each([
    "US/Pacific",
    "US/East-Indiana",
    "Europe/Kiev",
    "Europe/Kyiv",
    "Asia/Calcutta",
    "Asia/Kolkata",
    "America/Argentina/ComodRivadavia",
    "America/North_Dakota/New_Salem",
    "America/Indianapolis",
    "Antarctica/DumontDUrville",
    "Brazil/DeNoronha",
    "Chile/EasterIsland",
    "Etc/GMT+12",
    "Etc/GMT-14",
    "Etc/UTC",
    "EST5EDT",
    "EST",
    "HST",
    "MET",
    "GB-Eire",
    "NZ-CHAT",
    "W-SU",
    "ROC",
    "PRC",
    "UCT",
    "Zulu",
    "GMT",
    "GMT0",
    "Universal",
    "America/Coyhaique",
  ])("finds the zone or link %s, and does not replace a link", (name) => {
    expect(timeZoneFrom(name)).toBe(name);
    expect(timeZoneFrom(name.toLowerCase())).toBe(name);
  });
  const ofIcuAlone =
    "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST";
  it.each([...ofIcuAlone.split(" "), "US/Pacific-New", "SystemV/PST8", "Etc/Unknown"])(
    "does not find %s, which only ICU knows",
    (name) => {
      expect(timeZoneFrom(name)).toBeUndefined();
    },
  );
  it.each(["", "Mars/Olympus", "Europe", "Europe/", "America/Argentina", "Argentina/Salta", "+01:00", "constructor"])(
    "does not find %j",
    (name) => {
      expect(timeZoneFrom(name)).toBeUndefined();
    },
  );
});

describe("dayIn", () => {
  const now = new Date("2031-05-06T11:30:00.000Z");
  it.each([
    ["UTC", "2031-05-06"],
    ["Pacific/Kiritimati", "2031-05-07"],
    ["Pacific/Apia", "2031-05-07"],
    ["Pacific/Niue", "2031-05-06"],
    ["Etc/GMT+12", "2031-05-05"],
    ["", "2031-05-06"],
    ["Mars/Olympus", "2031-05-06"],
  ])("returns the current day in %s", (zone, day) => {
    expect(dayIn(zone, now)).toBe(day);
  });
  it("knows all zones of the database", () => {
    expect(known("Pacific/Kiritimati")).toBe(true);
    expect(dayIn("Factory", now)).toBe("2031-05-06");
  });
});

it("the latest day is the day of the easternmost zone", () => {
  for (const [now, day] of [
    ["2031-05-06T09:59:59.999Z", "2031-05-06"],
    ["2031-05-06T10:00:00.000Z", "2031-05-07"],
    ["2031-12-31T10:00:00.000Z", "2032-01-01"],
  ] as const) {
    expect(latestDay(new Date(now))).toBe(day);
    expect(dayIn("Pacific/Kiritimati", new Date(now))).toBe(day);
  }
});
