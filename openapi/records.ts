import * as z from "zod";
import { Document } from "../lib/accounts/account/document.ts";
import { customName } from "../lib/accounts/account/properties.ts";
import { facets } from "../lib/accounts/image/objects.ts";
import { timeZones } from "../lib/practices/io-fields.ts";
import type { PortalSettingsFields } from "../lib/practices/portal-settings-fields.ts";
import type { Header, Success } from "./describe.ts";
import {
  accountNotes,
  connectionNotes,
  organizationNotes,
  portalSettingsNotes,
  practiceNotes,
  profileNotes,
  userNotes,
} from "./notes.ts";

/**
 * Schemas of the bodies and headers of successful answers. They are complete: tests fail when an answer has a field that is
 * not in its schema. Only the document and tests use them; functions never import them.
 */

type Shape = Readonly<Record<string, z.ZodType>>;

/** Adds notes to fields, as their descriptions. */
export const withNotes = <Fields extends Shape>(shape: Fields, notes: Readonly<Record<string, string>>): Fields =>
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

/** A practice in answers. */
export const Practice = z
  .strictObject(
    withNotes(
      {
        ...texts("accountId", "name", "address1", "address2", "city", "state", "postal", "phone", "fax"),
        directAddress: text.nullable(),
        ...texts("directDomain", "websiteAddress"),
        timeZone: z.enum(timeZones),
        ...texts("practiceNpi", "practiceSpecialtyCode", "metadata"),
        vetted: z.literal(false),
        active: flag,
      },
      {
        ...practiceNotes,
        active: "Whether the practice may be used. While `false`, its users cannot call and its portal is closed.",
      },
    ),
  )
  .meta({ id: "Practice", description: "A practice. Text fields that are not set are empty." });

