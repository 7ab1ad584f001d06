import { S3Refusal } from "./s3-refusal.ts";
import { checkText, type Signers } from "./s3-signature.ts";

/** An object that a form asks to store. */
export interface PostedObject {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The status that the form asks for. */
  readonly status: 200 | 201 | 204;
}

/** A condition of a policy: a field has a value, or begins with it, or the file's length is in a range. */
type Condition = Readonly<Record<string, string>> | readonly [string, string | number, string | number];

interface Policy {
  readonly expiration: string;
  readonly conditions: readonly Condition[];
}

/** Fields that no condition needs to name. */
const free = (name: string) => ["policy", "x-amz-signature", "file"].includes(name) || name.startsWith("x-ignore-");

/**
 * Reads the form of a PostObject, and checks its policy and signature.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @throws S3Refusal
 */
export async function readForm(
  bucket: string,
  contentType: string,
  body: Buffer,
  signers: Signers,
): Promise<PostedObject> {
  const { fields, file } = await partsOf(contentType, body);
  const field = (name: string) => fields.get(name) ?? "";
  if (!field("policy")) throw new S3Refusal("AccessDenied", "Access Denied");
  if (field("x-amz-algorithm") !== "AWS4-HMAC-SHA256") throw new S3Refusal("InvalidArgument", "x-amz-algorithm");
  const signed = {
    credential: field("x-amz-credential"),
    date: field("x-amz-date"),
    signature: field("x-amz-signature"),
  };
  await checkText(field("policy"), signed, signers);
  checkPolicy(policyIn(field("policy")), new Map([...fields, ["bucket", bucket]]), file.length, signers.now);
  if (!field("key")) throw new S3Refusal("InvalidArgument", "Bucket POST must contain a field named 'key'.");
  const status = ([200, 201, 204] as const).find((each) => String(each) === field("success_action_status")) ?? 204;
  return { key: field("key"), contentType: field("content-type") || "binary/octet-stream", bytes: file, status };
}

/** The fields before the file, by lower-case name, and the file. S3 ignores what comes after the file. */
async function partsOf(contentType: string, body: Buffer): Promise<{ fields: Map<string, string>; file: Buffer }> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } })
    .formData()
    .catch(() => {
      throw new S3Refusal("MalformedPOSTRequest");
    });
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (name.toLowerCase() !== "file") fields.set(name.toLowerCase(), String(value));
    else
      return { fields, file: typeof value === "string" ? Buffer.from(value) : Buffer.from(await value.arrayBuffer()) };
  }
  throw new S3Refusal("InvalidArgument", "POST requires exactly one file upload per request.");
}

function policyIn(text: string): Policy {
  try {
    const policy = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    if (typeof policy.expiration === "string" && Array.isArray(policy.conditions)) return policy;
  } catch {
    // Refused below.
  }
  throw new S3Refusal("InvalidPolicyDocument");
}

function checkPolicy(policy: Policy, fields: ReadonlyMap<string, string>, fileBytes: number, now: Date): void {
  if (!(now.getTime() < Date.parse(policy.expiration))) {
    throw new S3Refusal("AccessDenied", "Invalid according to Policy: Policy expired.");
  }
  const named = new Set<string>(["bucket"]);
  for (const condition of policy.conditions) {
    for (const [kind, first, second] of inFull(condition)) {
      if (kind === "content-length-range") {
        if (fileBytes < Number(first)) throw new S3Refusal("EntityTooSmall");
        if (fileBytes > Number(second)) throw new S3Refusal("EntityTooLarge");
        continue;
      }
      const name = String(first).replace(/^\$/, "").toLowerCase();
      const value = fields.get(name) ?? "";
      named.add(name);
      const isMet = kind === "starts-with" ? value.startsWith(String(second)) : kind === "eq" && value === second;
      if (isMet) continue;
      const text = JSON.stringify([kind, first, second]);
      throw new S3Refusal("AccessDenied", `Invalid according to Policy: Policy Condition failed: ${text}`);
    }
  }
  const extra = [...fields.keys()].filter((name) => !free(name) && !named.has(name));
  if (extra.length > 0) {
    throw new S3Refusal("AccessDenied", `Invalid according to Policy: Extra input fields: ${extra.join(", ")}`);
  }
}

/** A condition in the long form. `{ key: "a" }` means `["eq", "$key", "a"]`. */
const inFull = (condition: Condition): readonly (readonly [string, string | number, string | number])[] =>
  isTriple(condition) ? [condition] : Object.entries(condition).map(([name, value]) => ["eq", `$${name}`, value]);

const isTriple = (condition: Condition): condition is readonly [string, string | number, string | number] =>
  Array.isArray(condition);
