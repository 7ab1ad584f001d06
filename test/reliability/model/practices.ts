import { call, type TestPractice } from "../../kit/system.ts";
import type { Definition, Picks } from "./command.ts";
import { type Lane, type Model, type ModelPractice, type ModelUser, oneOf } from "./lane.ts";

/** Commands of the family practices: practices, users and settings. */

const loginPassword = "Stethoscope1";

/** The vendor of the house, who owns the client's practices too. */
const vendorOf = ({ portal }: Lane) => {
  const { applicationId, applicationPassword } = portal.practice;
  return { applicationId, applicationPassword };
};
/** One of the keys that the client uses for practices of its own. */
const practiceIdOf = (lane: Lane, pick: number) => `${lane.name}-p${pick % 3}`;

/** One of the names that several clients want. */
const sharedNames = ["wanted-1", "wanted-2"];

/** A name of a record: none, its own, one that others want, or the same as before. */
function nameFor(own: string, before: string, pick: number): string {
  return [own, oneOf(sharedNames, pick >> 2) ?? "", before, ""][pick % 4] ?? "";
}

/** What is sent about a practice, and what the model then has. */
function practiceFields(lane: Lane, before: ModelPractice | undefined, accountId: string, [, city, names]: Picks) {
  const after: ModelPractice = {
    accountId,
    name: lane.fresh("name"),
    city: `City ${city % 5}`,
    active: before?.active ?? true,
    websiteAddress: nameFor(accountId, before?.websiteAddress ?? "", names),
    directDomain: nameFor(accountId, before?.directDomain ?? "", names >> 3),
    people: before?.people ?? [],
  };
  const { name, websiteAddress, directDomain } = after;
  return { after, body: { accountId, name, city: after.city, websiteAddress, directDomain } };
}

/** The refusals that are right because somebody else has, or had, a name. */
const contended = (after: ModelPractice, before?: ModelPractice): string[] => [
  ...(sharedNames.includes(after.websiteAddress) && after.websiteAddress !== before?.websiteAddress ? ["4140"] : []),
  ...(sharedNames.includes(after.directDomain) && after.directDomain !== before?.directDomain ? ["4150"] : []),
];

/** Creates or changes a practice. */
const writePractice =
  (id: "PracticeCreate" | "PracticeUpdate" | "PracticeSave") => async (lane: Lane, picks: Picks) => {
    const accountId = practiceIdOf(lane, picks[0]);
    const { practices } = lane.model;
    const before = practices.get(accountId);
    const { after, body } = practiceFields(lane, before, accountId, picks);
    const refusal =
      id === "PracticeCreate" && before ? "4130" : id === "PracticeUpdate" && !before ? "4131" : undefined;
    // Without `active` a practice stays as it is.
    const active = picks[1] % 3 === 0 ? undefined : picks[1] % 3 === 1;
    after.active = active ?? after.active;
    const events = [before ? "practice.updated" : "practice.created"];
    const response = await lane.call(
      id,
      { refusal, mayBe: refusal ? [] : contended(after, before), events },
      (options) => call(id, { auth: vendorOf(lane), ...body, active }, options),
    );
    if (!response) return;
    lane.expectSame(id, response.json.action, before ? "update" : "create");
    practices.set(accountId, after);
  };

/** What PracticeGet has to answer. */
const shownPractice = ({ accountId, name, city, active, websiteAddress, directDomain }: ModelPractice) => ({
  accountId,
  name,
  city,
  active,
  websiteAddress,
  directDomain: directDomain && `${directDomain}.direct.example.com`,
});
/** The same fields of an answer. */
const partOf = <Shown extends object>(shown: Shown, answered: Record<keyof Shown, unknown>) =>
  Object.fromEntries(Object.keys(shown).map((field) => [field, answered[field as keyof Shown]]));

/** Notes that a practice is gone, with everything in it. */
function forgetPractice({ model }: Lane, accountId: string): void {
  for (const { id, email } of model.practices.get(accountId)?.people ?? []) {
    model.gone.ids.push(id);
    model.gone.emails.push(email);
  }
  model.practices.delete(accountId);
  for (const [key, user] of model.users) if (user.accountId === accountId) model.users.delete(key);
}

