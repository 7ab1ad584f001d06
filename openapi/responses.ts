import * as z from "zod";
import type { Operation } from "../lib/operations.ts";
import type { Described, Example, Header } from "./describe.ts";
import { failureAnswer, failureSchema, meaningOf } from "./failures.ts";
import type { Handler } from "./handlers.ts";
import { failuresOf, uncaused } from "./stack-failures.ts";

/** The answers in the document. Successes and failures may have the same HTTP status, so they are collected by status. */

/** One form of a body. */
interface BodyForm {
  readonly schema: z.ZodType;
  readonly examples: Readonly<Record<string, unknown>>;
}
/** All answers with one HTTP status. */
interface Answers {
  readonly descriptions: string[];
  readonly headers: Record<string, Header>;
  /** The forms of the body by media type. */
  readonly media: Record<string, BodyForm[]>;
}

/** The answers of an operation by HTTP status. */
function answersOf(row: Operation, handler: Handler, described: Described): ReadonlyMap<number, Answers> {
  const byStatus = new Map<number, Answers>();
  const at = (status: number): Answers => {
    const known = byStatus.get(status) ?? { descriptions: [], headers: {}, media: {} };
    byStatus.set(status, known);
    return known;
  };
  for (const [status, { description, body, headers = {} }] of Object.entries(described.success)) {
    const answers = at(Number(status));
    answers.descriptions.push(description);
    Object.assign(answers.headers, headers);
    const csrf = csrfHeaderOf(row, described, "Set-Cookie" in headers);
    if (csrf) answers.headers["Medable-Csrf-Token"] = csrf;
    const examples = Object.entries(described.examples).filter(
      ([, example]) => (example.status ?? 200) === Number(status),
    );
    const values = Object.fromEntries(examples.map(([name, example]) => [name, { value: answerBody(row, example) }]));
    if (body) add(answers, "application/json", { schema: body, examples: values });
  }
  for (const [name, example] of Object.entries(failuresOf(row, handler, described))) {
    const failure = failureAnswer(row.family, handler.dialect, name, example);
    const answers = at(failure.status);
    const meaning = meaningOf(row.family, name);
    answers.descriptions.push(uncaused.has(name) ? meaning : `\`${name}\` ${meaning}`);
    if (failure.status === 401) {
      answers.headers["WWW-Authenticate"] = { description: "The accepted authentication schemes.", required: true };
    }
    if (failure.status === 429 || failure.status === 503) {
      answers.headers["Retry-After"] = { description: "How many seconds to wait.", required: true };
    }
    const schema = failureSchema(row.family, name, failure);
    add(answers, failure.mediaType, { schema, examples: { [name]: { summary: meaning, value: failure.body } } });
  }
  return byStatus;
}

/** The whole body of an example's answer. @internal Tests compare it with real answers. */
export const answerBody = ({ family }: Operation, { answers }: Example): unknown =>
  family === "practices"
    ? { successful: true, responseMessage: "OK", responseCode: 2000, ...(answers as object) }
    : answers;

/** The header with the CSRF token of a session, for operations that may have a session. */
function csrfHeaderOf({ tier }: Operation, { byHolderOnly }: Described, startsSession: boolean): Header | undefined {
  if (tier !== "session" && tier !== "visitor" && !startsSession) return undefined;
  const required = byHolderOnly === true;
  return { description: `The session's CSRF token.${required ? "" : " Absent without a session."}`, required };
}

function add({ media }: Answers, mediaType: string, form: BodyForm): void {
  media[mediaType] = [...(media[mediaType] ?? []), form];
}

/** The answers of an operation in the document, by HTTP status. */
export function responsesOf(row: Operation, handler: Handler, described: Described) {
  return Object.fromEntries(
    [...answersOf(row, handler, described)].map(([status, { descriptions, headers, media }]) => [
      String(status),
      {
        description: descriptions.length === 1 ? descriptions[0] : descriptions.map((text) => `- ${text}`).join("\n"),
        ...(Object.keys(headers).length > 0 && {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, header]) => [name, { ...header, schema: { type: "string" as const } }]),
          ),
        }),
        ...(Object.keys(media).length > 0 && {
          content: Object.fromEntries(
            Object.entries(media).map(([mediaType, forms]) => {
              const [first, second, ...more] = forms.map(({ schema }) => schema);
              const schema = second ? z.xor([first as z.ZodType, second, ...more]) : first;
              return [mediaType, { schema, examples: Object.assign({}, ...forms.map(({ examples }) => examples)) }];
            }),
          ),
        }),
      },
    ]),
  );
}
