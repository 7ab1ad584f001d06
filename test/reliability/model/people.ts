import type { Message } from "../../../lib/messages/outbox.ts";
import { type PortalClient, password } from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import { type Lane, type Model, type ModelConnection, oneOf, type Person } from "./lane.ts";
import { Violation } from "./ledger.ts";

/** What commands of portals share: who exists, who is signed in, and what is mailed. */

/** A role that means nothing, so that it changes nobody's access. */
export const plainRole = "00000000000000000000000a";
/** An id, or a token, that nothing has. */
export const nobodysId = "000000000000000000000009";
export const nobodysToken = "0000000000000000000000000000dead";

/** Passwords that every portal accepts; a person gets another one each time. */
export const otherPassword = (before: string): string => (before === password ? "quaint walrus jabs" : password);

/** Whether an address is the client's alone. Others are wanted by several clients. */
export const isOwnEmail = (lane: Lane, email: string): boolean => email.startsWith(lane.name);

/** A mobile number that nobody has. */
export function freshMobile({ model, place }: Lane): string {
  model.names += 1;
  return `+1650${place + 1}${String(model.names).padStart(6, "0")}`;
}

/** The people of a client who have a session somewhere. */
export const signedIn = ({ people }: Model): Person[] => people.filter(({ sessions }) => sessions.size > 0);
export const hasSignedIn = (model: Model): boolean => signedIn(model).length > 0;
export const hasPeople = ({ people }: Model): boolean => people.length > 0;

/** One of the people, chosen by a number. @throws Violation if there are none: commands ask for that before */
export function personAt(people: readonly Person[], pick: number): Person {
  const person = oneOf(people, pick);
  if (!person) throw new Violation("a command was run without the person that it needs");
  return person;
}

/** A browser with a session of a person. */
export function browserOf({ sessions }: Person, pick: number): PortalClient {
  const browser = oneOf([...sessions], pick);
  if (!browser) throw new Violation("a command was run without the session that it needs");
  return browser;
}

/** Who acts for an account: its holder in a browser, or the application. */
export interface ActingFor {
  readonly person: Person;
  readonly client: PortalClient;
  /** `me`, or the id. */
  readonly path: string;
  readonly isHolder: boolean;
}

/**
 * Somebody who may do everything with an account: mostly its holder.
 * @param isWanted an account that is chosen before others
 */
export function actingFor(
  lane: Lane,
  [who, how]: readonly number[],
  isWanted: (person: Person) => boolean = () => false,
): ActingFor {
  const { model, portal } = lane;
  const isHolder = Number(how) % 3 > 0 && hasSignedIn(model);
  const people = isHolder ? signedIn(model) : model.people;
  const person = oneOf(people.filter(isWanted), Number(who)) ?? personAt(people, Number(who));
  return isHolder
    ? { person, client: browserOf(person, Number(how) >> 2), path: "me", isHolder }
    : { person, client: portal.administrator, path: person.id, isHolder };
}

/** Notes that sessions have ended. */
export function endSessions({ model }: Lane, { sessions }: Person, browsers = [...sessions]): void {
  for (const browser of browsers) {
    sessions.delete(browser);
    model.signedOut.push(browser);
  }
}

/** Notes that connections have ended with a request: a worker deletes them, with an event for each. */
export function endConnections(
  { model, house }: Lane,
  requestId: string,
  isMeant: (connection: ModelConnection) => boolean,
): void {
  const ended = model.connections.filter(isMeant);
  model.connections = model.connections.filter((connection) => !ended.includes(connection));
  const ids = ended.map(({ id }) => id);
  for (const id of ids) model.ending.add(id);
  house.ledger.deletions.set(requestId, ids);
}

/** Notes that an account was erased: a worker deletes the connections to it and from it, with an event for each. */
export function forgetPerson(lane: Lane, person: Person, { requestId }: Response): void {
  const { model } = lane;
  endSessions(lane, person);
  model.people.splice(model.people.indexOf(person), 1);
  endConnections(lane, requestId, ({ context, target }) => context === person || target === person);
  model.gone.ids.push(person.id);
  if (isOwnEmail(lane, person.email)) model.gone.emails.push(person.email);
}

/** The token in the newest message of a kind to an address. @param count how many messages of the kind were acknowledged */
export async function newestToken(lane: Lane, to: string, kind: Message["kind"], count?: number): Promise<string> {
  const messages = await lane.house.workers.queuedFor(to, kind);
  if (count !== undefined) lane.expectSame(`queued ${kind} to ${to}`, messages.length, count);
  const { link } = messages.at(-1) as { readonly link?: string };
  const [, token] = /[?&]token=([A-Za-z0-9]{32})/.exec(link ?? "") ?? [];
  if (!token) throw new Violation(`${lane.name}: the ${kind} to ${to} has no link with a token`);
  return token;
}
