import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tableHttp } from "../../../lib/table/http.ts";
import { NativeItems } from "../../../lib/table/native-items.ts";
import { retryUntilDeadline } from "../../../lib/table/retry.ts";

let open: AsyncDisposableStack;
beforeEach(() => {
  open = new AsyncDisposableStack();
});
afterEach(() => open.disposeAsync());

type AnswerTo = (socket: Socket, count: number) => void;

/** A server that answers requests byte by byte as told, and a client of it. */
async function answering(answer: AnswerTo, host = "127.0.0.1") {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = "";
    // A connection that ends is what the client is to cope with.
    socket.on("error", () => {});
    socket.on("data", (data) => {
      text += data;
      const [, length, body] = /content-length: (\d+)[\s\S]*?\r\n\r\n([\s\S]*)/i.exec(text) ?? [];
      if (body === undefined || body.length < Number(length)) return;
      requests.push(text);
      text = "";
      answer(socket, requests.length);
    });
  });
  server.listen(0, host);
  await once(server, "listening");
  open.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    protocol: NativeItems,
    requestHandler: tableHttp,
    retryStrategy: retryUntilDeadline,
  });
  return { client, requests, sockets };
}

const http = (status: number, body: string, header = "x-other: 1") =>
  `HTTP/1.1 ${status} Status\r\ncontent-length: ${body.length}\r\n${header}\r\n\r\n${body}`;
const complete = http(200, '{"Items":[{"pk":{"S":"a"}}]}');
const query = () => new QueryCommand({ TableName: "table" });

const failures: Readonly<Record<string, (socket: Socket) => void>> = {
  "a connection that is reset": (socket) => socket.resetAndDestroy(),
  "a connection that ends before the answer": (socket) => socket.end(),
  "headers that end early": (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-le"),
  "a body that ends early": (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"Items":[]}'),
  "a body in chunks that ends early": (socket) =>
    socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nc\r\n{"Items":[]}\r\n'),
  "an error without a body": (socket) => socket.write(http(500, "")),
  "a page of a proxy": (socket) => socket.write(http(503, "<html></html>", "content-type: text/html")),
};

it.each(Object.entries(failures))("a request is sent again after %s", async (_, fail) => {
  const { client, requests } = await answering((socket, count) =>
    count === 1 ? fail(socket) : socket.write(complete),
  );
  expect(await client.send(query())).toMatchObject({ Items: [{ pk: "a" }] });
  expect(requests).toHaveLength(2);
});

it("a request is sent again when its kept connection ends meanwhile, a transaction with the same token", async () => {
  const { client, requests, sockets } = await answering((socket, count) =>
    count === 2 ? socket.resetAndDestroy() : socket.write(count === 1 ? complete : http(200, "{}")),
  );
  await client.send(query());
  await client.send(new TransactWriteItemsCommand({ TransactItems: [], ClientRequestToken: "token" }));
  const tokens = requests.slice(1).map((request) => /"ClientRequestToken":"(\w+)"/.exec(request)?.[1]);
  expect(tokens).toEqual(["token", "token"]);
  expect(sockets.size).toBe(2);
});

it("a try ends in time also when it waits for a connection", async () => {
  // As many requests as there may be connections. Their answers begin, but do not end: these tries take longer.
  const { client } = await answering((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"));
  const once: typeof retryUntilDeadline = {
    ...retryUntilDeadline,
    refreshRetryTokenForRetry: () => Promise.reject(new Error("not to be repeated")),
  };
  client.config.retryStrategy = async () => once;
  const ended: number[] = [];
  const tries = Array.from({ length: 51 }, async (_, number) => {
    await expect(client.send(query())).rejects.toMatchObject({ name: "TimeoutError" });
    ended.push(number);
  });
  await Promise.all(tries);
  expect(ended[0]).toBe(50);
});

it("a request is not sent again after an answer that is no JSON, which says nothing about what was done", async () => {
  const { client, requests } = await answering((socket) => socket.write(http(200, "")));
  await expect(client.send(query())).rejects.toThrow(SyntaxError);
  expect(requests).toHaveLength(1);
});

it("the clock is corrected by the date of an answer", async () => {
  const ahead = new Date(Date.now() + 5 * 3_600_000);
  const refusal = '{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired"}';
  const { client, requests } = await answering((socket, count) =>
    socket.write(count === 1 ? http(400, refusal, `Date: ${ahead.toUTCString()}`) : complete),
  );
  await client.send(query());
  const hour = ahead.toISOString().slice(0, 13).replaceAll("-", "");
  expect(requests[1]).toContain(`x-amz-date: ${hour}`);
});

it("a connection that breaks after its answer harms nothing", async () => {
  const { client, sockets } = await answering((socket) => socket.write(complete));
  await client.send(query());
  for (const socket of sockets) socket.resetAndDestroy();
  expect(await client.send(query())).toMatchObject({ Items: [{ pk: "a" }] });
});

it("an endpoint may be an IPv6 address", async () => {
  const { client } = await answering((socket) => socket.write(complete), "::1");
  expect(await client.send(query())).toMatchObject({ Items: [{ pk: "a" }] });
});
