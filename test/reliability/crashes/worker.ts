import { createInterface } from "node:readline";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { handler as cleanUp } from "../../../functions/workers/clean-up.ts";
import { handler as sendMessages } from "../../../functions/workers/send-messages.ts";
import { pacing } from "../../../lib/practices/erasure.ts";

/**
 * A process with the workers, as Lambda runs them, which can be killed. Each line of its input names a worker and has its
 * event; each line of its output is the answer.
 */

/** A line of the input. */
interface Work {
  readonly worker: "send-messages" | "clean-up";
  readonly event: DynamoDBStreamEvent;
}

// The table serves nobody else.
pacing.pause = async () => undefined;

const handlers: Readonly<Record<Work["worker"], (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>>> = {
  "send-messages": sendMessages,
  "clean-up": cleanUp,
};

for await (const line of createInterface(process.stdin)) {
  const { worker, event } = JSON.parse(line) as Work;
  console.log(JSON.stringify(await handlers[worker](event)));
}
