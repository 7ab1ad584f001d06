import { argon2Sync, pbkdf2Sync, randomBytes, scryptSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { hash as bcrypt } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPortal } from "../../client/src/client.ts";
import { demo } from "../../local/demo.ts";
import { callAt, cleanUp, type Instance, startSharedInstance, temporaryFolder } from "../kit/children.ts";
import { directoryAt, frontdesk, jsonLines } from "./frontdesk.ts";

/*
 * People who come from another system keep their passwords. Each test makes a hash as that system does, converts its export,
 * puts it into a running Frontdesk, and signs in.
 */

let desk: Instance;
let folder: string;
const accountId = "moved";
const org = "moved";
const password = "mauve otter juggles 41 kettles";
const own = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

beforeAll(async () => {
  desk = await startSharedInstance({}, ["--memory"]);
  folder = temporaryFolder();
  await directoryAt(desk.url).practiceSave({ accountId, name: "Moved", websiteAddress: org });
});
afterAll(async () => {
  await desk.kill("SIGTERM");
  await cleanUp();
});

/** Writes a file for `convert`. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

let moves = 0;

/** Converts a file, and imports what came out. */
async function move(system: string, path: string, ...options: string[]) {
  moves += 1;
  const out = join(folder, `accounts-${moves}.jsonl`);
  const args = ["convert", system, path, "--practice", accountId, "--out", out, ...options];
  const outcome = await frontdesk("http://localhost:1", ...args);
  const lines = jsonLines(readFileSync(out, "utf8"));
  const imported = await frontdesk(desk.url, "import", "accounts", out);
  expect(imported).toMatchObject({ code: 0 });
  return { outcome, lines };
}

const login = (email: string, secret: string) =>
  createPortal({ url: desk.url, org, clientKey: demo.clientKey })
    .accountLogin({ email, password: secret })
    .then(
      () => "ok",
      ({ code }) => code,
    );

/** The stored hash of an account. */
async function hashOf(email: string): Promise<string> {
  const answer = await fetch(`${desk.url}/_local/engine`);
  expect(answer.status).toBe(200);
  const engine = (await answer.json()) as { readonly endpoint: string; readonly tableName: string };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: engine.endpoint, region: "us-east-1", credentials }),
  );
  const { Items = [] } = await client.send(new ScanCommand({ TableName: engine.tableName }));
  return Items.find((item) => item.email === email && item.passwordHash)?.passwordHash;
}

/** Signs in wrongly, then rightly with the old password, and then once more with our own hash. */
async function keepsPassword(email: string) {
  expect(await hashOf(email)).not.toMatch(own);
  expect(await login(email, `${password}x`)).toBe("kInvalidCredentials");
  expect(await login(email, password)).toBe("ok");
  expect(await hashOf(email)).toMatch(own);
  expect(await login(email, password)).toBe("ok");
  expect(await login(email, `${password}x`)).toBe("kInvalidCredentials");
}

