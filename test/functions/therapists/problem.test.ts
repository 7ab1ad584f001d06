import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { documents } from "../../../lib/table/client.ts";
import { realClock } from "../../kit/slow-clock.ts";
import { leavesNoTrace, makePractice, send, type TableRequest, type TestPractice } from "../../kit/system.ts";
import { expectProblem, get, headersOf, organizationsPath, profilePath, sourceProfile } from "./therapists-contract.ts";

realClock();

let auth: TestPractice;
beforeAll(async () => {
  auth = await makePractice();
});

const posts: readonly [path: string, body: object, status: number][] = [
  [organizationsPath, { name: "Made" }, 201],
  [profilePath, { ...sourceProfile, userId: "saved" }, 200],
];

describe.each(posts)("POST %s", (path, fields, success) => {
  const post = (body: unknown, headers: Record<string, string> = {}, remainingMs = 15_000) =>
    send("POST", path, { headers: { ...headersOf(auth), ...headers }, body, remainingMs });

  it("answers with and without the slash at the end", async () => {
    for (const one of [path, path.replace(/\/$/, "")]) {
      expect((await send("POST", one, { headers: headersOf(auth), body: fields })).status).toBe(success);
    }
  });

  it.each(["", "{", "null", "[]", "1", '"text"', "true", "undefined", "{} {}", "\ufeff\ufeff{}"])(
    "answers 400 to a body that is not a JSON object, %j",
    async (body) => {
      expectProblem(await leavesNoTrace(() => post(body)), 400, [""]);
    },
  );

  it("answers 400 to a body that is not UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expectProblem(await leavesNoTrace(() => post(bytes, { "content-type": "application/vnd.api+json" })), 400, [""]);
  });

  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "APPLICATION/JSON",
    " application/json ; version=1",
    "application/vnd.api+json",
    "application/vnd.frontdesk.v1+json; charset=utf-8",
    "application/problem+json",
  ])("accepts %s as JSON", async (type) => {
    expect((await post(fields, { "content-type": type })).status).toBe(success);
  });

  it.each([
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonp",
    "application/json-patch",
    "application/json, text/plain",
    "json",
    "+json",
    "",
    "text/plain; application/json",
  ])("answers 415 to %j, and writes nothing", async (type) => {
    expectProblem(await leavesNoTrace(() => post(fields, { "content-type": type })), 415);
  });

  it("answers 415 to a body without a Content-Type", async () => {
    expectProblem(await leavesNoTrace(() => post(fields, { "content-type": undefined as never })), 415);
  });

  it("answers 413 to a body of more than 256 KiB, and accepts one of exactly 256 KiB", async () => {
    const padded = (bytes: number) => {
      const text = JSON.stringify({ ...fields, padding: "" });
      return text.replace('"padding":""', `"padding":"${"x".repeat(bytes - text.length)}"`);
    };
    expect((await post(padded(256 * 1024))).status).toBe(success);
    expectProblem(await leavesNoTrace(() => post(padded(256 * 1024 + 1))), 413);
    expectProblem(
      await leavesNoTrace(() => post(Buffer.from(padded(256 * 1024 + 1)), { "content-type": "a/b+json" })),
      413,
    );
  });

  it("answers 405 with Allow to other methods", async () => {
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]) {
      const response = await leavesNoTrace(() => send(method, path, { headers: headersOf(auth) }));
      expectProblem(response, 405);
      expect(response.headers.allow?.split(", ").toSorted().join(", ")).toBe("GET, POST");
    }
  });

  it("answers 500 without detail to anything unexpected", async () => {
    documents.middlewareStack.add(
      () => () => {
        throw new Error("a secret of the engine");
      },
      { step: "initialize", name: "broken" },
    );
    const response = await post(fields).finally(() => documents.middlewareStack.remove("broken"));
    expect([response.status, response.headers]).toEqual([
      500,
      {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
      },
    ]);
    expect(response.json).toEqual({
      type: "/docs/errors.html#therapists-500",
      title: "Internal Server Error",
      status: 500,
      instance: expect.stringMatching(/./),
    });
  });

  it("answers 503 with Retry-After when simultaneous writes always come first, and writes nothing", async () => {
    let tries = 0;
    documents.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName !== "TransactWriteItemsCommand") return next(args);
          tries += 1;
          const CancellationReasons = [{ Code: "TransactionConflict" }];
          throw new TransactionCanceledException({ $metadata: {}, message: "busy", CancellationReasons });
        },
      { step: "initialize", name: "contended" },
    );
    // The counter of organization ids may grow: callers do not notice a gap between ids.
    const reservesNumber = ({ input }: TableRequest) => input.Key?.sk === "COUNTER#ORG";
    // With 8 s left, a call retries for one second, which is enough for eight tries, however long their random pauses.
    const response = await leavesNoTrace(() => post(fields, {}, 8000), reservesNumber).finally(() =>
      documents.middlewareStack.remove("contended"),
    );
    expectProblem(response, 503);
    expect(response.headers["retry-after"]).toBe("1");
    expect(tries).toBeGreaterThanOrEqual(8);
  });
});

describe("GET", () => {
  it("ignores the body and its type", async () => {
    const headers = { ...headersOf(auth), "content-type": "text/plain" };
    const { status } = await send("GET", organizationsPath, { headers, body: "x".repeat(300 * 1024) });
    expect([200, 204]).toContain(status);
  });

  it("ignores query parameters other than limit and cursor", async () => {
    expect([200, 204]).toContain((await get(auth, `${organizationsPath}?page=2&__proto__=x&id=1&id=2`)).status);
  });
});

it("puts the request id of each request into its problem", async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => get(auth, `${profilePath}nobody/`)));
  expect(new Set(answers.map(({ json }) => json.instance)).size).toBe(5);
});
