import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import timers, { setImmediate as nextRound } from "node:timers/promises";
import { documents } from "../../lib/table/client.ts";
import { hashes } from "./cheap-hashes.ts";
import { noted, type TableRequest } from "./system.ts";

/**
 * What a call does besides its answer. On a laptop, work that nobody waits for still gets done; Lambda stops a function at its
 * answer, so that there such work is lost, or goes on in the middle of a later call.
 */
export interface Observed<T> {
  readonly answer: T;
  /** Requests, to whomever, and hashes that were under way when the answer was given, or began later. In words. */
  readonly unfinished: readonly string[];
  /** How long the timers were that it set to wait, in milliseconds, without those that bound a request to the table. */
  readonly waitedMs: readonly number[];
  /** Its requests to the table. */
  readonly requests: readonly TableRequest[];
  /** How many password hashes it made. */
  readonly hashes: number;
}

/** A call that is observed. */
interface Watched {
  /** Requests without an answer. */
  readonly open: Map<unknown, string>;
  readonly later: string[];
  readonly waitedMs: number[];
  readonly table: Promise<TableRequest>[];
  isAnswered: boolean;
}

const calls = new AsyncLocalStorage<Watched>();

function begin(call: Watched, work: unknown, name: string): void {
  call.open.set(work, name);
  if (call.isAnswered) call.later.push(`${name}, which began after the answer`);
}

// The SDK's clients, and everything else that speaks HTTP, send their requests with Node's own client.
subscribe("http.client.request.created", (message) => {
  const call = calls.getStore();
  if (!call) return;
  const { request } = message as { request: ClientRequest };
  begin(call, request, `a request ${request.getHeader("x-amz-target") ?? `to ${request.host}${request.path}`}`);
  request.once("error", () => call.open.delete(request));
});
subscribe("http.client.response.finish", (message) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
  response.once("end", () => calls.getStore()?.open.delete(request));
});

// A request to the table does some work before it is sent, and after its answer.
documents.middlewareStack.add(
  (next, { commandName }) =>
    async (args) => {
      const call = calls.getStore();
      if (!call) return next(args);
      begin(call, args, `${commandName}`);
      try {
        return await noted(call.table, commandName, args.input, () => next(args));
      } finally {
        call.open.delete(args);
      }
    },
  { step: "initialize", name: "observed calls", priority: "high" },
);

/** Runs `work` while timers tell how long they are. */
async function tellingTimers<T>(work: () => Promise<T>): Promise<T> {
  const [plain, promised] = [globalThis.setTimeout, timers.setTimeout];
  const tell = (ms = 1) => {
    const [, , , caller = ""] = String(new Error("here").stack).split("\n");
    // These end requests that get no answer.
    const isLimit = /\/lib\/table\/http\.ts|\/node_modules\//.test(caller);
    if (!isLimit) calls.getStore()?.waitedMs.push(ms);
  };
  const told = (...args: Parameters<typeof plain>) => {
    tell(args[1]);
    return plain(...args);
  };
  globalThis.setTimeout = Object.assign(told, plain);
  timers.setTimeout = (ms, ...rest) => {
    tell(ms);
    return promised(ms, ...rest);
  };
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    globalThis.setTimeout = plain;
    timers.setTimeout = promised;
    syncBuiltinESMExports();
  }
}

/** Makes a call, and says what it did until its answer, and what it did not finish. */
export async function observe<T>(work: () => Promise<T>): Promise<Observed<T>> {
  const call: Watched = { open: new Map(), later: [], waitedMs: [], table: [], isAnswered: false };
  const [made, running] = [hashes.made, hashes.running];
  const answer = await tellingTimers(() => calls.run(call, work));
  call.isAnswered = true;
  const open = [...call.open.values(), ...Array(hashes.running - running).fill("a hash")];
  const count = hashes.made - made;
  // What was begun without a request, and needs nothing but its turn, gets it now.
  for (let round = 0; round < 3; round++) await nextRound();
  if (hashes.made > made + count) call.later.push("a hash, which began after the answer");
  const requests = await Promise.all(call.table);
  return {
    answer,
    unfinished: [...open.map((name) => `${name}, which was under way at the answer`), ...call.later],
    waitedMs: call.waitedMs,
    requests,
    hashes: count,
  };
}
