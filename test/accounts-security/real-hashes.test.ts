import { argon2Sync } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { hashes } from "../kit/cheap-hashes.ts";
import { openPortal, password } from "../kit/portal.ts";
import { allItems, call, expectOk, makePractice, makeUser } from "../kit/system.ts";
import { outcomeOf } from "./attack.ts";

// Other suites use cheap hashes. This one hashes passwords as production does.
vi.unmock("@node-rs/argon2");

/** Computes argon2id of a password with 19 MiB, two passes and one lane, and compares it with a stored hash. */
function isRealHashOf(secret: string, stored: unknown): boolean {
  const [, costs, nonce = "", tag = ""] = /^\$argon2id\$v=19\$(.+)\$(.+)\$(.+)$/.exec(String(stored)) ?? [];
  const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
  const expected = argon2Sync("argon2id", { message: secret, nonce: Buffer.from(nonce, "base64"), ...parameters });
  return costs === "m=19456,t=2,p=1" && Buffer.from(tag, "base64").equals(expected);
}
const storedHash = async (name: "email" | "loginId", value: string) =>
  (await allItems()).find((item) => item[name] === value && item.passwordHash)?.passwordHash;

describe("a real argon2id hash", () => {
  it("is stored at the registration of an account, and signs its holder in only with that password", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    expect(isRealHashOf(password, await storedHash("email", person.email))).toBe(true);
    expect((await portal.login(person)).id).toBe(person.id);
    const wrong = { email: person.email, password: `${password}x` };
    expect(outcomeOf(await portal.visitor().post("accounts/login", wrong))).toBe("kInvalidCredentials");
  });
  it("is stored for a user with a login, and signs them in only with that password", async () => {
    const login = { loginId: "ada@example.org", loginPassword: "Stethoscope1" };
    await makeUser(await makePractice(), login);
    expect(isRealHashOf(login.loginPassword, await storedHash("loginId", login.loginId))).toBe(true);
    await expectOk(call("PingWithAuth", { auth: login }));
    const wrong = { ...login, loginPassword: "Stethoscope2" };
    expect((await call("PingWithAuth", { auth: wrong })).json.responseCode).toBe(4010);
  });
  it("is not counted: only cheap hashes are", () => {
    expect(hashes.made).toBe(0);
  });
});
