import * as z from "zod";
import { settings } from "../settings.ts";
import * as field from "./io-fields.ts";

/** The fields of `PracticeCreate`, `PracticeUpdate` and `PracticeSave` (contract practices §4). */
export const PracticeFields = z.object({
  accountId: field.RecordId,
  name: field.requiredText(255),
  address1: field.text(255),
  address2: field.text(255),
  city: field.text(255),
  state: field.state,
  postal: field.postal,
  phone: field.phone,
  fax: field.phone,
  active: field.boolean,
  timeZone: field.timeZone,
  websiteAddress: field.webAddress,
  directDomain: field.directDomain(() => settings().DIRECT_DOMAIN),
  directAddress: field.directAddress,
  practiceNpi: field.npi,
  practiceSpecialtyCode: field.taxonomyCode,
  metadata: field.metadata,
});
export type PracticeFields = z.output<typeof PracticeFields>;

/** Fields that answers show and that no caller can change. */
export const practiceReadOnly = ["vetted"] as const;

/** The codes that errors of these fields have. */
export const practiceFieldErrors = [4160, 4161, 4251, 4252, 4640] as const;
