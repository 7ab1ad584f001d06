import { portalSettingsOf } from "../../portal-settings.ts";
import {
  portalSettingsKeyAround,
  unverifiedIndexEnd,
  unverifiedIndexPartitions,
  unverifiedSinceAt,
} from "../../table/keys.ts";
import { queryIndexPages } from "../../table/page.ts";
import { readItems } from "../../table/read.ts";
import type { AccountItem, IndexKey, Key } from "../../table/records.ts";
import { held, retryOnConflict } from "../../table/transact.ts";
import { accountFrom } from "../account/account.ts";
import { erasureOf } from "./erasure.ts";

/** What the scheduled worker is given. */
interface Run {
  readonly now: () => Date;
  readonly requestId: string;
  /** Whether there is time for another account. */
  readonly hasTime: () => boolean;
  /** Told about an account that could not be erased. The others are erased all the same. */
  readonly onFailure: (id: string, error: unknown) => void;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** The shortest time that a portal may allow. Accounts that are unverified for less are not looked at. */
const shortestMs = dayMs;

/**
 * Erases the accounts that have been unverified for longer than their portals allow, the oldest first, also those of inactive
 * practices. The list of unverified accounts may lag behind, so each account is read again and decides.
 * @returns how many it has erased
 */
export async function eraseUnverified(run: Run): Promise<number> {
  const { now, hasTime, onFailure } = run;
  const start = now();
  let erased = 0;
  const daysOf = daysByPractice();
  const end = unverifiedIndexEnd(new Date(start.getTime() - shortestMs).toISOString());
  for (const partition of inTurn(start)) {
    for await (const places of queryIndexPages(partition, end)) {
      for (const place of places) {
        if (!hasTime()) return erased;
        if (!isOver(unverifiedSinceAt(place), await daysOf(place), start)) continue;
        try {
          if (await eraseIfUnverified(place, run)) erased += 1;
        } catch (error) {
          onFailure(place.sk, error);
        }
      }
    }
  }
  return erased;
}

/** The partitions of the list. Each hour another one comes first, so that none is left out when the time is short. */
function inTurn(start: Date) {
  const first = Math.floor(start.getTime() / hourMs) % unverifiedIndexPartitions.length;
  return [...unverifiedIndexPartitions.slice(first), ...unverifiedIndexPartitions.slice(0, first)];
}

/** Whether an account has been unverified for too long. @param since ISO 8601 */
const isOver = (since: string, days: number, now: Date) => Date.parse(since) + days * dayMs <= now.getTime();

/** Returns a function that returns how many days the portal of an account allows. It reads each portal's settings once. */
function daysByPractice(): (account: Key) => Promise<number> {
  const known = new Map<string, Promise<number>>();
  return (account) => {
    const days = known.get(account.pk) ?? readDays(account);
    known.set(account.pk, days);
    return days;
  };
}

const readDays = async (account: Key) =>
  portalSettingsOf((await readItems({ settings: portalSettingsKeyAround(account) })).settings).unverifiedDays;

/** Erases an account if it is still unverified and its time is over. Nobody is mailed. @returns whether it was erased */
async function eraseIfUnverified(place: Key<AccountItem> & IndexKey, { now, requestId }: Run): Promise<boolean> {
  const key: Key<AccountItem> = { pk: place.pk, sk: place.sk };
  const find = () => readItems({ account: key, settings: portalSettingsKeyAround(key) });
  return retryOnConflict(held(await find(), find), ({ value }) => {
    const account = accountFrom(value.account);
    const { unverifiedDays } = portalSettingsOf(value.settings);
    const since = account?.unverifiedSince ?? account?.createdAt ?? "";
    const isDue = account?.document.state === "unverified" && isOver(since, unverifiedDays, now());
    const parts = isDue ? erasureOf(account, { kind: "system" }, { now: now(), requestId }) : [];
    return { parts, answer: isDue };
  });
}