describe("auth0", () => {
  const user = (id: string, email: string, more = {}) => ({
    user_id: `auth0|${id}`,
    email,
    email_verified: true,
    given_name: "Ada",
    family_name: "Mills",
    phone_number: "+16505550101",
    created_at: "2019-12-06T18:36:12.412Z",
    identities: [{ provider: "auth0", user_id: id, connection: "Username-Password-Authentication", isSocial: false }],
    ...more,
  });

  it("bcrypt: users of the bulk export sign in with the hashes of the other file", async () => {
    const passwordHash = await bcrypt(password, 10);
    expect(passwordHash).toMatch(/^\$2b\$10\$/);
    const users = [user("5dea9f9c82dd7c0e76e4ec93", "a1@mail.example"), user("euclid", "a2@mail.example")];
    const hashes = [
      { _id: { $oid: "5dea9f9c82dd7c0e76e4ec93" }, email: "a1@mail.example", passwordHash },
      { _id: { $oid: "5dea9f9c82dd7c0e76e4ec94" }, alt_id: "euclid", email: "a2@mail.example", passwordHash },
    ];
    const lines = (records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const hashFile = file("hashes.json", lines(hashes));
    const { outcome } = await move("auth0", file("users.json", lines(users)), "--hashes", hashFile);
    expect(outcome).toMatchObject({ code: 0, stderr: "2 records read, 2 accounts written\n" });
    await keepsPassword("a1@mail.example");
    await keepsPassword("a2@mail.example");
  });
  it("people of social providers come without a password, and the report says so", async () => {
    const social = user("1", "a3@mail.example", {
      user_id: "google-oauth2|1",
      identities: [{ provider: "google-oauth2" }],
      blocked: true,
      multifactor: ["guardian"],
    });
    const { outcome, lines } = await move("auth0", file("social.json", JSON.stringify(social)));
    expect(outcome.stderr.split("\n").slice(1, -1)).toEqual([
      "  1 × disabled there, so locked or inactive here",
      "  1 × no password: has to choose one by the portal's mail",
      "  1 × not moved: second factor",
      "  1 × not moved: sign-in with google-oauth2",
    ]);
    expect(lines[0]).toMatchObject({ locked: true, state: "verified", c_movedFrom: { id: "google-oauth2|1" } });
    expect(await login("a3@mail.example", password)).toBe("kInvalidCredentials");
  });
});

describe("keycloak", () => {
  /** A realm with one user, as `kc.sh export` writes it. */
  function realm(email: string, algorithm: string, hashIterations: number, salt: Buffer, tag: Buffer, parameters = {}) {
    const secretData = { value: tag.toString("base64"), salt: salt.toString("base64"), additionalParameters: {} };
    const credentialData = { hashIterations, algorithm, additionalParameters: parameters };
    const credential = {
      id: "f0b0c2f1",
      type: "password",
      createdDate: 1_700_000_000_000,
      secretData: JSON.stringify(secretData),
      credentialData: JSON.stringify(credentialData),
    };
    const person = {
      id: "0d0c4c1a-6f0f-4a52-9f62-0e2f7c5e6f11",
      username: email,
      firstName: "Grace",
      lastName: "Oak",
      email,
      emailVerified: false,
      createdTimestamp: 1_700_000_000_000,
      enabled: true,
      attributes: { phoneNumber: ["+1 650 555 0102"] },
      credentials: [credential],
    };
    const machine = { id: "9", username: "service-account-x", serviceAccountClientId: "x" };
    return file("realm.json", JSON.stringify({ realm: "clinic", users: [person, machine] }, undefined, 2));
  }
  const salt = randomBytes(16);
  const pbkdf2 = (iterations: number, bytes: number, digest: string) =>
    pbkdf2Sync(password, salt, iterations, bytes, digest);

  it.each([
    ["pbkdf2-sha512, 210,000 iterations", "k1@mail.example", "pbkdf2-sha512", 210_000, 64, "sha512"],
    ["pbkdf2-sha256, 27,500 iterations", "k2@mail.example", "pbkdf2-sha256", 27_500, 32, "sha256"],
    ["pbkdf2-sha256 with a tag of two blocks", "k3@mail.example", "pbkdf2-sha256", 27_500, 64, "sha256"],
  ] as const)("%s", async (_, email, algorithm, iterations, bytes, digest) => {
    const path = realm(email, algorithm, iterations, salt, pbkdf2(iterations, bytes, digest));
    const { outcome, lines } = await move("keycloak", path);
    expect(outcome).toMatchObject({
      code: 0,
      stderr: "2 records read, 1 account written\n1 record is not a person\n",
    });
    expect(lines[0]).toMatchObject({ state: "unverified", c_movedFrom: { created: "2023-11-14T22:13:20.000Z" } });
    await keepsPassword(email);
  });
  it("argon2 with Keycloak's defaults", async () => {
    const cost = { memory: 7168, passes: 5, parallelism: 1, tagLength: 32 };
    const tag = argon2Sync("argon2id", { message: password, nonce: salt, ...cost });
    const parameters = { hashLength: ["32"], memory: ["7168"], type: ["id"], version: ["1.3"], parallelism: ["1"] };
    await move("keycloak", realm("k4@mail.example", "argon2", 5, salt, tag, parameters));
    await keepsPassword("k4@mail.example");
  });
  it("a hash that Frontdesk does not take is told, and the person chooses a new password", async () => {
    const path = realm("k5@mail.example", "pbkdf2", 20_000, salt, pbkdf2(20_000, 64, "sha1"));
    const { outcome } = await move("keycloak", path);
    expect(outcome.stderr).toContain("1 × password cannot be moved: pbkdf2, which Frontdesk does not accept");
    expect(await login("k5@mail.example", password)).toBe("kInvalidCredentials");
  });
});

describe("better-auth", () => {
  /** A hash as better-auth makes it: the salt is hex text, and the password is in NFKC. */
  function betterAuth(secret: string): string {
    const salt = randomBytes(16).toString("hex");
    const tag = scryptSync(secret.normalize("NFKC"), salt, 64, { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 });
    return `${salt}:${tag.toString("hex")}`;
  }
  const row = (id: string, more: object) =>
    JSON.stringify({ id, name: "Iris Vale", emailVerified: true, password: betterAuth(password), ...more });

  it("scrypt, also of a password that NFKC changes", async () => {
    const odd = "ﬁne otters juggle ４１ kettles";
    const rows = [
      row("b1", { email: "b1@mail.example", phoneNumber: "+16505550103" }),
      row("b2", { email: "b2@mail.example", phone_number: "+16505550104", password: betterAuth(odd) }),
    ];
    const { outcome, lines } = await move("better-auth", file("people.jsonl", rows.join("\n")));
    expect(outcome.stderr).toContain("2 × name was split at its last blank");
    expect(lines[0]).toMatchObject({ name: { first: "Iris", last: "Vale" } });
    await keepsPassword("b1@mail.example");
    expect(await login("b2@mail.example", "fine otters juggle 42 kettles")).toBe("kInvalidCredentials");
    expect(await login("b2@mail.example", odd)).toBe("ok");
  });
  it("people without a number get it from another file, or wait in a file of their own", async () => {
    const rows = [row("b3", { email: "B3@mail.example" }), row("b4", { email: "b4@mail.example", name: "Cher" })];
    const mobiles = file("mobiles.csv", "email,mobile\nb3@mail.example,+16505550105\n");
    const rest = join(folder, "incomplete.jsonl");
    const path = file("people.json", `[${rows.join(",\n")}]`);
    const { outcome, lines } = await move("better-auth", path, "--mobiles", mobiles, "--incomplete", rest);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("1 × incomplete: no mobile\n  1 × incomplete: no name.last\n");
    expect(lines).toMatchObject([{ email: "B3@mail.example", mobile: "+16505550105" }]);
    expect(jsonLines(readFileSync(rest, "utf8"))).toMatchObject([
      { email: "b4@mail.example", name: { first: "Cher" } },
    ]);
    await keepsPassword("b3@mail.example");
  });
});

describe("cognito", () => {
  const users = (...people: object[]) => JSON.stringify({ Users: people });
  const person = (email: string, more: object[] = []) => ({
    Username: "22704aa3-fc10-479a-97eb-2af5806bd327",
    Enabled: true,
    UserStatus: "CONFIRMED",
    UserCreateDate: 1_548_108_509.537,
    Attributes: [
      { Name: "sub", Value: "22704aa3-fc10-479a-97eb-2af5806bd327" },
      { Name: "email_verified", Value: "true" },
      { Name: "phone_number", Value: "+16505550106" },
      { Name: "given_name", Value: "Theo" },
      { Name: "family_name", Value: "Reed" },
      { Name: "email", Value: email },
      ...more,
    ],
  });

  it("has no hashes: no password signs in, and the mail for a new one does", async () => {
    const email = "c1@mail.example";
    const { outcome, lines } = await move("cognito", file("cognito.json", users(person(email))));
    expect(outcome.stderr).toContain("1 × no password: has to choose one by the portal's mail");
    expect(lines[0]).toMatchObject({ state: "verified", c_movedFrom: { created: "2019-01-21T22:08:29.537Z" } });
    expect(await login(email, password)).toBe("kInvalidCredentials");
    const portal = createPortal({ url: desk.url, org, clientKey: demo.clientKey });
    await portal.accountRequestPasswordReset({ email });
    await expect.poll(async () => mailsTo(email), { timeout: 10_000 }).toHaveLength(1);
    const [mail = ""] = await mailsTo(email);
    const [token = ""] = /[A-Za-z0-9]{32}/.exec(mail) ?? [];
    await portal.accountResetPassword({ token, password });
    expect(await login(email, password)).toBe("ok");
  });
  it("people of other providers are told", async () => {
    const identities = JSON.stringify([{ providerName: "Google", userId: "1" }]);
    const path = file("federated.json", users(person("c2@mail.example", [{ Name: "identities", Value: identities }])));
    expect((await move("cognito", path)).outcome.stderr).toContain("1 × not moved: sign-in with Google");
  });
});

/** The texts of the mails to an address that the inbox of `npm start` has. */
async function mailsTo(email: string): Promise<string[]> {
  const answer = await fetch(`${desk.url}/_local/messages`);
  const list = (await answer.json()) as { readonly to: string; readonly text: string }[];
  return list.filter(({ to }) => to === email).map(({ text }) => text);
}

it("users of a practice keep their passwords too", async () => {
  const loginPassword = "Stethoscope1";
  const passwordHash = await bcrypt(loginPassword, 10);
  const records = [
    { _id: { $oid: "u1" }, email: "u1@mail.example", email_verified: true, passwordHash },
    { _id: { $oid: "u2" }, email: "u2@mail.example", email_verified: true },
  ].map((record) => JSON.stringify({ ...record, given_name: "Una", family_name: "Lind", blocked: false }));
  const path = file("staff.json", records.join("\n"));
  const { code, stdout, stderr } = await frontdesk(
    desk.url,
    "convert",
    "auth0",
    path,
    "--practice",
    accountId,
    "--to",
    "users",
  );
  expect([code, stderr]).toEqual([
    0,
    "2 records read, 2 users written\n  1 × no password: the user has no login yet\n",
  ]);
  const lines = jsonLines(stdout);
  expect(lines[1]).toEqual({ accountId, userId: "auth0|u2", firstName: "Una", lastName: "Lind" });
  const imported = await frontdesk(desk.url, "import", "users", file("users.jsonl", stdout));
  expect(imported).toMatchObject({ code: 0 });
  const ping = (secret: string) =>
    callAt(desk.url, "PingWithAuth", { auth: { loginId: "u1@mail.example", loginPassword: secret } });
  expect(await ping("Stethoscope2")).toMatchObject({ responseCode: 4010 });
  expect(await ping(loginPassword)).toMatchObject({ responseCode: 2000 });
  expect(await ping(loginPassword)).toMatchObject({ responseCode: 2000 });
});

it("what frontdesk export wrote goes to another practice, without passwords and without what the server computes", async () => {
  const account = {
    ...{ accountId: "elsewhere", _id: "6b0d8f703313e115e6805a78", object: "account", access: 6, favorite: false },
    ...{ name: { first: "Rosa", last: "Ibarra" }, email: "f1@mail.example", mobile: "+16505550107", dob: "1990-01-31" },
    ...{ age: 36, shared: false, inherited_roles: [], roles: [], locked: false, activationRequired: false },
    ...{ state: "verified", locale: "es_US", created: "2026-11-30T15:00:00.767Z", c_note: "from Lima" },
  };
  const { outcome, lines } = await move("frontdesk", file("accounts.jsonl", JSON.stringify(account)));
  expect(outcome.stderr).toContain("1 × no password: has to choose one by the portal's mail");
  expect(lines[0]).toMatchObject({ accountId, c_movedFrom: { system: "frontdesk", id: account._id } });
  const got = await frontdesk(desk.url, "get", "account", accountId, account.email);
  expect(JSON.parse(got.stdout)).toMatchObject({ dob: "1990-01-31", locale: "es_US", c_note: "from Lima" });
  expect(await login(account.email, password)).toBe("kInvalidCredentials");
});

it("never replaces a file that it reads", async () => {
  const text = JSON.stringify({ user_id: "auth0|r", email: "r@mail.example" });
  const path = file("same.json", text);
  for (const option of ["--out", "--incomplete"]) {
    const args = ["convert", "auth0", path, "--practice", accountId, option, join(folder, ".", "same.json")];
    expect(await frontdesk(desk.url, ...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is read\n/) });
    expect(readFileSync(path, "utf8")).toBe(text);
  }
});

