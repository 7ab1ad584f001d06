import { beforeAll, describe, expect, it } from "vitest";
import {
  allItems,
  call,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  send,
  type TestPractice,
  type TestVendor,
} from "../../kit/system.ts";
import { localParts, passwordHashes, passwords, userRules } from "./field-rules.ts";
import { describeAccepted, describeRefused, named, rulesFor, valuesFor } from "./field-suites.ts";
import { freshKey, recordsAndClaims } from "./practice-suites.ts";
import {
  type Code,
  expectRefusal,
  faulty,
  fullUser,
  fullUserAnswer,
  password,
  plainUserAnswer,
  refused,
} from "./practices-contract.ts";

/** The operations that write a user. */
export type UserWrite = "UserCreate" | "UserUpdate" | "UserSave";
/** The operations that can change an existing user. */
export type UserChange = Exclude<UserWrite, "UserCreate">;
type Fields = Readonly<Record<string, unknown>>;

const names = { firstName: "Grace", lastName: "Hopper" };

/** Reads a user with `UserGet`. */
export const getUser = async (auth: TestPractice, userId: string): Promise<Fields> =>
  (await expectOk(call("UserGet", { auth, userId }))).user;

/** Signs in by login id and password. */
export const signIn = (loginId: unknown, loginPassword: unknown, options = {}) =>
  call("PingWithAuth", { auth: { loginId, loginPassword } }, options);

/** Makes a practice with its own Direct domain. @returns the practice and the label of the domain */
export async function practiceWithDomain(vendor?: TestVendor): Promise<TestPractice & { domain: string }> {
  const domain = freshKey();
  return { ...(await makePractice({ accountId: freshKey(), directDomain: domain }, vendor)), domain };
}

/** A user key that `id` can write to: of an existing user for an Update, else a free one. */
async function writableKey(id: UserWrite, auth: TestPractice): Promise<string> {
  const userId = freshKey();
  if (id === "UserUpdate") await makeUser(auth, { userId });
  return userId;
}

/** The stored hash of the password of a login. */
const passwordHashOf = async (loginId: string) =>
  (await allItems()).find((item) => item.loginId === loginId)?.passwordHash;

