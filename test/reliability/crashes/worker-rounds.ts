import type { DynamoDBRecord } from "aws-lambda";
import { queueMessage } from "../../../lib/messages/outbox.ts";
import { write } from "../../../lib/table/transact.ts";
import { startOutside } from "../../../local/outside.ts";
import { verifyTable } from "../../../local/verify/verify-table.ts";
import { erasureRecords } from "../../kit/erasures.ts";
import { recordOf } from "../../kit/outside.ts";
import { openPortal } from "../../kit/portal.ts";
import { allItems, call, expectOk, type Item, makeUser, type Response } from "../../kit/system.ts";
import { endLeasesBefore } from "./messages.ts";
import { type Moment, startRelay } from "./relay.ts";
import { WorkerProcess } from "./worker-process.ts";

type Worker = "send-messages" | "clean-up";

/** A request of a worker, and the moment of it at which the worker is killed. */
interface Kill {
  readonly place: number;
  readonly moment: Moment;
}

/** Prepares something. On a machine that does much else a call may be answered with 503, and is repeated then. */
async function patiently<T>(prepare: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await prepare();
    } catch (error) {
      if (tries === triesMax || !(error as Error).message.includes("got 503 ")) throw error;
    }
  }
}

const triesMax = 20;

function expectStatus(status: number, answer: Response): void {
  if (answer.status !== status) throw new Error(`expected success, got ${answer.status} ${answer.text}`);
}

/** Workers that are killed in the middle of their work, and another worker that goes on. */
export class WorkerRounds {
  /** How many workers were killed. A worker that needs fewer requests ends before. */
  killed = 0;
  readonly violations: string[] = [];
  readonly #outside: Awaited<ReturnType<typeof startOutside>>;
  readonly #other: WorkerProcess;
  #round = 0;

  private constructor(outside: Awaited<ReturnType<typeof startOutside>>) {
    this.#outside = outside;
    this.#other = new WorkerProcess(outside.environment);
  }

  /** Starts the replacement of SES, and the worker that goes on. */
  static begin = async (): Promise<WorkerRounds> => new WorkerRounds(await startOutside());

  /** Ends everything. */
  async end(): Promise<void> {
    this.#other.kill();
    await this.#outside.stop();
  }

  /** A worker is killed while it sends a message. The message must arrive, and only once if SES never got it before. */
  async sendMessage(kill: Kill): Promise<void> {
    this.#round += 1;
    const to = `reader-${this.#round}@example.com`;
    const part = await queueMessage({ kind: "passwordChanged", to, practiceName: "Riverside" }, new Date());
    await write(() => [part]);
    const key = part.item.Put?.Item as Item;
    const records = await recordOf(key);
    const item = async () => (await allItems()).find(({ pk }) => pk === key.pk);
    const sent = () => this.#outside.messages().filter((message) => message.to === to).length;

    await this.#killAt(kill, "send-messages", records);
    const before = { sent: sent(), item: await item() };
    const isHeld = before.item?.leaseUntil !== undefined;
    const isDone = before.item?.doneAt !== undefined;
    await this.#expectTakenOver("send-messages", records, isHeld && !isDone);
    const wanted = before.sent + (isDone ? 0 : 1);
    // Once more, as the stream may do.
    await this.#other.deliver("send-messages", records);
    if (sent() !== wanted) this.#broken(kill, `a message was sent ${sent()} times instead of ${wanted}`);
    if ((await item())?.doneAt === undefined) this.#broken(kill, "a message that was sent is not marked");
    await this.#expectAgreement(kill);
  }

  /** A worker is killed while it erases the rest of an account and of a practice. Nothing but events may be left of them. */
  async erase(kill: Kill): Promise<void> {
    this.#round += 1;
    const portal = await patiently(() => openPortal());
    const [erased, stays] = [await patiently(() => portal.signedIn()), await patiently(() => portal.signedIn())];
    await erased.post("accounts/me/connections", { targets: [{ email: stays.email, access: 4 }] });
    await erased.post("accounts/request-password-reset", { email: erased.email });
    const closed = await patiently(() => openPortal());
    const inside = await patiently(() => closed.signedIn());
    const user = { loginId: `login-${this.#round}`, loginPassword: "Correct horse 1" };
    await patiently(() => makeUser(closed.practice, user));
    await patiently(async () => expectStatus(200, await portal.administrator.delete(`accounts/${erased.id}`)));
    const auth = closed.practice;
    await patiently(() => expectOk(call("PracticeSave", { auth, name: "Closed", active: false })));
    await patiently(() => expectOk(call("PracticeDelete", { auth })));
    const records = await erasureRecords();

    await this.#killAt(kill, "clean-up", records);
    const isHeld = (await allItems()).some(({ type, leaseUntil }) => type === "erasure" && leaseUntil !== undefined);
    await this.#expectTakenOver("clean-up", records, isHeld);
    const names = [erased.id, erased.email, inside.id, inside.email, `login-${this.#round}`];
    this.#expectErased(kill, await allItems(), names);
    await this.#expectAgreement(kill);
  }

  /** Delivers records to a new worker, which is killed at a moment. */
  async #killAt({ place, moment }: Kill, worker: Worker, records: readonly DynamoDBRecord[]): Promise<void> {
    const relay = await startRelay((number, now) => {
      if (number === place && now === moment) victim.kill();
      return number === place && now === moment;
    });
    const environment = {
      AWS_ENDPOINT_URL_DYNAMODB: relay.to(String(process.env.AWS_ENDPOINT_URL_DYNAMODB)),
      AWS_ENDPOINT_URL_SESV2: relay.to(String(this.#outside.environment.AWS_ENDPOINT_URL_SESV2)),
    };
    const victim = new WorkerProcess(environment);
    const answer = await victim.deliver(worker, records);
    if (answer === undefined) this.killed += 1;
    victim.kill();
    relay.stop();
  }

  /** Another worker leaves alone what the killed one holds, until its lease ends, and then does it. */
  async #expectTakenOver(worker: Worker, records: readonly DynamoDBRecord[], isHeld: boolean): Promise<void> {
    const during = await this.#other.deliver(worker, records);
    // The erasure of a practice counts as held, and its record as handled: the hourly worker looks at it again.
    if (worker === "send-messages" && during?.batchItemFailures.length !== (isHeld ? 1 : 0))
      this.violations.push(`${worker} does not respect a lease: ${JSON.stringify(during)}`);
    await endLeasesBefore(Number.POSITIVE_INFINITY);
    const after = await this.#other.deliver(worker, records);
    if (after?.batchItemFailures.length !== 0)
      this.violations.push(`${worker} does not take over: ${JSON.stringify(after)}`);
  }

  #expectErased(kill: Kill, items: readonly Item[], names: readonly string[]): void {
    const texts = items
      .filter(({ type, sk }) => !["event", "message", "messages"].includes(String(type)) && sk !== "PRACTICE")
      .map((item) => ({ key: `${item.pk} ${item.sk}`, text: JSON.stringify(item) }));
    for (const name of names)
      for (const { key } of texts.filter(({ text }) => text.includes(`${name}"`)))
        this.#broken(kill, `${name} was erased, but is in ${key}`);
  }

  async #expectAgreement(kill: Kill): Promise<void> {
    const { disagreements } = await verifyTable({ segments: 1, unitsPerSecond: Number.POSITIVE_INFINITY });
    for (const line of disagreements) this.#broken(kill, line);
  }

  #broken({ place, moment }: Kill, what: string): void {
    this.violations.push(`killed ${moment} request ${place}: ${what}`);
  }
}
