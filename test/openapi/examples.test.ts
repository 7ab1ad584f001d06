import { describe, expect, it } from "vitest";
import { Busy, Throttled } from "../../lib/errors.ts";
import { documents } from "../../lib/table/client.ts";
import type { Example } from "../../openapi/describe.ts";
import { descriptionOf, descriptions } from "../../openapi/descriptions.ts";
import { failureAnswer } from "../../openapi/failures.ts";
import { handlerOf } from "../../openapi/handlers.ts";
import { formType } from "../../openapi/request-body.ts";
import { answerBody } from "../../openapi/responses.ts";
import { busy, compareFailures, failuresOf, throttled, unforeseen } from "../../openapi/stack-failures.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { documentedRow, firstExample, requestsOf, sendExample } from "../kit/examples.ts";
import { observe } from "../kit/observed-call.ts";
import { sharedWorld } from "../kit/shared-worlds.ts";
import { isSuccess, type Response } from "../kit/system.ts";
import type { World } from "../kit/worlds.ts";
import { expectLives, livesUnseen } from "../registry/item-lives.ts";
import { expectCheap, expectTightCeilings, noteSuccess } from "../registry/refusal-costs.ts";
import { documented, misfit } from "./document.ts";
import { expectDocumentedAnswer, mediaTypeOf } from "./documented-answer.ts";
import { unseenHeaders } from "./headers.ts";
import { masked } from "./masked.ts";

/** Every documented answer is the same as the real handler's, in every field. */

/** The answers so far: operation, status and the name of the example. */
const produced = new Set<string>();
const ids = descriptions.map(({ id }) => id);
const handlers = new Map(await Promise.all(ids.map(async (id) => [id, await handlerOf(documentedRow(id))] as const)));

/** The error of a broken table, by the name of the failure. */
const broken: Readonly<Record<string, () => Error>> = {
  [unforeseen]: () => new Error("the table is not there"),
  [busy]: () => new Busy(),
  [throttled]: () => new Throttled(30),
};

/** Runs `work` while the table is broken, if the failure requires this. */
async function whileBroken<T>(name: string, work: () => Promise<T>): Promise<T> {
  const error = broken[name];
  if (!error) return work();
  const fail = () => async () => {
    throw error();
  };
  documents.middlewareStack.add(fail, { step: "initialize", name: "broken" });
  try {
    return await work();
  } finally {
    documents.middlewareStack.remove("broken");
  }
}

/**
 * A refusal does not wait for the page of its list, which is read at the same time as the caller's records: it must not take longer
 * because a list is long. The read changes nothing, and its failure is handled (`test/lib/api/failed-page.test.ts`).
 */
const isPage = (work: string) => /^(a request DynamoDB_\d+\.Query|QueryCommand), which was under way/.test(work);

/**
 * Sends a request in a world as it was at first, and returns the answer with the world. Nothing may go on after the answer, nothing
 * waits by a timer, and what is stored ends in time.
 */
async function sendIn(name: WorldName, send: (world: World) => Promise<Response>, minutesLater?: number) {
  const { world, run } = await sharedWorld(name, { newSessions: true });
  const begun = Date.now();
  const observed = await run(() => observe(() => send(world)));
  const { waitedMs, requests } = observed;
  const unfinished = observed.unfinished.filter((work) => isSuccess(observed.answer) || !isPage(work));
  expect({ unfinished, waitedMs }).toEqual({ unfinished: [], waitedMs: [] });
  const [from, to] = world.now && !minutesLater ? [+world.now, +world.now] : [begun, Date.now()];
  const laterMs = (minutesLater ?? 0) * 60_000;
  expectLives(requests, from + laterMs, to + laterMs);
  return { world, response: observed.answer, observed };
}

