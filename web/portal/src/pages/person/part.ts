import type { Account } from "../../../../../client/src/client.ts";

/** What a part of a person's page gets. */
export interface PartProps {
  readonly account: Account;
  readonly isOwn: boolean;
  /** Called with the account as it is after something was done to it. */
  readonly onChanged: (account: Account) => void;
}
