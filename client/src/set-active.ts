import type { CallOptions } from "./call.ts";
import type {
  Practice,
  PracticeGetAnswer,
  PracticeUpdateInput,
  User,
  UserGetAnswer,
  UserUpdateInput,
} from "./contract.ts";
import type { Caller } from "./request.ts";

type Options = CallOptions & Caller;
/** The methods of a directory that read and write practices. */
interface Practices {
  practiceGet(input: { accountId: string }, options?: Options): Promise<PracticeGetAnswer>;
  practiceUpdate(input: PracticeUpdateInput, options?: Options): Promise<unknown>;
}
/** The methods of a directory that read and write users. */
interface Users {
  userGet(input: { userId: string }, options?: Options): Promise<UserGetAnswer>;
  userUpdate(input: UserUpdateInput, options?: Options): Promise<unknown>;
}

/** How a record is after it was switched on or off. */
export interface SetActive<Kept> {
  /** Whether it was active before. */
  readonly wasActive: boolean;
  /** The record as it was read afterwards. */
  readonly record: Kept;
  /** Names of fields that somebody else has changed since it was written; normally empty. */
  readonly changedMeanwhile: readonly string[];
}

/**
 * Switches a practice on or off, and keeps all its other fields. An update replaces every field, so this reads the practice,
 * writes it back with the other `active`, and reads it again. It writes nothing if the practice is as it should be.
 *
 * The contract has no versions. A change that somebody else makes between the first reading and the writing is overwritten,
 * unnoticed; the two calls follow each other at once. A change after the writing stays, and `changedMeanwhile` names it.
 * @throws FrontdeskError 4131 when the application has no such practice
 */
export const practiceSetActive = (
  directory: Practices,
  accountId: string,
  active: boolean,
  options?: Options,
): Promise<SetActive<Practice>> =>
  setActive<Practice>(active, {
    read: async () => (await directory.practiceGet({ accountId }, options)).practice,
    write: (practice) => directory.practiceUpdate(practice, options),
  });

/**
 * Switches a user on or off, and keeps all other fields, login and password included. It works like `practiceSetActive`.
 * @param clinic a client that calls for the user's practice: `directory.as({ accountId })`
 * @throws FrontdeskError 4231 when the practice has no such user
 */
export const userSetActive = (
  clinic: Users,
  userId: string,
  active: boolean,
  options?: Options,
): Promise<SetActive<User>> =>
  setActive<User>(active, {
    read: async () => (await clinic.userGet({ userId }, options)).user,
    write: (user) => clinic.userUpdate(user, options),
  });

interface Ways<Kept> {
  readonly read: () => Promise<Kept>;
  readonly write: (record: Kept) => Promise<unknown>;
}

async function setActive<Kept extends { readonly active: boolean }>(
  active: boolean,
  { read, write }: Ways<Kept>,
): Promise<SetActive<Kept>> {
  const before = await read();
  if (before.active === active) return { wasActive: active, record: before, changedMeanwhile: [] };
  const written = { ...before, active };
  await write(written);
  const record = await read();
  const names = Object.keys(written) as (keyof Kept & string)[];
  return { wasActive: before.active, record, changedMeanwhile: names.filter((name) => record[name] !== written[name]) };
}
