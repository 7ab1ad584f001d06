import { individual, organizationsPath } from "../../functions/therapists/therapists-contract.ts";
import { minutesAfter } from "../../kit/portal.ts";
import { call, freshKey, makeUser, send } from "../../kit/system.ts";
import { type Pair, type Send, steady } from "./pair.ts";
import { neverWas, type Secrets } from "./world.ts";

/** Entrances where a stranger tries names, passwords and tokens. What each keeps secret is not in the registry. */

/** How many guesses at one name are made before the next name: fewer than lock it. */
const guesses = 4;

/** Gives each name a few turns, then makes the next one. */
function inTurns<T>(make: () => Promise<T>, turns = guesses): () => Promise<T> {
  let turn = 0;
  let made: Promise<T> | undefined;
  return () => {
    if (turn++ % turns === 0 || !made) made = make();
    return made;
  };
}

/** An e-mail address that nobody has, as long as another one. */
const unknownLike = (email: string) => email.replace(/^[^@]*/, neverWas);

const password = "a wrong Passw0rd";

/** A sign-in at a portal with a wrong password. @param prepare does something to the account first */
function logins(
  { portal }: Secrets,
  title: string,
  prepare: (id: string, email: string) => Promise<unknown>,
  isLocked = false,
): Pair {
  const make = async () => {
    const { id, email } = await portal.register();
    const unknown = unknownLike(email);
    if (isLocked) for (const each of [email, unknown]) await guessUntilLocked(each);
    await prepare(id, email);
    return [email, unknown] as const;
  };
  // A guess at a locked account does not count.
  const names = inTurns(make, isLocked ? 200 : guesses);
  const login =
    (email: string): Send =>
    (event) =>
      portal.visitor().send("POST", "accounts/login", { body: { email, password }, event });
  async function guessUntilLocked(email: string) {
    for (let guess = 0; guess < 5; guess++) await login(email)((event) => event);
  }
  const next = async () => {
    const [email, unknown] = await names();
    return [login(email), login(unknown)] as const;
  };
  return { title, id: "AccountLogin", hashes: !isLocked, next };
}

/** A mail with a link: at most one a minute, and five an hour, are sent to an address. All are answered alike. */
function resetRequests({ portal }: Secrets): Pair {
  const start = Date.now();
  let count = 0;
  const names = inTurns(async () => (await portal.register()).email, 5);
  return {
    title: "an e-mail address",
    id: "AccountRequestPasswordReset",
    hashes: false,
    async next() {
      count += 1;
      const now = minutesAfter(new Date(start), count * 2);
      const known = await names();
      const ask =
        (email: string): Send =>
        (event) =>
          portal.visitor().send("POST", "accounts/request-password-reset", { body: { email }, now, event });
      return [ask(known), ask(unknownLike(known))];
    },
  };
}

/** A login of an individual with a wrong password. @param to sends it */
function individuals(
  secrets: Secrets,
  id: string,
  to: (loginId: string, event: Parameters<Send>[0]) => ReturnType<Send>,
): Pair {
  const names = inTurns(async () => {
    const loginId = `login-${freshKey()}`;
    await makeUser(secrets.portal.practice, { userId: loginId, loginId, loginPassword: "Stethoscope-1" });
    return loginId;
  });
  return {
    title: "a login id",
    id,
    hashes: true,
    async next() {
      const loginId = await names();
      return [(event) => to(loginId, event), (event) => to(neverWas(loginId), event)];
    },
  };
}

/** Tokens that were used up, or belong to somebody else, and tokens that never were. */
function tokens({ portal, usedTokens, stranger, offered }: Secrets): Pair[] {
  const { verification, reset } = usedTokens;
  const post =
    (path: string, body?: object): Send =>
    (event) =>
      portal.visitor().send("POST", path, { ...(body && { body }), event });
  const set = (token: string) => post("accounts/reset-password", { token, password: "vexed tulips jog 9" });
  const wrongKind = (path: (token: string) => string): [Send, Send] => [
    post(path(offered.token)),
    post(path(neverWas(offered.token))),
  ];
  const ofVerification = (path: (token: string) => string): [Send, Send] => [
    post(path(verification)),
    post(path(neverWas(verification))),
  ];
  const accept =
    (token: string): Send =>
    (event) =>
      stranger.send("POST", `connections/${token}`, { event });
  return [
    steady("a token that was used", "AccountVerify", ...ofVerification((token) => `token/${token}`)),
    steady("a token of another kind", "AccountVerify", ...wrongKind((token) => `token/${token}`)),
    steady("a token that was used", "AccountReject", ...ofVerification((token) => `accounts/${token}/reject`)),
    steady("a token that was used", "AccountResetPassword", set(reset), set(neverWas(reset))),
    steady("a token of another kind", "ConnectionAccept", accept(verification), accept(neverWas(verification))),
  ];
}

/** The pairs of entrances. */
export function entrancePairs(secrets: Secrets): Pair[] {
  const { administrator } = secrets.portal;
  const toOrganizations = (loginId: string, event: Parameters<Send>[0]) =>
    send("GET", organizationsPath, { headers: individual(loginId, "Wr0ng-password"), event });
  return [
    logins(secrets, "an e-mail address, by a wrong password", async () => {}),
    logins(secrets, "an account that an administrator has locked", (id) =>
      administrator.put(`accounts/${id}`, { locked: true }),
    ),
    logins(secrets, "a verified account", (id) => administrator.put(`accounts/${id}`, { state: "verified" })),
    logins(secrets, "an account that is locked after wrong passwords", async () => {}, true),
    resetRequests(secrets),
    individuals(secrets, "PingWithAuth", (loginId, event) =>
      call("PingWithAuth", { auth: { loginId, loginPassword: "Wr0ng-password" } }, { event }),
    ),
    individuals(secrets, "OrganizationList", toOrganizations),
    ...tokens(secrets),
  ];
}