const practiceCommands: readonly Definition[] = [
  { id: "PracticeCreate", weight: 2, run: writePractice("PracticeCreate") },
  { id: "PracticeUpdate", weight: 3, run: writePractice("PracticeUpdate") },
  { id: "PracticeSave", weight: 2, run: writePractice("PracticeSave") },
  {
    id: "PracticeGet",
    async run(lane, [key]) {
      const accountId = practiceIdOf(lane, key);
      const practice = lane.model.practices.get(accountId);
      const response = await lane.call("PracticeGet", { refusal: practice ? undefined : "4131" }, (options) =>
        call("PracticeGet", { auth: vendorOf(lane), accountId }, options),
      );
      if (!response || !practice) return;
      const shown = shownPractice(practice);
      lane.expectSame("PracticeGet", partOf(shown, response.json.practice), shown);
    },
  },
  {
    id: "PracticeList",
    async run(lane) {
      const response = await lane.call("PracticeList", {}, (options) =>
        call("PracticeList", { auth: vendorOf(lane) }, options),
      );
      if (!response) return;
      const own = response.json.practiceList.filter(({ accountId }: ModelPractice) => accountId.startsWith(lane.name));
      lane.expectSame(
        "PracticeList",
        own.map(({ accountId, name }: ModelPractice) => [accountId, name]).sort(),
        [...lane.model.practices.values()].map(({ accountId, name }) => [accountId, name]).sort(),
      );
    },
  },
  {
    id: "PracticeDelete",
    weight: 2,
    async run(lane, [key]) {
      const accountId = practiceIdOf(lane, key);
      const practice = lane.model.practices.get(accountId);
      const refusal = practice ? (practice.active ? "4135" : undefined) : "4131";
      const response = await lane.call("PracticeDelete", { refusal, events: ["practice.deleted"] }, (options) =>
        call("PracticeDelete", { auth: vendorOf(lane), accountId }, options),
      );
      if (response) forgetPractice(lane, accountId);
    },
  },
];

/** Where a user is: mostly in the house, else in a practice of the client. */
const whereOf = (lane: Lane, pick: number): TestPractice =>
  pick % 4 === 0
    ? { ...vendorOf(lane), accountId: practiceIdOf(lane, pick >> 2) }
    : { ...vendorOf(lane), accountId: lane.portal.practice.accountId };
const isHouse = (lane: Lane, { accountId }: TestPractice) => accountId === lane.portal.practice.accountId;
const isOpen = (lane: Lane, where: TestPractice) =>
  isHouse(lane, where) || lane.model.practices.get(where.accountId)?.active === true;

/** The user that a command is about, if it exists. */
function userAt(lane: Lane, [place, person]: Picks) {
  const where = whereOf(lane, place);
  const userId = `${lane.name}-u${person % 3}`;
  const key = JSON.stringify([where.accountId, userId]);
  return { where, userId, key, before: lane.model.users.get(key) };
}

/** What is sent about a user, and what the model then has. */
function userFields(lane: Lane, picks: Picks) {
  const { where, userId, before } = userAt(lane, picks);
  const names = picks[2];
  // The logins in a practice that was deleted are free when a worker has erased it, so that each gets another one there.
  const ownLogin = isHouse(lane, where) ? `${userId}-login` : before?.loginId || lane.fresh("login");
  const after: ModelUser = {
    accountId: where.accountId,
    userId,
    firstName: lane.fresh("first"),
    active: names % 5 !== 0,
    loginId: nameFor(ownLogin, before?.loginId ?? "", names),
    directAddress: isHouse(lane, where) ? nameFor(userId, before?.directAddress ?? "", names >> 3) : "",
    wrong: before?.wrong ?? 0,
  };
  if (!isHouse(lane, where) && sharedNames.includes(after.loginId)) after.loginId = ownLogin;
  const { firstName, active, loginId, directAddress } = after;
  const body = { userId, firstName, lastName: "Mills", active, loginId, directAddress };
  return { after, body: { ...body, ...(loginId && { loginPassword }) } };
}

