import { ok } from "node:assert/strict";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { erasureFilter } from "../lib/accounts/erasure/filter.ts";
import { filesToDeleteFilter } from "../lib/accounts/image/files-to-delete.ts";
import { routeOf } from "../lib/api/routes.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { documents } from "../lib/table/client.ts";
import type { Answer } from "../local/answer.ts";
import { demo } from "../local/demo.ts";
import type { CreatedObject } from "../local/files.ts";
import { toEvent } from "../local/gateway-event.ts";
import type { SentMessage } from "../local/outside.ts";
import { type Pump, streamPump } from "../local/stream-pump.ts";
import { Tally } from "../tools/tally.ts";
import type { Answered, RequestParts } from "./life-cycles.ts";
import type { Machine } from "./machine.ts";

/** Which code handles a call: that of an earlier commit, or that of this checkout. */
export type Version = "old" | "new";

/** Calls a function. */
// biome-ignore lint/suspicious/noExplicitAny: each function has its own answer
type Invoke = (id: string, event: object) => Promise<any>;

/** The functions of both versions, on one table. */
export interface Fleet {
  readonly machine: Machine;
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own answer
  readonly invoke: (version: Version, id: string, event: object) => Promise<any>;
  /** The objects that were stored in the bucket since it was last called. */
  readonly takeUploads: () => readonly CreatedObject[];
}

/** What somebody does over time. At each `yield`, the other version may take over. */
export interface LifeCycle {
  readonly title: string;
  readonly run: (world: World) => AsyncGenerator<void, void>;
}

/** The answer of a function to a request. */
export interface FunctionAnswer extends Answered {
  readonly headers: Readonly<Record<string, string>>;
}

/** A version for each call of a function. */
type Choice = (id: string) => Version;

/** How the calls of a run are divided between the versions. */
interface Division {
  readonly title: string;
  /** Returns the choice after so many yields. */
  readonly after: (yields: number) => Choice;
}

const always =
  (version: Version): Choice =>
  () =>
    version;

/** A deployment, or its way back, before a step of the life cycle. The workers change with it. */
const before = (step: number, [first, then]: readonly [Version, Version]): Division => ({
  title: `${first} functions until step ${step}, then ${then} ones`,
  after: (yields) => always(yields < step ? first : then),
});

/** Any version for each call, as while a tenth of the calls goes to the new one. */
function atRandom(seed: number): Division {
  const random = randomNumbers(seed);
  return {
    title: `the version of each call at random, seed ${seed}`,
    after: () => () => (random() < 0.5 ? "old" : "new"),
  };
}

/** Numbers from 0 to 1 that are the same for the same seed: a linear congruential generator, of which the high bits are used. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs life cycles with both versions: updated and rolled back before each step, and with a random version for each call. */
export async function runAll(
  fleet: Fleet,
  cycles: readonly LifeCycle[],
  seeds: readonly number[],
  say: (line: string) => void,
): Promise<Tally> {
  const tally = new Tally(say);
  const deliveries = new Deliveries(fleet);
  /** @returns the number of steps; `undefined` after a failure */
  const run = async (cycle: LifeCycle, division: Division): Promise<number | undefined> => {
    const world = new World(fleet, deliveries);
    const title = `${cycle.title}: ${division.title}`;
    let steps: number | undefined;
    await tally.check(title, async () => {
      let yields = 0;
      world.choose = division.after(0);
      try {
        for await (const _ of cycle.run(world)) {
          yields += 1;
          world.choose = division.after(yields);
        }
      } catch (error) {
        throw new Error(`${(error as Error).message}\nCalls before: ${world.calls.slice(-8).join(", ")}`);
      }
      steps = yields;
    });
    return steps;
  };
  for (const cycle of cycles) {
    // The first run tells how many steps there are. If it fails, the life cycle itself is wrong.
    const steps = await run(cycle, { title: "new functions only", after: () => always("new") });
    if (steps === undefined) continue;
    for (let step = 1; step <= steps; step++) await run(cycle, before(step, ["old", "new"]));
    for (let step = 1; step <= steps; step++) await run(cycle, before(step, ["new", "old"]));
    for (const seed of seeds) await run(cycle, atRandom(seed));
  }
  await deliveries.stop();
  return tally;
}

