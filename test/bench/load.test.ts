import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { Client, counting, load } from "../../bench/load.ts";

/** A client of a new server. */
async function clientOf(listener: RequestListener, connectionsMax = 1): Promise<Client> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, connectionsMax);
  onTestFinished(() => {
    client.close();
    server.close();
  });
  return client;
}

describe("a client of the measurements", () => {
  it("sends JSON and headers, and returns status, headers and text", async () => {
    const client = await clientOf(async (request, response) => {
      response.writeHead(201, { "x-seen": `${request.method} ${request.url} ${request.headers.cookie}` });
      response.end(await text(request));
    });
    const answer = await client.send({ path: "/a?b=c", headers: { cookie: "d=e" }, body: { f: "ü" } });
    expect(answer).toMatchObject({ status: 201, text: '{"f":"ü"}' });
    expect(answer.headers["x-seen"]).toBe("POST /a?b=c d=e");
  });

  it("makes all calls over as many connections as it may have, and counts calls", async () => {
    const ports = new Set<number | undefined>();
    const client = await clientOf(({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end();
    }, 2);
    await Promise.all(Array.from({ length: 10 }, () => client.send({ method: "GET", path: "/" })));
    expect([ports.size, client.calls]).toEqual([2, 10]);
  });

  it("calls again when the server has closed an idle connection", async () => {
    let calls = 0;
    const client = await clientOf(({ socket }, response) => {
      calls += 1;
      if (calls === 2) socket.destroy();
      else response.end(String(calls));
    });
    await client.send({ path: "/" });
    expect([(await client.send({ path: "/" })).text, client.calls]).toEqual(["3", 2]);
  });

  it("fails when the server closes a new connection", async () => {
    const client = await clientOf(({ socket }) => socket.destroy());
    await expect(client.send({ path: "/" })).rejects.toThrow("socket hang up");
  });
});

describe("load", () => {
  it("repeats a task, several at once, with a number for each", async () => {
    const numbers: number[] = [];
    let running = 0;
    let runningMax = 0;
    const task = async (turn: number) => {
      numbers.push(turn);
      runningMax = Math.max(runningMax, ++running);
      await new Promise(setImmediate);
      running -= 1;
    };
    const turns = counting();
    const loads = [await load(task, 3, 5, turns), await load(task, 3, 5, turns)];
    expect(runningMax).toBe(3);
    expect(numbers).toEqual(numbers.map((_, place) => place));
    expect(loads.flatMap(({ tookMs }) => tookMs)).toHaveLength(numbers.length);
  });

  it("fails when a task fails", async () => {
    const refused = async () => Promise.reject(new Error("HTTP 500"));
    await expect(load(refused, 2, 5, counting())).rejects.toThrow("HTTP 500");
  });
});
