import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import type { TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { type ErrorCode, Failure } from "../errors.ts";
import type { Reply } from "../reply.ts";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Put, TransactWrite } from "./commands.ts";
import { Retries, withDecidingTime } from "./deadline.ts";
import { lostAnswers } from "./lost-answers.ts";
import type { Key, Versioned } from "./records.ts";

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];
/** One request of a transaction, whose table is added when it is sent. */
type Item = { readonly [Kind in keyof TransactItem]: Omit<NonNullable<TransactItem[Kind]>, "TableName"> };

/**
 * One write of a transaction. `ifRefused` says what its failed condition means: an error for the caller, or `"changed"`,
 * which means that somebody else wrote the record since it was read; the work is then repeated from a new read.
 */
export interface TransactionPart {
  readonly item: Item;
  readonly ifRefused: ErrorCode | "changed";
  /**
   * Only on the part that creates an item whose key no other transaction uses: the item to put there instead, so that the
   * transaction cannot be carried out any more.
   */
  readonly placeholder?: object;
}

/** Puts an item that must not exist yet. */
export const create = (key: Key, item: object, ifRefused: TransactionPart["ifRefused"]): TransactionPart => ({
  item: { Put: { Item: { ...item, ...key }, ConditionExpression: "attribute_not_exists(pk)" } },
  ifRefused,
});

/**
 * Puts the claim of a name that nobody has. A released name (`freedBy`, `endsAt` in epoch milliseconds) stays reserved for
 * its vendor until `endsAt`.
 * @param claim names the vendor who takes the name
 */
export const claimName = (
  key: Key,
  claim: { readonly applicationId: string },
  now: Date,
  ifTaken: TransactionPart["ifRefused"],
): TransactionPart => ({
  item: {
    Put: {
      Item: { ...claim, ...key },
      ConditionExpression: "attribute_not_exists(pk) OR freedBy = :vendor OR endsAt <= :now",
      ExpressionAttributeValues: { ":vendor": claim.applicationId, ":now": now.getTime() },
    },
  },
  ifRefused: ifTaken,
});

/** The condition that a record has the version with which it was read. */
const isVersion = ({ version }: Versioned) => ({
  ConditionExpression: "version = :version",
  ExpressionAttributeValues: { ":version": version },
});

/** Replaces `before`, which must not have changed since it was read, by `after`. */
export const replace = (key: Key, before: Versioned, after: object): TransactionPart => ({
  item: {
    Put: {
      Item: { ...after, ...key },
      ...isVersion(before),
    },
  },
  ifRefused: "changed",
});

/** A condition that a record has not changed since it was read. Writes nothing. */
export const checkUnchanged = (key: Key, before: Versioned): TransactionPart => ({
  item: { ConditionCheck: { Key: { ...key }, ...isVersion(before) } },
  ifRefused: "changed",
});

/** A condition that there is still no item under a key where none was found. Writes nothing. */
export const checkAbsent = (key: Key): TransactionPart => ({
  item: { ConditionCheck: { Key: { ...key }, ConditionExpression: "attribute_not_exists(pk)" } },
  ifRefused: "changed",
});

/**
 * The condition on the caller's own record for a write by a person. Not needed for callers without such a
 * record, or when the write replaces the caller's own record: its version is already checked.
 * @param written key of the record that is written; `undefined` when another kind of item is
 */
export const rightsHeldBy = (
  { rightsHeld }: { readonly rightsHeld: TransactionPart | undefined },
  written: Key | undefined,
): TransactionPart[] => {
  const { pk, sk } = rightsHeld?.item.ConditionCheck?.Key ?? {};
  return rightsHeld && !(pk === written?.pk && sk === written?.sk) ? [rightsHeld] : [];
};

/**
 * Deletes an item.
 * @param before the record as it was read, if it must not have changed; when left out, the item is deleted whether it exists
 * or not, and another part of the same transaction checks that it may be deleted
 */
export const remove = (key: Key, before?: Versioned): TransactionPart => ({
  item: { Delete: { Key: { ...key }, ...(before && isVersion(before)) } },
  ifRefused: "changed",
});

/** Deletes a one-time item, which must still exist: of many simultaneous uses, one succeeds. */
export const consume = (key: Key, ifRefused: TransactionPart["ifRefused"]): TransactionPart => ({
  item: { Delete: { Key: { ...key }, ConditionExpression: "attribute_exists(pk)" } },
  ifRefused,
});

/** Puts an item, whether one exists or not. */
export const put = (key: Key, item: object): TransactionPart => ({
  item: { Put: { Item: { ...item, ...key } } },
  ifRefused: "changed",
});

