import type { APIGatewayProxyEventV2 } from "aws-lambda";
import fc from "fast-check";
import type { Change } from "../../../openapi/describe.ts";
import type { SendingOptions } from "../../kit/examples.ts";
import { mark } from "./values.ts";

/** Requests that follow no description: bodies, encodings, queries, paths, headers and methods. */

/** What becomes of a request. */
export interface Garbage {
  readonly change: Change;
  readonly options: SendingOptions;
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));
const noise = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("\u0000", "\ud800", "%", mark, ""),
);

/** Bodies that are made of the text of a good one. */
const spoilt = (good: string): fc.Arbitrary<string | Buffer> =>
  fc.oneof(
    fc.integer({ min: 0, max: good.length }).map((end) => good.slice(0, end)),
    fc
      .tuple(fc.integer({ min: 0, max: good.length }), noise)
      .map(([at, text]) => good.slice(0, at) + text + good.slice(at)),
    fc.constantFrom(
      good + good,
      `[${good}]`,
      `\ufeff${good}`,
      `${"[".repeat(60_000)}${"]".repeat(60_000)}`,
      `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`,
      good.replace(/\}$/, `,"__proto__":{"polluted":"${mark}"},"constructor":{"prototype":{"polluted":1}}}`),
      good.replace(/^\{/, `{"auth":null,"email":1,"name":"${mark}",`),
      good.replace(/\}$/, ',"limit":1e400,"id":-0,"userId":9007199254740993}'),
      good.replaceAll('":"', `":"${mark}\\u0000`),
      good.replaceAll('":"', '":"\\ud83d'),
      Buffer.from(good, "utf16le"),
      Buffer.concat([Buffer.from(good), Buffer.from([0xff, 0xfe, 0xf1])]),
    ),
    bytes,
  );

const pieces = "a b email name first password where limit sort paths include expand __proto__ constructor auth".split(
  " ",
);
/** Queries and forms: names in brackets, percent escapes that are none, and repetitions. */
const pairs = fc
  .array(
    fc.tuple(
      fc.constantFrom(...pieces),
      fc.array(fc.constantFrom("[]", "[a]", "[0]", "[__proto__]", "[", "]", "[%00]", ".b", "[99999999]"), {
        maxLength: 3,
      }),
      fc.constantFrom("=", "=", "", "=="),
      fc.constantFrom(
        "1",
        "-1",
        "1e3",
        "%",
        "%ff",
        "%00",
        "%ED%A0%80",
        "+",
        mark,
        "true",
        `{"a":"${mark}"}`,
        "x".repeat(2000),
      ),
    ),
    { maxLength: 6 },
  )
  .map((all) =>
    all
      .map(([name, below, sign, value]) => `${name}${below.join("")}${sign}${encodeURI(value).replaceAll("%25", "%")}`)
      .join("&"),
  );

const headerNames = [
  ...[
    "authorization",
    "x-account-id",
    "x-user-id",
    "medable-client-key",
    "medable-csrf-token",
    "cookie",
    "origin",
    "accept",
  ],
  ...["content-type", "content-encoding", "content-length", "transfer-encoding", "idempotency-key", "host", "referer"],
  ...["x-forwarded-for", "if-none-match", "range", "accept-language", "user-agent", "expect", "x-http-method-override"],
];
const headerValue = fc.oneof(
  fc.constantFrom("", " ", "x", mark, "Basic", "Basic %%%", `Basic ${mark}`, "Individual Og==", "Bearer x.y.z", "null"),
  fc.constantFrom(
    "md.sid=",
    "md.sid=x; md.sid=y",
    ";;=;",
    "md.loc=%ff",
    "__proto__=1",
    "application/json; charset=utf-7",
  ),
  fc.constantFrom(
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "gzip",
    "0",
    "-1",
    "99999999999",
  ),
  fc.constantFrom("https://evil.example", "a,b,c", "x".repeat(6000), "é", "\u0007", "chunked"),
  fc.string({ unit: "binary-ascii", maxLength: 30 }),
);
const headers = fc.dictionary(fc.constantFrom(...headerNames), headerValue, { minKeys: 1, maxKeys: 3 });

const segment = fc.oneof(
  fc.constantFrom(
    "%",
    "%ff",
    "%00",
    "..",
    "%2e%2e",
    "%2F",
    "a%2Fb",
    "me",
    "__proto__",
    "constructor",
    "-1",
    "1e3",
    "x".repeat(300),
  ),
  fc.string({ unit: "binary", maxLength: 8 }).map((each) => encodeURIComponent(each.toWellFormed())),
);
const variables = ["id", "token", "property", "path", "name", "userId", "therapistUserId", "org", "connection"];
const path = fc.dictionary(fc.constantFrom(...variables), segment, { minKeys: 1, maxKeys: 3 });

/** Events as no gateway of ours makes them. */
const events: readonly ((event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2)[] = [
  (event) => ({ ...event, isBase64Encoded: !event.isBase64Encoded }),
  (event) => ({ ...event, isBase64Encoded: true, body: `${event.body ?? ""}====` }),
  (event) => ({ ...event, body: `${mark}\u0000\ud800` }),
  ({ body: _, ...event }) => event,
  ({ queryStringParameters: _, cookies: __, ...event }) => event,
  (event) => ({ ...event, rawQueryString: "%=%&&&===%ff" }),
  (event) => ({ ...event, cookies: ["", "=", "md.sid", `md.sid=${mark}`, "a=b=c"] }),
];

/** @param methods that garbage may use instead of the operation's */
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get"];

/** Garbage for a request whose body is `good`. */
export function garbageFor(good: string): fc.Arbitrary<Garbage> {
  const body = spoilt(good).map((raw) => ({ change: { raw }, options: {} }));
  const form = pairs.map((raw) => ({
    change: { raw, headers: { "content-type": "application/x-www-form-urlencoded" } },
    options: {},
  }));
  return fc.oneof(
    { weight: 4, arbitrary: body },
    { weight: 2, arbitrary: form },
    { weight: 2, arbitrary: pairs.map((rawQuery) => ({ change: { rawQuery }, options: {} })) },
    { weight: 3, arbitrary: headers.map((own) => ({ change: { headers: own }, options: {} })) },
    { weight: 2, arbitrary: path.map((own) => ({ change: { path: own }, options: {} })) },
    { weight: 2, arbitrary: fc.constantFrom(...events).map((event) => ({ change: {}, options: { event } })) },
    { weight: 1, arbitrary: fc.constantFrom(...methods).map((method) => ({ change: {}, options: { method } })) },
  );
}
