import { addApp, freshMobile, signIn } from "../../functions/accounts/apps.ts";
import { offer } from "../../functions/accounts/connections.ts";
import { sentMessages } from "../../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  freshEmail,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  roles,
  tokenIn,
} from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import { appCode } from "../../kit/totp.ts";
import type { Outcome } from "./checker.ts";
import { type Operation, told } from "./history.ts";
import { goodPassword, type Kind } from "./making.ts";

/** What works once: mailed tokens, codes, recovery codes, invitations, and a connection's token, which one account accepts. */

const sends = <State>(
  what: string,
  send: () => Promise<Response>,
  may: (state: State) => Outcome<State>,
): Operation<State> => ({ what, send, may: (state) => [may(state)] });

/** Whether the address of an account is verified, or the account is erased. */
type Verification = "unverified" | "verified" | "gone";

/** A verification token and the link "not me" of the same mail: one of both works, once. */
export const verifications: Kind = async ({ random, portal }) => {
  const holder = await portal.register();
  const token = tokenIn((await sentMessages(holder.email))[0]);
  const use = (what: string, path: string, next: Verification) =>
    sends<Verification>(
      what,
      () => portal.visitor().post(`accounts/${path}`),
      (state) => (state === "unverified" ? ["ok", next] : ["kNotFound", state]),
    );
  const [verify, reject] = [use("verify", token, "verified"), use("reject", `${token}/reject`, "gone")];
  const read: Operation<Verification> = {
    what: "read",
    send: () => portal.administrator.get(`accounts/${holder.id}`),
    told: (response) => response.json.state ?? told(response),
    may: (state) => [[state === "gone" ? "kNotFound" : state, state]],
  };
  const clients = [verify, verify, reject, read].map((first) => [first, ...random.shuffled([verify, reject, read])]);
  return { title: "a verification token and its rejection", initial: "unverified", clients };
};

/** A password, and whether the token in the newest mail still sets another one. */
interface Resettable {
  readonly password: string;
  readonly isLive: boolean;
}

/** The token of a password reset sets one password, unless a newer mail or another change of the password voids it. */
export const resets: Kind = async ({ random, portal }) => {
  const holder = await portal.register({ password: goodPassword });
  const { email } = holder;
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }));
  const token = tokenIn((await sentMessages(email))[0]);
  const later = { now: minutesAfter(new Date(), 2) };
  const reset = (password: string) =>
    sends<Resettable>(
      `reset to "${password}"`,
      () => portal.visitor().post("accounts/reset-password", { token, password }, later),
      (state) => (state.isLive ? ["ok", { password, isLive: false }] : ["kNotFound", state]),
    );
  const login = (password: string) =>
    sends<Resettable>(
      `login with "${password}"`,
      () => portal.visitor().post("accounts/login", { email, password }, later),
      (state) => [state.password === password ? "ok" : "kInvalidCredentials", state],
    );
  const askAgain = sends<Resettable>(
    "ask for another mail",
    () => portal.visitor().post("accounts/request-password-reset", { email }, later),
    (state) => ["ok", { ...state, isLive: false }],
  );
  const passwords = [1, 2, 3].map((place) => `${goodPassword} of client ${place}`);
  const clients = passwords.map((password) => [reset(password), login(random.pick(passwords)), login(password)]);
  const others = random.chance(0.5) ? [login(goodPassword), askAgain] : [login(goodPassword)];
  return {
    title: "a token of a password reset",
    initial: { password: goodPassword, isLive: true },
    clients: [...clients, others],
  };
};

/** Which recovery codes were used. */
type Used = Readonly<Record<string, true>>;

const isUsed =
  (code: string) =>
  (used: Used): Outcome<Used> =>
    used[code] ? ["kCallbackNotFound", used] : ["ok", { ...used, [code]: true }];

/** A recovery code signs in once. Four guesses are too few for a lock. */
export const recoveryCodes: Kind = async ({ random, portal }) => {
  const person = await portal.register({ mobile: freshMobile() });
  const now = new Date();
  const codes = (await addApp(person, now)).recoveryCodes.slice(0, 2);
  const use = (code: string) =>
    sends<Used>(`use ${code}`, () => signIn(portal.visitor(), person, now, code, { singleUse: true }), isUsed(code));
  return { title: "recovery codes", initial: {}, clients: [1, 2].map(() => random.shuffled(codes).map(use)) };
};

