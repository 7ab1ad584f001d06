import { applicationHeaders, newPerson, password } from "../../kit/portal.ts";
import { send } from "../../kit/system.ts";
import type { Definition } from "./command.ts";
import { type Lane, type ModelConnection, oneOf, type Person } from "./lane.ts";
import type { Expected } from "./ledger.ts";
import {
  actingFor,
  browserOf,
  forgetPerson,
  freshMobile,
  hasPeople,
  isOwnEmail,
  newestToken,
  nobodysToken,
  personAt,
  plainRole,
} from "./people.ts";
import { expectSetting, ownPortal, settingOf, settingValue } from "./practices.ts";

/** Commands on accounts of a portal: how they come, what they say, how they go; and on the portal itself. */

const peopleMax = 6;
const dayMs = 86_400_000;

/** Addresses that several clients want. */
const wantedEmails = ["wanted-1@example.org", "wanted-2@example.org"];

/** A new account, as its answer says it. */
function newModelPerson(id: string, sent: Record<string, unknown>, fields: Partial<Person>): Person {
  return {
    id,
    email: String(sent.email),
    password,
    first: String((sent.name as { first: string }).first),
    middle: "",
    mobile: String(sent.mobile),
    isMobileConfirmed: true,
    roles: [],
    isVerified: false,
    verifications: 0,
    resets: 0,
    resetAt: 0,
    isResetOpen: false,
    pendingSecret: "",
    recoveryCodes: undefined,
    image: undefined,
    sessions: new Set(),
    known: new Set(),
    endedTogether: new Set(),
    trusted: new Set(),
    wrong: 0,
    ...fields,
  };
}

/** An invitation that somebody can register with. */
const invitationIn = ({ model }: Lane): ModelConnection | undefined =>
  model.connections.find(
    ({ context, target, email, token }) =>
      !context && !target && token !== "" && !model.people.some((person) => person.email === email),
  );

/** Somebody registers: in a browser of their own, with an invitation if there is one. */
async function register(lane: Lane, email: string, invitation?: ModelConnection): Promise<void> {
  const { model, portal, house } = lane;
  const isTaken = model.people.some((person) => person.email === email);
  const sent = newPerson({ email, mobile: freshMobile(lane), name: { first: lane.fresh("first"), last: "Best" } });
  const body = { ...sent, ...(invitation && { token: invitation.token }) };
  const browser = portal.visitor();
  const response = await lane.call(
    "AccountRegister",
    {
      refusal: isTaken ? "kExists" : undefined,
      mayBe: isOwnEmail(lane, email) ? [] : ["kExists"],
      events: ["account.registered", ...(invitation ? ["connection.accepted"] : [])],
      messages: invitation ? [] : [{ kind: "verification", to: email }],
    },
    (options) => browser.post("accounts/register", body, options),
  );
  if (!response) return;
  const devices = { sessions: new Set([browser]), known: new Set([browser]), trusted: new Set([browser]) };
  const person = newModelPerson(response.json._id, sent, devices);
  if (invitation) {
    invitation.target = person;
    Object.assign(person, { isVerified: true, roles: [plainRole] });
  } else person.verifications = 1;
  model.people.push(person);
  lane.expectSame("AccountRegister", response.json.state, person.isVerified ? "verified" : "unverified");
  if (house.ledger.events.get(response.requestId) === undefined) throw new Error("the call was not noted");
}

/** The application registers somebody, who is not mailed: in the house, or in an own practice. */
async function registerByApplication(lane: Lane, isOverdue: boolean): Promise<void> {
  const { model, portal } = lane;
  const practice = isOverdue ? undefined : ownPortal(model);
  const email = `${lane.fresh("person")}@example.org`;
  const sent = newPerson({ email, mobile: freshMobile(lane), notify: false });
  const now = isOverdue ? new Date(Date.now() - 40 * dayMs) : new Date();
  const headers = applicationHeaders(
    practice ? { ...portal.practice, accountId: practice.accountId } : portal.practice,
  );
  const target = `/${practice?.websiteAddress ?? portal.org}/v2/accounts/register`;
  const response = await lane.call("AccountRegister", { events: ["account.registered"] }, (options) =>
    send("POST", target, { headers, body: sent, now, ...options }),
  );
  if (!response) return;
  const { _id: id } = response.json;
  if (practice) practice.people.push({ id, email });
  else if (isOverdue) model.overdue.push({ id, email });
  else model.people.push(newModelPerson(id, sent, {}));
}

