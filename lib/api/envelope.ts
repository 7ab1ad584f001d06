import { badRequest, type EnvelopeCode, envelopeErrors, Failure, type FieldError } from "../errors.ts";
import { isObject } from "../json.ts";
import { bodyText, jsonObject, type Reviver, UnreadableBody } from "./body.ts";
import type { Answer } from "./call.ts";
import type { Dialect } from "./dialect.ts";

/**
 * The envelope of `/api/io`: HTTP 200 for every answer that an operation decides, success and failure in the body
 * (contract practices §1).
 */
export const envelope: Dialect = {
  readInput(event) {
    try {
      const text = bodyText(event);
      const body = jsonObject(text, /[0-9]{16}/.test(text) ? exact : undefined);
      if (body.auth !== undefined && body.auth !== null && body.auth !== "" && !isObject(body.auth)) {
        throw new UnreadableBody(false);
      }
      return body;
    } catch (error) {
      if (error instanceof UnreadableBody) throw new Failure(error.tooLarge ? 4020 : 4000);
      throw error;
    }
  },
  commonErrors: [4000, 4010, 4011, 4012, 4020, 4060, 4110, 4210],
  unauthorized: { vendor: 4010, account: 4011, user: 4012 },
  targetMissing: { accountId: 4110, userId: 4210 },
  invalid(fieldErrors) {
    const only = fieldErrors.length === 1 ? fieldErrors[0]?.code : undefined;
    return new Failure(only ?? 4060, fieldErrors);
  },
  wrongKey: (message) => new Failure(4060, [{ field: "Idempotency-Key", message }]),
  success: (result) => json(200, { successful: true, responseMessage: "OK", responseCode: 2000, ...result }),
  failure: ({ code, fieldErrors, reason }) => json(200, refused(code as EnvelopeCode, fieldErrors, reason)),
  internal: () => json(500, failed(5000)),
  busy: () => json(503, failed(5000), { "retry-after": "1" }),
  throttled: (_, __, seconds) => json(429, failed(5000), { "retry-after": `${seconds}` }),
  unmatched,
};

/** `Dialect.unmatched`, for bundles that need nothing else of this dialect. */
export function unmatched(allow: readonly string[]): Answer {
  const body = { successful: false, responseMessage: badRequest, responseCode: 4000 };
  return allow.length > 0 ? json(405, body, { allow: allow.join(", ") }) : json(404, body);
}

/** Reads a whole number that JavaScript cannot hold exactly as the text of its digits: it may be an id. */
const exact: Reviver = (_, value, { source = "" }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(source) ? source : value;

/** @param reason what the request leaves out, if the code alone does not say it */
const failed = (code: EnvelopeCode, reason?: string) => ({
  successful: false,
  responseMessage: reason ? `${envelopeErrors[code]}: ${reason}` : envelopeErrors[code],
  responseCode: code,
});

/** A failure with everything that is wrong with the fields (4060), or with one error that has a code of its own. */
function refused(code: EnvelopeCode, fieldErrors: readonly FieldError[], reason?: string) {
  if (fieldErrors.length === 0) return failed(code, reason);
  const errors = fieldErrors.map(({ field, message }) => ({ field, message }));
  if (code !== 4060) return { ...failed(code), errors };
  return {
    ...failed(code),
    responseMessage: errors.map((each) => `${each.field}: ${each.message}`).join("; "),
    errors,
  };
}

const json = (statusCode: number, body: object, headers: Record<string, string> = {}): Answer => ({
  statusCode,
  headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  body: JSON.stringify(body),
});
