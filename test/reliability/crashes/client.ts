import { type Answer, ask, type Call } from "./ask.ts";
import { administrator, io, password, therapist, visitor, withWrongSecret } from "./desk.ts";
import { Kept, type Ledger, type Shown } from "./ledger.ts";

/** An account that a client has registered, or may have. */
export interface KeptAccount {
  readonly email: string;
  readonly record: Kept;
  /** Known from the answer to the registration, or from a list. */
  id?: string;
  /** Whether a link for a new password was asked for. Frontdesk sends no second one within a minute. */
  isReset: boolean;
}

/** A call, and what it means when it is acknowledged. */
interface Step {
  readonly call: Call;
  /** The practice whose events tell about the change. Absent: a read. */
  readonly changes?: string;
  /** The record that is then as `after`. */
  readonly record?: Kept;
  readonly after?: Shown;
  readonly mailed?: Ledger["mailed"];
  readonly whenDone?: (answer: Answer) => void;
}

/** Names that several clients want at the same time. */
const wanted = ["north", "south", "east"];
const users = ["ada", "grace", "mei"];

/** A bcrypt hash. A login needs a password, and this one costs no time. */
const hash = `$2b$10$${"abcdefghijklmnopqrstuu"}${"ABCDEFGHIJKLMNOPQRSTUVWXYZ01234"}`;

/** What a read of a practice shows. */
export const shownPractice = (name: string, webAddress: string, active: boolean): string =>
  `${active ? "active" : "inactive"} practice ${name} at ${webAddress || "no address"}`;
/** What a read of a user shows. */
export const shownUser = (firstName: string, loginId: string): string =>
  `user ${firstName} with ${loginId || "no login"}`;

/**
 * A client that has records of its own, and makes one call after the other. It has a practice with a portal, which stays,
 * and a second practice, which it creates and deletes. Only the names in `wanted` are the same for all clients.
 */
export class Client {
  /** The key of the practice with the portal, and its web address. */
  readonly home: string;
  /** The key of the practice that comes and goes. */
  readonly other: string;
  readonly records: {
    readonly other: Kept;
    readonly users: ReadonlyMap<string, Kept>;
    readonly profile: Kept;
    readonly settings: Kept;
  };
  readonly accounts: KeptAccount[] = [];
  readonly #random: () => number;
  #turn = 0;

  constructor(number: number, random: () => number) {
    this.home = `home-${number}`;
    this.other = `other-${number}`;
    this.#random = random;
    this.records = {
      other: new Kept(`the practice ${this.other}`),
      users: new Map(users.map((userId) => [userId, new Kept(`the user ${userId} of ${this.home}`)])),
      profile: new Kept(`the profile in ${this.home}`),
      settings: new Kept(`the settings of ${this.home}`, "30 days"),
    };
  }

  /** Creates the practice with the portal. */
  opening(): Call {
    return io("PracticeCreate", this.home, { name: "Home", websiteAddress: this.home });
  }

