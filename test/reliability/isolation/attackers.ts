import { expectSuccess, type PortalClient, roles } from "../../kit/portal.ts";
import { inHeaders } from "../../kit/system.ts";
import type { Login } from "../../kit/worlds.ts";
import {
  connectTo,
  deactivate,
  disable,
  type Estate,
  makeEstate,
  makePerson,
  offerTo,
  type Person,
} from "./estates.ts";

/** What an attacker has in common with the victim. */
export type Nearness = "same portal" | "same vendor" | "other vendor";

/** Somebody with credentials of their own, who sends requests with names of the victim's. */
export interface Attacker {
  readonly name: string;
  readonly nearness: Nearness;
  /** The estate that the attacker's requests are about. */
  readonly estate: Estate;
  readonly person: Person;
  /** What the attacker has a right to. In the victim's own portal that is less than the estate. */
  readonly owns: Estate;
  /** Credentials that are stated in the body, or in headers where there is no body. */
  readonly auth?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** Whether a session of a portal is among the credentials. */
  readonly session: boolean;
  /** Why the contract lets the attacker see the victim's account: their role, or a connection. */
  readonly sees?: "role" | "connection";
}

const custom = "0000000000000000000000aa";

/** Makes the victim's estate. Only the victim has so many organizations, so that its last one has an id of its own. */
export const makeVictim = (): Promise<Estate> => makeEstate({ name: "victim", number: 910_042, organizations: 4 });

/** Makes the attackers of `npm test`: another vendor's, and the holder of another account of the victim's portal. */
export async function makeFewAttackers(victim: Estate): Promise<readonly Attacker[]> {
  const stranger = await makeStranger();
  return [
    application("application of another vendor", "other vendor", stranger),
    signedIn("administrator of another vendor's portal", "other vendor", stranger, stranger.administrator),
    await neighbour(victim, "holder"),
  ];
}

const makeStranger = () => makeEstate({ name: "stranger", number: 930_064, organizations: 2 });

/** Makes all attackers of a victim. */
export async function makeAttackers(victim: Estate): Promise<readonly Attacker[]> {
  const { accountId } = victim.practice;
  const ofVendor = { organizations: 2, vendor: victim.practice };
  const sibling = await makeEstate({ name: "sibling", number: 920_053, ...ofVendor });
  const stranger = await makeStranger();
  const sameKeys = { accountId, userId: victim.userId };
  const namesake = await makeEstate({ name: "namesake", number: 940_075, organizations: 2, ...sameKeys });
  const disabled = await makeEstate({ name: "disabled", number: 950_086, organizations: 2 });
  const closed = await makeEstate({ name: "closed", number: 960_097, ...ofVendor });
  await disable(disabled);
  await deactivate(closed);
  return [
    application("application of another practice", "same vendor", sibling),
    application("application of another vendor", "other vendor", stranger),
    application("application of another vendor, with the same keys", "other vendor", namesake),
    application("application of a disabled vendor", "other vendor", disabled),
    application("application of a closed practice", "same vendor", closed),
    individual("administrator of another practice", "same vendor", sibling, sibling.login),
    individual("user of another practice", "same vendor", sibling, sibling.member),
    individual("administrator of another vendor's practice", "other vendor", stranger, stranger.login),
    visitor("visitor of another portal", "same vendor", sibling),
    signedIn("holder in another portal", "same vendor", sibling, sibling.person.holder),
    signedIn("administrator of another portal", "same vendor", sibling, sibling.administrator),
    signedIn("holder in another vendor's portal", "other vendor", stranger, stranger.person.holder),
    signedIn("administrator of another vendor's portal", "other vendor", stranger, stranger.administrator),
    signedIn("administrator of a portal with the same keys", "other vendor", namesake, namesake.administrator),
    ...(await makeNeighbours(victim)),
  ];
}

const withRole = (role: string) => (victim: Estate, person: Person) =>
  expectSuccess(victim.portal.administrator.put(`accounts/${person.accountId}`, { roles: [role] }));
