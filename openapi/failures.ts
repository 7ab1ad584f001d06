import * as z from "zod";
import type { Dialect } from "../lib/api/dialect.ts";
import {
  type EnvelopeCode,
  type ErrorCode,
  envelopeErrors,
  Failure,
  type FieldError,
  type PortalFaultCode,
  portalFaults,
  problems,
} from "../lib/errors.ts";
import type { Family } from "../lib/operations.ts";
import { busy, childCodes, type ShownFailure, throttled, unforeseen } from "./stack-failures.ts";

/** The answers to failures in the document, and the schemas of their bodies: one for each code. */

/** The answer to a failure. */
export interface FailureAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The id of every request in the document. */
const requestId = "3f0c7a1e-6d0b-4a52-9a0d-2f6f3f8d7c11";

/** The property of an answer that says what went wrong, by family. */
const sentenceIn = { practices: "responseMessage", therapists: "detail", accounts: "reason", edge: "" } as const;

/**
 * The answer to a failure. The family's own dialect writes it, as it does for real requests.
 * @param name a code, or one of `uncaused`
 */
export function failureAnswer(
  family: Family,
  dialect: Dialect,
  name: string,
  { says, errors = [] }: ShownFailure,
): FailureAnswer {
  const reply = { status: 200, headers: {}, cookies: [] };
  const code = (family === "practices" ? Number(name) : name) as ErrorCode;
  const answer =
    name === unforeseen
      ? dialect.internal(reply, requestId)
      : name === busy
        ? dialect.busy(reply, requestId)
        : name === throttled
          ? dialect.throttled(reply, requestId, 30)
          : dialect.failure(new Failure(code, errors as readonly FieldError[]), reply, requestId);
  const body = JSON.parse(answer.body ?? "{}") as Record<string, unknown>;
  return {
    status: answer.statusCode ?? 200,
    mediaType: String(answer.headers?.["content-type"]).split(";")[0] ?? "",
    body: says === undefined ? body : { ...body, [sentenceIn[family]]: says },
  };
}

const schemas = new Map<string, z.ZodType>();
/** Returns the schema with an id, and makes it only the first time. */
function once(id: string, make: () => z.ZodType): z.ZodType {
  const schema = schemas.get(id) ?? make();
  schemas.set(id, schema);
  return schema;
}

/** The first property of every failure of `/api/io`. */
const successful = z.literal(false).meta({ description: "`false`: the call failed." });

/** Codes whose sentence is longer when credentials or a body are missing: it then also says what to send. */
const extensible = new Set<ErrorCode>([4000, 4010, 4011, 4012, "unauthorized", "notJson"]);

