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
import type { DynamoDBRecord } from "aws-lambda";

interface Shard {
  readonly StreamArn: string | undefined;
  readonly ShardId: string | undefined;
  /** Where to continue reading; `undefined` when the shard is closed and has been read. */
  iterator: string | undefined;
}

/** Reads the records of a table's stream. */
export interface RecordReader {
  /**
   * Reads the next records.
   * @param take receives them; they count as read when it resolves
   * @returns whether there may be more records
   */
  read(take: (records: readonly DynamoDBRecord[]) => Promise<void>): Promise<boolean>;
  close(): void;
}

/** Reads a table's stream by the engine's interface, from the oldest record that the engine still has. */
export class StreamReader implements RecordReader {
  readonly #client: DynamoDBStreamsClient;
  readonly #tableName: string;
  readonly #shards = new Map<string, Shard>();
  #mayHaveMoreShards = true;

  /** @param endpoint the engine's, as in `AWS_ENDPOINT_URL_DYNAMODB` */
  constructor(endpoint: string, tableName: string) {
    this.#client = new DynamoDBStreamsClient({ endpoint: streamsEndpoint(endpoint) });
    this.#tableName = tableName;
  }

  /** Reads the next records of every shard. `take` receives those of one shard. */
  async read(take: (records: readonly DynamoDBRecord[]) => Promise<void>): Promise<boolean> {
    if (this.#mayHaveMoreShards) await this.#findShards();
    const found = await Promise.all([...this.#shards.values()].map((shard) => this.#readShard(shard, take)));
    return found.includes(true);
  }

  /** Closes the connections to the engine. */
  close(): void {
    this.#client.destroy();
  }

  async #findShards(): Promise<void> {
    const { Streams = [] } = await this.#client.send(new ListStreamsCommand({ TableName: this.#tableName }));
    for (const { StreamArn } of Streams) {
      const { StreamDescription } = await this.#client.send(new DescribeStreamCommand({ StreamArn }));
      for (const { ShardId } of StreamDescription?.Shards ?? []) {
        const name = `${StreamArn} ${ShardId}`;
        if (this.#shards.has(name)) continue;
        this.#shards.set(name, { StreamArn, ShardId, iterator: await this.#oldest({ StreamArn, ShardId }) });
      }
    }
    this.#mayHaveMoreShards = this.#shards.size === 0;
  }

  async #oldest({ StreamArn, ShardId }: Omit<Shard, "iterator">): Promise<string | undefined> {
    const command = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    return (await this.#client.send(command)).ShardIterator;
  }

  async #readShard(shard: Shard, take: (records: readonly DynamoDBRecord[]) => Promise<void>): Promise<boolean> {
    if (!shard.iterator) return false;
    try {
      const command = new GetRecordsCommand({ ShardIterator: shard.iterator });
      const { Records = [], NextShardIterator } = await this.#client.send(command);
      await take(Records.map((record) => eventRecord(record, shard)));
      shard.iterator = NextShardIterator;
      if (!NextShardIterator) this.#mayHaveMoreShards = true;
      return Records.length > 0 || !NextShardIterator;
    } catch (error) {
      if (!(error instanceof ExpiredIteratorException || error instanceof TrimmedDataAccessException)) throw error;
      // The machine was asleep for longer than an iterator is valid.
      shard.iterator = await this.#oldest(shard);
      return true;
    }
  }
}

/** Emulators serve streams at the table's endpoint; AWS has a separate endpoint for them. */
const streamsEndpoint = (endpoint: string) =>
  endpoint.replace(/^(https:\/\/)(dynamodb\..+\.amazonaws\.com)/, "$1streams.$2");

/** The record in the form in which Lambda passes it to a function: times are in seconds. */
function eventRecord({ dynamodb, ...record }: StreamRecord, { StreamArn }: Shard): DynamoDBRecord {
  const seconds = (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000;
  return {
    ...record,
    eventSourceARN: StreamArn,
    dynamodb: { ...dynamodb, ApproximateCreationDateTime: seconds },
  } as DynamoDBRecord;
}
