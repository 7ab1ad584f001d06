import { setTimeout as sleep } from "node:timers/promises";
import { cookiesOf } from "../../../bench/adapters/adapter.ts";
import type { Answer, Client } from "../../../bench/load.ts";
import type { OperationId } from "../../../lib/operations.ts";
import { isSuccess } from "../../kit/system.ts";
import { jsonIn, undocumentedIn } from "../../openapi/documented-answer.ts";
import type { Call } from "../crashes/ask.ts";
import { administrator, io, password, therapist, visitor, withWrongSecret } from "../crashes/desk.ts";

/** A call, how often it is made among all others, and whether it is to be refused. */
interface Kind {
  readonly share: number;
  readonly call: () => Call;
  readonly isRefused?: true;
  /** Called with the body of a success. */
  readonly done?: (json: { readonly _id: string }) => void;
}

const triesMax = 60;
const usersKept = 20;
const image = "https://images.example.org/therapist.png";

/**
 * A caller with a practice of its own. It creates and deletes what it needs in turn, so that the directory keeps its size. Only
 * audit events become more: they stay for years.
 */
export class Caller {
  /** Answers that are not documented, or not those that the call must have. */
  readonly violations: string[] = [];
  /** How long each call took, in ms, since this was emptied. */
  tookMs: number[] = [];
  /** How often the server was too busy for a call (503). The call is repeated after a second. */
  tooBusy = 0;
  readonly #client: Client;
  readonly #random: () => number;
  readonly #home: string;
  readonly #kinds: readonly Kind[];
  readonly #sum: number;
  #turn = 0;
  #cookie = "";
  /** Records that exist only sometimes: the next call about one creates or deletes it. */
  readonly #isThere = { practice: false, user: false };
  #newcomer: string | undefined;

  constructor(client: Client, number: number, random: () => number) {
    this.#client = client;
    this.#random = random;
    this.#home = `soak-${number}`;
    this.#kinds = this.#allKinds();
    this.#sum = this.#kinds.reduce((sum, { share }) => sum + share, 0);
  }

  /** Creates the practice, its users, and an account with a session. @throws Error when that fails */
  async begin(): Promise<void> {
    await this.#send(io("PracticeCreate", this.#home, { name: "Soak", websiteAddress: this.#home }));
    for (let place = 0; place < usersKept; place++) await this.#send(this.#userSave(place));
    await this.#send(this.#profileSave());
    const { json, answer } = await this.#send(this.#register("holder"));
    if (json?.object !== "account") throw new Error(`no account: ${answer.text}`);
    this.#cookie = cookiesOf(answer);
    this.tookMs = [];
  }

  /** Makes the next call. */
  async next(): Promise<void> {
    this.#turn += 1;
    const { call, isRefused = false, done } = this.#pick();
    const sent = call();
    const { status, json, isRepeated } = await this.#send(sent);
    // A call that the server was too busy for may have been carried out, and is refused then when it is repeated.
    if (isRepeated && !isSuccess({ status, json })) return;
    if (isSuccess({ status, json }) === isRefused)
      this.violations.push(`${sent.id} is answered with ${status} ${JSON.stringify(json).slice(0, 300)}`);
    else if (!isRefused) done?.(json);
  }

