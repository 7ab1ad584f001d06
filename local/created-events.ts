import { randomUUID } from "node:crypto";
import type { S3ObjectCreatedNotificationEvent } from "aws-lambda";
import type { CreatedObject } from "./files.ts";
import { pause } from "./stream-delivery.ts";

/** Calls the worker `process-image` with new objects, and again when it fails, as EventBridge and Lambda do. */
export interface CreatedEvents {
  deliver(object: CreatedObject): void;
  /** Waits until the worker has handled all objects, or they were given up. */
  drain(): Promise<void>;
  /** Stops after running calls have finished. */
  stop(): Promise<void>;
}

/** Lambda calls a function three times in total. */
const triesMax = 3;
/** Lambda waits for a minute, and then for two. */
const pauseMs = (tries: number) => 500 * 2 ** tries;

type Handler = (event: Pick<S3ObjectCreatedNotificationEvent, "detail">) => Promise<void>;

/**
 * Makes deliveries of objects whose key begins with a prefix, as the rule on the bucket's events has it.
 * @param load loads the worker; called when the first object arrives, because its decoders take long to load
 */
export function createdEvents(prefix: string, load: () => Promise<Handler>): CreatedEvents {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();

  async function call(object: CreatedObject): Promise<void> {
    for (let tries = 1; tries <= triesMax && !stop.signal.aborted; tries++) {
      try {
        const handler = await load();
        return await handler({ detail: detailOf(object) });
      } catch (error) {
        if (tries < triesMax) await pause(pauseMs(tries), stop.signal);
        else console.error(`process-image gives up on ${object.key}: ${(error as Error).name}`);
      }
    }
  }

  return {
    deliver(object) {
      if (!object.key.startsWith(prefix)) return;
      const delivery = call(object).finally(() => running.delete(delivery));
      running.add(delivery);
    },
    async drain() {
      while (running.size > 0) await Promise.all(running);
    },
    async stop() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const detailOf = ({ bucket, key, size, etag }: CreatedObject): S3ObjectCreatedNotificationEvent["detail"] => ({
  version: "0",
  bucket: { name: bucket },
  object: { key, size, etag, "version-id": "", sequencer: "" },
  "request-id": randomUUID(),
  requester: "local",
  "source-ip-address": "127.0.0.1",
  reason: "POST Object",
});
