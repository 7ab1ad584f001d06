import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { isObject } from "../json.ts";
import { asText, recordIdFrom } from "../practices/ids.ts";
import { headerText, isRecordId, utf8 } from "../text.ts";
import type { CallEvent } from "./call.ts";

/**
 * The Application Authentication Header (contract practices §2): who calls, and for which practice and user. Two kinds:
 * Application Authentication by the application's secret, Individual Authentication by one user's login and password.
 */
const fieldNames = ["applicationId", "applicationPassword", "accountId", "userId", "loginId", "loginPassword"] as const;
/** Credentials as a request states them; nothing of them is proven. */
export type Credentials = Readonly<Partial<Record<(typeof fieldNames)[number], unknown>>>;

const untrimmed = (raw: unknown) => (raw === null || raw === "" ? undefined : raw);
const clean = (raw: Record<string, unknown>): Credentials =>
  Object.fromEntries(
    fieldNames.map((name) => [name, name === "loginPassword" ? untrimmed(raw[name]) : recordIdFrom(raw[name])]),
  );

/** The credentials of a request: those in the body's `auth` when one of its fields is not blank, else those in headers. */
export function statedCredentials(event: CallEvent): Credentials {
  const { auth } = event.call.input;
  const inBody = isObject(auth) ? clean(auth) : {};
  return Object.values(inBody).some((value) => value !== undefined) ? inBody : inHeaders(event);
}

/** Stands for credentials that cannot be read: they match nothing. */
const unreadable = { applicationId: false, accountId: false, userId: false };

/** The credentials in a request's headers. When one header cannot be read, all are wrong. */
export function inHeaders({ headers }: APIGatewayProxyEventV2): Credentials {
  const accountId = headerText(headers["x-account-id"] ?? "");
  const userId = headerText(headers["x-user-id"] ?? "");
  const isReadable = accountId !== undefined && userId !== undefined;
  const ids = isReadable ? { accountId, userId } : {};
  const [, scheme, encoded = ""] = /^(basic|individual) +([A-Za-z0-9+/]+=*)$/i.exec(headers.authorization ?? "") ?? [];
  if (!scheme) return clean(ids);
  const pair = isReadable ? utf8(Buffer.from(encoded, "base64")) : undefined;
  if (pair === undefined) return clean(unreadable);
  const colon = pair.indexOf(":");
  if (colon < 0) return clean(ids);
  const [name, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return clean(
    scheme.toLowerCase() === "basic"
      ? { ...ids, applicationId: name, applicationPassword: password }
      : { ...ids, loginId: name, loginPassword: password },
  );
}

/** A stated value as text, an exact number as its digits. Any other value is `""`, which matches nothing. */
export const textOf = (value: unknown): string => {
  const text = asText(value);
  return typeof text === "string" ? text : "";
};
/** A stated id; `""` when it cannot be the id of a record. */
export const idOf = (value: unknown): string => (isRecordId(textOf(value)) ? textOf(value) : "");

/** Whether a request states an individual's credentials. When it also states those of an application, the latter count. */
export const isIndividual = (stated: Credentials): boolean =>
  stated.applicationId === undefined &&
  stated.applicationPassword === undefined &&
  (stated.loginId !== undefined || stated.loginPassword !== undefined);
