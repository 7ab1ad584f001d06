import { beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../lib/operations.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { expectRefusal, faulty, missing, refused } from "../functions/practices/practices-contract.ts";
import { type ReadyCall, readyCallInSharedWorld, requestFor, takesBody } from "../kit/examples.ts";
import {
  call,
  expectOk,
  freshKey,
  isSuccess,
  leavesNoTrace,
  makePractice,
  makeUser,
  type Response,
  send,
} from "../kit/system.ts";
import { expectBadBody, expectTooLarge } from "./answers.ts";

const bodyBytesMax = 256 * 1024;

/** The operations of `/api/io`. */
const rows = documentedRows.filter(({ family }) => family === "practices");

type Body = Readonly<Record<string, unknown>>;
const bodyOf = (ready: ReadyCall) => (ready.body ?? {}) as Body;

/** Adds members to a JSON object's text, before or after its own. */
const withMembers = (body: object, before: string, behind = "") =>
  `{${[before, JSON.stringify(body).slice(1, -1), behind].filter((members) => members !== "").join(",")}}`;
/** The text of a body, with an unknown field that makes it this many bytes long. */
function padded(body: object, bytes: number, filling = "x"): string {
  const text = withMembers(body, `"stray":""`);
  const missing = bytes - Buffer.byteLength(text);
  const filled = text.replace(`"stray":""`, `"stray":"${filling.repeat(missing / Buffer.byteLength(filling))}"`);
  return filled + " ".repeat(bytes - Buffer.byteLength(filled));
}

/** Bodies that are not JSON objects. Arrays are not included, because portals accept them. */
const notObjects: readonly (readonly [string, string | Buffer])[] = [
  ["a text", '"text"'],
  ["a number", "7"],
  ["true", "true"],
  ["null", "null"],
  ["half an object", '{"auth":'],
  ["two objects", "{}{}"],
  ["an object with an additional comma", '{"a":1,}'],
  ["single quotes", "{'a':1}"],
  ["a bare control character in a text", '{"a":"\n"}'],
  ["an infinite number", '{"a":Infinity}'],
  ["a form", "auth=x&accountId=y"],
  ["XML", "<auth/>"],
  ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ["UTF-16", Buffer.from("{}", "utf16le")],
];

describe.each(documentedRows)("the addresses of $id", (row) => {
  it.each(row.paths)("answer at %s as documented", async (address) => {
    const ready = await readyCallInSharedWorld(row.id, requestFor(row.id, address));
    const response = await ready.send({}, { address });
    expect(isSuccess(response), response.text).toBe(true);
  });
});

describe.each(documentedRows.filter(takesBody))("a body of $id", (row) => {
  let scene: ReadyCall;
  beforeAll(async () => {
    scene = await readyCallInSharedWorld(row.id);
  });

  it.each(notObjects)("is refused if it is %s", async (_, raw) => {
    expectBadBody(row, await leavesNoTrace(() => scene.send({ raw })));
  });
  it("may have exactly 256 KiB", async () => {
    const text = JSON.stringify(bodyOf(scene));
    const raw = text + " ".repeat(bodyBytesMax - Buffer.byteLength(text));
    const response = await scene.send({ raw });
    expect(isSuccess(response), response.text).toBe(true);
  });
  it.each(["x", "ü", "🙂"])("is refused if it has 256 KiB and one byte, of %s", async (filling) => {
    const raw = padded(bodyOf(scene), bodyBytesMax + 1, filling);
    expect(Buffer.byteLength(raw)).toBe(bodyBytesMax + 1);
    expectTooLarge(row, await leavesNoTrace(() => scene.send({ raw })));
  });
  it("is refused as too large even if it is not JSON", async () => {
    expectTooLarge(row, await leavesNoTrace(() => scene.send({ raw: "x".repeat(bodyBytesMax + 1) })));
  });
  it("may have blanks around it and escapes in it", async () => {
    const escaped = JSON.stringify(bodyOf(scene)).replace(/[a-z]/, (letter) => `\\u00${hexOf(letter)}`);
    const response = await scene.send({ raw: `\r\n\t ${escaped}\n` });
    expect(isSuccess(response), response.text).toBe(true);
  });
});
const hexOf = (letter: string) => letter.charCodeAt(0).toString(16);

describe.each(rows)("$id", (row: Operation) => {
  let scene: ReadyCall;
  beforeAll(async () => {
    scene = await readyCallInSharedWorld(row.id);
  });
  /** Sends a good body in another form; it must succeed. */
  const succeeds = async (form: (body: Body) => string | Buffer | object, headers: Record<string, string> = {}) => {
    const formed = form(bodyOf(scene));
    const raw = typeof formed === "string" || Buffer.isBuffer(formed) ? formed : JSON.stringify(formed);
    return expectOk(scene.send({ raw, headers }));
  };
  const refuse = (raw: string | Buffer, headers: Record<string, string> = {}) => scene.send({ raw, headers });

  describe("2000 OK", () => {
    it("is JSON that must not be stored, with HTTP status 200", async () => {
      const { status, headers, json } = await scene.send();
      expect(status).toBe(200);
      expect(json).toMatchObject({ successful: true, responseMessage: "OK", responseCode: 2000 });
      expect(headers["content-type"]).toMatch(/^application\/json/);
      expect(headers["cache-control"]).toBe("no-store");
    });
    it.each([
      ["application/json"],
      ["application/json; charset=utf-16"],
      ["text/plain"],
      ["application/x-www-form-urlencoded"],
      ["multipart/form-data; boundary=x"],
      ["application/octet-stream"],
      ["nonsense"],
      [""],
    ])("does not depend on Content-Type: %s", async (contentType) => {
      await succeeds((body) => body, { "content-type": contentType });
    });
    it("does not depend on unknown fields, no matter what they contain", async () => {
      const stray = { stray: { deep: [null, { very: "deep" }] }, Auth: 1, toString: "x", hasOwnProperty: 0 };
      await succeeds((body) => ({ ...body, ...stray }));
    });
    it("does not depend on fields with names that JavaScript uses itself", async () => {
      const own = `"__proto__":{"polluted":true,"accountId":{}},"constructor":{"prototype":{"polluted":true}}`;
      await succeeds((body) => withMembers(body, own));
      await succeeds(({ auth = {}, ...body }) => withMembers(body, `"auth":${withMembers(auth as object, own)}`));
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });
    it("uses the last value of a repeated key", async () => {
      const wrong = JSON.stringify({ applicationId: "unknown", applicationPassword: "wrong" });
      await succeeds((body) => withMembers({ auth: {}, ...body }, `"auth":${wrong}`));
      if (row.tier !== "none") {
        const left = row.tier === "vendor" ? undefined : missing.practice;
        await refused(4010, () => refuse(withMembers(bodyOf(scene), "", `"auth":${wrong}`)), left);
      }
    });
    it("is answered to unknown fields that are nested 20,000 deep", async () => {
      const deep = "[".repeat(20_000) + "]".repeat(20_000);
      await succeeds((body) => withMembers(body, `"stray":${deep}`));
    });
    it.each([["x"], ["ü"], ["🙂"]])("is answered to a body of exactly 256 KiB, of %s", async (filling) => {
      for (const contentType of ["application/json", "application/x"]) {
        await succeeds(
          (body) => {
            const text = padded(body, bodyBytesMax, filling);
            expect(Buffer.byteLength(text)).toBe(bodyBytesMax);
            return text;
          },
          { "content-type": contentType },
        );
      }
    });
  });

  it.each([["x"], ["ü"], ["🙂"]])("4020 does not depend on Content-Type either: a body of %s", async (filling) => {
    const body = padded(bodyOf(scene), bodyBytesMax + 1, filling);
    await refused(4020, () => refuse(body, { "content-type": "application/octet-stream" }));
  });

  describe("4000 Bad Request", () => {
    const others: typeof notObjects = [
      ["an empty body", ""],
      ["a blank body", " \n"],
      ["an array", "[{}]"],
    ];
    it.each([...others, ...notObjects])("is answered to %s with any Content-Type", async (_, body) => {
      for (const contentType of ["application/json", "application/octet-stream", "application/x-www-form-urlencoded"]) {
        await refused(4000, () => refuse(body, { "content-type": contentType }));
      }
    });
    it("is answered before credentials are checked, also those in headers", async () => {
      const authorization = `Basic ${Buffer.from("unknown:wrong").toString("base64")}`;
      await refused(4000, () => refuse("{", { authorization }));
    });
  });

  it("answers a failure with the three keys of the envelope and none of a result, not even as null", async () => {
    const failures: Response[] = [await refuse("{"), await refuse("x".repeat(bodyBytesMax + 1))];
    if (row.tier !== "none") failures.push(await refuse(JSON.stringify({ ...bodyOf(scene), auth: {} })));
    for (const { status, headers, json } of failures) {
      expect(Object.keys(json).sort()).toEqual(["responseCode", "responseMessage", "successful"]);
      expect(json).toEqual({
        successful: false,
        responseMessage: expect.any(String),
        responseCode: expect.any(Number),
      });
      expect(status).toBe(200);
      expect(headers["content-type"]).toMatch(/^application\/json/);
      expect(headers["cache-control"]).toBe("no-store");
    }
  });

  it("answers any verb but POST with HTTP 405 and Allow: POST at every path", async () => {
    for (const address of row.paths) {
      for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]) {
        const raw = method === "GET" ? "" : JSON.stringify(bodyOf(scene));
        const response = await scene.send({ raw }, { method, address });
        const { status, headers } = response;
        expect({ address, method, status, allow: headers.allow }).toEqual({
          address,
          method,
          status: 405,
          allow: "POST",
        });
        expectUnmatched(response);
      }
    }
  });
});

