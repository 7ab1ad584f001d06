import type { Account, AccountListInput as Written } from "./contract.ts";

/** Conditions that hold for a value: those that are stated, all of them. */
interface Equality<Value> {
  readonly $eq?: Value;
  readonly $ne?: Value;
  /** At most 1,000 values. */
  readonly $in?: readonly Value[];
}
interface Order<Value> extends Equality<Value> {
  readonly $gt?: Value;
  readonly $gte?: Value;
  readonly $lt?: Value;
  readonly $lte?: Value;
}
interface Text<Value = string> extends Order<Value> {
  /** The beginning of the text: `"/^s/"`, or `"/^s/i"` if upper and lower case are the same. */
  readonly $regex?: `/^${string}/` | `/^${string}/i`;
}
/** A point in time: a `Date`, or text in any form of ISO 8601. */
type Instant = string | Date;

/** Which accounts to list: those for which everything holds that is stated. A value alone means that it is equal. */
export interface AccountWhere {
  readonly _id?: string | Text;
  readonly email?: string | Text;
  readonly mobile?: string | Text;
  readonly "name.first"?: string | Text;
  readonly "name.last"?: string | Text;
  readonly state?: Account["state"] | Text<NonNullable<Account["state"]>>;
  readonly gender?: Account["gender"] | Text<NonNullable<Account["gender"]>>;
  /** Holds if it holds for one of the roles. `$ne`: if the account does not have the role. */
  readonly roles?: string | Text;
  readonly locked?: boolean | Equality<boolean>;
  readonly favorite?: boolean | Equality<boolean>;
  readonly created?: Instant | Order<Instant>;
  readonly $and?: readonly AccountWhere[];
  readonly $or?: readonly AccountWhere[];
}

/** The order of a list of accounts: `"_id"` and `{ _id: 1 }` are oldest first, `{ _id: -1 }` is newest first. */
export type AccountSort = "_id" | { readonly _id: 1 | -1 };

/** What `accountList` takes. */
export interface AccountListInput extends Omit<Written, "where" | "sort"> {
  /** Which accounts to list. As text it is a JSON object. All by default. */
  where?: AccountWhere | string | undefined;
  /** The order. As text it is `_id` or a JSON object. Newest first by default. */
  sort?: AccountSort | string | undefined;
}
