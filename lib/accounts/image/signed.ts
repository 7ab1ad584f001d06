import { createHash, createHmac } from "node:crypto";
import { fromEnv } from "@aws-sdk/credential-provider-env";
import { SignatureV4 } from "@smithy/signature-v4";
import { filesSettings } from "../../settings.ts";
import type { StoredImage } from "../../table/records.ts";
import { type Facet, facetObject, uploadObject } from "./objects.ts";

/**
 * Signed addresses of the bucket: whoever has one may do this one thing until it ends, without credentials. They are
 * made without asking AWS.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */

/** Largest file that may be uploaded. */
const uploadBytesMax = 10 * 1024 * 1024;
/** How long the address of a picture works. */
const linkSeconds = 5 * 60;

/** SHA-256, or HMAC-SHA-256 with a secret, in the form that `SignatureV4` uses. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

/** The address of the bucket. `npm start` names its own S3 in `AWS_ENDPOINT_URL_S3`. */
function bucketAddress(region: string): URL {
  const { AWS_ENDPOINT_URL_S3: endpoint } = process.env;
  const bucket = filesSettings().FILES_BUCKET;
  return new URL(endpoint ? `${endpoint}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com/`);
}

/** What signs, for whom and where. */
async function signing() {
  const { AWS_REGION: region = "" } = process.env;
  const credentials = await fromEnv()();
  const service = "s3";
  const signer = new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  return { signer, credentials, region, service, address: bucketAddress(region) };
}

/** How a client uploads a file: a form with these fields and the file, sent to this address. */
export interface SignedUpload {
  readonly uploadUrl: string;
  readonly uploadMethod: "POST";
  readonly fields: readonly { readonly key: string; readonly value: string }[];
  /** In bytes. */
  readonly maxFileSize: number;
  readonly name: "content";
  readonly filename: string;
  readonly expiresAt: string;
}

/** Returns the form by which the file of an image can be uploaded until `uploadEndsAt`. */
export async function signedUpload(
  { uploadId, filename, uploadEndsAt }: Pick<StoredImage, "uploadId" | "filename" | "uploadEndsAt">,
  now: Date,
): Promise<SignedUpload> {
  const { signer, credentials, region, service, address } = await signing();
  const date = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const expiresAt = new Date(uploadEndsAt).toISOString();
  const stated = {
    key: uploadObject(uploadId),
    success_action_status: "201",
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${credentials.accessKeyId}/${date.slice(0, 8)}/${region}/${service}/aws4_request`,
    "x-amz-date": date,
    ...(credentials.sessionToken && { "x-amz-security-token": credentials.sessionToken }),
  };
  const conditions = [
    { bucket: filesSettings().FILES_BUCKET },
    ...Object.entries(stated).map(([name, value]) => ({ [name]: value })),
    ["content-length-range", 1, uploadBytesMax],
    ["starts-with", "$Content-Type", "image/"],
  ];
  const policy = Buffer.from(JSON.stringify({ expiration: expiresAt, conditions })).toString("base64");
  const signature = await signer.sign(policy, { signingDate: now });
  // Some type of image: what the file is, its content says.
  const fields = { ...stated, "Content-Type": "image/*", policy, "x-amz-signature": signature };
  return {
    uploadUrl: address.href,
    uploadMethod: "POST",
    fields: Object.entries(fields).map(([key, value]) => ({ key, value })),
    maxFileSize: uploadBytesMax,
    name: "content",
    filename,
    expiresAt,
  };
}

/** Returns an address from which anybody can read a picture for the next five minutes. */
export async function signedPicture(uploadId: string, facet: Facet, now: Date): Promise<string> {
  const { signer, address } = await signing();
  const { protocol, hostname, host, origin, pathname } = address;
  const { path, query = {} } = await signer.presign(
    {
      method: "GET",
      protocol,
      hostname,
      path: `${pathname.replace(/\/$/, "")}/${facetObject(uploadId, facet)}`,
      // S3 signs addresses without the content.
      headers: { host, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
      query: {
        "response-content-type": "image/jpeg",
        "response-content-disposition": `inline; filename="${facet}.jpg"`,
      },
    },
    { signingDate: now, expiresIn: linkSeconds },
  );
  const written = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${origin}${path}?${written.join("&")}`;
}
