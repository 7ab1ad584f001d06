import { beforeAll, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { type Holder, newPerson, openPortal, roles, type TestPortal, tokenIn } from "../../kit/portal.ts";
import { type Response, watchTable } from "../../kit/system.ts";

let portal: TestPortal;
let person: Holder;
let provider: Holder;
beforeAll(async () => {
  portal = await openPortal();
  person = await portal.register();
  provider = await portal.signedIn([roles.provider]);
});

const visitor = (path: string, body?: unknown) => portal.visitor().post(`accounts/${path}`, body);
const newest = async () => tokenIn((await sentMessages(person.email))[0]);
const newPassword = "quaint walrus jabs";

/** All calls that write, in an order in which each succeeds. */
const calls: readonly [string, () => Promise<Response>, object][] = [
  ["register", () => visitor("register", newPerson()), { who: { kind: "visitor" } }],
  ["login", () => visitor("login", { email: person.email, password: person.password }), {}],
  ["resend", () => person.post("accounts/me/resend-verification"), {}],
  ["verify", async () => visitor(await newest()), { changed: ["state"] }],
  [
    "PUT",
    () => person.put("accounts/me", { gender: "f", name: { first: "Mary" } }),
    { changed: ["gender", "name.first"] },
  ],
  ["PATCH", () => person.patch("accounts/me", { op: "unset", path: "gender" }), { changed: ["gender"] }],
  ["favorite", () => provider.put(`accounts/${person.id}`, { favorite: true }), { changed: ["favorite"] }],
  ["an image", () => person.put("accounts/me", { image: { content: "me.jpg" } }), { changed: ["image"] }],
  ["an image's removal", () => person.put("accounts/me/image", { content: null }), { changed: ["image"] }],
  [
    "an application's PUT",
    () => portal.administrator.put(`accounts/${person.id}`, { roles: [roles.support] }),
    { changed: ["roles"], who: { kind: "application", applicationId: expect.any(String) } },
  ],
  [
    "update-password",
    () => person.post("accounts/me/update-password", { current: person.password, password: newPassword }),
    { changed: ["password"] },
  ],
  ["request-password-reset", () => visitor("request-password-reset", { email: person.email }), {}],
  [
    "reset-password",
    async () => visitor("reset-password", { token: await newest(), password: "vexed tulips jog" }),
    {},
  ],
  ["logout", () => provider.post("accounts/me/logout"), {}],
];

it("every write stores its audit event in the same transaction: who wrote, and which properties, never their values", async () => {
  for (const [what, work, told] of calls) {
    // Sending writes too: not while a call is watched.
    await sentMessages();
    const { answer, requests } = await watchTable(work);
    expect(answer.status, what).toBe(200);
    const transactions = requests.filter(({ command }) => command.startsWith("TransactWrite"));
    expect(transactions, what).toHaveLength(1);
    const items = transactions[0]?.input.TransactItems.flatMap(
      (part: { Put?: { Item: object } }) => part.Put?.Item ?? [],
    );
    const events = items.filter(({ type }: { type: string }) => type === "event");
    expect(events, what).toEqual([expect.objectContaining({ what: expect.stringMatching(/^account\./), ...told })]);
    const text = JSON.stringify(events);
    for (const value of [person.email, person.password, newPassword, "+16505555555", "Mary"]) {
      expect(text, what).not.toContain(value);
    }
  }
});
