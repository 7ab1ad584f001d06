import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { operations } from "../../lib/operations.ts";
import { amount, isLong, proofTimeout, report, seed } from "../kit/proof.ts";
import type { Response } from "../kit/system.ts";
import { derivedPairs, lookAtNothing } from "./enumeration/derived.ts";
import { entrancePairs } from "./enumeration/entrances.ts";
import type { Pair, Send } from "./enumeration/pair.ts";
import { standardScore, together } from "./enumeration/rank-test.ts";
import { makeSecrets } from "./enumeration/world.ts";
import { type Random, randomFrom } from "./linearizability/random.ts";

/**
 * What strangers could learn by the time of an answer. Every entrance is asked about something that exists and something that
 * never did, in turns, in random order; the answers must be equal, and (in `npm run prove`) the ranks of their times alike.
 */

// Passwords are hashed as in production, because a hash is most of the time of a sign-in.
vi.unmock("@node-rs/argon2");

/** Samples of each of a pair's two requests, in `npm run prove`: of those that hash, of other entrances, of derived pairs. */
const samples = { hashing: 300, entrance: 1000, derived: 40 } as const;
/** A standard score beyond this is measured once more with twice the samples; beyond it again, it is a violation. */
const scoreMax = 4.5;

/** A score of one pair, or of all pairs that keep the same secret. */
interface Score {
  readonly name: string;
  readonly samples: number;
  readonly score: number;
  readonly violates: boolean;
}

let entrances: readonly Pair[];
let derived: readonly Pair[];
beforeAll(async () => {
  const secrets = await makeSecrets();
  entrances = entrancePairs(secrets);
  derived = derivedPairs(secrets);
});

const nameOf = ({ title, id }: Pair) => `${id}: ${title}`;
/** An answer without the id of its request. */
const told = ({ status, text, headers, cookies, requestId }: Response) => ({
  status,
  text: text.replaceAll(requestId, "{request}"),
  headers,
  cookies,
});

/** Sends a request. @returns how many milliseconds its handler took */
async function timed(send: Send): Promise<number> {
  let begun = 0;
  await send((event) => {
    begun = performance.now();
    return event;
  });
  return performance.now() - begun;
}

/** Measures both requests of a pair in turns; which one is first is random. */
async function scoreOf(pair: Pair, times: number, random: Random): Promise<number> {
  const [exists, never]: [number[], number[]] = [[], []];
  const warmUps = Math.min(5, times);
  for (let round = -warmUps; round < times; round++) {
    const [one, other] = await pair.next();
    const both: [Send, number[]][] = [
      [one, exists],
      [other, never],
    ];
    for (const [send, into] of random.shuffled(both)) {
      const ms = await timed(send);
      if (round >= 0) into.push(ms);
    }
  }
  return standardScore(exists, never);
}

/** Measures, and once more with twice the samples if the score is large. */
async function judged(name: string, times: number, measure: (times: number) => Promise<number>): Promise<Score> {
  const first = await measure(times);
  if (Math.abs(first) <= scoreMax) return { name, samples: times, score: first, violates: false };
  const score = await measure(2 * times);
  return {
    name: `${name} (again; first ${first.toFixed(2)})`,
    samples: 2 * times,
    score,
    violates: Math.abs(score) > scoreMax,
  };
}

it("every operation that looks at the table has a pair", () => {
  const covered = new Set<string>([...entrances, ...derived].map(({ id }) => id));
  const without = operations.filter(({ id }) => !covered.has(id)).map(({ id }) => id);
  expect(without.sort()).toEqual([...lookAtNothing].sort());
});

/** Why each kind of derived pair is refused: so that it is refused for what it asks about, and for nothing else. */
const refusals: Readonly<Record<string, RegExp>> = {
  "an application, by a wrong secret": /^(4010|401)$/,
  "a disabled application": /^(4010|401)$/,
  "another vendor's practice": /^(4011|401)$/,
  "an inactive practice": /^(4011|401)$/,
  "another practice's user": /^4012$/,
  "another vendor's client key": /^kAccessDenied$/,
  "another vendor's portal": /^kAccessDenied$/,
  "a session that ended": /^kNotLoggedIn$/,
  "somebody else's account": /^kNotFound$/,
  "somebody else's device": /^kNotFound$/,
  "somebody else's session": /^kNotFound$/,
  "others' connection": /^kNotFound$/,
  // A portal that anybody may look at is not found, and a preflight is answered without permission.
  "an inactive practice's portal": /^(kAccessDenied|kNotFound|204)$/,
};
const reasonOf = ({ json, status }: Response) => String(json?.responseCode ?? json?.code ?? status);

it("every pair gets equal answers, for the expected reason", proofTimeout, async () => {
  const differing: unknown[] = [];
  const unexpected: unknown[] = [];
  for (const pair of [...entrances, ...derived]) {
    const [one, other] = await pair.next();
    const [exists, never] = [await one((event) => event), await other((event) => event)];
    if (!isDeepStrictEqual(told(exists), told(never))) differing.push([nameOf(pair), told(exists), told(never)]);
    const reason = derived.includes(pair) ? refusals[pair.title] : /^(40\d\d|401|k\w+|200)$/;
    if (!reason?.test(reasonOf(exists))) unexpected.push([nameOf(pair), reasonOf(exists)]);
  }
  expect(differing).toEqual([]);
  expect(unexpected).toEqual([]);
});

const scores: Score[] = [];
function note(score: Score): void {
  scores.push(score);
  console.log(`| ${score.name} | ${score.samples} | ${score.score.toFixed(2)} |`);
}

it.each(isLong ? [seed] : [])("no entrance takes longer for what exists (seed %i)", proofTimeout, async () => {
  const random = randomFrom(seed);
  for (const pair of entrances) {
    const times = pair.hashes ? samples.hashing : samples.entrance;
    note(await judged(nameOf(pair), times, (count) => scoreOf(pair, count, random)));
  }
  for (const title of new Set(derived.map((pair) => pair.title))) {
    const pairs = derived.filter((pair) => pair.title === title);
    const measure = async (count: number) => {
      const each: number[] = [];
      for (const pair of pairs) each.push(await scoreOf(pair, count, random));
      return together(each);
    };
    note(await judged(`${title} (${pairs.length} operations together)`, samples.derived, measure));
  }
  expect(
    scores.filter(({ violates }) => violates),
    `seed ${seed}`,
  ).toEqual([]);
});

afterAll(() => {
  const [largest] = scores.toSorted((one, other) => Math.abs(other.score) - Math.abs(one.score));
  report({
    entrances: new Set([...entrances, ...derived].map(({ id }) => id)).size,
    pairs: entrances.length + derived.length,
    samples: amount(0, 2) * scores.reduce((sum, each) => sum + each.samples * countIn(each), 0),
    "largest |z|": largest ? `${Math.abs(largest.score).toFixed(2)} (${largest.name})` : "none",
    violations: scores.filter(({ violates }) => violates).length,
  });
});

/** How many pairs a score is of. */
const countIn = ({ name }: Score) => Number(/\((\d+) operations together\)/.exec(name)?.[1] ?? 1);
