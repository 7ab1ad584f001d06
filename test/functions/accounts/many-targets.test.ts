import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../../lib/messages/outbox.ts";
import type { SentMessage } from "../../../local/outside.ts";
import { sentMessages, takeMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  freshEmail,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { type EngineAnswer, type EngineRequest, engineError, hangUp, throughProxy } from "../../kit/proxy.ts";
import { realClock } from "../../kit/slow-clock.ts";
import { type Response, roundTrips, watchTable } from "../../kit/system.ts";
import { expectResult, refused } from "./accounts-contract.ts";
import { accept, connect } from "./connections.ts";

realClock();

interface Target {
  readonly email: string;
  readonly access?: number;
  readonly message?: string;
}
/** An operation that invites people, and who calls it. */
interface Inviting {
  readonly send: (targets: readonly Target[], options?: { readonly remainingMs: number }) => Promise<Response>;
  /** The connections that exist, newest first. */
  readonly list: () => Promise<Response["json"][]>;
  /** Makes an address that cannot be invited. */
  readonly take: () => Promise<string>;
}

let portal: TestPortal;
/** Whoever reads a link in a mail. */
let reader: Holder;
beforeAll(async () => {
  portal = await openPortal();
  reader = await portal.register();
});

// Mails of earlier tests need not be sent.
beforeEach(async () => void (await takeMessages()));

async function connections(): Promise<Inviting> {
  const holder = await portal.register();
  return {
    send: (targets, options) => holder.post("accounts/me/connections", { targets }, options),
    list: async () => (await expectSuccess(holder.get("connections?limit=200"))).data,
    async take() {
      const friend = await portal.register();
      await connect(holder, friend, 2);
      return friend.email;
    },
  };
}

async function invitations(): Promise<Inviting> {
  const own = await openPortal();
  const boss = await own.signedIn([roles.administrator]);
  return {
    send: (targets, options) => boss.post("accounts/invitations", { targets }, options),
    list: async () => (await expectSuccess(boss.get("connections?limit=200"))).data,
    take: async () => (await own.register()).email,
  };
}

const people = (count: number, fields: Omit<Target, "email"> = {}): Target[] =>
  Array.from({ length: count }, () => ({ email: freshEmail(), access: 2, ...fields }));
const mailsTo = <Mail extends SentMessage | Message>(mails: readonly Mail[], email: string) =>
  mails.filter((mail) => "to" in mail && mail.to === email);
const emailsIn = (items: readonly Response["json"][]) => items.map(({ target }) => target.email).sort();
const emailsOf = (targets: readonly Target[]) => targets.map(({ email }) => email).sort();

/** Treats the transactions of a call with 50 targets: the first writes tokens, and the second the connections. */
function transactions(
  treat: (request: EngineRequest, isMain: boolean) => Promise<EngineAnswer | typeof hangUp>,
): (request: EngineRequest) => Promise<EngineAnswer | typeof hangUp> {
  return (request) => {
    if (request.operation !== "TransactWriteItems") return request.forward();
    return treat(request, JSON.stringify(request.json).includes("connection.created"));
  };
}

describe.each([
  ["ConnectionCreate", connections, 48],
  ["InvitationCreate", invitations, 32],
] as const)("%s", (_, prepare, inOneWrite) => {
  it(`writes ${inOneWrite} targets in one transaction, and more in two`, async () => {
    const { send, list } = await prepare();
    for (const [count, transactions] of [
      [inOneWrite, 1],
      [inOneWrite + 1, 2],
    ] as const) {
      const { answer, requests } = await watchTable(() => send(people(count)));
      expect(answer.status, answer.text).toBe(200);
      expect(requests.filter(({ command }) => command === "TransactWriteItems")).toHaveLength(transactions);
    }
    expect(await list()).toHaveLength(2 * inOneWrite + 1);
  });
  it("takes 50 targets with the longest messages: 50 connections, and a mail for each", async () => {
    const { send, list } = await prepare();
    const targets = people(50, { message: "€".repeat(500) });
    const { answer, requests } = await watchTable(() => send(targets));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.data.map(({ target }: Response["json"]) => target.email)).toEqual(
      targets.map(({ email }) => email),
    );
    expect(emailsIn(await list())).toEqual(emailsOf(targets));
    // Tokens first, then connections and mails.
    expect(requests.filter(({ command }) => command === "TransactWriteItems")).toHaveLength(2);
    expect(roundTrips(requests)).toBeLessThanOrEqual(5);
    const mails = await sentMessages();
    for (const { email } of targets) expect(mailsTo(mails, email)).toHaveLength(1);
  });
  it("renews all 50, and mails each of them again", async () => {
    const { send, list } = await prepare();
    const targets = people(50);
    const ids = ({ json }: Response) => json.data.map(({ _id }: Response["json"]) => _id);
    const [first, second] = [await send(targets), await send(targets)];
    expect(ids(second)).toEqual(ids(first));
    expect(await list()).toHaveLength(50);
    const mails = await takeMessages();
    for (const { email } of targets) expect(mailsTo(mails, email)).toHaveLength(2);
  });
  it("writes nothing and mails nobody when one of 50 addresses is taken", async () => {
    const { send, list, take } = await prepare();
    const taken = await take();
    const before = await list();
    const targets = [...people(49), { email: taken, access: 2 }];
    await refused("kExists", () => send(targets), [["kExists", "targets[49].email"]]);
    expect(await list()).toEqual(before);
    const mails = await takeMessages();
    for (const { email } of targets.slice(0, 49)) expect(mailsTo(mails, email)).toEqual([]);
  });
  it("refuses 51 targets", async () => {
    const { send } = await prepare();
    await refused("kValidationError", () => send(people(51)), [["kInvalidFormat", "targets"]]);
  });
  it("makes one connection for each address of two overlapping calls at once", async () => {
    const { send, list } = await prepare();
    const [one, both, other] = [people(20), people(30), people(20)];
    const answers = await Promise.all([send([...one, ...both]), send([...other, ...both.toReversed()])]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(emailsIn(await list())).toEqual(emailsOf([...one, ...both, ...other]));
    const mails = await takeMessages();
    for (const { email } of [...one, ...other]) expect(mailsTo(mails, email)).toHaveLength(1);
    for (const { email } of both) expect(mailsTo(mails, email)).toHaveLength(2);
  });
  it("writes nothing that anybody can see while the table does not carry the second write out", async () => {
    const { send, list } = await prepare();
    const targets = people(50);
    const busy = engineError("TransactionCanceledException", {
      CancellationReasons: [{ Code: "TransactionConflict" }],
    });
    const { status } = await throughProxy(
      transactions(async (request, isMain) => (isMain ? busy : request.forward())),
      () => send(targets, { remainingMs: 7500 }),
    );
    expect(status).toBe(503);
    expect(await list()).toEqual([]);
    const mails = await takeMessages();
    for (const { email } of targets) expect(mailsTo(mails, email)).toEqual([]);
    expect((await send(targets)).status).toBe(200);
    expect(await list()).toHaveLength(50);
  });
  it.each([
    ["first", false],
    ["second", true],
  ])("is carried out once when the answers of the %s write are lost", async (_write, isMainLost) => {
    const { send, list } = await prepare();
    const targets = people(50);
    const answer = await throughProxy(
      transactions(async (request, isMain) => {
        const done = await request.forward();
        return isMain === isMainLost ? hangUp : done;
      }),
      () => send(targets),
    );
    expect(answer.status, answer.text).toBe(200);
    expect(await list()).toHaveLength(50);
    const mails = await takeMessages();
    for (const { email } of targets) expect(mailsTo(mails, email)).toHaveLength(1);
  });
  it("is carried out when the first write is lost on its way three times", async () => {
    const { send, list } = await prepare();
    let lost = 0;
    const answer = await throughProxy(
      transactions(async (request, isMain) => (!isMain && lost++ < 3 ? hangUp : request.forward())),
      () => send(people(50)),
    );
    expect(answer.status, answer.text).toBe(200);
    expect(await list()).toHaveLength(50);
  });
});

describe("a token of one of 50 mails", () => {
  it("leads to the connection of its address, and accepts it", async () => {
    const holder = await portal.register();
    const targets = people(50);
    await expectSuccess(holder.post("accounts/me/connections", { targets }));
    const mails = await sentMessages();
    for (const { email } of targets) {
      const found = await expectSuccess(reader.get(`connections/${tokenIn(mailsTo(mails, email)[0])}`));
      expect(found).toMatchObject({ state: 0, context: { _id: holder.id } });
    }
    const last = tokenIn(mailsTo(mails, targets[49]?.email ?? "")[0]);
    expect((await accept(reader, last)).json).toMatchObject({ state: 1, target: { email: targets[49]?.email } });
    const other = await portal.register();
    await refused("kNotFound", () => accept(other, last));
  });
  it("works or is void when two calls had the address at once: one of each works", async () => {
    const holder = await portal.register();
    const targets = people(50);
    const send = () => holder.post("accounts/me/connections", { targets });
    await Promise.all([expectSuccess(send()), expectSuccess(send())]);
    const mails = await sentMessages();
    for (const { email } of targets) {
      const answers = [];
      for (const mail of mailsTo(mails, email)) answers.push(await reader.get(`connections/${tokenIn(mail)}`));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    }
  });
  it("registers the invited", async () => {
    const own = await openPortal({ registration: "invitation" });
    const targets = people(50);
    const { data } = await expectSuccess(own.administrator.post("accounts/invitations", { targets }));
    for (const place of [0, 49]) {
      const { token, target } = data[place];
      const person = newPerson({ email: target.email, token });
      expect((await own.visitor().post("accounts/register", person)).json).toMatchObject({ state: "verified" });
    }
  });
});

describe("one invitation of an address", () => {
  const inviteIn = (own: TestPortal, email: string, now = new Date()) =>
    own.administrator.post("accounts/invitations", { targets: [{ email }] }, { now });
  const listIn = async (own: TestPortal, now = new Date()) =>
    (await expectSuccess(own.administrator.get("connections", { now }))).data as Response["json"][];

  it("is left when it was made and deleted while another call was about to make it", async () => {
    const own = await openPortal();
    const targets = people(50);
    const [{ email }] = targets as [Target];
    let isFirst = true;
    const answer = await throughProxy(
      transactions(async (request, isMain) => {
        if (isMain && isFirst) {
          isFirst = false;
          const { data } = await expectSuccess(inviteIn(own, email));
          expectResult(await own.administrator.delete(`connections/${data[0]._id}`));
        }
        return request.forward();
      }),
      () => own.administrator.post("accounts/invitations", { targets }),
    );
    expect(answer.status, answer.text).toBe(200);
    await expectSuccess(inviteIn(own, email));
    expect(emailsIn(await listIn(own))).toEqual(emailsOf(targets));
  });
  it("is left when another call made it first", async () => {
    const own = await openPortal();
    const targets = people(50);
    let isFirst = true;
    const answer = await throughProxy(
      transactions(async (request, isMain) => {
        if (isMain && isFirst) {
          isFirst = false;
          await expectSuccess(inviteIn(own, targets[7]?.email ?? ""));
        }
        return request.forward();
      }),
      () => own.administrator.post("accounts/invitations", { targets }),
    );
    expect(answer.status, answer.text).toBe(200);
    expect(emailsIn(await listIn(own))).toEqual(emailsOf(targets));
  });
  it("has a new id after it was deleted or accepted, and the same place is not used again", async () => {
    const own = await openPortal();
    const email = freshEmail();
    const first = (await expectSuccess(inviteIn(own, email))).data[0];
    expectResult(await own.administrator.delete(`connections/${first._id}`));
    await refused("kNotFound", () => own.administrator.get(`connections/${first._id}`));
    const second = (await expectSuccess(inviteIn(own, email))).data[0];
    await expectSuccess(accept(await own.register(), second.token));
    const third = (await expectSuccess(inviteIn(own, email))).data[0];
    expect(new Set([first._id, second._id, third._id]).size).toBe(3);
    expect((await listIn(own)).map(({ _id, state }) => [_id, state])).toEqual([
      [third._id, 0],
      [second._id, 1],
    ]);
  });
  it("that was not accepted in time is made again, with the present time", async () => {
    const own = await openPortal();
    const email = freshEmail();
    const start = new Date();
    const now = minutesAfter(start, 7 * 24 * 60 + 1);
    const old = (await expectSuccess(inviteIn(own, email, start))).data[0];
    expect(await listIn(own, now)).toEqual([]);
    const { token, ...made } = (await expectSuccess(inviteIn(own, email, now))).data[0];
    expect(made).toMatchObject({ created: now.toISOString(), state: 0 });
    expect(await listIn(own, now)).toEqual([made]);
    const visitor = own.visitor();
    const register = (stated: unknown) =>
      visitor.post("accounts/register", newPerson({ email, token: stated }), { now });
    await refused("kNotFound", () => register(old.token));
    expect((await register(token)).json).toMatchObject({ state: "verified" });
  });
});
