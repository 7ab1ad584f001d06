import { beforeAll, expect, it } from "vitest";
import { type Holder, newPerson, openPortal, type TestPortal } from "../../kit/portal.ts";
import { type Response, roundTrips, watchTable } from "../../kit/system.ts";

let portal: TestPortal;
let person: Holder;
beforeAll(async () => {
  portal = await openPortal();
  person = await portal.signedIn();
});

const calls: readonly [string, number, () => Promise<Response>][] = [
  ["me", 2, () => person.get("accounts/me")],
  ["register", 3, () => portal.visitor().post("accounts/register", newPerson())],
  ["login", 4, () => portal.visitor().post("accounts/login", { email: person.email, password: person.password })],
];
it.each(calls)("%s makes the table wait no more than %i times in a row", async (_, most, work) => {
  const { answer, requests } = await watchTable(work);
  expect(answer.status).toBe(200);
  expect(requests.length).toBeGreaterThan(0);
  expect(roundTrips(requests)).toBeLessThanOrEqual(most);
});
