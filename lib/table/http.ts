import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

/** How long a connection may take to open. */
const connectionMsMax = 1000;
/** How long one try may take from the request to the headers of its answer. */
const headersMsMax = 2000;
/** How long one try may take from the request to the end of its answer. */
const tryMsMax = 2500;

type Handler = Extract<DynamoDBClientConfig["requestHandler"], { updateHttpClientConfig: unknown }>;
type Request = Parameters<Handler["handle"]>[0];
type Output = Awaited<ReturnType<Handler["handle"]>>;

const settings = { keepAlive: true, maxSockets: 50 };
const plain = { send: httpRequest, agent: new HttpAgent(settings) };
const encrypted = { send: httpsRequest, agent: new HttpsAgent(settings) };

/**
 * Sends the SDK's requests. It writes headers and body at once, and returns an answer when all of it has arrived. The SDK's own
 * handler writes them apart and passes the answer on as a stream, which takes 0.05 to 0.2 ms more CPU time.
 */
export const tableHttp: Handler = {
  metadata: { handlerProtocol: "http/1.1" },
  handle: (request: Request) => new Promise<Output>((resolve, reject) => send(request, resolve, reject)),
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
};

function send(
  { protocol, hostname: host, port, method, path, headers, body }: Request,
  resolve: (output: Output) => void,
  reject: (error: Error) => void,
): void {
  const begun = performance.now();
  const { send, agent } = protocol === "https:" ? encrypted : plain;
  // Node takes an IPv6 address without the brackets that it has in a URL.
  const request = send({ host: host.replace(/^\[|\]$/g, ""), port, method, path, headers, agent });
  const fail = (error: Error) => {
    clearTimeout(timer);
    reject(error);
  };
  const end = () => {
    // The SDK repeats requests that fail with this name.
    const error = Object.assign(new Error("the table did not answer in time"), { name: "TimeoutError" });
    // A request that still waits for a connection reports no error until it gets one.
    fail(error);
    request.destroy(error);
  };
  let timer = setTimeout(end, headersMsMax);
  request.on("socket", (socket) => {
    if (!socket.connecting) return;
    const connecting = setTimeout(end, connectionMsMax);
    for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(connecting));
  });
  request.on("error", fail);
  request.on("response", (response) => {
    clearTimeout(timer);
    timer = setTimeout(end, Math.max(1, tryMsMax - (performance.now() - begun)));
    const chunks: Buffer[] = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("error", fail);
    response.on("end", () => {
      clearTimeout(timer);
      resolve({ response: answerOf(response, chunks) });
    });
  });
  // As one text, headers and body become one write.
  request.end(typeof body === "string" ? body : new TextDecoder().decode(body));
}

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, chunks: readonly Buffer[]) => ({
  statusCode,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks),
});
