import { handler as worker } from "../functions/workers/send-messages.ts";
import type { OperationId } from "../lib/operations.ts";
import { openInbox } from "../local/inbox.ts";
import { type Example, examples } from "../openapi/examples.ts";
import { freshEmail, type Holder, openPortal, roles, tokenIn } from "../test/kit/portal.ts";
import { call, expectOk, makePractice, makeUser, makeVendor, type Response, send } from "../test/kit/system.ts";
import { recordOf } from "../test/lib/messages/queue.ts";

/** A call as applications and browsers make it day by day. */
export interface TypicalCall {
  readonly id: OperationId | "SendMessages";
  /** What it is about, where that makes a difference. */
  readonly about?: string;
  /** Makes what there must be before; gives the call, which can be made once. */
  readonly prepare: () => Promise<() => Promise<unknown>>;
}

/** The calls, and the inbox in which mailed tokens are found. */
export interface TypicalCalls {
  readonly calls: readonly TypicalCall[];
  stop(): Promise<void>;
}

const listed = 50;
/** Fewer, for each takes the time of a password. */
const accountsListed = 20;

let names = 0;
/** A name that nothing has yet; all are of one length, so that records are of one size. */
const freshName = () => {
  names += 1;
  return `riverside-${String(names).padStart(5, "0")}`;
};

/** The body of an example, without credentials. */
const bodyOf = (id: keyof typeof examples, name: string): Record<string, unknown> => {
  const { body } = examples[id].find((each) => each.name === name) as Example;
  const { auth: _, ...rest } = body as Record<string, unknown>;
  return rest;
};

/** What is made at the first call, and the same thing then. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A practice with all its fields, and a user with all theirs. */
async function directory() {
  const name = freshName();
  const fields = { ...bodyOf("PracticeCreate", "full"), websiteAddress: name, directDomain: name };
  const practice = await makePractice(fields, await makeVendor());
  const login = { loginId: `ada@${name}.example`, loginPassword: "Stethoscope1" };
  const person = { ...bodyOf("UserCreate", "full"), ...login };
  const user = await makeUser(practice, person);
  return { practice, user, fields, person, login };
}

/** A vendor with so many practices, one of which has as many users and organizations. */
const crowd = once(async () => {
  const { practice, fields, person } = await directory();
  for (let place = 1; place < listed; place++) {
    const name = freshName();
    const more = { ...fields, accountId: name, websiteAddress: name, directDomain: name };
    await makePractice(more, practice);
    await makeUser(practice, { ...person, userId: name, loginId: "", loginPassword: undefined, directAddress: name });
  }
  for (let place = 0; place < listed; place++) await therapist(practice, "POST", "organizations", organization)();
  return practice;
});

type Practice = Awaited<ReturnType<typeof makePractice>>;

const organization = bodyOf("OrganizationSave", "create");
const profile = bodyOf("PracticeProfileSave", "full");

