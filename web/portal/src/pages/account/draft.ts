import type { Account, AccountPatchFields } from "../../../../../client/src/client.ts";

/** The properties that the holder changes in one form, by their paths. */
export const fields = [
  "name.prefix",
  "name.first",
  "name.middle",
  "name.last",
  "name.suffix",
  "mobile",
  "dob",
  "gender",
  "tz",
] as const;
/** One of these paths. */
export type FieldName = (typeof fields)[number];

/** What the fields show; an empty text where the account has nothing. */
export type Draft = Readonly<Record<FieldName, string>>;

/** Returns what the fields show of an account. */
export function draftOf({ name = {}, mobile = "", dob = "", gender, tz = "" }: Account): Draft {
  const { prefix = "", first = "", middle = "", last = "", suffix = "" } = name;
  return {
    "name.prefix": prefix,
    "name.first": first,
    "name.middle": middle,
    "name.last": last,
    "name.suffix": suffix,
    mobile,
    dob,
    gender: gender ?? "",
    tz,
  };
}

/** Returns the fields whose values differ. Blanks around a text do not count, because they are not stored. */
export const changedFields = (before: Draft, after: Draft): FieldName[] =>
  fields.filter((name) => before[name].trim() !== after[name].trim());

/** Returns the change that sets these fields to the draft's values. What is empty is cleared. */
export const changeOf = (draft: Draft, names: readonly FieldName[]): AccountPatchFields =>
  names.map((path) => {
    const value = draft[path].trim();
    return value === "" ? { op: "unset", path } : { op: "set", path, value };
  });

/** Returns what the fields show after a save: the account as it is now, and what was typed while it was being saved. */
export const draftAfterSave = (saved: Draft, typed: Draft, sent: Draft): Draft => ({
  ...saved,
  ...Object.fromEntries(changedFields(sent, typed).map((name) => [name, typed[name]])),
});
