import { beforeAll, describe, expect, it } from "vitest";
import { rowOf } from "../../lib/operations.ts";
import { expectFault } from "../functions/accounts/accounts-contract.ts";
import { bracketed, bracketedType } from "../functions/accounts/bracketed.ts";
import { openPortal, type TestPortal } from "../kit/portal.ts";
import type { Response } from "../kit/system.ts";
import { type Bodied, bodied } from "./bodied.ts";

/** A value that is nowhere else. */
const canary = "canary-4711";
/** The same as something that could not be the name of a property: what is sent in the place of one. */
const astray = `{"password":"${canary}"}`;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Values with the canary in them. */
const values: readonly unknown[] = [
  canary,
  `${canary} x`.repeat(60),
  [canary],
  [[canary]],
  { [astray]: 1 },
  { a: canary },
];

/** All bodies that have such a value in the place of one of their own, at any depth, with where that is. */
function withCanary(body: unknown, at: readonly string[] = []): { at: string; body: unknown }[] {
  const here = values.map((value) => ({ at: at.join("."), body: value }));
  if (Array.isArray(body)) {
    const below = body.flatMap((part, place) =>
      withCanary(part, [...at, String(place)]).map((one) => ({ ...one, body: body.with(place, one.body) })),
    );
    return [...here, ...below, { at: at.join("."), body: [...body, { [astray]: 1 }] }];
  }
  if (!isObject(body)) return here;
  const below = Object.entries(body).flatMap(([name, part]) =>
    withCanary(part, [...at, name]).map((one) => ({ ...one, body: { ...body, [name]: one.body } })),
  );
  const names = [astray, `c_${canary} x`, `${canary}@example.org`].map((name) => ({
    at: [...at, "(a name)"].join("."),
    body: { ...body, [name]: canary },
  }));
  return [...(at.length > 0 ? here : []), ...below, ...names];
}

const isFailure = ({ status, json }: Response) =>
  status >= 400 || json?.successful === false || json?.object === "fault";
/** Asserts that a failure says nothing of what was sent. */
function expectSilence(response: Response, what: string): void {
  if (isFailure(response)) expect(response.text.includes(canary), `${what}: ${response.text}`).toBe(false);
}

describe.each(bodied)("%s", (id, prepare) => {
  const isPortal = rowOf(id).family === "accounts";
  let scene: Bodied;
  beforeAll(async () => {
    scene = await prepare();
  });
  /** The scene, or a fresh one where the last answer used it up. */
  const ask = async (body: unknown, headers = {}): Promise<Response> => {
    const response = await scene.send(body, { headers });
    if (!isFailure(response) && isPortal) scene = await prepare();
    return response;
  };

  it("repeats no value of its body in a failure, wherever the value stands", async () => {
    for (const { at, body } of withCanary(scene.body)) {
      // The path of a change is a name.
      if (id === "AccountPatch" && at === "path") continue;
      expectSilence(await ask(body), at);
    }
  });
  if (!isPortal) return;
  it("nor where the body is urlencoded", async () => {
    for (const { at, body } of withCanary(scene.body)) {
      if (id === "AccountPatch" && at === "path") continue;
      if (isObject(body)) expectSilence(await ask(bracketed(body), { "content-type": bracketedType }), at);
    }
  });
  it.each([
    ["application/x-www-form-urlencoded"],
    ["application/x-www-form-urlencoded; charset=UTF-8"],
    ["text/plain"],
  ])("says that JSON sent as %s needs another content type, and repeats nothing of it", async (contentType) => {
    const body = JSON.stringify({ ...scene.body, password: canary });
    for (const text of [body, ` \n${body}`, `\ufeff${body}`, encodeURIComponent(body), `[${body}]`, `[ ${body} ]`]) {
      const response = await scene.send(text, { headers: { "content-type": contentType } });
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
  it("is no text that stands for a name in a query", async () => {
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
