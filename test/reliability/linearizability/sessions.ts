import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type PortalClient, tokenIn } from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import type { Outcome } from "./checker.ts";
import type { Operation } from "./history.ts";
import { goodPassword, type Kind } from "./making.ts";

/** One account: its password, its sessions, and everything that ends them (contract accounts §1 and §2). */
interface Account {
  readonly password: string;
  readonly isLocked: boolean;
  /** Whether the mailed token still sets a password. */
  readonly canReset: boolean;
  readonly isErased: boolean;
  /** The browsers that have a live session. */
  readonly live: readonly number[];
}

const ends = (state: Account): Account => ({ ...state, live: [] });

/** A browser, and its number in the model. */
interface Browser {
  readonly number: number;
  readonly client: PortalClient;
}

type Operate = (
  what: string,
  send: () => Promise<Response>,
  may: (state: Account) => Outcome<Account>,
) => Operation<Account>;
const operate: Operate = (what, send, may) => ({ what, send, may: (state) => [may(state)] });

/** Calls under the session of a browser. Without a live session each is `kNotLoggedIn`. */
function underSession({ number, client }: Browser) {
  const asks = (what: string, send: () => Promise<Response>, then: (state: Account) => Outcome<Account>) =>
    operate(`browser ${number}: ${what}`, send, (state) =>
      state.live.includes(number) ? then(state) : ["kNotLoggedIn", state],
    );
  const path = "accounts/me/sessions";
  return {
    look: asks(
      "look",
      () => client.get("accounts/me"),
      (state) => ["ok", state],
    ),
    write: asks(
      "write",
      () => client.put("accounts/me", { gender: "f" }),
      (state) => ["ok", state],
    ),
    endOthers: asks(
      "end all others",
      () => client.delete(path),
      (state) => ["ok", { ...state, live: [number] }],
    ),
    logout: asks(
      "log out",
      () => client.post("accounts/me/logout"),
      (state) => ["ok", { ...state, live: state.live.filter((each) => each !== number) }],
    ),
    change: (current: string, password: string) =>
      asks(
        `change "${current}" to "${password}"`,
        () => client.post("accounts/me/update-password", { current, password }),
        (state) =>
          state.password === current
            ? ["ok", { ...state, password, canReset: false, live: [number] }]
            : ["kInvalidCredentials", state],
      ),
  };
}

/** A sign-in on a browser that has no session. */
const login = (email: string, { number, client }: Browser, password: string) =>
  operate(
    `browser ${number}: log in with "${password}"`,
    () => client.post("accounts/login", { email, password }),
    (state) => {
      if (state.isErased || state.password !== password) return ["kInvalidCredentials", state];
      return state.isLocked ? ["kAccountLocked", state] : ["ok", { ...state, live: [...state.live, number].sort() }];
    },
  );

/** What others do to the account: an administrator, and whoever has the mailed link. */
function fromOutside(administrator: PortalClient, visitor: () => PortalClient, id: string, token: string) {
  const path = `accounts/${id}`;
  const found = (state: Account, next: Account): Outcome<Account> =>
    state.isErased ? ["kNotFound", state] : ["ok", next];
  return {
    lock: operate(
      "lock",
      () => administrator.put(path, { locked: true }),
      (state) => found(state, { ...ends(state), isLocked: true }),
    ),
    unlock: operate(
      "unlock",
      () => administrator.put(path, { locked: false }),
      (state) => found(state, { ...state, isLocked: false }),
    ),
    erase: operate(
      "erase",
      () => administrator.delete(path),
      (state) => found(state, { ...ends(state), isErased: true, canReset: false }),
    ),
    reset: (password: string) =>
      operate(
        `reset to "${password}"`,
        () => visitor().post("accounts/reset-password", { token, password }),
        (state) => (state.canReset ? ["ok", { ...ends(state), password, canReset: false }] : ["kNotFound", state]),
      ),
  };
}

/** The sessions of an account while its password changes, and while it is locked or erased. */
export const sessions: Kind = async ({ random, portal, clients: count, length }) => {
  const person = await portal.register({ password: goodPassword });
  const { email, id } = person;
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }));
  const token = tokenIn((await sentMessages(email))[0]);
  // Two tabs share the first browser.
  const first: Browser = { number: 0, client: person };
  const second: Browser = { number: 1, client: await portal.login(person) };
  let browsers = 2;
  const newBrowser = (): Browser => ({ number: browsers++, client: portal.visitor() });
  const outside = fromOutside(portal.administrator, portal.visitor, id, token);
  const passwords = [goodPassword, `${goodPassword} again`, `${goodPassword} once more`];
  const draw = (browser: Browser): Operation<Account> => {
    const { look, write, endOthers, logout, change } = underSession(browser);
    const chance = random.below(20);
    if (chance < 1) return logout;
    if (chance < 3) return endOthers;
    if (chance < 7) return change(random.pick(passwords), random.pick(passwords.slice(1)));
    if (chance < 12) return write;
    return look;
  };
  const drawOutside = (): Operation<Account> => {
    const { lock, unlock, erase, reset } = outside;
    return random.pick([lock, unlock, unlock, reset(random.pick(passwords)), ...(random.chance(0.1) ? [erase] : [])]);
  };
  const clients = Array.from({ length: count }, (_, client) => {
    let own = [first, first, second][client];
    return Array.from({ length }, () => {
      if (client === 0 && random.chance(0.3)) return drawOutside();
      if (own && !random.chance(0.25)) return draw(own);
      own = newBrowser();
      return login(email, own, random.pick(passwords));
    });
  });
  const initial: Account = {
    password: goodPassword,
    isLocked: false,
    canReset: true,
    isErased: false,
    live: [0, 1],
  };
  return { title: "sessions of an account", initial, clients };
};
