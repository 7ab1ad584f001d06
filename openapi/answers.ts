import * as z from "zod";
import { Document } from "../lib/accounts/account/document.ts";
import { customName } from "../lib/accounts/account/properties.ts";
import type { OperationId } from "../lib/operations.ts";
import { timeZones } from "../lib/practices/io-fields.ts";
import type { PortalSettingsFields } from "../lib/practices/portal-settings-fields.ts";
import {
  accountNotes,
  organizationNotes,
  portalSettingsNotes,
  practiceNotes,
  profileNotes,
  userNotes,
} from "./notes.ts";

/**
 * What operations answer when they succeed, to the last field: nothing undocumented passes the tests. The schemas are for
 * documents and tests alone; functions never load them.
 */

type Shape = Readonly<Record<string, z.ZodType>>;

/** The same fields with what is noted about them. */
export const noted = <Fields extends Shape>(shape: Fields, notes: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => {
      const description = notes[name];
      return [name, description === undefined ? schema : schema.meta({ ...schema.meta(), description })];
    }),
  ) as Fields;

const text = z.string();
const flag = z.boolean();
const texts = <const Name extends string>(...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, text])) as Record<Name, z.ZodString>;

/** A practice, as it is answered. */
export const Practice = z
  .strictObject(
    noted(
      {
        ...texts("accountId", "name", "address1", "address2", "city", "state", "postal", "phone", "fax"),
        directAddress: text.nullable(),
        ...texts("directDomain", "websiteAddress"),
        timeZone: z.enum(timeZones),
        ...texts("practiceNpi", "practiceSpecialtyCode", "metadata"),
        vetted: z.literal(false),
        active: flag,
      },
      { ...practiceNotes, active: "Whether its people are let in." },
    ),
  )
  .meta({ id: "Practice", description: "A practice. A text field that is not set is empty." });

/** A user, as they are answered. */
export const User = z
  .strictObject(
    noted(
      {
        ...texts("userId", "accountId", "loginId", "firstName", "middleName", "lastName", "address1", "address2"),
        ...texts("city", "state", "postal"),
        timeZone: z.enum(timeZones),
        metadata: text,
        vetted: z.literal(false),
        active: flag,
        searchOptOut: flag,
        ...texts("npi", "providerTaxonomyCode"),
        directAddress: text.nullable(),
        provider: flag,
        admin: flag,
      },
      { ...userNotes, active: "Whether the user may sign in." },
    ),
  )
  .meta({ id: "User", description: "A user, never with a password. A text field that is not set is empty." });

const PortalSettings = z
  .strictObject(
    noted(
      {
        registration: flag,
        twoFactor: flag,
        minPasswordScore: z.int(),
        lockAttempts: z.int(),
        lockMinutes: z.int(),
        sessionIdleMinutes: z.int(),
        sessionHours: z.int(),
        allowedOrigins: z.array(text),
      } satisfies Record<keyof PortalSettingsFields, z.ZodType>,
      portalSettingsNotes,
    ),
  )
  .meta({ id: "PortalSettings", description: "All settings in effect." });

/** A success of `/api/io`. */
const ok = (shape: Shape = {}) =>
  z.strictObject({
    successful: z.literal(true).meta({ description: "Whether the call did what it was to do." }),
    responseMessage: z.literal("OK").meta({ description: "The code in words." }),
    responseCode: z.literal(2000).meta({ description: "2000, or the code of what went wrong." }),
    ...shape,
  });

const cursor = text.optional().meta({ description: "Where the next page starts; absent on the last one." });
const action = z.enum(["create", "update"]).meta({ description: "What the call came to." });
const practiceWritten = ok({ accountId: text.meta({ description: practiceNotes.accountId }), action });
const userWritten = ok({
  accountId: text.meta({ description: userNotes.accountId }),
  userId: text.meta({ description: userNotes.userId }),
  action,
});

const Organization = z
  .strictObject(
    noted(
      { id: z.int(), name: text.nullable(), therapist_user_id: z.int().nullable(), is_active: flag },
      organizationNotes,
    ),
  )
  .meta({ id: "Organization", description: "A therapist organization." });

