import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import { expectAgreement } from "../kit/agreement.ts";
import { openPortal } from "../kit/portal.ts";
import { amount, proofTimeout, report, seed } from "../kit/proof.ts";
import { type Disturbances, disturbed } from "./linearizability/disturbed.ts";
import { type AnyWorkload, type History, record } from "./linearizability/history.ts";
import type { Kind, Making } from "./linearizability/making.ts";
import { idempotencyKeys, organizationFields, profiles, settingsFields } from "./linearizability/merged.ts";
import { directAddresses, directDomains, emailAddresses, loginIds, webAddresses } from "./linearizability/names.ts";
import {
  appCodes,
  connections,
  invitations,
  recoveryCodes,
  resets,
  textCodes,
  verifications,
} from "./linearizability/once.ts";
import { randomFrom } from "./linearizability/random.ts";
import { practices, practicesCreatedAgain, users } from "./linearizability/records.ts";
import { rights } from "./linearizability/rights.ts";
import { sessions } from "./linearizability/sessions.ts";

/**
 * Clients call the real handlers at once, while requests to the engine are held up and answers of transactions are lost. For
 * each key a checker looks for a sequential order that explains all answers.
 */

const unique: readonly Kind[] = [
  practices,
  users,
  practicesCreatedAgain,
  loginIds,
  webAddresses,
  directDomains,
  directAddresses,
  emailAddresses,
  idempotencyKeys,
  organizationFields,
  settingsFields,
  profiles,
];
const once: readonly Kind[] = [verifications, resets, recoveryCodes, appCodes, textCodes, invitations, connections];
/** How often each kind of workload is made, in each round. */
const groups: readonly (readonly [string, readonly Kind[], number])[] = [
  ["what is unique, and records that many write", unique, amount(1, 3)],
  ["what works once", once, amount(1, 2)],
  ["the sessions of an account", [sessions], amount(2, 6)],
  ["rights that are taken away", rights, 1],
];
/** How many workloads run at the same time: more only make each other wait. */
const atOnce = 4;
const rounds = Array.from({ length: amount(1, 12) }, (_, place) => place);

const random = randomFrom(seed);
const disturbances: Disturbances = { requests: 0, answersLost: 0, requestsLost: 0 };
const histories: History[] = [];
/** Why calls were answered 503 or 500. */
const reasons = new Set<string | undefined>();
let portal: Making["portal"];
beforeAll(async () => {
  vi.spyOn(logger, "error").mockImplementation((_, more) => {
    const { causes } = more as unknown as {
      readonly causes: readonly { readonly name: string; readonly message?: string }[];
    };
    reasons.add(causes[0]?.message ?? causes[0]?.name);
  });
  portal = await openPortal({ lockAttempts: 100 });
});

/** Makes workloads one after the other: what they are does not depend on how fast they are made. */
async function makeAll(kinds: readonly Kind[], times: number): Promise<AnyWorkload[]> {
  const workloads: AnyWorkload[] = [];
  for (const kind of Array.from({ length: times }, () => kinds).flat()) {
    const making = { random, portal, clients: amount(3, 3 + random.below(3)), length: amount(2, 5 + random.below(4)) };
    workloads.push(await kind(making));
  }
  return workloads;
}

const cases = rounds.flatMap((round) => groups.map(([what, kinds, times]) => [what, round, kinds, times] as const));
it.each(cases)(
  "an order explains all answers: %s (round %i)",
  { timeout: 10 * 60_000 },
  async (_, __, kinds, times) => {
    const workloads = await makeAll(kinds, times);
    const found: History[] = [];
    for (let start = 0; start < workloads.length; start += atOnce) {
      const some = workloads.slice(start, start + atOnce);
      found.push(...(await disturbed(random, disturbances, () => Promise.all(some.map(record)))));
    }
    histories.push(...found);
    const violations = found.flatMap(({ violation }) => violation ?? []);
    expect(violations, `seed ${seed}`).toEqual([]);
  },
);

it("the items of the table agree with each other after all this", proofTimeout, expectAgreement);

it("a call fails only because the table did not answer", () => {
  const answerLost = "a transaction's answer was lost and the table does not say what became of it";
  const tooLate = ["the table did not do it in time", "others were served first until no time was left"];
  expect([...tooLate, answerLost]).toEqual(expect.arrayContaining([...reasons]));
});

it("every kind of key was worked on, and answers were lost", () => {
  const titles = new Set(histories.map(({ title }) => title));
  expect(titles.size).toBe(groups.reduce((sum, [, kinds]) => sum + kinds.length, 0));
  expect(disturbances.answersLost).toBeGreaterThan(0);
});

afterAll(() => {
  report({
    histories: histories.length,
    "kinds of keys": new Set(histories.map(({ title }) => title)).size,
    calls: histories.reduce((sum, { calls }) => sum + calls, 0),
    "longest history": `${Math.max(...histories.map(({ calls }) => calls))} calls`,
    "requests held up": disturbances.requests,
    "requests lost": disturbances.requestsLost,
    "answers lost after the write": disturbances.answersLost,
    "answers 503 or 500": histories.reduce((sum, { indefinite }) => sum + indefinite, 0),
    violations: histories.filter(({ violation }) => violation !== undefined).length,
  });
});
