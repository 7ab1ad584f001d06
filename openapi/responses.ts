import * as z from "zod";
import type { Operation, OperationId } from "../lib/operations.ts";
import { answers, type Header, type Success } from "./answers.ts";
import { busy, failureNames, unforeseen } from "./errors.ts";
import { type Example, examples } from "./examples.ts";
import { failureSchema, meaningOf, type ShownFailures } from "./failures.ts";
import type { Handler } from "./handlers.ts";

/** Answers, as the document has them: successes and failures, which may share a status. */

/** Operations of a session's holder alone. */
export const ownOnly = new Set<string>(["AccountLogout", "AccountUpdatePassword", "AccountResendVerification"]);

interface Said {
  readonly schema: z.ZodType;
  readonly examples: Readonly<Record<string, unknown>>;
}
interface Answered {
  readonly descriptions: string[];
  readonly headers: Record<string, Header>;
  readonly media: Record<string, Said[]>;
}

/** The answers of an operation by HTTP status. */
function answersOf(row: Operation, handler: Handler, failures: ShownFailures): ReadonlyMap<number, Answered> {
  const byStatus = new Map<number, Answered>();
  const at = (status: number): Answered => {
    const known = byStatus.get(status) ?? { descriptions: [], headers: {}, media: {} };
    byStatus.set(status, known);
    return known;
  };
  const id = row.id as Exclude<OperationId, "Unmatched">;
  for (const [status, { description, body, headers = {} }] of Object.entries<Success>(answers[id])) {
    const answered = at(Number(status));
    answered.descriptions.push(description);
    Object.assign(answered.headers, headers);
    const csrf = csrfHeaderOf(row, "Set-Cookie" in headers);
    if (csrf) answered.headers["Medable-Csrf-Token"] = csrf;
    const shown = examples[id].filter((example: Example) => (example.status ?? 200) === Number(status));
    const values = Object.fromEntries(shown.map(({ name, answer }) => [name, { value: answer }]));
    if (body) add(answered, "application/json", { schema: body, examples: values });
  }
  for (const name of failureNames(row, handler)) {
    const failure = failures(id, name);
    const answered = at(failure.status);
    const meaning = meaningOf(row.family, name);
    answered.descriptions.push(name === unforeseen || name === busy ? meaning : `\`${name}\` ${meaning}`);
    if (failure.status === 401) {
      answered.headers["WWW-Authenticate"] = { description: "The schemes that are understood.", always: true };
    }
    if (failure.status === 503)
      answered.headers["Retry-After"] = { description: "After how many seconds.", always: true };
    const schema = failureSchema(row.family, name, failure);
    add(answered, failure.mediaType, { schema, examples: { [name]: { summary: meaning, value: failure.body } } });
  }
  return byStatus;
}

/** The CSRF token that a success carries under a session, if the operation knows any. */
function csrfHeaderOf({ id, tier }: Operation, beginsSession: boolean): Header | undefined {
  if (tier !== "session" && tier !== "visitor" && !beginsSession) return undefined;
  const always = ownOnly.has(id);
  return { description: `The session's CSRF token.${always ? "" : " Absent without a session."}`, always };
}

function add({ media }: Answered, mediaType: string, said: Said): void {
  media[mediaType] = [...(media[mediaType] ?? []), said];
}

/** What the document says of an operation's answers, by HTTP status. */
export function responsesOf(row: Operation, handler: Handler, failures: ShownFailures) {
  return Object.fromEntries(
    [...answersOf(row, handler, failures)].map(([status, { descriptions, headers, media }]) => [
      String(status),
      {
        description: descriptions.length === 1 ? descriptions[0] : descriptions.map((text) => `- ${text}`).join("\n"),
        ...(Object.keys(headers).length > 0 && {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, { description, always }]) => [
              name,
              { description, required: always, schema: { type: "string" as const } },
            ]),
          ),
        }),
        ...(Object.keys(media).length > 0 && {
          content: Object.fromEntries(
            Object.entries(media).map(([mediaType, said]) => {
              const schemas = said.map(({ schema }) => schema);
              const [first, second, ...more] = schemas;
              const schema = second ? z.xor([first as z.ZodType, second, ...more]) : first;
              return [mediaType, { schema, examples: Object.assign({}, ...said.map(({ examples: shown }) => shown)) }];
            }),
          ),
        }),
      },
    ]),
  );
}
