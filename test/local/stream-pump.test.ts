import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { DynamoDBRecord } from "aws-lambda";
import { afterEach, describe, expect, it } from "vitest";
import type { Consumer } from "../../local/stream-delivery.ts";
import { type Pump, type PumpOptions, streamPump } from "../../local/stream-pump.ts";
import { queue } from "../lib/messages/queue.ts";

const engine = { endpoint: String(process.env.AWS_ENDPOINT_URL_DYNAMODB), tableName: "frontdesk" };
const decoy = { kind: "decoy" } as const;
const all = { eventName: ["INSERT", "MODIFY", "REMOVE"] };

const pumps: Pump[] = [];
let lines: string[] = [];

afterEach(async () => {
  await Promise.all(pumps.splice(0).map((pump) => pump.stop()));
  lines = [];
});

function pumpTo(consumer: Partial<Consumer>, options: Partial<PumpOptions> = {}): Pump {
  const consumers = [{ name: "consumer", filters: [all], handler: async () => done, ...consumer }];
  const pump = streamPump({ ...engine, consumers, log: (line) => lines.push(line), ...options });
  pumps.push(pump);
  return pump;
}

const done = { batchItemFailures: [] };
const failure = (record: DynamoDBRecord | undefined) => ({
  batchItemFailures: [{ itemIdentifier: String(record?.dynamodb?.SequenceNumber) }],
});
const keyOf = (record: DynamoDBRecord) => record.dynamodb?.Keys?.pk?.S;

/** A pump whose consumer has handled the stream so far, and the list of batches that it gets from now on. */
async function caughtUp(
  answer: (batch: readonly DynamoDBRecord[]) => ReturnType<Consumer["handler"]> = async () => done,
  options: Partial<PumpOptions> = {},
) {
  const batches: (string | undefined)[][] = [];
  let isCaughtUp = false;
  const pump = pumpTo(
    {
      handler: async ({ Records }) => {
        if (!isCaughtUp) return done;
        batches.push(Records.map(keyOf));
        return answer(Records);
      },
    },
    options,
  );
  await pump.drain();
  isCaughtUp = true;
  return { pump, batches };
}

const queueMany = async (count: number) => {
  const keys: string[] = [];
  for (let place = 0; place < count; place++) keys.push((await queue(decoy)).pk);
  return keys;
};

