import { isKnownZone } from "../../kit/time.tsx";

/** A time zone, as people see it. */
export interface Zone {
  /** Its name in the IANA database. */
  readonly id: string;
  /** Such as `New York (America), Eastern Time`. */
  readonly title: string;
}

/** Returns all zones that the browser knows, and the one that an account has, by title. */
export function zonesWith(value: string, language: string): Zone[] {
  const ids = new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...(isKnownZone(value) ? [value] : [])]);
  return [...ids].map((id) => ({ id, title: titleOf(id, language) })).sort((a, b) => a.title.localeCompare(b.title));
}

/** Returns the zone that a text names: by its title, its id, or a part of one title only. Other texts come back unchanged. */
export function zoneFrom(text: string, zones: readonly Zone[]): string {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return "";
  const exact = zones.find(({ id, title }) =>
    [title, id, id.replaceAll("_", " ")].some((each) => each.toLowerCase() === wanted),
  );
  if (exact) return exact.id;
  const [found, ...others] = zones.filter(({ title }) => title.toLowerCase().includes(wanted));
  return found && others.length === 0 ? found.id : text.trim();
}

const titles = new Map<string, string>();

/** Returns what a zone is called in a language. A text that is no zone comes back unchanged. */
export function titleOf(id: string, language: string): string {
  if (!isKnownZone(id)) return id;
  const key = `${language} ${id}`;
  const known = titles.get(key);
  if (known) return known;
  const places = id.replaceAll("_", " ").split("/");
  const area = places.slice(0, -1).join(", ");
  const title = `${places.at(-1)}${area && ` (${area})`}, ${generalName(id, language)}`;
  titles.set(key, title);
  return title;
}

/** What people call a zone, such as `Eastern Time`. */
function generalName(timeZone: string, language: string): string | undefined {
  const form = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "longGeneric" });
  return form.formatToParts().find(({ type }) => type === "timeZoneName")?.value;
}
