import { isDeepStrictEqual } from "node:util";
import type { OperationId } from "../../../lib/operations.ts";
import type { PortalClient, TestPortal } from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import { isBusy } from "./failure.ts";
import type { Weather } from "./faults.ts";
import { type Ledger, type Outcome, Violation } from "./ledger.ts";
import type { Workers } from "./workers.ts";

/** The model of a client: what the directory has to hold of what this client has made, and the client itself. */

/** A practice of the client, in which it is alone. */
export interface ModelPractice {
  readonly accountId: string;
  name: string;
  city: string;
  active: boolean;
  websiteAddress: string;
  /** Without the root domain. */
  directDomain: string;
  /** The people who were registered in its portal, whose traces must go with it. */
  readonly people: { readonly id: string; readonly email: string }[];
}

/** A user, of the house or of an own practice. */
export interface ModelUser {
  readonly accountId: string;
  readonly userId: string;
  firstName: string;
  active: boolean;
  loginId: string;
  directAddress: string;
  /** How many wrong passwords were tried. */
  wrong: number;
}

/** An organization of therapists in the house. */
export interface ModelOrganization {
  readonly id: number;
  name: string;
  therapist_user_id: number;
  is_active: boolean;
}

/** An account of the house's portal. */
export interface Person {
  readonly id: string;
  readonly email: string;
  password: string;
  first: string;
  middle: string;
  mobile: string;
  isMobileConfirmed: boolean;
  roles: string[];
  isVerified: boolean;
  /** How many verification mails were queued, and whether the newest can still be used. */
  verifications: number;
  /** How many reset mails were queued, when the last one was, and whether its token can be used. */
  resets: number;
  resetAt: number;
  isResetOpen: boolean;
  /** The authenticator app: its secret, and the recovery codes that were not used; none until it is confirmed. */
  pendingSecret: string;
  recoveryCodes: string[] | undefined;
  image: { readonly uploadId: string; isReady: boolean } | undefined;
  /** The browsers that have a session, those that are known devices, and those that have shown a second factor. */
  readonly sessions: Set<PortalClient>;
  readonly known: Set<PortalClient>;
  /**
   * The browsers whose session ended together with others, by a change of the account. Its item is still there, so that the
   * next sign-in in this browser stores an event for its end.
   */
  readonly endedTogether: Set<PortalClient>;
  readonly trusted: Set<PortalClient>;
  /** How many wrong passwords were tried. */
  wrong: number;
}

/** A connection, or an invitation if it has no context. */
export interface ModelConnection {
  readonly id: string;
  readonly context: Person | undefined;
  readonly email: string;
  access: number;
  target: Person | undefined;
  /** The newest token, if the client knows it. */
  token: string;
}

/** Everything that a client has made and not deleted. Traces of what is gone must not be found. */
export class Model {
  readonly practices = new Map<string, ModelPractice>();
  readonly users = new Map<string, ModelUser>();
  readonly organizations = new Map<number, ModelOrganization>();
  /** The first names in profiles, by user. */
  readonly profiles = new Map<string, string>();
  /** The value of the portal setting that only this client changes. */
  setting: number | undefined;
  readonly people: Person[] = [];
  connections: ModelConnection[] = [];
  /** The ids of connections that give nothing any more, and that a worker has to delete: lists may have them until then. */
  readonly ending = new Set<string>();
  /** Accounts that have been unverified for too long: the hourly worker erases them at some time. */
  readonly overdue: { readonly id: string; readonly email: string }[] = [];
  readonly gone = { ids: [] as string[], emails: [] as string[] };
  /** Browsers that have lost their session. */
  readonly signedOut: PortalClient[] = [];
  /** Makes names that were never used. */
  names = 0;
}

/** What a client works with. */
export interface House {
  /** The practice of its own in which clients meet: each has records of its own in it. */
  readonly portal: TestPortal;
  readonly ledger: Ledger;
  readonly workers: Workers;
  readonly weather: Weather;
}

/** A client: calls operations one after the other, and holds each answer against the model. */
export class Lane {
  readonly name: string;
  readonly place: number;
  readonly model = new Model();
  readonly house: House;
  /** How much time functions have for the present call. */
  options: { readonly remainingMs?: number } = {};
  /** Whether calls that were too busy are sent again: a busy machine must not hide what is read at the end. */
  isPatient = false;

  constructor(place: number, house: House) {
    this.place = place;
    this.name = `lane${place}x`;
    this.house = house;
  }

  get portal(): TestPortal {
    return this.house.portal;
  }

  /** A name that nobody has used. */
  fresh(kind: string): string {
    this.model.names += 1;
    return `${this.name}-${kind}${this.model.names}`;
  }

  /**
   * Sends a call, and holds its answer against what it must do.
   * @returns the answer of a success; `undefined` when nothing was done, as the contract allows
   */
  async call(
    id: OperationId,
    outcome: Outcome,
    send: (options: { readonly remainingMs?: number }) => Promise<Response>,
  ): Promise<Response | undefined> {
    let response = await send(this.options);
    for (let tries = 0; this.isPatient && isBusy(response) && tries < 20; tries++) response = await send(this.options);
    return this.house.ledger.note(this.name, id, response, outcome) ? response : undefined;
  }

  /** Expects that an answer says what the model says. */
  expectSame(what: string, answered: unknown, expected: unknown): void {
    if (isDeepStrictEqual(answered, expected)) return;
    throw new Violation(
      `${this.name} ${what}: answered ${JSON.stringify(answered)}, though the model has ${JSON.stringify(expected)}`,
    );
  }
}

/** One of several, chosen by a number. */
export const oneOf = <T>(several: readonly T[], number: number): T | undefined => several[number % several.length];
