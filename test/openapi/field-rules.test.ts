import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DescribedId } from "../../openapi/describe.ts";
import { descriptionOf } from "../../openapi/descriptions.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { call, expectOk, send } from "../kit/system.ts";
import { makeWorld, toTherapist as sendToTherapist, type World } from "../kit/worlds.ts";
import { expectAgreement, fits, type Values } from "./agreement.ts";
import { documented } from "./document.ts";

/** The handlers of practices and therapists accept the values of fields that the document allows, and refuse all others. */

type Json = Record<string, unknown>;
interface Properties {
  readonly properties?: Readonly<Record<string, Json>>;
}
const bodySchema = (id: string) =>
  (documented(id).operation.requestBody?.content["application/json"]?.schema ?? {}) as Properties;
const parametersOf = (id: string) =>
  Object.fromEntries((documented(id).operation.parameters ?? []).map(({ name, schema }) => [name, schema]));
const schemaOf = (id: string, field: string): Json => {
  const schema = bodySchema(id).properties?.[field] ?? parametersOf(id)[field];
  if (!schema) throw new Error(`not documented: ${id} ${field}`);
  return schema;
};

let practice: World["practice"];
beforeAll(async () => {
  ({ practice } = await makeWorld("organization"));
});
/** Sends to `/therapist` with the credentials of the practice. */
const toTherapist = (method: string, target: string, body?: unknown) => sendToTherapist(practice, method, target, body);

const noText = [{}, [], ["x"], true];
const controls = ["a\u0000b", "a\nb", "a\u001fb", "a\u007fb", "a\u009fb"];
const text = (max: number): Values => ({
  good: ["Ærø & Söhne", "x".repeat(max), "🙂".repeat(max), '"<b>\\'],
  bad: [...noText, ...controls, "x".repeat(max + 1)],
});
const tenDigits = { good: ["6145550100"], bad: ["614555010", "61455501000", "614-555-010", "٦١٤٥٥٥٠١٠٠", ...noText] };
const flag: Values = { good: [true, false], bad: [{}, [], 1, "maybe"] };
const whole = (min: number, max: number): Values => ({
  good: [min, max],
  bad: [min - 1, max + 1, min + 0.5, {}, [], true, "x"],
});
const userKey: Values = { good: ["u", "7", ...text(128).good], bad: [...text(128).bad, "@u", "@"] };
const taxonomyCode: Values = { good: ["207Q00000X", "207q00000x"], bad: ["207Q00000", "207Q00000X1", "207Q-0000X"] };
const instant: Values = {
  good: ["2026-03-02T09:30:00Z", "2026-03-02T09:30:00.123456-05:00"],
  bad: ["2026-03-02", "2026-03-02T09:30:00", "2026-02-30T00:00:00Z", "yesterday", ...noText],
};
// JSON Schema cannot check the check digit.
const npi: Values = { good: ["1234567893"], bad: ["123456789", "12345678931", "A234567893"], beyond: ["1234567890"] };
const state: Values = {
  good: ["OH", "oh", "Pr", "dc", "GU", "AP", "fm"],
  bad: ["XX", "O", "OHI", "UM", "ﬂ", "ıd", "O H", ...noText],
};
const postal: Values = { good: ["43004", "430041234"], bad: ["4300", "430041", "43004-1234", "４３００４", ...noText] };
const timeZone: Values = { good: ["Zulu", "America/Phoenix"], bad: ["UTC", "Europe/Berlin", ...noText] };
// The handler counts bytes.
const metadata: Values = {
  good: ["none", " \u0000\n", "x".repeat(4096)],
  bad: ["x".repeat(4097), ...noText],
  beyond: ["é".repeat(4096)],
};
// The document does not limit the length of each part.
const directAddress: Values = {
  good: ["office", "Front.Desk+1"],
  bad: ["a b", ".a", "a.", "a..b", "a@", "@a", "ä", "a@b@c", ...noText],
  beyond: ["x".repeat(65)],
};
/** Fields of practices and of users. */
const both = { address1: text(255), address2: text(255), city: text(255), state, postal, active: flag, timeZone };

