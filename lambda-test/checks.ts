import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { DynamoDBBatchResponse } from "aws-lambda";
import { routeOf } from "../lib/api/routes.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { type Operation, operations } from "../lib/operations.ts";
import type { Answer } from "../local/answer.ts";
import { demo } from "../local/demo.ts";
import type { Engine } from "../local/dynoxide.ts";
import { toEvent } from "../local/gateway-event.ts";
import type { Outside } from "../local/outside.ts";
import { streamPump } from "../local/stream-pump.ts";
import { verifyTable } from "../local/verify/verify-table.ts";
import { functionDefaults } from "../tools/function-settings.ts";
import { Tally } from "../tools/tally.ts";
import type { Deployable } from "./assembly.ts";
import {
  type Answered,
  firstRequest,
  person,
  portalAccounts,
  practices,
  type RequestParts,
  refusals,
  therapists,
} from "./life-cycles.ts";
import type { RunningFunction } from "./runtime-api.ts";

/** What the checks need. */
export interface Checked {
  readonly functions: readonly Deployable[];
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own answer
  readonly invoke: (id: string, event: object) => Promise<any>;
  readonly start: (deployable: Pick<Deployable, "directory" | "environment">) => Promise<RunningFunction>;
  readonly outside: Outside;
  readonly engine: Engine;
  readonly say: (line: string) => void;
}

const rows: readonly Operation[] = operations;

/** Checks every function, and then the typical calls of a vendor and of a person with a portal account. */
export async function checkAll(checked: Checked): Promise<Tally> {
  const tally = new Tally(checked.say);
  const checks = new Checks(checked, tally);
  /** Calls the function of a route with the event that API Gateway would send. */
  const send = async (method: string, target: string, parts?: RequestParts) =>
    read(await checked.invoke(routeOf(method, target).row.id, eventOf(method, target, parts)));
  const reached = { send, check: tally.check, vendor: demo };
  await checks.page();
  await refusals(reached);
  await checks.workers();
  await checks.missingSettings();
  await practices(reached);
  await therapists(reached);
  await portalAccounts(reached);
  await checks.mail();
  await checks.agreement();
  return tally;
}

class Checks {
  readonly #checked: Checked;
  readonly #check: Tally["check"];

  constructor(checked: Checked, { check }: Tally) {
    this.#checked = checked;
    this.#check = check;
  }

  /** What all these calls have left in the table agrees with itself. */
  async agreement(): Promise<void> {
    await this.#check("claims and owners agree in the whole table", async () => {
      const { disagreements } = await verifyTable({ segments: 1, unitsPerSecond: Number.POSITIVE_INFINITY });
      deepEqual(disagreements, []);
    });
  }

  async page(): Promise<void> {
    await this.#check("PortalPage serves a page, which names files that were built", async () => {
      const { statusCode, body } = await this.#checked.invoke("PortalPage", eventOf("GET", "/riverside/verify", {}));
      equal(statusCode, 200);
      match(String(body), /data-org="riverside"/);
      match(String(body), /"\/_portal\/main-[\w-]+\.css"/);
      match(String(body), /"\/_portal\/main-[\w-]+\.js"/);
    });
  }

  /** Every worker starts, and does nothing when there is nothing to do. */
  async workers(): Promise<void> {
    for (const id of ["SendMessages", "CleanUp"]) {
      await this.#check(`${id} starts, and handles an event without records`, async () => {
        deepEqual(await this.#checked.invoke(id, firstEvent(id)), { batchItemFailures: [] });
      });
    }
    await this.#check("EraseOverdue starts, and finds no account to erase", async () => {
      equal((await this.#checked.invoke("EraseOverdue", firstEvent("EraseOverdue"))) ?? null, null);
    });
    await this.#check("ProcessImage starts, and leaves an object alone that is no upload", async () => {
      equal((await this.#checked.invoke("ProcessImage", firstEvent("ProcessImage"))) ?? null, null);
    });
  }

  /** A function with settings fails at its first event when one is missing. */
  async missingSettings(): Promise<void> {
    const { functions, start } = this.#checked;
    for (const { id, directory, environment } of functions) {
      // The function of pages does not use the table.
      const name = ["TABLE_NAME", "PORTAL_URL"].find((each) => each in environment);
      if (!name) continue;
      await this.#check(`${id} does not work without ${name}, and says so`, async () => {
        const { [name]: _, ...rest } = environment;
        const running = await start({ directory, environment: rest });
        try {
          const complaint = new RegExp(`^Error: Frontdesk cannot start: wrong settings: ${name}: `);
          await rejects(running.invoke(firstEvent(id)), complaint);
        } finally {
          await running.stop();
        }
      });
    }
  }

  /** The worker mails the message that the registration has queued. */
  async mail(): Promise<void> {
    const { invoke, engine, outside } = this.#checked;
    await this.#check("the worker opens the message that was queued, and mails it", async () => {
      const handler = (event: object): Promise<DynamoDBBatchResponse> => invoke("SendMessages", event);
      const consumers = [{ name: "SendMessages", filters: [messageFilter], handler }];
      const { TABLE_NAME: tableName } = functionDefaults;
      const pump = streamPump({ endpoint: engine.endpoint, tableName, consumers });
      await pump.drain();
      await pump.stop();
      const [mail, ...more] = outside.messages();
      equal(more.length, 0);
      equal(mail?.to, person.email);
      match(mail?.text ?? "", /https:\/\/riverside\.portal\.example\.com\/verify\?token=/);
    });
  }
}

/** The event that API Gateway would send for a request. */
function eventOf(method: string, target: string, { body, headers = {} }: RequestParts = {}) {
  const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const all = { host: "frontdesk.test", "content-type": "application/json", ...headers };
  const request = { method, target, headers: all, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  return toEvent(request, routeOf(method, target));
}

/** An event that every function can handle: a request without credentials, or no records for the worker. */
function firstEvent(id: string): object {
  const row = rows.find((each) => each.id === id);
  // What a worker has nothing to do for.
  if (!row) return { Records: [], detail: { bucket: { name: "another" }, object: { key: "" } } };
  const { method, path, body } = firstRequest(row);
  return eventOf(method, path, { body });
}

/** A function's answer with its body parsed. */
function read({ statusCode: status, headers = {}, cookies = [], body }: Answer): Answered {
  return { status, headers, cookies, json: body ? JSON.parse(body) : undefined };
}
