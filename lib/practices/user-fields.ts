import * as z from "zod";
import * as field from "./io-fields.ts";

const withLoginId = (name: string) => (fields: Record<string, unknown>) =>
  fields[name] === undefined || fields.loginId !== undefined;

const aboutLoginId = (issue: { path?: readonly PropertyKey[] | undefined }) => issue.path?.[0] === "loginId";

const needsLoginId = {
  error: "must come with a loginId",
  when: ({ issues }: z.core.ParsePayload) => !issues.some(aboutLoginId),
};

/** The fields of `UserCreate`, `UserUpdate` and `UserSave` (contract practices §5). */
export const UserFields = z
  .object({
    userId: field.UserKey,
    firstName: field.requiredText(100),
    middleName: field.text(100),
    lastName: field.requiredText(100),
    address1: field.text(255),
    address2: field.text(255),
    city: field.text(255),
    state: field.state,
    postal: field.postal,
    active: field.boolean,
    timeZone: field.timeZone,
    directAddress: field.directAddress,
    loginId: field.loginId,
    loginPassword: field.loginPassword,
    loginPasswordHash: field.loginPasswordHash,
    provider: field.boolean,
    admin: field.boolean,
    searchOptOut: field.boolean,
    npi: field.npi,
    providerTaxonomyCode: field.taxonomyCode,
    metadata: field.metadata,
  })
  // These are checked even when other fields have errors, so `fields` may be incomplete.
  .refine(withLoginId("loginPassword"), { ...needsLoginId, path: ["loginPassword"] })
  .refine(withLoginId("loginPasswordHash"), { ...needsLoginId, path: ["loginPasswordHash"] })
  .refine(
    (fields: Record<string, unknown>) => fields.loginPassword === undefined || fields.loginPasswordHash === undefined,
    { path: ["loginPasswordHash"], error: "must not come with a loginPassword", when: () => true },
  );
export type UserFields = z.output<typeof UserFields>;

/** Fields that answers show and that no caller can change. The practice of a user is that of the credentials. */
export const userReadOnly = ["vetted", "accountId"] as const;

/** The codes that errors of these fields have. */
export const userFieldErrors = [4233, 4241, 4251, 4252, 4640] as const;
