import { expect, it } from "vitest";
import type { Adapter } from "../../bench/adapters/adapter.ts";
import { tasksOf } from "../../bench/adapters/tasks.ts";
import { Client } from "../../bench/load.ts";

/** A system that carries out all calls but those of `refused`, and has so many users. */
function adapterOf(users: number, refused?: string): { adapter: Adapter; seen: string[] } {
  const seen: string[] = [];
  const answer = (call: string, argument = "") => {
    seen.push(`${call} ${argument}`);
    return Promise.resolve({ status: call === refused ? 400 : 200, headers: {}, text: argument });
  };
  const adapter: Adapter = {
    client: new Client("http://127.0.0.1:9", 1),
    register: (email) => answer("register", email),
    login: (email) => answer("login", email),
    me: (session) => answer("me", session),
    sessionOf: ({ text }) => `session of ${text}`,
    createTenant: (id, owner) => answer("create", `${id} by ${owner ?? "the integrator"}`),
    saveTenant: (id, name) => answer("save", `${id} ${name}`),
    readTenant: (id) => answer("read", id),
    listUsers: () => answer("list"),
    usersIn: () => users,
    outcomeOf: ({ status }) => (status === 200 ? "done" : "unclear"),
  };
  return { adapter, seen };
}

it("tasks that run at the same time have different people and tenants, prepared before", async () => {
  const { adapter, seen } = adapterOf(100);
  const tasks = await tasksOf(adapter, 8);
  expect(seen.filter((call) => call.startsWith("register"))).toHaveLength(16);
  seen.length = 0;
  for (const task of [tasks["save tenant"], tasks.login, tasks.register, tasks["create tenant"]])
    await Promise.all(Array.from({ length: 16 }, (_, turn) => task(turn)));
  expect(new Set(seen).size).toBe(4 * 16);
});

it("many people, each with their own session, create tenants in place of the integrator", async () => {
  const { adapter, seen } = adapterOf(100);
  const tasks = await tasksOf(adapter, 8);
  seen.length = 0;
  await tasks["create tenant"](1);
  await tasks["create tenant, by many people"](1);
  expect(seen).toEqual(["create created-1 by the integrator", "create owned-1 by session of person-1@example.org"]);
});

it("fails when a call is refused, the list is not whole, or a session is not its person's", async () => {
  await expect(tasksOf(adapterOf(99).adapter, 8)).rejects.toThrow("99 users instead of 100");
  const nobody: Adapter = { ...adapterOf(100).adapter, me: async () => ({ status: 200, headers: {}, text: "null" }) };
  await expect(tasksOf(nobody, 8)).rejects.toThrow("first session is null");
  const tasks = await tasksOf(adapterOf(100, "login").adapter, 8);
  await expect(tasks.login(0)).rejects.toThrow("HTTP 400: person-0@example.org");
});
