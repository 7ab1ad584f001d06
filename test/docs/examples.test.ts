import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Example, examples } from "../../docs/examples.ts";
import { Busy } from "../../lib/errors.ts";
import { documents } from "../../lib/table/client.ts";
import { type Response, send } from "../system.ts";
import { documented, misfit } from "./document.ts";
import { type Given, startAnew, toTherapist } from "./givens.ts";
import { type Change, failureOf, givens, type Id } from "./scenarios.ts";

type Json = Record<string, unknown>;

/** What was answered so far: operation, status and the name of the example. */
const produced = new Set<string>();
const ids = Object.keys(examples) as Id[];

beforeEach(startAnew);
afterEach(() => void documents.middlewareStack.remove("broken"));

/** Lets everything that is asked of the table fail. */
const breakTable = (error: Error) =>
  documents.middlewareStack.add(
    () => async () => {
      throw error;
    },
    { step: "initialize", name: "broken" },
  );

/** An example with a change, and with real values in the place of those that it shows. */
function requestOf(id: Id, example: Example, change: Change, { replace = {} }: Given) {
  const { path } = documented(id);
  const replaced = (text: string) =>
    Object.entries(replace).reduce((at, [shown, real]) => at.replaceAll(shown, real), text);
  const values = { ...example.path, ...change.path };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => replaced(String(values[name])));
  const query = new URLSearchParams({ ...example.query, ...change.query }).toString();
  const { auth, ...body } = (example.body ?? {}) as Json;
  const whole = {
    ...(auth !== undefined && { auth: { ...(auth as Json), ...change.auth } }),
    ...body,
    ...change.body,
  };
  const isList = Array.isArray(example.body);
  const stated = isList ? example.body : whole;
  const text = change.raw ?? (example.body === undefined ? undefined : replaced(JSON.stringify(stated)));
  return { target: query === "" ? filled : `${filled}?${query}`, body: text };
}

/** Sends an example, changed, in what is given. */
async function answerOf(id: Id, example: Example, change: Change, given: Given): Promise<Response> {
  const { method } = documented(id);
  const { target, body } = requestOf(id, example, change, given);
  const now = change.minutesLater ? new Date(Date.now() + change.minutesLater * 60_000) : given.now;
  if (given.client) {
    const headers = { origin: "https://app.example.org", ...change.headers };
    const below = target.replace("/riverside/v2/", "");
    return given.client.send(method, below, { headers, ...(body !== undefined && { body }), now });
  }
  const headers = change.headers as Record<string, string> | undefined;
  if (target.startsWith("/therapist/")) return toTherapist(method, target, body, headers);
  return send(method, target, { headers: headers ?? {}, body });
}

/** Asserts that an answer is one that is documented: status, media type and every field. */
function expectDocumented(id: Id, { status, headers, text, json }: Response): void {
  const response = documented(id).operation.responses[status];
  expect(response, `${id} answers ${status}, which is not documented: ${text}`).toBeDefined();
  if (!response?.content) {
    expect(text).toBe("");
    return;
  }
  const mediaType = String(headers["content-type"]).split(";")[0] ?? "";
  expect(Object.keys(response.content)).toContain(mediaType);
  expect(misfit(response.content[mediaType]?.schema ?? {}, json), text).toBeUndefined();
}

/** A value without what differs each time. */
function masked(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((part) => masked(part));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part, key)]));
  }
  if (name === "age") return "an age";
  if (name === "cursor") return "a cursor";
  if (name === "fingerprint" || name === "secret") return `a ${name}`;
  if (typeof value !== "string") return value;
  return value.replaceAll(/\b(?!0{20})[0-9a-f]{24}\b/g, "an id").replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, "a moment");
}

const codeOf = (json: Json): unknown => {
  if (typeof json.responseCode === "number") return String(json.responseCode);
  return json.object === "fault" ? json.code : undefined;
};

describe.each(ids)("%s", (id) => {
  const { operation } = documented(id);
  const given = (name?: string) => (givens[`${id} ${name}`] ?? givens[id])();
  const [first] = examples[id] as [Example];

  it.each(examples[id])("answers the example $name as it shows", async (example) => {
    const body = operation.requestBody?.content["application/json"];
    if (example.body !== undefined) expect(misfit(body?.schema ?? {}, example.body)).toBeUndefined();
    const response = await answerOf(id, example, {}, await given(example.name));
    expect(response.status, response.text).toBe(example.status ?? 200);
    expectDocumented(id, response);
    expect(masked(response.json)).toEqual(masked(example.answer));
    produced.add(`${id} ${response.status} ${example.answer === undefined ? "" : example.name}`);
  });

  const names = Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
    Object.values(content).flatMap(({ examples: shown = {} }) =>
      Object.keys(shown).map((name) => [status, name] as const),
    ),
  );
  const isShown = (name: string) => examples[id].some((example) => example.name === name);
  it.each(names.filter(([, name]) => !isShown(name)))("answers %s %s", async (status, name) => {
    const change = failureOf(id, name);
    expect(change, "no scenario brings it about").toBeDefined();
    const prepared = await (change?.given ?? given)();
    if (name === "unforeseen") breakTable(status === "503" ? new Busy() : new Error("the table is not there"));
    const response = await answerOf(id, first, change ?? {}, prepared);
    expect(String(response.status), response.text).toBe(status);
    expectDocumented(id, response);
    if (name !== "unforeseen") expect(codeOf(response.json) ?? name, response.text).toBe(name);
    produced.add(`${id} ${response.status} ${name}`);
  });
});

it("every documented answer was produced", () => {
  const wanted = ids.flatMap((id) =>
    Object.entries(documented(id).operation.responses).flatMap(([status, { content }]) =>
      (content ? Object.values(content).flatMap(({ examples: shown = {} }) => Object.keys(shown)) : [""]).map(
        (name) => `${id} ${status} ${name}`,
      ),
    ),
  );
  expect(wanted.filter((answer) => !produced.has(answer))).toEqual([]);
});
