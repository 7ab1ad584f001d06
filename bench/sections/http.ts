import { frontdeskAdapter } from "../adapters/frontdesk.ts";
import { taskNames, tasksOf } from "../adapters/tasks.ts";
import { Client, counting } from "../load.ts";
import { Resources } from "../resources.ts";
import { inRounds, percentileMs, rateOf, rounded } from "../rounds.ts";
import type { Section } from "../section.ts";
import { startFrontdesk } from "../server.ts";

const connections = [1, 8, 32];
const rounds = 4;
const roundMs = 700;

/** Rates and times over HTTP. */
export const http: Section = {
  title: "Over HTTP",
  about: [
    "`npm start` and its engine, which waits with each write until it is on disk, and the program that makes the calls share",
    `the machine. Each task is repeated over 1, 8 and 32 connections, ${rounds} times for ${roundMs / 1000} s in turn. The rate is the`,
    "median of these rounds; p50 and p99 are of all calls. With few calls, p99 is the longest. A tenant is a practice.",
    "A call that the server is too busy for (HTTP 503) is repeated after a second, and the time counts.",
  ].join("\n"),
  async run(say) {
    await using open = new Resources();
    const server = await startFrontdesk();
    open.defer(server.stop);
    const client = new Client(server.url, Math.max(...connections));
    open.defer(() => client.close());
    const tasks = await tasksOf(await frontdeskAdapter(client), Math.max(...connections));
    const rows: (string | number)[][] = [];
    for (const name of taskNames) {
      // The same as another task.
      if (name === "create tenant, by many people") continue;
      say(`${name}, over ${connections.join(", ")} connections`);
      const turns = counting();
      const measures = new Map(connections.map((callers) => [callers, { task: tasks[name], callers, turns }]));
      for (const [callers, loads] of await inRounds(measures, rounds, roundMs))
        rows.push([
          name,
          callers,
          ...[rateOf(loads), percentileMs(loads, 0.5), percentileMs(loads, 0.99)].map(rounded),
        ]);
    }
    const shown = (name: string) => {
      const [, , rate, , p99] = rows.find(([task, callers]) => task === name && callers === 8) ?? [];
      return `${name} ${rate} (99 % within ${p99} ms)`;
    };
    const inShort = [
      `\`npm start\` does this many tasks a second over 8 connections: ${["read tenant", "save tenant", "login"].map(shown).join(", ")}.`,
    ];
    return {
      inShort,
      tables: [{ columns: ["task", "connections", "per second", "p50, ms", "p99, ms"], rows }],
      budgets: [],
    };
  },
};
