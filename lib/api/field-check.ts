import type * as z from "zod";
import { type ErrorCode, Failure, type FieldError } from "../errors.ts";
import { recordIdFrom } from "../practices/ids.ts";
import type { CallEvent } from "./call.ts";
import { statedCredentials } from "./credentials.ts";
import type { Dialect } from "./dialect.ts";

/** Which record a request is about: the id in the body's root if there is one, else the one among the credentials. */
export type Target = "accountId" | "userId";

/** Fields as they were read, and what is wrong with them. */
export interface ReadFields {
  readonly fields: unknown;
  readonly fieldErrors: readonly FieldError[];
  /** The id that the operation is about is missing, in the body's root and among the credentials. */
  readonly targetMissing: boolean;
}

/**
 * Reads the fields. Their errors are thrown later, by `checkFields`: reads of the table may start with the fields, and no
 * caller learns of an error before their credentials are checked.
 */
export function readFields(event: CallEvent, schema: z.ZodType | undefined, target: Target | undefined): ReadFields {
  let { input } = event.call;
  let targetMissing = false;
  if (target) {
    const id = recordIdFrom(input[target], statedCredentials(event)[target]);
    targetMissing = id === undefined;
    input = { ...input, [target]: id };
  }
  const parsed = schema?.safeParse(input);
  return { fields: parsed?.data, fieldErrors: parsed?.error?.issues.map(fieldErrorOf) ?? [], targetMissing };
}

/** Whether anything is wrong with fields. */
export const hasErrors = ({ fieldErrors, targetMissing }: ReadFields): boolean =>
  fieldErrors.length > 0 || targetMissing;

/** Checks fields that were read. @throws Failure with everything that is wrong with them */
export function checkFields(
  { fieldErrors, targetMissing }: ReadFields,
  dialect: Dialect,
  target: Target | undefined,
): void {
  if (target && targetMissing) throw new Failure(dialect.targetMissing?.[target] ?? 5000);
  if (fieldErrors.length > 0) throw dialect.invalid(fieldErrors);
}

function fieldErrorOf(issue: z.core.$ZodIssue): FieldError {
  const field = issue.path.join(".");
  const code = issue.code === "custom" ? (issue.params?.code as ErrorCode | undefined) : undefined;
  return { field, message: issue.message, ...(code && { code }) };
}
