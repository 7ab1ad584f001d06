import { beforeEach, describe, expect, it } from "vitest";
import { type Example, examples } from "../../openapi/examples.ts";
import { formType } from "../../openapi/request-body.ts";
import type { Response } from "../kit/system.ts";
import { documented, misfit, shownFailures } from "./document.ts";
import { failureAnswered, mediaTypeOf } from "./failing.ts";
import { emptyTable } from "./givens.ts";
import { expectDocumentedHeaders, unseenHeaders } from "./headers.ts";
import { givens, type Id, otherwise } from "./scenarios.ts";
import { answerOf } from "./sending.ts";

/** What was answered so far: operation, status and the name of the example. */
const produced = new Set<string>();
const ids = Object.keys(examples) as Id[];

beforeEach(emptyTable);

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

/**
 * A value without what differs each time. Ids are numbered, so that the same one stays the same.
 * @param seen the ids so far
 */
function masked(value: unknown, name = "", seen = new Map<string, string>()): unknown {
  if (Array.isArray(value)) return value.map((part) => masked(part, "", seen));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part, key, seen)]));
  }
  if (varying.includes(name)) return `${typeof value} ${name}`;
  if (typeof value !== "string") return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return "a moment";
  return value.replaceAll(/\b(?!0{20})[0-9a-f]{24}\b/g, (id) => {
    seen.set(id, seen.get(id) ?? `id ${seen.size + 1}`);
    return String(seen.get(id));
  });
}

/** Fields that differ each time: how many years, a page's place, the halves of a key, the id of a request. */
const varying = ["age", "cursor", "fingerprint", "secret", "instance"];

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

  const names = Object.values(operation.responses).flatMap(({ content = {} }) =>
    Object.values(content).flatMap(({ examples: shown = {} }) => Object.keys(shown)),
  );
  const isShown = (name: string) => examples[id].some((example) => example.name === name);
  it.each(names.filter((name) => !isShown(name)))("answers the failure %s as it shows, word for word", async (name) => {
    const response = await failureAnswered(id, name);
    const { status, mediaType, body } = shownFailures(id, name);
    expect(response.status, response.text).toBe(status);
    expect(mediaTypeOf(response.headers)).toBe(mediaType);
    expect(masked(response.json), "npm run openapi writes what is answered").toEqual(masked(body));
    expectDocumented(id, response);
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
