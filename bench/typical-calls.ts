import { queueMessage } from "../lib/messages/outbox.ts";
import { type OperationId, operations } from "../lib/operations.ts";
import type { Key } from "../lib/table/records.ts";
import { write } from "../lib/table/transact.ts";
import type { Described } from "../openapi/describe.ts";
import { descriptionOf, isDescribed } from "../openapi/descriptions.ts";
import { type ReadyCall, readyCall, requestsOf, worldOf } from "../test/kit/examples.ts";
import { recordOf } from "../test/kit/outside.ts";
import { isSuccess, type RequestOptions, send } from "../test/kit/system.ts";
import { makeWorld, type World } from "../test/kit/worlds.ts";

/** A call that is ready. It says when its function begins, so that the making of the request is not measured. */
export type Call = (begins?: () => void) => Promise<unknown>;

/** A call as applications and browsers make it day by day. */
export interface TypicalCall {
  readonly id: OperationId | "SendMessages";
  /** What is typical about it; absent where the operation has one typical call. */
  readonly about?: string;
  /** Makes the records that the call needs, and returns the call, which can be made once. */
  readonly prepare: () => Promise<Call>;
}

/** The option of a request that says when its function begins. */
const saying = (begins: () => void = () => {}): Pick<RequestOptions, "event"> => ({
  event(event) {
    begins();
    return event;
  },
});

/** The calls that an operation's description marks as typical. */
const typicalRequests = (description: Described): TypicalCall[] =>
  requestsOf(description).flatMap(([name, { typical }]) => {
    if (typical === undefined) return [];
    const about = typical === true ? {} : { about: typical };
    return [{ id: description.id, ...about, prepare: preparing(description.id, name) }];
  });

let fiftyPractices: Promise<World> | undefined;

/** All reads of fifty records share one world, because making it takes a second. They use no session. */
function worldForReads(id: OperationId, name: string): Promise<World> | undefined {
  if (worldOf(id, name) !== "fifty practices") return undefined;
  fiftyPractices ??= makeWorld("fifty practices");
  return fiftyPractices;
}

/** Makes a world for each call of an operation that writes, and one for all calls of an operation that only reads. */
function preparing(id: OperationId, name: string): TypicalCall["prepare"] {
  const isRead = operations.find((row) => row.id === id)?.table !== "write";
  let shared: Promise<ReadyCall> | undefined;
  let calls = 0;
  return async () => {
    if (isRead) shared ??= readyCall(id, name, worldForReads(id, name));
    const ready = await (shared ?? readyCall(id, name));
    calls += 1;
    // The use of a session is noted at most once a minute: without the minutes only the first call would write that.
    const minutesLater = isRead ? 2 * calls : 0;
    return async (begins) => {
      const answer = await ready.send({ minutesLater }, saying(begins));
      if (!isSuccess(answer)) throw new Error(`${id} answers ${answer.status} ${answer.text}`);
    };
  };
}

/** The functions of pages and of unknown paths have no description. */
const undescribed: readonly TypicalCall[] = [
  { id: "PortalPage", prepare: async () => (begins) => send("GET", "/riverside/sign-in", saying(begins)) },
  { id: "Unmatched", prepare: async () => (begins) => send("POST", "/nothing/here", saying(begins)) },
];

let mails = 0;

/** The worker that sends messages is not an operation. */
const sendMessages: TypicalCall = {
  id: "SendMessages",
  about: "one mail",
  prepare: async () => {
    const { handler } = await import("../functions/workers/send-messages.ts");
    // One address gets a few mails an hour. All addresses have the same length.
    const to = `ada-${String(++mails).padStart(6, "0")}@example.com`;
    const link = "https://riverside.portal.example.com/verify?token=00000000000000000000000000000000";
    const mail = { kind: "verification", to, practiceName: "Riverside Clinic", link } as const;
    const part = await queueMessage(mail, new Date());
    await write(() => [part]);
    const Records = await recordOf(part.item.Put?.Item as Key);
    return async () => {
      const { batchItemFailures } = await handler({ Records });
      if (batchItemFailures.length > 0) throw new Error("the mail was not sent");
    };
  },
};

/** The typical calls of all functions, in the order of the registry. */
export const typicalCalls: readonly TypicalCall[] = [
  ...operations.flatMap(({ id }) => (isDescribed(id) ? typicalRequests(descriptionOf(id)) : [])),
  ...undescribed,
  sendMessages,
];