/** The step of the newest code of an authenticator app that was used. */
export const appCodes: Kind = async ({ random, portal }) => {
  const person = await portal.register({ mobile: freshMobile() });
  const start = new Date();
  const { secret } = await addApp(person, start);
  const now = minutesAfter(start, 2);
  const use = (step: number) =>
    sends<number>(
      `use the code of step ${step}`,
      () => signIn(portal.visitor(), person, now, appCode(secret, now, step), { singleUse: true }),
      (last) => (step > last ? ["ok", step] : ["kCallbackNotFound", last]),
    );
  return { title: "codes of an app", initial: -9, clients: [1, 2].map(() => random.shuffled([0, 1]).map(use)) };
};

/** A code by text message signs one of several tabs of a browser in. */
export const textCodes: Kind = async () => {
  const portal = await openPortal({ twoFactor: true });
  const mobile = freshMobile();
  const person = await portal.register({ mobile });
  const browser = portal.visitor();
  await signIn(browser, person, new Date());
  const code = codeIn((await sentMessages(mobile))[0]);
  const tab = () => {
    const client = portal.visitor();
    for (const [name, value] of browser.cookies) client.cookies.set(name, value);
    return client;
  };
  const use = () =>
    sends<Used>("use the code", () => signIn(tab(), person, new Date(), code, { singleUse: true }), isUsed(code));
  return { title: "a code by text message", initial: {}, clients: [1, 2, 3, 4].map(() => [use()]) };
};

/** An invitation lets one person register. */
export const invitations: Kind = async ({ portal }) => {
  const [boss, email] = [await portal.signedIn([roles.administrator]), freshEmail()];
  await expectSuccess(boss.post("accounts/invitations", { targets: [{ email, roles: [roles.provider] }] }));
  const token = tokenIn((await sentMessages(email))[0]);
  const register = () =>
    sends<boolean>(
      "register by the invitation",
      () => portal.visitor().post("accounts/register", newPerson({ token })),
      (isOpen) => (isOpen ? ["ok", false] : ["kNotFound", isOpen]),
    );
  return { title: "an invitation", initial: true, clients: [1, 2, 3, 4].map(() => [register(), register()]) };
};

/** Who has accepted a connection: nobody yet, the number of an account, or nobody any more. */
type Accepted = "pending" | "ended" | number;

/** A connection is accepted by one account, and ends when its context's holder ends it. */
export const connections: Kind = async ({ random, portal }) => {
  const [context, email] = [await portal.register(), freshEmail()];
  const { token, connection } = await offer(context, email);
  const people = await Promise.all([0, 1, 2].map(() => portal.register()));
  const accept = (person: Holder, number: number) =>
    sends<Accepted>(
      `account ${number} accepts`,
      () => person.post(`connections/${token}`),
      (state) => (state === "pending" || state === number ? ["ok", number] : ["kNotFound", state]),
    );
  const look = (person: Holder, number: number) =>
    sends<Accepted>(
      `account ${number} looks`,
      () => person.get(`accounts/${context.id}`),
      (state) => [state === number ? "ok" : "kNotFound", state],
    );
  const end = sends<Accepted>(
    "the holder ends it",
    () => context.delete(`connections/${connection._id}`),
    (state) => (state === "ended" ? ["kNotFound", state] : ["ok", "ended"]),
  );
  const clients = people.map((person, number) => {
    const [again, seen] = [accept(person, number), look(person, number)];
    return [accept(person, number), ...random.shuffled([again, seen, seen, again])];
  });
  const sees = sends<Accepted>(
    "the holder reads it",
    () => context.get(`connections/${connection._id}`),
    (state) => [state === "ended" ? "kNotFound" : "ok", state],
  );
  return { title: "a connection's token", initial: "pending", clients: [...clients, [sees, end, sees]] };
};
