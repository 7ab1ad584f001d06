import * as z from "zod";
import {
  type EnvelopeCode,
  type ErrorCode,
  envelopeErrors,
  type PortalFaultCode,
  portalFaults,
  problems,
} from "../lib/errors.ts";
import type { Family, OperationId } from "../lib/operations.ts";
import { busy, childCodes, unforeseen } from "./errors.ts";

/** The bodies of failures, each code one schema, made from the list of all errors. */

/** A failure as an operation answered it. */
export interface ShownFailure {
  readonly status: number;
  readonly mediaType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an operation answers when it fails; by the name of the failure (`failureNames`). @throws Error for an unknown one */
export type ShownFailures = (id: OperationId, name: string) => ShownFailure;

const schemas = new Map<string, z.ZodType>();
function once(id: string, make: () => z.ZodType): z.ZodType {
  const schema = schemas.get(id) ?? make();
  schemas.set(id, schema);
  return schema;
}

/** What every answer of `/api/io` begins with. */
const successful = z.literal(false).meta({ description: "The call did not do what it was to do." });

/** Codes whose sentence goes on where credentials or a body are missing: it then names what to send. */
const goesOn = new Set<ErrorCode>([4000, 4010, 4011, 4012, "unauthorized", "notJson"]);

const sentence = (code: ErrorCode, text: string, description: string) => {
  if (goesOn.has(code)) {
    return z.string().meta({ description: `${description} Where something is missing, it names what to send.` });
  }
  // Generators of clients write constants between quotes of their own, whatever is in them.
  return /["'`\\]/.test(text) ? z.string().meta({ description }) : z.literal(text).meta({ description });
};

const refusal = (code: EnvelopeCode, { errors }: ShownFailure["body"]) =>
  once(`Refusal${code}`, () =>
    z
      .strictObject({
        successful,
        responseMessage:
          code === 4060
            ? z.string().meta({ description: "All faults, `field: what is wrong`, joined by `; `." })
            : sentence(code, envelopeErrors[code], "The code in words."),
        responseCode: z.literal(code).meta({ description: "The code." }),
        ...(errors !== undefined && {
          errors: z
            .array(
              z.strictObject({
                field: z.string().meta({ description: "The field." }),
                message: z.string().meta({ description: "What is wrong with it." }),
              }),
            )
            .meta({ description: "The faults one by one." }),
        }),
      })
      .meta({ id: `Refusal${code}`, description: envelopeErrors[code] }),
  );

const problem = (code: keyof typeof problems) =>
  once(`Problem-${code}`, () => {
    const { status, title, ...rest } = problems[code];
    return z
      .strictObject({
        type: z.literal("about:blank").meta({ description: "The status says all there is to say." }),
        title: z.literal(title).meta({ description: "The status in words." }),
        status: z.literal(status).meta({ description: "The HTTP status." }),
        ...("detail" in rest && { detail: sentence(code, rest.detail, "What is wrong.") }),
        instance: z.string().meta({ description: "The id of the request, as the service logs it." }),
        ...(code === "invalid" && {
          errors: z
            .array(
              z.strictObject({
                path: z.string().meta({ description: "The field; empty for the body as a whole." }),
                message: z.string().meta({ description: "What is wrong with it." }),
              }),
            )
            .meta({ description: "The faults one by one." }),
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
        errCode: z.literal(errCode).meta({ description: "The code as `cortex.<class>.<detail>`." }),
        status: z.literal(status).meta({ description: "The HTTP status." }),
        message: z.literal(message).meta({ description: "The code in words." }),
        reason: z.string().meta({ description: "What exactly is wrong, where that is known." }),
        path: z.string().meta({ description: "The property; empty for the request as a whole." }),
        faults: (children.length > 0 ? z.array(child(children)) : z.array(z.never()).max(0)).meta({
          description: "The single things wrong.",
        }),
      })
      .meta({ id, description: message });
  });
};

/** A single thing wrong: a fault without further ones. */
const child = (codes: readonly string[]) =>
  z.strictObject({
    object: z.literal("fault").meta({ description: "Always `fault`." }),
    name: z.literal("error").meta({ description: "Kind of fault." }),
    code: z.enum(codes as [string, ...string[]]).meta({ description: "The code." }),
    errCode: z.string().meta({ description: "The code as `cortex.<class>.<detail>`." }),
    status: z.int().meta({ description: "The HTTP status." }),
    message: z.string().meta({ description: "The code in words." }),
    reason: z.string().meta({ description: "What is wrong." }),
    path: z.string().meta({ description: "Where: `account.name.first`." }),
    faults: z.array(z.never()).max(0).meta({ description: "None." }),
  });

/** What a failure's body names it as. Problems name only what the status says. */
const codeOf = (name: string, { responseCode, code }: ShownFailure["body"]) => responseCode ?? code ?? name;
const problemOf: Readonly<Record<string, keyof typeof problems>> = { [unforeseen]: "internal", [busy]: "busy" };

/** The schema of a failure as its family answers it. */
export function failureSchema(family: Family, name: string, { status, body }: ShownFailure): z.ZodType {
  if (family === "practices") return refusal(codeOf(name, body) as EnvelopeCode, body);
  if (family === "therapists") return problem(problemOf[name] ?? (name as keyof typeof problems));
  return fault(codeOf(name, body) as PortalFaultCode, status);
}

/** What a failure means, in words. */
export function meaningOf(family: Family, name: string): string {
  if (name === unforeseen) return "Something unforeseen; no detail.";
  if (name === busy) return "Nothing was written; send it again.";
  if (family === "practices") return envelopeErrors[name as unknown as EnvelopeCode];
  if (family === "accounts") return portalFaults[name as PortalFaultCode].message;
  const { title, ...rest } = problems[name as keyof typeof problems];
  return "detail" in rest ? rest.detail : title;
}
