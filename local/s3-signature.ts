import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { S3Refusal } from "./s3-refusal.ts";

/**
 * Checks of signatures as S3 makes them (Signature Version 4).
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */

/** Who may sign, and when it is. */
export interface Signers {
  /** The region that signatures must name. */
  readonly region: string;
  readonly now: Date;
  /** The secret of an access key; `undefined` for an unknown one. */
  secretOf(accessKeyId: string): Promise<string | undefined>;
}

/** The parts of a request that are signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const algorithm = "AWS4-HMAC-SHA256";
const unsignedPayload = "UNSIGNED-PAYLOAD";
/** How much the time in a signed request may differ from now. */
const skewMsMax = 15 * 60_000;
/** The longest time that a signed address works. */
const expiresSecondsMax = 7 * 86_400;

const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Checks the signature in a request's headers, or in its address. @throws S3Refusal */
export async function checkSignature(request: SignedRequest, signers: Signers): Promise<void> {
  if (request.url.searchParams.has("X-Amz-Signature")) return checkAddress(request, signers);
  const { authorization = "" } = request.headers;
  const [, credential = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(authorization) ??
    [];
  if (!signature) throw new S3Refusal("AccessDenied", "Access Denied");
  const date = String(request.headers["x-amz-date"]);
  if (Math.abs(signers.now.getTime() - timeOf(date)) > skewMsMax) throw new S3Refusal("RequestTimeTooSkewed");
  const payload = String(request.headers["x-amz-content-sha256"]);
  await compare(request, { credential, date, signedHeaders, signature, payload }, signers);
  if (payload !== unsignedPayload && payload !== sha256(request.body)) {
    throw new S3Refusal("XAmzContentSHA256Mismatch");
  }
}

async function checkAddress(request: SignedRequest, signers: Signers): Promise<void> {
  const value = (name: string) => request.url.searchParams.get(name) ?? "";
  if (value("X-Amz-Algorithm") !== algorithm) throw new S3Refusal("AuthorizationQueryParametersError");
  const [date, expires] = [value("X-Amz-Date"), Number(value("X-Amz-Expires"))];
  const age = signers.now.getTime() - timeOf(date);
  if (!(expires > 0 && expires <= expiresSecondsMax)) throw new S3Refusal("AuthorizationQueryParametersError");
  if (age < -skewMsMax) throw new S3Refusal("AccessDenied", "Request is not yet valid");
  if (age > expires * 1000) throw new S3Refusal("AccessDenied", "Request has expired");
  const parts = {
    credential: value("X-Amz-Credential"),
    date,
    signedHeaders: value("X-Amz-SignedHeaders"),
    signature: value("X-Amz-Signature"),
    payload: value("X-Amz-Content-Sha256") || unsignedPayload,
  };
  await compare(request, parts, signers);
}

interface SignatureParts {
  readonly credential: string;
  /** As in `X-Amz-Date`. */
  readonly date: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly payload: string;
}

async function compare(
  { method, url, headers }: SignedRequest,
  parts: SignatureParts,
  signers: Signers,
): Promise<void> {
  const names = parts.signedHeaders.split(";");
  if (!names.includes("host")) throw new S3Refusal("AccessDenied", "The host is not signed");
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort();
  const canonical = [
    method,
    url.pathname,
    query.join("&"),
    ...names.map(
      (name) =>
        `${name}:${String(headers[name] ?? "")
          .trim()
          .replace(/ +/g, " ")}`,
    ),
    "",
    parts.signedHeaders,
    parts.payload,
  ];
  const scope = parts.credential.split("/").slice(1).join("/");
  const text = [algorithm, parts.date, scope, sha256(canonical.join("\n"))].join("\n");
  await checkText(text, parts, signers);
}

const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Checks the signature of a text: of a request, or of a form's policy.
 * @throws S3Refusal
 */
export async function checkText(
  text: string,
  { credential, date, signature }: Pick<SignatureParts, "credential" | "date" | "signature">,
  { region, secretOf }: Signers,
): Promise<void> {
  const [accessKeyId = "", ...scope] = credential.split("/");
  const day = date.slice(0, 8);
  if (scope.join("/") !== `${day}/${region}/s3/aws4_request`) throw new S3Refusal("AuthorizationHeaderMalformed");
  const secret = await secretOf(accessKeyId);
  if (secret === undefined) throw new S3Refusal("InvalidAccessKeyId");
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const [expected, stated] = [hmac(key, text), Buffer.from(signature, "hex")];
  if (expected.length !== stated.length || !timingSafeEqual(expected, stated)) {
    throw new S3Refusal("SignatureDoesNotMatch");
  }
}

/** The time in `20260302T190000Z`, in epoch milliseconds; not a number when it is none. */
const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
