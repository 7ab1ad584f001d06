import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBRecord } from "aws-lambda";
import { erasureFilter } from "../../../lib/accounts/erasure/filter.ts";
import { filesToDeleteFilter } from "../../../lib/accounts/image/files-to-delete.ts";
import { messageFilter } from "../../../lib/messages/filter.ts";
import { type Message, openMessage, queuedMessage } from "../../../lib/messages/outbox.ts";
import { type SentMessage, startOutside } from "../../../local/outside.ts";
import { type Consumer, StreamDelivery } from "../../../local/stream-delivery.ts";
import { StreamReader } from "../../../local/stream-reader.ts";
import { createdEvent, objects, putUpload, quarters, startBucket } from "../../functions/workers/uploads.ts";

/** The workers, the table's stream that leads to them, and what is outside of the system: SES, SNS and S3. */

process.env.LOG_LEVEL ??= "SILENT";
process.env.MAIL_FROM ??= "Frontdesk <portal@example.com>";
const outside = await startOutside();
Object.assign(process.env, outside.environment);
const bucket = await startBucket();
// Not at the top of the file, because the workers' logger reads its level from the environment when it is imported.
const { handler: sendMessages } = await import("../../../functions/workers/send-messages.ts");
const { handler: cleanUp } = await import("../../../functions/workers/clean-up.ts");
const { handler: eraseOverdue } = await import("../../../functions/workers/erase-overdue.ts");
const { handler: processImage } = await import("../../../functions/workers/process-image.ts");

const picture = await quarters().jpeg().toBuffer();

/** Stops what is outside of the system. */
export async function stopOutside(): Promise<void> {
  await Promise.all([outside.stop(), bucket.stop()]);
}

const filters = {
  SendMessages: [messageFilter],
  CleanUp: [filesToDeleteFilter, erasureFilter],
} as const;
/** The workers that the stream calls. */
export type StreamWorker = keyof typeof filters;
/** All workers of the system, which are no operations. */
export const workerNames = ["SendMessages", "CleanUp", "EraseOverdue", "ProcessImage"] as const;

/** The workers of one run. */
export class Workers {
  /** What the stream has reported, in its order. */
  readonly #records: DynamoDBRecord[] = [];
  readonly #reader: StreamReader;
  readonly #stopping = new AbortController();
  readonly #deliveries: Readonly<Record<StreamWorker, StreamDelivery>>;
  /** How many of the records each worker was given. */
  readonly #given = { SendMessages: 0, CleanUp: 0 };
  readonly #opened = new Map<DynamoDBRecord, Promise<Message | undefined>>();
  /** How many workers are at work. */
  #running = 0;
  #reading: Promise<unknown> = Promise.resolve();
  /** Records that a worker could not handle however often they were delivered. */
  readonly givenUp: string[] = [];
  /** How often records were delivered late, and again. */
  readonly counts = { "stale stream": 0, "repeated stream": 0 };

  constructor() {
    this.#reader = new StreamReader(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), String(process.env.TABLE_NAME));
    this.#deliveries = {
      SendMessages: this.#delivery("SendMessages", sendMessages),
      CleanUp: this.#delivery("CleanUp", cleanUp),
    };
    outside.clear();
  }

  /** Leaves out what earlier runs have left: the streams of their tables, which the engine still has, and their pictures. */
  async begin(): Promise<void> {
    await this.#read();
    this.#records.length = 0;
    for (const key of this.objects()) objects.remove(key);
  }

  #delivery(name: StreamWorker, handler: Consumer["handler"]): StreamDelivery {
    const counted: Consumer["handler"] = async (event) => {
      this.#running += 1;
      return handler(event).finally(() => {
        this.#running -= 1;
      });
    };
    return new StreamDelivery({
      consumers: [{ name, filters: filters[name], handler: counted }],
      batchSize: 10,
      // The pauses then add up to more than the lease of a worker.
      triesMax: 14,
      onHandled: () => {},
      log: (line) => this.givenUp.push(line),
      stopping: this.#stopping.signal,
    });
  }

  /** Reads what is new in the stream. */
  #read(): Promise<unknown> {
    const readAll = async () => {
      while (await this.#reader.read(async (records) => void this.#records.push(...records)));
    };
    this.#reading = this.#reading.then(readAll);
    return this.#reading;
  }

  /**
   * Gives a worker what is new in the stream, which may be long ago.
   * @param isRepeated gives it the records again that it was given last, and some from before
   */
  async deliver(name: StreamWorker, isRepeated = false): Promise<void> {
    await this.#read();
    const given = this.#given[name];
    this.#given[name] = this.#records.length;
    const start = isRepeated ? Math.max(0, given - 30) : given;
    const records = this.#records.slice(start);
    if (isRepeated) this.counts["repeated stream"] += given - start;
    this.counts["stale stream"] += this.#records.length - given;
    await this.#deliveries[name].deliver(records);
  }

  /** Waits for a moment in which no worker is at work: only then the time may leap, as their leases would end too early. */
  async rest(): Promise<void> {
    while (this.#running > 0) await sleep(1);
  }

  /** Gives the workers everything, until nothing new comes and nothing is left to be tried again. */
  async finish(): Promise<void> {
    for (let before = -1; before !== this.#records.length; await this.#read()) {
      before = this.#records.length;
      await this.deliver("SendMessages");
      await this.deliver("CleanUp");
      await Promise.all(Object.values(this.#deliveries).map((delivery) => delivery.finishRetries()));
    }
  }

  /** Makes the next request to SES or SNS fail. */
  failNextMessage(): void {
    outside.failNext(1);
  }

  /** Makes the next request to S3 fail. */
  failNextFile(): void {
    bucket.failNext(1);
  }

  /** Has the hourly worker erase what is overdue. */
  eraseOverdue(): Promise<void> {
    return eraseOverdue({}, { getRemainingTimeInMillis: () => 300_000, awsRequestId: "schedule" });
  }

  /** Uploads a picture, which S3 reports to the worker until it succeeds, as EventBridge does. @param times how often in all */
  async processImage(uploadId: string, times = 1): Promise<void> {
    putUpload(uploadId, picture);
    for (let time = 0; time < times; time++) {
      for (let tries = 1; ; tries++) {
        try {
          await processImage(createdEvent(uploadId));
          break;
        } catch (error) {
          if (tries === 20) throw error;
          await sleep(100 * tries);
        }
      }
    }
  }

  /** All messages that were queued for an address, in their order, sent or not. */
  async queuedFor(to: string, kind: Message["kind"]): Promise<Message[]> {
    await this.#read();
    const messages = await Promise.all(
      this.#records.map((record) => {
        const queued = queuedMessage(record);
        const opened = this.#opened.get(record) ?? (queued ? openMessage(queued) : Promise.resolve(undefined));
        this.#opened.set(record, opened);
        return opened;
      }),
    );
    return messages.filter(
      (message): message is Message =>
        message !== undefined && message.kind === kind && "to" in message && message.to === to,
    );
  }

  /** All messages that were sent, the newest first. */
  sent(): readonly SentMessage[] {
    return outside.messages();
  }

  /** The keys of all objects in the bucket. */
  objects(): readonly string[] {
    return objects.keysIn("");
  }

  /** Ends the retries, and the connection to the stream. */
  stop(): void {
    this.#stopping.abort();
    this.#reader.close();
  }
}