/** Tests every field rule of §5. */
export function describeUserFields(id: UserWrite): void {
  let auth: TestPractice & { domain: string };
  let userId: string;
  beforeAll(async () => {
    auth = await practiceWithDomain();
    userId = await writableKey(id, auth);
  });
  const write = (fields: Fields) => call(id, { auth, userId, ...names, ...fields });
  /** Adds the password that a login id requires. */
  const complete = (fields: Fields) => (fields.loginId === undefined ? fields : { loginPassword: password, ...fields });

  const rules = rulesFor(id, userRules);
  describeRefused(rules, (fields) => write(complete(fields)));

  describe(named(4233), () => {
    it.each(valuesFor(id, passwords.refused))("refuses loginPassword %j", async (loginPassword) => {
      await refused(4233, () => write({ loginId: freshKey(), loginPassword }));
    });
  });
  describe(named(4233), () => {
    it.each(valuesFor(id, passwordHashes.refused))("refuses loginPasswordHash %j", async (loginPasswordHash) => {
      await refused(4233, () => write({ loginId: freshKey(), loginPasswordHash }));
    });
  });
  describe(named(4232), () => {
    it.each([[undefined], [null], [""]])(
      "is answered for a loginId with loginPassword %j on a user without a password",
      async (loginPassword) => {
        await refused(4232, () => write({ loginId: freshKey(), loginPassword }));
      },
    );
  });
  describe(named(4640), () => {
    it.each(valuesFor(id, localParts.refused))("refuses directAddress %j", async (directAddress) => {
      await refused(4640, () => write({ directAddress }));
    });
  });

  describe("4060 names each field with an error", () => {
    it.each([[undefined], [null], [""]])("refuses a loginPassword with loginId %j", async (loginId) => {
      await faulty(["loginPassword"], () => write({ loginId, loginPassword: password }));
    });
    it.each([[{}], [["Passw0rd"]], [true]])("refuses loginPassword %j, which is not text", async (loginPassword) => {
      const { responseCode } = (await write({ loginId: freshKey(), loginPassword })).json;
      expect([4060, 4233]).toContain(responseCode);
    });
    it.each([[undefined], [null], [""]])("refuses a loginPasswordHash with loginId %j", async (loginId) => {
      await faulty(["loginPasswordHash"], () => write({ loginId, loginPasswordHash: passwordHashes.accepted[0] }));
    });
    it("refuses a loginPassword together with a loginPasswordHash", async () => {
      const fields = { loginId: freshKey(), loginPassword: password, loginPasswordHash: passwordHashes.accepted[0] };
      await faulty(["loginPasswordHash"], () => write(fields));
    });
    it("lists every field with an error, also those with their own code", async () => {
      const wrong = { firstName: "", lastName: null, state: "XX", loginId: "a b", npi: "1", admin: "yes", postal: {} };
      await faulty(Object.keys(wrong), () => write(wrong));
    });
    it("is answered for two errors that each have their own code", async () => {
      const fields = { loginId: freshKey(), loginPassword: "weak", npi: "1" };
      await faulty(["loginPassword", "npi"], () => write(fields));
    });
    // Regression: this was answered as 4233 alone.
    it("is answered for a weak loginPassword without loginId, which are two faults", async () => {
      await faulty(["loginPassword", "loginPassword"], () => write({ loginPassword: "weak" }));
    });
    it("lists a loginPassword without loginId together with other errors", async () => {
      await faulty(["lastName", "loginPassword"], () => write({ lastName: "", loginPassword: password }));
    });
  });

  describe("2000 OK, field by field", () => {
    const store = async (fields: Fields, key: string) => {
      await expectOk(call(id, { auth, userId: key, ...names, ...fields }));
      return getUser(auth, key);
    };
    describeAccepted(rules, async (fields) => store(complete(fields), await writableKey(id, auth)));

    it.each(valuesFor(id, localParts.accepted))(
      "reads directAddress %j as %j under the practice's domain",
      async (given, local) => {
        const record = await store({ directAddress: given }, await writableKey(id, auth));
        expect(record.directAddress).toBe(`${local}@${auth.domain}.direct.example.com`);
      },
    );
    it("accepts a full directAddress, in any case, under the practice's domain", async () => {
      const given = `Grace.H@${auth.domain.toUpperCase()}.Direct.Example.COM`;
      const record = await store({ directAddress: given }, await writableKey(id, auth));
      expect(record.directAddress).toBe(`grace.h@${auth.domain}.direct.example.com`);
    });
    it.each(valuesFor(id, passwords.accepted))(
      "accepts loginPassword %j, with which the user then signs in",
      async (loginPassword) => {
        const [key, loginId] = [await writableKey(id, auth), freshKey()];
        await store({ loginId, loginPassword }, key);
        await expectOk(signIn(loginId, loginPassword));
        expectRefusal(await signIn(loginId, `${loginPassword} `), 4010);
        if (loginPassword.trim() !== loginPassword) expectRefusal(await signIn(loginId, loginPassword.trim()), 4010);
      },
    );
    it.each(valuesFor(id, passwordHashes.accepted))(
      "accepts loginPasswordHash %j, which no answer has, and with whose password the user then signs in",
      async (loginPasswordHash) => {
        const [key, loginId] = [await writableKey(id, auth), freshKey()];
        const record = await store({ loginId, loginPasswordHash }, key);
        expect(Object.keys(record)).not.toContain("loginPasswordHash");
        expect(JSON.stringify(record)).not.toContain("$");
        expectRefusal(await signIn(loginId, "Passw1rd"), 4010);
        expect(await passwordHashOf(loginId)).toBe(loginPasswordHash);
        await expectOk(signIn(loginId, "Passw0rd"));
      },
    );
    it("stores every field, and answers all except the password", async () => {
      const key = await writableKey(id, auth);
      const record = await store(fullUser(key), key);
      expect(record).toEqual(fullUserAnswer(key, { accountId: auth.accountId, userId: key }, auth.domain));
    });
    it("needs only the first and the last name", async () => {
      const key = await writableKey(id, auth);
      const record = await store({}, key);
      expect(record).toEqual(plainUserAnswer("Grace", "Hopper", { accountId: auth.accountId, userId: key }));
    });
    it.each([[true], ["yes"], [{}]])("ignores vetted: %j, which is read-only", async (vetted) => {
      const record = await store({ vetted }, await writableKey(id, auth));
      expect(record.vetted).toBe(false);
    });
    it("stores the password as argon2id with 19 MiB, two passes and one lane, and nowhere as plain text", async () => {
      const [key, loginId, loginPassword] = [await writableKey(id, auth), freshKey(), "Unmistakable-Passw0rd"];
      await store({ loginId, loginPassword }, key);
      const items = JSON.stringify(await allItems());
      expect(items).not.toContain(loginPassword);
      expect(await passwordHashOf(loginId)).toMatch(
        /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
      );
    });
  });
}