const unmatched = { successful: false, responseMessage: "Bad Request", responseCode: 4000 };
const expectUnmatched = ({ headers, json }: Response) => {
  expect(json).toEqual(unmatched);
  expect(headers["content-type"]).toMatch(/^application\/json/);
  expect(headers["cache-control"]).toBe("no-store");
};

let auth: Awaited<ReturnType<typeof makeUser>>;
beforeAll(async () => {
  auth = await makeUser(await makePractice({ accountId: "target" }), { userId: "user" });
});

describe("unknown methods", () => {
  it.each(["NoSuchMethod", "noSuchMethod", "PING", "pINg", "Ping/", "Ping/Ping", "", "%", "__proto__", "constructor"])(
    "are answered with HTTP 404: %j",
    async (name) => {
      for (const path of [`/api/io/${name}`, `/io/${name}`]) {
        const response = await send("POST", path, { body: { auth } });
        expect({ path, status: response.status }).toEqual({ path, status: 404 });
        expect(response.headers.allow).toBeUndefined();
        expectUnmatched(response);
      }
    },
  );
  it("never answer a POST with Allow: POST, even if its path is encoded", async () => {
    const { status, headers } = await send("POST", "/api/io/%50ing", { body: {} });
    expect({ status, allow: headers.allow }).not.toEqual({ status: 405, allow: "POST" });
  });
});

