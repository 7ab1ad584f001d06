import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CreatedObject, startFiles } from "../../local/files.ts";
import { type ObjectStore, objectsInFolder, objectsInMemory } from "../../local/object-store.ts";

const credentials = { accessKeyId: "key-of-the-test", secretAccessKey: "secret-of-the-test" };
const region = String(process.env.AWS_REGION);
const folder = mkdtempSync(join(tmpdir(), "frontdesk-files-"));
const store = objectsInFolder(join(folder, "files"));
let created: CreatedObject[] = [];
const files = await startFiles({
  store,
  origins: ["https://*.portal.example.com", "http://localhost:3000"],
  secretOf: async (id) => (id === credentials.accessKeyId ? credentials.secretAccessKey : undefined),
  onCreated: (object) => created.push(object),
});
const { AWS_ENDPOINT_URL_S3: endpoint, FILES_BUCKET: Bucket } = files.environment;
const s3 = new S3Client({ endpoint, region, credentials, maxAttempts: 1 });

beforeEach(() => {
  created = [];
});
afterEach(() => files.failNext(0));
afterAll(async () => {
  s3.destroy();
  await files.stop();
  rmSync(folder, { recursive: true });
});

const [, , , , path = ""] = /^(http):\/\/(127\.0\.0\.1):(\d+)(\/[0-9a-f]{32})$/.exec(endpoint) ?? [];
const bucketUrl = `${endpoint}/${Bucket}`;
const utf8 = (text: string) => Buffer.from(text);
const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");
/** Status, and the code in S3's XML. */
async function outcome(answer: Response): Promise<[number, string | undefined]> {
  return [answer.status, /<Code>(.*)<\/Code>/.exec(await answer.text())?.[1]];
}

describe("the address", () => {
  it("begins with a path that nobody can guess, and nothing else is served", async () => {
    expect(path).toHaveLength(33);
    const { origin } = new URL(endpoint);
    for (const other of ["/", `/${Bucket}/images/a`, `/${"0".repeat(32)}/${Bucket}/images/a`]) {
      const answer = await fetch(origin + other, { headers: { origin: "http://localhost:3000" } });
      expect([answer.status, await answer.text()]).toEqual([403, ""]);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("names one bucket", async () => {
    expect(await outcome(await fetch(`${endpoint}/another/images/a`))).toEqual([404, "NoSuchBucket"]);
  });
});

describe("the SDK", () => {
  const Key = "images/one/content.jpg";

  it("stores, reads and deletes objects", async () => {
    const Body = Buffer.from([0xff, 0xd8, 0x0a, 0x00, 0x0a]);
    const head = { ContentType: "image/jpeg", CacheControl: "private", ContentDisposition: "inline" };
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...head }));
    expect(created).toEqual([{ bucket: Bucket, key: Key, size: 5, etag: md5(Body) }]);
    const read = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(read).toMatchObject({ ...head, ContentLength: 5, ETag: `"${md5(Body)}"`, LastModified: expect.any(Date) });
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? [])).toEqual(Body);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ...head, ContentLength: 5 });
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: "AccessDenied" });
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });

  it("deletes many objects at once, whether they exist or not, and their folder with them", async () => {
    const keys = ["images/two/content.jpg", "images/two/thumbnail.jpg", "uploads/two"];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: utf8(Key) }));
    expect(readdirSync(join(folder, "files", "images"))).toContain("two");
    const Objects = [...keys, "uploads/none"].map((Key) => ({ Key }));
    const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    expect(Errors).toBeUndefined();
    for (const key of keys) expect(store.get(key)).toBeUndefined();
    expect(readdirSync(join(folder, "files", "images"))).not.toContain("two");
  });

  it.each([
    ["another secret", { secretAccessKey: "wrong" }, {}, "SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "unknown" }, {}, "InvalidAccessKeyId"],
    ["another region", {}, { region: "eu-west-1" }, "AuthorizationHeaderMalformed"],
  ])("is refused with %s", async (_, others, options, name) => {
    const client = new S3Client({ endpoint, region, credentials: { ...credentials, ...others }, ...options });
    await expect(client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))).rejects.toMatchObject({ name });
    expect(created).toEqual([]);
    client.destroy();
  });

  it("is refused when something was changed on the way, or is late", async () => {
    const send = async (
      change: (request: { body: string; path: string; headers: Record<string, string> }) => unknown,
    ) => {
      const client = new S3Client({ endpoint, region, credentials, maxAttempts: 1 });
      client.middlewareStack.add(
        (next) => (args) => {
          change(args.request as never);
          return next(args);
        },
        { step: "finalizeRequest", priority: "low" },
      );
      const put = client.send(new PutObjectCommand({ Bucket, Key, Body: "text", ContentType: "image/png" }));
      const { name } = await put.then(
        () => ({ name: "stored" }),
        (error: Error) => error,
      );
      client.destroy();
      return name;
    };
    expect(await send(() => {})).toBe("stored");
    created = [];
    const other = (request: { body: string }) => {
      request.body = "evil";
    };
    expect(await send(other)).toBe("XAmzContentSHA256Mismatch");
    expect(await send((request) => Object.assign(request, { path: `${request.path}x` }))).toBe("SignatureDoesNotMatch");
    expect(await send(({ headers }) => Object.assign(headers, { "content-type": "text/html" }))).toBe(
      "SignatureDoesNotMatch",
    );
    expect(await send(({ headers }) => Object.assign(headers, { "x-amz-date": "20200101T000000Z" }))).toBe(
      "RequestTimeTooSkewed",
    );
    expect(await send(({ headers }) => void delete headers.authorization)).toBe("AccessDenied");
    expect(created).toEqual([]);
  });

  it("cannot leave the folder", async () => {
    for (const Key of ["../table.sqlite", "images/../../x", ".hidden", "a//b", "images/one~"]) {
      await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))).rejects.toThrow();
    }
    expect(readdirSync(folder)).toEqual(["files"]);
  });

  it("can be made to fail", async () => {
    files.failNext(1);
    await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: "SlowDown" });
  });
});

