import type { PortalClient } from "../../kit/portal.ts";
import type { Definition } from "./command.ts";
import { type Lane, type ModelConnection, oneOf, type Person } from "./lane.ts";
import {
  actingFor,
  browserOf,
  hasPeople,
  hasSignedIn,
  isOwnEmail,
  newestToken,
  nobodysId,
  nobodysToken,
  personAt,
  plainRole,
  signedIn,
} from "./people.ts";

/** Commands on connections and invitations. */

const levels = [2, 4, 6];

/** An address that a connection or an invitation can be sent to: of a person, of somebody who was invited, or a new one. */
function addressAt(lane: Lane, pick: number): string {
  const { people, connections } = lane.model;
  const known = [...people, ...connections].map(({ email }) => email).filter((email) => isOwnEmail(lane, email));
  return (pick % 3 ? oneOf(known, pick >> 2) : undefined) ?? `${lane.fresh("invited")}@example.org`;
}

/** Notes a connection that was offered: a new one, or one that was renewed. */
function noteOffer(
  lane: Lane,
  { _id: id, access, token = "" }: { _id: string; access: number; token?: string },
  email: string,
  context?: Person,
): ModelConnection {
  const known = lane.model.connections.find((connection) => connection.id === id);
  if (known) return Object.assign(known, { access, token });
  const connection = { id, context, email, access, target: undefined, token };
  lane.model.connections.push(connection);
  return connection;
}

const pendingTo = ({ model }: Lane, email: string, context?: Person) =>
  model.connections.find((each) => each.email === email && each.context === context && !each.target);

const offering: readonly Definition[] = [
  {
    id: "ConnectionCreate",
    weight: 3,
    isPossible: hasPeople,
    async run(lane, picks) {
      const { person, client, path, isHolder } = actingFor(lane, picks);
      // The tokens of several are in one item until the worker divides it. Applications are answered theirs.
      const several = isHolder || picks[2] % 2 ? [picks[2]] : [picks[2], 0, 3];
      const emails = [...new Set(several.map((pick) => addressAt(lane, pick)))];
      const access = levels[picks[2] % 3] ?? 2;
      const isConnected = (email: string) =>
        lane.model.connections.some((each) => each.context === person && each.target && each.email === email);
      const isRefused = emails.some((email) => email === person.email || isConnected(email));
      const outcome = {
        refusal: isRefused ? "kExists" : undefined,
        events: ["connection.created"],
        messages: emails.map((to) => ({ kind: "connectionInvitation" as const, to })),
      };
      const pending = emails.map((email) => pendingTo(lane, email, person)?.id);
      const targets = emails.map((email) => ({ email, access }));
      const response = await lane.call("ConnectionCreate", outcome, (options) =>
        client.post(`accounts/${path}/connections`, { targets }, options),
      );
      if (!response) return;
      for (const [place, email] of emails.entries()) {
        const offered = response.json.data[place];
        if (pending[place]) lane.expectSame("ConnectionCreate", offered._id, pending[place]);
        const connection = noteOffer(lane, offered, email, person);
        if (isHolder) connection.token = await newestToken(lane, email, "connectionInvitation");
      }
    },
  },
  {
    id: "InvitationCreate",
    weight: 2,
    async run(lane, [pick]) {
      const email = addressAt(lane, pick);
      const isRefused = lane.model.people.some((person) => person.email === email);
      const outcome = {
        refusal: isRefused ? "kExists" : undefined,
        events: ["connection.created"],
        messages: [{ kind: "registrationInvitation", to: email } as const],
      };
      const pending = pendingTo(lane, email)?.id;
      const targets = [{ email, roles: [plainRole] }];
      const response = await lane.call("InvitationCreate", outcome, (options) =>
        lane.portal.administrator.post("accounts/invitations", { targets }, options),
      );
      if (!response) return;
      const [offered] = response.json.data;
      if (pending) lane.expectSame("InvitationCreate", offered._id, pending);
      noteOffer(lane, offered, email);
    },
  },
];

/** Somebody accepts a connection or an invitation. */
async function accept(lane: Lane, connection: ModelConnection, person: Person, client: PortalClient): Promise<void> {
  const { context, target, token } = connection;
  const isOwn = context === person && !target;
  const isOthers = target !== undefined && target !== person;
  const isAgain = target === person;
  const isInvitation = context === undefined;
  const outcome = {
    refusal: isOwn ? "kAccessDenied" : isOthers ? "kNotFound" : undefined,
    events: isAgain ? [] : ["connection.accepted", ...(isInvitation ? ["account.updated"] : [])],
  };
  const response = await lane.call("ConnectionAccept", outcome, (options) =>
    client.post(`connections/${token}`, undefined, options),
  );
  if (!response) return;
  lane.expectSame("ConnectionAccept", [response.json._id, response.json.state], [connection.id, 1]);
  connection.target = person;
  if (isInvitation && !isAgain) person.roles = [...new Set([...person.roles, plainRole])];
}

