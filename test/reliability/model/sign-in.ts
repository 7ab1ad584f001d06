import type { PortalClient } from "../../kit/portal.ts";
import { appCode } from "../../kit/totp.ts";
import type { Definition } from "./command.ts";
import { type Lane, oneOf, type Person } from "./lane.ts";
import {
  actingFor,
  browserOf,
  endConnections,
  endSessions,
  hasPeople,
  hasSignedIn,
  isOwnEmail,
  newestToken,
  nobodysId,
  nobodysToken,
  otherPassword,
  personAt,
  signedIn,
} from "./people.ts";

/** Commands about signing in: sessions, devices, passwords and authenticator apps. */

/** Signs somebody in, with a recovery code where a second factor is asked for. */
async function login(lane: Lane, person: Person, browser: PortalClient, isRight: boolean): Promise<void> {
  const { email, password, recoveryCodes, trusted, known, sessions, endedTogether } = person;
  const credentials = { email, password: isRight ? password : "wrong password" };
  // The session that the browser has already ends.
  const isPresented = sessions.has(browser) || endedTogether.has(browser);
  const events = ["account.signedIn", ...(isPresented ? ["account.signedOut"] : [])];
  const post = (body: object, refusal?: string) =>
    lane.call("AccountLogin", { refusal, events }, (options) => browser.post("accounts/login", body, options));
  const isAsked = recoveryCodes !== undefined && !trusted.has(browser);
  const response = await post(credentials, isRight ? (isAsked ? "kNewLocation" : undefined) : "kInvalidCredentials");
  if (!isRight) return;
  const [code] = recoveryCodes ?? [];
  const shown = isAsked && code ? await post({ ...credentials, location: { verificationToken: code } }) : undefined;
  if (shown) {
    recoveryCodes?.shift();
    trusted.add(browser);
  }
  if (!response && !shown) return;
  endedTogether.delete(browser);
  sessions.add(browser);
  known.add(browser);
}

const signingIn: readonly Definition[] = [
  {
    id: "AccountLogin",
    weight: 4,
    isPossible: hasPeople,
    async run(lane, [who, how, where]) {
      const person = personAt(lane.model.people, who);
      const browser = oneOf([undefined, ...person.known, ...person.sessions], where) ?? lane.portal.visitor();
      const isRight = how % 5 > 0 || person.wrong > 1;
      if (!isRight) person.wrong += 1;
      await login(lane, person, browser, isRight);
    },
  },
  {
    id: "AccountStatus",
    async run(lane, [who, where]) {
      const person = oneOf(signedIn(lane.model), who);
      const browser = where % 2 || !person ? oneOf(lane.model.signedOut, where) : browserOf(person, where);
      const client = browser ?? lane.portal.visitor();
      const isSignedIn = lane.model.people.some(({ sessions }) => sessions.has(client));
      const response = await lane.call("AccountStatus", {}, (options) => client.get("accounts/status", options));
      if (response) lane.expectSame("AccountStatus", response.json.loggedin, isSignedIn);
    },
  },
  {
    id: "AccountLogout",
    isPossible: hasSignedIn,
    async run(lane, [who, where]) {
      const person = personAt(signedIn(lane.model), who);
      const browser = browserOf(person, where);
      const response = await lane.call("AccountLogout", { events: ["account.signedOut"] }, (options) =>
        browser.post("accounts/me/logout", undefined, options),
      );
      if (response) endSessions(lane, person, [browser]);
    },
  },
  {
    id: "SessionList",
    isPossible: hasSignedIn,
    async run(lane, [who, where]) {
      const person = personAt(signedIn(lane.model), who);
      await sessionAt(lane, person, browserOf(person, where));
    },
  },
  {
    id: "SessionDelete",
    isPossible: hasSignedIn,
    async run(lane, [who, where, which]) {
      const person = personAt(signedIn(lane.model), who);
      const [browser, ended] = [browserOf(person, where), browserOf(person, which)];
      const session = which % 5 ? await sessionAt(lane, person, ended) : nobodysId;
      if (session === undefined) return;
      const outcome = {
        refusal: session === nobodysId ? "kNotFound" : undefined,
        events: [browser === ended ? "account.signedOut" : "account.sessionEnded"],
      };
      const response = await lane.call("SessionDelete", outcome, (options) =>
        browser.delete(`accounts/me/sessions/${session}`, options),
      );
      if (response) endSessions(lane, person, [ended]);
    },
  },
  {
    id: "SessionDeleteOthers",
    isPossible: hasSignedIn,
    async run(lane, [who, where]) {
      const person = personAt(signedIn(lane.model), who);
      const browser = browserOf(person, where);
      const response = await lane.call("SessionDeleteOthers", { events: ["account.sessionsEnded"] }, (options) =>
        browser.delete("accounts/me/sessions", options),
      );
      if (response) endTogether(lane, person, browser);
    },
  },
];

