import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, faulty, missing, refused } from "../functions/practices/practices-contract.ts";
import { call, expectOk, leavesNoTrace, makeUser, type Response, send } from "../kit/system.ts";
import { freshKey, leastBody, makeTargets, type Row, rows } from "./practices.ts";

const bodyBytesMax = 256 * 1024;

let auth: { applicationId: string; applicationPassword: string; accountId: string; userId: string };
beforeAll(async () => {
  auth = await makeUser(await makeTargets(), { userId: "user" });
});
/** A body with which the row succeeds. */
const goodBody = (row: Row) => ({ auth, ...leastBody(row) });
const post = (row: Row, body: unknown, headers = {}) => send("POST", row.paths[0] as string, { body, headers });
/** Puts further members into a JSON object's text, before its own or behind them. */
const withMembers = (body: object, before: string, behind = "") =>
  `{${[before, JSON.stringify(body).slice(1, -1), behind].filter((members) => members !== "").join(",")}}`;
/** The text of a body with a stray field that makes it so many bytes long. */
function padded(body: object, bytes: number, filling = "x"): string {
  const text = withMembers(body, `"stray":""`);
  const missing = bytes - Buffer.byteLength(text);
  const filled = text.replace(`"stray":""`, `"stray":"${filling.repeat(missing / Buffer.byteLength(filling))}"`);
  return filled + " ".repeat(bytes - Buffer.byteLength(filled));
}

describe.each(rows)("$id", (row: Row) => {
  describe("2000 OK", () => {
    it.each([...row.paths])("is answered at %s", async (path) => {
      await expectOk(send("POST", path, { body: goodBody(row) }));
    });
    it("is JSON that must not be stored, with HTTP status 200", async () => {
      const { status, headers, json } = await post(row, goodBody(row));
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
      await expectOk(post(row, goodBody(row), { "content-type": contentType }));
    });
    it("does not depend on unknown fields, whatever they hold", async () => {
      const stray = { stray: { deep: [null, { very: "deep" }] }, Auth: 1, toString: "x", hasOwnProperty: 0 };
      await expectOk(post(row, { ...goodBody(row), ...stray }));
    });
    it("does not depend on fields named as JavaScript's own", async () => {
      const own = `"__proto__":{"polluted":true,"accountId":{}},"constructor":{"prototype":{"polluted":true}}`;
      await expectOk(post(row, withMembers(goodBody(row), own)));
      await expectOk(post(row, withMembers(leastBody(row), `"auth":${withMembers(auth, own)}`)));
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });
    it("lets the last of a repeated key win", async () => {
      const wrong = JSON.stringify({ applicationId: "unknown", applicationPassword: "wrong" });
      await expectOk(post(row, withMembers(goodBody(row), `"auth":${wrong}`)));
      if (row.tier !== "none") {
        const left = row.tier === "vendor" ? undefined : missing.practice;
        await refused(4010, () => post(row, withMembers(goodBody(row), "", `"auth":${wrong}`)), left);
      }
    });
    it("allows blanks around a body and escapes in it", async () => {
      const escaped = JSON.stringify(goodBody(row)).replace("auth", "\\u0061uth");
      await expectOk(post(row, `\r\n\t ${escaped}\n`));
    });
    it("allows stray fields that are nested 20,000 deep", async () => {
      const deep = "[".repeat(20_000) + "]".repeat(20_000);
      await expectOk(post(row, withMembers(goodBody(row), `"stray":${deep}`)));
    });
    it.each([["x"], ["ü"], ["🙂"]])("allows a body of exactly 256 KiB, of %s", async (filling) => {
      const body = padded(goodBody(row), bodyBytesMax, filling);
      expect(Buffer.byteLength(body)).toBe(bodyBytesMax);
      await expectOk(post(row, body));
      await expectOk(post(row, padded(goodBody(row), bodyBytesMax, filling), { "content-type": "application/x" }));
    });
  });

  describe("4020 Bad Request: Request likely too large", () => {
    it.each([["x"], ["ü"], ["🙂"]])("is answered to a body of 256 KiB and one byte, of %s", async (filling) => {
      const body = padded(goodBody(row), bodyBytesMax + 1, filling);
      expect(Buffer.byteLength(body)).toBe(bodyBytesMax + 1);
      await refused(4020, () => post(row, body));
      await refused(4020, () => post(row, body, { "content-type": "application/octet-stream" }));
    });
    it("is answered to a large body that is no JSON either", async () => {
      await refused(4020, () => post(row, "x".repeat(bodyBytesMax + 1)));
    });
  });

  describe("4000 Bad Request", () => {
    it.each([
      ["no body", undefined],
      ["an empty body", ""],
      ["a blank body", " \n"],
      ["an array", [{}]],
      ["a text", '"text"'],
      ["a number", "7"],
      ["true", "true"],
      ["null", "null"],
      ["half an object", '{"auth":'],
      ["two objects", "{}{}"],
      ["an object with a comma too many", '{"a":1,}'],
      ["single quotes", "{'a':1}"],
      ["a bare control character in a text", '{"a":"\n"}'],
      ["an infinite number", '{"a":Infinity}'],
      ["a form", "auth=x&accountId=y"],
      ["XML", "<auth/>"],
      ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ["UTF-16", Buffer.from("{}", "utf16le")],
    ])("is answered to %s", async (_, body) => {
      const contentType = Buffer.isBuffer(body) ? "application/octet-stream" : "application/json";
      await refused(4000, () => post(row, body, { "content-type": contentType }));
    });
    it("is answered before credentials are looked at, also to those in headers", async () => {
      const authorization = `Basic ${Buffer.from("unknown:wrong").toString("base64")}`;
      await refused(4000, () => post(row, "{", { authorization }));
    });
  });

  it("answers a failure with the three keys of the envelope and none of a result, not even as null", async () => {
    const failures: Response[] = [await post(row, "{"), await post(row, "x".repeat(bodyBytesMax + 1))];
    if (row.tier !== "none") failures.push(await post(row, { auth: {} }));
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
});

describe("paths and verbs", () => {
  const unmatched = { successful: false, responseMessage: "Bad Request", responseCode: 4000 };
  const expectUnmatched = ({ headers, json }: Response) => {
    expect(json).toEqual(unmatched);
    expect(headers["content-type"]).toMatch(/^application\/json/);
    expect(headers["cache-control"]).toBe("no-store");
  };

  it.each(rows)("answer any verb but POST with HTTP 405 and Allow: POST at every path of $id", async (row: Row) => {
    for (const path of row.paths) {
      for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]) {
        const response = await send(method, path, method === "GET" ? {} : { body: goodBody(row) });
        const { status, headers } = response;
        expect({ path, method, status, allow: headers.allow }).toEqual({ path, method, status: 405, allow: "POST" });
        expectUnmatched(response);
      }
    }
  });
  it.each(["NoSuchMethod", "noSuchMethod", "PING", "pINg", "Ping/", "Ping/Ping", "", "%", "__proto__", "constructor"])(
    "answer HTTP 404 at a method that there is not: %j",
    async (name) => {
      for (const path of [`/api/io/${name}`, `/io/${name}`]) {
        const response = await send("POST", path, { body: { auth } });
        expect({ path, status: response.status }).toEqual({ path, status: 404 });
        expect(response.headers.allow).toBeUndefined();
        expectUnmatched(response);
      }
    },
  );
  it("never tell a POST that POST is what is allowed, however its path is encoded", async () => {
    const { status, headers } = await send("POST", "/api/io/%50ing", { body: {} });
    expect({ status, allow: headers.allow }).not.toEqual({ status: 405, allow: "POST" });
  });
});