const sentence = (code: ErrorCode, text: string, description: string) => {
  if (extensible.has(code)) {
    return z.string().meta({ description: `${description} If something is missing, it also says what to send.` });
  }
  // Not a constant if it contains quotes: generators of clients put constants between quotes without escaping them.
  return /["'`\\]/.test(text) ? z.string().meta({ description }) : z.literal(text).meta({ description });
};

const refusal = (code: EnvelopeCode, { errors }: FailureAnswer["body"]) =>
  once(`Refusal${code}`, () =>
    z
      .strictObject({
        successful,
        responseMessage:
          code === 4060
            ? z.string().meta({ description: "All field errors as `field: what is wrong`, joined by `; `." })
            : sentence(code, envelopeErrors[code], "The code in words."),
        responseCode: z.literal(code).meta({ description: "The code." }),
        ...(errors !== undefined && {
          errors: z
            .array(
              z.strictObject({
                field: z.string().meta({ description: "Name of the field." }),
                message: z.string().meta({ description: "What is wrong with it." }),
              }),
            )
            .meta({ description: "All field errors, one by one." }),
        }),
      })
      .meta({ id: `Refusal${code}`, description: envelopeErrors[code] }),
  );

const problem = (code: keyof typeof problems) =>
  once(`Problem-${code}`, () => {
    const { status, title, ...rest } = problems[code];
    return z
      .strictObject({
        type: z
          .literal(`/docs/errors.html#therapists-${status}`)
          .meta({ description: "Where the error is explained, relative to the address of the API." }),
        title: z.literal(title).meta({ description: "The status in words." }),
        status: z.literal(status).meta({ description: "The HTTP status." }),
        ...("detail" in rest && { detail: sentence(code, rest.detail, "What is wrong.") }),
        instance: z.string().meta({ description: "The id under which the service logs the request." }),
        ...(code === "invalid" && {
          errors: z
            .array(
              z.strictObject({
                path: z
                  .string()
                  .meta({ description: "Name of the field; empty if the error is about the whole body." }),
                message: z.string().meta({ description: "What is wrong with it." }),
              }),
            )
            .meta({ description: "All field errors, one by one." }),
        }),
      })
      .meta({ id: `Problem-${code}`, description: "detail" in rest ? rest.detail : title });
  });

const fault = (code: PortalFaultCode, status: number): z.ZodType => {
  const { errCode, message } = portalFaults[code];
  const id = status === portalFaults[code].status ? `Fault-${code}` : `Fault-${code}-${status}`;
  return once(id, () => {
    const children = childCodes(code);
    return z
      .strictObject({
        object: z.literal("fault").meta({ description: "Always `fault`." }),
        name: z.enum(["error", "validation", "location"]).meta({ description: "Kind of fault." }),
        code: z.literal(code).meta({ description: "The code." }),
        errCode: z.literal(errCode).meta({ description: "The code in the form `cortex.<class>.<detail>`." }),
        status: z.literal(status).meta({ description: "The HTTP status." }),
        message: z.literal(message).meta({ description: "The code in words." }),
        reason: z.string().meta({ description: "What exactly is wrong, if the service can tell." }),
        path: z.string().meta({ description: "Path of the property; empty if the fault is about the whole request." }),
        faults: (children.length > 0 ? z.array(child(children)) : z.array(z.never()).max(0)).meta({
          description: "The errors of single properties.",
        }),
      })
      .meta({ id, description: message });
  });
};

/** The error of a single property: a fault without further ones inside. */
const child = (codes: readonly string[]) =>
  z.strictObject({
    object: z.literal("fault").meta({ description: "Always `fault`." }),
    name: z.literal("error").meta({ description: "Kind of fault." }),
    code: z.enum(codes as [string, ...string[]]).meta({ description: "The code." }),
    errCode: z.string().meta({ description: "The code in the form `cortex.<class>.<detail>`." }),
    status: z.int().meta({ description: "The HTTP status." }),
    message: z.string().meta({ description: "The code in words." }),
    reason: z.string().meta({ description: "What is wrong." }),
    path: z.string().meta({ description: "Path of the property, such as `account.name.first`." }),
    faults: z.array(z.never()).max(0).meta({ description: "Always empty." }),
  });

/** The code in a failure's body. Problems have none: their status is enough. */
const codeOf = (name: string, { responseCode, code }: FailureAnswer["body"]) => responseCode ?? code ?? name;
const problemOf: Readonly<Record<string, keyof typeof problems>> = { [unforeseen]: "internal" };

/** The schema of the body of a failure. */
export function failureSchema(family: Family, name: string, { status, body }: FailureAnswer): z.ZodType {
  if (family === "practices") return refusal(codeOf(name, body) as EnvelopeCode, body);
  if (family === "therapists") return problem(problemOf[name] ?? (name as keyof typeof problems));
  return fault(codeOf(name, body) as PortalFaultCode, status);
}

/** The meaning of a failure in one sentence. */
export function meaningOf(family: Family, name: string): string {
  if (name === unforeseen) return "An unexpected error. The answer has no details.";
  if (name === busy) return "The service is too busy. Nothing was written; send the same request again.";
  if (name === throttled) {
    return "Too many calls of this address or application in this minute. Nothing was done; send the same request again later.";
  }
  if (family === "practices") return envelopeErrors[name as unknown as EnvelopeCode];
  if (family === "accounts") return portalFaults[name as PortalFaultCode].message;
  const { title, ...rest } = problems[name as keyof typeof problems];
  return "detail" in rest ? rest.detail : title;
}
