import { Busy } from "../../lib/errors.ts";
import type { OperationId } from "../../lib/operations.ts";
import { documents } from "../../lib/table/client.ts";
import { busy, failureNames, unforeseen } from "../../openapi/errors.ts";
import { type Example, examples } from "../../openapi/examples.ts";
import { failureSchema, type ShownFailure, type ShownFailures } from "../../openapi/failures.ts";
import { documentedRows, handlerOf } from "../../openapi/handlers.ts";
import type { Response } from "../kit/system.ts";
import { emptyTable } from "./givens.ts";
import { failureOf, givens, type Id } from "./scenarios.ts";
import { answerOf } from "./sending.ts";

/** Brings documented failures about, through the real handlers. */

/** What the table does instead of what it is asked for. */
const broken: Readonly<Record<string, () => Error>> = {
  [unforeseen]: () => new Error("the table is not there"),
  [busy]: () => new Busy(),
};

/**
 * Lets an operation fail. The table must be as `emptyTable` leaves it.
 * @param name the failure's, one of `failureNames`
 * @throws Error when no scenario says how
 */
export async function failureAnswered(id: Id, name: string): Promise<Response> {
  const change = failureOf(id, name);
  if (!change) throw new Error(`test/openapi/scenarios.ts does not say how ${id} comes to answer ${name}.`);
  const given = await (change.given ?? givens[id])();
  const error = broken[name];
  if (error) {
    const fail = () => async () => {
      throw error();
    };
    documents.middlewareStack.add(fail, { step: "initialize", name: "broken" });
  }
  try {
    return await answerOf(id, examples[id][0] as Example, change, given);
  } finally {
    documents.middlewareStack.remove("broken");
  }
}

/** The id of a request is another one each time: in the document it is always this one. */
const requestId = "3f0c7a1e-6d0b-4a52-9a0d-2f6f3f8d7c11";

/** A failure as the document shows it. */
const asShown = ({ status, headers, json }: Response): ShownFailure => ({
  status,
  mediaType: mediaTypeOf(headers),
  body: "instance" in json ? { ...json, instance: requestId } : json,
});

/** The media type of an answer, without parameters. */
export const mediaTypeOf = (headers: Response["headers"]): string =>
  String(headers["content-type"]).split(";")[0] ?? "";

/**
 * Lets every operation fail in every documented way, and gives what was answered.
 * @throws Error when something else is answered than the name says
 */
export async function observeFailures(): Promise<ShownFailures> {
  const observed = new Map<string, ShownFailure>();
  for (const row of documentedRows) {
    for (const name of failureNames(row, await handlerOf(row))) {
      await emptyTable();
      const failure = asShown(await failureAnswered(row.id as Id, name));
      const { success } = failureSchema(row.family, name, failure).safeParse(failure.body);
      if (!success) throw new Error(`${row.id} was to answer ${name}, and answered ${JSON.stringify(failure)}.`);
      observed.set(`${row.id} ${name}`, failure);
    }
  }
  return (id: OperationId, name: string) => observed.get(`${id} ${name}`) as ShownFailure;
}
