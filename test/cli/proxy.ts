import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong with a request: refused for now, the connection dropped before it, or its answer lost. */
export type Accident = "503" | "429" | "500" | "dropped" | "lost";

/** A request that came through, or did not. */
export interface Passed {
  readonly path: string;
  readonly body: string;
}

/** A proxy in front of an instance, on which requests have accidents. */
export interface AccidentProxy {
  readonly url: string;
  /** All requests, in their order, also those that had an accident. */
  readonly passed: Passed[];
  /** Decides what goes wrong with a request. `place` counts the requests from 1. */
  accident: (request: Passed, place: number) => Accident | undefined;
  close(): void;
}

const statuses = { "503": 503, "429": 429, "500": 500 } as const;

/** Starts a proxy on loopback. Nothing goes wrong until `accident` is replaced. */
export async function startProxy(target: string): Promise<AccidentProxy> {
  const passed: Passed[] = [];
  const server = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: AccidentProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    accident: () => undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function pass(request: IncomingMessage, response: ServerResponse) {
    const body = Buffer.concat(await request.toArray()).toString();
    const one = { path: request.url ?? "", body };
    passed.push(one);
    const accident = proxy.accident(one, passed.length);
    if (accident === "dropped") return request.socket.destroy();
    if (accident !== undefined && accident !== "lost") {
      return response.writeHead(statuses[accident], { "content-type": "text/plain" }).end("not now");
    }
    const { method = "POST" } = request;
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    try {
      const answer = await fetch(target + one.path, {
        method,
        headers: headers as Record<string, string>,
        ...(method === "GET" ? {} : { body }),
      });
      const text = await answer.text();
      if (accident === "lost") return request.socket.destroy();
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(text);
    } catch {
      request.socket.destroy();
    }
  }

  return proxy;
}
