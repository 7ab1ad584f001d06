import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Engine, startDynoxide } from "../../local/dynoxide.ts";
import type { Consumer } from "../../local/stream-delivery.ts";
import { readStreamFile } from "../../local/stream-file.ts";
import { type PumpOptions, streamPump } from "../../local/stream-pump.ts";
import { openStreamTrim } from "../../local/stream-trim.ts";

let open: AsyncDisposableStack;
let file: string;
let engine: Engine;
let client: DynamoDBClient;
let lines: string[];

beforeEach(async () => {
  open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
  open.defer(() => rmSync(folder, { recursive: true }));
  file = join(folder, "table.sqlite");
  lines = [];
  await startEngine();
  for (const table of ["table", "other"]) await createTable(table);
});
afterEach(() => open.disposeAsync());

async function startEngine(): Promise<void> {
  engine = await startDynoxide(file);
  const { stop, endpoint } = engine;
  open.defer(stop);
  client = new DynamoDBClient({ endpoint });
}

const createTable = (TableName: string) =>
  client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );

/** Writes the items with these numbers, in this order. */
async function put(first: number, last: number, table = "table"): Promise<void> {
  const requests = named(first, last).map((key) => ({ PutRequest: { Item: { pk: { S: key } } } }));
  while (requests.length > 0) {
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests.splice(0, 25) } }));
  }
}

/** A pump that reads and trims the stream in the engine's file, as in `npm start`, and the records that it delivered. */
function pump(handle: (key: string) => boolean = () => true, options: Partial<PumpOptions> = {}) {
  const brought: string[] = [];
  const handler: Consumer["handler"] = async ({ Records: [record] }) => {
    const key = String(record?.dynamodb?.Keys?.pk?.S);
    brought.push(key);
    const itemIdentifier = String(record?.dynamodb?.SequenceNumber);
    return { batchItemFailures: handle(key) ? [] : [{ itemIdentifier }] };
  };
  const log = (line: string) => lines.push(line);
  const trim = openStreamTrim(file, "table", log);
  open.defer(() => trim.close());
  const mine = streamPump({
    endpoint: engine.endpoint,
    tableName: "table",
    consumers: [{ name: "consumer", filters: [{}], handler }],
    batchSize: 1,
    reader: readStreamFile(file, "table"),
    onHandled: trim.handled,
    log,
    ...options,
  });
  open.defer(() => mine.stop());
  const stop = async () => {
    await mine.stop();
    trim.close();
  };
  return { ...mine, stop, brought };
}

/** The keys of the records in the stream, in order. */
function streamed(table = "table"): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare("SELECT keys_json FROM _stream_records WHERE table_name = ? ORDER BY id").all(table);
  database.close();
  return rows.map(({ keys_json }) => JSON.parse(String(keys_json)).pk.S);
}

const named = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, place) => `item-${first + place}`);

