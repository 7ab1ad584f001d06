import type { APIGatewayProxyEventV2 } from "aws-lambda";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Operation } from "../../lib/operations.ts";
import { descriptionOf } from "../../openapi/descriptions.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { expectUnpolluted } from "../accounts-security/attack.ts";
import { callsOf, fullestRequest, type ReadyCall, readyCallInSharedWorld } from "../kit/examples.ts";
import { Log } from "../kit/log.ts";
import { amount, isLong, proofTimeout, report, seed } from "../kit/proof.ts";
import { expectDocumentedAnswer } from "../openapi/documented-answer.ts";
import { type Case, casesOf, sendCase } from "./fuzz/cases.ts";
import { disagreement } from "./fuzz/judge.ts";
import { secretsIn, secretsOf, toldBy } from "./fuzz/logged.ts";

/**
 * Random requests to every operation, made from docs/openapi.json: such as the document allows, such as break one of its rules,
 * and garbage. Each must get a documented answer, must not be judged otherwise than by the document, and must leave none of its
 * values in the log.
 */

const counts = { valid: 0, broken: 0, garbage: 0, "answers validated": 0, violations: 0 };
const log = new Log();

/** Returns why a check failed; `undefined` when it passed. */
function failureOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Whether the operation has answered. Garbage may lead elsewhere: by its method, by a property without a name, which is read as
 * the account, and by paths that the introduction of the document calls unknown.
 */
function isAnsweredBy(row: Operation, { requestContext, pathParameters }: APIGatewayProxyEventV2, lines: string[]) {
  const { method } = requestContext.http;
  const isUnknown = lines.some((line) => JSON.parse(line).code === "unknownPath");
  return (
    method === row.method &&
    requestContext.routeKey.startsWith(`${method} `) &&
    lines.some((line) => JSON.parse(line).operation === row.id) &&
    (row.id !== "AccountGetProperty" || Boolean(pathParameters?.property)) &&
    !isUnknown
  );
}

/** Sends a case, and returns what was wrong with what happened. */
async function violationsOf(row: Operation, ready: ReadyCall, each: Case): Promise<string[]> {
  log.listen();
  const { answer, event } = await sendCase(ready, each).finally(() => log.close());
  const lines = log.take();
  counts[each.kind] += 1;
  const told = toldBy(lines, [...secretsOf(event), ...secretsIn(answer)]);
  const isOurs = isAnsweredBy(row, event, lines);
  if (isOurs) counts["answers validated"] += 1;
  return [
    answer.status >= 500 ? `was answered with ${answer.status}` : undefined,
    !isOurs && each.kind !== "garbage" ? "was answered by another operation" : undefined,
    isOurs ? failureOf(() => expectDocumentedAnswer(row.id, answer)) : undefined,
    isOurs ? disagreement(row, each, answer) : undefined,
    told.length > 0 ? `left ${JSON.stringify(told)} in the log: ${lines.join("")}` : undefined,
    lines.length === 0 ? "left no line in the log" : undefined,
    failureOf(expectUnpolluted),
  ].filter((why) => why !== undefined);
}

/** How much of a request a message shows. */
const shownMax = 2000;

const cases = amount(5, 300);

beforeAll(() => {
  expect(documentedRows.length).toBeGreaterThan(60);
});
afterAll(() => {
  const { valid, broken, garbage, ...others } = counts;
  report({
    operations: documentedRows.length,
    cases: valid + broken + garbage,
    "valid by the document": valid,
    "one rule broken": broken,
    garbage,
    ...others,
    "log lines searched": log.count,
  });
});

it.each(documentedRows.map((row, place) => ({ ...row, place })))("$id", proofTimeout, async ({ place, ...row }) => {
  const names = isLong ? callsOf(descriptionOf(row.id)) : [fullestRequest(row.id)];
  const broken: string[] = [];
  for (const [number, name] of names.entries()) {
    const ready = await readyCallInSharedWorld(row.id, name);
    const numRuns = Math.ceil(cases / names.length);
    // Another one for each operation and request.
    const own = seed * 100_000 + place * 1000 + number;
    for (const each of fc.sample(casesOf(row, ready), { numRuns, seed: own })) {
      for (const why of await violationsOf(row, ready, each)) {
        broken.push(`${row.id}, ${name}, ${each.kind}: ${why}\n${JSON.stringify(each.change).slice(0, shownMax)}`);
      }
    }
  }
  counts.violations += broken.length;
  expect(broken, `seed ${seed}`).toEqual([]);
});
