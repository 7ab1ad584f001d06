import { randomUUID } from "node:crypto";
import { type Ids, noteWritten, writtenNoted } from "../audit/access-note.ts";
import type { RequestSecret } from "../crypto/request-secret.ts";
import { isObject } from "../json.ts";
import { answerPart, type Claim, claimKey, releaseKey } from "../table/idempotency.ts";
import { idempotencyKey } from "../table/keys.ts";
import type { IdempotencyItem } from "../table/records.ts";
import { type AnswerStore, write } from "../table/transact.ts";
import type { Identity, KeyedRequest, Run } from "./admission.ts";
import { type Answer, type CallEvent, pathOf } from "./call.ts";

const keyShape = /^[\x20-\x7e]{1,255}$/;

/** What is stored of an answer, as text and encrypted. */
interface Stored {
  /** Without the headers that admitting the caller sets: they are set again for each call. */
  readonly answer: Answer;
  /** The ids of the record that was written, for the access log. */
  readonly written: Ids;
}

/**
 * Answers an admitted request. With an `Idempotency-Key` it is carried out once: its answer is stored in the transaction that it
 * is about, and answered again to the same request of the same caller.
 * @throws Failure when the key is malformed, or was used with another request; Busy while the first one is still under way
 */
export async function answerOnce(request: KeyedRequest, run: Run): Promise<Answer> {
  const { event, id, dialect, identity, leaseMs } = request;
  const stated = event.headers["idempotency-key"];
  if (stated === undefined) return run();
  if (!keyShape.test(stated)) throw dialect.wrongKey("must be 1 to 255 printable ASCII characters", false);
  const key = idempotencyKey(JSON.stringify([identity.caller, id, stated]));
  const secret = await secretOf(event, identity, stated, key.pk);
  const claim = { key, claimId: randomUUID(), fingerprint: secret.fingerprint };
  const { other, isLate } = await claimKey(claim, leaseMs, event.call.context.now);
  if (!other) return answerFirst(request, claim, secret, (store) => run(store, isLate));
  const stored = storedIn(other, secret);
  if (!stored) throw dialect.wrongKey("was used with another request", true);
  event.call.isReplayed = true;
  const { headers, ...answer } = answerOf(stored, event);
  return { ...answer, headers: { ...headers, "idempotent-replayed": "true" } };
}

/**
 * The secret of a request: of its key, its session, its path and its input without credentials. Members of objects are
 * sorted, because their order means nothing.
 */
function secretOf(event: CallEvent, { stated }: Identity, key: string, salt: string): Promise<RequestSecret> {
  const { auth, ...input } = event.call.input;
  const text = JSON.stringify([key, stated, pathOf(event), input], (_, value) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  // Nobody can guess the id of a session.
  const isGuessable = !stated.sessionId && Object.keys(input).some((name) => /password/i.test(name));
  return import("../crypto/request-secret.ts").then(({ requestSecret }) => requestSecret(text, salt, isGuessable));
}

/** Carries a request out that has claimed its key. */
async function answerFirst(
  { event, dialect }: KeyedRequest,
  claim: Claim,
  secret: RequestSecret,
  run: (store: AnswerStore) => Promise<Answer>,
): Promise<Answer> {
  const { reply } = event.call;
  const admitted = { ...reply.headers };
  const sealed = ({ headers = {}, ...answer }: Answer) => {
    const own = Object.entries(headers).filter(([name, value]) => admitted[name] !== value);
    const stored: Stored = { answer: { ...answer, headers: Object.fromEntries(own) }, written: writtenNoted() };
    return secret.encrypt(textOf(stored));
  };
  let isStored = false;
  const store: AnswerStore = {
    part({ answer, tell }) {
      const told = { ...reply, headers: { ...reply.headers }, cookies: [...reply.cookies] };
      tell?.(told);
      return answerPart(claim, sealed(dialect.success(answer as object | undefined, told)));
    },
    carriedOut() {
      isStored = true;
    },
  };
  try {
    const answer = await run(store);
    if (!isStored) await write(() => [answerPart(claim, sealed(answer))]);
    return answer;
  } catch (failure) {
    // The transaction's answer may have been lost, and the write carried out.
    const late = await releaseKey(claim);
    const stored = late && storedIn({ ...claim, sealed: late }, secret);
    if (!stored) throw failure;
    return answerOf(stored, event);
  }
}

/** The stored answer; `undefined` when it is that of another request. */
function storedIn({ fingerprint, sealed }: Pick<IdempotencyItem, "fingerprint" | "sealed">, secret: RequestSecret) {
  const text = fingerprint === secret.fingerprint && sealed ? secret.decrypt(sealed) : undefined;
  return text === undefined ? undefined : storedFrom(text);
}

/**
 * Returns a stored answer as text. Its body stands below the rest as it is: escaped once more, the body of a large account
 * might not fit into an item.
 */
const textOf = ({ answer: { body, ...answer }, written }: Stored): string =>
  [JSON.stringify({ answer, written }), ...(body === undefined ? [] : [body])].join("\n");

/** Reads what `textOf` returned. */
function storedFrom(text: string): Stored {
  const [first = "", ...rest] = text.split("\n");
  const { answer, written } = JSON.parse(first) as Stored;
  return { answer: rest.length === 0 ? answer : { ...answer, body: rest.join("\n") }, written };
}

/** A stored answer with the headers that this call's admission has set. */
function answerOf({ answer, written }: Stored, { call }: CallEvent): Answer {
  noteWritten(written);
  return { ...answer, headers: { ...call.reply.headers, ...answer.headers } };
}
