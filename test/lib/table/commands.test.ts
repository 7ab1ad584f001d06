import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "vitest";
import { Put, Query } from "../../../lib/table/commands.ts";
import { NativeItems } from "../../../lib/table/native-items.ts";

/** A client, and the requests that it sent with the options of each. */
function sending(name: string) {
  const sent: { readonly body: string; readonly options: object | undefined }[] = [];
  const handle = async ({ body }: { body: string }, options?: object) => {
    sent.push({ body, options });
    const answer = Buffer.from(JSON.stringify({ Items: [{ pk: { S: name } }] }));
    return { response: { statusCode: 200, headers: {}, body: answer } };
  };
  const client = new DynamoDBClient({
    endpoint: "http://127.0.0.1:1",
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    protocol: NativeItems,
    requestHandler: { handle, metadata: { handlerProtocol: "http/1.1" } } as never,
  });
  return { client: DynamoDBDocumentClient.from(client), sent };
}

it("a command is sent by the client that sends it, whichever sent the one before", async () => {
  const [one, other] = [sending("one"), sending("other")];
  for (const { client } of [one, other, one]) await client.send(new Query({ TableName: "table" }));
  expect([one.sent.length, other.sent.length]).toEqual([2, 1]);
});

it("commands that are sent at the same time have their own input and answer", async () => {
  const { client, sent } = sending("one");
  const names = Array.from({ length: 20 }, (_, number) => `table-${number}`);
  const answers = await Promise.all(names.map((TableName) => client.send(new Query({ TableName }))));
  expect(sent.map(({ body }) => JSON.parse(body).TableName).sort()).toEqual([...names].sort());
  for (const { Items } of answers) expect(Items).toEqual([{ pk: "one" }]);
});

it("the options of a call hold for that call only", async () => {
  const { client, sent } = sending("one");
  const write = () => new Put({ TableName: "table", Item: { pk: "a" } });
  await client.send(write());
  await client.send(write(), { requestTimeout: 5 });
  await client.send(write());
  expect(sent.map(({ options }) => options)).toEqual([{}, { requestTimeout: 5 }, {}]);
});