describe("fields named as JavaScript's own", () => {
  it("do not stand in for fields that are missing", async () => {
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
  it("counts with its last value, wherever it stands", async () => {
    const [first, last] = [freshKey(), freshKey()];
    const body = withMembers({ auth }, `"accountId":"${first}","name":"First"`, `"name":"Last","accountId":"${last}"`);
    expect((await expectOk(send("POST", "/io/PracticeCreate", { body }))).accountId).toBe(last);
    expect((await expectOk(call("PracticeGet", { auth, accountId: last }))).practice.name).toBe("Last");
    expectRefusal(await call("PracticeGet", { auth, accountId: first }), 4131);
  });
  it("is absent when its last value is", async () => {
    const body = withMembers({ auth, accountId: "target" }, `"name":"First"`, `"name":null`);
    await faulty(["name"], () => send("POST", "/io/PracticeUpdate", { body }));
  });
});

describe("nesting", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  it("is a fault in a field that is a text, however deep", async () => {
    const body = withMembers({ auth, accountId: freshKey() }, `"name":${deep(50_000)}`);
    const response = await leavesNoTrace(() => send("POST", "/io/PracticeCreate", { body }));
    expect(response.json).toMatchObject({ successful: false, responseCode: 4060, errors: [{ field: "name" }] });
  });
  it("is 4000 in place of auth, however deep", async () => {
    await refused(4000, () => send("POST", "/io/Ping", { body: `{"auth":${deep(100_000)}}` }));
  });
});