/** Tests which user of which practice is written (§3). */
export function describeUserTarget(id: UserWrite): void {
  let auth: TestPractice;
  beforeAll(async () => {
    auth = await makePractice({ accountId: freshKey() });
  });
  const write = (fields: Fields, credentials: object = auth) =>
    call(id, { auth: credentials, firstName: "It", lastName: "Is", ...fields });
  const isWritten = async (userId: string) => expect((await getUser(auth, userId)).firstName).toBe("It");

  it("uses the userId of the root, and answers it with the practice of the credentials", async () => {
    const userId = await writableKey(id, auth);
    expect(await expectOk(write({ userId }))).toMatchObject({ accountId: auth.accountId, userId });
    await isWritten(userId);
  });
  it.each([
    ["absent", {}],
    ["null", { userId: null }],
    ['""', { userId: "" }],
    ["blank", { userId: "  " }],
  ])("uses the userId of auth when the root's is %s", async (_, root) => {
    const userId = await writableKey(id, auth);
    expect((await expectOk(write(root, { ...auth, userId }))).userId).toBe(userId);
    await isWritten(userId);
  });
  it("uses the userId of the header X-User-Id when the body has none", async () => {
    const userId = await writableKey(id, auth);
    const basic = Buffer.from(`${auth.applicationId}:${auth.applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": auth.accountId, "x-user-id": userId };
    expect((await expectOk(call(id, { firstName: "It", lastName: "Is" }, { headers }))).userId).toBe(userId);
    await isWritten(userId);
  });
  it("prefers the root when auth names another user, even an inactive one, who is not changed", async () => {
    const other = await makeUser(auth, { userId: freshKey(), active: false });
    const userId = await writableKey(id, auth);
    expect((await expectOk(write({ userId }, other))).userId).toBe(userId);
    await isWritten(userId);
    expect((await getUser(auth, other.userId)).firstName).toBe("Test");
  });
  it.each([["no such user"], ["x".repeat(500)], ["@x"], [{}]])("then ignores auth.userId %j", async (junk) => {
    const userId = await writableKey(id, auth);
    await expectOk(write({ userId }, { ...auth, userId: junk }));
    await isWritten(userId);
  });
  it("ignores an accountId in the root: the credentials name the practice", async () => {
    const other = await makePractice({ accountId: freshKey() }, auth);
    await makeUser(other, { userId: "twin" });
    if (id === "UserUpdate") await makeUser(auth, { userId: "twin" });
    for (const accountId of [other.accountId, "unknown", {}, "x".repeat(500)]) {
      expect((await expectOk(write({ userId: "twin", accountId }))).accountId).toBe(auth.accountId);
      if (id === "UserCreate") break;
    }
    await isWritten("twin");
    expect((await getUser(other, "twin")).firstName).toBe("Test");
  });
  it.each([
    ["number", 100200300, "100200300"],
    ["text with blanks around it", "  Key 100  ", "Key 100"],
    ["text of 128 characters", "🙂".repeat(128), "🙂".repeat(128)],
    ["text with an @ after the first character", "a@b", "a@b"],
    ["text with the special characters of the table's keys", "a#b%23c/d\\e", "a#b%23c/d\\e"],
  ])("accepts a userId that is a %s", async (_, given, answered) => {
    if (id === "UserUpdate") await makeUser(auth, { userId: answered });
    expect((await expectOk(write({ userId: given }))).userId).toBe(answered);
    await isWritten(answered);
  });

  describe(named(4210), () => {
    it.each([[{}], [{ userId: "" }], [{ userId: null }], [{ userId: " " }]])(
      "is answered when neither root nor auth has a userId: %j",
      async (root) => {
        await refused(4210, () => write(root));
        await refused(4210, () => write(root, { ...auth, userId: " " }));
      },
    );
  });
  describe(named(4241), () => {
    it.each([["@"], ["@jane"], [" @jane "]])("refuses userId %j", async (userId) => {
      await refused(4241, () => write({ userId }));
      await refused(4241, () => write({}, { ...auth, userId }));
    });
  });
  describe("4060 names a userId that cannot be one", () => {
    const wrong = ["x".repeat(129), "🙂".repeat(129), "a\u0000b", "a\nb", {}, ["x"], true];
    it.each(wrong.map((value) => [value]))("refuses %j in the root, and does not use auth instead", async (value) => {
      await faulty(["userId"], () => write({ userId: value }, { ...auth, userId: "fine" }));
    });
    it.each(wrong.map((value) => [value]))("refuses %j in auth", async (value) => {
      await faulty(["userId"], () => write({}, { ...auth, userId: value }));
    });
  });
}

/** Forms of the same login id, which is compared case-insensitively after NFKC. */
const loginForms = (value: string) => [
  value,
  value.toUpperCase(),
  ` ${value} `,
  value.replace(/[a-z0-9]/g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0)),
];

/** Tests that a login id belongs to one user of all practices, and a Direct address to one user or to the practice. */
export function describeTakenUserValues(id: UserWrite): void {
  describe(named(4234), () => {
    it.each([
      ["a user of the same practice", { vendor: "same", practice: "same", active: true }],
      ["an inactive user", { vendor: "same", practice: "same", active: false }],
      ["a user of another practice", { vendor: "same", practice: "other", active: true }],
      ["a user of another vendor's practice", { vendor: "other", practice: "other", active: true }],
    ])("refuses the loginId of %s, in any form, and changes nothing", async (_, whose) => {
      const auth = await makePractice({ accountId: freshKey() });
      const vendor = whose.vendor === "same" ? auth : await makeVendor();
      const practice = whose.practice === "same" ? auth : await makePractice({ accountId: freshKey() }, vendor);
      const loginId = freshKey();
      await makeUser(practice, { userId: freshKey(), active: whose.active, loginId, loginPassword: password });
      const userId = await writableKey(id, auth);
      for (const form of loginForms(loginId)) {
        await refused(4234, () => call(id, { auth, userId, ...names, loginId: form, loginPassword: password }));
      }
    });
  });

  describe(named(4610), () => {
    const taken = async (owner: (auth: TestPractice & { domain: string }) => Promise<unknown>) => {
      const auth = await practiceWithDomain();
      await owner(auth);
      const userId = await writableKey(id, auth);
      for (const directAddress of ["desk", "DESK", `desk@${auth.domain}.direct.example.com`]) {
        await refused(4610, () => call(id, { auth, userId, ...names, directAddress }));
      }
    };
    it("refuses the address of another user of the practice", async () => {
      await taken((auth) => makeUser(auth, { userId: freshKey(), directAddress: "desk" }));
    });
    it("refuses the address of an inactive user of the practice", async () => {
      await taken((auth) => makeUser(auth, { userId: freshKey(), directAddress: "desk", active: false }));
    });
    it("refuses the practice's own address", async () => {
      await taken((auth) => {
        const fields = { directDomain: auth.domain, directAddress: "desk" };
        return expectOk(call("PracticeUpdate", { auth, name: "Practice", ...fields }));
      });
    });
    it("accepts an address that only another practice has, of the same vendor or not", async () => {
      const auth = await practiceWithDomain();
      for (const vendor of [auth, await makeVendor()]) {
        const other = await practiceWithDomain(vendor);
        await makeUser(other, { userId: freshKey(), directAddress: "desk" });
      }
      const userId = await writableKey(id, auth);
      await expectOk(call(id, { auth, userId, ...names, directAddress: "desk" }));
    });
  });
}

/** Tests what a Direct address requires (§5). */
export function describeUserDirectAddress(id: UserWrite): void {
  describe(named(4620), () => {
    it.each([
      ["another practice's domain", "desk@other.direct.example.com"],
      ["the root domain", "desk@direct.example.com"],
      ["a domain outside", "desk@example.org"],
    ])("refuses an address under %s", async (_, directAddress) => {
      await practiceWithDomain();
      const auth = await practiceWithDomain();
      const userId = await writableKey(id, auth);
      await refused(4620, () => call(id, { auth, userId, ...names, directAddress }));
    });
  });
  describe(named(4630), () => {
    it.each([["desk"], ["desk@other.direct.example.com"]])(
      "refuses %s in a practice without Direct domain",
      async (directAddress) => {
        const auth = await makePractice({ accountId: freshKey() });
        const userId = await writableKey(id, auth);
        await refused(4630, () => call(id, { auth, userId, ...names, directAddress }));
      },
    );
  });
}

/** Tests the order of checks (§3): each request fails its own check and all later ones. */
export function describeUserOrder(id: UserWrite): void {
  let auth: TestPractice;
  let inactive: TestPractice;
  let plain: TestPractice;
  const faults = { ...names, firstName: "", npi: "1" };
  const taken = freshKey();
  beforeAll(async () => {
    auth = await practiceWithDomain();
    inactive = await makePractice({ accountId: freshKey(), active: false }, auth);
    plain = await makePractice({ accountId: freshKey() }, auth);
    await makeUser(auth, { userId: "taken", directAddress: "desk", loginId: taken, loginPassword: password });
    await makeUser(auth, { userId: "mine" });
    await makeUser(plain, { userId: "taken" });
    await makeUser(plain, { userId: "mine" });
  });
  const wrong = () => ({ ...auth, applicationPassword: "wrong" });
  const headers = { authorization: `Basic ${Buffer.from("nobody:wrong").toString("base64")}` };

  it("reads the body before the credentials: 4000", async () => {
    await refused(4000, () => send("POST", `/api/io/${id}`, { body: "{", headers }));
  });
  it("measures the body before the credentials: 4020", async () => {
    await refused(4020, () => call(id, { auth: wrong(), pad: "x".repeat(300_000) }));
  });
  it("checks the application before the practice: 4010", async () => {
    await refused(4010, () => call(id, { auth: { ...wrong(), accountId: "unknown" }, ...faults }));
  });
  it("checks the practice before the id: 4011", async () => {
    await refused(4011, () => call(id, { auth: inactive, ...faults }));
  });
  it("checks that there is an id before the fields: 4210", async () => {
    await refused(4210, () => call(id, { auth, ...faults }));
  });
  it("checks all fields before the table: 4060", async () => {
    const body = { auth, userId: "unknown", ...faults, directAddress: "desk@example.org", loginId: taken };
    await faulty(["firstName", "npi"], () => call(id, body));
  });
  it("reports an invalid password before a missing domain: 4233", async () => {
    const body = { auth: plain, userId: "mine", ...names, directAddress: "desk", loginId: taken, loginPassword: "x" };
    await refused(4233, () => call(id, body));
  });
  if (id === "UserUpdate") {
    it("checks that the user exists before it checks their state: 4231", async () => {
      const body = { auth: plain, userId: "unknown", ...names, directAddress: "desk", loginId: taken };
      await refused(4231, () => call(id, body));
    });
  }

  const create = id === "UserCreate";
  const [existing, writable] = create ? ["taken", "new"] : ["mine", "mine"];
  const login = { loginId: taken, loginPassword: password };
  const rows: [string, Code, string, "auth" | "plain", Fields][] = [
    ["a missing password before uniqueness", 4232, existing, "auth", { directAddress: "desk", loginId: taken }],
    ["another domain before uniqueness", 4620, existing, "auth", { ...login, directAddress: "desk@example.org" }],
    ["a missing domain before uniqueness", 4630, existing, "plain", { ...login, directAddress: "desk" }],
    ["the address before the login", 4610, writable, "auth", { ...login, directAddress: "desk" }],
    ["the login last", 4234, writable, "auth", { ...login, directAddress: "free" }],
  ];
  if (create)
    rows.push(["the key before other unique values", 4230, existing, "auth", { ...login, directAddress: "desk" }]);
  it.each(rows)("checks %s: %i", async (_, code, userId, where, fields) => {
    await refused(code, () => call(id, { auth: where === "auth" ? auth : plain, userId, ...names, ...fields }));
  });
}

/** Tests which unique values a changed user keeps and which become free (§6). */
export function describeMovedUserValues(id: UserChange): void {
  let auth: TestPractice & { domain: string };
  beforeAll(async () => {
    auth = await practiceWithDomain();
  });
  const change = (userId: string, fields: Fields) => call(id, { auth, userId, ...names, ...fields });
  const user = async (fields: Fields) => (await makeUser(auth, { userId: freshKey(), ...fields })).userId;
  const createdWith = (fields: Fields) => call("UserCreate", { auth, userId: freshKey(), ...names, ...fields });

  describe("loginId", () => {
    const withLogin = (loginId: string) => user({ loginId, loginPassword: password });

    it("can be sent again by its own user, in any form, and is answered as it was sent last", async () => {
      const loginId = freshKey();
      const userId = await withLogin(loginId);
      for (const form of loginForms(loginId)) {
        await expectOk(change(userId, { loginId: form }));
        expect((await getUser(auth, userId)).loginId).toBe(form.trim());
        await expectOk(signIn(loginId, password));
      }
      await refused(4234, () => createdWith({ loginId, loginPassword: password }));
    });
    it("is free for others after a change, and the new value is not", async () => {
      const [before, after] = [freshKey(), freshKey()];
      await expectOk(change(await withLogin(before), { loginId: after }));
      await refused(4234, () => createdWith({ loginId: after, loginPassword: password }));
      await expectOk(createdWith({ loginId: before, loginPassword: password }));
    });
    it.each([[undefined], [null], [""]])("is free for others after it was cleared by %j", async (cleared) => {
      const loginId = freshKey();
      await expectOk(change(await withLogin(loginId), { loginId: cleared }));
      await expectOk(createdWith({ loginId, loginPassword: password }));
    });
    it("stays the user's own when its change is refused", async () => {
      const [mine, theirs] = [freshKey(), freshKey()];
      const userId = await withLogin(mine);
      await withLogin(theirs);
      await refused(4234, () => change(userId, { loginId: theirs }));
      await expectOk(signIn(mine, password));
      await refused(4234, () => createdWith({ loginId: mine, loginPassword: password }));
    });
  });

  describe("directAddress", () => {
    it("can be sent again, as local part or in full", async () => {
      const userId = await user({ directAddress: "again" });
      for (const directAddress of ["again", "AGAIN", `again@${auth.domain}.direct.example.com`]) {
        await expectOk(change(userId, { directAddress }));
      }
    });
    it("is free for others after a change, and the new value is not", async () => {
      await expectOk(change(await user({ directAddress: "before" }), { directAddress: "after" }));
      await refused(4610, () => createdWith({ directAddress: "after" }));
      await expectOk(createdWith({ directAddress: "before" }));
    });
    it.each([[undefined], [null], [""]])("is free for others after it was cleared by %j", async (cleared) => {
      const local = freshKey();
      await expectOk(change(await user({ directAddress: local }), { directAddress: cleared }));
      await expectOk(createdWith({ directAddress: local }));
    });
    it("stays the user's own when its change is refused", async () => {
      const [mine, theirs] = [freshKey(), freshKey()];
      const userId = await user({ directAddress: mine });
      await user({ directAddress: theirs });
      await refused(4610, () => change(userId, { directAddress: theirs }));
      await refused(4610, () => createdWith({ directAddress: mine }));
    });
  });
}

/** Tests that a change replaces every field, with the two exceptions of §6. */
export function describeUserReplacement(id: UserChange): void {
  let auth: TestPractice & { domain: string };
  beforeAll(async () => {
    auth = await practiceWithDomain();
  });
  const change = (userId: string, fields: Fields) => expectOk(call(id, { auth, userId, ...names, ...fields }));
  const user = async (fields: Fields) => (await makeUser(auth, { userId: freshKey(), ...fields })).userId;
  const idOf = (userId: string) => ({ accountId: auth.accountId, userId });

  it("clears every field that is not passed", async () => {
    const userId = await user(fullUser(freshKey()));
    await change(userId, {});
    expect(await getUser(auth, userId)).toEqual(plainUserAnswer("Grace", "Hopper", idOf(userId)));
  });
  it("clears every field that is passed as null or blank", async () => {
    const full = fullUser(freshKey());
    const userId = await user(full);
    const { firstName, lastName, active, ...clearable } = full;
    const blanks = Object.keys(clearable).map((field, place) => [field, place % 2 ? null : ""]);
    await change(userId, Object.fromEntries(blanks));
    expect(await getUser(auth, userId)).toEqual(plainUserAnswer("Grace", "Hopper", idOf(userId)));
  });
  it("gives every field its new value", async () => {
    const userId = await user(fullUser(freshKey()));
    const name = freshKey();
    const after = { ...fullUser(name), lastName: "Byron", city: "London", provider: false, active: false };
    await change(userId, after);
    expect(await getUser(auth, userId)).toEqual({
      ...fullUserAnswer(name, idOf(userId), auth.domain),
      lastName: "Byron",
      city: "London",
      provider: false,
      active: false,
    });
  });

  it.each([[true], [false]])("leaves active: %s unchanged when active is not passed", async (active) => {
    const userId = await user({ active });
    for (const omitted of [{}, { active: null }, { active: "" }]) {
      await change(userId, { city: "Akron", ...omitted });
      expect(await getUser(auth, userId)).toMatchObject({ active, city: "Akron" });
    }
  });
  it("works on an inactive user and re-activates them", async () => {
    const userId = await user({ active: false });
    await change(userId, { active: true });
    expect((await getUser(auth, userId)).active).toBe(true);
    await expectOk(call("PingWithAuth", { auth: { ...auth, userId } }));
  });
  it("deactivates with effect on the next call, for both kinds of credentials", async () => {
    const loginId = freshKey();
    const userId = await user({ loginId, loginPassword: password });
    await expectOk(call("PingWithAuth", { auth: { ...auth, userId } }));
    await expectOk(signIn(loginId, password));
    await change(userId, { active: false, loginId });
    expectRefusal(await call("PingWithAuth", { auth: { ...auth, userId } }), 4012);
    expectRefusal(await signIn(loginId, password), 4010);
  });

  it("keeps the password while loginId is passed without one", async () => {
    const loginId = freshKey();
    const userId = await user({ loginId, loginPassword: password });
    for (const loginPassword of [undefined, null, ""]) {
      await change(userId, { loginId, loginPassword });
      await expectOk(signIn(loginId, password));
    }
  });
  it("keeps the password even when loginId changes", async () => {
    const [before, after] = [freshKey(), freshKey()];
    const userId = await user({ loginId: before, loginPassword: password });
    await change(userId, { loginId: after });
    await expectOk(signIn(after, password));
    expectRefusal(await signIn(before, password), 4010);
  });
  it("changes the password when one is passed: the previous one is refused", async () => {
    const loginId = freshKey();
    const userId = await user({ loginId, loginPassword: password });
    await change(userId, { loginId, loginPassword: "An0ther-Password" });
    expectRefusal(await signIn(loginId, password), 4010);
    await expectOk(signIn(loginId, "An0ther-Password"));
  });
  it("clears login and password together when loginId is not passed: a new login needs a new password", async () => {
    const loginId = freshKey();
    const userId = await user({ loginId, loginPassword: password });
    await change(userId, {});
    expect((await getUser(auth, userId)).loginId).toBe("");
    expectRefusal(await signIn(loginId, password), 4010);
    await refused(4232, () => call(id, { auth, userId, ...names, loginId }));
  });

  it.each<[string, (name: string) => Fields]>([
    ["with every field set", fullUser],
    ["with names alone", () => ({})],
    ["who is inactive", (name) => ({ ...fullUser(name), active: false })],
    ["with a login", (loginId) => ({ loginId, loginPassword: password })],
    ["with metadata of blanks", () => ({ metadata: "  \n " })],
    ["with metadata that has to be escaped", () => ({ metadata: '\\"\u0000</script>' })],
  ])("changes nothing when a user %s is sent back as they were read", async (_, fields) => {
    const userId = await user(fields(freshKey()));
    const got = await getUser(auth, userId);
    const before = await recordsAndClaims();
    await expectOk(call(id, { auth, ...got }));
    expect(await getUser(auth, userId)).toEqual(got);
    expect(await recordsAndClaims()).toEqual(before);
  });
  it("changes nothing when a user is sent back while their practice has no Direct domain", async () => {
    const practice = await practiceWithDomain();
    const { userId } = await makeUser(practice, { directAddress: "desk" });
    await expectOk(call("PracticeUpdate", { auth: practice, name: "Practice" }));
    const before = await recordsAndClaims();
    await expectOk(call(id, { auth: practice, ...(await getUser(practice, userId)) }));
    expect(await recordsAndClaims()).toEqual(before);
    await expectOk(call("PracticeUpdate", { auth: practice, name: "Practice", directDomain: practice.domain }));
    const { directAddress } = await getUser(practice, userId);
    expect(directAddress).toBe(`desk@${practice.domain}.direct.example.com`);
  });
}
