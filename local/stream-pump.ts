import { type Consumer, pause, StreamDelivery } from "./stream-delivery.ts";
import { type RecordReader, StreamReader } from "./stream-reader.ts";

/** The table that a pump reads from, and the consumers that it calls. */
export interface PumpOptions {
  /** The engine's endpoint, as in `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  readonly tableName: string;
  readonly consumers: readonly Consumer[];
  /** Reads the stream, and is closed when the pump stops. By default it asks the engine. */
  readonly reader?: RecordReader;
  /** The most records in one event; 10 by default. */
  readonly batchSize?: number;
  /** How often a batch is tried; 12 by default. The pauses then add up to more than a crashed worker's lease of a message. */
  readonly triesMax?: number;
  /** Called with the sequence numbers of records that every consumer has handled, never with those of given-up records. */
  readonly onHandled?: (sequenceNumbers: readonly string[]) => void;
  /** Receives a line when a record is given up, a consumer crashes, or the stream cannot be read. */
  readonly log?: (line: string) => void;
}

/** Moves records from the table's stream to its consumers, as Lambda's event source mapping does. */
export interface Pump {
  /** Starts moving records, until the pump is stopped. */
  start(): void;
  /** Resolves when every record that is now in the stream was handled or given up. @throws Error when stopped meanwhile */
  drain(): Promise<void>;
  /** Stops after running handlers have finished. Records that were not handled stay in the stream. */
  stop(): Promise<void>;
}

const idleMs = 100;
const pauseAfterErrorMs = 2000;

/**
 * Makes a pump. It always starts at the oldest record that the engine still has, so that a restart loses nothing.
 * Consumers therefore get records again, and must recognise those that they have already handled.
 */
export function streamPump(options: PumpOptions): Pump {
  const { consumers, batchSize = 10, triesMax = 12, onHandled = () => {}, log = console.error } = options;
  const stop = new AbortController();
  const stopping = stop.signal;
  const { endpoint, tableName, reader = new StreamReader(endpoint, tableName) } = options;
  const delivery = new StreamDelivery({ consumers, batchSize, triesMax, onHandled, log, stopping });

  async function readAll(): Promise<void> {
    let mayHaveMore = true;
    while (mayHaveMore && !stopping.aborted) mayHaveMore = await reader.read((records) => delivery.deliver(records));
  }

  // One at a time: two that read together would deliver the same records.
  let reading: Promise<void> = Promise.resolve();
  const read = () => {
    const mine = reading.then(readAll);
    reading = mine.catch(() => undefined);
    return mine;
  };

  async function run(): Promise<void> {
    while (!stopping.aborted) {
      try {
        await read();
        await pause(idleMs, stopping);
      } catch (error) {
        log(`The table's stream cannot be read: ${(error as Error).message}`);
        await pause(pauseAfterErrorMs, stopping);
      }
    }
  }

  let running: Promise<void> | undefined;
  return {
    start() {
      running ??= run();
    },
    async drain() {
      await read();
      await delivery.finishRetries();
      stopping.throwIfAborted();
    },
    async stop() {
      stop.abort();
      await Promise.all([running, reading]);
      await delivery.finishRetries();
      reader.close();
    },
  };
}
