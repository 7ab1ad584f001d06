import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";

/** A message that AWS would have sent. For an SMS, `subject` and `html` are empty. */
export interface SentMessage {
  readonly channel: "email" | "sms";
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When it was sent, ISO 8601. */
  readonly at: string;
}

/** The error that a request is answered with. */
export interface Fault {
  readonly status: number;
  /** AWS's error code, such as `MessageRejected`. */
  readonly code: string;
}

/** A local replacement for SES and SNS, which send messages in AWS. */
export interface Outside {
  /** The variables that point the SDK at this server. */
  readonly environment: Readonly<Record<string, string>>;
  /** The latest 500 sent messages, newest first. */
  messages(): readonly SentMessage[];
  /** Forgets these messages. */
  clear(): void;
  /** The requests of these messages, unchanged and in the same order. */
  requests(): readonly object[];
  /** Makes the next requests fail, with a server error unless `fault` says otherwise. */
  failNext(requests: number, fault?: Fault): void;
  stop(): Promise<void>;
}

const messagesMax = 500;

class Refusal extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Starts the server on a free loopback port, below a random path, so that no web page can reach it. */
export async function startOutside(): Promise<Outside> {
  const root = `/${randomBytes(16).toString("hex")}`;
  const kept: { readonly message: SentMessage; readonly request: object }[] = [];
  let failing = { requests: 0, fault: serverError };

  const keep = (request: object, message: Omit<SentMessage, "at">) => {
    if (failing.requests > 0) {
      failing.requests -= 1;
      throw new Refusal(failing.fault, `a test made this request fail, for ${message.to}`);
    }
    kept.unshift({ request, message: { ...message, at: new Date().toISOString() } });
    kept.length = Math.min(kept.length, messagesMax);
  };

  const server = createServer((request, response) => {
    if (!request.url?.startsWith(`${root}/`)) return response.writeHead(403).end();
    request.url = request.url.slice(root.length);
    response.setHeader("x-amzn-requestid", randomUUID());
    const isMail = request.url.startsWith("/v2/email/");
    (isMail ? answerMail : answerText)(request, response, keep).catch((error) => {
      if (!(error instanceof Refusal)) return response.destroy();
      (isMail ? refuseMail : refuseText)(response, error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}${root}`;
  return {
    environment: { AWS_ENDPOINT_URL_SESV2: endpoint, AWS_ENDPOINT_URL_SNS: endpoint },
    messages: () => kept.map(({ message }) => message),
    clear: () => {
      kept.length = 0;
    },
    requests: () => kept.map(({ request }) => request),
    failNext: (requests, fault = serverError) => {
      failing = { requests, fault };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const serverError: Fault = { status: 500, code: "InternalFailure" };

type Keep = (request: object, message: Omit<SentMessage, "at">) => void;

/** The fields of SES's SendEmail that Frontdesk uses. */
interface SendEmail {
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string }; readonly Html?: { readonly Data?: string } };
    };
  };
}

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html */
async function answerMail(request: IncomingMessage, response: ServerResponse, keep: Keep): Promise<void> {
  if (`${request.method} ${request.url}` !== "POST /v2/email/outbound-emails") {
    throw new Refusal({ status: 404, code: "NotFoundException" }, "only SendEmail is known here");
  }
  const sending = (await json(request)) as SendEmail;
  const { Subject, Body } = sending.Content?.Simple ?? {};
  const to = sending.Destination?.ToAddresses?.join(", ") ?? "";
  if (!to.includes("@") || !Subject?.Data || !(Body?.Text?.Data || Body?.Html?.Data)) {
    throw new Refusal({ status: 400, code: "BadRequestException" }, "recipient, subject or body is missing");
  }
  const words = { subject: Subject.Data, text: Body.Text?.Data ?? "", html: Body.Html?.Data ?? "" };
  keep(sending, { channel: "email", to, ...words });
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ MessageId: randomUUID() }));
}

function refuseMail(response: ServerResponse, { fault, message }: Refusal): void {
  response.writeHead(fault.status, { "content-type": "application/json", "x-amzn-errortype": fault.code });
  response.end(JSON.stringify({ message }));
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
async function answerText(request: IncomingMessage, response: ServerResponse, keep: Keep): Promise<void> {
  const sending = Object.fromEntries(new URLSearchParams(await text(request)));
  const { Action, PhoneNumber: to = "", Message = "" } = sending;
  if (Action !== "Publish") throw new Refusal({ status: 400, code: "InvalidAction" }, "only Publish is known here");
  if (!/^\+[1-9]\d{1,14}$/.test(to)) {
    throw new Refusal({ status: 400, code: "InvalidParameter" }, `Invalid parameter: PhoneNumber Reason: ${to}`);
  }
  if (Message === "") throw new Refusal({ status: 400, code: "InvalidParameter" }, "Invalid parameter: Empty message");
  keep(sending, { channel: "sms", to, subject: "", text: Message, html: "" });
  const result = `<PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult>`;
  answerXml(response, 200, `<PublishResponse xmlns="${snsNamespace}">${result}${metadata()}</PublishResponse>`);
}

function refuseText(response: ServerResponse, { fault, message }: Refusal): void {
  const type = fault.status < 500 ? "Sender" : "Receiver";
  const error = `<Error><Type>${type}</Type><Code>${fault.code}</Code><Message>${message}</Message></Error>`;
  answerXml(response, fault.status, `<ErrorResponse xmlns="${snsNamespace}">${error}${metadata()}</ErrorResponse>`);
}

const snsNamespace = "http://sns.amazonaws.com/doc/2010-03-31/";
const metadata = () => `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;

function answerXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { "content-type": "text/xml" });
  response.end(xml);
}
