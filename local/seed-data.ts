import { roleIds } from "../cli/src/roles.ts";
import type {
  AccountRegisterInput,
  OrganizationSaveInput,
  PortalSettingsSaveInput,
  PracticeProfileSaveInput,
  PracticeSaveInput,
  UserSaveInput,
} from "../client/src/client.ts";

/**
 * What `npm run seed` puts into the directory. All people are invented, and their telephone numbers belong to nobody: 555-0100
 * to 555-0199 are kept for stories. Keys begin with `seed-`, so that they never meet those of README.
 */
export interface SeedPractice {
  readonly practice: PracticeSaveInput & { readonly accountId: string };
  readonly users: readonly UserSaveInput[];
  readonly settings?: PortalSettingsSaveInput;
  readonly organizations?: readonly (OrganizationSaveInput & { readonly name: string })[];
  readonly profiles?: readonly PracticeProfileSaveInput[];
  readonly accounts?: readonly AccountRegisterInput[];
}

/** The password of all users who sign in. */
export const userPassword = "Stethoscope1";
/** The password of all portal accounts. */
export const accountPassword = "violet kettle sings 7 waltzes";

const { administrator, provider } = roleIds;

const user = (
  userId: string,
  firstName: string,
  lastName: string,
  more: Partial<UserSaveInput> = {},
): UserSaveInput => ({
  userId,
  firstName,
  lastName,
  ...more,
});

/** A user who signs in as `{userId}@{practice}`. */
const withLogin = (practice: string, userId: string): Partial<UserSaveInput> => ({
  loginId: `${userId}@${practice}`,
  loginPassword: userPassword,
});

const account = (
  first: string,
  last: string,
  portal: string,
  ending: string,
  more: Partial<AccountRegisterInput> = {},
) => ({
  name: { first, last },
  email: `${first}.${last}@${portal}.example`.toLowerCase(),
  mobile: `+1650555${ending}`,
  password: accountPassword,
  state: "verified" as const,
  ...more,
});

/** The smallest picture: one transparent pixel. */
const image = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

const cedar: SeedPractice = {
  practice: {
    accountId: "seed-cedar",
    name: "Cedar Street Family Medicine",
    address1: "12 Cedar Street",
    city: "Boston",
    state: "MA",
    postal: "02118",
    phone: "6175550100",
    fax: "6175550101",
    timeZone: "America/New_York",
    websiteAddress: "cedar",
    directDomain: "cedar",
    directAddress: "office",
    practiceNpi: "1900000104",
    practiceSpecialtyCode: "207Q00000X",
    metadata: '{"kind":"family medicine"}',
  },
  users: [
    user("maria", "Maria", "Santos", {
      ...withLogin("cedar", "maria"),
      admin: true,
      provider: true,
      npi: "1900000476",
      providerTaxonomyCode: "207Q00000X",
      directAddress: "maria.santos",
    }),
    user("owen", "Owen", "Price", { ...withLogin("cedar", "owen"), provider: true, npi: "1900000849" }),
    user("june", "June", "Abbott", withLogin("cedar", "june")),
    user("hal", "Hal", "Brandt", { active: false, searchOptOut: true }),
  ],
  organizations: [
    { name: "Cedar Street Counseling", therapist_user_id: 1 },
    { name: "Cedar Street Nutrition", therapist_user_id: 2 },
    { name: "Cedar Street Acupuncture", therapist_user_id: 1, is_active: false },
  ],
  profiles: [
    {
      userId: "owen",
      userloginname: "Owen Price",
      loginid: "owen@cedar",
      role: "therapist",
      timezone: "America/New_York",
      firstName: "Owen",
      lastName: "Price",
      emailid: "owen.price@cedar.example",
      phoneNumber: "6175550102",
      dob: "1979-04-12",
      image,
      address: [{ addressLine1: "12 Cedar Street", city: "Boston", state: "MA", country: "US", zipcode: "02118" }],
      orgid: 1,
      npi: "1900000849",
      is_org_admin: true,
    },
    { userId: "maria", firstName: "Maria", lastName: "Santos", role: "therapist", image, address: [] },
  ],
  accounts: [
    account("Nora", "Quinn", "cedar", "0110", { roles: [administrator] }),
    account("Owen", "Price", "cedar", "0111", { roles: [provider] }),
    account("Theo", "Lindgren", "cedar", "0112", { dob: "1988-02-29", gender: "m", tz: "America/New_York" }),
    account("Rosa", "Ibarra", "cedar", "0113", { locale: "es_US" }),
    account("Sam", "Okafor", "cedar", "0114", { state: "unverified" }),
  ],
};

const harbor: SeedPractice = {
  practice: {
    accountId: "seed-harbor",
    name: "Harbor Children's Clinic",
    address1: "400 Pier Road",
    address2: "Suite 2",
    city: "Seattle",
    state: "WA",
    postal: "981011234",
    phone: "2065550120",
    timeZone: "America/Los_Angeles",
    websiteAddress: "harbor",
    practiceNpi: "1900001219",
    practiceSpecialtyCode: "208000000X",
  },
  users: [
    user("ines", "Ines", "Kaya", { ...withLogin("harbor", "ines"), admin: true }),
    user("paul", "Paul", "Reyes", { provider: true, npi: "1900001581" }),
  ],
  settings: { twoFactor: true, minPasswordScore: 3 },
  accounts: [
    account("Lena", "Fox", "harbor", "0120", { roles: [administrator] }),
    account("Arun", "Mehta", "harbor", "0121"),
  ],
};

