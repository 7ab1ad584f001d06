import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  beginInstance,
  childrenOf,
  engineOf,
  type Instance,
  isAlive,
  type Outcome,
  temporaryFolder,
} from "../../kit/children.ts";
import { askPatiently } from "./ask.ts";
import { findViolations } from "./check.ts";
import { Client } from "./client.ts";
import { newLedger } from "./ledger.ts";

/** What is killed: the server alone, it and its engine, the engine alone, a server that starts, or one that stops. */
export const crashKinds = ["server", "all", "engine", "start", "stop"] as const;
/** One of them. */
export type CrashKind = (typeof crashKinds)[number];

/** A program must end within this time, once it has to. Usually it takes less than a second. */
const endMsMax = 60_000;

/** A data folder, its clients, and what happened to it. */
export class Life {
  readonly folder = temporaryFolder();
  readonly clients: readonly Client[];
  /** A line for each guarantee that was broken. */
  readonly violations: string[] = [];
  readonly counts = { calls: 0, acknowledged: 0, unanswered: 0 };
  readonly #random: () => number;
  #server: Instance | undefined;

  constructor(clients: number, random: () => number) {
    this.#random = random;
    this.clients = Array.from({ length: clients }, (_, number) => new Client(number, random));
  }

  /**
   * Starts the server for the first time, and opens the portals.
   * @param isKilledFirst whether a server is killed before, while it makes the folder
   */
  async begin(isKilledFirst: boolean): Promise<void> {
    if (isKilledFirst) await this.#killAtStart();
    this.#server = await this.#start().serving;
    for (const client of this.clients) await askPatiently(this.#server.url, client.opening());
  }

  /**
   * Lets all clients call, kills something when so many calls were answered, starts again on the same folder, and looks for
   * what was lost, left behind or doubled.
   */
  async crash(kind: CrashKind, answers: number): Promise<void> {
    const ledger = newLedger();
    await this.#work(kind, answers, ledger);
    this.counts.calls += ledger.calls;
    this.counts.acknowledged += ledger.acknowledged;
    this.counts.unanswered += ledger.unanswered;
    if (kind === "start") await this.#killAtStart();
    const since = Date.now();
    const begun = this.#start();
    try {
      this.#server = await begun.serving;
    } catch (error) {
      this.violations.push(`after a crash (${kind}) ${(error as Error).message}`);
      throw new Error(this.violations.join("\n"));
    }
    const { url } = this.#server;
    this.violations.push(...(await findViolations({ url, folder: this.folder, since }, this.clients, ledger)));
  }

  /** Stops the server in order. */
  async end(): Promise<void> {
    const outcome = await this.#server?.kill("SIGTERM");
    // Its output may tell of work that the machine had no time for.
    if (outcome?.code !== 0) this.violations.push(`the server ends with ${outcome?.code}: ${outcome?.stderr}`);
  }

  /** The secret is the one of this process, so that it can open messages. */
  #start() {
    return beginInstance({ FRONTDESK_DATA: this.folder, SEAL_SECRET: String(process.env.SEAL_SECRET) });
  }

  /** All clients call until the server is gone. */
  async #work(kind: CrashKind, answers: number, ledger: ReturnType<typeof newLedger>): Promise<void> {
    const server = this.#server as Instance;
    let answered = 0;
    let killed: Promise<void> | undefined;
    const work = async (client: Client) => {
      while (await client.next(server.url, ledger)) {
        answered += 1;
        if (answered === answers) killed = this.#kill(kind, server);
      }
    };
    const results = await Promise.allSettled(this.clients.map(work));
    for (const result of results) if (result.status === "rejected") this.violations.push(String(result.reason));
    if (!killed) this.violations.push(`the server does not answer any more, but nothing was killed`);
    await killed;
  }

  /** Kills something. Resolves when the server has ended. */
  async #kill(kind: CrashKind, server: Instance): Promise<void> {
    const engine = engineOf(server.pid);
    if (kind === "engine") {
      process.kill(engine, "SIGKILL");
      const { code, stderr } = await this.#end(server);
      if (
        code !== 1 ||
        !stderr.includes(
          "The local database stopped unexpectedly (SIGKILL). Every answered write is stored: start again.",
        )
      )
        this.violations.push(`a server without its engine ends with ${code} and says: ${stderr}`);
      return;
    }
    if (kind === "all") for (const { pid } of childrenOf(server.pid)) process.kill(pid, "SIGKILL");
    if (kind === "stop") {
      process.kill(server.pid, "SIGTERM");
      await this.#momentOfStop(server, engine);
    }
    try {
      process.kill(server.pid, "SIGKILL");
    } catch {
      // It had ended already.
    }
    await server.ended;
    await this.#gone([engine]);
  }

  /** Waits until processes that a killed server had started have ended. */
  async #gone(pids: readonly number[]): Promise<void> {
    const end = performance.now() + endMsMax;
    while (pids.some(isAlive) && performance.now() < end) await sleep(10);
    if (pids.some(isAlive)) this.violations.push("an engine goes on after its server was killed");
  }

  /** Waits until a server has ended by itself. */
  async #end(server: Instance): Promise<Outcome> {
    const isEnded = await Promise.race([server.ended.then(() => true), sleep(endMsMax, false, { ref: false })]);
    if (isEnded) return server.ended;
    this.violations.push("a server does not end by itself");
    return server.kill("SIGKILL");
  }

  /** Waits for a moment of a server's end: at once, when it is no longer recorded, or when its engine has ended. */
  async #momentOfStop(server: Instance, engine: number): Promise<void> {
    const moments = [() => true, () => !existsSync(join(this.folder, "running.json")), () => !isAlive(engine)];
    const isTime = moments[Math.floor(this.#random() * moments.length)] as () => boolean;
    while (isAlive(server.pid) && !isTime()) await sleep(1);
  }

  /** Starts the server, and kills it at a moment of its start. */
  async #killAtStart(): Promise<void> {
    const moments = ["lock", "table.sqlite-wal", "running.json"].map(
      (name) => () => existsSync(join(this.folder, name)),
    );
    const begun = this.#start();
    const hasEngine = () => childrenOf(begun.pid).length > 0;
    const isTime = [...moments, hasEngine][Math.floor(this.#random() * (moments.length + 1))] as () => boolean;
    while (isAlive(begun.pid) && !isTime()) await sleep(1);
    const children = childrenOf(begun.pid).map(({ pid }) => pid);
    process.kill(begun.pid, "SIGKILL");
    await begun.ended;
    await this.#gone(children);
  }
}
