import type { OperationId } from "../../lib/operations.ts";
import { examplePreferences, exampleProvider } from "../functions/accounts/accounts-contract.ts";
import { fullPractice, fullUser } from "../functions/practices/practices-contract.ts";
import { headersOf, sourceProfile } from "../functions/therapists/therapists-contract.ts";
import { sentMessages } from "../kit/outside.ts";
import { newPerson, openPortal, type PortalClient, type TestPortal, tokenIn } from "../kit/portal.ts";
import { allOperations, type RequestOptions, type Response, send } from "../kit/system.ts";
import { freshKey, leastBody, makeTargets, rows } from "./practices.ts";

/** A call that takes a body and succeeds with this one, ready to be sent. */
export interface Bodied {
  readonly body: Readonly<Record<string, unknown>>;
  send(body: unknown, options?: Pick<RequestOptions, "headers" | "event">): Promise<Response>;
}

type Json = Record<string, unknown>;
const once = <T>(make: () => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};
const practice = once(() => makeTargets());
const portal = once(() => openPortal());

/** All that may be said of a practice or a user beside its name; names that are unique only where nothing else has them. */
const more: Readonly<Record<string, () => Json>> = {
  Practice: () => ({ ...fullPractice(freshKey()), metadata: "m" }),
  User: () => ({ ...fullUser(freshKey()), directAddress: undefined }),
};

const toPractices = (row: (typeof rows)[number]) => async (): Promise<Bodied> => {
  const auth = { ...(await practice()), userId: "target" };
  const kind = /^(Practice|User)(Create|Update|Save)$/.exec(row.id)?.[1] ?? "";
  const body = JSON.parse(JSON.stringify({ auth, ...more[kind]?.(), ...leastBody(row) }));
  return { body, send: (sent, options) => send("POST", row.paths[0] as string, { ...options, body: sent }) };
};

const toTherapists = (path: string, body: Json) => async (): Promise<Bodied> => {
  const headers = headersOf(await practice());
  const sending: Bodied["send"] = (sent, options) =>
    send("POST", path, { ...options, headers: { ...headers, ...options?.headers }, body: sent });
  return { body, send: sending };
};

const toPortal =
  (method: string, path: string, prepare: (opened: TestPortal) => Promise<{ client: PortalClient; body: Json }>) =>
  async (): Promise<Bodied> => {
    const { client, body } = await prepare(await portal());
    return { body, send: (sent, options) => client.send(method, path, { ...options, body: sent }) };
  };
const visiting = (body: (opened: TestPortal) => Promise<Json> | Json) => async (opened: TestPortal) => ({
  body: await body(opened),
  client: opened.visitor(),
});
const signedIn = (body: Json | ((password: string) => Json)) => async (opened: TestPortal) => {
  const client = await opened.signedIn();
  return { client, body: typeof body === "function" ? body(client.password) : body };
};
const ofAccount = {
  dob: "1980-02-27",
  gender: "f",
  tz: "US/Pacific",
  locale: "de",
  preferences: examplePreferences,
  profile: { provider: exampleProvider },
  c_note: "tulips",
  c_plan: { days: ["monday"], at: { noon: "x" } },
};

const toPortals: readonly (readonly [OperationId, () => Promise<Bodied>])[] = [
  [
    "AccountRegister",
    toPortal(
      "POST",
      "accounts/register",
      visiting(() => newPerson(ofAccount)),
    ),
  ],
  [
    "AccountLogin",
    toPortal(
      "POST",
      "accounts/login",
      visiting(async (opened) => {
        const { email, password } = await opened.register();
        return { email, password, location: { locationName: "desk", singleUse: true } };
      }),
    ),
  ],
  ["AccountLogout", toPortal("POST", "accounts/me/logout", signedIn({ note: "bye" }))],
  [
    "AccountRequestPasswordReset",
    toPortal(
      "POST",
      "accounts/request-password-reset",
      visiting(async (opened) => {
        const { email } = await opened.register();
        return { email };
      }),
    ),
  ],
  [
    "AccountResetPassword",
    toPortal(
      "POST",
      "accounts/reset-password",
      visiting(async (opened) => {
        const { email } = await opened.register();
        await opened.visitor().post("accounts/request-password-reset", { email });
        const mail = (await sentMessages(email)).find(({ text }) => text.includes("/reset-password?"));
        return { token: tokenIn(mail), password: "vexed tulips jig" };
      }),
    ),
  ],
  [
    "AccountUpdatePassword",
    toPortal(
      "POST",
      "accounts/me/update-password",
      signedIn((current) => ({ current, password: "vexed tulips jig" })),
    ),
  ],
  [
    "AccountVerify",
    toPortal(
      "POST",
      "token",
      visiting(async (opened) => {
        const { email } = await opened.register();
        return { token: tokenIn((await sentMessages(email)).at(-1)) };
      }),
    ),
  ],
  ["AccountResendVerification", toPortal("POST", "accounts/me/resend-verification", signedIn({ note: "again" }))],
  ["AccountPut", toPortal("PUT", "accounts/me", signedIn({ name: { first: "Ada", last: "Mills" }, ...ofAccount }))],
  ["AccountPatch", toPortal("PATCH", "accounts/me", signedIn({ op: "set", path: "/c_note", value: "tulips" }))],
];

/** Every operation of the registry that takes a body, each with a call that succeeds. */
export const bodied: readonly (readonly [OperationId, () => Promise<Bodied>])[] = [
  ...rows.map((row) => [row.id, toPractices(row)] as const),
  ["OrganizationSave", toTherapists("/therapist/organizations/", { name: "Made", therapist_user_id: 7 })],
  ["PracticeProfileSave", toTherapists("/therapist/practice-profile/", { ...sourceProfile, userId: "therapist" })],
  ...toPortals,
];

/** The operations that take a body, as the registry has them. */
export const bodiedIds: readonly string[] = allOperations
  .filter(({ method }) => ["POST", "PUT", "PATCH"].includes(method))
  .map(({ id }) => id);
