import { expect, it } from "vitest";
import { outcomeByStatus } from "../../bench/adapters/adapter.ts";
import {
  aboutPeers,
  type Burst,
  budgetsOf,
  burstsTable,
  type Compared,
  comparedTable,
  cpuTable,
  diskTable,
  peersInShort,
  type SystemName,
} from "../../bench/peer-results.ts";
import { measurePeers } from "../../bench/sections/peers.ts";

/** Rounds with these rates. Each task has taken 2 ms of the server's CPU time, and 1 ms of the database's. */
const loadsOf = (...rates: number[]) =>
  rates.map((rate) => ({ rate, tookMs: [1, 1], cpu: { server: 4, database: 2 } }));

function compared(task: Compared["task"], rates: Readonly<Partial<Record<SystemName, number[]>>>): Compared {
  const named = Object.entries(rates) as [SystemName, number[]][];
  return {
    task,
    loads: new Map(named.map(([name, each]) => [name, loadsOf(...each)])),
    calls: new Map(named.map(([name]) => [name, name === "better-auth" ? 2 : 1])),
  };
}
const save = compared("save tenant", {
  Frontdesk: [100, 300, 200],
  "better-auth": [10, 100, 100],
  "Parse Server": [1000, 1000, 1000],
});
const register = compared("register", {
  Frontdesk: [20],
  "better-auth": [4],
  "better-auth, equal hash": [20],
  "Parse Server": [16],
  "Parse Server, equal hash": [40],
});

it("tells rates, ratios and calls; where passwords are hashed, as shipped and with an equal hash", () => {
  expect(comparedTable([save, register]).rows).toEqual([
    ["save tenant", "200", "100", "1000", "3.00×", "0.20×", "1 / 2 / 1"],
    ["register, as shipped", "20.0", "4.00", "16.0", "5.00×", "1.25×", "1 / 2 / 1"],
    ["register, equal hash", "20.0", "20.0", "40.0", "1.00×", "0.50×", "1 / 1 / 1"],
  ]);
});

it("says in short what is faster, what is slower, and what those who come too late are told", () => {
  const outcomes: Burst["outcomes"] = ["done", "refused", "failed"];
  expect(peersInShort([save, register], [{ name: "better-auth", task: "register", outcomes }])).toEqual([
    "Beside better-auth as shipped, in tasks per second: faster at save tenant 3.00×; register 5.00×. Slower at nothing.",
    "Beside Parse Server as shipped, in tasks per second: faster at register 1.25×. Slower at save tenant 0.20×.",
    expect.stringMatching(/Frontdesk 0 of 0, better-auth 1 of 2, Parse Server 0 of 0\.$/),
  ]);
});

it("tells the CPU time of a task", () => {
  expect(cpuTable([save]).rows).toEqual([["save tenant", "2.00 + 1.00", "2.00 + 1.00", "2.00 + 1.00"]]);
});

it("compares with the budgets over the peers as shipped, and gives a reason where one is not met", () => {
  const rows = budgetsOf([save, register], 1.5);
  const row = (what: string) => rows.find((each) => each.what === what);
  expect(row("register, over better-auth as shipped")).toEqual({
    what: "register, over better-auth as shipped",
    limit: "≥ 5×",
    measured: "5.00×",
    isMet: true,
  });
  expect(row("register, over Parse Server as shipped")).toMatchObject({ measured: "1.25×", isMet: false });
  expect(row("register, over Parse Server as shipped")?.reason).toBe(
    "CPU time of server + database: 2.00 + 1.00 ms, 1.50 ms of it for the hash; Parse Server 2.00 + 1.00 ms",
  );
  expect(row("save tenant, over better-auth")).toMatchObject({ limit: "≥ 5×", measured: "3.00×", isMet: false });
  expect(row("save tenant, over better-auth")?.reason).toBe(
    "CPU time of server + database: 2.00 + 1.00 ms; better-auth 2.00 + 1.00 ms",
  );
});

it("a budget that was not measured is not met", () => {
  expect(budgetsOf([], 1.5).map(({ isMet }) => isMet)).not.toContain(true);
});

it("says how long the disk takes", () => {
  expect(diskTable([3, 1, 2, 5, 4]).rows).toEqual([["1.00", "3.00", "4.00"]]);
});

it("counts what became of simultaneous creates", () => {
  const outcomes: Burst["outcomes"] = ["done", "refused", "refused", "unclear", "failed"];
  expect(burstsTable([{ name: "better-auth", task: "register", outcomes }]).rows).toEqual([
    ["better-auth", "register", 1, 2, 1, 1],
  ]);
});

it("a refusal is clear when it says that the name is taken", () => {
  const outcome = (status: number, body: object) =>
    outcomeByStatus({ status, headers: {}, text: JSON.stringify(body) }, ["TAKEN", 137]);
  expect(outcome(200, {})).toBe("done");
  expect(outcome(422, { code: "TAKEN" })).toBe("refused");
  expect(outcome(400, { code: 137 })).toBe("refused");
  expect(outcome(422, { code: "FAILED" })).toBe("unclear");
  expect(outcome(500, { code: "TAKEN" })).toBe("failed");
});

it("says how it measures", () => {
  expect(aboutPeers(8, 5)).toMatch(/8 callers .* for\n5 rounds/);
});

it("goes on without PostgreSQL, and says so", async () => {
  expect(await measurePeers(() => {}, undefined)).toEqual({
    tables: [],
    budgets: [],
    absent: "this machine has no PostgreSQL (initdb, postgres and psql).",
  });
});