/** Fields by operation, each with the other fields that it needs. Operations with the same fields have one entry. */
const tables: Readonly<Partial<Record<DescribedId, Readonly<Record<string, Values & { readonly needs?: Json }>>>>> = {
  PracticeSave: {
    ...both,
    accountId: text(128),
    name: text(255),
    phone: tenDigits,
    fax: tenDigits,
    websiteAddress: {
      good: ["a", "River-Side_9", "x".repeat(63)],
      bad: ["x".repeat(64), "-a", "a-", "_a", "a.b", "a b", "ä", "\u212Aa", ...noText],
      // The description names the reserved words.
      beyond: ["api", "Portal", "xn--a"],
    },
    directDomain: {
      good: ["riverside", "Riverside.Direct.example.com", "x".repeat(63)],
      bad: ["x".repeat(64), "-a", "a-", "ä", "a b", ...noText],
      // Which full domains are allowed depends on the deployment.
      beyond: ["riverside.elsewhere.example.com"],
    },
    directAddress: { ...directAddress, needs: { directDomain: "riverside" } },
    practiceNpi: npi,
    practiceSpecialtyCode: taxonomyCode,
    metadata,
  },
  UserSave: {
    ...both,
    userId: userKey,
    firstName: text(100),
    middleName: text(100),
    lastName: text(100),
    loginId: {
      needs: { loginPassword: "Stethoscope1" },
      good: ["ada", "Ada@Example.org", "x".repeat(254)],
      bad: ["a b", "a\tb", "a\u0000b", "x".repeat(255), ...noText],
      // Its normalized form contains a space, or is too long.
      beyond: ["a\u00a8b", "ﷺ".repeat(20)],
    },
    loginPassword: {
      needs: { loginId: "ada" },
      good: ["Stethoscope1", "Sécrète 7", `Aa1${"x".repeat(27)}`],
      bad: ["Short1a", `Aa1${"x".repeat(28)}`, ...noText],
      beyond: ["stethoscope1", "STETHOSCOPE1", "Stethoscope"],
    },
    loginPasswordHash: {
      needs: { loginId: "ada" },
      good: ["$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$f638hi/IdmhInRfzAv0YMrdArt+J2T1av+0BWBe9hps"],
      bad: ["x".repeat(257), ...noText],
      beyond: [
        "Stethoscope1",
        "$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$f638hi/IdmhInRfzAv0YMrdArt+J2T1av+0BWBe9hps=",
      ],
    },
    directAddress: { ...directAddress, good: ["ada", "Ada.Mills+1"] },
    provider: flag,
    admin: flag,
    searchOptOut: flag,
    npi,
    providerTaxonomyCode: taxonomyCode,
    metadata,
  },
  PracticeList: { limit: whole(1, 1000), cursor: { good: [], bad: noText, beyond: ["x"] } },
  UserList: {
    limit: whole(1, 1000),
    cursor: { good: [], bad: noText, beyond: ["x"] },
    accountId: { good: ["practice-1"], bad: [...noText, "x".repeat(129)], beyond: ["unknown"] },
  },
  EventList: {
    limit: whole(1, 1000),
    cursor: { good: [], bad: noText, beyond: ["x"] },
    accountId: { good: ["practice-1"], bad: [...noText, "x".repeat(129)], beyond: ["unknown"] },
    since: instant,
    until: instant,
  },
  PortalSettingsSave: {
    registration: flag,
    twoFactor: flag,
    unverifiedDays: whole(1, 365),
    minPasswordScore: whole(1, 4),
    lockAttempts: whole(3, 100),
    lockMinutes: whole(1, 1440),
    sessionIdleMinutes: whole(5, 1440),
    sessionHours: whole(1, 168),
    smsPerDay: whole(0, 100_000),
    allowedOrigins: {
      good: [
        [],
        ["https://app.example.org"],
        ["https://app.example.org:8443", "https://[::1]"],
        Array(50).fill("https://a.b"),
      ],
      bad: [
        ...["http://a.b", "https://a.b/", "https://A.b", "https://u@a.b", "https://a.b?c", "https://", "a.b", 7].map(
          (origin) => [origin],
        ),
        [`https://${"a".repeat(250)}.org`],
        Array(51).fill("https://a.b"),
        "https://a.b",
        {},
      ],
      // Only a URL parser can tell.
      beyond: [["https://a.b:443"], ["https://a.b:0443"], ["https://a b"].map((origin) => origin.replace(" ", "%20"))],
    },
  },
};

