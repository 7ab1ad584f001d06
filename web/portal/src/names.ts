import type { Account } from "../../../client/src/client.ts";

/** The name of an account's holder, as people write it; where it cannot be seen, the e-mail address. */
export const nameOf = ({ name, email }: Pick<Account, "name" | "email">): string =>
  [name?.first, name?.last].filter(Boolean).join(" ") || (email ?? "");
