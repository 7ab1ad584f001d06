import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Engine, startDynoxide } from "../../local/dynoxide.ts";
import { readStreamFile } from "../../local/stream-file.ts";
import { type RecordReader, StreamReader } from "../../local/stream-reader.ts";

let open: AsyncDisposableStack;
let file: string;
let engine: Engine;
let client: DynamoDBClient;

beforeEach(async () => {
  open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
  open.defer(() => rmSync(folder, { recursive: true }));
  file = join(folder, "table.sqlite");
  engine = await startDynoxide(file);
  open.defer(engine.stop);
  client = new DynamoDBClient({ endpoint: engine.endpoint });
  open.defer(() => client.destroy());
  for (const table of ["table", "other"]) await createTable(table);
});
afterEach(() => open.disposeAsync());

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

const put = (pk: string, more = {}, TableName = "table") =>
  client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...more } }));

function reader(): RecordReader {
  const mine = readStreamFile(file, "table");
  open.defer(() => mine.close());
  return mine;
}

/** Reads all records that are in the stream. */
async function readAll(from: RecordReader): Promise<DynamoDBRecord[]> {
  const records: DynamoDBRecord[] = [];
  const take = async (next: readonly DynamoDBRecord[]) => void records.push(...next);
  while (await from.read(take)) {}
  return records;
}

const keyOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.pk?.S;

describe("the stream in the engine's file", () => {
  it("has the records that the engine returns, with all kinds of values", async () => {
    const values = {
      text: { S: "Ada — “quoted”\n" },
      number: { N: "12.5" },
      nothing: { NULL: true },
      list: { L: [{ BOOL: false }, { M: { deep: { S: "" } } }] },
      texts: { SS: ["a", "b"] },
    };
    await put("item", values);
    await put("item", { ...values, text: { S: "changed" } });
    await client.send(new DeleteItemCommand({ TableName: "table", Key: { pk: { S: "item" } } }));
    const asked = new StreamReader(engine.endpoint, "table");
    open.defer(() => asked.close());
    const byEngine = await readAll(asked);
    const byFile = await readAll(reader());
    expect(byFile.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
    for (const [place, record] of byFile.entries()) expect(byEngine[place]).toMatchObject(record);
    expect(byFile[1]?.dynamodb).toMatchObject({ OldImage: values, NewImage: { text: { S: "changed" } } });
  });
  it("is read from its oldest record, in order, and goes on with later ones", async () => {
    const keys = Array.from({ length: 120 }, (_, place) => `item-${place}`);
    for (const key of keys) await put(key);
    const mine = reader();
    expect((await readAll(mine)).map(keyOf)).toEqual(keys);
    expect(await readAll(mine)).toEqual([]);
    await put("later");
    expect((await readAll(mine)).map(keyOf)).toEqual(["later"]);
  });
  it("is read again from records that were not taken", async () => {
    await put("item");
    const mine = reader();
    const failing = mine.read(() => Promise.reject(new Error("not taken")));
    await expect(failing).rejects.toThrow("not taken");
    expect((await readAll(mine)).map(keyOf)).toEqual(["item"]);
  });
  it("has no records of other tables", async () => {
    await put("other", {}, "other");
    await put("mine");
    expect((await readAll(reader())).map(keyOf)).toEqual(["mine"]);
  });
});
