import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Put } from "./commands.ts";
import { Retries, withReleasingTime } from "./deadline.ts";
import { readItems } from "./read.ts";
import type { IdempotencyItem, Key } from "./records.ts";
import { type TransactionPart, write } from "./transact.ts";

/** A request that has claimed an idempotency key, or wants to. */
export interface Claim {
  readonly key: Key<IdempotencyItem>;
  /** Names this run of the request. */
  readonly claimId: string;
  readonly fingerprint: string;
}

/** How long an answer is kept (contract practices §1). */
const keptMs = 86_400_000;

/** The longest pause before a request that waits looks again. */
const pauseMsMax = 250;

/** Whether a key can be claimed: nobody has it, its 24 hours are over, or the request that had it has crashed. */
const isFree = (item: IdempotencyItem | undefined, now: number): item is undefined =>
  !item || item.endsAt <= now || (!item.sealed && item.leaseUntil <= now);

/** The same as a condition. */
const isFreeAt = (now: number) => ({
  ConditionExpression:
    "attribute_not_exists(pk) OR endsAt <= :now OR (attribute_not_exists(sealed) AND leaseUntil <= :now)",
  ExpressionAttributeValues: { ":now": now },
});

/** What became of the wish to claim a key. */
export interface Claimed {
  /** The item of another request that has the key; `undefined` when this request has claimed it. */
  readonly other: IdempotencyItem | undefined;
  /** Whether it took longer than the first try, so that what was read before may be out of date. */
  readonly isLate: boolean;
}

/**
 * Claims an idempotency key. While the same request is under way elsewhere, waits for its end.
 * @param leaseMs after this time without an answer, another request may claim the key
 * @throws Busy when that request does not end before the call's deadline
 */
export async function claimKey({ key, ...claim }: Claim, leaseMs: number, at: Date): Promise<Claimed> {
  const now = at.getTime();
  const [leaseUntil, endsAt] = [now + leaseMs, now + keptMs];
  const Item = { ...key, type: "idempotency", ...claim, leaseUntil, endsAt, expiresAt: Math.ceil(endsAt / 1000) };
  let [present, isLate]: [IdempotencyItem | undefined, boolean] = [undefined, false];
  for (const retries = new Retries(pauseMsMax); ; await retries.pause()) {
    if (isFree(present, now) && (await isPut(Item, now))) return { other: undefined, isLate };
    isLate = true;
    present = (await readItems({ present: key })).present;
    if (isFree(present, now)) continue;
    // The answer to the put was lost.
    if (present.claimId === claim.claimId) return { other: undefined, isLate };
    if (present.sealed || present.fingerprint !== claim.fingerprint) return { other: present, isLate };
  }
}

/** Puts a claim where the key is free. Returns whether it was. */
async function isPut(Item: object, now: number): Promise<boolean> {
  try {
    await documents.send(new Put({ TableName: settings().TABLE_NAME, Item: { ...Item }, ...isFreeAt(now) }));
    return true;
  } catch (error) {
    // A transaction of the other request may be under way.
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) return false;
    throw error;
  }
}

/** A part that is refused unless this request has the key, and its answer is not stored yet. */
const ifUnanswered = ({ claimId }: Claim) => ({
  ConditionExpression: "claimId = :claim AND attribute_not_exists(sealed)",
  ExpressionAttributeValues: { ":claim": claimId },
});

/** Returns the part that stores the answer with the write that it is about, if this request still has the key. */
export function answerPart(claim: Claim, sealed: Uint8Array): TransactionPart {
  const { ConditionExpression, ExpressionAttributeValues } = ifUnanswered(claim);
  return {
    item: {
      Update: {
        Key: { ...claim.key },
        UpdateExpression: "SET sealed = :sealed",
        ConditionExpression,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ":sealed": sealed },
      },
    },
    ifRefused: "changed",
  };
}

/**
 * Gives a key back after a failure, so that it can be used again. If the table does not allow that in time, the key is free
 * after its lease. From then on a transaction of this request that is still on its way is refused.
 * @returns the answer, if it was stored nevertheless
 */
export async function releaseKey(claim: Claim): Promise<Uint8Array | undefined> {
  const release: TransactionPart = {
    item: { Delete: { Key: { ...claim.key }, ...ifUnanswered(claim) } },
    ifRefused: 5000,
  };
  try {
    return await withReleasingTime(async () => {
      try {
        await write(() => [release]);
        return undefined;
      } catch {
        const { present } = await readItems({ present: claim.key });
        return present?.claimId === claim.claimId ? present.sealed : undefined;
      }
    });
  } catch {
    return undefined;
  }
}