const connected = (access: 2 | 4 | 6) => (victim: Estate, person: Person) =>
  connectTo(victim.person, person.holder, access);

/** Makes the attackers who have an account in the victim's own portal, and a visitor of it. */
async function makeNeighbours(victim: Estate): Promise<readonly Attacker[]> {
  const holder = await neighbour(victim, "holder");
  const { session: _, cookies: __, ...withoutSession } = holder;
  return [
    holder,
    { ...withoutSession, name: "visitor", session: false, headers: clientKeyOf(victim) },
    await neighbour(victim, "holder with another role", withRole(custom)),
    await neighbour(victim, "support", withRole(roles.support)),
    await neighbour(victim, "developer", withRole(roles.developer)),
    await neighbour(victim, "invited to a connection", (_, person) => offerTo(victim.person, person.holder)),
    { ...(await neighbour(victim, "provider", withRole(roles.provider))), sees: "role" },
    { ...(await neighbour(victim, "connected at access 2", connected(2))), sees: "connection" },
    { ...(await neighbour(victim, "connected at access 4", connected(4))), sees: "connection" },
    { ...(await neighbour(victim, "connected at access 6", connected(6))), sees: "connection" },
  ];
}

/** Makes the holder of another account of the victim's portal. */
async function neighbour(
  victim: Estate,
  name: string,
  prepare: (victim: Estate, person: Person) => Promise<unknown> = async () => undefined,
): Promise<Attacker> {
  const person = await makePerson(victim.portal);
  await prepare(victim, person);
  const client = await victim.portal.login(person.holder);
  const owns = { ...nothing, practice: victim.practice, portal: victim.portal, person };
  return { ...signedIn(name, "same portal", victim, client), person, owns };
}

/** What the holder of an account owns besides the account. */
const nothing: Pick<Estate, Exclude<keyof Estate, "practice" | "portal" | "person">> = {
  ...{ userId: "", directAddress: "", directDomain: "", organizationId: 0, therapistId: "", therapistNumber: 0 },
  ...{ eventId: "", cursors: {}, invitation: { id: "", token: "" } },
  login: { loginId: "", loginPassword: "" },
  member: { loginId: "", loginPassword: "" },
  administratorId: "",
};

const of = (name: string, nearness: Nearness, estate: Estate) => ({
  ...{ name, nearness, estate, person: estate.person, owns: estate },
});

const clientKeyOf = ({ portal }: Estate) => ({ "medable-client-key": portal.clientKey });

const application = (name: string, nearness: Nearness, estate: Estate): Attacker => {
  const { applicationId, applicationPassword, accountId } = estate.practice;
  const auth = { applicationId, applicationPassword, accountId, userId: estate.userId };
  return { ...of(name, nearness, estate), auth, headers: inHeaders(auth) ?? {}, session: false };
};

const individual = (name: string, nearness: Nearness, estate: Estate, login: Login): Attacker => {
  const auth = { ...login };
  return { ...of(name, nearness, estate), auth, headers: inHeaders(auth) ?? {}, session: false };
};

const visitor = (name: string, nearness: Nearness, estate: Estate): Attacker => ({
  ...of(name, nearness, estate),
  ...{ headers: clientKeyOf(estate), session: false },
});

const signedIn = (name: string, nearness: Nearness, estate: Estate, client: PortalClient): Attacker => ({
  ...of(name, nearness, estate),
  headers: { ...clientKeyOf(estate), "medable-csrf-token": String(client.csrf) },
  cookies: Object.fromEntries(client.cookies),
  session: true,
});

/** The victim as a sender of requests: as an application; or at the portal, with or without a session. */
export function asSender(victim: Estate, isApplication: boolean, hasSession: boolean): Attacker {
  if (isApplication) return application("victim", "same portal", victim);
  return hasSession
    ? signedIn("victim", "same portal", victim, victim.person.holder)
    : visitor("victim", "same portal", victim);
}
