import type { MiddlewareObj } from "@middy/core";
import type * as z from "zod";
import { type ErrorCode, Failure, type FieldError } from "../errors.ts";
import { recordIdFrom } from "../practices/ids.ts";
import type { Answer, CallEvent } from "./call.ts";
import { statedCredentials } from "./credentials.ts";
import type { Dialect } from "./dialect.ts";

/** Which record a request is about: the id in the body's root if it is there, else the one among the credentials. */
export type Target = "accountId" | "userId";

/**
 * Reads the fields, but tells their faults later: reads of the table may start with what the fields say, and no caller
 * learns of a fault before the credentials are good.
 */
export const readFields = (
  schema: z.ZodType | undefined,
  target: Target | undefined,
): MiddlewareObj<CallEvent, Answer> => ({
  before({ event }) {
    const { call } = event;
    let { input } = call;
    if (target) {
      const id = recordIdFrom(input[target], statedCredentials(event)[target]);
      call.targetMissing = id === undefined;
      input = { ...input, [target]: id };
    }
    const parsed = schema?.safeParse(input);
    if (parsed?.success) call.fields = parsed.data;
    call.fieldErrors = parsed?.error?.issues.map(fieldErrorOf) ?? [];
  },
});

/** Tells what is wrong with the fields, all at once. */
export const checkFields = (dialect: Dialect, target: Target | undefined): MiddlewareObj<CallEvent, Answer> => ({
  before({ event: { call } }) {
    if (target && call.targetMissing) throw new Failure(dialect.targetMissing?.[target] ?? 5000);
    if (call.fieldErrors.length > 0) throw dialect.invalid(call.fieldErrors);
  },
});

function fieldErrorOf(issue: z.core.$ZodIssue): FieldError {
  const field = issue.path.join(".");
  const code = issue.code === "custom" ? (issue.params?.code as ErrorCode | undefined) : undefined;
  return { field, message: issue.message, ...(code && { code }) };
}