/** Sets attributes of an item that must exist. */
export const setAttributes = (
  key: Key,
  attributes: Readonly<Record<string, unknown>>,
  ifRefused: TransactionPart["ifRefused"],
): TransactionPart => {
  const names = Object.keys(attributes);
  return {
    item: {
      Update: {
        Key: { ...key },
        UpdateExpression: `SET ${names.map((_, place) => `#${place} = :${place}`).join(", ")}`,
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeNames: Object.fromEntries(names.map((name, place) => [`#${place}`, name])),
        ExpressionAttributeValues: Object.fromEntries(names.map((name, place) => [`:${place}`, attributes[name]])),
      },
    },
    ifRefused,
  };
};

/** Counts an attribute of an item up. It counts as 0 while it is absent. @param id the item's `id`, which must not have changed */
export const countUp = (key: Key, id: string, attribute: string): TransactionPart => ({
  item: {
    Update: {
      Key: { ...key },
      UpdateExpression: "ADD #attribute :one",
      ConditionExpression: "id = :id",
      ExpressionAttributeNames: { "#attribute": attribute },
      ExpressionAttributeValues: { ":one": 1, ":id": id },
    },
  },
  ifRefused: "changed",
});

/**
 * A condition that an attribute of an item is as it was read. Writes nothing.
 * @param id the item's `id`, which must not have changed
 * @param value `undefined` while it is absent
 */
export const checkAttribute = (
  key: Key,
  id: string,
  attribute: string,
  value: number | undefined,
): TransactionPart => ({
  item: {
    ConditionCheck: {
      Key: { ...key },
      ConditionExpression: `id = :id AND ${value === undefined ? "attribute_not_exists(#attribute)" : "#attribute = :value"}`,
      ExpressionAttributeNames: { "#attribute": attribute },
      ExpressionAttributeValues: { ":id": id, ...(value !== undefined && { ":value": value }) },
    },
  },
  ifRefused: "changed",
});

/** Adds one id to an item's set, or removes it. @param idsMax how many the set may hold before one is added */
export const toggle = (
  key: Key,
  id: string,
  on: boolean,
  idsMax: number,
  ifFull: TransactionPart["ifRefused"],
): TransactionPart => ({
  item: {
    Update: {
      Key: { ...key },
      UpdateExpression: on ? "ADD ids :ids" : "DELETE ids :ids",
      ...(on && { ConditionExpression: "attribute_not_exists(ids) OR size(ids) < :max" }),
      ExpressionAttributeValues: { ":ids": new Set([id]), ...(on && { ":max": idsMax }) },
    },
  },
  ifRefused: ifFull,
});

/** The state from which a write was built has changed. The write may be built again from a new read. */
class Conflict extends Error {}

/** The request with the table's name. Each item has exactly one request. */
const inTable = (item: Item): TransactItem =>
  Object.fromEntries(
    Object.entries(item).map(([kind, request]) => [kind, { ...request, TableName: settings().TABLE_NAME }]),
  );

/** Reasons of a cancelled transaction for which a repetition may succeed. */
const passing = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/**
 * Writes all parts or none. The first part whose condition fails decides which error the caller gets, so parts are in the
 * order of the contract's errors. When one of them means that the state has changed, that comes first.
 * @throws Failure with that part's error; Conflict, which `retryOnConflict` repeats; Busy: nothing was written
 */
async function transact(parts: readonly TransactionPart[]): Promise<void> {
  // DynamoDB remembers the token for ten minutes, so that a repetition after a lost answer does no harm.
  const command = new TransactWrite({
    TransactItems: parts.map(({ item }) => inTable(item)),
    ClientRequestToken: randomUUID(),
  });
  const unanswered = new Set<unknown>();
  try {
    await lostAnswers.run(unanswered, () => documents.send(command));
  } catch (error) {
    if (unanswered.size === 0) throw meaningOf(error, parts);
    if (!(await isCarriedOut(parts, error))) throw new Conflict();
  }
}

/** What a refused transaction means. */
function meaningOf(error: unknown, parts: readonly TransactionPart[]): unknown {
  if (!(error instanceof TransactionCanceledException)) return error;
  const reasons = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? "None");
  const refused = parts.filter((_, place) => reasons[place] === "ConditionalCheckFailed").map((part) => part.ifRefused);
  // The state has changed, perhaps also the caller's rights: no error is shown before it is read again.
  const isChanged = refused.includes("changed") || reasons.some((code) => passing.has(code));
  if (isChanged) return new Conflict();
  const [first] = refused;
  const isOther = reasons.some((code) => code !== "None" && code !== "ConditionalCheckFailed");
  return first === undefined || first === "changed" || isOther ? error : new Failure(first);
}

/**
 * Finds out whether a transaction whose answer was lost was carried out. If not, a placeholder takes the key of an item that
 * only this transaction creates, so that it fails even if it is still on its way.
 * @throws Error, answered as internal, when the table does not answer this either
 */