it("--mobiles needs the columns email and mobile", async () => {
  const path = file("without.json", JSON.stringify({ user_id: "auth0|m", email: "m@mail.example" }));
  const mobiles = file("phones.csv", "Email,Phone\nm@mail.example,+16505550105\n");
  expect(
    await frontdesk(desk.url, "convert", "auth0", path, "--practice", accountId, "--mobiles", mobiles),
  ).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("phones.csv: there is no column email") });
});

describe("what is no export", () => {
  it.each([
    ["keycloak", "an export of the admin console", '{"id":"5a1c","realm":"clinic","enabled":true}'],
    ["cognito", "a pool without users", '{"Users":[]}'],
  ])("%s: %s has no people, and nothing is written", async (system, _, text) => {
    const path = file(`${system}-none.json`, text);
    const out = join(folder, `${system}-none.out`);
    const { code, stderr } = await frontdesk(desk.url, "convert", system, path, "--practice", "p", "--out", out);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: there are no people in /) });
    expect(() => readFileSync(out)).toThrow("ENOENT");
  });
  it.each([
    ["a missing file", "missing.json", undefined, "cannot read"],
    ["a text", "text.json", "Dear all,", "is not JSON"],
    ["JSON Lines with a broken line", "broken.json", '{"a":1}\n{"a":', "broken.json:2 is not JSON"],
  ])("%s is one clear line, and nothing is written", async (_, name, text, said) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    const out = join(folder, `${name}.out`);
    const { code, stderr } = await frontdesk(desk.url, "convert", "auth0", path, "--practice", "p", "--out", out);
    expect(code).toBe(2);
    expect(stderr.split("\n")[0]).toContain(said);
    expect(() => readFileSync(out)).toThrow("ENOENT");
  });
});
