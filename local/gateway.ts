import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { type Route, routeOf } from "../lib/api/routes.ts";
import { functionSecondsMax, type Operation } from "../lib/operations.ts";
import { Complaint } from "../tools/complaint.ts";
import { functionFile } from "../tools/function-file.ts";
import type { Answer } from "./answer.ts";
import { foreignRefusal } from "./foreign.ts";
import { toEvent } from "./gateway-event.ts";
import { errorPage } from "./html.ts";
import { outcomeOf } from "./log-line.ts";

/** The code of a Lambda function. */
export type Handler = (event: APIGatewayProxyEventV2, context: Partial<Context>) => Promise<Answer>;

/** How a gateway is set up. */
export interface GatewayOptions {
  /** The port to listen on; 0 is any free port. */
  readonly port: number;
  /** Returns the code of a registry row. By default the row's function file is loaded. */
  readonly handlerOf?: (row: Operation) => Promise<Handler>;
  /** Host names, in addition to localhost, that callers may use for this machine. */
  readonly hosts?: readonly string[];
  /** How long a function may take, in milliseconds; by default as long as in AWS. */
  readonly functionMsMax?: number;
  /** Answers of the gateway itself, by method and path, such as `GET /_local/engine`. A GET page also answers HEAD. */
  readonly pages?: Readonly<Record<string, () => Answer | Promise<Answer>>>;
  /** Returns the answer of the gateway itself for a GET of a path, if it has one and `pages` has none. */
  readonly fileAt?: (path: string) => Promise<Answer> | undefined;
  /** Receives one line for each request. */
  readonly log?: (line: string) => void;
}

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** Stops accepting requests, and waits at most five seconds for running ones. */
  close(): Promise<void>;
}

/** The largest body that API Gateway accepts. */
const bodyBytesMax = 10 * 1024 * 1024;
/** How many bytes API Gateway accepts in a request line and the values of all headers together. It is no setting. */
const headBytesMax = 10_240;
/** How many bytes before a body Node reads. It closes the connection of a longer request, whose client then may get no answer. */
const headBytesRead = 1024 * 1024;
const closeMsMax = 5000;

const message = (statusCode: number, text: string): Answer => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: text }),
});
/** API Gateway's own answers. A function that takes too long is ended, which looks like a crash to the caller. */
const tooLarge = message(413, "Request Entity Too Large");
const headTooLarge = message(431, "Request Header Fields Too Large");
const crashed = message(500, "Internal Server Error");

const loaded = new Map<Operation, Promise<{ handler: Handler }>>();

/** The code of a registry row, loaded when it is first needed. */
export async function registryHandler(row: Operation): Promise<Handler> {
  // Another `import` of a loaded file would take about 1 % of a cheap call.
  const file = loaded.get(row) ?? (import(functionFile(row).href) as Promise<{ handler: Handler }>);
  loaded.set(row, file);
  return (await file).handler;
}

/**
 * Serves the registry's rows over HTTP on the loopback interface, as API Gateway does.
 * @throws Complaint when it cannot listen on the port
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  let closing = false;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // An error here means that the connection is broken, so no answer would arrive.
    serve(request, response, options, () => closing).catch(() => response.destroy());
  };
  const { port, servers } = await listenOnLoopback(listener, options.port);
  return {
    port,
    close: async () => {
      closing = true;
      const timer = setTimeout(() => servers.forEach((server) => void server.closeAllConnections()), closeMsMax);
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      clearTimeout(timer);
    },
  };
}

/** A request that is being answered. */
interface Call {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly path: string;
  readonly route: Route;
  readonly page: (() => Answer | Promise<Answer>) | undefined;
  /** Why the request is refused: it may come from another site's web page. */
  readonly refusal: string | undefined;
  /** `undefined` when the body is too large, or was not read because the request is refused. */
  readonly body: Buffer | undefined;
  /** The function's request id, as soon as there is an event for the function. */
  requestId: string;
}

/** Answers a request and logs it. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
  isClosing: () => boolean,
): Promise<void> {
  const begun = performance.now();
  const { log = console.log } = options;
  const call = await readCall(request, options);
  const { row } = call.route;
  let answer: Answer;
  try {
    answer = await answerOf(call, options);
    send(response, answer, isClosing());
  } catch (error) {
    console.error(`${row.id} crashed:`, error);
    for (const header of response.getHeaderNames()) response.removeHeader(header);
    answer = own(crashed, call.requestId);
    send(response, answer, isClosing());
  }
  // Never the request's own path or query: they can hold tokens.
  const name = call.page ? call.path : call.route.path;
  const { headers } = request;
  const outcome = outcomeOf({ row, headers, body: call.body, answer });
  log(`${call.method} ${name} ${outcome} ${Math.round(performance.now() - begun)} ms`);
}

async function readCall(request: IncomingMessage, options: GatewayOptions): Promise<Call> {
  const { pages = {}, fileAt, hosts = [] } = options;
  const { method = "GET", headers } = request;
  const target = originForm(request.url ?? "/");
  const path = target.split("?")[0] ?? "";
  const route = routeOf(method, path);
  const isRead = method === "GET" || method === "HEAD";
  // At the host of a portal, `/` is the portal's first page. All else is the same at every host, as in AWS.
  const page = path === "/" && isPortalHost(headers.host) ? undefined : pages[`${isRead ? "GET" : method} ${path}`];
  const file = isRead ? fileAt?.(path) : undefined;
  const refusal = foreignRefusal({ method, path, headers, row: route.row }, hosts);
  const body = refusal ? undefined : await readBody(request);
  const requestId = randomUUID();
  return {
    request,
    method,
    target,
    path,
    route,
    page: page ?? (file && (() => file)),
    refusal,
    body,
    requestId,
  };
}

/** Whether a host name is `{org}.localhost`, which browsers resolve themselves. */
const isPortalHost = (host = "") => /^[^.]+\.localhost(:\d+)?$/.test(host);