/** Notes that a change of the account has ended its sessions. @param but the browser whose session goes on */
function endTogether(lane: Lane, person: Person, but?: PortalClient): void {
  const ended = [...person.sessions].filter((each) => each !== but);
  for (const browser of ended) person.endedTogether.add(browser);
  endSessions(lane, person, ended);
}

/** Lists what a person has, in one of their browsers. @returns the id of that browser's own; `undefined` without an answer */
async function ownIdIn(
  lane: Lane,
  [id, path]: readonly ["SessionList" | "DeviceList", string],
  of: ReadonlySet<PortalClient>,
  browser: PortalClient,
): Promise<string | undefined> {
  const response = await lane.call(id, {}, (options) => browser.get(`accounts/me/${path}`, options));
  if (!response) return undefined;
  lane.expectSame(id, response.json.data.length, of.size);
  const own = response.json.data.find(({ current }: { current: boolean }) => current)?._id;
  lane.expectSame(id, own !== undefined, of.has(browser));
  return own ?? nobodysId;
}

const sessionAt = (lane: Lane, { sessions }: Person, browser: PortalClient) =>
  ownIdIn(lane, ["SessionList", "sessions"], sessions, browser);

/** An unknown id if the browser is no known device. */
const deviceAt = (lane: Lane, { known }: Person, browser: PortalClient) =>
  ownIdIn(lane, ["DeviceList", "devices"], known, browser);

const devices: readonly Definition[] = [
  {
    id: "DeviceList",
    isPossible: hasSignedIn,
    async run(lane, [who, where]) {
      const person = personAt(signedIn(lane.model), who);
      await deviceAt(lane, person, browserOf(person, where));
    },
  },
  {
    id: "DeviceDelete",
    isPossible: hasSignedIn,
    async run(lane, [who, where, how]) {
      const person = personAt(signedIn(lane.model), who);
      const browser = browserOf(person, where);
      const device = await deviceAt(lane, person, browser);
      if (device === undefined) return;
      const byHolder = how % 2 === 0;
      const outcome = {
        refusal: device === nobodysId ? "kNotFound" : undefined,
        events: ["account.devicesForgotten"],
        messages: byHolder ? [] : [{ kind: "devicesForgotten", to: person.email } as const],
      };
      const response = await lane.call("DeviceDelete", outcome, (options) =>
        byHolder
          ? browser.delete(`accounts/me/devices/${device}`, options)
          : lane.portal.administrator.delete(`accounts/${person.id}/devices/${device}`, options),
      );
      if (!response) return;
      person.known.delete(browser);
      person.trusted.delete(browser);
    },
  },
  {
    id: "DeviceDeleteAll",
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path, isHolder } = actingFor(lane, picks);
      const messages = isHolder ? [] : [{ kind: "devicesForgotten", to: person.email } as const];
      const outcome = { events: ["account.devicesForgotten"], messages };
      const response = await lane.call("DeviceDeleteAll", outcome, (options) =>
        client.delete(`accounts/${path}/devices`, options),
      );
      if (!response) return;
      person.known.clear();
      person.trusted.clear();
    },
  },
];

const minuteMs = 60_000;

/** Asks for a link by which a new password can be set. */
async function requestReset(lane: Lane, person: Person): Promise<void> {
  const now = new Date();
  const isDue = person.resetAt <= now.getTime() - minuteMs && person.resets < 5;
  const outcome = {
    events: isDue ? ["account.passwordResetRequested"] : [],
    messages: isDue ? [{ kind: "passwordReset", to: person.email } as const] : [],
  };
  const response = await lane.call("AccountRequestPasswordReset", outcome, (options) =>
    lane.portal.visitor().post("accounts/request-password-reset", { email: person.email }, { now, ...options }),
  );
  if (!response || !isDue) return;
  person.resets += 1;
  person.resetAt = now.getTime();
  person.isResetOpen = true;
}

/** Notes a reset: every session and device is gone, and so is what a stranger may have set up with an unverified address. */
function noteReset(lane: Lane, person: Person, requestId: string): void {
  endTogether(lane, person);
  person.known.clear();
  person.trusted.clear();
  person.isResetOpen = false;
  person.wrong = 0;
  if (person.isVerified) return;
  Object.assign(person, { isVerified: true, pendingSecret: "", recoveryCodes: undefined, isMobileConfirmed: false });
  endConnections(lane, requestId, ({ context }) => context === person);
}