const orNull = text.nullable();
const PracticeProfile = z
  .strictObject(
    noted(
      {
        userId: text,
        userloginname: orNull,
        loginid: orNull,
        role: orNull,
        timezone: orNull,
        firstName: orNull,
        lastName: orNull,
        gender: orNull,
        emailid: orNull,
        phoneNumber: orNull,
        dob: orNull,
        image: text,
        address: z.array(
          z.strictObject(
            noted(
              {
                addressLine1: orNull,
                addressLine2: orNull,
                city: orNull,
                state: orNull,
                country: orNull,
                zipcode: orNull,
              },
              profileNotes,
            ),
          ),
        ),
        orgid: z.int().nullable(),
        npi: orNull,
        is_org_admin: flag,
      },
      profileNotes,
    ),
  )
  .meta({ id: "PracticeProfile", description: "A therapist's whole profile. What was never stated is `null`." });

const hexId = z.string().regex(/^[0-9a-f]{24}$/);
const dateTime = z.iso.datetime({ precision: 3 });
const Key = z.strictObject({
  fingerprint: z.uuid().meta({ description: "Names the key." }),
  secret: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/)
    .meta({ description: "The key." }),
});
const Reference = z.strictObject({
  _id: hexId.meta({ description: "Id of an account; `000000000000000000000002` is the application." }),
  object: z.literal("account").meta({ description: "Always `account`." }),
  path: text.meta({ description: "Where it is." }),
});
/** The document's properties; the day matters to what is judged, not to what is described. */
const document = Document("9999-12-31").shape;

/** What account holders add to their accounts. */
export const customProperties = {
  patternProperties: { [customName.source]: { description: "A property of your own, of any kind." } },
};
const accountShape = noted(
  {
    _id: hexId,
    object: z.literal("account"),
    access: z.union([z.literal(2), z.literal(6)]),
    favorite: flag,
    shared: z.literal(false),
    ...document,
    name: document.name.partial(),
    created: dateTime,
    email: text,
    age: z.int(),
    inherited_roles: z.array(hexId),
    updated: dateTime,
    updater: Reference,
    key: Key,
    connections: z.array(z.never()),
  },
  accountNotes,
);
const partial = z.strictObject(accountShape).partial().required({ _id: true, object: true });
const updater = partial.omit({ key: true, connections: true }).meta({
  id: "Updater",
  description: "The account of who made the last change, as far as you may read it.",
  override: customProperties,
});
const Account = partial
  .extend({ updater: z.union([Reference, updater]).optional().meta({ description: accountNotes.updater }) })
  .meta({
    id: "Account",
    description: "An account, as far as you may read it. What is not set is absent.",
    override: customProperties,
  });

const result = (data: z.ZodType) =>
  z.strictObject({ object: z.literal("result").meta({ description: "Always `result`." }), data });
const done = result(z.literal(true).meta({ description: "It is done." }));
const list = (data: z.ZodType) =>
  z.strictObject({
    object: z.literal("list").meta({ description: "Always `list`." }),
    data: z.array(data).meta({ description: "What was found." }),
    hasMore: flag.meta({ description: "Whether there is more behind it." }),
  });

const AlreadyVerified = result(
  z
    .strictObject({
      object: z.literal("fault").meta({ description: "Always `fault`." }),
      name: z.literal("error").meta({ description: "Kind of fault." }),
      code: z.literal("kExists").meta({ description: "Its code." }),
      status: z.literal(409).meta({ description: "The HTTP status." }),
      reason: text.meta({ description: "What is wrong." }),
    })
    .meta({ description: "The fault." }),
);

/** A header of an answer. */
export interface Header {
  readonly description: string;
  /** Whether every answer with this status has it. */
  readonly always: boolean;
}

/** A success as one HTTP status: what it means and its body, `undefined` for none. */
export interface Success {
  readonly description: string;
  readonly body: z.ZodType | undefined;
  /** Headers beside those of every answer. */
  readonly headers?: Readonly<Record<string, Header>>;
}

const always = (description: string): Header => ({ description, always: true });
const sometimes = (description: string): Header => ({ description, always: false });

