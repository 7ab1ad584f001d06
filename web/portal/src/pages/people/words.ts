import type { Account } from "../../../../../client/src/client.ts";
import { roleIds } from "../../roles.ts";
import type { Text } from "../../text/en.ts";

/** A role that means something at a portal. */
export type RoleName = keyof typeof roleIds;

/** All roles, in the order in which they are offered. */
export const roleNames: readonly RoleName[] = ["administrator", "provider", "support", "developer"];

/** The whole name of somebody: `Dr. Ada Mills`. */
export const wholeNameOf = ({ name = {} }: Pick<Account, "name">): string =>
  [name.prefix, name.first, name.middle, name.last, name.suffix].filter(Boolean).join(" ");

/** The roles of somebody, in words. */
export function rolesOf({ roles = [] }: Pick<Account, "roles">, { people }: Text): string {
  const known = roleNames.filter((name) => roles.includes(roleIds[name])).map((name) => people.roleNames[name]);
  const isMore = roles.length > known.length;
  return [...known, ...(isMore ? [people.otherRole] : [])].join(", ");
}

/** A state of an account, in words. `isBad` keeps its holder from signing in. */
export interface StateWords {
  readonly words: string;
  readonly kind: "good" | "warn" | "bad";
}

/** The states of an account, in words: whether its address is verified, and what keeps its holder from signing in. */
export function statesOf({ state, locked, activationRequired }: Account, { people }: Text): readonly StateWords[] {
  return [
    ...(locked ? [{ words: people.locked, kind: "bad" as const }] : []),
    ...(activationRequired ? [{ words: people.waiting, kind: "bad" as const }] : []),
    state === "verified"
      ? { words: people.verified, kind: "good" as const }
      : { words: people.unverified, kind: "warn" as const },
  ];
}

/** Names of roles for a list to choose from. The first one is none. */
export const roleOptions = (none: string, { people }: Text): (readonly [string, string])[] => [
  ["", none],
  ...roleNames.map((name) => [roleIds[name], people.roleNames[name]] as const),
];
