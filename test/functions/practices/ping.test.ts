import { describe, expect, it } from "vitest";
import { call, makePractice, makeUser } from "../../kit/system.ts";

const ok = { successful: true, responseMessage: "OK", responseCode: 2000 };

describe("2000 OK", () => {
  it.each([
    ["an empty object", {}],
    ["empty credentials", { auth: {} }],
    ["no credentials", { auth: null }],
    ["blank credentials", { auth: "" }],
    ["wrong credentials", { auth: { applicationId: "nobody", applicationPassword: "wrong" } }],
    ["junk in credentials", { auth: { accountId: {}, userId: [], loginId: 1 } }],
    ["stray fields", { anything: ["goes"], accountId: {} }],
  ])("answers the bare envelope to %s", async (_, body) => {
    const { status, json } = await call("Ping", body);
    expect(json).toEqual(ok);
    expect(status).toBe(200);
  });
  it("answers to credentials of any tier", async () => {
    const user = await makeUser(await makePractice());
    expect((await call("Ping", { auth: user })).json).toEqual(ok);
  });
});

describe("4000 Bad Request", () => {
  it.each([["text"], [7], [true], [[]]])("refuses auth %j, which is not an object", async (auth) => {
    const { status, json } = await call("Ping", { auth });
    expect(json).toEqual({ successful: false, responseMessage: "Bad Request", responseCode: 4000 });
    expect(status).toBe(200);
  });
});