/** What the holder and the application read of an account. */
const shownPerson = ({ id, email, first, middle, mobile, isVerified, roles }: Person) => ({
  _id: id,
  email,
  first,
  middle,
  mobile,
  state: isVerified ? "verified" : "unverified",
  roles,
});

/** Expects that an answer has an account as the model has it. */
// biome-ignore lint/suspicious/noExplicitAny: the body of an answer
function expectPerson(lane: Lane, what: string, json: any, person: Person): void {
  const { _id, email, name, mobile, state, roles } = json;
  const answered = { _id, email, first: name?.first, middle: name?.middle ?? "", mobile, state, roles };
  lane.expectSame(what, answered, shownPerson(person));
}

/** What is announced when a mobile number is changed. */
const mobileMessages = ({ email, mobile, isMobileConfirmed, recoveryCodes }: Person): Expected[] => [
  { kind: "mobileChanged", to: email },
  ...(recoveryCodes && isMobileConfirmed ? [{ kind: "numberReplaced", to: mobile } as const] : []),
];

/** The token of somebody's newest verification mail, and the failure with which it must be refused. */
async function verificationOf(lane: Lane, { email, verifications, isVerified }: Person) {
  const isMailed = verifications > 0 && isOwnEmail(lane, email);
  const token = isMailed ? await newestToken(lane, email, "verification", verifications) : nobodysToken;
  return { token, refusal: isMailed && !isVerified ? undefined : "kNotFound" };
}

const comingAndGoing: readonly Definition[] = [
  {
    id: "AccountRegister",
    weight: 5,
    isPossible: ({ people }) => people.length < peopleMax,
    async run(lane, [how, pick]) {
      const invitation = invitationIn(lane);
      if (invitation && how % 3 === 0) return register(lane, invitation.email, invitation);
      if (how % 7 === 1) return registerByApplication(lane, pick % 2 === 0);
      if (how % 7 === 2) return register(lane, oneOf(wantedEmails, pick) ?? "");
      if (how % 7 === 3 && lane.model.people.length > 0) return register(lane, personAt(lane.model.people, pick).email);
      return register(lane, `${lane.fresh("person")}@example.org`);
    },
  },
  {
    id: "AccountDelete",
    weight: 2,
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path, isHolder } = actingFor(lane, picks);
      const isRight = !isHolder || picks[2] % 4 > 0 || person.wrong > 1;
      if (!isRight) person.wrong += 1;
      const outcome = {
        refusal: isRight ? undefined : "kInvalidCredentials",
        events: ["account.erased"],
        messages: [{ kind: "accountErased", to: person.email } as const],
      };
      const body = isHolder ? { password: isRight ? person.password : "wrong password" } : undefined;
      const response = await lane.call("AccountDelete", outcome, (options) =>
        client.send("DELETE", `accounts/${path}`, { body, ...options }),
      );
      if (response) forgetPerson(lane, person, response);
    },
  },
  {
    id: "AccountVerify",
    weight: 2,
    isPossible: hasPeople,
    async run(lane, [who]) {
      const person = personAt(lane.model.people, who);
      const { token, refusal } = await verificationOf(lane, person);
      const response = await lane.call("AccountVerify", { refusal, events: ["account.verified"] }, (options) =>
        lane.portal.visitor().post(`accounts/${token}`, undefined, options),
      );
      if (response) person.isVerified = true;
    },
  },
  {
    id: "AccountReject",
    isPossible: hasPeople,
    async run(lane, [who]) {
      const person = personAt(lane.model.people, who);
      const { token, refusal } = await verificationOf(lane, person);
      const response = await lane.call("AccountReject", { refusal, events: ["account.erased"] }, (options) =>
        lane.portal.visitor().post(`accounts/${token}/reject`, undefined, options),
      );
      if (response) forgetPerson(lane, person, response);
    },
  },
  {
    id: "AccountResendVerification",
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path } = actingFor(lane, picks);
      const isDue = !person.isVerified && person.verifications < 5;
      const outcome = {
        refusal: person.isVerified ? "kExists" : undefined,
        events: isDue ? ["account.verificationResent"] : [],
        messages: isDue ? [{ kind: "verification", to: person.email } as const] : [],
      };
      const response = await lane.call("AccountResendVerification", outcome, (options) =>
        client.post(`accounts/${path}/resend-verification`, undefined, options),
      );
      if (response && isDue) person.verifications += 1;
    },
  },
];

