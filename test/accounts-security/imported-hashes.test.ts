import { pbkdf2Sync } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { type Holder, openPortal, password } from "../kit/portal.ts";
import { allItems, call, expectOk, freshKey, makePractice, makeUser } from "../kit/system.ts";
import { outcomeOf } from "./attack.ts";

/*
 * People who come from another system keep their passwords. Their first right sign-in replaces the hash that the other
 * system has made.
 */

const salt = Buffer.from("0123456789abcdef");
const unpadded = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
const hashOf = (secret: string) =>
  `$pbkdf2-sha256$i=1000$${unpadded(salt)}$${unpadded(pbkdf2Sync(secret, salt, 1000, 32, "sha256"))}`;
const own = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;
const itemOf = async (name: "email" | "loginId", value: string) =>
  (await allItems()).find((item) => item[name] === value && item.passwordHash);

describe("a user", () => {
  const loginPassword = "Stethoscope1";
  const moved = async () => {
    const loginId = freshKey();
    const user = { userId: loginId, loginId, loginPassword: undefined, loginPasswordHash: hashOf(loginPassword) };
    await makeUser(await makePractice(), user);
    return loginId;
  };
  const ping = (loginId: string, secret: string) => call("PingWithAuth", { auth: { loginId, loginPassword: secret } });

  it("signs in with the old password, and then has our own hash of it", async () => {
    const loginId = await moved();
    await expectOk(ping(loginId, loginPassword));
    expect((await itemOf("loginId", loginId))?.passwordHash).toMatch(own);
    await expectOk(ping(loginId, loginPassword));
    expect((await ping(loginId, "Stethoscope2")).json.responseCode).toBe(4010);
  });
  it("keeps the hash after a wrong password", async () => {
    const loginId = await moved();
    expect((await ping(loginId, "Stethoscope2")).json.responseCode).toBe(4010);
    expect((await itemOf("loginId", loginId))?.passwordHash).toBe(hashOf(loginPassword));
  });
  it("may sign in first many times at once", async () => {
    const loginId = await moved();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ping(loginId, loginPassword)));
    expect(new Set(answers.map(({ json }) => json.responseCode))).toEqual(new Set([2000]));
    expect((await itemOf("loginId", loginId))?.passwordHash).toMatch(own);
  });
});

describe("an account", () => {
  /** An account as another system's would be stored: with that system's hash. */
  async function moved() {
    const portal = await openPortal();
    const person: Holder = await portal.register();
    const { pk, sk } = (await itemOf("email", person.email)) ?? {};
    const client = DynamoDBDocumentClient.from(new DynamoDBClient());
    const UpdateExpression = "SET passwordHash = :hash";
    const ExpressionAttributeValues = { ":hash": hashOf(password) };
    const TableName = process.env.TABLE_NAME;
    await client.send(new UpdateCommand({ TableName, Key: { pk, sk }, UpdateExpression, ExpressionAttributeValues }));
    const login = (secret: string) =>
      portal.visitor().post("accounts/login", { email: person.email, password: secret });
    return { person, login };
  }

  it("signs in with the old password, and then has our own hash, the same key and the same sessions", async () => {
    const { person, login } = await moved();
    const before = await itemOf("email", person.email);
    expect(outcomeOf(await login(password))).toBe("ok");
    const after = await itemOf("email", person.email);
    expect(after?.passwordHash).toMatch(own);
    expect([after?.key, after?.sessionEpoch]).toEqual([before?.key, before?.sessionEpoch]);
    expect(outcomeOf(await person.get("accounts/me"))).toBe("ok");
    expect(outcomeOf(await login(password))).toBe("ok");
  });
  it("keeps the hash after a wrong password", async () => {
    const { person, login } = await moved();
    expect(outcomeOf(await login(`${password}x`))).toBe("kInvalidCredentials");
    expect((await itemOf("email", person.email))?.passwordHash).toBe(hashOf(password));
  });
  it("may sign in first many times at once", async () => {
    const { person, login } = await moved();
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(password)));
    expect(new Set(answers.map(outcomeOf))).toEqual(new Set(["ok"]));
    expect((await itemOf("email", person.email))?.passwordHash).toMatch(own);
  });
});
