import type { Connection } from "../connect.ts";
import type { Fields } from "./fields.ts";
import type { Normalise } from "./normalise.ts";

/** What names the record of a row. */
export interface Key {
  /** The practice: its `accountId`, or its web address. */
  readonly practice: string;
  /** The record in the practice; blank for the practice itself. */
  readonly id: string;
}

/** Why a row cannot be imported. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** A value that must be unique in the file. */
export interface UniqueValue {
  readonly field: string;
  /** The value with what it is unique in, such as the practice of a user. */
  readonly value: string;
}

/** What the server did with a row. */
export type Done = "created" | "updated";

/** Options of one call. The pace of the import sends a row again, and not the client. */
export interface SendOptions {
  readonly signal: AbortSignal;
  readonly retries: 0;
}

/** Sends a row. @throws FrontdeskError */
export type Send = (fields: Fields, options: SendOptions) => Promise<Done>;

/** What a file can hold: practices, users or accounts. */
export interface Kind {
  readonly name: "practices" | "users" | "accounts";
  readonly fields: readonly string[];
  /** The fields that the file must have a column for: of each list, one. */
  readonly required: readonly (readonly string[])[];
  /** Other names of fields, separated by commas. */
  readonly synonyms: Readonly<Record<string, string>>;
  /** Fields that answers and exports have, and writes ignore. */
  readonly readOnly: readonly string[];
  /** Fields whose blanks count. */
  readonly untrimmed: readonly string[];
  /** Whether records can have properties of your own, whose names begin with `c_`. */
  readonly hasOwnProperties: boolean;
  /** What can be written in several ways. */
  readonly normalise: Readonly<Record<string, Normalise>>;
  /** Returns what is wrong with a row, by the rules of the server. */
  check(fields: Fields): readonly Fault[];
  uniqueValues(fields: Fields): readonly UniqueValue[];
  /** What names the record, for messages and the report. */
  keyOf(fields: Fields): Key;
  /** Whether the server refuses a row that it has carried out before: then the journal must know which rows were begun. */
  readonly isRefusedTwice: boolean;
  sender(connection: Connection, options: { readonly notify: boolean }): Send;
}