/** Gives the table's stream to the workers, in the versions of the run at hand. */
class Deliveries {
  readonly #pump: Pump;
  #invoke: Invoke | undefined;

  constructor({ machine: { engine, filledIn } }: Fleet) {
    const handler = (id: string) => (event: object) =>
      this.#invoke?.(id, event) ?? Promise.reject(new Error("no run is at hand"));
    this.#pump = streamPump({
      endpoint: engine.endpoint,
      tableName: String(filledIn.TABLE_NAME),
      consumers: [
        { name: "SendMessages", filters: [messageFilter], handler: handler("SendMessages") },
        { name: "CleanUp", filters: [filesToDeleteFilter, erasureFilter], handler: handler("CleanUp") },
      ],
      // A message that the other version cannot read fails each time.
      triesMax: 3,
      log: () => {},
    });
  }

  /** Waits until the workers have handled all that is in the stream. */
  async drain(invoke: Invoke): Promise<void> {
    this.#invoke = invoke;
    await this.#pump.drain();
  }

  stop(): Promise<void> {
    return this.#pump.stop();
  }
}

let worlds = 0;

/** A practice with a portal that no other run uses, and everybody who calls. */
export class World {
  /** Chooses the version of each call. */
  choose: Choice = always("new");
  /** The calls so far, with their versions. */
  readonly calls: string[] = [];
  /** Of this run, among all. */
  readonly number: number;
  /** The practice's key and web address. */
  readonly org: string;
  readonly vendor = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
  readonly auth: { readonly applicationId: string; readonly applicationPassword: string; readonly accountId: string };
  readonly #fleet: Fleet;
  readonly #deliveries: Deliveries;
  readonly #sourceIp: string;

  constructor(fleet: Fleet, deliveries: Deliveries) {
    worlds += 1;
    this.number = worlds;
    this.org = `clinic-${worlds}`;
    this.auth = { ...this.vendor, accountId: this.org };
    // Limits for one address should not add up over runs.
    this.#sourceIp = `10.0.${worlds >> 8}.${worlds & 255}`;
    this.#fleet = fleet;
    this.#deliveries = deliveries;
  }

  /** An e-mail address that nobody else has. */
  email(name: string): string {
    return `${name}@${this.org}.example.org`;
  }

