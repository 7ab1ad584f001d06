import { DatabaseSync } from "node:sqlite";

/** How many practices, and how many users of the first practice, calls make before their items are copied. */
export const copiedPlaces = 5000;

/** The id of a practice or a user. Copies differ in the first number only. */
export const idOf = (kind: "practice" | "user", place: number): string =>
  `${kind}-${Math.floor(place / copiedPlaces)}-${String(place % copiedPlaces).padStart(4, "0")}`;

/** What Dynoxide stores for an item: its keys, and the item as JSON. */
const stored = [
  { table: "frontdesk", columns: ["pk", "sk", "item_json", "item_size", "hash_prefix"] },
  { table: "frontdesk::gsi::gsi1", columns: ["gsi_pk", "gsi_sk", "table_pk", "table_sk", "item_json"] },
] as const;

/**
 * Copies all items of practices and users in the file of a stopped engine: the records, their audit events, and their
 * places in the index. Each copy gets an id of its own, and ids of creation of its own.
 *
 * A hundred thousand records by calls would take several minutes. `npm run verify-table` finds no difference.
 * @param copies how many copies of each item, at most nine
 */
export function copyRecords(file: string, copies: number): void {
  const database = new DatabaseSync(file);
  database.exec("BEGIN");
  for (const { table, columns } of stored) {
    const names = columns.join(", ");
    const insert = database.prepare(`INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => "?").join(", ")})`);
    const rows = database.prepare(`SELECT ${names} FROM "${table}" WHERE item_json GLOB '*-0-[0-9]*'`).all();
    for (const row of rows) {
      for (let copy = 1; copy <= copies; copy++) {
        insert.run(...columns.map((column) => copied(row[column] ?? null, String(row.item_json), copy)));
      }
    }
  }
  database.exec("COMMIT");
  database.close();
}

/** A column's value for the copy of an item. All users are of one practice, so a copied user stays in it. */
function copied<Value>(value: Value, item: string, copy: number): Value | string {
  if (typeof value !== "string") return value;
  const kind = item.includes("user-0-") ? "user" : "practice";
  // Ids of creation and of events have 24 hex digits. One of the random digits becomes another one.
  const otherDigit = (_: string, before: string, digit: string) =>
    before + (Number.parseInt(digit, 16) ^ copy).toString(16);
  return value
    .replaceAll(`${kind}-0-`, `${kind}-${copy}-`)
    .replaceAll(/\b([0-9a-f]{12})([0-9a-f])(?=[0-9a-f]{11}\b)/g, otherDigit);
}
