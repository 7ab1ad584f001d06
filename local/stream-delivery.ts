import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";

/** An event filter pattern of exact values: `{ eventName: ["INSERT"] }`. */
export interface EventPattern {
  readonly [name: string]: EventPattern | readonly string[];
}

/** A function that AWS would call with records of the stream. */
export interface Consumer {
  readonly name: string;
  /** The function is called with the records that one of them selects. */
  readonly filters: readonly EventPattern[];
  readonly handler: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
}

/** How records are delivered to consumers. */
export interface DeliveryOptions {
  readonly consumers: readonly Consumer[];
  /** The most records in one event. */
  readonly batchSize: number;
  /** How often a batch is tried in total. */
  readonly triesMax: number;
  readonly onHandled: (sequenceNumbers: readonly string[]) => void;
  readonly log: (line: string) => void;
  /** Ends the pauses between tries, and with them the retries. */
  readonly stopping: AbortSignal;
}

/** The pause before another try: 0.2 s at first, then twice as long each time, up to 5 s. */
const pauseMs = (tries: number) => Math.min(100 * 2 ** tries, 5000);

/** Delivers records to consumers in batches, and retries the batches that fail, as Lambda does. */
export class StreamDelivery {
  readonly #options: DeliveryOptions;
  /** The retries under way. Later records are delivered meanwhile. */
  readonly #retries = new Set<Promise<void>>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Delivers each record once to every consumer that wants it, and starts retries for those that fail. */
  async deliver(records: readonly DynamoDBRecord[]): Promise<void> {
    const { consumers, batchSize, onHandled } = this.#options;
    const failed = new Set<DynamoDBRecord>();
    const retried: Promise<readonly DynamoDBRecord[]>[] = [];
    for (const consumer of consumers) {
      const wanted = records.filter((record) => consumer.filters.some((filter) => matches(filter, record)));
      for (let start = 0; start < wanted.length; start += batchSize) {
        const unhandled = await this.#try(consumer, wanted.slice(start, start + batchSize));
        if (unhandled.length === 0) continue;
        for (const record of unhandled) failed.add(record);
        retried.push(this.#retry(consumer, unhandled));
      }
    }
    onHandled(records.filter((record) => !failed.has(record)).map(sequenceNumber));
    if (retried.length > 0) this.#noteRetries(failed, retried);
  }

  /** Waits until all retries have succeeded or were given up. */
  async finishRetries(): Promise<void> {
    await Promise.all(this.#retries);
  }

  /** Reports the failed records as handled once every consumer has handled them. */
  #noteRetries(failed: ReadonlySet<DynamoDBRecord>, retried: readonly Promise<readonly DynamoDBRecord[]>[]): void {
    const retry = Promise.all(retried).then((givenUp) => {
      const lost = new Set(givenUp.flat());
      this.#options.onHandled([...failed].filter((record) => !lost.has(record)).map(sequenceNumber));
      this.#retries.delete(retry);
    });
    this.#retries.add(retry);
  }

  /** Calls a consumer with a batch. @returns the first record that failed and all after it, which Lambda would retry */
  async #try(consumer: Consumer, batch: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
    try {
      const { batchItemFailures } = await consumer.handler({ Records: [...batch] });
      if (batchItemFailures.length === 0) return [];
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = batch.findIndex((record) => failed.has(sequenceNumber(record)));
      return batch.slice(Math.max(0, first));
    } catch (error) {
      this.#options.log(`${consumer.name} crashed: ${(error as Error).stack}`);
      return batch;
    }
  }

  /** Tries a batch again until it succeeds or has no tries left. @returns the records that were given up */
  async #retry(consumer: Consumer, batch: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
    const { triesMax, stopping, log } = this.#options;
    let failed = batch;
    for (let tries = 1; tries < triesMax && failed.length > 0; tries++) {
      await pause(pauseMs(tries), stopping);
      if (stopping.aborted) return failed;
      failed = await this.#try(consumer, failed);
    }
    for (const record of failed) log(`${consumer.name} gives up on stream record ${sequenceNumber(record)}.`);
    return failed;
  }
}

/** Waits for a time, or until the signal ends the wait. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

const sequenceNumber = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber ?? "";

/** Whether a record has the values that a pattern asks for. */
function matches(pattern: EventPattern, record: object): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (record as Record<string, unknown>)[name];
    if (Array.isArray(wanted)) return wanted.includes(value);
    return typeof value === "object" && value !== null && matches(wanted as EventPattern, value);
  });
}