  readonly #invoke: Invoke = (id, event) => {
    const version = this.choose(id);
    this.calls.push(`${version} ${id}`);
    return this.#fleet.invoke(version, id, event);
  };

  /** Sends a request to the function of its route. */
  async send(method: string, target: string, { body, headers = {} }: RequestParts = {}): Promise<FunctionAnswer> {
    const route = routeOf(method, target);
    const event = toEvent(
      {
        method,
        target,
        headers: { host: "frontdesk.test", "content-type": "application/json", ...headers },
        body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
        sourceIp: this.#sourceIp,
        now: new Date(),
      },
      route,
    );
    const answer: Answer = await this.#invoke(route.row.id, event);
    const given = Object.entries(answer.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(given),
      cookies: answer.cookies ?? [],
      json: answer.body ? JSON.parse(answer.body) : undefined,
    };
  }

  /** Calls an `/api/io` method. Returns the answer's body. */
  async io(id: string, body: object, headers?: RequestParts["headers"]) {
    return (await this.send("POST", `/api/io/${id}`, { body, ...(headers && { headers }) })).json;
  }

  /** The same, which must succeed. */
  async ioOk(id: string, body: object, headers?: RequestParts["headers"]) {
    const answer = await this.io(id, body, headers);
    ok(answer.responseCode === 2000, `${id} answered ${answer.responseCode} ${answer.responseMessage}`);
    return answer;
  }

  /** Creates the practice, with its portal. */
  async open(fields: object = {}): Promise<void> {
    const { vendor: auth, org } = this;
    await this.ioOk("PracticeCreate", {
      auth,
      accountId: org,
      name: "Riverside Clinic",
      websiteAddress: org,
      ...fields,
    });
  }

  /** A browser without cookies. */
  browser(): Browser {
    return new Browser(this, { "medable-client-key": demo.clientKey });
  }

  /** A server with the practice's application credentials. */
  server(): Browser {
    return new Browser(this, this.applicationHeaders());
  }

  /** The headers with the practice's application credentials. */
  applicationHeaders(): Record<string, string> {
    const basic = Buffer.from(`${demo.applicationId}:${demo.applicationPassword}`).toString("base64");
    return { authorization: `Basic ${basic}`, "x-account-id": this.org };
  }

  /** Lets the workers handle what the table's stream has for them. */
  async deliver(): Promise<void> {
    await this.#deliveries.drain(this.#invoke);
  }

  /** Lets the worker make pictures of the files that were uploaded. */
  async processUploads(): Promise<void> {
    for (const { bucket, key, size, etag } of this.#fleet.takeUploads()) {
      await this.#invoke("ProcessImage", { detail: { bucket: { name: bucket }, object: { key, size, etag } } });
    }
  }

  /** The last message to somebody with this in its text. @throws Error if there is none */
  messageTo(to: string, part = ""): SentMessage {
    const messages = this.#fleet.machine.outside.messages();
    const message = messages.find((each) => each.to === to && each.text.includes(part));
    if (!message) throw new Error(`no message with "${part}" was sent to ${to}`);
    return message;
  }

  /** The partitions that have something of an account, except audit events. */
  async partitionsOf(id: string): Promise<string[]> {
    const partitions = new Set<string>();
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await documents.send(
        new ScanCommand({
          TableName: String(this.#fleet.machine.filledIn.TABLE_NAME),
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      );
      for (const { pk, sk, type } of page.Items ?? []) {
        if (type !== "event" && `${pk} ${sk}`.includes(id)) partitions.add(`${pk} ${sk}`);
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return [...partitions];
  }

  /** The one-time token in the last mail to somebody. @param page that its link leads to */
  tokenTo(to: string, page: string): string {
    const link = `/${page}?token=`;
    const { text } = this.messageTo(to, link);
    const start = text.indexOf(link) + link.length;
    return text.slice(start, start + 32);
  }
}

/** A client of the portal, which keeps cookies and the CSRF token as a browser and its page do. */
export class Browser {
  readonly #world: World;
  readonly #own: Readonly<Record<string, string>>;
  readonly #cookies = new Map<string, string>();
  #csrf: string | undefined;

  /** @param own headers that it sends with every request */
  constructor(world: World, own: Readonly<Record<string, string>>) {
    this.#world = world;
    this.#own = own;
  }

  /** Sends a request. @param path behind the version, such as `accounts/me` */
  async send(method: string, path: string, { body, headers }: RequestParts = {}): Promise<FunctionAnswer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answered = await this.#world.send(method, `/${this.#world.org}/v2/${path}`, {
      body,
      headers: {
        ...this.#own,
        ...(cookie && { cookie }),
        ...(this.#csrf && { "medable-csrf-token": this.#csrf }),
        ...headers,
      },
    });
    for (const line of answered.cookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; *Max-Age=0(;|$)/.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    this.#csrf = answered.headers["medable-csrf-token"] ?? this.#csrf;
    return answered;
  }

  /** The same, which must succeed. Returns the body. */
  async ok(method: string, path: string, parts?: RequestParts) {
    const { status, json } = await this.send(method, path, parts);
    const isRefused = json?.object === "fault";
    ok(status === 200 && !isRefused, `${method} ${path} answered ${status} ${JSON.stringify(json)}`);
    return json;
  }

  /** The same, which must be refused. Returns the fault's code. */
  async refused(method: string, path: string, parts?: RequestParts): Promise<string> {
    const { status, json } = await this.send(method, path, parts);
    ok(json?.object === "fault", `${method} ${path} answered ${status} ${JSON.stringify(json)}`);
    return json.code;
  }

  /** Forgets the session, but not the device. */
  forgetSession(): void {
    this.#cookies.delete("md.sid");
    this.#csrf = undefined;
  }
}