describe("fields with names that JavaScript uses itself", () => {
  it("do not replace fields that are missing", async () => {
    const { userId, accountId, ...vendor } = auth;
    const disguised = `"__proto__":{"accountId":"disguised","name":"Disguised"}`;
    await refused(4110, () => send("POST", "/io/PracticeCreate", { body: withMembers({ auth: vendor }, disguised) }));
    const body = withMembers({ auth: vendor, accountId: freshKey() }, disguised);
    await faulty(["name"], () => send("POST", "/io/PracticeCreate", { body }));
    const inAuth = `{"auth":{"__proto__":${JSON.stringify(auth)}}}`;
    await refused(4010, () => send("POST", "/io/PingWithAuth", { body: inAuth }), missing.credentials);
  });
});

describe("a repeated key", () => {
  it("has its last value, at any place", async () => {
    const [first, last] = [freshKey(), freshKey()];
    const body = withMembers({ auth }, `"accountId":"${first}","name":"First"`, `"name":"Last","accountId":"${last}"`);
    expect((await expectOk(send("POST", "/io/PracticeCreate", { body }))).accountId).toBe(last);
    expect((await expectOk(call("PracticeGet", { auth, accountId: last }))).practice.name).toBe("Last");
    expectRefusal(await call("PracticeGet", { auth, accountId: first }), 4131);
  });
  it("is absent when its last value is null", async () => {
    const body = withMembers({ auth, accountId: "target" }, `"name":"First"`, `"name":null`);
    await faulty(["name"], () => send("POST", "/io/PracticeUpdate", { body }));
  });
});

describe("nesting", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  it("is refused in a text field, at any depth", async () => {
    const body = withMembers({ auth, accountId: freshKey() }, `"name":${deep(50_000)}`);
    const response = await leavesNoTrace(() => send("POST", "/io/PracticeCreate", { body }));
    expect(response.json).toMatchObject({ successful: false, responseCode: 4060, errors: [{ field: "name" }] });
  });
  it("is answered 4000 in place of auth, at any depth", async () => {
    await refused(4000, () => send("POST", "/io/Ping", { body: `{"auth":${deep(100_000)}}` }));
  });
});
