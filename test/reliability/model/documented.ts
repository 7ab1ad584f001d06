import type { OperationId } from "../../../lib/operations.ts";
import { rowOf } from "../../../lib/operations.ts";
import { descriptionOf, isDescribed } from "../../../openapi/descriptions.ts";
import { failureAnswer } from "../../../openapi/failures.ts";
import { handlerOf } from "../../../openapi/handlers.ts";
import { failuresOf } from "../../../openapi/stack-failures.ts";
import type { Response } from "../../kit/system.ts";

/** Answers in the words of the contract: which failure an answer is, and whether the description of its operation has it. */

/** Which failure an answer is: a code of its dialect, for `/therapist` its status. Empty for a success. */
export function failureIn(id: OperationId, { status, json }: Response): string {
  const { family } = rowOf(id);
  if (family === "practices") return json?.successful === true ? "" : String(json?.responseCode);
  if (family === "accounts" && json?.data?.object === "fault") return String(json.data.code);
  if (family === "accounts" && json?.object === "fault") return String(json.code);
  return status < 400 ? "" : String(status);
}

/** Whether the table did not answer in time, so that nothing was written. */
export const isBusy = ({ status }: Response): boolean => status === 503;

/** The status, code and type of a failure, which together tell it from others. */
const traitsOf = (status: number, { responseCode, code, type }: Response["json"]) =>
  JSON.stringify([status, responseCode, code, type]);

/** The traits of every failure of an operation that its description has. */
async function traitsOfFailures(id: OperationId): Promise<ReadonlySet<string>> {
  const row = rowOf(id);
  const handler = await handlerOf(row);
  const failures = Object.entries(failuresOf(row, handler, descriptionOf(id)));
  return new Set(
    failures.map(([name, failure]) => {
      const { status, body } = failureAnswer(row.family, handler.dialect, name, failure);
      return traitsOf(status, body);
    }),
  );
}

const known = new Map<OperationId, Promise<ReadonlySet<string>>>();

/** What an answer has that the description of its operation does not have; `undefined` if it is documented. */
export async function undocumentedIn(id: OperationId, response: Response): Promise<string | undefined> {
  const { status, json, text } = response;
  if (!isDescribed(id)) return status < 500 ? undefined : `an answer with status ${status}`;
  if (status === 500) return `an unexpected error in the request ${response.requestId}: ${text}`;
  const success = descriptionOf(id).success[status];
  const failure = failureIn(id, response);
  if (failure === "") {
    if (!success) return `a success with status ${status}`;
    const read = success.body?.safeParse(json);
    return read?.error && `a success with another body: ${read.error.message} in ${text}`;
  }
  // A fault inside a result, as the source prints it, is a success of the description.
  if (success && json.object === "result") return undefined;
  const traits = known.get(id) ?? traitsOfFailures(id);
  known.set(id, traits);
  return (await traits).has(traitsOf(status, json)) ? undefined : `an undocumented failure: ${status} ${text}`;
}
