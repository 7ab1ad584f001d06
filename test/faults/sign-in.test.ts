import { describe, expect, it } from "vitest";
import { password as loginPassword } from "../functions/practices/practices-contract.ts";
import { openPortal } from "../kit/portal.ts";
import { type EngineRequest, engineError, throughProxy } from "../kit/proxy.ts";
import { call, expectOk, makePractice, makeUser } from "../kit/system.ts";

const start = new Date("2026-05-04T10:00:00Z");
const secondsLater = (seconds: number) => new Date(start.getTime() + seconds * 1000);

/** Throttles all requests of one kind. */
const throttling = (operation: string) => async (request: EngineRequest) =>
  request.operation === operation ? engineError("ThrottlingException") : request.forward();

// Five right sign-ins, while one action of the table failed, used to lock the person out for a quarter of an hour.
describe("right sign-ins that the table fails five times", () => {
  it("lock no user out: half a minute later they sign in", async () => {
    const auth = await makePractice({ accountId: "signing-in" });
    await makeUser(auth, { userId: "u", loginId: "ada", loginPassword });
    const signIn = (now: Date) =>
      call("PingWithAuth", { auth: { loginId: "ada", loginPassword } }, { now, remainingMs: 7500 });
    // The outcome of the guess cannot be stored.
    const failed = await throughProxy(throttling("DeleteItem"), async () => {
      const answers = [];
      for (let time = 0; time < 5; time++) answers.push((await signIn(start)).status);
      return answers;
    });
    expect(failed).toEqual([503, 503, 503, 503, 503]);
    // Until then none of the guesses counts as right.
    expect((await signIn(secondsLater(29))).status).toBe(503);
    await expectOk(signIn(secondsLater(30)));
  });
  it("lock no holder of an account out either", async () => {
    const portal = await openPortal();
    const { email, password } = await portal.register({}, { now: start });
    const signIn = (now: Date) =>
      portal.visitor().post("accounts/login", { email, password }, { now, remainingMs: 7500 });
    const failed = await throughProxy(throttling("TransactWriteItems"), async () => {
      const answers = [];
      for (let time = 0; time < 5; time++) answers.push((await signIn(start)).json.code);
      return answers;
    });
    expect(failed).toEqual(Array(5).fill("kTooBusy"));
    expect((await signIn(secondsLater(29))).json.code).toBe("kTooBusy");
    expect((await signIn(secondsLater(30))).json.email).toBe(email);
  });
  it("leave room for no more than five wrong ones", async () => {
    const auth = await makePractice({ accountId: "guessed-at" });
    await makeUser(auth, { userId: "u", loginId: "grace", loginPassword });
    const guess = (now: Date, word: string) =>
      call("PingWithAuth", { auth: { loginId: "grace", loginPassword: word } }, { now, remainingMs: 7500 });
    for (let time = 0; time < 3; time++) await guess(start, "Wr0ng-Password");
    await throughProxy(throttling("DeleteItem"), async () => {
      for (let time = 0; time < 2; time++) await guess(start, loginPassword);
    });
    for (let time = 0; time < 2; time++) {
      expect((await guess(secondsLater(31), "Wr0ng-Password")).json.responseCode).toBe(4010);
    }
    // After five wrong ones in a row the right one is refused as well.
    expect((await guess(secondsLater(32), loginPassword)).json.responseCode).toBe(4010);
  });
});
