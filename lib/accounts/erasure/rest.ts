import type { RequestContext } from "../../audit/audit-event.ts";
import {
  acceptedInvitationPrefix,
  connectionAccessPrefix,
  connectionKey,
  connectionsErasureKey,
  connectionTokenDigestKey,
  deviceCodePrefix,
  deviceEntryPrefix,
  earlierDevicePrefix,
  erasureKey,
  favoritesKey,
  passwordResetKey,
  sessionEntryPrefix,
  tokenDigestKey,
  uploadKey,
} from "../../table/keys.ts";
import { queryPages } from "../../table/page.ts";
import { readItems } from "../../table/read.ts";
import type { Connection, Erasure, HeldEntry, Key, Prefix } from "../../table/records.ts";
import { held, remove, retryOnConflict, write } from "../../table/transact.ts";
import { traceRemoval } from "../connections/connection.ts";
import { connectionEvent } from "../connections/connection-event.ts";

/** What the worker that erases the rest of accounts is given. */
interface Work {
  /** @throws Error when the worker's time is over */
  readonly checkTime: () => void;
  readonly now: () => Date;
}

/** How long a worker may take: its time limit in Lambda. Afterwards another one may begin. */
export const erasureLeaseMs = 30_000;

/** How many items one transaction deletes. */
const atOnce = 50;

/**
 * Deletes what is left of an erased account, or the ended connections to one that stays. Safe to repeat: it deletes what it finds, and the erasure's own item last. So a
 * worker that has no time left, or crashes, is followed by one that goes on.
 */
export async function eraseRest(erasure: Erasure, work: Work): Promise<void> {
  for (const id of erasure.connectionIds) await endConnection(erasure, id, work);
  if (erasure.connectionsOnly) await write(() => [remove(connectionsErasureKey(erasure.id, erasure.requestId))]);
  else await eraseRestOfAccount(erasure, work);
}

async function eraseRestOfAccount(erasure: Erasure, work: Work): Promise<void> {
  for await (const { contextId: _, connectionId } of itemsBelow(connectionAccessPrefix(erasure), work))
    await endConnection(erasure, connectionId, work);
  for await (const { connectionId } of itemsBelow(acceptedInvitationPrefix(erasure), work))
    await endConnection(erasure, connectionId, work);
  for (const prefix of listsOf(erasure)) await removeListed(prefix, work);
  for (const prefix of prefixesOf(erasure)) await removeBelow(prefix, work);
  await removeReset(erasure);
  await write(() => [
    remove(favoritesKey(erasure)),
    ...erasure.verificationDigests.map((digest) => remove(tokenDigestKey("verification", digest))),
    ...(erasure.uploadId === undefined ? [] : [remove(uploadKey(erasure.uploadId))]),
    remove(erasureKey(erasure.id)),
  ]);
}

/** The items that belong to an account alone. Those that lead to others were followed before. */
const prefixesOf = (erasure: Erasure): readonly Prefix[] => [
  earlierDevicePrefix(erasure),
  deviceCodePrefix(erasure),
  connectionAccessPrefix(erasure),
  acceptedInvitationPrefix(erasure),
];

/** The lists of what belongs to an account and is stored elsewhere. */
const listsOf = (erasure: Erasure): readonly Prefix<HeldEntry<unknown>>[] => [
  deviceEntryPrefix(erasure),
  sessionEntryPrefix(erasure),
];

/** All items below a prefix. */
async function* itemsBelow<Item>(prefix: Prefix<Item>, { checkTime }: Work): AsyncGenerator<Item & Key> {
  for await (const items of queryPages(prefix)) {
    for (const item of items) {
      checkTime();
      yield item;
    }
  }
}

async function removeBelow(prefix: Prefix, { checkTime }: Work): Promise<void> {
  for await (const items of queryPages(prefix)) {
    for (let start = 0; start < items.length; start += atOnce) {
      checkTime();
      await write(() => items.slice(start, start + atOnce).map(({ pk, sk }) => remove({ pk, sk })));
    }
  }
}

/** Deletes what the entries of a list lead to, and the entries. */
async function removeListed(prefix: Prefix<HeldEntry<unknown>>, work: Work): Promise<void> {
  for await (const { pk, sk, itemKey } of itemsBelow(prefix, work))
    await write(() => [remove(itemKey), remove({ pk, sk })]);
}

/** Deletes a connection of the account, whichever side the account was, and what the connection has left elsewhere. */
async function endConnection(erasure: Erasure, id: string, { checkTime, now }: Work): Promise<void> {
  checkTime();
  const find = async () => (await readItems({ connection: connectionKey(erasure, id) })).connection;
  const context: RequestContext = { now: now(), requestId: erasure.requestId };
  await retryOnConflict(held(await find(), find), async ({ value: connection }) => ({
    parts: connection
      ? [
          remove(connectionKey(erasure, id), connection),
          ...tokenKeysOf(connection).map((key) => remove(key)),
          ...(await traceRemoval(connection)),
          connectionEvent(erasure, "connection.deleted", [connection], { kind: "system" }, context),
        ]
      : [],
    answer: undefined,
  }));
}

const tokenKeysOf = ({ tokenDigest, usedTokenDigest }: Connection): Key[] =>
  [tokenDigest, usedTokenDigest].flatMap((digest) => (digest === undefined ? [] : connectionTokenDigestKey(digest)));

/**
 * Deletes the newest password reset of the account. Somebody else may have registered the address in the meantime: their
 * resets stay.
 */
async function removeReset({ email, id, ...practice }: Erasure): Promise<void> {
  const key = passwordResetKey(practice, email);
  const find = async () => (await readItems({ reset: key })).reset;
  await retryOnConflict(held(await find(), find), async ({ value: reset }) => {
    const tokenKey = reset?.tokenDigest === undefined ? undefined : tokenDigestKey("passwordReset", reset.tokenDigest);
    const { token } = await readItems({ token: tokenKey });
    const isTheirs = reset && tokenKey && token?.holderId === id;
    return { parts: isTheirs ? [remove(key, reset), remove(tokenKey)] : [], answer: undefined };
  });
}
