import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { routeOf } from "../lib/api/routes.ts";
import { functionSecondsMax, type Operation } from "../lib/operations.ts";
import { Complaint } from "../tools/complaint.ts";
import { functionFile } from "../tools/function-file.ts";
import { whyForeign } from "./foreign.ts";
import { toEvent } from "./gateway-event.ts";
import { errorPage } from "./html.ts";
import { outcomeOf } from "./log-line.ts";

/** What a function, or the gateway in its place, answers. */
export type Answer = APIGatewayProxyStructuredResultV2;

/** The code of a Lambda function. */
export type Handler = (event: APIGatewayProxyEventV2, context: Partial<Context>) => Promise<Answer>;

/** How a gateway is set up. */
export interface GatewayOptions {
  /** 0 is any free one. */
  readonly port: number;
  /** Gives the code of a row; the registry's own when left out. */
  readonly handlerOf?: (row: Operation) => Promise<Handler>;
  /** Host names that callers may use for this machine, besides localhost. */
  readonly hosts?: readonly string[];
  /** How long a function may take; as long as in AWS when left out. */
  readonly functionMsMax?: number;
  /** What the gateway answers itself, by method and path, such as `GET /_local/engine`; to HEAD as to GET. */
  readonly pages?: Readonly<Record<string, () => Answer | Promise<Answer>>>;
  /** Takes one line for each request. */
  readonly log?: (line: string) => void;
}

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** Lets requests under way finish, for five seconds at the most. */
  close(): Promise<void>;
}

/** What API Gateway takes. */
const bodyBytesMax = 10 * 1024 * 1024;
const closeMsMax = 5000;

const message = (statusCode: number, text: string): Answer => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: text }),
});
/** API Gateway's own answers; a function that takes too long is ended, which looks like a crash. */
const tooLarge = message(413, "Request Entity Too Large");
const crashed = message(500, "Internal Server Error");

/** The code behind a registry row, loaded when it is first asked for. */
export const registryHandler = async (row: Operation): Promise<Handler> =>
  ((await import(functionFile(row).href)) as { handler: Handler }).handler;

/** The names that a function takes from the root of a body, if its schema says so; what it does not name it ignores. */
function namesTaken(handler: Handler): ReadonlySet<string> | undefined {
  const { fields } = handler as { fields?: { shape?: object } };
  return fields?.shape && new Set(["auth", ...Object.keys(fields.shape)]);
}

/**
 * Serves the registry's rows over HTTP on the loopback interface, as API Gateway does.
 * @throws Complaint when it may not listen on the port
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { handlerOf = registryHandler, pages = {}, hosts = [], log = console.log } = options;
  const { functionMsMax = functionSecondsMax * 1000 } = options;
  let closing = false;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const begun = performance.now();
    const { method = "GET", headers } = request;
    const target = originForm(request.url ?? "/");
    const path = target.split("?")[0] ?? "";
    const route = routeOf(method, path);
    const { row } = route;
    const page = pages[`${method === "HEAD" ? "GET" : method} ${path}`];
    const foreign = whyForeign({ method, path, headers, row }, hosts);
    const body = foreign ? undefined : await readBody(request);
    let requestId: string = randomUUID();
    const answer = async () => {
      if (foreign) return own(isForEyes(request) ? errorPage(403, foreign) : message(403, foreign), requestId);
      if (!body) return own(tooLarge, requestId);
      if (page) return own(await page(), requestId);
      const { headersDistinct, socket } = request;
      const sourceIp = socket.remoteAddress ?? "";
      const event = toEvent({ method, target, headers: headersDistinct, body, sourceIp, now: new Date() }, route);
      requestId = event.requestContext.requestId;
      const handler = await handlerOf(row);
      taken = method === "POST" ? namesTaken(handler) : undefined;
      const given = await inTime(handler(event, lambdaContext(row, functionMsMax)), functionMsMax);
      return row.id === "Unmatched" && isForEyes(request) ? own(nothingThere(given), requestId) : given;
    };
    let taken: ReadonlySet<string> | undefined;
    let sent: Answer;
    try {
      sent = await answer();
      send(response, sent, closing);
    } catch (error) {
      console.error(`${row.id} crashed:`, error);
      for (const header of response.getHeaderNames()) response.removeHeader(header);
      sent = own(crashed, requestId);
      send(response, sent, closing);
    }
    // The request's path and query never: tokens travel in them.
    const name = page ? path : route.path;
    const outcome = outcomeOf({ row, headers, body, taken, answer: sent });
    log(`${method} ${name} ${outcome} ${Math.round(performance.now() - begun)} ms`);
  };
  // What fails here is the connection: nobody is left to be answered.
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch(() => response.destroy());
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

/** `localhost` means 127.0.0.1 to some clients and ::1 to others. */
async function listenOnLoopback(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  stated: number,
): Promise<{ port: number; servers: Server[] }> {
  const first = await listen(createServer(listener), "127.0.0.1", stated);
  const { port } = first.address() as AddressInfo;
  try {
    return { port, servers: [first, await listen(createServer(listener), "::1", port)] };
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
        reject(new Complaint(`Port ${port} is not for us to listen on: choose another one with PORT.`));
      } else reject(error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

/** Path and query of a request's target; a client that takes us for a proxy sends a whole URL. */
function originForm(target: string): string {
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** A request's body; `undefined` when it is larger than API Gateway takes, and then nothing of it is kept. */
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

/** Whether a person will see the answer, in a browser. */
const isForEyes = ({ method = "", headers }: IncomingMessage) =>
  ["GET", "HEAD"].includes(method) && headers.accept?.includes("text/html") === true;

/** What a person is shown in place of a program's 404 or 405. */
const nothingThere = ({ statusCode = 404, headers = {} }: Answer): Answer => {
  const { allow } = headers;
  const why = allow ? `This address is for programs: it takes ${allow}.` : "There is nothing at this address.";
  const page = errorPage(statusCode, why);
  return { ...page, headers: { ...page.headers, ...(allow !== undefined && { allow }) } };
};

/** The gateway's own answer, with the headers that every answer has. */
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

/** Puts a function's answer on the wire, as API Gateway reads payload format 2.0. Node leaves the body out for HEAD. */
function send(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const { statusCode = 200, headers = {}, cookies = [], body = "", isBase64Encoded = false } = answer;
  response.statusCode = statusCode;
  if (body !== "") response.setHeader("content-type", "text/plain; charset=utf-8");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  for (const cookie of cookies) response.appendHeader("set-cookie", cookie);
  if (isLast) response.setHeader("connection", "close");
  response.end(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"));
}
