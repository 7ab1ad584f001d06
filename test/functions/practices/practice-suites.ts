import { beforeAll, describe, expect, it } from "vitest";
import {
  allItems,
  call,
  expectOk,
  type Item,
  leavesNoTrace,
  makePractice,
  makeUser,
  makeVendor,
  send,
  type TestPractice,
  type TestVendor,
} from "../../kit/system.ts";
import { localParts, practiceRules } from "./field-rules.ts";
import { describeAccepted, describeRefused, named, rulesFor, valuesFor } from "./field-suites.ts";
import {
  type Code,
  expectFaults,
  expectRefusal,
  faulty,
  fullPractice,
  fullPracticeAnswer,
  plainPracticeAnswer,
  refused,
} from "./practices-contract.ts";

/** The operations that write a practice. */
export type PracticeWrite = "PracticeCreate" | "PracticeUpdate" | "PracticeSave";
/** The operations that can change an existing practice. */
export type PracticeChange = Exclude<PracticeWrite, "PracticeCreate">;
type Fields = Readonly<Record<string, unknown>>;

let keys = 0;
/** A key that was not used before in this test file. */
export const freshKey = (): string => `key-${++keys}`;

/** Reads a practice with `PracticeGet`. */
export const getPractice = async (auth: TestVendor, accountId: string): Promise<Fields> =>
  (await expectOk(call("PracticeGet", { auth, accountId }))).practice;

/** A practice key that `id` can write to: of an existing practice for an Update, else a free one. */
async function writableKey(id: PracticeWrite, auth: TestVendor): Promise<string> {
  const accountId = freshKey();
  if (id === "PracticeUpdate") await makePractice({ accountId }, auth);
  return accountId;
}

/** Tests every field rule of §4. */
export function describePracticeFields(id: PracticeWrite): void {
  let auth: TestVendor;
  let accountId: string;
  beforeAll(async () => {
    auth = await makeVendor();
    accountId = await writableKey(id, auth);
  });
  const write = (fields: Fields) => call(id, { auth, accountId, name: "Practice", ...fields });

  const rules = rulesFor(id, practiceRules);
  describeRefused(rules, write);

  describe(named(4640), () => {
    it.each(valuesFor(id, localParts.refused))("refuses directAddress %j", async (directAddress) => {
      await refused(4640, () => write({ directDomain: freshKey(), directAddress }));
    });
  });

  describe("4060 reports all errors at once", () => {
    it("lists every field with an error, also those with their own code", async () => {
      const wrong = { name: "", state: "XX", phone: "1", websiteAddress: "-", practiceNpi: "1", metadata: {} };
      await faulty(Object.keys(wrong), () => write(wrong));
    });
    it("is answered for two errors that each have their own code", async () => {
      await faulty(["websiteAddress", "directDomain"], () => write({ websiteAddress: "-", directDomain: "-" }));
    });
  });

  describe("2000 OK, field by field", () => {
    const store = async (fields: Fields, key: string) => {
      await expectOk(call(id, { auth, accountId: key, name: "Practice", ...fields }));
      return getPractice(auth, key);
    };
    describeAccepted(rules, async (fields) => store(fields, await writableKey(id, auth)));

    it.each(valuesFor(id, localParts.accepted))(
      "reads directAddress %j as %j under the Direct domain",
      async (given, local) => {
        const key = await writableKey(id, auth);
        const record = await store({ directDomain: `d-${key}`, directAddress: given }, key);
        expect(record.directAddress).toBe(`${local}@d-${key}.direct.example.com`);
      },
    );
    it("accepts a full directAddress, in any case, under the Direct domain of the same call", async () => {
      const key = await writableKey(id, auth);
      const given = { directDomain: `D-${key}`, directAddress: `Front.Desk@D-${key}.Direct.Example.COM` };
      const { directAddress } = await store(given, key);
      expect(directAddress).toBe(`front.desk@d-${key}.direct.example.com`);
    });
    it("stores and answers every field", async () => {
      const key = await writableKey(id, auth);
      expect(await store(fullPractice(key), key)).toEqual(fullPracticeAnswer(key, key));
    });
    it("needs only the name", async () => {
      const key = await writableKey(id, auth);
      expect(await store({ name: "Just a Name" }, key)).toEqual(plainPracticeAnswer("Just a Name", key));
    });
    it.each([[true], ["yes"], [{}]])("ignores vetted: %j, which is read-only", async (vetted) => {
      const record = await store({ vetted }, await writableKey(id, auth));
      expect(record.vetted).toBe(false);
    });
  });
}