/** A call to `/therapist`. */
const therapist =
  ({ applicationId, applicationPassword, accountId }: Practice, method: string, path: string, body?: unknown) =>
  async () => {
    const basic = Buffer.from(`${applicationId}:${applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": accountId };
    return succeeded(await send(method, `/therapist/${path}/`, { headers, body }));
  };

function succeeded(response: Response): Response {
  const { status, text } = response;
  if (status >= 300) throw new Error(`expected success, got ${status} ${text}`);
  return response;
}

/** Opens what the calls need, over the engine and with the settings that stand in the environment. */
export async function openTypicalCalls(): Promise<TypicalCalls> {
  process.env.MAIL_FROM ??= "Frontdesk <frontdesk@example.com>";
  const inbox = await openInbox(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), String(process.env.TABLE_NAME));

  const io = (id: OperationId, about: string, body: (made: Awaited<ReturnType<typeof directory>>) => object) => ({
    id,
    about,
    prepare: async () => {
      const sent = body(await directory());
      return () => expectOk(call(id, sent));
    },
  });
  const list = (id: OperationId, about: string, body: (practice: Practice) => object) => ({
    id,
    about,
    prepare: async () => {
      const sent = body(await crowd());
      return () => expectOk(call(id, sent));
    },
  });
  const ofTherapist = (
    id: OperationId,
    about: string,
    made: (practice: Practice) => Promise<() => Promise<Response>>,
  ) => ({
    id,
    about,
    prepare: async () => made((await directory()).practice),
  });

  const origin = "https://app.example.org";
  const portal = once(() => openPortal({ allowedOrigins: [origin] }));
  const person = () => ({ ...bodyOf("AccountRegister", "register"), email: freshEmail() });
  const login = ({ email, password }: Holder) => ({ email, password });
  /** A call by somebody who has a session. */
  const bySelf = (id: OperationId, about: string, work: (holder: Holder) => Promise<Response>) => ({
    id,
    about,
    prepare: async () => {
      const holder = await (await portal()).register(person());
      return async () => succeeded(await work(holder));
    },
  });
  /** A call by a browser without a session, about somebody's account. */
  const byStranger = (
    id: OperationId,
    about: string,
    path: string,
    body: (holder: Holder) => object | Promise<object>,
  ) => ({
    id,
    about,
    prepare: async () => {
      const opened = await portal();
      const sent = await body(await opened.register(person()));
      return async () => succeeded(await opened.visitor().post(path, sent));
    },
  });
  const mailedToken = async (to: string) => {
    await inbox.pump.drain();
    return tokenIn(inbox.outside.messages().find((message) => message.to === to));
  };
  /** Somebody with a role, in a portal of so many accounts. */
  const colleague = once(async () => {
    const opened = await openPortal();
    for (let place = 1; place < accountsListed; place++) await opened.register(person());
    return opened.signedIn([roles.provider]);
  });

  const calls: readonly TypicalCall[] = [
    io("Ping", "", () => ({})),
    io("PingWithApplicationAuth", "", ({ practice: auth }) => ({ auth })),
    io("PingWithAccountAuth", "", ({ practice: auth }) => ({ auth })),
    io("PingWithAuth", "by an application", ({ user: auth }) => ({ auth })),
    io("PingWithAuth", "an individual signs in", ({ login: auth }) => ({ auth })),
    io("PracticeCreate", "all fields", ({ practice: auth, fields }) => {
      const name = freshName();
      return { auth, ...fields, accountId: name, websiteAddress: name, directDomain: name };
    }),
    io("PracticeUpdate", "addresses unchanged", ({ practice: auth, fields }) => ({ auth, ...fields, city: "Dayton" })),
    io("PracticeSave", "addresses unchanged", ({ practice: auth, fields }) => ({ auth, ...fields, city: "Dayton" })),
    io("PracticeGet", "", ({ practice: auth }) => ({ auth })),
    list("PracticeList", `${listed}`, (auth) => ({ auth, limit: listed })),
    io("UserCreate", "with a login", ({ practice: auth, person: user }) => {
      const name = freshName();
      return { auth, ...user, userId: name, loginId: `ada@${name}.example`, directAddress: name };
    }),
    io("UserUpdate", "with a new password", ({ practice: auth, person: user }) => ({
      auth,
      ...user,
      loginPassword: "Thermometer2",
    })),
    io("UserSave", "same login", ({ practice: auth, person: { loginPassword: _, ...user } }) => ({
      auth,
      ...user,
      city: "Dayton",
    })),
    io("UserGet", "", ({ user: auth }) => ({ auth })),
    list("UserList", `${listed} of one practice`, (auth) => ({ auth, accountId: auth.accountId, limit: listed })),
    list("UserList", `${listed} of all`, ({ accountId: _, ...auth }) => ({ auth, limit: listed })),
    io("PortalSettingsGet", "", ({ practice: auth }) => ({ auth })),
    io("PortalSettingsSave", "", ({ practice: auth }) => ({ auth, ...bodyOf("PortalSettingsSave", "change") })),

    ofTherapist("OrganizationSave", "new", async (practice) =>
      therapist(practice, "POST", "organizations", organization),
    ),
    ofTherapist("OrganizationSave", "changed", async (practice) => {
      const { json } = await therapist(practice, "POST", "organizations", organization)();
      return therapist(practice, "POST", "organizations", { id: json.id, name: "Riverside Therapy" });
    }),
    {
      id: "OrganizationList",
      about: `${listed}`,
      prepare: async () => therapist(await crowd(), "GET", "organizations"),
    },
    {
      id: "OrganizationListByTherapist",
      about: `${listed}`,
      prepare: async () => therapist(await crowd(), "GET", `organizations/${organization.therapist_user_id}`),
    },
    ofTherapist("PracticeProfileSave", "new", async (practice) =>
      therapist(practice, "POST", "practice-profile", profile),
    ),
    ofTherapist("PracticeProfileGet", "", async (practice) => {
      await therapist(practice, "POST", "practice-profile", profile)();
      return therapist(practice, "GET", `practice-profile/${profile.userId}`);
    }),

    {
      id: "AccountRegister",
      prepare: async () => {
        const [opened, body] = [await portal(), person()];
        return async () => succeeded(await opened.visitor().post("accounts/register", body));
      },
    },
    byStranger("AccountLogin", "by password", "accounts/login", login),
    bySelf("AccountStatus", "signed in", (self) => self.get("accounts/status")),
    bySelf("AccountLogout", "", (self) => self.post("accounts/me/logout")),
    byStranger("AccountRequestPasswordReset", "", "accounts/request-password-reset", ({ email }) => ({ email })),
    byStranger("AccountResetPassword", "", "accounts/reset-password", async ({ email }) => {
      succeeded(await (await portal()).visitor().post("accounts/request-password-reset", { email }));
      return { ...bodyOf("AccountResetPassword", "reset"), token: await mailedToken(email) };
    }),
    bySelf("AccountUpdatePassword", "", (self) =>
      self.post("accounts/me/update-password", bodyOf("AccountUpdatePassword", "update")),
    ),
    {
      id: "AccountVerify",
      prepare: async () => {
        const self = await (await portal()).register(person());
        const token = await mailedToken(self.email);
        return async () => succeeded(await self.post(`accounts/${token}`));
      },
    },
    bySelf("AccountResendVerification", "", (self) => self.post("accounts/me/resend-verification")),
    {
      id: "AccountList",
      about: `${accountsListed}, by a provider`,
      prepare: async () => {
        const provider = await colleague();
        return async () => succeeded(await provider.get(`accounts?limit=${accountsListed}`));
      },
    },
    bySelf("AccountGet", "", (self) => self.get("accounts/me")),
    bySelf("AccountGetProperty", "", (self) => self.get("accounts/me/name/first")),
    bySelf("AccountPut", "a property", (self) => self.put("accounts/me", bodyOf("AccountPut", "put"))),
    bySelf("AccountPatch", "a property", (self) => self.patch("accounts/me", bodyOf("AccountPatch", "one"))),
    {
      id: "AccountPreflight",
      prepare: async () => {
        const visitor = (await portal()).visitor();
        return async () => succeeded(await visitor.send("OPTIONS", "accounts", { headers: { origin } }));
      },
    },
    { id: "Unmatched", prepare: async () => () => send("GET", "/nothing/here") },
    {
      id: "SendMessages",
      about: "one mail",
      prepare: async () => {
        const link = "https://riverside.portal.example.com/verify?token=00000000000000000000000000000000";
        const mail = { kind: "verification", to: "ada@example.com", practiceName: "Riverside Clinic", link } as const;
        const record = await recordOf(mail);
        return async () => {
          const { batchItemFailures } = await worker({ Records: [record] });
          if (batchItemFailures.length > 0) throw new Error("the mail was not sent");
        };
      },
    },
  ];
  return { calls, stop: () => inbox.stop() };
}
