import * as z from "zod";
import type { UserSaveInput } from "../../../client/src/client.ts";
import { normaliseLogin } from "../../../lib/practices/ids.ts";
import { RecordId } from "../../../lib/practices/io-fields.ts";
import { UserFields } from "../../../lib/practices/user-fields.ts";
import type { Fields } from "./fields.ts";
import type { Kind } from "./kind.ts";
import * as normalise from "./normalise.ts";
import { faultsOf, idFaults, unique } from "./rules.ts";

/** The rules of the server, and the practice, which a request has among its credentials. */
const Practice = z.object({ accountId: RecordId });

/** What a file of users holds. */
export const users: Kind = {
  name: "users",
  fields: ["accountId", ...Object.keys(UserFields.shape)],
  required: [["accountId"], ["userId"], ["firstName"], ["lastName"]],
  synonyms: {
    accountId: "Practice ID, Practice Key, Practice, Account, Account Number, Clinic ID, Office ID",
    userId: "User, User Key, User Number, Employee ID, Staff ID",
    firstName: "First, Given Name, Forename",
    middleName: "Middle, Middle Initial",
    lastName: "Last, Surname, Family Name",
    address1: "Address, Address Line 1, Street, Street Address, Street 1",
    address2: "Address Line 2, Street 2, Suite",
    city: "Town",
    state: "Province, State Code",
    postal: "Zip, Zip Code, ZIP+4, Postal Code, Postcode",
    active: "Is Active, Enabled, Status",
    timeZone: "Timezone, TZ",
    directAddress: "Direct, Direct E-mail",
    loginId: "Login, Username, User Name, Login Name",
    loginPassword: "Password",
    loginPasswordHash: "Password Hash, Hash",
    provider: "Is Provider",
    admin: "Administrator, Is Admin",
    searchOptOut: "Opt Out, Hidden From Search",
    npi: "NPI Number, Provider NPI",
    providerTaxonomyCode: "Taxonomy, Taxonomy Code, Specialty, Specialty Code",
  },
  readOnly: ["vetted"],
  untrimmed: ["metadata", "loginPassword", "loginPasswordHash"],
  hasOwnProperties: false,
  normalise: {
    state: normalise.state,
    postal: normalise.postal,
    active: normalise.active,
    timeZone: normalise.timeZone,
    directAddress: normalise.orBlank(normalise.lowerCase),
    provider: normalise.right,
    admin: normalise.right,
    searchOptOut: normalise.boolean,
    npi: normalise.npi,
    providerTaxonomyCode: normalise.taxonomy,
  },
  check: (fields) => [
    ...faultsOf(Practice, fields),
    ...faultsOf(UserFields, fields),
    ...idFaults(fields, "accountId", "userId"),
  ],
  uniqueValues: (fields) => [
    ...unique("userId", fields.userId, String(fields.accountId)),
    ...(typeof fields.loginId === "string" ? unique("loginId", normaliseLogin(fields.loginId)) : []),
    ...unique("directAddress", fields.directAddress, String(fields.accountId)),
  ],
  keyOf: ({ accountId, userId }) => ({ practice: String(accountId ?? ""), id: String(userId ?? "") }),
  isRefusedTwice: false,
  sender:
    ({ directory }) =>
    async ({ accountId, ...fields }, options) => {
      const { action } = await directory.userSave(checked(fields), { ...options, accountId: String(accountId) });
      return action === "create" ? "created" : "updated";
    },
};

/** The rules of the server have found nothing wrong with the fields. */
const checked = (fields: Fields) => fields as unknown as UserSaveInput;
