import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileBytesMax } from "../lib/accounts/image/objects.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { readForm } from "./s3-form.ts";
import { S3Refusal } from "./s3-refusal.ts";
import { checkSignature, type Signers } from "./s3-signature.ts";

/** What the local bucket is made from. */
export interface FilesOptions {
  readonly store: ObjectStore;
  /** Origins whose pages may post and read, as in the bucket's CORS rule: at most one `*` in each. */
  readonly origins: readonly string[];
  readonly secretOf: Signers["secretOf"];
  /** Called after an object was created. */
  readonly onCreated: (object: CreatedObject) => void;
  /** Called before a request is served. Tests let something happen at this moment. */
  readonly onRequest?: (request: { readonly method: string; readonly key: string }) => Promise<void> | void;
}

/** What S3's event says about a new object. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** A local replacement for S3, with one bucket. */
export interface Files {
  /** The variables that point the SDK and the functions at it. */
  readonly environment: { readonly AWS_ENDPOINT_URL_S3: string; readonly FILES_BUCKET: string };
  /** Makes the next requests fail. */
  failNext(requests: number, code?: S3Refusal["code"]): void;
  stop(): Promise<void>;
}

const bucket = "frontdesk-files";
const region = () => process.env.AWS_REGION ?? "us-east-1";
/** The most bytes of a request: a file, and the other fields of its form. */
const bodyBytesMax = fileBytesMax + 64 * 2 ** 10;
/** Keys that are safe as paths of files. */
const keyPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}$/;

/**
 * Starts the server on a free loopback port, below a random path. A request needs a signature, as in S3, and the path is
 * only known to whoever was given an address, so pages of other sites cannot use it.
 */
