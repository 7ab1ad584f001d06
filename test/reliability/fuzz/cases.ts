import type { APIGatewayProxyEventV2 } from "aws-lambda";
import fc from "fast-check";
import type { Operation } from "../../../lib/operations.ts";
import type { Change } from "../../../openapi/describe.ts";
import type { ReadyCall, SendingOptions } from "../../kit/examples.ts";
import { documented, misfit } from "../../openapi/document.ts";
import { brokenOf } from "./breaks.ts";
import { garbageFor } from "./garbage.ts";
import { type Schema, valuesOf } from "./values.ts";

/** Makes the requests of the fuzz, for one operation. */

/** How a request was made. */
export type Kind = "valid" | "broken" | "garbage";

/** A request to be sent, as a change of an example. */
export interface Case {
  readonly kind: Kind;
  readonly change: Change;
  readonly options: SendingOptions;
  /** The JSON body and the query, if the document can judge them. */
  readonly judged?: { readonly body: unknown; readonly query: Readonly<Record<string, unknown>> };
  /** Whether the request has no credentials. */
  readonly isStranger: boolean;
}

const jsonType = "application/json";

/** The schema of an operation's JSON body. */
export const bodySchemaOf = (id: string): Schema | undefined =>
  documented(id).operation.requestBody?.content[jsonType]?.schema as Schema | undefined;

const queryOf = (id: string) => (documented(id).operation.parameters ?? []).filter((each) => each.in === "query");

/** Why the document forbids a body or a query; `undefined` when it allows both. */
export function forbiddenBy(id: string, { body, query }: NonNullable<Case["judged"]>): string | undefined {
  const schema = bodySchemaOf(id);
  const ofBody = schema && body !== undefined ? misfit(schema as Record<string, unknown>, body) : undefined;
  const ofQuery = queryOf(id).map(({ name, schema: rule }) =>
    query[name] === undefined ? undefined : misfit(rule, query[name]),
  );
  return [ofBody, ...ofQuery].find((why) => why !== undefined);
}

/** Removes every credential from a request. */
function asStranger({ family }: Operation, body: unknown): Change {
  if (family !== "practices") {
    const names = ["authorization", "x-account-id", "cookie", "medable-client-key", "medable-csrf-token"];
    return { headers: Object.fromEntries(names.map((name) => [name, undefined])) };
  }
  const { auth: _, ...fields } = { ...(body as object) } as Record<string, unknown>;
  return { raw: JSON.stringify(fields) };
}

/** Values for some fields of an example; the others keep theirs, so that the records of its world are found. */
function bodiesOf(schema: Schema | undefined, example: unknown): fc.Arbitrary<unknown> {
  if (!schema) return fc.constant(undefined);
  if (typeof example !== "object" || example === null || Array.isArray(example)) return valuesOf(schema);
  const { auth, ...fields } = example as Record<string, unknown>;
  const names = Object.keys(schema.properties ?? {});
  const changeable = names.filter((name) => name !== "auth");
  // With all fields new, most requests are refused by a rule that the document cannot express; its answer names every field.
  const chosenOf = fc.oneof(fc.constant(changeable), fc.subarray(changeable));
  return fc.tuple(valuesOf(schema), chosenOf).map(([made, chosen]) => ({
    ...(auth !== undefined && { auth }),
    ...fields,
    ...Object.fromEntries(
      Object.entries(made as object).filter(([name]) => chosen.includes(name) || !names.includes(name)),
    ),
  }));
}

function queriesOf(id: string): fc.Arbitrary<Record<string, unknown>> {
  const shape = queryOf(id).map(({ name, schema }) => [name, valuesOf(schema as Schema)] as const);
  return fc.record(Object.fromEntries(shape), { requiredKeys: [] });
}

/** A query as it is sent: arrays as repeated parameters. */
const asText = (query: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, String(each)]),
    ),
  ).toString();

/** Requests of an operation by its document, and some that are not. @param ready in the world that they are sent to */
export function casesOf(row: Operation, ready: ReadyCall): fc.Arbitrary<Case> {
  const schema = bodySchemaOf(row.id);
  const stranger = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);
  const whole = (kind: Kind, bodies: fc.Arbitrary<unknown>) =>
    fc.tuple(bodies, queriesOf(row.id), stranger).map(([body, query, isStranger]): Case => {
      const change: Change = {
        ...(body !== undefined && { raw: JSON.stringify(body) }),
        ...(Object.keys(query).length > 0 && { rawQuery: asText(query) }),
        ...(isStranger && asStranger(row, body)),
      };
      // Without credentials the body is not judged, because these are refused first.
      return { kind, change, options: {}, isStranger, ...(!isStranger && { judged: { body, query } }) };
    });
  const valid = bodiesOf(schema, ready.body);
  // An example with one place changed is refused for nothing else.
  const broken = fc.oneof(fc.constant(ready.body), valid).chain((body) => brokenOf(schema ?? {}, body));
  const garbage = garbageFor(JSON.stringify(ready.body ?? {})).map(
    ({ change, options }): Case => ({ kind: "garbage", change, options, isStranger: false }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: whole("valid", valid) },
    ...(schema ? [{ weight: 4, arbitrary: whole("broken", broken) }] : []),
    { weight: 3, arbitrary: garbage },
  );
}

/** Sends a case. @returns the answer, and the event that was sent */
export async function sendCase(ready: ReadyCall, { change, options }: Case) {
  let event: APIGatewayProxyEventV2 | undefined;
  const answer = await ready.send(change, {
    ...options,
    // A busy machine is not what this is about.
    remainingMs: 60_000,
    event: (sent) => {
      event = options.event ? options.event(sent) : sent;
      return event;
    },
  });
  return { answer, event: event as unknown as APIGatewayProxyEventV2 };
}
