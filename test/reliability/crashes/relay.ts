import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A moment of a request: nothing was passed on yet, or the answer is here and was not passed back yet. */
export type Moment = "before" | "after";

/** A relay between a program and the servers that it uses. */
export interface Relay {
  /** Where the program finds a server: its address, but at the relay. */
  to(url: string): string;
  stop(): void;
}

/**
 * Starts a relay on loopback.
 * @param isCut called at both moments of each request, with its number, which counts from 1. When it returns `true`, the
 * connection is dropped
 */
export async function startRelay(isCut: (place: number, moment: Moment, path: string) => boolean): Promise<Relay> {
  const targets: string[] = [];
  let requests = 0;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    requests += 1;
    const place = requests;
    const [, target = "", rest = ""] = /^\/(\d+)(.*)$/.exec(incoming.url ?? "") ?? [];
    const body = await buffer(incoming);
    if (isCut(place, "before", rest)) return incoming.socket.destroy();
    const { host: _, ...headers } = incoming.headers;
    const answer = await send(new URL(`${targets[Number(target)]}${rest}`), String(incoming.method), headers, body);
    if (isCut(place, "after", rest)) return incoming.socket.destroy();
    return outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    to: (url) => `http://127.0.0.1:${port}/${targets.push(url.replace(/\/$/, "")) - 1}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(url: URL, method: string, headers: IncomingMessage["headers"], body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }>((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      buffer(answer).then(
        (body) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body }),
        reject,
      );
    });
    sent.once("error", reject).end(body);
  });
}
