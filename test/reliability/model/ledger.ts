import type { OperationId } from "../../../lib/operations.ts";
import { isDescribed } from "../../../openapi/descriptions.ts";
import type { Response } from "../../kit/system.ts";
import { undocumentedIn } from "../../openapi/documented-answer.ts";
import { failureIn, isBusy } from "./failure.ts";

/** A guarantee that was broken: the message says which one. */
export class Violation extends Error {}

/** What a message says, as its subject or text tells. */
export type MessageKind =
  | "verification"
  | "passwordReset"
  | "passwordChanged"
  | "mobileChanged"
  | "totpAdded"
  | "totpRemoved"
  | "accountErased"
  | "devicesForgotten"
  | "connectionInvitation"
  | "registrationInvitation"
  | "numberReplaced";

/** A message that has to be sent. */
export interface Expected {
  readonly kind: MessageKind;
  readonly to: string;
}

/** What a call must do. */
export interface Outcome {
  /** The failure with which it must be refused; nothing if it must succeed. */
  readonly refusal?: string | undefined;
  /** Failures that are right as well, because others want the same names. */
  readonly mayBe?: readonly string[] | undefined;
  /** The events that its success stores. */
  readonly events?: readonly string[] | undefined;
  /** The messages that its success queues. */
  readonly messages?: readonly Expected[] | undefined;
}

/** What was answered in one run, and what therefore must be in the table and in people's inboxes. */
export class Ledger {
  /** The events that the table must have, by the id of the request: each acknowledged change has its own, others none. */
  readonly events = new Map<string, readonly string[]>();
  /** The ids of the connections that workers delete because of a request, with an event for each. */
  readonly deletions = new Map<string, readonly string[]>();
  readonly messages: Expected[] = [];
  /** How often each operation and worker was called, and with success. */
  readonly calls = new Map<string, number>();
  readonly successes = new Map<string, number>();
  /** How many answers there were of each kind. */
  readonly answers = { success: 0, refused: 0, "too busy": 0 };
  /** The calls of the run, in the order of their answers. */
  readonly history: string[] = [];

  /** Notes a call of an operation or a worker. */
  count(id: string, isSuccess: boolean): void {
    this.calls.set(id, (this.calls.get(id) ?? 0) + 1);
    if (isSuccess) this.successes.set(id, (this.successes.get(id) ?? 0) + 1);
  }

  /**
   * Notes the answer of a call.
   * @returns whether it was carried out. It was not if it was refused, or too busy
   * @throws Violation when the answer is another one than the model says, or is not documented
   */
  note(who: string, id: OperationId, response: Response, outcome: Outcome): boolean {
    const failure = failureIn(id, response);
    this.history.push(`${who} ${id}: ${response.status} ${failure || "success"}`);
    if (response.status === 500) throw new Violation(`${who} ${id} failed in the request ${response.requestId}`);
    const undocumented = isDescribed(id) ? undocumentedIn(id, response) : undefined;
    if (undocumented) throw new Violation(`${who} ${id} got what is not documented: ${undocumented}`);
    this.count(id, failure === "");
    if (isBusy(response)) {
      this.answers["too busy"] += 1;
      return false;
    }
    const { refusal = "", mayBe = [], events = [], messages = [] } = outcome;
    if (failure !== refusal && !mayBe.includes(failure)) {
      throw new Violation(
        `${who} ${id} was to be ${refusal || "a success"}, and was ${failure || "a success"}: ${response.text}`,
      );
    }
    if (failure !== "") {
      this.answers.refused += 1;
      return false;
    }
    this.answers.success += 1;
    if (events.length > 0) this.events.set(response.requestId, events);
    this.messages.push(...messages);
    return true;
  }
}
