import { createHash, createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { signedPicture, signedUpload } from "../../../../lib/accounts/image/signed.ts";

const now = new Date("2030-05-06T07:08:09.123Z");
const uploadId = "65f1c0de8c3a4b0012ab34cd";
const upload = { uploadId, filename: "me.jpg", uploadEndsAt: now.getTime() + 15 * 60_000 };

/** The secret of the test kit (`test/kit/engine.ts`), and the scope in which it signs. */
const secret = "test";
const scope = "20300506/us-east-1/s3/aws4_request";

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
/** The signature of a text, by the rules of AWS Signature Version 4. */
const signatureOf = (text: string) =>
  hmac(scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secret}`), text).toString("hex");

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL_S3;
  delete process.env.AWS_SESSION_TOKEN;
});

describe("the form of an upload", () => {
  const form = async () => {
    const { fields, ...rest } = await signedUpload(upload, now);
    const values = Object.fromEntries(fields.map(({ key, value }) => [key, value]));
    return { ...rest, fields, values, policy: JSON.parse(Buffer.from(values.policy ?? "", "base64").toString()) };
  };

  it("says where to send it, how much, and until when", async () => {
    expect(await form()).toMatchObject({
      uploadUrl: "https://frontdesk-files.s3.us-east-1.amazonaws.com/",
      uploadMethod: "POST",
      maxFileSize: 10_485_760,
      name: "content",
      filename: "me.jpg",
      expiresAt: "2030-05-06T07:23:09.123Z",
    });
  });
  it("allows one object, of some type of image, of 1 byte to 10 MiB, until it ends", async () => {
    expect((await form()).policy).toEqual({
      expiration: "2030-05-06T07:23:09.123Z",
      conditions: [
        { bucket: "frontdesk-files" },
        { key: `uploads/${uploadId}` },
        { success_action_status: "201" },
        { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
        { "x-amz-credential": `test/${scope}` },
        { "x-amz-date": "20300506T070809Z" },
        ["content-length-range", 1, 10_485_760],
        ["starts-with", "$Content-Type", "image/"],
      ],
    });
  });
  it("has a field for each condition, with a value that fits it, and no others", async () => {
    const { values, policy } = await form();
    const { policy: _, "x-amz-signature": __, "Content-Type": type, ...stated } = values;
    const { bucket: ___, ...wanted } = Object.assign(
      {},
      ...policy.conditions.filter((each: unknown) => !Array.isArray(each)),
    );
    expect(stated).toEqual(wanted);
    expect(type).toMatch(/^image\//);
  });
  it("is signed as AWS checks it", async () => {
    const { values } = await form();
    expect(values["x-amz-signature"]).toBe(signatureOf(String(values.policy)));
  });
  it("names the token of temporary credentials, which the policy contains too", async () => {
    process.env.AWS_SESSION_TOKEN = "a token/with+signs=";
    const { values, policy } = await form();
    expect(values["x-amz-security-token"]).toBe("a token/with+signs=");
    expect(policy.conditions).toContainEqual({ "x-amz-security-token": "a token/with+signs=" });
    expect(values["x-amz-signature"]).toBe(signatureOf(String(values.policy)));
  });
  it("goes to another S3 if the environment names one", async () => {
    process.env.AWS_ENDPOINT_URL_S3 = "http://localhost:3000/_s3";
    expect((await form()).uploadUrl).toBe("http://localhost:3000/_s3/frontdesk-files");
  });
});

describe("the address of a picture", () => {
  /** The signature that an address must have: of its method, path, query and host. */
  function wantedSignature(url: URL): string {
    const query = url.search
      .slice(1)
      .split("&")
      .filter((pair) => !pair.startsWith("X-Amz-Signature="))
      .sort()
      .join("&");
    const request = ["GET", url.pathname, query, `host:${url.host}`, "", "host", "UNSIGNED-PAYLOAD"].join("\n");
    const digest = createHash("sha256").update(request).digest("hex");
    return signatureOf(["AWS4-HMAC-SHA256", "20300506T070809Z", scope, digest].join("\n"));
  }
  const address = async () => new URL(await signedPicture(uploadId, "thumbnail", now));

  it("leads to one object for five minutes, shown in the browser as a JPEG whatever it is", async () => {
    const { origin, pathname, searchParams } = await address();
    expect(origin + pathname).toBe(
      `https://frontdesk-files.s3.us-east-1.amazonaws.com/images/${uploadId}/thumbnail.jpg`,
    );
    expect(Object.fromEntries(searchParams)).toEqual({
      "response-content-type": "image/jpeg",
      "response-content-disposition": 'inline; filename="thumbnail.jpg"',
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
      "X-Amz-Credential": `test/${scope}`,
      "X-Amz-Date": "20300506T070809Z",
      "X-Amz-Expires": "300",
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
  it.each([
    ["in AWS", {}],
    ["with temporary credentials", { AWS_SESSION_TOKEN: "a token/with+signs=" }],
    ["on another S3", { AWS_ENDPOINT_URL_S3: "http://localhost:3000/_s3" }],
  ])("is signed as AWS checks it, %s", async (_, environment: Record<string, string>) => {
    Object.assign(process.env, environment);
    const url = await address();
    expect(url.searchParams.get("X-Amz-Signature")).toBe(wantedSignature(url));
    expect(url.searchParams.get("X-Amz-Security-Token")).toBe(environment.AWS_SESSION_TOKEN ?? null);
    if (environment.AWS_ENDPOINT_URL_S3) {
      expect(url.href).toMatch(`http://localhost:3000/_s3/frontdesk-files/images/${uploadId}/thumbnail.jpg?`);
    }
  });
});
