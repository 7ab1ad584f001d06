import { setTimeout as wait } from "node:timers/promises";
import type { Answer, Task } from "../load.ts";
import { tenantUsers } from "../peers/prepared.ts";
import type { Adapter } from "./adapter.ts";

/** The tasks that systems are measured by, as tables name them. */
export const taskNames = [
  "read tenant",
  "list 100 users",
  "create tenant",
  "create tenant, by many people",
  "save tenant",
  "register",
  "login",
  "me",
] as const;

/** One of them. */
export type TaskName = (typeof taskNames)[number];

/** How many people read their own account. */
const sessionsUsed = 8;

/**
 * Prepares the tasks of a system. The tasks that run at the same time have different people and tenants.
 * @param atOnce how many tasks will run at the same time
 */
export async function tasksOf(adapter: Adapter, atOnce: number): Promise<Readonly<Record<TaskName, Task>>> {
  const done = (call: () => Promise<Answer>) => carryOut(adapter, call);
  const places = Array.from({ length: 2 * Math.max(atOnce, sessionsUsed) }, (_, place) => place);
  const emailOf = (turn: number) => `person-${turn % places.length}@example.org`;
  const savedId = (turn: number) => `saved-${turn % places.length}`;
  const sessions: string[] = [];
  const waiting = places.values();
  const prepare = async () => {
    for (const place of waiting) {
      await done(() => adapter.saveTenant(savedId(place), "Hillside"));
      sessions[place] = adapter.sessionOf(await done(() => adapter.register(emailOf(place))));
    }
  };
  await Promise.all(Array.from({ length: sessionsUsed }, prepare));
  const listed = adapter.usersIn(await done(adapter.listUsers));
  if (listed !== tenantUsers) throw new Error(`The list has ${listed} users instead of ${tenantUsers}.`);
  // better-auth also answers an unknown session with 200.
  const { text } = await done(() => adapter.me(sessions[0] ?? ""));
  if (!text.includes(emailOf(0))) throw new Error(`The account of the first session is ${text.slice(0, 500)}`);
  return {
    "read tenant": () => done(() => adapter.readTenant(savedId(0))),
    "list 100 users": () => done(() => adapter.listUsers()),
    "create tenant": (turn) => done(() => adapter.createTenant(`created-${turn}`)),
    "create tenant, by many people": (turn) =>
      done(() => adapter.createTenant(`owned-${turn}`, sessions[turn % sessions.length])),
    "save tenant": (turn) => done(() => adapter.saveTenant(savedId(turn), `Hillside ${turn}`)),
    register: (turn) => done(() => adapter.register(`new-${turn}@example.org`)),
    login: (turn) => done(() => adapter.login(emailOf(turn))),
    // A few sessions, because a system may store the first use of a session in a minute. That takes longer than the others.
    me: (turn) => done(() => adapter.me(sessions[turn % sessionsUsed] ?? "")),
  };
}

/** How often a call is repeated, and how long after a refusal. */
const repeats = { max: 5, afterMs: 1000 };

/**
 * Makes a call, and repeats it as long as the server is too busy (HTTP 503), as Frontdesk's documentation says. The time
 * counts.
 * @throws Error unless the call was carried out
 */
async function carryOut(adapter: Adapter, call: () => Promise<Answer>): Promise<Answer> {
  for (let repeated = 0; ; repeated++) {
    const answer = await call();
    if (adapter.outcomeOf(answer) === "done") return answer;
    if (answer.status !== 503 || repeated === repeats.max)
      throw new Error(`HTTP ${answer.status}: ${answer.text.slice(0, 500)}`);
    await wait(repeats.afterMs);
  }
}
