import { setTimeout as sleep } from "node:timers/promises";
import { type Actor, auditEvent, type RequestContext } from "../audit/audit-event.ts";
import { eventSeconds } from "../settings.ts";
import { callersKey, generationOf } from "../table/generation.ts";
import {
  deletedPracticeKey,
  directAddressKey,
  directDomainKey,
  loginKey,
  practiceErasureIndexKey,
  practiceErasureIndexPartition,
  practiceErasureKey,
  practiceEventKey,
  practiceEventPrefix,
  practiceItemPrefix,
  practiceKey,
  webAddressKey,
} from "../table/keys.ts";
import { NoTimeLeft, takeLease } from "../table/lease.ts";
import { queryIndexPages, queryRange } from "../table/page.ts";
import { readItems } from "../table/read.ts";
import type { DeletedPractice, Key, Practice, PracticeErasure, PracticeId, PracticeItem } from "../table/records.ts";
import { create, held, remove, replace, retryOnConflict, type TransactionPart, write } from "../table/transact.ts";
import { normaliseLogin } from "./ids.ts";
import { moveClaim, moveName } from "./unique-names.ts";

/** How long a run of the hourly worker may take, which finishes erasures: its time limit in Lambda. */
export const overdueRunMs = 300_000;

/** How long it is known that a practice was deleted, in seconds after the last of its events has expired. */
const knownSeconds = 30 * 86_400;

/**
 * Returns the transaction that deletes a practice, and the answer. From then on nobody finds the practice or anything in it,
 * and its names are free. Workers erase what lies inside (`eraseInside`).
 * @param deleted what is left of practices that were deleted under the same key before
 */
export function deletePractice(
  practice: Practice,
  deleted: DeletedPractice | undefined,
  { actor, context }: { readonly actor: Actor; readonly context: RequestContext },
) {
  const { applicationId, accountId } = practice;
  const { now, requestId } = context;
  const deletedAt = now.toISOString();
  const auditEntry = { what: "practice.deleted", record: { accountId }, changed: [] };
  const erasure: PracticeErasure = { applicationId, accountId, deletedAt, requestId };
  return {
    parts: [
      remove(practiceKey(practice), practice),
      ...moveName(practice.websiteAddress, undefined, webAddressKey, practice, now, 4140),
      ...moveName(practice.directDomain, undefined, directDomainKey, practice, now, 4150),
      ...moveClaim(practice.directAddress, undefined, (local) => directAddressKey(practice, local), practice, 4610),
      deletion(practice, deleted, now),
      create(
        practiceErasureKey(practice),
        { type: "erasure", ...erasure, ...practiceErasureIndexKey(deletedAt) },
        "changed",
      ),
      auditEvent((eventId) => practiceEventKey(practice, eventId), auditEntry, actor, context),
    ],
    answer: { accountId: callersKey(accountId), action: "delete" },
  };
}

/** The part that stores which practice was deleted last under its key. */
function deletion(practice: Practice, before: DeletedPractice | undefined, now: Date): TransactionPart {
  const after: DeletedPractice = {
    generation: generationOf(practice.accountId),
    deletedAt: now.toISOString(),
    expiresAt: Math.ceil(now.getTime() / 1000) + eventSeconds() + knownSeconds,
    version: (before?.version ?? 0) + 1,
  };
  const item = { type: "deletedPractice", ...after };
  const key = deletedPracticeKey(practice);
  return before ? replace(key, before, item) : create(key, item, "changed");
}

/** How many items of one practice are deleted in a second at most, so that the table does not refuse requests of others. */
const perSecondMax = 200;
/** How many items one transaction deletes. Few accounts lead to so many others that it becomes more. */
const atOnce = 50;

/** Keeps to `perSecondMax`. Programs whose table serves nobody else need no pauses. */
export const pacing: { pause: (ms: number) => Promise<unknown> } = { pause: sleep };

/** What a worker that erases practices is given. */
export interface PracticeErasureWork {
  readonly now: () => Date;
  /** @throws NoTimeLeft when the worker's time is over */
  readonly checkTime: () => void;
  /** How long the worker may take. Afterwards another one may begin. */
  readonly leaseMs: number;
  /** Returns the parts that delete what an item leads to outside the practice, in other families. */
  readonly removedElsewhere: (item: PracticeItem, now: Date) => TransactionPart[];
}