describe("the stream pump", () => {
  it("delivers records in order and in batches, as Lambda does", async () => {
    const seen: DynamoDBRecord[] = [];
    const { pump, batches } = await caughtUp(async (records) => {
      seen.push(...records);
      return done;
    });
    const keys = await queueMany(25);
    await pump.drain();
    expect(batches).toEqual([keys.slice(0, 10), keys.slice(10, 20), keys.slice(20)]);
    expect(seen[0]).toEqual({
      eventID: expect.any(String),
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: expect.any(String),
      eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:.+:table\/frontdesk\/stream\//),
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { pk: { S: keys[0] }, sk: { S: "MESSAGE" } },
        NewImage: expect.objectContaining({ type: { S: "message" }, expiresAt: { N: expect.any(String) } }),
        SequenceNumber: expect.any(String),
        SizeBytes: expect.any(Number),
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    });
    const ageSeconds = Date.now() / 1000 - Number(seen[0]?.dynamodb?.ApproximateCreationDateTime);
    expect(Math.abs(ageSeconds)).toBeLessThan(3600);
  });

  it("delivers a record once when nothing fails", async () => {
    const { pump, batches } = await caughtUp();
    const keys = await queueMany(1);
    await pump.drain();
    await pump.drain();
    expect(batches).toEqual([keys]);
  });

  it("delivers only records that match one of the filters", async () => {
    const seen = new Set<unknown>();
    const keys = await queueMany(3);
    const filterOf = (key: unknown) => ({ eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: [String(key)] } } } });
    const handler: Consumer["handler"] = async ({ Records }) => {
      for (const record of Records) seen.add(keyOf(record));
      return done;
    };
    await pumpTo({ filters: [filterOf(keys[1])], handler }).drain();
    expect([...seen]).toEqual([keys[1]]);
    await pumpTo({ filters: [filterOf(keys[0]), filterOf(keys[1])], handler }).drain();
    expect(seen).toEqual(new Set(keys.slice(0, 2)));
    seen.clear();
    await pumpTo({ filters: [{ eventName: ["REMOVE"] }], handler }).drain();
    await pumpTo({ filters: [{ dynamodb: { NoImage: { pk: { S: ["x"] } } } }], handler }).drain();
    expect([...seen]).toEqual([]);
  });

  it("delivers a batch again from the first failed record, until it is handled", async () => {
    let tries = 0;
    const { pump, batches } = await caughtUp(async (records) => {
      tries += 1;
      return tries <= 2 ? failure(records.at(-2)) : done;
    });
    const [a, b, c, d] = await queueMany(4);
    await pump.drain();
    expect(batches).toEqual([
      [a, b, c, d],
      [c, d],
      [c, d],
    ]);
    expect(lines).toEqual([]);
  });

  it("delivers a whole batch again when the consumer crashes or names an unknown record", async () => {
    const answers = [() => Promise.reject(new Error("crash")), async () => failure(undefined), async () => done];
    const { pump, batches } = await caughtUp(() => (answers.shift() ?? answers[0])?.() ?? Promise.resolve(done));
    const keys = await queueMany(2);
    await pump.drain();
    expect(batches).toEqual([keys, keys, keys]);
    expect(lines).toEqual([expect.stringMatching(/^consumer crashed: Error: crash\n/)]);
  });

  it("gives a record up with one line, and delivers other records meanwhile", async () => {
    const [bad, ...good] = await queueMany(3);
    const order: (string | undefined)[] = [];
    const handler: Consumer["handler"] = async ({ Records: [record] }) => {
      order.push(record && keyOf(record));
      return record && keyOf(record) === bad ? failure(record) : done;
    };
    const filter = { dynamodb: { Keys: { pk: { S: [String(bad), ...good.map(String)] } } } };
    await pumpTo({ filters: [filter], handler }, { batchSize: 1, triesMax: 3 }).drain();
    expect(order).toEqual([bad, ...good, bad, bad]);
    expect(lines).toEqual([expect.stringMatching(/^consumer gives up on stream record \d+\.$/)]);
  });

  it("starts at the oldest record again after a restart, so that nothing is lost", async () => {
    const { pump } = await caughtUp();
    const keys = await queueMany(2);
    await pump.stop();
    const seen: unknown[] = [];
    const restarted = pumpTo({
      handler: async ({ Records }) => {
        seen.push(...Records.map(keyOf));
        return done;
      },
    });
    await restarted.drain();
    expect(seen.slice(-2)).toEqual(keys);
  });

  it("delivers new records on its own once it is started", async () => {
    let arrived: (key: unknown) => void = () => {};
    const arrival = new Promise((resolve) => {
      arrived = resolve;
    });
    const { pump } = await caughtUp(async ([record]) => {
      arrived(record && keyOf(record));
      return done;
    });
    pump.start();
    const [key] = await queueMany(1);
    expect(await arrival).toBe(key);
  });

  it("stops during retries, and cannot be used afterwards", async () => {
    let failed: () => void = () => {};
    const firstFailure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const { pump, batches } = await caughtUp(async (records) => {
      failed();
      return failure(records[0]);
    });
    const keys = await queueMany(1);
    const drained = expect(pump.drain()).rejects.toThrow();
    await firstFailure;
    await pump.stop();
    await drained;
    await expect(pump.drain()).rejects.toThrow();
    expect(batches).toEqual([keys]);
    expect(lines).toEqual([]);
  });

  it("logs a line when the stream cannot be read", async () => {
    // A port that was just free, so that nothing listens on it.
    const probe = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => probe.once("listening", resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    let say: (line: string) => void = () => {};
    const said = new Promise<string>((resolve) => {
      say = resolve;
    });
    const pump = pumpTo({}, { endpoint: `http://127.0.0.1:${port}`, log: say });
    await expect(pump.drain()).rejects.toThrow("ECONNREFUSED");
    pump.start();
    expect(await said).toMatch(/^The table's stream cannot be read: .*ECONNREFUSED/);
  });
});