const prairie: SeedPractice = {
  practice: {
    accountId: "seed-prairie",
    name: "Prairie Mind Counseling",
    city: "Omaha",
    state: "NE",
    postal: "68102",
    phone: "4025550130",
    timeZone: "America/Chicago",
    websiteAddress: "prairie",
    practiceSpecialtyCode: "101YM0800X",
  },
  users: [
    user("beth", "Beth", "Larsen", { ...withLogin("prairie", "beth"), admin: true, provider: true }),
    user("kofi", "Kofi", "Boateng", { provider: true, npi: "1900001953" }),
  ],
  settings: { registration: "invitation" },
  organizations: [{ name: "Prairie Mind West", therapist_user_id: 7 }],
  accounts: [account("Beth", "Larsen", "prairie", "0130", { roles: [administrator, provider] })],
};

const summit: SeedPractice = {
  practice: {
    accountId: "seed-summit",
    name: "Summit Physical Therapy",
    city: "Denver",
    state: "CO",
    postal: "80202",
    phone: "3035550140",
    timeZone: "America/Denver",
    websiteAddress: "summit",
    practiceNpi: "1900002324",
    practiceSpecialtyCode: "225100000X",
  },
  users: [user("gail", "Gail", "Novak", { ...withLogin("summit", "gail"), admin: true }), user("rui", "Rui", "Costa")],
};

const mesa: SeedPractice = {
  practice: {
    accountId: "seed-mesa",
    name: "Mesa Dental Group",
    city: "Phoenix",
    state: "AZ",
    postal: "85004",
    phone: "6025550150",
    timeZone: "America/Phoenix",
    websiteAddress: "mesa-dental",
    practiceNpi: "1900002696",
    practiceSpecialtyCode: "122300000X",
  },
  users: [user("dee", "Dee", "Park", { ...withLogin("mesa", "dee"), admin: true, provider: true, npi: "1900003066" })],
};

const glacier: SeedPractice = {
  practice: {
    accountId: "seed-glacier",
    name: "Glacier Bay Urgent Care",
    city: "Anchorage",
    state: "AK",
    postal: "99501",
    phone: "9075550160",
    timeZone: "America/Anchorage",
    websiteAddress: "glacier",
    practiceNpi: "1900003439",
    practiceSpecialtyCode: "261QU0200X",
  },
  users: [user("ivan", "Ivan", "Petrov", { admin: true, ...withLogin("glacier", "ivan") })],
};

const lanai: SeedPractice = {
  practice: {
    accountId: "seed-lanai",
    name: "Lanai Heart Center",
    city: "Honolulu",
    state: "HI",
    postal: "96813",
    phone: "8085550170",
    timeZone: "Pacific/Honolulu",
    websiteAddress: "lanai",
    practiceNpi: "1900003801",
    practiceSpecialtyCode: "207RC0000X",
  },
  users: [user("leilani", "Leilani", "Kealoha", { provider: true, npi: "1900004171" })],
};

const sanJuan: SeedPractice = {
  practice: {
    accountId: "seed-san-juan",
    name: "Clínica San Juan",
    address1: "Calle Luna 7",
    city: "San Juan",
    state: "PR",
    postal: "00901",
    phone: "7875550180",
    timeZone: "America/Puerto_Rico",
    websiteAddress: "clinica-san-juan",
    practiceSpecialtyCode: "207V00000X",
  },
  users: [user("lucia", "Lucía", "Núñez", { ...withLogin("san-juan", "lucia"), admin: true, provider: true })],
};

const base: SeedPractice = {
  practice: {
    accountId: "seed-base",
    name: "Base Optometry",
    city: "APO",
    state: "AE",
    postal: "09012",
    timeZone: "Zulu",
    practiceSpecialtyCode: "152W00000X",
  },
  users: [user("joan", "Joan", "Miller", { provider: true, npi: "1900004544" })],
};

const willow: SeedPractice = {
  practice: {
    accountId: "seed-willow",
    name: "Willow Dermatology (closed)",
    city: "Atlanta",
    state: "GA",
    postal: "30303",
    phone: "4045550190",
    timeZone: "America/New_York",
    websiteAddress: "willow",
    practiceSpecialtyCode: "207N00000X",
    active: false,
  },
  users: [user("vera", "Vera", "Holt", { ...withLogin("willow", "vera"), admin: true })],
};

/** Ten practices. The first has something of everything, the second a second factor, the last one is inactive. */
export const seedPractices: readonly SeedPractice[] = [
  cedar,
  harbor,
  prairie,
  summit,
  mesa,
  glacier,
  lanai,
  sanJuan,
  base,
  willow,
];
