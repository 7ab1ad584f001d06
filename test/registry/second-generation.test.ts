import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessLog } from "../../lib/audit/access-note.ts";
import { storedAccountId } from "../../lib/table/generation.ts";
import { deletedPracticeKey, practiceItemPrefix } from "../../lib/table/keys.ts";
import type { DeletedPractice } from "../../lib/table/records.ts";
import { put, write } from "../../lib/table/transact.ts";
import type { Change, Example, Way } from "../../openapi/describe.ts";
import { descriptions } from "../../openapi/descriptions.ts";
import { failureAnswer } from "../../openapi/failures.ts";
import { handlerOf } from "../../openapi/handlers.ts";
import { answerBody } from "../../openapi/responses.ts";
import * as sample from "../../openapi/samples.ts";
import { failuresOf, uncaused } from "../../openapi/stack-failures.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import {
  byIndividual,
  documentedRow,
  firstExample,
  requestsOf,
  sendExample,
  takesIndividuals,
} from "../kit/examples.ts";
import { makeSharedWorld, type SharedWorld } from "../kit/shared-worlds.ts";
import { allItems, type Item, type Response, type TableRequest, watchTable } from "../kit/system.ts";
import { freshNames, makeWorld, type World } from "../kit/worlds.ts";
import { masked } from "../openapi/masked.ts";

/**
 * Every operation, in worlds whose practices were deleted and created again, before the worker has erased anything: the old
 * practice still has an item for each item of the new one, under the same ids, but with other names in it.
 */

/** What separates a caller's key from the number of its generation, as it is, in JSON, and in a query. */
const separators = ["\u001f", String.raw`\u001f`, "%1f", "%1F"];
const accountIds = ["practice-1", "practice-2"];
const oldName = "Left over";

/** The item that a practice under this key was deleted. */
const deleted: DeletedPractice & { type: string } = {
  type: "deletedPractice",
  generation: 0,
  deletedAt: new Date().toISOString(),
  expiresAt: Math.ceil(Date.now() / 1000) + 86_400,
  version: 1,
};

/** Makes a world whose practices are of the second generation. */
async function makeAgain(name: WorldName): Promise<World> {
  const names = freshNames();
  const [, applicationId = ""] = names.find(([original]) => original === sample.vendor.applicationId) ?? [];
  for (const accountId of accountIds)
    await write(() => [put(deletedPracticeKey({ applicationId, accountId }), deleted)]);
  const world = await makeWorld(name, names);
  for (const accountId of accountIds) {
    const [old, present] = [0, 1].map((generation) => ({
      applicationId,
      accountId: storedAccountId(accountId, generation),
    })) as [Owner, Owner];
    await leaveOld(old, present);
  }
  return world;
}
interface Owner {
  readonly applicationId: string;
  readonly accountId: string;
}

/** Puts an old item beside each item of a practice. */
async function leaveOld(old: Owner, present: Owner): Promise<void> {
  const [from, to] = [practiceItemPrefix(present).pk, practiceItemPrefix(old).pk];
  const items = (await allItems()).filter(({ pk, type }) => pk === from && type !== "event");
  for (const item of items) {
    const text = JSON.stringify(item, (key, value) => (value instanceof Set ? [...value] : renamed(key, value)));
    const { sk, ...copy } = JSON.parse(
      text.replaceAll(JSON.stringify(present.accountId), JSON.stringify(old.accountId)),
    );
    await write(() => [put({ pk: to, sk }, { ...copy, pk: to })]);
  }
}

/** A value of an old item: whatever people see in it is another name. */
const renamed = (key: string, value: unknown) =>
  typeof value === "string" && /^(name|first|last|firstName|lastName|city|image|filename)$/.test(key) ? oldName : value;

const worlds = new Map<string, Promise<SharedWorld>>();
/** @param use calls for different uses get different worlds */
function worldAgain(name: WorldName, use = ""): Promise<SharedWorld> {
  const known = worlds.get(name + use) ?? makeSharedWorld(name, {}, makeAgain);
  worlds.set(name + use, known);
  return known;
}

let lines: object[] = [];
beforeEach(() => {
  lines = [];
  accessLog.write = (line) => void lines.push(line);
});
afterEach(() => {
  delete accessLog.write;
});