/** The answer to a request: the gateway's own, a page, or the function's. */
async function answerOf(call: Call, options: GatewayOptions): Promise<Answer> {
  const { request, refusal, body, page } = call;
  const isPerson = isForPerson(request);
  if (refusal) return own(isPerson ? errorPage(403, refusal) : message(403, refusal), call.requestId);
  if (headBytes(request) > headBytesMax) return own(headTooLarge, call.requestId);
  if (!body) return own(tooLarge, call.requestId);
  if (page) return own(await page(), call.requestId);
  const answer = await callFunction(call, body, options);
  const isNothing = call.route.row.family === "edge" && !isPage(answer);
  return isNothing && isPerson ? own(nothingHere(answer), call.requestId) : answer;
}

const isPage = ({ headers = {} }: Answer) => String(headers["content-type"]).startsWith("text/html");

/** Calls the function of a request's route with the event that API Gateway would send. */
async function callFunction(call: Call, body: Buffer, options: GatewayOptions): Promise<Answer> {
  const { handlerOf = registryHandler, functionMsMax = functionSecondsMax * 1000 } = options;
  const { method, target, route } = call;
  const { headersDistinct: headers, socket } = call.request;
  const sourceIp = socket.remoteAddress ?? "";
  const event = toEvent({ method, target, headers, body, sourceIp, now: new Date() }, route);
  call.requestId = event.requestContext.requestId;
  const handler = await handlerOf(route.row);
  return inTime(handler(event, lambdaContext(route.row, functionMsMax)), functionMsMax);
}

/** Listens on both loopback addresses: `localhost` is 127.0.0.1 for some clients and ::1 for others. */
async function listenOnLoopback(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  stated: number,
): Promise<{ port: number; servers: Server[] }> {
  const server = () => createServer({ maxHeaderSize: headBytesRead }, listener);
  const first = await listen(server(), "127.0.0.1", stated);
  const { port } = first.address() as AddressInfo;
  try {
    return { port, servers: [first, await listen(server(), "::1", port)] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") return { port, servers: [first] };
    first.close();
    throw error;
  }
}

function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        reject(new Complaint(`Port ${port} is in use: stop what listens there, or choose another one with PORT.`));
      } else if (error.code === "EACCES") {
        reject(
          new Complaint(
            `Port ${port} needs a permission that this process does not have: choose another one with PORT.`,
          ),
        );
      } else reject(error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

/** Path and query of a request's target. A client that uses the gateway as a proxy sends a whole URL. */
function originForm(target: string): string {
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** How large a request is before its body, as API Gateway counts it. Node has read each byte as one character. */
const headBytes = ({ method, url, rawHeaders }: IncomingMessage): number =>
  `${method} ${url} HTTP/1.1`.length + rawHeaders.filter((_, place) => place % 2 === 1).join("").length;

/** A request's body; `undefined`, and not kept in memory, when it is larger than API Gateway accepts. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > bodyBytesMax) return resolve(undefined);
    let chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) return chunks.push(chunk);
      chunks = [];
      resolve(undefined);
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
  });
}

/** Whether a person will read the answer, in a browser. */
const isForPerson = ({ method = "", headers }: IncomingMessage) =>
  ["GET", "HEAD"].includes(method) && headers.accept?.includes("text/html") === true;

/** The page for a person, instead of a program's 404 or 405. */
const nothingHere = ({ statusCode = 404, headers = {} }: Answer): Answer => {
  const { allow } = headers;
  const why = allow ? `This address is for programs: it takes ${allow}.` : "There is nothing at this address.";
  const page = errorPage(statusCode, why);
  return { ...page, headers: { ...page.headers, ...(allow !== undefined && { allow }) } };
};

/** An answer of the gateway itself, with the headers that every answer has. */
const own = (answer: Answer, requestId: string): Answer => ({
  ...answer,
  headers: { ...answer.headers, "frontdesk-request-id": requestId, "x-content-type-options": "nosniff" },
});

/** Waits for a function as long as Lambda would let it run. @throws Error when it takes longer */
async function inTime(answer: Promise<Answer>, msMax: number): Promise<Answer> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => over.reject(new Error(`took longer than ${msMax} ms`)), msMax);
  return Promise.race([answer, over.promise]).finally(() => clearTimeout(timer));
}

function lambdaContext({ id }: Operation, msMax: number): Partial<Context> {
  const end = performance.now() + msMax;
  return {
    awsRequestId: randomUUID(),
    functionName: id,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${id}`,
    memoryLimitInMB: "1024",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(end - performance.now())),
  };
}

/** Sends a function's answer, as API Gateway does for payload format 2.0. Node omits the body for HEAD. */
function send(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const { statusCode = 200, headers = {}, cookies = [], body = "", isBase64Encoded = false } = answer;
  response.statusCode = statusCode;
  if (body !== "") response.setHeader("content-type", "text/plain; charset=utf-8");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  for (const cookie of cookies) response.appendHeader("set-cookie", cookie);
  if (isLast) response.setHeader("connection", "close");
  // Text stays a string: Node then sends headers and body as one piece.
  response.end(isBase64Encoded ? Buffer.from(body, "base64") : body);
}
