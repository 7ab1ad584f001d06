import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  freshEmail,
  type Holder,
  newPerson,
  openPortal,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { anId, aTime, named, refused } from "./accounts-contract.ts";
import { referenceTo } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("InvitationCreate", async (portal) => {
  const client = await portal.signedIn([roles.administrator]);
  return { client, path: "accounts/invitations", body: { targets: [{ email: freshEmail() }] } };
});

let portal: TestPortal;
let boss: Holder;
beforeAll(async () => {
  portal = await openPortal();
  boss = await portal.signedIn([roles.administrator]);
});
const invite = (targets: unknown, client: Pick<Holder, "post"> = boss) =>
  client.post("accounts/invitations", { targets });

describe("200 list of connections", () => {
  it("invites to register: a mail for each, and no context", async () => {
    const [one, other] = [freshEmail(), freshEmail()];
    const { json } = await invite([
      { email: one, roles: [roles.provider], message: "Welcome" },
      { email: other, access: 4 },
    ]);
    const invitation = (email: string, access: number) => ({
      _id: anId,
      object: "connection",
      access,
      created: aTime,
      creator: referenceTo(boss.id),
      expiresAt: aTime,
      state: 0,
      target: { email },
    });
    expect(json).toEqual({ object: "list", data: [invitation(one, 2), invitation(other, 4)], hasMore: false });
    const [mail] = await sentMessages(one);
    expect(mail?.text).toContain("Welcome");
    expect(mail?.text).toContain(`/register?token=${tokenIn(mail)}`);
    expect(await sentMessages(other)).toHaveLength(1);
  });
  it("tells the token to applications", async () => {
    const email = freshEmail();
    const { json } = await invite([{ email }], portal.administrator);
    expect(json.data[0].token).toBe(tokenIn((await sentMessages(email))[0]));
  });
  it("renews a pending invitation; the earlier token is void", async () => {
    const email = freshEmail();
    const [first, second] = [await invite([{ email }]), await invite([{ email, roles: [roles.provider] }])];
    expect(second.json.data[0]._id).toBe(first.json.data[0]._id);
    const [newer, older] = (await sentMessages(email)).map(tokenIn);
    const register = (token: unknown) => portal.visitor().post("accounts/register", newPerson({ email, token }));
    await refused("kNotFound", () => register(older));
    expect((await register(newer)).json).toMatchObject({ roles: [roles.provider], state: "verified" });
  });
  it("makes one invitation of 20 simultaneous ones to one address", async () => {
    const email = freshEmail();
    const answers = await Promise.all(Array.from({ length: 20 }, () => invite([{ email }])));
    const settled = answers.filter(({ status }) => status !== 503);
    expect(settled.map(({ status }) => status)).toEqual(settled.map(() => 200));
    expect(new Set(settled.map(({ json }) => json.data[0]._id)).size).toBe(1);
  });
});

describe(named("kExists"), () => {
  it("refuses an address that has an account, and then invites nobody", async () => {
    const [{ email }, other] = [await portal.register(), freshEmail()];
    await refused("kExists", () => invite([{ email: other }, { email: email.toUpperCase() }]), [
      ["kExists", "targets[1].email"],
    ]);
    expect(await sentMessages(other)).toEqual([]);
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses everybody but administrators, whatever the body says", async () => {
    for (const client of [await portal.register(), await portal.signedIn([roles.provider])]) {
      for (const targets of [[{ email: freshEmail() }], "bad"]) {
        await refused("kAccessDenied", () => invite(targets, client));
      }
    }
  });
});

describe(named("kValidationError"), () => {
  it.each([
    ["no targets", undefined, [["kRequired", "targets"]]],
    [
      "51 targets",
      Array.from({ length: 51 }, (_, at) => ({ email: `a${at}@example.org` })),
      [["kInvalidFormat", "targets"]],
    ],
    [
      "bad values",
      [{ email: "x", access: 5, roles: ["x"] }],
      [
        ["kInvalidEmailFormat", "targets[0].email"],
        ["kEnumValue", "targets[0].access"],
        ["kInvalidFormat", "targets[0].roles"],
      ],
    ],
    ["a context", [{ email: "a@example.org", context: "x" }], [["kInvalidFormat", "targets[0]"]]],
  ] as const)("refuses %s", async (_, targets, children) => {
    await refused("kValidationError", () => invite(targets), children);
  });
});

describe("a portal that registers only who is invited", () => {
  it("refuses others, lets the invited in once, and lets servers register anybody", async () => {
    const closed = await openPortal({ registration: "invitation" });
    const register = (fields: object) => closed.visitor().post("accounts/register", newPerson({ ...fields }));
    await refused("kSelfRegistrationDisabled", () => register({}));
    await refused("kSelfRegistrationDisabled", () => register({ token: "" }));
    await refused("kNotFound", () => register({ token: "lBMSJWtqKVdx8Z888syX6axpCk2j7eYm" }));
    await refused("kNotFound", () => register({ token: "x" }));
    const { data } = await expectSuccess(invite([{ email: freshEmail() }], closed.administrator));
    expect((await register({ token: data[0].token })).json).toMatchObject({ object: "account", state: "unverified" });
    await refused("kNotFound", () => register({ token: data[0].token }));
    await expectSuccess(closed.administrator.post("accounts/register", newPerson()));
    await closed.settings({ registration: false });
    const { data: later } = await expectSuccess(invite([{ email: freshEmail() }], closed.administrator));
    await refused("kSelfRegistrationDisabled", () => register({ token: later[0].token }));
  });
});