/** A server that sends prepared answers of a stream, one after the other, for cases that the local engine never has. */
async function scripted(
  answers: readonly { readonly action: string; readonly status?: number; readonly body: object }[],
) {
  const rest = [...answers];
  const asked: { action: string; input: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const action = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
    asked.push({ action, input: await json(request) });
    const next = rest.findIndex((answer) => answer.action === action);
    const { status = 200, body } = rest.splice(next, 1)[0] ?? { body: { Records: [], NextShardIterator: "end" } };
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, asked, close: () => server.close() };
}

describe("a stream of several shards", () => {
  const record = (SequenceNumber: string) => ({ eventName: "INSERT", dynamodb: { SequenceNumber } });
  const shards = (...names: string[]) => ({
    action: "DescribeStream",
    body: { StreamDescription: { Shards: names.map((ShardId) => ({ ShardId })) } },
  });
  const iterator = (ShardIterator: string) => ({ action: "GetShardIterator", body: { ShardIterator } });
  const records = (numbers: string[], NextShardIterator?: string) => ({
    action: "GetRecords",
    body: { Records: numbers.map(record), NextShardIterator },
  });
  const streams = { action: "ListStreams", body: { Streams: [{ StreamArn: "arn:stream" }] } };

  const brought = async (answers: Parameters<typeof scripted>[0]) => {
    const stream = await scripted(answers);
    const seen: unknown[] = [];
    const handler: Consumer["handler"] = async ({ Records }) => {
      seen.push(...Records.map(({ dynamodb }) => dynamodb?.SequenceNumber));
      return done;
    };
    await pumpTo({ handler }, { endpoint: stream.endpoint }).drain();
    stream.close();
    return { seen, asked: stream.asked };
  };

  it("is read on when a shard ends and another replaces it", async () => {
    const { seen, asked } = await brought([
      streams,
      shards("first"),
      iterator("first 0"),
      records(["1", "2"], "first 2"),
      records(["3"]),
      streams,
      shards("first", "second"),
      iterator("second 0"),
      records(["4"], "second 1"),
    ]);
    expect(seen).toEqual(["1", "2", "3", "4"]);
    expect(asked.filter(({ action }) => action === "GetShardIterator").map(({ input }) => input)).toEqual([
      { StreamArn: "arn:stream", ShardId: "first", ShardIteratorType: "TRIM_HORIZON" },
      { StreamArn: "arn:stream", ShardId: "second", ShardIteratorType: "TRIM_HORIZON" },
    ]);
    expect(asked.filter(({ action }) => action === "GetRecords").map(({ input }) => input)).toEqual([
      { ShardIterator: "first 0" },
      { ShardIterator: "first 2" },
      { ShardIterator: "second 0" },
      { ShardIterator: "second 1" },
    ]);
  });

  it.each(["ExpiredIteratorException", "TrimmedDataAccessException"])(
    "is read from the oldest record again after %s",
    async (name) => {
      const fault = { __type: `com.amazonaws.dynamodb.streams#${name}`, message: "no" };
      const { seen } = await brought([
        streams,
        shards("first"),
        iterator("first 0"),
        records(["1"], "first 1"),
        { action: "GetRecords", status: 400, body: fault },
        iterator("first 0"),
        records(["1", "2"], "first 2"),
      ]);
      expect(seen).toEqual(["1", "1", "2"]);
    },
  );
});