/** A user in answers. */
export const User = z
  .strictObject(
    withNotes(
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
  .meta({ id: "User", description: "A user, always without the password. Text fields that are not set are empty." });

const settingsShape = withNotes(
  {
    registration: z.union([flag, z.literal("invitation")]),
    twoFactor: flag,
    unverifiedDays: z.int(),
    minPasswordScore: z.int(),
    lockAttempts: z.int(),
    lockMinutes: z.int(),
    sessionIdleMinutes: z.int(),
    sessionHours: z.int(),
    smsPerDay: z.int(),
    allowedOrigins: z.array(text),
  } satisfies Record<keyof PortalSettingsFields, z.ZodType>,
  portalSettingsNotes,
);
/** The settings of a portal in answers. */
export const PortalSettings = z
  .strictObject(settingsShape)
  .meta({ id: "PortalSettings", description: "All settings of the portal, defaults included." });
/** The same, as the portal itself answers them. */
export const Settings = z
  .strictObject({ object: z.literal("settings").meta({ description: "Always `settings`." }), ...settingsShape })
  .meta({ id: "Settings", description: "All settings of the portal, defaults included." });

/** A portal, as everybody may see it. */
export const Portal = z
  .strictObject({
    object: z.literal("org").meta({ description: "Always `org`." }),
    code: text.meta({ description: "The practice's `websiteAddress`, which is `{org}` in addresses." }),
    name: text.meta({ description: "The practice's name." }),
    city: text.optional().meta({ description: "The practice's city." }),
    state: text.optional().meta({ description: "The practice's state: two letters." }),
    tz: text.meta({ description: "The practice's time zone, by its name in the IANA database." }),
    locale: text.meta({ description: "The portal's locale." }),
    registration: z.union([flag, z.literal("invitation")]).meta({ description: portalSettingsNotes.registration }),
    twoFactor: flag.meta({ description: portalSettingsNotes.twoFactor }),
    minPasswordScore: z.int().meta({ description: portalSettingsNotes.minPasswordScore }),
    clientKey: text.optional().meta({
      description: "A client key of the portal's vendor. Absent if the vendor has none.",
    }),
  })
  .meta({ id: "Portal", description: "A portal, before anybody has signed in." });

/** The body of a success of `/api/io`: the three fields of every success, and those of the operation. */
export const ok = (shape: Shape = {}) =>
  z.strictObject({
    successful: z.literal(true).meta({ description: "`true`: the call succeeded." }),
    responseMessage: z.literal("OK").meta({ description: "The code in words." }),
    responseCode: z.literal(2000).meta({ description: "The code: always 2000 for a success." }),
    ...shape,
  });

/** The cursor of a list of `/api/io`. */
export const cursor = text.optional().meta({ description: "Send it to get the next page. Absent on the last page." });
const action = z.enum(["create", "update"]).meta({ description: "Whether the call created or updated the record." });
/** The answer to a write of a practice. */
export const practiceWritten = ok({ accountId: text.meta({ description: practiceNotes.accountId }), action });
/** The answer to a write of a user. */
export const userWritten = ok({
  accountId: text.meta({ description: userNotes.accountId }),
  userId: text.meta({ description: userNotes.userId }),
  action,
});

/** An organization in answers. */
export const Organization = z
  .strictObject(
    withNotes(
      { id: z.int(), name: text.nullable(), therapist_user_id: z.int().nullable(), is_active: flag },
      organizationNotes,
    ),
  )
  .meta({ id: "Organization", description: "An organization that therapists work for." });

const orNull = text.nullable();
/** A practice profile in answers. */
export const PracticeProfile = z
  .strictObject(
    withNotes(
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
            withNotes(
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
  .meta({
    id: "PracticeProfile",
    description: "A therapist's whole profile. Fields that were not passed are `null`, and `is_org_admin` is `false`.",
  });

const hexId = z.string().regex(/^[0-9a-f]{24}$/);
const dateTime = z.iso.datetime({ precision: 3 });
/** An account's key. */
export const Key = z.strictObject({
  fingerprint: z.uuid().meta({ description: "Identifies the key." }),
  secret: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/)
    .meta({ description: "The key itself." }),
});
const Reference = z.strictObject({
  _id: hexId.meta({ description: "Id of an account; `000000000000000000000002` is the application." }),
  object: z.literal("account").meta({ description: "Always `account`." }),
  path: text.meta({ description: "Path of the account." }),
});
const ConnectionReference = z.strictObject({
  _id: hexId.meta({ description: connectionNotes._id }),
  object: z.literal("connection").meta({ description: connectionNotes.object }),
  path: text.meta({ description: "Path of the connection." }),
});
const pictureShape = {
  ETag: text.optional().meta({ description: "MD5 of the picture, in hex. Present at state 2." }),
  creator: hexId.meta({
    description: "Id of the account that uploaded it; `000000000000000000000002` is the application.",
  }),
  height: z.int().optional().meta({ description: "Height in pixels. Present at state 2." }),
  location: z.literal(4).meta({ description: "Always 4." }),
  mime: z.literal("image/jpeg").meta({ description: "Always `image/jpeg`: pictures are converted." }),
  name: z.enum(facets).meta({ description: "The size: `content`, or the small `thumbnail`." }),
  path: text.meta({ description: "Path of the picture." }),
  size: z.int().optional().meta({ description: "Size in bytes. Present at state 2." }),
  state: z
    .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
    .meta({ description: "0 waits for the upload, 1 is being processed, 2 is ready, 3 could not be used." }),
  width: z.int().optional().meta({ description: "Width in pixels. Present at state 2." }),
};
/** A picture in one size. */
const Picture = z.strictObject(pictureShape).meta({ id: "Picture", description: "A picture in one size." });
/** A picture in one size, and where it can be read. */
export const PictureLink = z
  .strictObject({
    ...pictureShape,
    url: z.url().meta({ description: "Where anybody can read the picture, for five minutes." }),
  })
  .meta({ id: "PictureLink", description: "A picture in one size, and where it can be read." });
const Upload = z
  .strictObject({
    uploadUrl: z.url().meta({ description: "Where to send the form." }),
    uploadMethod: z.literal("POST").meta({ description: "Always `POST`." }),
    fields: z
      .array(
        z.strictObject({
          key: text.meta({ description: "Name of the field." }),
          value: text.meta({ description: "Its value." }),
        }),
      )
      .meta({ description: "Fields of the form. After them comes the field `file` with the file." }),
    maxFileSize: z.int().meta({ description: "Largest file, in bytes." }),
    name: z.literal("content").meta({ description: "Always `content`." }),
    filename: text.meta({ description: "The name that the caller gave the file." }),
    expiresAt: dateTime.meta({ description: "Until when the upload may begin." }),
  })
  .meta({ id: "Upload", description: "How to upload a file: a form, `multipart/form-data`." });
/** The image of an account in answers. */
export const Image = z
  .strictObject({
    ...pictureShape,
    facets: z.array(Picture).meta({ description: "The other sizes: the thumbnail." }),
    reason: text.optional().meta({ description: "At state 3: why the file could not be used." }),
    uploads: z
      .array(Upload)
      .optional()
      .meta({ description: "How to upload the file. Only in the answer to the call that began the upload." }),
  })
  .meta({ id: "Image", description: accountNotes.image });
/** The properties of the stored account. The day limits dates of birth; it makes no difference to the schema. */
const document = Document("9999-12-31").shape;

/** The schema of custom properties, which holders add to their accounts. */
export const customProperties = {
  patternProperties: { [customName.source]: { description: "A property of your own, with any value." } },
};
const accountShape = withNotes(
  {
    _id: hexId,
    object: z.literal("account"),
    access: z.union([z.literal(2), z.literal(4), z.literal(6)]),
    favorite: flag,
    shared: flag,
    ...document,
    name: document.name.partial(),
    created: dateTime,
    email: text,
    age: z.int(),
    inherited_roles: z.array(hexId),
    updated: dateTime,
    updater: Reference,
    key: Key,
    connections: z.array(ConnectionReference),
  },
  accountNotes,
);
const partial = z
  .strictObject({ ...accountShape, image: Image })
  .partial()
  .required({ _id: true, object: true });
const updater = partial.omit({ key: true, connections: true }).meta({
  id: "Updater",
  description: "The account of the person who made the last change. It contains what you may read.",
  override: customProperties,
});
/** An account in answers. */
export const Account = partial
  .extend({ updater: z.union([Reference, updater]).optional().meta({ description: accountNotes.updater }) })
  .meta({
    id: "Account",
    description: "A portal account. It contains the properties that you may read. Those that are not set are absent.",
    override: customProperties,
  });

/** A connection in answers. */
export const Connection = z
  .strictObject(
    withNotes(
      {
        _id: hexId,
        object: z.literal("connection"),
        access: z.union([z.literal(2), z.literal(4), z.literal(6)]),
        context: Reference.optional(),
        created: dateTime,
        creator: Reference,
        expiresAt: dateTime.optional(),
        state: z.union([z.literal(0), z.literal(1)]),
        target: z.strictObject({
          account: Reference.optional().meta({ description: "The account that accepted." }),
          email: text
            .optional()
            .meta({ description: "The invited address. Not shown to somebody who only has the link." }),
        }),
        token: text.optional(),
      },
      connectionNotes,
    ),
  )
  .meta({ id: "Connection", description: "Gives one account access to another account, its context." });

/** A device in answers. */
export const Device = z
  .strictObject({
    _id: hexId.meta({ description: "Id of the device in these lists. It is not the value of the cookie." }),
    object: z.literal("device").meta({ description: "Always `device`." }),
    name: text.optional().meta({ description: "The holder's name for it: `location.locationName` of a login." }),
    created: dateTime.meta({ description: "When the holder signed in or registered on it for the first time." }),
    lastSeen: dateTime.meta({ description: "When the holder last signed in on it." }),
    current: flag.meta({ description: "Whether this request comes from it." }),
  })
  .meta({ id: "Device", description: "A browser or app on which an account's holder has signed in." });

const who = [
  z.strictObject({
    kind: z.literal("portalAccount").meta({ description: "Somebody with an account, under a session." }),
    account: Reference.meta({ description: "Their account." }),
  }),
  z.strictObject({
    kind: z.literal("application").meta({ description: "A server with application credentials." }),
    applicationId: text.meta({ description: "Id of the application." }),
  }),
  z.strictObject({
    kind: z.literal("individual").meta({ description: "A user of the practice." }),
    userId: text.meta({ description: "Id of the user." }),
  }),
  z.strictObject({
    kind: z
      .enum(["visitor", "system", "operator"])
      .meta({ description: "Somebody who was not signed in, a worker, or a person who operates Frontdesk." }),
  }),
] as const;
/** An event in answers. */
const Event = z
  .strictObject({
    _id: hexId.meta({ description: "Id of the event. Ids are in order of time." }),
    object: z.literal("event").meta({ description: "Always `event`." }),
    what: text.meta({ description: "What happened, such as `account.updated`." }),
    created: dateTime.meta({ description: "When it happened." }),
    changed: z.array(text).meta({ description: "Names of the properties that were changed, never their values." }),
    who: z.union(who).meta({ description: "Who did it." }),
    account: Reference.optional().meta({ description: "The account that it happened to. Absent if to none." }),
    connections: z
      .array(ConnectionReference)
      .optional()
      .meta({ description: "The connections that it happened to, if any." }),
    requestId: text.meta({ description: "Id of the request, as in the answer's header `Frontdesk-Request-Id`." }),
    sourceIp: text.optional().meta({ description: "Internet address that the request came from." }),
  })
  .meta({ id: "Event", description: "Something that happened to an account, or that its holder did." });

const ids = z.record(text, text);
/** An audit event in answers of `/api/io`. */
export const AuditEvent = z
  .strictObject({
    eventId: hexId.meta({ description: "Id of the event. Ids are in order of time." }),
    what: text.meta({ description: "What happened, such as `practice.updated`." }),
    at: dateTime.meta({ description: "When it happened." }),
    accountId: text.meta({ description: "Key of the practice. Empty for the application's own events." }),
    record: ids.meta({ description: "The ids that name the record, such as `accountId` and `userId`." }),
    who: z
      .object({
        kind: z.enum(["application", "individual", "portalAccount", "visitor", "system", "operator"]).meta({
          description: "Kind of the actor. `system` is a worker, `operator` a person who operates Frontdesk.",
        }),
        applicationId: text
          .optional()
          .meta({ description: "Id of the application. Absent for visitors, workers and operators." }),
        accountId: text.optional().meta({ description: "Key of the practice of an individual or an account." }),
        userId: text.optional().meta({ description: "Key of the individual." }),
        id: text.optional().meta({ description: "Id of the portal account." }),
      })
      .strict()
      .meta({ description: "Who did it, with the ids that name them." }),
    changed: z.array(text).meta({ description: "Names of the fields that were changed, never their values." }),
    requestId: text.meta({ description: "Id of the request, as in the answer's header `Frontdesk-Request-Id`." }),
    sourceIp: text.meta({ description: "Internet address that the request came from. Empty if there is none." }),
  })
  .meta({
    id: "AuditEvent",
    description: "Something that was done to a practice, to what is in it, or to the application.",
  });

/** A session in answers. */
export const Session = z
  .strictObject({
    _id: hexId.meta({ description: "Id of the session in these lists. It is not the value of the cookie." }),
    object: z.literal("session").meta({ description: "Always `session`." }),
    created: dateTime.meta({ description: "When it began." }),
    lastSeen: dateTime.meta({ description: "When it was last used. This is noted at most once a minute." }),
    expiresAt: dateTime.meta({ description: "When it ends if it is not used any more." }),
    current: flag.meta({ description: "Whether this request is made under it." }),
  })
  .meta({ id: "Session", description: "An open session of an account's holder." });

/** The answer to an action of portals. */
export const result = (data: z.ZodType) =>
  z.strictObject({ object: z.literal("result").meta({ description: "Always `result`." }), data });
/** The answer to an action that returns nothing else. */
export const done = result(z.literal(true).meta({ description: "Always `true`: the action was done." }));
/** A list in answers of portals. */
export const list = (data: z.ZodType) =>
  z.strictObject({
    object: z.literal("list").meta({ description: "Always `list`." }),
    data: z.array(data).meta({ description: "The entries of the list." }),
    hasMore: flag.meta({ description: "Whether there are more entries after these." }),
  });

/** The answer with a part of an account's events. */
export const eventList = list(Event).extend({
  next: hexId.optional().meta({
    description:
      "Send it as `before` to get older events. Absent at the end. A part may have fewer events than `limit`, or none.",
  }),
});

/** The answer when the e-mail address is already verified. */
export const AlreadyVerified = result(
  z
    .strictObject({
      object: z.literal("fault").meta({ description: "Always `fault`." }),
      name: z.literal("error").meta({ description: "Kind of fault." }),
      code: z.literal("kExists").meta({ description: "The code." }),
      status: z.literal(409).meta({ description: "The HTTP status." }),
      reason: text.meta({ description: "What is wrong." }),
    })
    .meta({ description: "Says that the e-mail address is already verified." }),
);

/** A header that every answer with this status has. */
export const requiredHeader = (description: string): Header => ({ description, required: true });
/** A header that only some answers with this status have. */
export const optionalHeader = (description: string): Header => ({ description, required: false });

/** An answer with HTTP 200, as the only success. */
export const status200 = (
  body: z.ZodType,
  description = "The record is stored.",
): Readonly<Record<number, Success>> => ({
  200: { description, body },
});
const link = { Link: optionalHeader('URL of the next page: `<…?cursor=…>; rel="next"`. Absent on the last page.') };
/** The successes of lists of organizations. */
export const organizationPage: Readonly<Record<number, Success>> = {
  200: {
    description: "A page of organizations, in the order of their ids.",
    body: z.array(Organization),
    headers: link,
  },
  204: { description: "There are no organizations.", body: undefined },
};
/** The successes of the list of profiles. */
export const profilePage: Readonly<Record<number, Success>> = {
  200: {
    description: "A page of profiles, in the order of their `userId`.",
    body: z.array(PracticeProfile),
    headers: link,
  },
  204: { description: "There are no profiles.", body: undefined },
};
/** A header of answers to preflight requests. */
export const preflightHeader = optionalHeader("Present if the portal allows the origin.");

/** Headers of the answer to a registration. */
export const registrationHeaders = {
  "Set-Cookie": optionalHeader(
    "`md.sid` names the session, and `md.fingerprint` the device. Absent if a server calls.",
  ),
};
/** Headers of the answer to the end of a session that may be the caller's own. */
export const sessionEndHeaders = {
  "Set-Cookie": optionalHeader("`md.sid`, expired, if it was the session of the request."),
};
/** Headers of the answer to a login. */
export const loginHeaders = {
  "Set-Cookie": optionalHeader(
    "`md.sid` names the session. On a device that is new for the account, or has shown a code, `md.fingerprint` names the " +
      "device. `kNewLocation` comes with `md.fingerprint` alone. Absent if it asks for a code of an authenticator app.",
  ),
};
