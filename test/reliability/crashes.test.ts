import { afterAll, afterEach, expect, it } from "vitest";
import { cleanUp, startInstance } from "../kit/children.ts";
import { randomFrom } from "../kit/directory-files.ts";
import { amount, isLong, report, seed } from "../kit/proof.ts";
import { ImportRounds } from "./crashes/command-line.ts";
import { type CrashKind, crashKinds, Life } from "./crashes/life.ts";
import { WorkerRounds } from "./crashes/worker-rounds.ts";

/**
 * Kills programs at random moments under load, starts them again, and looks whether anything was lost, left behind or
 * doubled.
 */

/** Programs start and end many times here, which takes long on a busy machine. A test that hangs ends all the same. */
const timeLimit = { timeout: amount(5, 30) * 60_000 };

const counts = {
  "crashes of the server": 0,
  "crashes of the engine": 0,
  "crashes of the worker": 0,
  "crashes of the command line": 0,
  calls: 0,
  acknowledged: 0,
  "without an answer": 0,
  violations: 0,
};

afterEach(cleanUp);
afterAll(() => report(counts));

/** Fails when something was broken, and says how to see it again. */
function expectNone(violations: readonly string[]): void {
  counts.violations += violations.length;
  expect(violations, `npm run prove -- crashes --seed ${seed}`).toEqual([]);
}

/** Does a thing once in `npm test`, and again and again for some time in `npm run prove`. @param turn counts from 0 */
async function again(ms: number, thing: (turn: number) => Promise<void>): Promise<void> {
  const end = performance.now() + ms;
  let turn = 0;
  do {
    await thing(turn);
    turn += 1;
  } while (isLong && performance.now() < end);
}

it("a server that is killed, or whose engine is, has lost nothing and left nothing half done", timeLimit, () =>
  again(120_000, async (turn) => {
    const random = randomFrom(seed * 1000 + turn);
    const life = new Life(amount(3, 8), random);
    await life.begin(isLong);
    const kinds: CrashKind[] = turn === 0 ? ["server", "engine"] : [];
    while (kinds.length < amount(2, 4)) kinds.push(crashKinds[Math.floor(random() * crashKinds.length)] as CrashKind);
    for (const kind of kinds) {
      await life.crash(kind, 10 + Math.floor(random() * amount(20, 100)));
      counts[kind === "engine" ? "crashes of the engine" : "crashes of the server"] += 1;
    }
    await life.end();
    counts.calls += life.counts.calls;
    counts.acknowledged += life.counts.acknowledged;
    counts["without an answer"] += life.counts.unanswered;
    expectNone(life.violations);
  }),
);

it("a worker that is killed at its work is followed by another, which finishes it", timeLimit, async () => {
  const rounds = await WorkerRounds.begin();
  try {
    await again(45_000, async (turn) => {
      const random = randomFrom(seed * 1000 + turn);
      const moment = random() < 0.5 ? "before" : "after";
      // The first worker has the lease of a message, and has not sent it. Some of the others end before they are killed.
      await rounds.sendMessage({ place: turn === 0 ? 3 : 1 + Math.floor(random() * 6), moment });
      await rounds.erase({ place: 1 + Math.floor(random() * 40), moment });
    });
    counts["crashes of the worker"] += rounds.killed;
    expectNone(rounds.violations);
  } finally {
    await rounds.end();
  }
});

it("an import that is killed and resumed does what one import would have done", timeLimit, async () => {
  const server = await startInstance({}, ["--memory"]);
  const rounds = new ImportRounds(server.url);
  await again(30_000, async (turn) => {
    const random = randomFrom(seed * 1000 + turn);
    const rows = amount(12, 60);
    const kills = Array.from({ length: amount(1, 3) }, () => 1 + Math.floor((random() * rows) / amount(1, 2)));
    await rounds.import(rows, kills);
  });
  counts["crashes of the command line"] += rounds.killed;
  counts.calls += rounds.calls;
  expectNone(rounds.violations);
});