const least: Readonly<Partial<Record<DescribedId, Json>>> = {
  PracticeSave: { name: "Riverside Clinic", websiteAddress: "riverside", directDomain: "riverside", active: true },
  UserSave: { userId: "user-1", firstName: "Ada", lastName: "Mills" },
};
const isTrimmed = (value: string) => value !== "" && value === value.trim();

describe.each(Object.entries(tables))("%s", (id, fields) => {
  // The previous test may have left other values.
  beforeEach(() => expectOk(call("PracticeSave", { auth: practice, ...least.PracticeSave })));
  // The id of the record is not refused together with others.
  const together = Object.entries(fields).filter(([field]) => !["accountId", "userId"].includes(field));
  it("refuses the bad values of each field", async () => {
    const most = Math.max(...together.map(([, { bad }]) => bad.length));
    for (let place = 0; place < most; place++) {
      // One request has a bad value of each field, and its answer names each of them.
      const wrong = together.flatMap(([field, { bad }]) => (place < bad.length ? [[field, bad[place]] as const] : []));
      const allowed = wrong.filter(([field, value]) => fits(schemaOf(id, field), value));
      expect(allowed).toEqual([]);
      const body = { auth: practice, ...least[id as DescribedId], ...Object.fromEntries(wrong) };
      const { json } = await call(id as DescribedId, body);
      expect(json.successful).toBe(false);
      const named = (json.errors ?? []).map(({ field }: { field: string }) => field.split(/[.[]/)[0]);
      expect(wrong.filter(([field]) => !named.includes(field))).toEqual([]);
    }
  });
  it.each(Object.entries(fields))(
    "accepts the documented values of %s and no others",
    async (field, { needs, ...documentedValues }) => {
      const isTogether = together.some(([name]) => name === field);
      const values = isTogether ? { ...documentedValues, bad: [] } : documentedValues;
      const base = id === "PracticeSave" && field === "accountId" ? { name: "Another" } : least[id as DescribedId];
      const takes = async (value: unknown) => {
        const { json } = await call(id as DescribedId, { auth: practice, ...base, ...needs, [field]: value });
        return json.responseCode === 2000;
      };
      // `metadata` and passwords are stored as they are sent.
      const isPlain = ["metadata", "loginPassword", "loginPasswordHash"].includes(field)
        ? (value: string) => value !== ""
        : isTrimmed;
      await expectAgreement(schemaOf(id, field), values, takes, isPlain);
    },
  );
});

const pasted = ["a\u0000b", "a\u000bb", "a\u001fb", "a\u007fb", "a\u009fb"];
const orNull = (max: number): Values => ({
  good: ["Ærø & Söhne", "", "  a\tb\r\nc", "x".repeat(max), "🙂".repeat(max), null],
  bad: ["x".repeat(max + 1), ...pasted, 7, ...noText],
});
const wholeOrNull: Values = { good: [0, -7, Number.MAX_SAFE_INTEGER, null], bad: [0.5, 2 ** 53, "7", {}, true] };
const flagOrNull: Values = { good: [true, false, null], bad: [0, "true", {}, []] };
const addresses: Values = {
  good: [[], [{}], [{ addressLine1: null, city: "Columbus", stray: 1 }], Array(50).fill({})],
  bad: [[{ city: 7 }], [{ zipcode: "x".repeat(256) }], ["x"], Array(51).fill({}), {}, "x", null],
};
const therapistKey: Values = {
  good: ["therapist-1", "x".repeat(128), "🙂".repeat(128), " ", 7, -7],
  bad: ["", "x".repeat(129), "a\nb", ...pasted, 1.5, null, true, {}],
};
const therapistTables: Readonly<Partial<Record<DescribedId, Readonly<Record<string, Values>>>>> = {
  OrganizationSave: {
    id: { good: [1, null], bad: [1.5, "1", {}, true], beyond: [0, 999] },
    name: orNull(255),
    therapist_user_id: wholeOrNull,
    is_active: flagOrNull,
  },
  PracticeProfileSave: {
    userId: therapistKey,
    ...Object.fromEntries(
      ["userloginname", "loginid", "role", "firstName", "lastName", "gender"].map((name) => [name, orNull(255)]),
    ),
    timezone: orNull(155),
    emailid: {
      good: ["grace@example.org", "A!b.c@X-1.example", `${"x".repeat(243)}@example.org`, null],
      bad: ["grace", "a@b", "a@b.1", "a..b@c.de", "a@-b.de", "a b@c.de", "ä@b.de", `${"x".repeat(244)}@example.org`, 7],
    },
    phoneNumber: orNull(20),
    dob: {
      good: ["1985-04-12", "2024-02-29", "0001-01-01", null],
      bad: ["2023-02-29", "1985-4-12", "1985-04-31", "1985-04-12T00:00:00Z", "", 7],
    },
    // The handler counts bytes. The description says which addresses it refuses.
    image: {
      good: ["https://images.example.org/grace.png", "", "x".repeat(204_800)],
      bad: ["x".repeat(204_801), ...pasted, null, 7],
      beyond: ["é".repeat(102_401), "javascript:alert(1)", "data:text/html,x"],
    },
    address: addresses,
    orgid: wholeOrNull,
    npi: orNull(128),
    is_org_admin: flagOrNull,
  },
};

describe.each(Object.entries(therapistTables))("%s", (id, fields) => {
  const { path } = documented(id);
  it.each(Object.entries(fields))("accepts the documented values of %s and no others", async (field, values) => {
    const base =
      id === "PracticeProfileSave" ? (descriptionOf("PracticeProfileSave").examples.least?.body as Json) : {};
    const takes = async (value: unknown) => {
      const { status } = await toTherapist("POST", path, { ...base, [field]: value });
      return status < 300;
    };
    await expectAgreement(schemaOf(id, field), values, takes);
  });
});

describe("addresses", () => {
  const takes = async (target: string) => (await toTherapist("GET", target)).status !== 400;
  it.each(["OrganizationList", "OrganizationListByTherapist"] as const)(
    "of %s accept the documented limits",
    async (id) => {
      const { path } = documented(id);
      const ask = (value: unknown) => takes(`${path.replace("{therapistUserId}", "42")}?limit=${value}`);
      await expectAgreement(schemaOf(id, "limit"), { good: [1, 1000], bad: [0, 1001, 1.5, "x"] }, ask);
    },
  );
  it("accept a therapist's number as documented", async () => {
    const ask = (value: unknown) => takes(`/therapist/organizations/${encodeURIComponent(String(value))}/`);
    const values = { good: ["42", "-7", "9007199254740993"], bad: ["x", "1.5", "1e3"] };
    await expectAgreement(
      schemaOf("OrganizationListByTherapist", "therapistUserId"),
      values,
      ask,
      (value) => value !== "",
    );
  });
  it("accept a therapist's key as documented", async () => {
    const ask = (value: unknown) => takes(`/therapist/practice-profile/${encodeURIComponent(String(value))}/`);
    const values = { good: ["therapist-1", "x".repeat(128)], bad: ["x".repeat(129), "a\nb"] };
    await expectAgreement(schemaOf("PracticeProfileGet", "userId"), values, ask, (value) => value !== "");
  });
});

describe("these tables", () => {
  const rows = documentedRows.filter(({ family }) => family !== "accounts");
  const tried = new Set(Object.values({ ...tables, ...therapistTables }).flatMap((fields) => Object.keys(fields)));
  it.each(rows)("try every field of $id", ({ id }) => {
    const { auth: _, ...fields } = bodySchema(id).properties ?? {};
    expect(Object.keys(fields).filter((field) => !tried.has(field))).toEqual([]);
  });
  it.each([
    ["PracticeSave", ["PracticeCreate", "PracticeUpdate"]],
    ["UserSave", ["UserCreate", "UserUpdate"]],
  ])("of %s also cover %s, which have the same fields", (id, others) => {
    for (const other of others) expect(bodySchema(other)).toEqual(bodySchema(id));
  });
  it("send requests that fail without the field", async () => {
    expect((await send("POST", "/api/io/PracticeSave", { body: { auth: practice } })).json.responseCode).toBe(4060);
  });
});
