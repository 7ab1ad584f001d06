import { timeZones } from "../../../lib/practices/io-fields.ts";

/**
 * Other names of the contract's time zones: only those whose clocks are the same all year. `EST`, `CST` and `PST` count,
 * because in the United States nobody has these times all year, so they mean Eastern, Central and Pacific. `MST` does not:
 * it can be Denver or Phoenix.
 */
const otherNames: Readonly<Record<(typeof timeZones)[number], string>> = {
  "America/New_York":
    "Eastern, Eastern Time, Eastern Time (US & Canada), Eastern Standard Time, Eastern Daylight Time, EST, EDT, ET, EST5EDT, " +
    "US/Eastern, US/Michigan, US/East-Indiana, America/Detroit, America/Indianapolis, America/Indiana/Indianapolis, America/Fort_Wayne, " +
    "America/Louisville, America/Kentucky/Louisville, America/Kentucky/Monticello",
  "America/Chicago":
    "Central, Central Time, Central Time (US & Canada), Central Standard Time, Central Daylight Time, CST, CDT, CT, CST6CDT, " +
    "US/Central, US/Indiana-Starke, America/Menominee, America/Indiana/Knox, America/Indiana/Tell_City, " +
    "America/North_Dakota/Center, America/North_Dakota/New_Salem, America/North_Dakota/Beulah",
  "America/Denver":
    "Mountain, Mountain Time, Mountain Time (US & Canada), Mountain Daylight Time, MDT, MT, MST7MDT, US/Mountain, America/Boise, " +
    "America/Shiprock, Navajo",
  "America/Los_Angeles":
    "Pacific, Pacific Time, Pacific Time (US & Canada), Pacific Standard Time, Pacific Daylight Time, PST, PDT, PT, PST8PDT, US/Pacific",
  "America/Anchorage":
    "Alaska, Alaska Time, Alaskan Standard Time, Alaska Standard Time, Alaska Daylight Time, AKST, AKDT, US/Alaska, " +
    "America/Juneau, America/Sitka, America/Nome, America/Yakutat",
  "America/Phoenix": "Arizona, US/Arizona, US Mountain Standard Time",
  "America/Puerto_Rico": "Puerto Rico, America/St_Thomas, America/Virgin",
  "Pacific/Honolulu":
    "Hawaii, Hawaii Time, Hawaiian Standard Time, Hawaii Standard Time, HST, US/Hawaii, Pacific/Johnston",
  Zulu: "Z, UTC, GMT, Etc/UTC, Etc/GMT, Etc/Zulu, Coordinated Universal Time",
};

/** The contract's time zones by their names in lower case, with blanks in place of `_`. */
export const timeZoneNames: ReadonlyMap<string, string> = new Map(
  timeZones.flatMap((zone) =>
    [zone, ...otherNames[zone].split(", ")].map((name) => [name.toLowerCase().replaceAll("_", " "), zone] as const),
  ),
);