/** Tests which practice is written (§3). */
export function describePracticeTarget(id: PracticeWrite): void {
  let auth: TestVendor;
  beforeAll(async () => {
    auth = await makeVendor();
  });
  const write = (fields: Fields, credentials: object = auth) => call(id, { auth: credentials, name: "It", ...fields });
  const isWritten = async (accountId: string) => expect((await getPractice(auth, accountId)).name).toBe("It");

  it("uses the accountId of the root", async () => {
    const accountId = await writableKey(id, auth);
    expect((await expectOk(write({ accountId }))).accountId).toBe(accountId);
    await isWritten(accountId);
  });
  it.each([
    ["absent", {}],
    ["null", { accountId: null }],
    ['""', { accountId: "" }],
    ["blank", { accountId: "  " }],
  ])("uses the accountId of auth when the root's is %s", async (_, root) => {
    const accountId = await writableKey(id, auth);
    expect((await expectOk(write(root, { ...auth, accountId }))).accountId).toBe(accountId);
    await isWritten(accountId);
  });
  it("uses the accountId of the header X-Account-Id when the body has none", async () => {
    const accountId = await writableKey(id, auth);
    const basic = Buffer.from(`${auth.applicationId}:${auth.applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": accountId };
    expect((await expectOk(call(id, { name: "It" }, { headers }))).accountId).toBe(accountId);
    await isWritten(accountId);
  });
  it("prefers the root when auth names another practice, even an inactive one, which is not changed", async () => {
    const other = await makePractice({ accountId: freshKey(), active: false }, auth);
    const accountId = await writableKey(id, auth);
    expect((await expectOk(write({ accountId }, other))).accountId).toBe(accountId);
    await isWritten(accountId);
    expect((await getPractice(auth, other.accountId)).name).toBe("Test Practice");
  });
  it.each([["no such practice"], ["x".repeat(500)], [{}]])("then ignores auth.accountId %j", async (junk) => {
    const accountId = await writableKey(id, auth);
    await expectOk(write({ accountId }, { ...auth, accountId: junk }));
    await isWritten(accountId);
  });
  it.each([
    ["number", 100200300, "100200300"],
    ["text with blanks around it", "  Key 100  ", "Key 100"],
    ["text of 128 characters", "🙂".repeat(128), "🙂".repeat(128)],
    ["text with the special characters of the table's keys", "a#b%23c/d\\e", "a#b%23c/d\\e"],
  ])("accepts an accountId that is a %s", async (_, given, answered) => {
    if (id === "PracticeUpdate") await makePractice({ accountId: answered }, auth);
    expect((await expectOk(write({ accountId: given }))).accountId).toBe(answered);
    await isWritten(answered);
  });

  describe(named(4110), () => {
    it.each([[{}], [{ accountId: "" }], [{ accountId: null }], [{ accountId: " " }]])(
      "is answered when neither root nor auth has an accountId: %j",
      async (root) => {
        await refused(4110, () => write(root));
        await refused(4110, () => write(root, { ...auth, accountId: " " }));
      },
    );
  });

  describe("4060 names an accountId that cannot be one", () => {
    const wrong = ["x".repeat(129), "🙂".repeat(129), "a\u0000b", "a\nb", {}, ["x"], true];
    it.each(wrong.map((value) => [value]))("refuses %j in the root, and does not use auth instead", async (value) => {
      await faulty(["accountId"], () => write({ accountId: value }, { ...auth, accountId: "fine" }));
    });
    it.each(wrong.map((value) => [value]))("refuses %j in auth", async (value) => {
      await faulty(["accountId"], () => write({}, { ...auth, accountId: value }));
    });
  });
}

/** The unique fields (§4, §6), the code for a taken value, and forms of the same value. */
const uniqueValues = [
  { field: "websiteAddress", code: 4140, forms: (value: string) => [value, value.toUpperCase(), ` ${value} `] },
  {
    field: "directDomain",
    code: 4150,
    forms: (value: string) => [value, value.toUpperCase(), `${value}.direct.example.com`],
  },
] as const;

/** Tests that a web address and a Direct domain belong to one practice of all vendors. */
export function describeTakenPracticeValues(id: PracticeWrite): void {
  describe.each(uniqueValues)("$field is taken", ({ field, code, forms }) => {
    describe(named(code), () => {
      it.each([
        ["the same vendor's", { sameVendor: true, active: true }],
        ["an inactive", { sameVendor: true, active: false }],
        ["another vendor's", { sameVendor: false, active: true }],
        ["another vendor's inactive", { sameVendor: false, active: false }],
      ])("refuses the value of %s practice, in any form, and changes nothing", async (_, { sameVendor, active }) => {
        const auth = await makeVendor();
        const value = freshKey();
        const owner = sameVendor ? auth : await makeVendor();
        await makePractice({ accountId: freshKey(), active, [field]: value }, owner);
        const accountId = await writableKey(id, auth);
        for (const form of forms(value)) {
          await refused(code, () => call(id, { auth, accountId, name: "Practice", [field]: form }));
        }
      });
    });
  });
}

/** Tests which unique values a changed practice keeps and which become free (§6). */
export function describeMovedPracticeValues(id: PracticeChange): void {
  let auth: TestVendor;
  beforeAll(async () => {
    auth = await makeVendor();
  });
  const change = (accountId: string, fields: Fields) => call(id, { auth, accountId, name: "Practice", ...fields });
  // Other vendors can take the value only later: see freed-names.test.ts.
  const isFree = (fields: Fields) => makePractice({ accountId: freshKey(), ...fields }, auth);

  describe.each(uniqueValues)("$field", ({ field, code, forms }) => {
    const practiceWith = async (value: string) =>
      (await makePractice({ accountId: freshKey(), [field]: value }, auth)).accountId;

    it("can be sent again by its own practice, in any form", async () => {
      const value = freshKey();
      const accountId = await practiceWith(value);
      for (const form of forms(value)) await expectOk(change(accountId, { [field]: form }));
      const other = await makePractice({ accountId: freshKey() }, auth);
      await refused(code, () => change(other.accountId, { [field]: value }));
    });
    it("is free for the vendor's other practices after a change, and the new value is not", async () => {
      const [before, after] = [freshKey(), freshKey()];
      const accountId = await practiceWith(before);
      await expectOk(change(accountId, { [field]: after }));
      await isFree({ [field]: before });
      await refused(code, () => call("PracticeCreate", { auth, accountId: freshKey(), name: "X", [field]: after }));
    });
    it.each([[undefined], [null], [""]])(
      "is free for the vendor's other practices after it was cleared by %j",
      async (cleared) => {
        const value = freshKey();
        await expectOk(change(await practiceWith(value), { [field]: cleared }));
        await isFree({ [field]: value });
      },
    );
    it("stays the practice's own when its change is refused", async () => {
      const [mine, theirs] = [freshKey(), freshKey()];
      const accountId = await practiceWith(mine);
      await practiceWith(theirs);
      await refused(code, () => change(accountId, { [field]: theirs }));
      await refused(code, () => call("PracticeCreate", { auth, accountId: freshKey(), name: "X", [field]: mine }));
    });
    it("stays the practice's own while it is inactive", async () => {
      const value = freshKey();
      const accountId = await practiceWith(value);
      await expectOk(change(accountId, { [field]: value, active: false }));
      await refused(code, () => call("PracticeCreate", { auth, accountId: freshKey(), name: "X", [field]: value }));
    });
  });

  describe("directAddress", () => {
    const office = async (local: string) => {
      const domain = freshKey();
      const practice = await makePractice({ accountId: freshKey(), directDomain: domain, directAddress: local }, auth);
      return { ...practice, domain };
    };
    const userWith = (practice: TestPractice, directAddress: string) =>
      call("UserCreate", { auth: practice, userId: freshKey(), firstName: "A", lastName: "B", directAddress });

    it("can be sent again, as local part or in full", async () => {
      const { accountId, domain } = await office("desk");
      for (const form of ["desk", "DESK", `desk@${domain}.direct.example.com`]) {
        await expectOk(change(accountId, { directDomain: domain, directAddress: form }));
      }
    });
    it("is free for the practice's users after a change, and the new value is not", async () => {
      const practice = await office("before");
      await expectOk(change(practice.accountId, { directDomain: practice.domain, directAddress: "after" }));
      await refused(4610, () => userWith(practice, "after"));
      await expectOk(userWith(practice, "before"));
    });
    it("is free for the practice's users after it was cleared", async () => {
      const practice = await office("desk");
      await expectOk(change(practice.accountId, { directDomain: practice.domain }));
      await expectOk(userWith(practice, "desk"));
    });
    it("can belong to another practice too", async () => {
      await office("same");
      const { accountId, domain } = await office("other");
      await expectOk(change(accountId, { directDomain: domain, directAddress: "same" }));
    });

    describe(named(4610), () => {
      it.each(["desk", "DESK", "desk@full"])("refuses the address of a user of the practice: %s", async (form) => {
        const practice = await makePractice({ accountId: freshKey(), directDomain: freshKey() }, auth);
        const { directDomain } = await getPractice(auth, practice.accountId);
        await expectOk(userWith(practice, "desk"));
        const directAddress = form.replace("full", String(directDomain));
        await refused(4610, () => change(practice.accountId, { directDomain, directAddress }));
      });
      it("refuses the address of an inactive user of the practice", async () => {
        const practice = await makePractice({ accountId: freshKey(), directDomain: freshKey() }, auth);
        const { directDomain } = await getPractice(auth, practice.accountId);
        await makeUser(practice, { directAddress: "desk", active: false });
        await refused(4610, () => change(practice.accountId, { directDomain, directAddress: "desk" }));
      });
    });
  });
}

/** Tests what a Direct address requires (§4). */
export function describePracticeDirectAddress(id: PracticeWrite): void {
  let auth: TestVendor;
  let accountId: string;
  beforeAll(async () => {
    auth = await makeVendor();
    accountId = await writableKey(id, auth);
  });
  const write = (fields: Fields) => call(id, { auth, accountId, name: "Practice", ...fields });

  describe(named(4620), () => {
    it.each([
      ["another practice's domain", "desk@other.direct.example.com"],
      ["the root domain", "desk@direct.example.com"],
      ["a domain outside", "desk@example.org"],
      ["the label alone", "desk@mine"],
    ])("refuses an address under %s", async (_, directAddress) => {
      await refused(4620, () => write({ directDomain: "mine", directAddress }));
    });
  });
  describe(named(4630), () => {
    it.each([["desk"], ["desk@mine.direct.example.com"]])(
      "refuses %s for a practice without Direct domain",
      async (directAddress) => {
        await refused(4630, () => write({ directAddress }));
        await refused(4630, () => write({ directAddress, directDomain: "" }));
      },
    );
  });
}

/** Tests the order of checks (§3): each request fails its own check and all later ones. */
export function describePracticeOrder(id: PracticeWrite): void {
  let auth: TestVendor;
  /** Fields that are wrong in two ways: one with a code of its own and one without. */
  const faults = { name: "", websiteAddress: "-" };
  beforeAll(async () => {
    auth = await makeVendor();
    await makePractice({ accountId: "taken", websiteAddress: "taken", directDomain: "taken" }, auth);
    const mine = await makePractice({ accountId: "mine", directDomain: "mine" }, auth);
    await makeUser(mine, { directAddress: "desk" });
  });
  const wrong = () => ({ ...auth, applicationPassword: "wrong" });
  const headers = { authorization: `Basic ${Buffer.from("nobody:wrong").toString("base64")}` };
  const path = `/api/io/${id}`;

  it("reads the body before the credentials: 4000", async () => {
    await refused(4000, () => send("POST", path, { body: "{", headers }));
  });
  it("measures the body before the credentials: 4020", async () => {
    await refused(4020, () => call(id, { auth: wrong(), pad: "x".repeat(300_000) }));
  });
  it("checks credentials before the id: 4010", async () => {
    await refused(4010, () => call(id, { auth: wrong(), ...faults }));
  });
  it("checks that there is an id before the fields: 4110", async () => {
    await refused(4110, () => call(id, { auth, ...faults }));
  });
  it("checks all fields before the table: 4060", async () => {
    const response = () => call(id, { auth, accountId: "unknown", ...faults, directAddress: "desk" });
    expectFaults(await leavesNoTrace(response), ["name", "websiteAddress"]);
  });
  it("reports a malformed address before a missing domain: 4640", async () => {
    await refused(4640, () => call(id, { auth, accountId: "unknown", name: "X", directAddress: ".." }));
  });
  if (id === "PracticeUpdate") {
    it("checks that the practice exists before it checks its state: 4131", async () => {
      const body = { auth, accountId: "unknown", name: "X", directAddress: "desk", websiteAddress: "taken" };
      await refused(4131, () => call(id, body));
    });
  }

  const create = id === "PracticeCreate";
  const [existing, writable] = create ? ["taken", "new"] : ["mine", "mine"];
  const taken = { websiteAddress: "taken", directDomain: "taken", directAddress: "desk" };
  const rows: [string, Code, string, Fields][] = [
    ["a missing Direct domain before uniqueness", 4630, existing, { ...taken, directDomain: "" }],
    ["another Direct domain before uniqueness", 4620, existing, { ...taken, directAddress: "desk@example.org" }],
    ["the web address before the Direct domain", 4140, writable, taken],
    ["the Direct domain before the address", 4150, writable, { ...taken, websiteAddress: "" }],
  ];
  if (create) rows.push(["the key before other unique values", 4130, existing, taken]);
  it.each(rows)("checks %s: %i", async (_, code, accountId, fields) => {
    await refused(code, () => call(id, { auth, accountId, name: "X", ...fields }));
  });
}

/** Tests that a change replaces every field, with the one exception of §6. */
export function describePracticeReplacement(id: PracticeChange): void {
  let auth: TestVendor;
  beforeAll(async () => {
    auth = await makeVendor();
  });
  const change = (accountId: string, fields: Fields) =>
    expectOk(call(id, { auth, accountId, name: "Practice", ...fields }));
  const practice = async (fields: Fields) => (await makePractice({ accountId: freshKey(), ...fields }, auth)).accountId;

  it("clears every field that is not passed", async () => {
    const accountId = await practice(fullPractice(freshKey()));
    await change(accountId, { name: "Name Alone" });
    expect(await getPractice(auth, accountId)).toEqual(plainPracticeAnswer("Name Alone", accountId));
  });
  it("clears every field that is passed as null or blank", async () => {
    const full = fullPractice(freshKey());
    const accountId = await practice(full);
    const { name, active, ...clearable } = full;
    const blanks = Object.keys(clearable).map((field, place) => [field, place % 2 ? null : ""]);
    await change(accountId, { name: "Name Alone", ...Object.fromEntries(blanks) });
    expect(await getPractice(auth, accountId)).toEqual(plainPracticeAnswer("Name Alone", accountId));
  });
  it("gives every field its new value", async () => {
    const accountId = await practice(fullPractice(freshKey()));
    const after = {
      ...fullPractice(freshKey()),
      address1: "2 High Street",
      city: "Honolulu",
      state: "HI",
      timeZone: "Pacific/Honolulu",
      active: false,
    };
    await change(accountId, after);
    expect(await getPractice(auth, accountId)).toMatchObject({
      ...after,
      directDomain: `${after.directDomain}.direct.example.com`,
      directAddress: `${after.directAddress}@${after.directDomain}.direct.example.com`,
    });
  });
  it.each([[true], [false]])("leaves active: %s unchanged when active is not passed", async (active) => {
    const accountId = await practice({ active });
    for (const omitted of [{}, { active: null }, { active: "" }]) {
      await change(accountId, { city: "Akron", ...omitted });
      expect(await getPractice(auth, accountId)).toMatchObject({ active, city: "Akron" });
    }
  });
  it("works on an inactive practice and re-activates it", async () => {
    const accountId = await practice({ active: false });
    await change(accountId, { active: true });
    expect((await getPractice(auth, accountId)).active).toBe(true);
    await expectOk(call("PingWithAccountAuth", { auth: { ...auth, accountId } }));
  });
  it("deactivates with effect on the next call", async () => {
    const accountId = await practice({});
    await expectOk(call("PingWithAccountAuth", { auth: { ...auth, accountId } }));
    await change(accountId, { active: false });
    expectRefusal(await call("PingWithAccountAuth", { auth: { ...auth, accountId } }), 4011);
  });

  it.each<[string, (name: string) => Fields]>([
    ["with every field set", fullPractice],
    ["with a name alone", () => ({})],
    ["that is inactive", (name) => ({ ...fullPractice(name), active: false })],
    ["with a Direct domain and no address", (name) => ({ directDomain: name })],
    ["with metadata of blanks", () => ({ metadata: "  \n " })],
    ["with metadata that escapes", () => ({ metadata: '\\"\u0000</script>' })],
  ])("changes nothing when a practice %s is sent back as it was read", async (_, fields) => {
    const accountId = await practice(fields(freshKey()));
    const got = await getPractice(auth, accountId);
    const before = await recordsAndClaims();
    await expectOk(call(id, { auth, ...got }));
    expect(await getPractice(auth, accountId)).toEqual(got);
    expect(await recordsAndClaims()).toEqual(before);
  });
}

/** All items of the table except audit events, without the attributes that count and date writes. */
export async function recordsAndClaims(): Promise<object[]> {
  const items = await allItems();
  return items
    .filter(({ sk }) => !sk.startsWith("EVENT#"))
    .map(({ version, updatedAt, sessionEpoch = 0, ...item }: Item) => ({ ...item, sessionEpoch }));
}
