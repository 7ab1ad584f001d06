import { expect } from "vitest";
import { type ItemKind, kindOf } from "../../local/verify/item-kind.ts";
import type { Item, TableRequest } from "../kit/system.ts";

/**
 * How long each kind of item stays after it was written. DynamoDB reads `expiresAt` as seconds: in milliseconds it would be in the
 * year 50,000, and nothing on a laptop would show that such an item is never deleted.
 */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** `EVENT_YEARS` of tests is 6. */
const eventYears = 6 * 365.25 * day;

/** A life in seconds: exact, or within bounds. */
type Life = number | readonly [least: number, most: number];

const offered = [8 * day - hour, 8 * day] as const;

/** By kind, and by the item's type where a kind has several lives. Other kinds stay until something deletes them. */
const lives: Partial<Readonly<Record<ItemKind | `${ItemKind}: ${string}`, Life>>> = {
  "event: event": eventYears,
  "event: void": day,
  // All events of the practice have expired by then, and no call knows its name any more.
  "deleted practice": eventYears + 30 * day,
  "claim of a web address: freedName": 91 * day,
  "claim of a Direct domain: freedName": 91 * day,
  device: 365 * day,
  "entry of a device": 365 * day,
  "code of a device": 10 * minute,
  // `sessionHours` is 12 unless a portal changes it. It takes a day more to tell an expired session from an unknown one.
  session: 12 * hour + day,
  "entry of a session": 12 * hour + day,
  "password reset": day,
  "password reset token": hour + day,
  "verification token": 7 * day + day,
  // Who accepts a connection leaves its end as it was at the offer, some seconds or minutes ago.
  "connection token": offered,
  "connection: connection": offered,
  "claim of an invitation": offered,
  "accepted invitation": offered,
  "connection: void": day,
  message: 3 * day,
  upload: day,
  "files to delete": 7 * day,
  "answer to repeat": day,
  // Until the end of the minute.
  "count of calls": [0, minute],
  // The hour in which guesses count, and a day more. `lockMinutes` of tests are fewer.
  "count of guesses": hour + day,
  // For mails and text messages: as long as they count, from when they were queued, which may be some minutes ago. The texts of a
  // portal are counted by the day.
  "count of sent messages": [hour - 10 * minute, 2 * day],
};

/** Kinds that may be written without an end: connections and what leads to them have none once they are accepted. */
const mayStay: readonly string[] = ["connection: connection", "accepted invitation"];

/** A write of an item, as a request states it. */
interface Written {
  readonly item: Item;
  readonly expiresAt: unknown;
  /** It replaces what was there. */
  readonly isWhole: boolean;
}

/** The items that a request writes. Of one that it only changes, its key is known. */
function itemsWritten({ input }: TableRequest): Written[] {
  const parts = [
    { Put: input.Item && input, Update: input.UpdateExpression && input },
    ...(input.TransactItems ?? []),
  ] as readonly { readonly Put?: { Item: Item }; readonly Update?: UpdateInput }[];
  return parts.flatMap(({ Put, Update }): Written[] => {
    if (Put) return [{ item: Put.Item, expiresAt: Put.Item.expiresAt, isWhole: true }];
    if (!Update) return [];
    const { Key, ExpressionAttributeValues: values } = Update;
    return [{ item: Key, expiresAt: values?.[":expiresAt"], isWhole: false }];
  });
}
interface UpdateInput {
  readonly Key: Item;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

const seen = new Set<string>();

/**
 * Asserts that what requests have written expires when it should: a whole number of seconds.
 * @param from, to the time that the call was told, or between which it was made, in epoch milliseconds
 */
export function expectLives(requests: readonly TableRequest[], from: number, to: number): void {
  for (const { item, expiresAt, isWhole } of requests.flatMap(itemsWritten)) {
    const kind = String(kindOf(item, item.type)?.kind) as ItemKind;
    const name = ([`${kind}: ${item.type}`, kind] as const).find((each) => each in lives);
    const life = name && lives[name];
    if (expiresAt === undefined) {
      const isForgotten = isWhole && name !== undefined && !mayStay.includes(name);
      expect(isForgotten, `${name} is written without an end`).toBe(false);
      continue;
    }
    if (name === undefined || life === undefined) throw new Error(`an item of the kind ${kind} has an unknown end`);
    const [least, most] = typeof life === "number" ? [life, life] : life;
    seen.add(name);
    expect(Number.isInteger(expiresAt), `${name} expires at ${expiresAt}, which is no whole number`).toBe(true);
    const left = [Number(expiresAt) - to / 1000, Number(expiresAt) - from / 1000];
    // Ends are rounded up.
    const fits = Number(left[1]) >= least && Number(left[0]) <= most + 1;
    expect(fits, `${name} expires in ${left[0]} seconds instead of ${least} to ${most}`).toBe(true);
  }
}

/** The kinds that `expectLives` has not seen so far. */
export const livesUnseen = (): string[] => Object.keys(lives).filter((name) => !seen.has(name));
