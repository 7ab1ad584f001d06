import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { documents } from "../../lib/table/client.ts";
import { leaveOutTokens } from "../../local/tokens.ts";
import { type EngineAnswer, sendToEngine } from "./engine-requests.ts";

export type { EngineAnswer };

/** A request on its way to the engine. */
export interface EngineRequest {
  /** For example `TransactWriteItems`. */
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own
  readonly json: any;
  /** Sends the request to the engine, with another body if one is given. */
  forward(json?: unknown): Promise<EngineAnswer>;
}

/** Returned by `treat` to drop the connection instead of answering. */
export const hangUp = Symbol("hang up");

/** An error answer in the format of DynamoDB. */
export const engineError = (type: string, fields: object = {}, status = 400): EngineAnswer => ({
  status,
  json: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "the engine says so", ...fields },
});

/**
 * Runs `work` while a proxy on the loopback interface is between the SDK and the engine.
 * @param treat decides how the proxy answers each request
 */
export async function throughProxy<T>(
  treat: (request: EngineRequest) => Promise<EngineAnswer | typeof hangUp>,
  work: () => Promise<T>,
): Promise<T> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    const request: EngineRequest = {
      operation: String(incoming.headers["x-amz-target"]).replace(/^.*\./, ""),
      json: JSON.parse(body),
      async forward(json) {
        const changed = json === undefined ? body : JSON.stringify(json);
        return sendToEngine(request.operation, changed);
      },
    };
    const answer = await treat(request);
    if (answer === hangUp) return incoming.socket.destroy();
    outgoing.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
    return outgoing.end(JSON.stringify(answer.json));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await whileRequestsGoTo({ hostname: "127.0.0.1", port }, work);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const name = "requests go elsewhere";

/** Runs `work` while the SDK sends the requests of this process to another address, with the tokens of transactions. */
export async function whileRequestsGoTo<T>(
  address: { readonly hostname: string; readonly port: number },
  work: () => Promise<T>,
): Promise<T> {
  const hadNone = documents.middlewareStack.remove("leaveOutTokens");
  documents.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, address);
      return next(args);
    },
    { step: "finalizeRequest", name, priority: "low" },
  );
  try {
    return await work();
  } finally {
    documents.middlewareStack.remove(name);
    if (hadNone) leaveOutTokens();
  }
}