const one = (body: z.ZodType, description = "It is done."): Readonly<Record<number, Success>> => ({
  200: { description, body },
});
const link = { Link: sometimes('Where the next page is: `<…?cursor=…>; rel="next"`. Absent on the last page.') };
const organizations: Readonly<Record<number, Success>> = {
  200: { description: "A page of organizations, by id.", body: z.array(Organization), headers: link },
  204: { description: "There are none.", body: undefined },
};
const allowed = sometimes("Present for origins that the portal allows.");

const registered = {
  "Set-Cookie": sometimes("`md.sid`, the session, and `md.fingerprint`, the device. Absent for a server."),
};
const signedIn = {
  "Set-Cookie": always(
    "`md.sid`, the session; after a code `md.fingerprint`, the device, as well. With `kNewLocation` that alone.",
  ),
};

/** The successes of each operation by HTTP status. */
export const answers = {
  Ping: one(ok(), "The service answers."),
  PingWithApplicationAuth: one(ok(), "The credentials are good."),
  PingWithAccountAuth: one(ok(), "The credentials are good and the practice is active."),
  PingWithAuth: one(ok(), "The credentials are good and the user is active."),
  PracticeCreate: one(practiceWritten),
  PracticeUpdate: one(practiceWritten),
  PracticeSave: one(practiceWritten),
  PracticeGet: one(ok({ practice: Practice }), "The practice."),
  PracticeList: one(
    ok({ practiceList: z.array(Practice).meta({ description: "The practices of this page." }), cursor }),
    "A page of practices.",
  ),
  UserCreate: one(userWritten),
  UserUpdate: one(userWritten),
  UserSave: one(userWritten),
  UserGet: one(ok({ user: User }), "The user."),
  UserList: one(
    ok({ userList: z.array(User).meta({ description: "The users of this page." }), cursor }),
    "A page of users.",
  ),
  PortalSettingsGet: one(ok({ portalSettings: PortalSettings }), "The settings."),
  PortalSettingsSave: one(ok({ portalSettings: PortalSettings }), "The settings as they are now."),
  OrganizationSave: {
    200: { description: "The organization as it is now.", body: Organization },
    201: { description: "The new organization.", body: Organization },
  },
  OrganizationList: organizations,
  OrganizationListByTherapist: organizations,
  PracticeProfileSave: one(
    z.strictObject({ success: z.literal(true).meta({ description: "All sections are stored." }) }),
  ),
  PracticeProfileGet: one(PracticeProfile, "The profile."),
  AccountRegister: { 200: { description: "The new account, and a session.", body: Account, headers: registered } },
  AccountLogin: { 200: { description: "The account, and a session.", body: Account, headers: signedIn } },
  AccountStatus: one(
    z.strictObject({
      loggedin: flag.meta({ description: "Whether there is a session." }),
      account: Account.optional(),
    }),
    "Whether there is a session, and whose.",
  ),
  AccountLogout: {
    200: { description: "The session is over.", body: done, headers: { "Set-Cookie": always("`md.sid`, expired.") } },
  },
  AccountRequestPasswordReset: one(done, "A mail is on its way if there is such an account; the answer does not tell."),
  AccountResetPassword: one(done, "The password is set and every session of the account is over."),
  AccountUpdatePassword: one(
    result(Key.meta({ description: "The account's new key." })),
    "The password is changed; every other session is over.",
  ),
  AccountVerify: one(done, "The address is verified."),
  AccountResendVerification: {
    200: { description: "A mail is on its way, unless five were sent within the hour.", body: done },
    409: { description: "The address is verified already.", body: AlreadyVerified },
  },
  AccountList: one(list(Account), "The accounts that you may see, newest first."),
  AccountGet: one(Account, "The account."),
  AccountGetProperty: one(
    z.union([result(z.unknown().meta({ description: "The property." })), list(z.unknown())]),
    "The property; a list where it is an array.",
  ),
  AccountPut: one(Account, "The account as it is now."),
  AccountPatch: one(Account, "The account as it is now."),
  AccountPreflight: {
    204: {
      description: "What a page of that origin may do.",
      body: undefined,
      headers: {
        "Access-Control-Allow-Origin": allowed,
        "Access-Control-Allow-Credentials": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": allowed,
        "Access-Control-Max-Age": allowed,
      },
    },
  },
} as const satisfies Readonly<Record<Exclude<OperationId, "Unmatched">, Readonly<Record<number, Success>>>>;
