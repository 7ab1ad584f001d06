import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";

/** An event filter pattern of exact values: `{ eventName: ["INSERT"] }`. */
export interface EventPattern {
  readonly [name: string]: EventPattern | readonly string[];
}

/** A function that AWS would call with records of the stream. */
export interface Consumer {
  readonly name: string;
  readonly filter: EventPattern;
  readonly handler: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
}

/** Where to pump from and to. */
export interface PumpOptions {
  /** The engine's, as for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  readonly tableName: string;
  readonly consumers: readonly Consumer[];
  /** Records in one event, at the most; 10 when left out. */
  readonly batchSize?: number;
  /** Tries of one batch; 12 when left out: with the pauses between them longer than a crash keeps a message leased. */
  readonly triesMax?: number;
  /** Told the sequence numbers of records that no consumer needs any more; never of one that was given up. */
  readonly onHandled?: (sequenceNumbers: readonly string[]) => void;
  /** Takes one line when a record is given up, a consumer crashes, or the stream cannot be read. */
  readonly log?: (line: string) => void;
}

/** Moves records from the table's stream to its consumers, as Lambda's event source mapping does. */
export interface Pump {
  /** Moves them from now on, until stopped. */
  start(): void;
  /** Resolves when everything that is now in the stream was handled or given up. @throws Error when stopped meanwhile */
  drain(): Promise<void>;
  /** Lets handlers under way finish. What was not handled is still in the stream. */
  stop(): Promise<void>;
}

interface Shard {
  readonly StreamArn: string | undefined;
  readonly ShardId: string | undefined;
  /** Where to read on; `undefined` once the shard is closed and read. */
  iterator: string | undefined;
}

const idleMs = 100;
const troubledMs = 2000;
const pauseMs = (tries: number) => Math.min(100 * 2 ** tries, 5000);

/**
 * Reads from the oldest record that the engine still has, at every start, so that nothing is lost over a restart:
 * consumers know by themselves what they have handled.
 */