/** Creates or changes a user. */
const writeUser = (id: "UserCreate" | "UserUpdate" | "UserSave") => async (lane: Lane, picks: Picks) => {
  const { where, key, before } = userAt(lane, picks);
  const { after, body } = userFields(lane, picks);
  const refusal = !isOpen(lane, where)
    ? "4011"
    : id === "UserCreate" && before
      ? "4230"
      : id === "UserUpdate" && !before
        ? "4231"
        : undefined;
  const isWanted = (name: string, own: string | undefined) => sharedNames.includes(name) && name !== own;
  const mayBe = [
    ...(isWanted(after.directAddress, before?.directAddress) ? ["4610"] : []),
    ...(isWanted(after.loginId, before?.loginId) ? ["4234"] : []),
  ];
  const events = [before ? "user.updated" : "user.created"];
  const response = await lane.call(id, { refusal, mayBe: refusal ? [] : mayBe, events }, (options) =>
    call(id, { auth: where, ...body }, options),
  );
  if (!response) return;
  lane.expectSame(id, response.json.action, before ? "update" : "create");
  lane.model.users.set(key, after);
};

const shownUser = ({ accountId, userId, firstName, active, loginId }: ModelUser) => ({
  accountId,
  userId,
  firstName,
  active,
  loginId,
});

/** Signs a user in by their login. */
async function signIn(lane: Lane, { loginId, active }: ModelUser, isRight: boolean): Promise<void> {
  const auth = { loginId, loginPassword: isRight ? loginPassword : "Wr0ng-Password" };
  await lane.call("PingWithAuth", { refusal: isRight && active ? undefined : "4010" }, (options) =>
    call("PingWithAuth", { auth }, options),
  );
}

const userCommands: readonly Definition[] = [
  { id: "UserCreate", weight: 2, run: writeUser("UserCreate") },
  { id: "UserUpdate", weight: 3, run: writeUser("UserUpdate") },
  { id: "UserSave", weight: 2, run: writeUser("UserSave") },
  {
    id: "UserGet",
    async run(lane, picks) {
      const { where, userId, before } = userAt(lane, picks);
      const refusal = !isOpen(lane, where) ? "4011" : before ? undefined : "4231";
      const response = await lane.call("UserGet", { refusal }, (options) =>
        call("UserGet", { auth: where, userId }, options),
      );
      if (!response || !before) return;
      lane.expectSame("UserGet", partOf(shownUser(before), response.json.user), shownUser(before));
      const [local = null] = before.directAddress === "" ? [] : [before.directAddress];
      lane.expectSame("UserGet", response.json.user.directAddress?.split("@")[0] ?? null, local);
    },
  },
  {
    id: "UserList",
    async run(lane) {
      const response = await lane.call("UserList", {}, (options) =>
        call("UserList", { auth: vendorOf(lane) }, options),
      );
      if (!response) return;
      const own = response.json.userList.filter(({ userId }: ModelUser) => userId.startsWith(lane.name));
      const text = (user: ModelUser) => JSON.stringify(partOf(shownUser(user), user as never));
      lane.expectSame("UserList", own.map(text).sort(), [...lane.model.users.values()].map(text).sort());
    },
  },
  {
    id: "UserDelete",
    weight: 2,
    async run(lane, picks) {
      const { where, userId, key, before } = userAt(lane, picks);
      const refusal = !isOpen(lane, where) ? "4011" : before ? undefined : "4231";
      const response = await lane.call("UserDelete", { refusal, events: ["user.deleted"] }, (options) =>
        call("UserDelete", { auth: where, userId }, options),
      );
      if (!response) return;
      lane.model.users.delete(key);
      if (isHouse(lane, where)) lane.model.profiles.delete(userId);
    },
  },
];

