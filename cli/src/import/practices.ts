import * as z from "zod";
import type { PracticeSaveInput } from "../../../client/src/client.ts";
import { directDomain } from "../../../lib/practices/io-fields.ts";
import { PracticeFields } from "../../../lib/practices/practice-fields.ts";
import type { Fields } from "./fields.ts";
import type { Kind } from "./kind.ts";
import * as normalise from "./normalise.ts";
import { faultsOf, idFaults, unique } from "./rules.ts";

/** The rules of the server, except which domain Direct domains are under: only the server knows it. */
const Rules = PracticeFields.extend({
  directDomain: z.preprocess(
    (value) => (typeof value === "string" ? value.replace(/\..+$/s, "") : value),
    directDomain(() => ""),
  ),
});

/** What a file of practices holds. */
export const practices: Kind = {
  name: "practices",
  fields: Object.keys(PracticeFields.shape),
  required: [["accountId"], ["name"]],
  synonyms: {
    accountId: "Practice ID, Practice Key, Account Number, Clinic ID, Office ID",
    name: "Practice Name, Clinic, Clinic Name, Office, Office Name, Account Name, Company",
    address1: "Address, Address Line 1, Street, Street Address, Street 1",
    address2: "Address Line 2, Street 2, Suite",
    city: "Town",
    state: "Province, State Code",
    postal: "Zip, Zip Code, ZIP+4, Postal Code, Postcode",
    phone: "Phone Number, Telephone, Tel, Main Phone, Office Phone",
    fax: "Fax Number",
    active: "Is Active, Enabled, Status",
    timeZone: "Timezone, TZ",
    websiteAddress: "Web Address, Website, Portal, Portal Address, Subdomain, Org",
    directDomain: "Direct",
    directAddress: "Direct E-mail",
    practiceNpi: "NPI, NPI Number, Practice NPI Number, Organization NPI",
    practiceSpecialtyCode: "Specialty, Specialty Code, Taxonomy, Taxonomy Code, Practice Taxonomy Code",
  },
  readOnly: ["vetted"],
  untrimmed: ["metadata"],
  hasOwnProperties: false,
  normalise: {
    state: normalise.state,
    postal: normalise.postal,
    phone: normalise.phone,
    fax: normalise.phone,
    active: normalise.active,
    timeZone: normalise.timeZone,
    websiteAddress: normalise.orBlank(normalise.lowerCase),
    directDomain: normalise.orBlank(normalise.lowerCase),
    directAddress: normalise.orBlank(normalise.lowerCase),
    practiceNpi: normalise.npi,
    practiceSpecialtyCode: normalise.taxonomy,
  },
  check: (fields) => [...faultsOf(Rules, fields), ...idFaults(fields, "accountId")],
  uniqueValues: (fields) => [
    ...unique("accountId", fields.accountId),
    ...unique("websiteAddress", fields.websiteAddress),
    ...unique("directDomain", fields.directDomain),
  ],
  keyOf: ({ accountId }) => ({ practice: String(accountId ?? ""), id: "" }),
  isRefusedTwice: false,
  sender:
    ({ directory }) =>
    async (fields, options) => {
      const { action } = await directory.practiceSave(checked(fields), { ...options });
      return action === "create" ? "created" : "updated";
    },
};

/** The rules of the server have found nothing wrong with the fields. */
const checked = (fields: Fields) => fields as unknown as PracticeSaveInput;