class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
  constructor(secret?: Parameters<typeof createHmac>[1]) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(chunk: Uint8Array) {
    this.#hash.update(chunk);
  }
  async digest() {
    return this.#hash.digest();
  }
  reset() {}
}
// A second implementation of the signature: the SDK's.
const signer = new SignatureV4({ service: "s3", region, credentials, sha256: Sha256 as never, uriEscapePath: false });

/** A signed address of an object. */
async function address(key: string, query: Record<string, string> = {}, signingDate = new Date(), expiresIn = 300) {
  const { hostname, port, host, pathname } = new URL(`${bucketUrl}/${key}`);
  const request = { method: "GET", protocol: "http:", hostname, port: Number(port), path: pathname, query };
  const signed = await signer.presign(
    { ...request, headers: { host, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" }, clone: () => request } as never,
    {
      signingDate,
      expiresIn,
      unhoistableHeaders: new Set(),
      unsignableHeaders: new Set(),
    },
  );
  const values = Object.entries(signed.query as Record<string, string>);
  return `${bucketUrl}/${key}?${values.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

describe("a signed address", () => {
  const key = "images/three/thumbnail.jpg";
  const bytes = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
  beforeEach(() => {
    const headers = { "content-disposition": "inline", "cache-control": "private" };
    store.put(key, { bytes, contentType: "image/jpeg", headers, storedAt: new Date().toISOString() });
  });

  it("reads an object, with the headers that it was stored with", async () => {
    const answer = await fetch(await address(key));
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-disposition": "inline",
      "cache-control": "private",
      "content-length": "4",
      etag: `"${md5(bytes)}"`,
      "x-content-type-options": "nosniff",
    });
  });

  it("may say which headers the answer has", async () => {
    const query = {
      "response-content-type": "image/png",
      "response-content-disposition": 'inline; filename="a (1)*.jpg"',
      "response-cache-control": "no-store",
    };
    const { headers } = await fetch(await address(key, query));
    expect(["content-type", "content-disposition", "cache-control"].map((name) => headers.get(name))).toEqual(
      Object.values(query),
    );
  });

  it("works until it expires", async () => {
    const [now, ms] = [Date.now(), 1000];
    expect((await fetch(await address(key, {}, new Date(now - 290 * ms)))).status).toBe(200);
    const expired = await fetch(await address(key, {}, new Date(now - 302 * ms)));
    expect(await outcome(expired)).toEqual([403, "AccessDenied"]);
    const early = await fetch(await address(key, {}, new Date(now + 3600 * ms)));
    expect(await outcome(early)).toEqual([403, "AccessDenied"]);
  });

  it.each([
    ["another object", (url: string) => url.replace("thumbnail", "content"), 403, "SignatureDoesNotMatch"],
    [
      "a longer time",
      (url: string) => url.replace("X-Amz-Expires=300", "X-Amz-Expires=900"),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "too long a time",
      (url: string) => url.replace("Expires=300", "Expires=700000"),
      400,
      "AuthorizationQueryParametersError",
    ],
    ["no time", (url: string) => url.replace("X-Amz-Expires=300&", ""), 400, "AuthorizationQueryParametersError"],
    ["another type", (url: string) => `${url}&response-content-type=text/html`, 403, "SignatureDoesNotMatch"],
    ["another key", (url: string) => url.replace("key-of-the-test", "someone"), 403, "InvalidAccessKeyId"],
    ["no signature", (url: string) => url.replace(/X-Amz-Signature=\w+/, ""), 403, "AccessDenied"],
    [
      "half a signature",
      (url: string) => url.replace(/(X-Amz-Signature=\w{10})\w+/, "$1"),
      403,
      "SignatureDoesNotMatch",
    ],
    ["no host", (url: string) => url.replace("SignedHeaders=host", "SignedHeaders=x"), 403, "AccessDenied"],
  ])("is refused with %s", async (_, change, status, code) => {
    expect(await outcome(await fetch(change(await address(key))))).toEqual([status, code]);
  });

  it("is refused for another method", async () => {
    const url = await address(key);
    expect(await outcome(await fetch(url, { method: "PUT", body: "x" }))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await outcome(await fetch(url, { method: "DELETE" }))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(store.get(key)).toBeDefined();
  });

  it("of an object that does not exist is refused as S3 refuses who may not list the bucket", async () => {
    expect(await outcome(await fetch(await address("images/none/content.jpg")))).toEqual([403, "AccessDenied"]);
  });
});

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

interface FormChanges {
  /** Fields in place of those of a good form; `undefined` leaves one out. */
  readonly fields?: Record<string, string | undefined>;
  readonly conditions?: readonly unknown[];
  readonly expiration?: string;
  readonly secret?: string;
  readonly file?: Buffer;
  readonly after?: Record<string, string>;
}

/** Posts a form as a browser does. */
async function post({ fields, conditions, expiration, secret, file = utf8("jpeg"), after }: FormChanges = {}) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = date.slice(0, 8);
  const credential = `${credentials.accessKeyId}/${day}/${region}/s3/aws4_request`;
  const key = "uploads/four";
  const policy = Buffer.from(
    JSON.stringify({
      expiration: expiration ?? new Date(Date.now() + 60_000).toISOString(),
      conditions: conditions ?? [
        { bucket: Bucket },
        ["eq", "$key", key],
        ["content-length-range", 1, 10],
        ["starts-with", "$Content-Type", "image/"],
        { success_action_status: "201" },
        { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
        { "x-amz-credential": credential },
        { "x-amz-date": date },
      ],
    }),
  ).toString("base64");
  const signingKey = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    hmac,
    `AWS4${secret ?? credentials.secretAccessKey}`,
  );
  const all: Record<string, string | undefined> = {
    key,
    "Content-Type": "image/jpeg",
    success_action_status: "201",
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": credential,
    "x-amz-date": date,
    policy,
    "x-amz-signature": hmac(signingKey, policy).toString("hex"),
    ...fields,
  };
  const form = new FormData();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) form.set(name, value);
  form.set("file", new Blob([new Uint8Array(file)], { type: "text/html" }), "me.html");
  for (const [name, value] of Object.entries(after ?? {})) form.set(name, value);
  return fetch(bucketUrl, { method: "POST", body: form, headers: { origin: "http://localhost:3000" } });
}

describe("a posted form", () => {
  it("stores its file under its key, with the type of the form", async () => {
    const answer = await post();
    expect([answer.status, answer.headers.get("etag")]).toEqual([201, `"${md5(utf8("jpeg"))}"`]);
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect(await answer.text()).toContain("<Key>uploads/four</Key>");
    expect(created).toEqual([{ bucket: Bucket, key: "uploads/four", size: 4, etag: md5(utf8("jpeg")) }]);
    expect(store.get("uploads/four")).toMatchObject({ contentType: "image/jpeg", bytes: utf8("jpeg") });
  });

  it("ignores fields after the file, and fields whose names begin with x-ignore-", async () => {
    expect((await post({ after: { acl: "public-read" }, fields: { "x-ignore-this": "1" } })).status).toBe(201);
  });

  it("is answered 204 when it does not ask for another status", async () => {
    const conditions = [
      ["starts-with", "$key", "uploads/"],
      ["starts-with", "$x-amz-credential", ""],
    ].concat(["x-amz-algorithm", "x-amz-date", "content-type"].map((name) => ["starts-with", `$${name}`, ""]));
    expect((await post({ conditions, fields: { success_action_status: undefined } })).status).toBe(204);
  });

  const denied = [403, "AccessDenied"] as const;
  it.each<[string, FormChanges, readonly [number, string]]>([
    ["another key", { fields: { key: "uploads/five" } }, denied],
    ["no key", { fields: { key: undefined } }, denied],
    ["another type", { fields: { "Content-Type": "text/html" } }, denied],
    ["no type", { fields: { "Content-Type": undefined } }, denied],
    ["another status", { fields: { success_action_status: "200" } }, denied],
    ["a field that the policy does not name", { fields: { acl: "public-read" } }, denied],
    ["another bucket", { conditions: [{ bucket: "another" }] }, denied],
    ["a policy that has expired", { expiration: new Date(Date.now() - 1000).toISOString() }, denied],
    ["a policy that never expires", { expiration: "never" }, denied],
    ["an unknown condition", { conditions: [["ends-with", "$key", "four"]] }, denied],
    ["no policy", { fields: { policy: undefined } }, denied],
    [
      "another policy",
      { fields: { policy: btoa('{"expiration":"2999-01-01T00:00:00Z","conditions":[]}') } },
      [403, "SignatureDoesNotMatch"],
    ],
    ["another secret", { secret: "wrong" }, [403, "SignatureDoesNotMatch"]],
    ["no signature", { fields: { "x-amz-signature": undefined } }, [403, "SignatureDoesNotMatch"]],
    [
      "an unknown key id",
      {
        fields: {
          "x-amz-credential": `nobody/${new Date().toISOString().slice(0, 10).replaceAll("-", "")}/${region}/s3/aws4_request`,
        },
      },
      [403, "InvalidAccessKeyId"],
    ],
    ["another day", { fields: { "x-amz-date": "20200101T000000Z" } }, [400, "AuthorizationHeaderMalformed"]],
    ["another algorithm", { fields: { "x-amz-algorithm": "none" } }, [400, "InvalidArgument"]],
    ["a file that is too large", { file: Buffer.alloc(11) }, [400, "EntityTooLarge"]],
    ["a file that is larger than any upload", { file: Buffer.alloc(11 * 2 ** 20) }, [400, "EntityTooLarge"]],
    ["no bytes", { file: Buffer.alloc(0) }, [400, "EntityTooSmall"]],
  ])("is refused with %s", async (_, changes, expected) => {
    expect(await outcome(await post(changes))).toEqual(expected);
    expect(created).toEqual([]);
  });

  it("is refused with the policy behind the file, without a file, or when it is no form", async () => {
    expect(await outcome(await post({ fields: { policy: undefined }, after: { policy: "e30=" } }))).toEqual(denied);
    const form = new FormData();
    form.set("key", "uploads/four");
    expect(await outcome(await fetch(bucketUrl, { method: "POST", body: form }))).toEqual([400, "InvalidArgument"]);
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    expect(await outcome(await fetch(bucketUrl, { method: "POST", body: "{}", headers }))).toEqual([
      400,
      "MalformedPOSTRequest",
    ]);
    expect(created).toEqual([]);
  });
});

describe("pages of other origins", () => {
  const asks = (origin: string) => fetch(bucketUrl, { method: "OPTIONS", headers: { origin } });

  it.each(["https://clinic.portal.example.com", "http://localhost:3000"])("may call from %s", async (origin) => {
    const { status, headers } = await asks(origin);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    expect(headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(headers.get("vary")).toBe("Origin");
  });

  it.each([
    "https://portal.example.com",
    "https://clinic.portal.example.com.evil.example",
    "http://clinic.portal.example.com",
    "http://localhost:3001",
    "null",
  ])("may not call from %s", async (origin) => {
    const answer = await asks(origin);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(await outcome(answer)).toEqual([403, "AccessDenied"]);
  });
});

it.each(process.platform === "win32" ? [] : ["a folder"])("objects in %s are for this user alone", () => {
  const own = mkdtempSync(join(folder, "store-"));
  const objects = objectsInFolder(own);
  objects.put("uploads/a", { bytes: Buffer.from("a"), contentType: "image/jpeg", headers: {}, storedAt: "now" });
  const modes = ["uploads", "uploads/a"].map((name) => statSync(join(own, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
});

describe.each<[string, () => ObjectStore]>([
  ["in a folder", () => objectsInFolder(mkdtempSync(join(folder, "store-")))],
  ["in memory", objectsInMemory],
])("objects that are kept %s", (_, make) => {
  it("are found by key and by folder, and replaced", () => {
    const objects = make();
    const object = { bytes: Buffer.from("a\nb"), contentType: "image/jpeg", headers: { a: "b" }, storedAt: "now" };
    expect([objects.get("uploads/a"), objects.keysIn("uploads/")]).toEqual([undefined, []]);
    objects.remove("uploads/a");
    objects.put("uploads/a", object);
    objects.put("uploads/b", object);
    objects.put("images/a/content.jpg", object);
    expect(objects.get("uploads/a")).toEqual(object);
    expect(objects.get("images/a")).toBeUndefined();
    expect(objects.keysIn("uploads/").sort()).toEqual(["uploads/a", "uploads/b"]);
    objects.put("uploads/a", { ...object, bytes: Buffer.alloc(0) });
    expect(objects.get("uploads/a")?.bytes).toHaveLength(0);
    objects.remove("uploads/a");
    expect([objects.get("uploads/a"), objects.keysIn("uploads/")]).toEqual([undefined, ["uploads/b"]]);
  });
});
