import { describe, expect, it } from "vitest";
import { password as loginPassword } from "../functions/practices/practices-contract.ts";
import { openPortal } from "../kit/portal.ts";
import { type EngineRequest, engineError, throughProxy } from "../kit/proxy.ts";
import { realClock } from "../kit/slow-clock.ts";
import { call, expectOk, makePractice, makeUser, type Response } from "../kit/system.ts";

realClock();

const start = new Date("2026-05-04T10:00:00Z");
const secondsLater = (seconds: number) => new Date(start.getTime() + seconds * 1000);

/** Whether a request stores that a guess was right: it deletes the count, or keeps in it what others guess. */
const notesRight = ({ operation, json }: EngineRequest) =>
  operation === "TransactWriteItems" ||
  operation === "DeleteItem" ||
  (operation === "UpdateItem" && String(json.UpdateExpression).startsWith("SET tries = if_not_exists(reserved"));

/**
 * Signs in repeatedly, until this many guesses were counted, while the table throttles the requests that store whether a
 * guess was right. A sign-in that runs out of time before its guess is counted is repeated.
 * @returns the answers
 */
async function signInUnnoted(guesses: number, signIn: () => Promise<Response>): Promise<Response[]> {
  let noted = 0;
  const answers: Response[] = [];
  const throttle = async (request: EngineRequest) => {
    if (notesRight(request)) return engineError("ThrottlingException");
    const answer = await request.forward();
    if (request.operation === "UpdateItem" && String(request.json.Key.pk.S).startsWith("TRIES#")) noted += 1;
    return answer;
  };
  await throughProxy(throttle, async () => {
    while (noted < guesses) answers.push(await signIn());
  });
  return answers;
}

// Five right sign-ins, while one action of the table failed, used to lock the person out for a quarter of an hour.
describe("right sign-ins that the table fails five times", () => {
  it("do not lock a user out: half a minute later they can sign in", async () => {
    const auth = await makePractice({ accountId: "signing-in" });
    await makeUser(auth, { userId: "u", loginId: "ada", loginPassword });
    const signIn = (now: Date, remainingMs = 7500) =>
      call("PingWithAuth", { auth: { loginId: "ada", loginPassword } }, { now, remainingMs });
    // The outcome of the guess cannot be stored.
    const failed = await signInUnnoted(5, () => signIn(start));
    for (const { status } of failed) expect(status).toBe(503);
    // Until then none of the guesses counts as right.
    expect((await signIn(secondsLater(29))).status).toBe(503);
    await expectOk(signIn(secondsLater(30), 15_000));
  });
  it("do not lock the holder of an account out either", async () => {
    const portal = await openPortal();
    const { email, password } = await portal.register({}, { now: start });
    const signIn = (now: Date, remainingMs = 7500) =>
      portal.visitor().post("accounts/login", { email, password }, { now, remainingMs });
    const failed = await signInUnnoted(5, () => signIn(start));
    for (const { json } of failed) expect(json.code).toBe("kTooBusy");
    expect((await signIn(secondsLater(29))).json.code).toBe("kTooBusy");
    expect((await signIn(secondsLater(30), 15_000)).json.email).toBe(email);
  });
  it("allow at most five wrong ones", async () => {
    const auth = await makePractice({ accountId: "guessed-at" });
    await makeUser(auth, { userId: "u", loginId: "grace", loginPassword });
    const guess = (now: Date, word: string, remainingMs = 15_000) =>
      call("PingWithAuth", { auth: { loginId: "grace", loginPassword: word } }, { now, remainingMs });
    for (let time = 0; time < 3; time++) await guess(start, "Wr0ng-Password");
    await signInUnnoted(2, () => guess(start, loginPassword, 7500));
    for (let time = 0; time < 2; time++) {
      expect((await guess(secondsLater(31), "Wr0ng-Password")).json.responseCode).toBe(4010);
    }
    // After five wrong ones in a row the right one is refused as well.
    expect((await guess(secondsLater(32), loginPassword)).json.responseCode).toBe(4010);
  });
});