  /** Makes the next call, and writes down how it went. @returns whether it was answered */
  async next(origin: string, ledger: Ledger): Promise<boolean> {
    this.#turn += 1;
    const { call, changes, record, after, mailed = [], whenDone } = this.#step();
    const ended = record?.begin(after);
    ledger.calls += 1;
    const answer = await ask(origin, call);
    ended?.(answer);
    if (!answer) {
      ledger.unanswered += 1;
      return false;
    }
    const { requestId, outcome } = answer;
    ledger.answered.push(requestId);
    if (outcome === "done") ledger.acknowledged += 1;
    if (changes !== undefined && outcome !== "failed") {
      const list = outcome === "done" ? ledger.changes : ledger.refusals;
      list.push({ requestId, accountId: changes, what: call.id });
    }
    if (outcome === "done") {
      ledger.mailed.push(...mailed);
      whenDone?.(answer);
      if (call.id === "AccountDelete") ledger.erased.push(...this.#erasedBy(call));
    }
    return true;
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#random() * values.length)] as Value;
  }

  #step(): Step {
    const many = (times: number, make: () => Step) => Array.from({ length: times }, () => make);
    return this.#pick([
      ...many(6, () => this.#practiceStep()),
      ...many(6, () => this.#userStep()),
      ...many(2, () => this.#profileStep()),
      ...many(1, () => this.#settingsStep()),
      ...many(8, () => this.#accountStep()),
      ...many(1, () => this.#invitation()),
      ...many(2, () => this.#read()),
      ...many(1, () => this.#refused()),
    ])();
  }

  /** The other practice is saved, created, deleted, or a user in it is saved. */
  #practiceStep(): Step {
    const { other: record } = this.records;
    const on = { changes: this.other, record } as const;
    const id = this.#pick(["PracticeSave", "PracticeSave", "PracticeCreate", "PracticeDelete", "UserSave"] as const);
    if (id === "PracticeDelete") return { ...on, call: io(id, this.other), after: undefined };
    if (id === "UserSave") {
      const fields = { userId: "inside", firstName: "In", lastName: `Side ${this.#turn}` };
      return { call: io(id, this.other, fields), changes: this.other };
    }
    const name = `Name ${this.#turn}`;
    const websiteAddress = this.#pick(["", "", ...wanted]);
    // Only an inactive practice can be deleted.
    const active = this.#random() < 0.4;
    const fields = { name, websiteAddress, active };
    return { ...on, call: io(id, this.other, fields), after: shownPractice(name, websiteAddress, active) };
  }

  #userStep(): Step {
    const [userId, record] = this.#pick([...this.records.users]);
    const on = { changes: this.home, record } as const;
    const id = this.#pick(["UserSave", "UserSave", "UserCreate", "UserDelete"] as const);
    if (id === "UserDelete") return { ...on, call: io(id, this.home, { userId }), after: undefined };
    const firstName = `Name ${this.#turn}`;
    const loginId = this.#pick(["", ...wanted]);
    const fields = { userId, firstName, lastName: "Mills", ...(loginId && { loginId, loginPasswordHash: hash }) };
    return { ...on, call: io(id, this.home, fields), after: shownUser(firstName, loginId) };
  }

  #profileStep(): Step {
    const role = `role ${this.#turn}`;
    const body = { userId: "therapist", image: "https://images.example.org/therapist.png", role, address: [] };
    const call = therapist("PracticeProfileSave", this.home, { path: "practice-profile", body });
    return { call, changes: this.home, record: this.records.profile, after: role };
  }

  #settingsStep(): Step {
    const unverifiedDays = 1 + (this.#turn % 365);
    const call = io("PortalSettingsSave", this.home, { unverifiedDays });
    return { call, changes: this.home, record: this.records.settings, after: `${unverifiedDays} days` };
  }

  /** Somebody registers, or their account is changed, is erased, or gets a link for a new password. */
  #accountStep(): Step {
    const account = this.#pick(this.accounts.filter(({ id }) => id !== undefined));
    if (!account || this.#random() < 0.4) return this.#registration();
    const { id: accountId, email, record } = account;
    const on = { changes: this.home, record } as const;
    const doing = this.#random();
    if (doing < 0.4) {
      const first = `Name ${this.#turn}`;
      const body = { name: { first } };
      return {
        ...on,
        call: administrator("AccountPut", this.home, { method: "PUT", path: `/${accountId}`, body }),
        after: first,
      };
    }
    if (doing < 0.6 && !account.isReset) {
      account.isReset = true;
      const call = visitor("AccountRequestPasswordReset", this.home, {
        path: "/request-password-reset",
        body: { email },
      });
      // An address that has no account any more is answered in the same way, and gets no mail.
      const isThere = record.possible.every((shown) => shown !== undefined);
      return isThere ? { call, changes: this.home, mailed: [{ to: email, kind: "passwordReset" }] } : { call };
    }
    const call = administrator("AccountDelete", this.home, { method: "DELETE", path: `/${accountId}` });
    return { ...on, call, after: undefined, mailed: [{ to: email, kind: "accountErased" }] };
  }

  #registration(): Step {
    const email = `person-${this.#turn}@${this.home}.example`;
    const first = `Name ${this.#turn}`;
    const account: KeptAccount = { email, record: new Kept(`the account of ${email}`), isReset: false };
    this.accounts.push(account);
    const body = { email, password, name: { first, last: "Mills" }, mobile: "+16505555555" };
    return {
      call: visitor("AccountRegister", this.home, { path: "/register", body }),
      changes: this.home,
      record: account.record,
      after: first,
      mailed: [{ to: email, kind: "verification" }],
      whenDone: ({ json }) => {
        account.id = json._id;
      },
    };
  }

  /** Two people are invited at once: their mails share an item of the table at first. */
  #invitation(): Step {
    const emails = ["a", "b"].map((letter) => `invited-${this.#turn}-${letter}@${this.home}.example`);
    const body = { targets: emails.map((email) => ({ email })) };
    return {
      call: administrator("InvitationCreate", this.home, { path: "/invitations", body }),
      changes: this.home,
      mailed: emails.map((to) => ({ to, kind: "registrationInvitation" })),
    };
  }

  #read(): Step {
    const { home } = this;
    return {
      call: this.#pick([
        io("PracticeGet", home),
        io("UserList", home, { limit: 10 }),
        io("EventList", home, { limit: 10 }),
        administrator("AccountList", home, { method: "GET", path: "?limit=5" }),
      ]),
    };
  }

  /** A change with a wrong secret. */
  #refused(): Step {
    const call = withWrongSecret("PracticeSave", this.home, { name: "Nobody may write this" });
    return { call, changes: this.home };
  }

  #erasedBy({ path }: Call): string[] {
    const account = this.accounts.find(({ id }) => id !== undefined && path.endsWith(`/${id}`));
    return account ? [account.email, String(account.id)] : [];
  }
}