describe.each(descriptions)("$id", (description) => {
  const { id, examples, circumstances = {} } = description;
  const row = documentedRow(id);
  const handler = handlers.get(id);
  if (!handler) throw new Error(`${id} has no handler`);
  const { operation } = documented(id);
  const first = firstExample(description);

  it.each(Object.entries(examples))("answers the example %s as documented", async (name, example) => {
    const schema = operation.requestBody?.content["application/json"]?.schema ?? {};
    if (example.body !== undefined) expect(misfit(schema, example.body)).toBeUndefined();
    const { world, response, observed } = await sendIn(example.given, (given) => sendExample(id, example, given));
    expect(response.status, response.text).toBe(example.status ?? 200);
    noteSuccess(id, observed);
    expectDocumentedAnswer(id, response);
    expect(masked(response.json)).toEqual(masked(world.fill(answerBody(row, example))));
    produced.add(`${id} ${response.status} ${example.answers === undefined ? "" : name}`);
  });

  const forms = Object.entries(operation.requestBody?.content[formType]?.examples ?? {});
  it.each(forms)("accepts the example %s urlencoded, as documented", async (name, { description: text, value }) => {
    const example = examples[name] as Example;
    expect(misfit(operation.requestBody?.content[formType]?.schema ?? {}, value)).toBeUndefined();
    const { world, response } = await sendIn(example.given, (given) => {
      const raw = given.fill(text?.slice(1, -1) ?? "");
      return sendExample(id, example, given, { raw, headers: { "content-type": formType } });
    });
    expect(response.status, response.text).toBe(example.status ?? 200);
    expect(masked(response.json)).toEqual(masked(world.fill(example.answers)));
  });

  it.each(Object.entries(circumstances))("answers as documented %s", async (_, change) => {
    const { response } = await sendIn(
      change.given ?? first.given,
      (given) => sendExample(id, first, given, change),
      change.minutesLater,
    );
    expect(response.status, response.text).toBeLessThan(300);
    expectDocumentedAnswer(id, response);
  });

  it.each(requestsOf(description).filter(([name]) => !(name in examples)))(
    "succeeds with this request: %s",
    async (_, way) => {
      const { response, observed } = await sendIn(way.given, (given) => sendExample(id, way, given));
      noteSuccess(id, observed);
      expect(response.status, response.text).toBeLessThan(300);
      expectDocumentedAnswer(id, response);
      if (row.family === "practices") expect(response.json.responseCode).toBe(2000);
    },
  );

  const failures = Object.entries(failuresOf(row, handler, description));
  it.each(failures)(
    "answers the failure %s as documented, word for word, and at little cost",
    async (name, failure) => {
      const { world, response, observed } = await sendIn(
        failure.given ?? first.given,
        (given) => whileBroken(name, () => sendExample(id, first, given, failure)),
        failure.minutesLater,
      );
      expectCheap(id, name, observed);
      const { status, mediaType, body } = failureAnswer(row.family, handler.dialect, name, failure);
      expect(response.status, response.text).toBe(status);
      expect(mediaTypeOf(response.headers)).toBe(mediaType);
      expect(masked(response.json)).toEqual(masked(world.fill(body)));
      expectDocumentedAnswer(id, response);
      produced.add(`${id} ${response.status} ${name}`);
    },
  );

  it("describes every failure that it declares, and none that cannot occur", () => {
    expect(compareFailures(row, handler, description)).toEqual({ missing: [], impossible: [] });
  });
});

// Regression: the document said that every answer of a login with HTTP 200 sets a cookie.
it("a login that asks for a code of an authenticator app sets no cookie, as documented", async () => {
  const { loginWithApp } = descriptionOf("AccountLogin").examples;
  if (!loginWithApp) throw new Error("the example loginWithApp is gone");
  const { response } = await sendIn(loginWithApp.given, (given) =>
    sendExample("AccountLogin", loginWithApp, given, { body: { location: undefined } }),
  );
  expect(response.json.code).toBe("kNewLocation");
  expect(response.cookies).toEqual([]);
  expectDocumentedAnswer("AccountLogin", response);
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

it("every documented header was present, and each optional one was also missing once", () => {
  expect(unseenHeaders(ids)).toEqual([]);
});

it("no refusal may cost more than it does", expectTightCeilings);

it("each kind of item that ends was stored, except what only workers store, and what stands for an event that was given up", () => {
  expect(livesUnseen()).toEqual(["event: void", "count of sent messages"]);
});
