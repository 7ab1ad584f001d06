import { beforeAll, describe, expect, it } from "vitest";
import { documentedRows } from "../../openapi/handlers.ts";
import { expectFault } from "../functions/accounts/accounts-contract.ts";
import { bracketed, bracketedType } from "../functions/accounts/bracketed.ts";
import { fullestRequest, type ReadyCall, readyCallInSharedWorld, takesBody } from "../kit/examples.ts";
import { openPortal, type TestPortal } from "../kit/portal.ts";
import { isSuccess, type Response } from "../kit/system.ts";

/** A value that no other text contains. */
const canary = "canary-4711";
/** A text with this value that cannot be the name of a property. It is sent in place of a name. */
const astray = `{"password":"${canary}"}`;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Values that contain the canary. */
const values: readonly unknown[] = [
  canary,
  `${canary} x`.repeat(60),
  [canary],
  [[canary]],
  { [astray]: 1 },
  { a: canary },
];
/** Those for places that an earlier body had: a text that no field accepts, and a value that no text field accepts. */
const fewValues: readonly unknown[] = [`${canary} x`.repeat(60), { [astray]: 1 }];

/** The places of bodies so far. Each begins with a family and a form of bodies. */
const known = new Set<string>();
/**
 * The values to send at a place. Operations of a family share the code that reads such a place, so all values are sent to
 * the first of them, and few to the others.
 */
function valuesAt(kind: string, at: readonly string[]): readonly unknown[] {
  const place = [kind, ...at].join("\n");
  if (known.has(place)) return fewValues;
  known.add(place);
  return values;
}

/**
 * All variants of a body in which such a value replaces an original one, at any depth, each with its place.
 * @param kind of the body: its family and its form
 */
function withCanary(kind: string, body: unknown, at: readonly string[] = []): { at: string; body: unknown }[] {
  const here = valuesAt(kind, at).map((value) => ({ at: at.join("."), body: value }));
  if (Array.isArray(body)) {
    const below = body.flatMap((part, place) =>
      withCanary(kind, part, [...at, String(place)]).map((one) => ({ ...one, body: body.with(place, one.body) })),
    );
    return [...here, ...below, { at: at.join("."), body: [...body, { [astray]: 1 }] }];
  }
  if (!isObject(body)) return here;
  const below = Object.entries(body).flatMap(([name, part]) =>
    withCanary(kind, part, [...at, name]).map((one) => ({ ...one, body: { ...body, [name]: one.body } })),
  );
  const names = [astray, `c_${canary} x`, `${canary}@example.org`].map((name) => ({
    at: [...at, "(a name)"].join("."),
    body: { ...body, [name]: canary },
  }));
  return [...(at.length > 0 ? here : []), ...below, ...names];
}

/** Asserts that a failure repeats nothing that was sent. */
function expectSilence(response: Response, what: string): void {
  if (!isSuccess(response)) expect(response.text.includes(canary), `${what}: ${response.text}`).toBe(false);
}

describe.each(documentedRows.filter(takesBody))("$id", (row) => {
  let scene: ReadyCall;
  beforeAll(async () => {
    scene = await readyCallInSharedWorld(row.id, fullestRequest(row.id));
  });
  const bodyOf = ({ body }: ReadyCall) => (body ?? {}) as Json;
  const ask = (raw: string, headers = {}): Promise<Response> => scene.send({ raw, headers });
  const form = { "content-type": bracketedType };
  /** The path of a change is a name: failures may repeat it. */
  const isPathOfChange = (at: string) => at === "path" && Object.hasOwn(bodyOf(scene), "op");

  it("repeats no value of its body in a failure, at any place", async () => {
    for (const { at, body } of withCanary(row.family, bodyOf(scene))) {
      if (!isPathOfChange(at)) expectSilence(await ask(JSON.stringify(body)), at);
    }
  });
  if (row.family !== "accounts") return;
  it("repeats no value of a urlencoded body either", async () => {
    for (const { at, body } of withCanary("urlencoded", bodyOf(scene))) {
      if (!isPathOfChange(at) && isObject(body)) expectSilence(await ask(bracketed(body), form), at);
    }
  });
  it.each([
    ["application/x-www-form-urlencoded"],
    ["application/x-www-form-urlencoded; charset=UTF-8"],
    ["text/plain"],
  ])("says that JSON sent as %s needs another content type, and repeats nothing of it", async (contentType) => {
    const body = JSON.stringify({ ...bodyOf(scene), password: canary });
    for (const raw of [body, ` \n${body}`, `\ufeff${body}`, encodeURIComponent(body), `[${body}]`, `[ ${body} ]`]) {
      const response = await scene.send({ raw, headers: { "content-type": contentType } });
      expectFault(response, "kInvalidArgument");
      expect(response.json.reason).toBe("The body looks like JSON: send it with Content-Type: application/json");
      expectSilence(response, contentType);
    }
  });
});

describe("what a failure quotes", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  it("is the path of a property, and nothing else", async () => {
    const person = await portal.register();
    const reason = async (path: string) =>
      (await person.patch("accounts/me", { op: "set", path, value: 1 })).json.reason as string;
    expect(await reason("/name/nick")).toBe("Unknown property: name.nick");
    expect(await reason("nickname")).toBe("Unknown property: nickname");
    for (const path of [astray, `/c_x/${canary} x`, `${canary}@example.org`, "6505555555", "x".repeat(65)]) {
      expect(await reason(path)).toBe("Unknown property");
    }
  });
  it("is never a text that a query sends in place of a name", async () => {
    const where = (filter: unknown) => `where=${encodeURIComponent(JSON.stringify(filter))}`;
    const queries = [
      `expand[]=${encodeURIComponent(astray)}`,
      `expand[]=${encodeURIComponent(`${canary} x`)}`,
      where({ [astray]: 1 }),
      where({ email: { [astray]: 1 } }),
      where({ [`${canary}@example.org`]: 1 }),
      where({ email: { $in: canary } }),
      where({ email: { $gt: [canary] } }),
      where({ created: canary }),
      where({ created: { $in: [canary] } }),
      where({ email: { $regex: canary } }),
      where([canary]),
      `where=${canary}`,
      `limit=${canary}`,
      `skip=${canary}`,
      `sort=${canary}`,
      `paths[${canary}]=x`,
      `pipeline=${canary}`,
    ];
    for (const query of queries) {
      const response = await portal.administrator.get(`accounts?${query}`);
      expect([400, query]).toEqual([response.status, query]);
      expectSilence(response, query);
    }
  });
});
