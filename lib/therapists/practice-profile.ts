import * as z from "zod";
import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import { firstVersion } from "../crypto/random.ts";
import { Busy } from "../errors.ts";
import type { Place } from "../table/cursor.ts";
import {
  practiceEventKey,
  profilePrefix,
  profileSectionKey,
  profilesPrefix,
  therapistOfSection,
} from "../table/keys.ts";
import { type Answered, answerGroupedPage, type Page, queryPage } from "../table/page.ts";
import type { Key, PracticeId, ProfileSection } from "../table/records.ts";
import { create, remove, replace, rightsHeldBy, type TransactionPart } from "../table/transact.ts";
import * as field from "./therapist-fields.ts";

const imageBytesMax = 200 * 1024;
const addressesMax = 50;

const text = (max: number) => field.text(max).default(null);

const Address = z.object(
  {
    addressLine1: text(255),
    addressLine2: text(255),
    city: text(255),
    state: text(255),
    country: text(255),
    zipcode: text(255),
  },
  { error: "must be an object" },
);

/** The sections of a profile and their fields. Each section is an item of its own. */
const sections = {
  LOGIN: { userloginname: text(255), loginid: text(255), role: text(255), timezone: text(155) },
  PERSONAL: {
    firstName: text(255),
    lastName: text(255),
    gender: text(255),
    emailid: field.email.default(null),
    phoneNumber: text(20),
    dob: field.date.default(null),
    image: field.image(imageBytesMax),
  },
  ADDRESS: {
    address: z
      .array(Address, { error: field.kind("an array of addresses") })
      .max(addressesMax, { error: `must have at most ${addressesMax} addresses` }),
  },
  ORGANIZATION: {
    orgid: field.integer.default(null),
    npi: text(128),
    is_org_admin: field.boolean.default(false).transform((admin) => admin ?? false),
  },
};

type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

/** The fields of `PracticeProfileSave`: the whole profile. A field that is not passed is stored as null. */
export const PracticeProfileFields = z.object({
  userId: field.UserId,
  ...sections.LOGIN,
  ...sections.PERSONAL,
  ...sections.ADDRESS,
  ...sections.ORGANIZATION,
});

/** A therapist's whole profile. */
export type PracticeProfile = z.output<typeof PracticeProfileFields>;

/** The sections that were found. */
export type Sections = Readonly<Partial<Record<SectionName, ProfileSection | undefined>>>;

const statedFields = Object.values(sections).flatMap(Object.keys) as (keyof PracticeProfile)[];

const pick = (profile: Partial<PracticeProfile>, names: readonly string[]): Partial<PracticeProfile> =>
  Object.fromEntries(Object.entries(profile).filter(([name]) => names.includes(name)));

/** Returns the keys of a profile's sections. */
export const sectionKeys = (practice: PracticeId, userId: string) =>
  Object.fromEntries(sectionNames.map((name) => [name, profileSectionKey(practice, userId, name)])) as Record<
    SectionName,
    Key<ProfileSection>
  >;

/** A request to write a profile: its caller, the fields, the actor and the time. */
export interface ProfileStatement {
  readonly caller: { readonly practice: PracticeId; readonly rightsHeld: TransactionPart | undefined };
  readonly fields: PracticeProfile;
  readonly actor: Actor;
  readonly context: RequestContext;
}

const blank: Partial<PracticeProfile> = {
  ...Object.fromEntries(statedFields.map((name) => [name, null])),
  is_org_admin: false,
};

/** Returns the transaction that stores all sections of a profile, and the answer. */
export function writePracticeProfile(before: Sections, { caller, fields, actor, context }: ProfileStatement) {
  const { practice } = caller;
  const { userId } = fields;
  const old = sectionNames.flatMap((name) => before[name] ?? []);
  const version = old.length === 0 ? firstVersion() : 1 + Math.max(...old.map((section) => section.version));
  const auditEntry = {
    what: "practiceProfile.saved",
    record: { accountId: practice.accountId, userId },
    changed: changedFields(statedFields, Object.assign({ ...blank }, ...old), fields),
  };
  const keys = sectionKeys(practice, userId);
  return {
    parts: [
      ...sectionNames.map((name) => {
        const stated = pick(fields, Object.keys(sections[name]));
        const item = {
          ...before[name],
          ...stated,
          type: "profileSection",
          version,
          updatedAt: context.now.toISOString(),
        };
        return before[name] ? replace(keys[name], before[name], item) : create(keys[name], item, "changed");
      }),
      auditEvent((eventId) => practiceEventKey(practice, eventId), auditEntry, actor, context),
      ...rightsHeldBy(caller, undefined),
    ],
    answer: { success: true },
  };
}

/** Returns the parts that delete a profile, whether there is one or not. */
export const profileRemoval = (practice: PracticeId, userId: string): TransactionPart[] =>
  Object.values(sectionKeys(practice, userId)).map((key) => remove(key));

/** Reads all stored sections of a profile in one strongly consistent query. */
export const queryProfile = (practice: PracticeId, userId: string): Promise<Page<ProfileSection>> =>
  queryPage(profilePrefix(practice, userId), sectionNames.length);

/** How often a profile that is being written is read. */
const readingsMax = 20;

/**
 * Returns the profile that a query found; `undefined` when it found nothing. A query during a save may find old and new
 * sections together; it is then repeated.
 * @throws Busy when a save changed the profile during every reading
 */
export async function wholeProfile(
  { items }: Pick<Page<ProfileSection>, "items">,
  userId: string,
  readAgain: () => Promise<Pick<Page<ProfileSection>, "items">>,
): Promise<PracticeProfile | undefined> {
  let found = items;
  for (let reading = 0; reading < readingsMax; reading++) {
    if (found.length === 0) return undefined;
    const versions = new Set(found.map(({ version }) => version));
    if (found.length === sectionNames.length && versions.size === 1) {
      return { ...pick(Object.assign({}, ...found), statedFields), userId } as PracticeProfile;
    }
    found = (await readAgain()).items;
  }
  throw new Busy();
}

/**
 * Returns a page of the whole profiles of a practice, in the order of their keys.
 * @param start where the page before ended: its `next`
 * @throws Busy when a save changed one of the profiles during every reading
 */
export async function answerProfiles(
  practice: PracticeId,
  limit: number,
  start: Place | undefined,
): Promise<Answered<PracticeProfile>> {
  const page = await queryPage(profilesPrefix(practice), limit * sectionNames.length, start);
  return answerGroupedPage(page, limit, therapistOfSection, (items, userId) =>
    wholeProfile({ items }, userId, () => queryProfile(practice, userId)),
  );
}