const passwords: readonly Definition[] = [
  {
    id: "AccountRequestPasswordReset",
    weight: 2,
    async run(lane, [who, how]) {
      const own = lane.model.people.filter(({ email }) => isOwnEmail(lane, email));
      const person = how % 4 ? oneOf(own, who) : undefined;
      if (person) return requestReset(lane, person);
      const events = ["account.passwordResetRequested"];
      const email = `${lane.fresh("nobody")}@example.org`;
      return lane.call("AccountRequestPasswordReset", { events }, (options) =>
        lane.portal.visitor().post("accounts/request-password-reset", { email }, options),
      );
    },
  },
  {
    id: "AccountResetPassword",
    weight: 2,
    async run(lane, [who, how]) {
      const person =
        how % 4
          ? oneOf(
              lane.model.people.filter(({ resets }) => resets > 0),
              who,
            )
          : undefined;
      const token = person ? await newestToken(lane, person.email, "passwordReset", person.resets) : nobodysToken;
      const password = otherPassword(person?.password ?? "");
      const hadApp = person && !person.isVerified && person.recoveryCodes !== undefined;
      const outcome = {
        refusal: person?.isResetOpen ? undefined : "kNotFound",
        events: ["account.passwordReset", ...(hadApp ? ["account.totpRemoved"] : [])],
        messages: person ? [{ kind: "passwordChanged", to: person.email } as const] : [],
      };
      const response = await lane.call("AccountResetPassword", outcome, (options) =>
        lane.portal.visitor().post("accounts/reset-password", { token, password }, options),
      );
      if (!response || !person) return;
      person.password = password;
      noteReset(lane, person, response.requestId);
    },
  },
  {
    id: "AccountUpdatePassword",
    weight: 2,
    isPossible: hasSignedIn,
    async run(lane, [who, where, how]) {
      const person = personAt(signedIn(lane.model), who);
      const browser = browserOf(person, where);
      const isRight = how % 4 > 0 || person.wrong > 1;
      if (!isRight) person.wrong += 1;
      const password = otherPassword(person.password);
      const body = { current: isRight ? person.password : "wrong password", password };
      const outcome = {
        refusal: isRight ? undefined : "kInvalidCredentials",
        events: ["account.passwordChanged"],
        messages: [{ kind: "passwordChanged", to: person.email } as const],
      };
      const response = await lane.call("AccountUpdatePassword", outcome, (options) =>
        browser.post("accounts/me/update-password", body, options),
      );
      if (!response) return;
      person.password = password;
      person.isResetOpen = false;
      endTogether(lane, person, browser);
    },
  },
];

const apps: readonly Definition[] = [
  {
    id: "TotpCreate",
    weight: 2,
    isPossible: hasSignedIn,
    async run(lane, [who, where]) {
      const person = personAt(signedIn(lane.model), who);
      const refusal = person.recoveryCodes ? "kExists" : undefined;
      const response = await lane.call("TotpCreate", { refusal, events: ["account.totpBegun"] }, (options) =>
        browserOf(person, where).post("accounts/me/totp", undefined, options),
      );
      if (response) person.pendingSecret = response.json.data.secret;
    },
  },
  {
    id: "TotpConfirm",
    weight: 3,
    isPossible: hasSignedIn,
    async run(lane, [who, where]) {
      const waiting = signedIn(lane.model).filter(({ pendingSecret }) => pendingSecret !== "");
      const person = oneOf(waiting, who) ?? personAt(signedIn(lane.model), who);
      const browser = browserOf(person, where);
      const now = new Date();
      const code = person.pendingSecret ? appCode(person.pendingSecret, now) : "000000";
      const outcome = {
        refusal: person.pendingSecret ? undefined : "kNotFound",
        events: ["account.totpAdded"],
        messages: [{ kind: "totpAdded", to: person.email } as const],
      };
      const response = await lane.call("TotpConfirm", outcome, (options) =>
        browser.post("accounts/me/totp/confirm", { code }, { now, ...options }),
      );
      if (!response) return;
      Object.assign(person, { pendingSecret: "", recoveryCodes: response.json.data.recoveryCodes });
      person.known.add(browser);
      person.trusted.add(browser);
    },
  },
  {
    id: "TotpDelete",
    weight: 2,
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path, isHolder } = actingFor(
        lane,
        picks,
        ({ recoveryCodes }) => recoveryCodes !== undefined,
      );
      const outcome = {
        refusal: person.recoveryCodes ? undefined : "kNotFound",
        events: ["account.totpRemoved"],
        messages: [{ kind: "totpRemoved", to: person.email } as const],
      };
      const body = isHolder ? { password: person.password } : undefined;
      const response = await lane.call("TotpDelete", outcome, (options) =>
        client.send("DELETE", `accounts/${path}/totp`, { body, ...options }),
      );
      if (response) person.recoveryCodes = undefined;
    },
  },
];

/** All commands about signing in. */
export const signInCommands: readonly Definition[] = [...signingIn, ...devices, ...passwords, ...apps];