const shownConnection = ({ id, access, target, email }: ModelConnection) => ({
  _id: id,
  access,
  state: target ? 1 : 0,
  email,
  ...(target && { account: target.id }),
});
// biome-ignore lint/suspicious/noExplicitAny: the body of an answer
const connectionIn = ({ _id, access, state, target }: any) => ({
  _id,
  access,
  state,
  email: target.email,
  ...(target.account && { account: target.account._id }),
});

const hasConnections = ({ connections }: Lane["model"]) => connections.some(({ context }) => context);
const connectionAt = ({ model }: Lane, pick: number) =>
  oneOf(
    model.connections.filter(({ context }) => context),
    pick,
  );

const having: readonly Definition[] = [
  {
    id: "ConnectionAccept",
    weight: 3,
    isPossible: hasSignedIn,
    async run(lane, [who, where, which]) {
      const { connections } = lane.model;
      const person = personAt(signedIn(lane.model), who);
      const client = browserOf(person, where);
      const isConnected = (context: Person | undefined) =>
        connections.some((each) => each.context && each.context === context && each.target === person);
      const possible = connections.filter(
        ({ context, token, target }) => token !== "" && (target === person || !isConnected(context)),
      );
      const connection = which % 8 ? oneOf(possible, which) : undefined;
      if (connection) return accept(lane, connection, person, client);
      return lane.call("ConnectionAccept", { refusal: "kNotFound" }, (options) =>
        client.post(`connections/${nobodysToken}`, undefined, options),
      );
    },
  },
  {
    id: "ConnectionList",
    async run(lane) {
      const response = await lane.call("ConnectionList", {}, (options) =>
        lane.portal.administrator.get("connections?limit=1000", options),
      );
      if (!response) return;
      const own = (response.json.data as { _id: string; context?: object; target: { email: string } }[])
        .filter(({ _id, context }) => context && !lane.model.ending.has(_id))
        .filter(({ target }) => isOwnEmail(lane, target.email))
        .map((each) => JSON.stringify(connectionIn(each)));
      const expected = lane.model.connections
        .filter(({ context }) => context)
        .map((each) => JSON.stringify(shownConnection(each)));
      lane.expectSame("ConnectionList", own.sort(), expected.sort());
    },
  },
  {
    id: "ConnectionGet",
    async run(lane, [which]) {
      const connection = which % 5 ? connectionAt(lane, which) : undefined;
      const refusal = connection ? undefined : "kNotFound";
      const response = await lane.call("ConnectionGet", { refusal }, (options) =>
        lane.portal.administrator.get(`connections/${connection?.id ?? nobodysId}`, options),
      );
      if (response && connection)
        lane.expectSame("ConnectionGet", connectionIn(response.json), shownConnection(connection));
    },
  },
  {
    id: "ConnectionPatch",
    isPossible: hasConnections,
    async run(lane, [which, how]) {
      const connection = connectionAt(lane, which);
      if (!connection?.context) return;
      const access = levels[how % 3] ?? 2;
      const holder = connection.context.sessions.size > 0 ? browserOf(connection.context, how) : undefined;
      const client = (how % 2 ? holder : undefined) ?? lane.portal.administrator;
      const response = await lane.call("ConnectionPatch", { events: ["connection.changed"] }, (options) =>
        client.patch(`connections/${connection.id}`, { access }, options),
      );
      if (!response) return;
      connection.access = access;
      lane.expectSame("ConnectionPatch", connectionIn(response.json), shownConnection(connection));
    },
  },
  {
    id: "ConnectionDelete",
    isPossible: ({ connections }) => connections.some(({ context, target }) => context || !target),
    async run(lane, [which, how]) {
      const { model } = lane;
      const possible = model.connections.filter(({ context, target }) => context || !target);
      const connection = oneOf(possible, which);
      if (!connection) return;
      const target = connection.target?.sessions.size ? browserOf(connection.target, how) : undefined;
      const client = (how % 2 ? target : undefined) ?? lane.portal.administrator;
      const response = await lane.call("ConnectionDelete", { events: ["connection.deleted"] }, (options) =>
        client.delete(`connections/${connection.id}`, options),
      );
      if (response) model.connections.splice(model.connections.indexOf(connection), 1);
    },
  },
];

/** All commands on connections. */
export const connectionsCommands: readonly Definition[] = [...offering, ...having];
