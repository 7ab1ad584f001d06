import type { Answer, Client } from "../load.ts";

/** How a system's client does the tasks that systems are compared by. */
export interface Adapter {
  readonly client: Client;
  /** A new person registers, and is signed in. */
  register(email: string): Promise<Answer>;
  /** A person signs in by e-mail and password. */
  login(email: string): Promise<Answer>;
  /** Somebody who is signed in reads their own account. @param session from `sessionOf` */
  me(session: string): Promise<Answer>;
  /** The session of the person that this answer has registered or signed in. */
  sessionOf(answer: Answer): string;
  /**
   * Creates a tenant under an id that the integrator has chosen.
   * @param owner the session of somebody who creates it in place of the integrator, where that makes a difference
   */
  createTenant(id: string, owner?: string): Promise<Answer>;
  /** Creates a tenant or changes it, under an id that the integrator has chosen. */
  saveTenant(id: string, name: string): Promise<Answer>;
  readTenant(id: string): Promise<Answer>;
  /** Lists the 100 users of the prepared tenant. */
  listUsers(): Promise<Answer>;
  /** Says how many users an answer of `listUsers` has. */
  usersIn(answer: Answer): number;
  outcomeOf(answer: Answer): Outcome;
}

/** A tenant and users, which `createTenant` and `saveTenant` then belong to, are there when this is resolved. */
export type MakeAdapter = (client: Client) => Promise<Adapter>;

/**
 * What became of a call. A refusal is clear when it says that the name is taken; otherwise it is `unclear`. `failed` is an
 * error of the server (HTTP 5xx).
 */
export type Outcome = "done" | "refused" | "unclear" | "failed";

/** Everybody's password. It is good enough for all systems. */
export const password = "mauve otter juggles 41 kettles";

/** The outcome of a call that HTTP's status tells. @param takenCodes the errors that say that a name is taken */
export function outcomeByStatus(answer: Answer, takenCodes: readonly (string | number)[]): Outcome {
  if (answer.status < 300) return "done";
  if (answer.status >= 500) return "failed";
  return takenCodes.includes(JSON.parse(answer.text).code) ? "refused" : "unclear";
}

/** The cookies that an answer sets, as a client sends them back. */
export const cookiesOf = (answer: Answer): string =>
  (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
