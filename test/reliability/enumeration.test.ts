import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { operations } from "../../lib/operations.ts";
import { amount, isLong, proofTimeout, report, seed } from "../kit/proof.ts";
import { type Response, type TableRequest, watchTable } from "../kit/system.ts";
import { derivedPairs, lookAtNothing } from "./enumeration/derived.ts";
import { entrancePairs } from "./enumeration/entrances.ts";
import type { Pair, Send } from "./enumeration/pair.ts";
import { shiftOf, standardScore, together as stouffer } from "./enumeration/rank-test.ts";
import { makeSecrets } from "./enumeration/world.ts";
import { type Random, randomFrom } from "./linearizability/random.ts";
import { median } from "./soak/measures.ts";

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
/**
 * What exists may take so much longer than what does not, in milliseconds: the table returns an item, and it is read. If the way
 * from a function to a stranger takes 5 ms more or less each time, they need 1,000 calls for each name to see it
 * (2 (4.5 · 5 ms / 1 ms)²), of which an address has 60 in a minute.
 */
const readingMs = 1;

/** How the times of both requests differ, of one pair or of all that keep the same secret. */
interface Difference {
  /** The standard score of the ranks. */
  readonly score: number;
  /** By how much what exists takes longer, in milliseconds. */
  readonly shift: number;
  /** The score when what exists may take `readingMs` longer, or shorter, whichever is meant. */
  readonly beyond: number;
}

interface Score extends Difference {
  readonly name: string;
  readonly samples: number;
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
async function differenceOf(pair: Pair, times: number, random: Random): Promise<Difference> {
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
  const shift = shiftOf(exists, never);
  const allowed = Math.sign(shift) * readingMs;
  const scoreWith = (bound: number) =>
    standardScore(
      exists.map((ms) => ms - bound),
      never,
    );
  return { score: scoreWith(0), shift, beyond: Math.sign(shift) * scoreWith(allowed) };
}

/** The differences of pairs that keep the same secret, together. */
const together = (each: readonly Difference[]): Difference => ({
  score: stouffer(each.map(({ score }) => score)),
  shift: median(each.map(({ shift }) => shift)),
  beyond: stouffer(each.map(({ beyond }) => beyond)),
});

/** Whether what exists takes longer, or shorter, than reading it explains. */
const violates = ({ beyond }: Difference) => beyond > scoreMax;

/** Measures, and once more with twice the samples if the difference is too large. */
async function judged(name: string, times: number, measure: (times: number) => Promise<Difference>): Promise<Score> {
  const first = await measure(times);
  if (!violates(first)) return { name, samples: times, ...first };
  const again = await measure(2 * times);
  return { name: `${name} (again; first ${first.score.toFixed(2)})`, samples: 2 * times, ...again };
}

/** Whether a request notes the use of the stranger's own session, which happens once a minute. */
const notesUse = ({ command, input }: TableRequest) =>
  command === "UpdateItem" && JSON.stringify(input.Key).includes("SESSION#");

/** Sends a request. @returns also the requests to the table, in any order: those of a round trip are made at the same time */
async function workOf(send: Send) {
  const { answer, requests } = await watchTable(() => send((event) => event));
  const others = requests.filter((request) => !notesUse(request));
  return { answer, requests: others.map(({ command }) => command).sort() };
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

it(
  "every pair gets equal answers after equal requests to the table, for the expected reason",
  proofTimeout,
  async () => {
    const differing: unknown[] = [];
    const unexpected: unknown[] = [];
    for (const pair of [...entrances, ...derived]) {
      const [one, other] = await pair.next();
      const [existing, missing] = [await workOf(one), await workOf(other)];
      const exists = existing.answer;
      const [shown, expected] = [existing, missing].map(({ answer, requests }) => ({ ...told(answer), requests }));
      if (!isDeepStrictEqual(shown, expected)) differing.push([nameOf(pair), shown, expected]);
      const reason = derived.includes(pair) ? refusals[pair.title] : /^(40\d\d|401|k\w+|200)$/;
      if (!reason?.test(reasonOf(exists))) unexpected.push([nameOf(pair), reasonOf(exists)]);
    }
    expect(differing).toEqual([]);
    expect(unexpected).toEqual([]);
  },
);

const scores: Score[] = [];
const inWords = ({ score, shift }: Difference) =>
  `${score.toFixed(2)}, ${Math.round(Math.abs(shift) * 1000)} µs ${shift < 0 ? "shorter" : "longer"}`;
function note(score: Score): void {
  scores.push(score);
  console.log(`${score.name}, ${score.samples} samples: z ${inWords(score)}`);
}

it.each(isLong ? [seed] : [])("no entrance takes longer for what exists (seed %i)", proofTimeout, async () => {
  const random = randomFrom(seed);
  for (const pair of entrances) {
    const times = pair.hashes ? samples.hashing : samples.entrance;
    note(await judged(nameOf(pair), times, (count) => differenceOf(pair, count, random)));
  }
  for (const title of new Set(derived.map((pair) => pair.title))) {
    const pairs = derived.filter((pair) => pair.title === title);
    const measure = async (count: number) => {
      const each: Difference[] = [];
      for (const pair of pairs) each.push(await differenceOf(pair, count, random));
      return together(each);
    };
    note(await judged(`${title} (${pairs.length} operations together)`, samples.derived, measure));
  }
  expect(scores.filter(violates), `seed ${seed}`).toEqual([]);
});

afterAll(() => {
  report({
    entrances: new Set([...entrances, ...derived].map(({ id }) => id)).size,
    pairs: entrances.length + derived.length,
    samples: amount(0, 2) * scores.reduce((sum, each) => sum + each.samples * countIn(each), 0),
    ...Object.fromEntries(scores.map((score) => [`z of ${score.name}`, inWords(score)])),
    violations: scores.filter(violates).length,
  });
});

/** How many pairs a score is of. */
const countIn = ({ name }: Score) => Number(/\((\d+) operations together\)/.exec(name)?.[1] ?? 1);