async function isCarriedOut(parts: readonly TransactionPart[], lost: unknown): Promise<boolean> {
  const { placeholder: Item } = parts.find((part) => part.placeholder) ?? {};
  if (!Item) throw new Error("a transaction's answer was lost", { cause: lost });
  const ConditionExpression = "attribute_not_exists(pk)";
  const { TABLE_NAME: TableName } = settings();
  const command = { TableName, Item, ConditionExpression, ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const };
  try {
    return await withDecidingTime(async () => {
      for (const retries = new Retries(); ; await retries.pause()) {
        try {
          await documents.send(new Put(command));
          return false;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return error.Item?.type?.S !== placeholderType;
          // The transaction is under way.
          if (!(error instanceof TransactionConflictException)) throw error;
        }
      }
    });
  } catch (error) {
    throw new Error("a transaction's answer was lost and the table does not say what became of it", { cause: error });
  }
}

/** The `type` of a placeholder. */
export const placeholderType = "void";

/** How many parts a transaction may have, by DynamoDB's own limit. */
const partsMax = 100;

/** A transaction, and what to answer once it has been carried out. Without parts nothing is written. */
export interface Transaction<Answer> {
  readonly parts: readonly TransactionPart[];
  /**
   * Parts that change nothing for anybody without the others, such as the token of a connection that does not exist. When
   * the transaction has no room for them, they are written before it, in a transaction of their own. They may then stay,
   * although the others are not written.
   */
  readonly supporting?: readonly TransactionPart[];
  readonly answer: Answer;
  /** Puts what the answer says besides its body into the reply, once the transaction has been carried out. */
  readonly tell?: ((reply: Reply) => void) | undefined;
}

/** Stores the answer of a request with an idempotency key together with what the request writes. */
export interface AnswerStore {
  /** Returns the part that stores an answer. */
  part({ answer, tell }: Transaction<unknown>): TransactionPart;
  /** Is called when the transaction with the last part has been carried out. */
  carriedOut(): void;
}

/** A state that can be read again. */
export interface Refreshable<State> {
  /** Of a request: what is answered besides the body. */
  readonly reply?: Reply;
  /** Of a request with an idempotency key. */
  readonly answerStore?: AnswerStore | undefined;
  /** The same state as it is now. A request also checks its caller's rights again. @throws Failure when they are gone */
  refresh(): Promise<State>;
}

/** A value, and how to read it again. */
export interface Held<Value> extends Refreshable<Held<Value>> {
  readonly value: Value;
}

/** A state for `retryOnConflict` whose value `read` reads again. */
export const held = <Value>(value: Value, read: () => Promise<Value>): Held<Value> => ({
  value,
  refresh: async () => held(await read(), read),
});

/**
 * Builds a write from a state and carries it out. When the state has changed in the meantime, reads it again and repeats,
 * so that simultaneous writes of one record are served one after the other.
 * @param state the state as it was read; for a request, together with the records that authorise its caller
 * @param build decides from the state what to write and what to answer; may throw the caller's error
 * @throws Busy when the call's deadline comes first; nothing is written then
 */
export async function retryOnConflict<State extends Refreshable<State>, Answer>(
  state: State,
  build: (state: State) => Transaction<Answer> | Promise<Transaction<Answer>>,
): Promise<Answer> {
  let present = state;
  for (const retries = new Retries(); ; ) {
    const transaction = await build(present);
    if (await isCarriedOutNow(transaction, present.answerStore)) {
      if (present.reply) transaction.tell?.(present.reply);
      return transaction.answer;
    }
    await retries.pause();
    present = await present.refresh();
  }
}

/** Carries a transaction out. Returns whether that was possible; otherwise the state from which it was built has changed. */
async function isCarriedOutNow(transaction: Transaction<unknown>, store: AnswerStore | undefined): Promise<boolean> {
  if (transaction.parts.length === 0) return true;
  const parts = [...transaction.parts, ...(store ? [store.part(transaction)] : [])];
  const { supporting = [] } = transaction;
  const isOne = parts.length + supporting.length <= partsMax;
  try {
    if (!isOne) await transact(supporting);
    await transact(isOne ? [...parts, ...supporting] : parts);
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
  store?.carriedOut();
  return true;
}

/**
 * Carries out a write that depends on no state that was read, and on nobody's rights.
 * @param build returns its parts, again for each repetition
 * @throws Failure, Busy
 */
export const write = (build: () => readonly TransactionPart[] | Promise<readonly TransactionPart[]>): Promise<void> =>
  retryOnConflict(
    held(undefined, async () => undefined),
    async () => ({ parts: await build(), answer: undefined }),
  );