const reading: readonly Definition[] = [
  {
    id: "AccountGet",
    weight: 2,
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path, isHolder } = actingFor(lane, picks);
      const other = isHolder ? oneOf(lane.model.people, picks[2]) : undefined;
      if (other && other !== person) return readOther(lane, person, other, browserOf(person, picks[1]));
      const response = await lane.call("AccountGet", {}, (options) => client.get(`accounts/${path}`, options));
      if (response) expectPerson(lane, "AccountGet", response.json, person);
    },
  },
  {
    id: "AccountGetProperty",
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path } = actingFor(lane, picks);
      const response = await lane.call("AccountGetProperty", {}, (options) =>
        client.get(`accounts/${path}/name/first`, options),
      );
      if (response) lane.expectSame("AccountGetProperty", response.json.data, person.first);
    },
  },
  {
    id: "AccountList",
    async run(lane) {
      const response = await lane.call("AccountList", {}, (options) =>
        lane.portal.administrator.get("accounts?limit=1000", options),
      );
      if (!response) return;
      const data = response.json.data as readonly { readonly _id: string; readonly email: string }[];
      const { people, overdue } = lane.model;
      const isOverdue = (id: string) => overdue.some((each) => each.id === id);
      const own = data.filter(({ _id, email }) => isOwnEmail(lane, email) && !isOverdue(_id));
      const expected = people.filter(({ email }) => isOwnEmail(lane, email));
      lane.expectSame("AccountList", own.map(({ _id }) => _id).sort(), expected.map(({ id }) => id).sort());
    },
  },
  {
    id: "AccountEventList",
    isPossible: hasPeople,
    async run(lane, [who]) {
      const person = personAt(lane.model.people, who);
      const response = await lane.call("AccountEventList", {}, (options) =>
        lane.portal.administrator.get(`accounts/${person.id}/events?limit=100`, options),
      );
      const { events, deletions } = lane.house.ledger;
      for (const { what, requestId } of response?.json.data ?? []) {
        const isKnown =
          events.get(requestId)?.includes(what) || (what === "connection.deleted" && deletions.has(requestId));
        if (!isKnown) lane.expectSame("AccountEventList", { what, requestId }, "an event of an acknowledged change");
      }
    },
  },
];

/** Somebody reads another's account, as far as a connection allows. */
async function readOther(lane: Lane, reader: Person, other: Person, client: ReturnType<typeof browserOf>) {
  const connection = lane.model.connections.find(({ context, target }) => context === other && target === reader);
  const response = await lane.call("AccountGet", { refusal: connection ? undefined : "kNotFound" }, (options) =>
    client.get(`accounts/${other.id}`, options),
  );
  if (response) lane.expectSame("AccountGet", response.json.access, connection?.access);
}

/** Changes an account, and expects that the answer has the change. */
async function change(
  lane: Lane,
  id: "AccountPut" | "AccountPatch",
  picks: readonly number[],
  request: (person: Person, isHolder: boolean) => { body: unknown; after: Partial<Person> },
): Promise<void> {
  const { person, client, path, isHolder } = actingFor(lane, picks);
  const { body, after } = request(person, isHolder);
  const messages = after.mobile === undefined ? [] : mobileMessages(person);
  const method = id === "AccountPut" ? "PUT" : "PATCH";
  const response = await lane.call(id, { events: ["account.updated"], messages }, (options) =>
    client.send(method, `accounts/${path}`, { body, ...options }),
  );
  if (!response) return;
  Object.assign(person, after);
  expectPerson(lane, id, response.json, person);
}