  #pick(): Kind {
    let left = this.#random() * this.#sum;
    for (const kind of this.#kinds) {
      left -= kind.share;
      if (left < 0) return kind;
    }
    return this.#kinds[0] as Kind;
  }

  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own
  async #send(call: Call): Promise<{ status: number; json: any; answer: Answer; isRepeated: boolean }> {
    const begun = performance.now();
    let answer = await this.#client.send(call);
    const isRepeated = answer.status === 503;
    // As the answer asks for: `Retry-After: 1`.
    for (let tries = 1; answer.status === 503 && tries < triesMax; tries++) {
      this.tooBusy += 1;
      await sleep(1000);
      answer = await this.#client.send(call);
    }
    this.tookMs.push(performance.now() - begun);
    const undocumented = undocumentedIn(call.id, answer);
    if (undocumented) this.violations.push(`${call.id} is answered with what is not documented: ${undocumented}`);
    return { status: answer.status, json: jsonIn(answer), answer, isRepeated };
  }

  #allKinds(): readonly Kind[] {
    const home = this.#home;
    return [
      { share: 18, call: () => io("PracticeGet", home) },
      { share: 12, call: () => io("UserGet", home, { userId: this.#userId() }) },
      { share: 5, call: () => io("PracticeList", home, { accountId: undefined, limit: 20 }) },
      { share: 8, call: () => io("UserList", home, { accountId: home, limit: usersKept }) },
      { share: 4, call: () => io("EventList", home, { accountId: home, limit: 20 }) },
      { share: 8, call: () => io("PracticeSave", home, { name: `Soak ${this.#turn}`, websiteAddress: home }) },
      { share: 12, call: () => this.#userSave(Math.floor(this.#random() * usersKept)) },
      { share: 4, call: () => this.#comingAndGoing("practice") },
      { share: 4, call: () => this.#comingAndGoing("user") },
      { share: 4, call: () => this.#profileSave() },
      { share: 5, call: () => this.#therapist("PracticeProfileGet", "practice-profile/therapist") },
      { share: 2, call: () => this.#therapist("PracticeProfileList", "practice-profile") },
      { share: 2, call: () => this.#therapist("OrganizationList", "organizations") },
      { share: 8, call: () => this.#me() },
      // Each takes as long as a hundred others, because a password is hashed.
      {
        share: 0.15,
        call: () => visitor("AccountLogin", home, this.#post("/login", { email: this.#emailOf("holder"), password })),
      },
      { share: 0.3, call: () => this.#newcomerCall(), done: ({ _id }) => this.#noteNewcomer(_id) },
      { share: 2, call: () => withWrongSecret("PracticeSave", home, { name: "No" }), isRefused: true },
      { share: 2, call: () => io("PracticeSave", home, { name: "No", phone: "12" }), isRefused: true },
      { share: 2, call: () => io("UserGet", home, { userId: "nobody" }), isRefused: true },
      { share: 1, call: () => visitor("AccountGet", home, { method: "GET", path: "/me" }), isRefused: true },
    ];
  }

  #userId = () => `user-${Math.floor(this.#random() * usersKept)}`;
  #emailOf = (name: string) => `${name}@${this.#home}.example`;
  #post = (path: string, body: object) => ({ path, body });

  #userSave(place: number): Call {
    return io("UserSave", this.#home, { userId: `user-${place}`, firstName: "Ada", lastName: `Mills ${this.#turn}` });
  }

  #comingAndGoing(what: "practice" | "user"): Call {
    const isThere = this.#isThere[what];
    this.#isThere[what] = !isThere;
    if (what === "user") {
      const fields = isThere ? { userId: "guest" } : { userId: "guest", firstName: "Guest", lastName: "Mills" };
      return io(isThere ? "UserDelete" : "UserCreate", this.#home, fields);
    }
    const id = isThere ? "PracticeDelete" : "PracticeCreate";
    return io(
      id,
      `${this.#home}-guest`,
      isThere ? {} : { name: "Guest", websiteAddress: `${this.#home}-guest`, active: false },
    );
  }

  #profileSave(): Call {
    const body = { userId: "therapist", image, role: `role ${this.#turn}`, address: [] };
    return therapist("PracticeProfileSave", this.#home, { path: "practice-profile", body });
  }

  #therapist(id: OperationId, path: string): Call {
    return therapist(id, this.#home, { method: "GET", path });
  }

  #me(): Call {
    const call = visitor("AccountGet", this.#home, { method: "GET", path: "/me" });
    return { ...call, headers: { ...call.headers, cookie: this.#cookie } };
  }

  #register(name: string): Call {
    const person = { name: { first: "Ada", last: "Mills" }, mobile: "+16505555555", password };
    return visitor("AccountRegister", this.#home, this.#post("/register", { ...person, email: this.#emailOf(name) }));
  }

  /** Somebody registers, or their account is erased. */
  #newcomerCall(): Call {
    return this.#newcomer === undefined
      ? this.#register(`newcomer-${this.#turn}`)
      : administrator("AccountDelete", this.#home, { method: "DELETE", path: `/${this.#newcomer}` });
  }

  #noteNewcomer(id: string | undefined): void {
    this.#newcomer = this.#newcomer === undefined ? id : undefined;
  }
}
