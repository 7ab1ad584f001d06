import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Example, examples } from "../../docs/examples.ts";
import { formType } from "../../docs/request-body.ts";
import { Busy } from "../../lib/errors.ts";
import { documents } from "../../lib/table/client.ts";
import type { Response } from "../system.ts";
import { documented, misfit } from "./document.ts";
import { startAnew } from "./givens.ts";
import { expectDocumentedHeaders, unseenHeaders } from "./headers.ts";
import { failureOf, givens, type Id, otherwise } from "./scenarios.ts";
import { answerOf } from "./sending.ts";

vi.mock("node:crypto", async (original) =>
  (await import("../lib/crypto/cheap-hashes.ts")).withCheapHashes(await original()),
);

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

/** Asserts that an answer is one that is documented: status, headers, media type and every field. */
function expectDocumented(id: Id, answer: Response): void {
  const { status, headers, text, json } = answer;
  const response = documented(id).operation.responses[status];
  expect(response, `${id} answers ${status}, which is not documented: ${text}`).toBeDefined();
  expectDocumentedHeaders(id, answer);
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

  const forms = Object.entries(operation.requestBody?.content[formType]?.examples ?? {});
  it.each(forms)("takes the example %s urlencoded, as it shows", async (name, { description, value }) => {
    const example = examples[id].find((each) => each.name === name) as Example;
    expect(misfit(operation.requestBody?.content[formType]?.schema ?? {}, value)).toBeUndefined();
    const raw = description?.slice(1, -1) ?? "";
    const response = await answerOf(id, example, { raw, headers: { "content-type": formType } }, await given(name));
    expect(response.status, response.text).toBe(example.status ?? 200);
    expect(masked(response.json)).toEqual(masked(example.answer));
  });

  const circumstances = Object.entries(otherwise[id] ?? {});
  it.each(circumstances)("answers as documented %s", async (_, change) => {
    const response = await answerOf(id, first, change, await (change.given ?? given)());
    expect(response.status, response.text).toBeLessThan(300);
    expectDocumented(id, response);
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

it("every documented header was there, and missing where it may be", () => {
  expect(unseenHeaders(ids)).toEqual([]);
});