const pingCommands: readonly Definition[] = [
  { id: "Ping", run: (lane) => lane.call("Ping", {}, (options) => call("Ping", {}, options)) },
  {
    id: "PingWithApplicationAuth",
    run: (lane, [pick]) => {
      const { applicationId, applicationPassword } = vendorOf(lane);
      const auth = { applicationId, applicationPassword: pick % 3 ? applicationPassword : "wrong" };
      return lane.call("PingWithApplicationAuth", { refusal: pick % 3 ? undefined : "4010" }, (options) =>
        call("PingWithApplicationAuth", { auth }, options),
      );
    },
  },
  {
    id: "PingWithAccountAuth",
    run: (lane, [place]) => {
      const auth = whereOf(lane, place);
      return lane.call("PingWithAccountAuth", { refusal: isOpen(lane, auth) ? undefined : "4011" }, (options) =>
        call("PingWithAccountAuth", { auth }, options),
      );
    },
  },
  {
    id: "PingWithAuth",
    weight: 2,
    async run(lane, picks) {
      const { where, userId, before } = userAt(lane, picks);
      const isThere = isOpen(lane, where);
      if (before?.loginId && isThere && picks[2] % 3 > 0) {
        // Five wrong ones would lock the login.
        const isRight = picks[2] % 3 === 1 || before.wrong > 1;
        if (!isRight) before.wrong += 1;
        await signIn(lane, before, isRight);
        return;
      }
      const refusal = isThere ? (before?.active ? undefined : "4012") : "4011";
      await lane.call("PingWithAuth", { refusal }, (options) =>
        call("PingWithAuth", { auth: { ...where, userId } }, options),
      );
    },
  },
];

/** The setting of the portal that a client changes: each has another one, and none may be lost. */
const settingNames = ["lockMinutes", "smsPerDay", "sessionHours", "sessionIdleMinutes", "lockAttempts"] as const;
/** The name of a client's own setting. */
export const settingOf = ({ place }: Lane): string => oneOf(settingNames, place) ?? "";
/** A value of it that is in the bounds of each, and does not hinder the other commands. */
export const settingValue = (pick: number): number => 30 + (pick % 50);

/** Expects that the portal has the client's own setting. */
export const expectSetting = (lane: Lane, settings: Readonly<Record<string, unknown>>): void => {
  const { setting } = lane.model;
  if (setting !== undefined) lane.expectSame("settings", settings[settingOf(lane)], setting);
};

const settingsCommands: readonly Definition[] = [
  {
    id: "PortalSettingsGet",
    async run(lane) {
      const response = await lane.call("PortalSettingsGet", {}, (options) =>
        call("PortalSettingsGet", { auth: lane.portal.practice }, options),
      );
      if (response) expectSetting(lane, response.json.portalSettings);
    },
  },
  {
    id: "PortalSettingsSave",
    async run(lane, [pick]) {
      const fields = { [settingOf(lane)]: settingValue(pick) };
      const events = ["portalSettings.updated"];
      const response = await lane.call("PortalSettingsSave", { events }, (options) =>
        call("PortalSettingsSave", { auth: lane.portal.practice, ...fields }, options),
      );
      if (!response) return;
      lane.model.setting = settingValue(pick);
      expectSetting(lane, response.json.portalSettings);
    },
  },
  {
    id: "EventList",
    async run(lane, [key]) {
      const accountId = key % 2 ? practiceIdOf(lane, key) : lane.portal.practice.accountId;
      // Practices that were deleted keep their events, so that an unknown one may have some.
      const response = await lane.call(
        "EventList",
        { mayBe: lane.model.practices.has(accountId) ? [] : ["4131"] },
        (options) => call("EventList", { auth: vendorOf(lane), accountId }, options),
      );
      for (const { requestId, what } of response?.json.eventList ?? []) {
        if (what === "practice.updated" && lane.house.ledger.events.get(requestId)?.includes(what) !== true) {
          lane.expectSame("EventList", requestId, "the id of a request that succeeded");
        }
      }
    },
  },
];

/** Whether a client has a practice with a portal that is open. */
export const ownPortal = ({ practices }: Model): ModelPractice | undefined =>
  [...practices.values()].find(({ active, websiteAddress }) => active && websiteAddress !== "");

/** All commands of the family. */
export const practicesCommands = [...pingCommands, ...practiceCommands, ...userCommands, ...settingsCommands];