/**
 * Erases what lies inside a deleted practice, except for its audit events. Safe to repeat: it deletes what it finds. So a
 * worker that has no time left, or crashes, is followed by one that goes on. The erasure's own item stays.
 * @returns whether it is done; `"held"` while another worker is at it
 * @throws NoTimeLeft
 */
export async function erasePractice(key: Key<PracticeErasure>, work: PracticeErasureWork): Promise<"done" | "held"> {
  const lease = await takeLease(key, work.leaseMs, work.now());
  if (lease === "held" || lease === "done") return lease;
  try {
    const { erasure } = await readItems({ erasure: key });
    if (erasure) await eraseInside(erasure, work);
  } finally {
    // A lease that is not released ends by itself; an error of the work is more important.
    await lease.release().catch(() => undefined);
  }
  return "done";
}

/**
 * How long after a deletion a practice is looked at once more. By then every call that was under way at the deletion has
 * ended: a function may run for 15 seconds.
 */
const settledMs = 60_000;

/**
 * Erases the practices that were deleted more than a minute ago once more, the oldest first: what other workers could not
 * finish, and what calls have written that were under way at the deletion. Then it forgets about them.
 * @param onFailure told about a practice that could not be erased. The others are erased all the same
 * @returns how many are finished
 * @throws NoTimeLeft
 */
export async function finishErasures(
  work: PracticeErasureWork,
  onFailure: (key: Key, error: unknown) => void,
): Promise<number> {
  let finished = 0;
  const end = practiceErasureIndexKey(new Date(work.now().getTime() - settledMs).toISOString()).gsi1sk;
  for await (const places of queryIndexPages(practiceErasureIndexPartition, end)) {
    for (const { pk, sk } of places) {
      work.checkTime();
      try {
        if ((await erasePractice({ pk, sk }, work)) === "held") continue;
        await write(() => [remove({ pk, sk })]);
        finished += 1;
      } catch (error) {
        if (error instanceof NoTimeLeft) throw error;
        onFailure({ pk, sk }, error);
      }
    }
  }
  return finished;
}

async function eraseInside(practice: PracticeId, { now, checkTime, removedElsewhere }: PracticeErasureWork) {
  const partsOf = (item: PracticeItem) => [...removalOf(item), ...removedElsewhere(item, now())];
  for (const range of rangesIn(practice)) {
    for await (const items of queryRange({ ...range, descending: false, atOnce })) {
      for (const some of inTransactions(items, (item) => partsOf(item).length)) {
        checkTime();
        await retryOnConflict(
          held(some, () => readAgain(some)),
          ({ value }) => ({ parts: value.flatMap(partsOf), answer: undefined }),
        );
        await pacing.pause((some.flatMap(partsOf).length * 1000) / perSecondMax);
      }
    }
  }
}

/** Everything in a practice's partition but its audit events. */
function rangesIn(practice: PracticeId) {
  const prefix = practiceItemPrefix(practice);
  const { sk: events } = practiceEventPrefix(practice);
  return [
    { prefix, from: " ", to: events },
    { prefix, from: `${events.slice(0, -1)}$`, to: "~" },
  ];
}

/** The parts that delete an item, unless it has changed since it was read, and a user's login. */
const removalOf = (item: PracticeItem): TransactionPart[] => [
  remove({ pk: item.pk, sk: item.sk }, item.version === undefined ? undefined : { version: item.version }),
  ...(item.loginId === undefined ? [] : [remove(loginKey(normaliseLogin(item.loginId)))]),
];

/** Divides items into groups, one for each transaction. @param sizeOf how many parts an item needs */
function inTransactions(
  items: readonly PracticeItem[],
  sizeOf: (item: PracticeItem) => number,
): readonly PracticeItem[][] {
  const groups: PracticeItem[][] = [];
  let size = atOnce;
  for (const item of items) {
    size += sizeOf(item);
    if (size > atOnce) {
      groups.push([]);
      size = sizeOf(item);
    }
    groups.at(-1)?.push(item);
  }
  return groups;
}

/** Those of the items that still exist, as they are now. */
async function readAgain(items: readonly PracticeItem[]): Promise<readonly PracticeItem[]> {
  const keys: Readonly<Record<string, Key<PracticeItem>>> = Object.fromEntries(
    items.map(({ pk, sk }, place) => [String(place), { pk, sk }]),
  );
  return Object.values(await readItems(keys)).flatMap((item) => item ?? []);
}