export async function startFiles(options: FilesOptions): Promise<Files> {
  const root = `/${randomBytes(16).toString("hex")}`;
  let failing: { requests: number; code: S3Refusal["code"] } = { requests: 0, code: "SlowDown" };
  const server = createServer((request, response) => {
    if (!request.url?.startsWith(`${root}/`)) return response.writeHead(403).end();
    response.setHeader("x-amz-request-id", randomUUID());
    response.setHeader("x-content-type-options", "nosniff");
    answerOrigin(request, response, options.origins);
    const work = async () => {
      const body = await bodyOf(request);
      if (failing.requests > 0) {
        failing.requests -= 1;
        throw new S3Refusal(failing.code, "a test made this request fail");
      }
      await serve({ request, response, body, root, options });
    };
    work().catch((error) => {
      if (!(error instanceof S3Refusal)) console.error(`The local bucket failed: ${(error as Error).stack}`);
      refuse(response, error instanceof S3Refusal ? error : new S3Refusal("InternalError"), request.method === "HEAD");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    environment: { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}${root}`, FILES_BUCKET: bucket },
    failNext: (requests, code = "SlowDown") => {
      failing = { requests, code };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The body, or the beginning of a body that is too large. All of it is read, so that the sender waits for the answer. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  }
  if (bytes > bodyBytesMax) throw new S3Refusal("EntityTooLarge");
  return Buffer.concat(chunks);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly root: string;
  readonly options: FilesOptions;
}

async function serve({ request, response, body, root, options }: Exchange): Promise<void> {
  const { method = "", headers } = request;
  if (method === "OPTIONS") return preflight(response);
  const url = new URL(`http://localhost${request.url}`);
  const [name, ...rest] = url.pathname.slice(root.length + 1).split("/");
  const key = rest.join("/");
  if (name !== bucket) throw new S3Refusal("NoSuchBucket");
  const signers: Signers = { region: region(), now: new Date(), secretOf: options.secretOf };
  await options.onRequest?.({ method, key });
  if (method === "POST" && headers["content-type"]?.startsWith("multipart/form-data")) {
    const posted = await readForm(bucket, headers["content-type"], body, signers);
    const etag = store(options, posted.key, posted.bytes, posted.contentType, {});
    response.setHeader("etag", `"${etag}"`);
    const xml = `<PostResponse><Bucket>${bucket}</Bucket><Key>${posted.key}</Key><ETag>"${etag}"</ETag></PostResponse>`;
    return posted.status === 201 ? answerXml(response, 201, xml) : void response.writeHead(posted.status).end();
  }
  await checkSignature({ method, url, headers, body }, signers);
  if (method === "POST" && url.searchParams.has("delete")) return deleteAll(options.store, response, body.toString());
  if (!keyPattern.test(key)) throw new S3Refusal("InvalidArgument", "no key that is possible here");
  if (method === "PUT") {
    const kept = ["cache-control", "content-disposition"].filter((header) => headers[header] !== undefined);
    const others = Object.fromEntries(kept.map((header) => [header, String(headers[header])]));
    const etag = store(options, key, body, headers["content-type"] ?? "binary/octet-stream", others);
    return void response.writeHead(200, { etag: `"${etag}"` }).end();
  }
  if (method === "DELETE") {
    options.store.remove(key);
    return void response.writeHead(204).end();
  }
  if (method !== "GET" && method !== "HEAD") throw new S3Refusal("MethodNotAllowed");
  const object = options.store.get(key);
  // S3 says the same to everybody who may not list the bucket, as none of the functions may.
  if (!object) throw new S3Refusal("AccessDenied", "Access Denied");
  response.writeHead(200, readHeaders(object, url)).end(method === "HEAD" ? undefined : object.bytes);
}

function store(
  { store: objects, onCreated }: FilesOptions,
  key: string,
  bytes: Buffer,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): string {
  if (!keyPattern.test(key)) throw new S3Refusal("InvalidArgument", "no key that is possible here");
  objects.put(key, { bytes, contentType, headers, storedAt: new Date().toISOString() });
  const etag = etagOf(bytes);
  onCreated({ bucket, key, size: bytes.length, etag });
  return etag;
}

const etagOf = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");

/** The headers of an object. A signed address may replace some of them. */
function readHeaders({ bytes, contentType, headers, storedAt }: StoredObject, url: URL): OutgoingHttpHeaders {
  const replaced = ["content-type", "content-disposition", "cache-control"].flatMap((name) => {
    const value = url.searchParams.get(`response-${name}`);
    return value === null ? [] : [[name, value]];
  });
  return {
    "content-type": contentType,
    ...headers,
    ...Object.fromEntries(replaced),
    "content-length": bytes.length,
    etag: `"${etagOf(bytes)}"`,
    "last-modified": new Date(storedAt).toUTCString(),
  };
}

/** DeleteObjects. Its XML comes from the SDK, whose keys need no unescaping. */
function deleteAll(objects: ObjectStore, response: ServerResponse, xml: string): void {
  const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => String(key));
  if (keys.length === 0 || !keys.every((key) => keyPattern.test(key))) throw new S3Refusal("MalformedXML");
  for (const key of keys) objects.remove(key);
  answerXml(response, 200, `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`);
}

/** Adds the CORS headers for a page of an allowed origin. */
function answerOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse, origins: readonly string[]) {
  response.setHeader("vary", "Origin");
  if (origin && origins.some((pattern) => isMatch(origin, pattern))) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "ETag");
  }
}

function isMatch(origin: string, pattern: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return origin === pattern;
  return origin.length >= before.length + after.length && origin.startsWith(before) && origin.endsWith(after);
}

function preflight(response: ServerResponse): void {
  if (!response.hasHeader("access-control-allow-origin")) throw new S3Refusal("AccessDenied", "CORSResponse");
  response.setHeader("access-control-allow-methods", "GET, POST");
  response.setHeader("access-control-allow-headers", "*");
  response.writeHead(200).end();
}

function refuse(response: ServerResponse, { code, status, message }: S3Refusal, isHead: boolean): void {
  if (isHead) return void response.writeHead(status).end();
  const safe = message.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  answerXml(response, status, `<Error><Code>${code}</Code><Message>${safe}</Message></Error>`);
}

function answerXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}