describe("the stream of a table with a pump", () => {
  it("stays short, and each record arrives once, in order, over many writes", async () => {
    const { drain, brought } = pump();
    for (let first = 1; first <= 1000; first += 250) {
      await put(first, first + 249);
      await drain();
      expect(streamed().length).toBeLessThan(400);
    }
    expect(brought).toEqual(named(1, 1000));
    expect(streamed().slice(-100)).toEqual(named(901, 1000));
    expect(lines).toEqual([]);
  });
  it("is also shortened when it had grown before, and works after a restart", async () => {
    await put(1, 700);
    const first = pump();
    await first.drain();
    expect(first.brought).toEqual(named(1, 700));
    await put(701, 900);
    await first.drain();
    await first.stop();
    expect(streamed().length).toBeLessThan(400);
    await put(901, 910);
    const second = pump();
    await second.drain();
    expect(second.brought.slice(-10)).toEqual(named(901, 910));
    expect(second.brought.length).toBeLessThan(400);
  });
  it("brings nothing but the newest record again after a stop", async () => {
    await put(1, 10);
    const first = pump();
    await first.drain();
    await first.stop();
    // With all of them, the worker that erases practices was busy with an old erasure when the hourly one came to finish it.
    expect(streamed()).toEqual(["item-10"]);
    await put(11, 12);
    const second = pump();
    await second.drain();
    expect(second.brought).toEqual(named(10, 12));
  });
  it("keeps records that are being retried or were given up, and delivers them after a restart", async () => {
    const unlucky = ["item-7", "item-30"];
    const first = pump((key) => !unlucky.includes(key), { triesMax: 1 });
    for (const [from, to] of [
      [1, 150],
      [151, 300],
      [301, 450],
    ] as const) {
      await put(from, to);
      await first.drain();
    }
    await first.stop();
    expect(lines).toEqual(unlucky.map(() => expect.stringMatching(/^consumer gives up on stream record \d+\.$/)));
    expect(streamed().length).toBeLessThan(400);
    expect(streamed().slice(0, 3)).toEqual([...unlucky, streamed()[2]]);
    expect(Number(streamed()[2]?.slice(5))).toBeGreaterThan(200);

    const second = pump();
    await put(451, 650);
    await second.drain();
    expect(second.brought.slice(0, 2)).toEqual(unlucky);
    await put(651, 900);
    await second.drain();
    for (const key of unlucky) expect(streamed()).not.toContain(key);
  });
  it("keeps unhandled records when the pump is stopped during their handling, or everything is killed", async () => {
    const stuck = Promise.withResolvers<void>();
    const first = pump((key) => {
      if (key === "item-3") stuck.resolve();
      return key !== "item-3";
    });
    await put(1, 500);
    const drained = first.drain().catch(() => {});
    await stuck.promise;
    await first.stop();
    await drained;
    expect(streamed()).toContain("item-3");
    engine.process.kill("SIGKILL");
    await engine.died;

    await startEngine();
    const second = pump();
    await second.drain();
    expect(second.brought).toContain("item-3");
    expect(second.brought.slice(-1)).toEqual(["item-500"]);
  });
  it("does not change the streams of other tables in the same file", async () => {
    await put(1, 50, "other");
    const { drain } = pump();
    await put(1, 250);
    await put(51, 60, "other");
    await put(251, 500);
    await drain();
    expect(streamed("other")).toEqual(named(1, 60));
    expect(streamed().length).toBeLessThan(400);
  });
  it("continues its numbering, no matter in which order records were handled", async () => {
    // The newest record is handled first and older ones later. The newest must stay: Dynoxide takes the next number from it.
    let isWell = false;
    const { drain, brought } = pump((key) => isWell || Number(key.slice(5)) > 400);
    await put(1, 401);
    const drained = drain();
    await expect.poll(() => brought.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(401);
    isWell = true;
    await drained;
    expect(streamed().at(-1)).toBe("item-401");
    await put(402, 403);
    await drain();
    expect(brought.slice(-2)).toEqual(["item-402", "item-403"]);
  });
});

describe("the index on the stream's records", () => {
  /** How SQLite would answer a query of Dynoxide. */
  const planOf = (query: string) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all();
    database.close();
    return steps.map(({ detail }) => detail);
  };
  const number = "CAST(sequence_number AS INTEGER)";
  it("makes Dynoxide find the next number without looking through all records", () => {
    const next = `SELECT COALESCE(MAX(${number}), 0) + 1 FROM _stream_records WHERE table_name = ?1`;
    expect(planOf(next)).toEqual(["SEARCH _stream_records"]);
    pump();
    expect(planOf(next)).toEqual([expect.stringMatching(/USING COVERING INDEX .+ \(table_name=\?\)$/)]);
  });
  it("makes Dynoxide find the records after a number without looking through all records", () => {
    const after = `SELECT event_name FROM _stream_records
      WHERE table_name = ?1 AND shard_id = ?2 AND ${number} > ?3 ORDER BY ${number} ASC LIMIT ?4`;
    pump();
    expect(planOf(after)).toEqual([expect.stringMatching(/USING INDEX .+ \(table_name=\? AND <expr>>\?\)$/)]);
  });
  it("stays when the engine starts again", async () => {
    pump();
    await engine.stop();
    await startEngine();
    await put(1, 10);
    const { drain, brought } = pump();
    await drain();
    expect(brought).toEqual(named(1, 10));
  });
});

describe("trimming", () => {
  it("is postponed while the file is locked", async () => {
    const trim = openStreamTrim(file, "table", (line) => lines.push(line));
    open.defer(() => trim.close());
    await put(1, 300);
    const numbers = named(1, 300).map((name) => name.slice(5));
    const writer = new DatabaseSync(file);
    open.defer(() => writer.close());
    writer.exec("BEGIN IMMEDIATE");
    trim.handled(numbers);
    expect(streamed()).toHaveLength(300);
    writer.exec("COMMIT");
    trim.handled([]);
    expect(streamed()).toEqual(named(201, 300));
    expect(lines).toEqual([]);
  });
  it("is given up with one line when the file has another format, without affecting anything else", async () => {
    const foreign = join(file, "..", "foreign.sqlite");
    writeFileSync(foreign, "");
    const trim = openStreamTrim(foreign, "table", (line) => lines.push(line));
    trim.handled(named(1, 500));
    trim.handled(named(501, 1000));
    trim.close();
    expect(lines).toEqual([
      "The table's stream cannot be shortened, so writes will slow down: no such table: main._stream_records",
    ]);
  });
});
