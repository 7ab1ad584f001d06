import type { OperationId } from "../../../lib/operations.ts";
import { rowOf } from "../../../lib/operations.ts";
import type { Response } from "../../kit/system.ts";

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
