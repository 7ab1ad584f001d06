import { describe, expect, it } from "vitest";
import { logger } from "../../lib/api/log.ts";
import { accessLog } from "../../lib/audit/access-note.ts";
import { descriptionOf, descriptions } from "../../openapi/descriptions.ts";
import { headersOf } from "../functions/therapists/therapists-contract.ts";
import { documentedRow, readyCallInSharedWorld, requestsOf, takesBody } from "../kit/examples.ts";
import { engineError, throughProxy } from "../kit/proxy.ts";
import { call, isSuccess, makePractice, makeUser, type Response, send } from "../kit/system.ts";

/** Answers tell which fields of the request were ignored (contract practices §1). */

const ignored = ({ headers }: Response) => headers["frontdesk-ignored"];

const all = descriptions.map(({ id }) => documentedRow(id));
const told = all.filter(({ family }) => family !== "accounts");
const portals = all.filter(({ family }) => family === "accounts");

describe.each(told)("$id", (row) => {
  const { id } = row;
  const change = (fields: Readonly<Record<string, string>>) => (takesBody(row) ? { body: fields } : { query: fields });
  const strays = change({ stray: "1", "Ünknown field": "2", constructor: "3" });
  const names = "stray, %C3%9Cnknown%20field, constructor";

  it("tells nothing when every field is known", async () => {
    for (const [name] of requestsOf(descriptionOf(id))) {
      const ready = await readyCallInSharedWorld(id, name);
      expect(ignored(await ready.send()), name).toBeUndefined();
    }
  });
  it("names the fields that it ignored, in a success, and is otherwise the same", async () => {
    const ready = await readyCallInSharedWorld(id);
    const plain = await ready.send();
    const answer = await ready.send(strays);
    expect([isSuccess(answer), answer.status, ignored(answer)]).toEqual([true, plain.status, names]);
  });
  it("names them in a refusal and in an internal failure too", async () => {
    const ready = await readyCallInSharedWorld(id);
    const internal = await throughProxy(
      async () => engineError("AccessDeniedException"),
      () => ready.send(strays),
    );
    expect(ignored(internal)).toBe(names);
    const auth = { applicationId: "nobody", applicationPassword: "x" };
    const fields = { ...auth, ...(takesBody(row) ? { auth } : {}) };
    const basic = { authorization: `Basic ${Buffer.from("nobody:x").toString("base64")}` };
    const refused = await send(row.method, `${row.paths[0]?.replaceAll(/\{\w+\}/g, "1")}?stray=1`, {
      headers: basic,
      body: takesBody(row) ? { ...fields, stray: "1" } : undefined,
    });
    expect(isSuccess(refused)).toBe(row.tier === "none");
    expect(ignored(refused)?.split(", ").at(-1)).toBe("stray");
  });
});

describe.each(portals)("$id, an operation of portals", ({ id }) => {
  it("tells nothing", async () => {
    const row = documentedRow(id);
    const ready = await readyCallInSharedWorld(id);
    const change =
      takesBody(row) && !Array.isArray(ready.body) ? { body: { c_stray: "1" } } : { query: { c_stray: "1" } };
    expect(ignored(await ready.send(change))).toBeUndefined();
  });
});

describe("the header", () => {
  const answerTo = (body: unknown) => call("Ping", body);
  const headerFor = async (...names: string[]) =>
    ignored(await answerTo(`{${names.map((name) => `${JSON.stringify(name)}:1`).join()}}`));

  it("has at most 20 names, in the order of the request", async () => {
    const names = Array.from({ length: 60_000 }, (_, place) => `f${place}`.slice(0, 4 + (place % 3)));
    const many = [...new Set(names)].slice(0, 20_000);
    expect(await headerFor(...many)).toBe(many.slice(0, 20).join(", "));
  });
  it.each([
    ["a\r\nSet-Cookie: x=1", "a%0D%0ASet-Cookie%3A%20x%3D1"],
    ["a\u2028b", "a%E2%80%A8b"],
    ["a\u0085b", "a%C2%85b"],
    ["größe", "gr%C3%B6%C3%9Fe"],
    ["🙂", "%F0%9F%99%82"],
    ["\ud800", "%EF%BF%BD"],
    ["a, b", "a%2C%20b"],
    ["50%", "50%25"],
    ["!~*'()", "%21%7E%2A%27%28%29"],
    ["__proto__", "__proto__"],
    ["constructor", "constructor"],
    ["toString", "toString"],
    ["hasOwnProperty", "hasOwnProperty"],
    ["x".repeat(64), "x".repeat(64)],
    ["x".repeat(65), `${"x".repeat(64)}...`],
    ["ü".repeat(10_000), `${"%C3%BC".repeat(10)}...`],
    ["x".repeat(10_000), `${"x".repeat(64)}...`],
  ])("percent-encodes everything but letters and digits of ASCII, and cuts long names: %j", async (name, expected) => {
    expect(await headerFor(name)).toBe(expected);
    expect(await headerFor("a", name, "z")).toBe(name === "a" ? "a, z" : `a, ${expected}, z`);
  });
  it("has names that are whole numbers first", async () => {
    expect(await headerFor("b", "7", "a", "07")).toBe("7, b, a, 07");
  });
  it("leaves a name without any character out", async () => {
    expect(await headerFor("")).toBeUndefined();
    expect(await headerFor("", "a")).toBe("a");
  });
  it("is short, however many and long the names are", async () => {
    const long = Array.from({ length: 20 }, (_, place) => `${place}x${"🙂".repeat(3000)}`.slice(0, 6000));
    expect((await headerFor(...long))?.length).toBeLessThan(1500);
  });
  it("is not there when the input could not be read", async () => {
    for (const body of ["{", "[]", `{"stray":1`, "x".repeat(256 * 1024 + 1)]) {
      expect(ignored(await answerTo(body))).toBeUndefined();
    }
  });
  it("names each argument of a query once, in any encoding", async () => {
    const practice = await makePractice();
    const path = "/therapist/organizations/?limit=5&a%0D%0Ab=1&stray=1&stray=2&%5F%5Fproto%5F%5F=3";
    expect(ignored(await send("GET", path, { headers: headersOf(practice) }))).toBe("a%0D%0Ab, stray, __proto__");
  });
  it("does not name what answers show: what a Get returns can be sent back", async () => {
    const auth = await makePractice();
    const user = await makeUser(auth);
    const { practice } = (await call("PracticeGet", { auth })).json;
    for (const id of ["PracticeUpdate", "PracticeSave", "PracticeCreate"] as const) {
      expect(ignored(await call(id, { auth, ...practice }))).toBeUndefined();
    }
    const { json } = await call("UserGet", { auth: user });
    for (const id of ["UserUpdate", "UserSave", "UserCreate"] as const) {
      expect(ignored(await call(id, { auth, ...json.user }))).toBeUndefined();
    }
  });
  it("names the practice in the root of a call that takes its practice from the credentials", async () => {
    const auth = await makePractice();
    expect(ignored(await call("PortalSettingsGet", { auth, accountId: "other" }))).toBe("accountId");
  });
  it("is nowhere in the logs", async () => {
    const lines: string[] = [];
    const { write } = accessLog;
    accessLog.write = (line) => lines.push(JSON.stringify(line));
    const print = logger.error;
    logger.error = (...entry) => void lines.push(JSON.stringify(entry));
    try {
      expect(await headerFor("straySecret")).toBe("straySecret");
    } finally {
      logger.error = print;
      if (write) accessLog.write = write;
      else delete accessLog.write;
    }
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain("straySecret");
  });
});
