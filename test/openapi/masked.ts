/** Fields that differ each time: an age, a cursor, the two parts of a key, the id of a request, what is signed, codes. */
const varying = [
  "age",
  "cursor",
  "fingerprint",
  "secret",
  "instance",
  "url",
  "value",
  "uri",
  "recoveryCodes",
  "requestId",
];

/**
 * A value in which everything that differs each time is replaced. Ids are numbered, so that equal ids stay equal.
 * @param seen the ids so far
 */
export function masked(value: unknown, name = "", seen = new Map<string, string>()): unknown {
  if (Array.isArray(value)) return value.map((part) => masked(part, name, seen));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part, key, seen)]));
  }
  if (varying.includes(name)) return `${typeof value} ${name}`;
  if (typeof value !== "string") return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return "a moment";
  return value.replaceAll(/\b(?!0{20})[0-9a-f]{24}\b/g, (id) => {
    seen.set(id, seen.get(id) ?? `id ${seen.size + 1}`);
    return String(seen.get(id));
  });
}