const changing: readonly Definition[] = [
  {
    id: "AccountPut",
    weight: 3,
    isPossible: hasPeople,
    run: (lane, picks) =>
      change(lane, "AccountPut", picks, (person, isHolder) => {
        if (picks[2] % 3 === 0) {
          const mobile = freshMobile(lane);
          return { body: { mobile }, after: { mobile, isMobileConfirmed: person.isMobileConfirmed || isHolder } };
        }
        const [first, middle] = [lane.fresh("first"), lane.fresh("middle")];
        return { body: { name: { first, middle } }, after: { first, middle } };
      }),
  },
  {
    id: "AccountPatch",
    weight: 2,
    isPossible: hasPeople,
    run: (lane, picks) =>
      change(lane, "AccountPatch", picks, ({ roles }, isHolder) => {
        if (!isHolder) {
          const body = { op: roles.length > 0 ? "remove" : "push", path: "/roles", value: plainRole };
          return { body, after: { roles: roles.length > 0 ? [] : [plainRole] } };
        }
        const first = lane.fresh("first");
        return { body: [{ op: "set", path: "/name/first", value: first }], after: { first } };
      }),
  },
  {
    id: "AccountPutImage",
    weight: 2,
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path } = actingFor(lane, picks);
      const content = picks[2] % 4 ? "me.jpg" : null;
      const response = await lane.call("AccountPutImage", { events: ["account.updated"] }, (options) =>
        client.put(`accounts/${path}/image`, { content }, options),
      );
      if (!response) return;
      const fields: readonly { key: string; value: string }[] = response.json.uploads?.[0].fields ?? [];
      const object = fields.find(({ key }) => key === "key")?.value ?? "";
      person.image = content ? { uploadId: object.slice(object.indexOf("/") + 1), isReady: false } : undefined;
    },
  },
  {
    id: "AccountGetImage",
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path } = actingFor(lane, picks);
      const { image } = person;
      const refusal = image ? (image.isReady ? undefined : "kMediaNotReady") : "kNotFound";
      await lane.call("AccountGetImage", { refusal }, (options) =>
        client.get(`accounts/${path}/image/content`, options),
      );
    },
  },
];

const ofPortal: readonly Definition[] = [
  {
    id: "PortalGet",
    async run(lane) {
      const response = await lane.call("PortalGet", {}, (options) => lane.portal.visitor().get("", options));
      if (response) lane.expectSame("PortalGet", response.json.code, lane.portal.org);
    },
  },
  {
    id: "SettingsGet",
    async run(lane) {
      const response = await lane.call("SettingsGet", {}, (options) =>
        lane.portal.administrator.get("settings", options),
      );
      if (response) expectSetting(lane, response.json);
    },
  },
  {
    id: "SettingsPut",
    async run(lane, [pick]) {
      const body = { [settingOf(lane)]: settingValue(pick) };
      const response = await lane.call("SettingsPut", { events: ["portalSettings.updated"] }, (options) =>
        lane.portal.administrator.put("settings", body, options),
      );
      if (!response) return;
      lane.model.setting = settingValue(pick);
      expectSetting(lane, response.json);
    },
  },
  {
    id: "AccountPreflight",
    run: (lane) =>
      lane.call("AccountPreflight", {}, (options) =>
        send("OPTIONS", `/${lane.portal.org}/v2/accounts/me`, {
          headers: { origin: "https://app.example.org" },
          ...options,
        }),
      ),
  },
  { id: "PortalPage", run: (lane) => lane.call("PortalPage", {}, () => send("GET", `/${lane.portal.org}/sign-in`)) },
  { id: "Unmatched", run: (lane) => lane.call("Unmatched", { refusal: "404" }, () => send("GET", "/nothing/here")) },
];

/** All commands on accounts and on the portal. */
export const accountsCommands: readonly Definition[] = [...comingAndGoing, ...reading, ...changing, ...ofPortal];