/** Sends an example in a world of the second generation, and asserts what holds for every answer. */
async function sendAgain(id: string, example: Example | Way, given: WorldName, change: Change = {}) {
  const { world, run } = await worldAgain(given);
  const { answer, requests } = await run(() => watchTable(() => sendExample(id, example, world, change)));
  expectNoGeneration(answer, requests);
  const olds = accountIds.map((accountId) => practiceItemPrefix({ ...world.practice, accountId }).pk);
  expect(requests.flatMap(writtenBy).filter(({ pk }) => olds.includes(pk))).toEqual([]);
  return { world, answer };
}

/** No answer, line of the access log or audit event says which generation a practice is of, or names somebody of an old one. */
function expectNoGeneration({ text, headers, cookies }: Response, requests: readonly TableRequest[]): void {
  const events = requests.flatMap(writtenBy).filter(({ type }) => type === "event");
  const told = [
    text,
    JSON.stringify([headers, cookies, lines]),
    JSON.stringify(events.map(({ pk: _, ...event }) => event)),
  ];
  for (const each of told) for (const part of [...separators, oldName]) expect(each).not.toContain(part);
}

/** The items and keys that a request writes. */
function writtenBy({ command, input }: TableRequest): Item[] {
  if (command !== "TransactWriteItems") return [input.Item ?? input.Key ?? []].flat();
  const parts = (input.TransactItems as Record<string, { Item?: Item; Key?: Item }>[]).map(
    ({ ConditionCheck: _, ...part }) => part,
  );
  return parts.flatMap((part) => Object.values(part).flatMap(({ Item, Key }) => Item ?? Key ?? []));
}

describe.each(descriptions)("$id, in a practice that was created again", (description) => {
  const { id, examples } = description;
  const row = documentedRow(id);
  const first = firstExample(description);

  it.each(requestsOf(description))("answers as in any other practice: %s", async (name, request) => {
    const { world, answer } = await sendAgain(id, request, request.given);
    const example = examples[name];
    if (example) {
      expect(answer.status, answer.text).toBe(example.status ?? 200);
      expect(masked(answer.json)).toEqual(masked(world.fill(answerBody(row, example))));
    } else {
      expect(answer.status, answer.text).toBeLessThan(300);
      if (row.family === "practices") expect(answer.json.responseCode).toBe(2000);
    }
  });

  it.each(takesIndividuals(row) ? [first] : [])("answers an individual", async () => {
    const { world, run } = await worldAgain(first.given, " with administrators");
    const login = await world.administrator();
    const { answer, requests } = await run(() =>
      watchTable(() => sendExample(id, first, world, byIndividual(row, login))),
    );
    expect(answer.status, answer.text).toBeLessThan(300);
    if (row.family === "practices") expect(answer.json.responseCode).toBe(2000);
    expectNoGeneration(answer, requests);
  });

  it("fails as in any other practice", async () => {
    const handler = await handlerOf(row);
    for (const [name, failure] of Object.entries(failuresOf(row, handler, description))) {
      // Two happen while the table is broken, and the third by a claim without a record, in the old practice here.
      if (uncaused.has(name) || failure.given === "Direct address claimed") continue;
      // The events of the old practice are listed.
      if (id === "EventList" && name === "4131") continue;
      const { world, answer } = await sendAgain(id, first, failure.given ?? first.given, failure);
      const { status, body } = failureAnswer(row.family, handler.dialect, name, failure);
      expect(answer.status, answer.text).toBe(status);
      expect(masked(answer.json)).toEqual(masked(world.fill(body)));
    }
  });
});

it("the worlds have old items of every kind", async () => {
  await Promise.all(worlds.values());
  const kinds = new Set(
    (await allItems()).filter(({ pk }) => /^PRACTICE#[^#]*#practice-1$/.test(pk)).map(({ sk }) => sk.split("#")[0]),
  );
  const all = ["USER", "DIRECT", "PORTALSETTINGS", "ACCOUNT", "EMAIL", "DEVICE", "HELDDEVICE", "HELDSESSION"];
  const more = ["DEVICECODE", "TOTP", "PASSWORDRESET", "CONNECTION", "ACCESS", "INVITATION"];
  const therapists = ["ORG", "ACTIVEORG", "THERAPIST", "COUNTER", "PROFILE"];
  for (const kind of [...all, ...more, ...therapists]) expect(kinds).toContain(kind);
});
