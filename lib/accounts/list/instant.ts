/**
 * ISO 8601, extended or basic. The day is a calendar date (a month or year alone is also allowed), a week date or an
 * ordinal date. A time to the hour, minute or second may follow, and its last part may have a fraction. An offset may
 * follow the time.
 */
const shape = new RegExp(
  [
    "^(?<year>[+-]\\d{6}|\\d{4})",
    "(?:-?W(?<week>\\d\\d)(?:-?(?<weekday>[1-7]))?|-?(?<ordinal>\\d{3})|-?(?<month>\\d\\d)(?:-?(?<day>\\d\\d))?)?",
    "(?:[T ](?<hour>\\d\\d)(?::?(?<minute>\\d\\d)(?::?(?<second>\\d\\d))?)?(?<fraction>[.,]\\d{1,12})?",
    "(?:Z|(?<sign>[+\\u2212-])(?<aheadHours>\\d\\d)(?::?(?<aheadMinutes>\\d\\d))?)?)?$",
  ].join(""),
  "i",
);
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/**
 * Returns the instant that a text states in any form of ISO 8601, in epoch milliseconds, perhaps with a fraction. A
 * day, week, month or year means its beginning. Without an offset the time is UTC.
 * @returns `undefined` for a text that is not an instant
 */
export function instantFrom(text: string): number | undefined {
  const stated = text.length <= 64 ? shape.exec(text.trim())?.groups : undefined;
  const day = stated && startOfDay(stated);
  if (stated === undefined || day === undefined) return undefined;
  const number = (name: string) => Number(stated[name] ?? 0);
  const fraction = Number((stated.fraction ?? "0").replace(",", "."));
  const last = stated.second !== undefined ? 1000 : stated.minute !== undefined ? minuteMs : hourMs;
  const time = number("hour") * hourMs + number("minute") * minuteMs + number("second") * 1000 + fraction * last;
  // Second 60 is a leap second.
  const isTime = time <= dayMs && number("minute") < 60 && number("second") <= 60;
  if (!isTime || number("aheadHours") > 23 || number("aheadMinutes") > 59) return undefined;
  const ahead = number("aheadHours") * hourMs + number("aheadMinutes") * minuteMs;
  return day + time - (stated.sign === "+" ? ahead : -ahead);
}

/** Returns the beginning in UTC of the day, week, month or year that the parts of a date state. */
function startOfDay({ year, week, weekday, ordinal, month, day }: Record<string, string | undefined>) {
  const january = new Date(0).setUTCFullYear(Number(year), 0, 1);
  if (week !== undefined) {
    // The first week of a year contains January 4. Weeks begin on Monday.
    const fourth = january + 3 * dayMs;
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayMs;
    const start = monday + (Number(week) - 1) * 7 * dayMs;
    const isWeek = Number(week) >= 1 && new Date(start + 3 * dayMs).getUTCFullYear() === Number(year);
    return isWeek ? start + (Number(weekday ?? 1) - 1) * dayMs : undefined;
  }
  if (ordinal !== undefined) {
    const date = january + (Number(ordinal) - 1) * dayMs;
    return new Date(date).getUTCFullYear() === Number(year) ? date : undefined;
  }
  const date = new Date(0).setUTCFullYear(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
  const isDate = new Date(date).getUTCMonth() === Number(month ?? 1) - 1 && Number(day ?? 1) >= 1;
  return isDate ? date : undefined;
}