export function streamPump(options: PumpOptions): Pump {
  const { tableName, consumers, batchSize = 10, triesMax = 12, onHandled = () => {}, log = console.error } = options;
  const client = new DynamoDBStreamsClient({ endpoint: streamsEndpoint(options.endpoint) });
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const shards = new Map<string, Shard>();
  let mayHaveMoreShards = true;
  /** What is tried again while others pass. */
  const retries = new Set<Promise<void>>();

  async function readAll(): Promise<void> {
    let found = true;
    while (found && !isStopping()) {
      if (mayHaveMoreShards) await findShards();
      found = (await Promise.all([...shards.values()].map(readShard))).includes(true);
    }
  }

  async function findShards(): Promise<void> {
    const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName: tableName }));
    for (const { StreamArn } of Streams) {
      const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
      for (const { ShardId } of StreamDescription?.Shards ?? []) {
        const name = `${StreamArn} ${ShardId}`;
        if (!shards.has(name)) shards.set(name, { StreamArn, ShardId, iterator: await oldest({ StreamArn, ShardId }) });
      }
    }
    mayHaveMoreShards = shards.size === 0;
  }

  async function oldest({ StreamArn, ShardId }: Omit<Shard, "iterator">): Promise<string | undefined> {
    const command = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    return (await client.send(command)).ShardIterator;
  }

  /** Moves the next records of a shard; whether there may be more. */
  async function readShard(shard: Shard): Promise<boolean> {
    if (!shard.iterator) return false;
    try {
      const command = new GetRecordsCommand({ ShardIterator: shard.iterator });
      const { Records = [], NextShardIterator } = await client.send(command);
      await offer(Records.map((record) => eventRecord(record, shard)));
      shard.iterator = NextShardIterator;
      if (!NextShardIterator) mayHaveMoreShards = true;
      return Records.length > 0 || !NextShardIterator;
    } catch (error) {
      // The machine slept longer than an iterator lives.
      if (!(error instanceof ExpiredIteratorException || error instanceof TrimmedDataAccessException)) throw error;
      shard.iterator = await oldest(shard);
      return true;
    }
  }

  async function offer(records: readonly DynamoDBRecord[]): Promise<void> {
    const waiting = new Set<DynamoDBRecord>();
    const triedAgain: Promise<readonly DynamoDBRecord[]>[] = [];
    for (const consumer of consumers) {
      const meant = records.filter((record) => matches(consumer.filter, record));
      for (let start = 0; start < meant.length; start += batchSize) {
        const failed = await unhandled(consumer, meant.slice(start, start + batchSize));
        if (failed.length === 0) continue;
        for (const record of failed) waiting.add(record);
        triedAgain.push(tryAgain(consumer, failed));
      }
    }
    onHandled(records.filter((record) => !waiting.has(record)).map(sequenceNumber));
    if (triedAgain.length === 0) return;
    const retry = Promise.all(triedAgain).then((failed) => {
      const lost = new Set(failed.flat());
      onHandled([...waiting].filter((record) => !lost.has(record)).map(sequenceNumber));
      retries.delete(retry);
    });
    retries.add(retry);
  }

  /** Has a batch handled; gives what of it is to be brought again. As Lambda does: all from the first failure on. */
  async function unhandled(consumer: Consumer, batch: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
    try {
      const { batchItemFailures } = await consumer.handler({ Records: [...batch] });
      if (batchItemFailures.length === 0) return [];
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      return batch.slice(
        Math.max(
          0,
          batch.findIndex((record) => failed.has(sequenceNumber(record))),
        ),
      );
    } catch (error) {
      log(`${consumer.name} crashed: ${(error as Error).stack}`);
      return batch;
    }
  }

  /** Gives what was not handled in the end. */
  async function tryAgain(consumer: Consumer, batch: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
    let failed = batch;
    for (let tries = 1; tries < triesMax && failed.length > 0; tries++) {
      await pause(pauseMs(tries));
      if (isStopping()) return failed;
      failed = await unhandled(consumer, failed);
    }
    for (const record of failed) log(`${consumer.name} gives up on stream record ${sequenceNumber(record)}.`);
    return failed;
  }

  /** Ends early when the pump is stopped. */
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  // One reading at a time: two would read the same records.
  let reading: Promise<void> = Promise.resolve();
  const read = () => {
    const mine = reading.then(readAll);
    reading = mine.catch(() => undefined);
    return mine;
  };

  let running: Promise<void> | undefined;
  const run = async () => {
    while (!isStopping()) {
      try {
        await read();
        await pause(idleMs);
      } catch (error) {
        log(`The table's stream cannot be read: ${(error as Error).message}`);
        await pause(troubledMs);
      }
    }
  };

  return {
    start() {
      running ??= run();
    },
    async drain() {
      await read();
      await Promise.all(retries);
      stopping.signal.throwIfAborted();
    },
    async stop() {
      stopping.abort();
      await Promise.all([running, reading]);
      await Promise.all(retries);
      client.destroy();
    },
  };
}

const sequenceNumber = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber ?? "";

/** Emulators serve streams beside tables; AWS has an endpoint of its own for them. */
const streamsEndpoint = (endpoint: string) =>
  endpoint.replace(/^(https:\/\/)(dynamodb\..+\.amazonaws\.com)/, "$1streams.$2");

/** The record as Lambda hands it on: time in seconds. */
function eventRecord({ dynamodb, ...record }: StreamRecord, { StreamArn }: Shard): DynamoDBRecord {
  const seconds = (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000;
  return {
    ...record,
    eventSourceARN: StreamArn,
    dynamodb: { ...dynamodb, ApproximateCreationDateTime: seconds },
  } as DynamoDBRecord;
}

/** Whether a record has what a pattern asks for. */
function matches(pattern: EventPattern, record: object): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (record as Record<string, unknown>)[name];
    if (Array.isArray(wanted)) return wanted.includes(value);
    return typeof value === "object" && value !== null && matches(wanted as EventPattern, value);
  });
}
