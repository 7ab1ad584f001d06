import { FrontdeskError } from "../../../client/src/client.ts";
import type { Text } from "./text/en.ts";

/** The sentence for the code of a wrong field. */
function fieldSentence(code: string | undefined, { faults }: Text): string {
  const sentences: Readonly<Record<string, string>> = {
    kRequired: faults.required,
    kInvalidEmailFormat: faults.email,
    kInvalidPhoneNumberFormat: faults.phone,
    kInvalidDateOfBirth: faults.date,
    kPasswordStrength: faults.weakPassword,
    kInvalidString: faults.tooLong,
    kExists: faults.taken,
    kAccessDenied: faults.notAllowed,
  };
  return sentences[code ?? ""] ?? faults.invalid;
}

/** The sentence for a call that failed, unless the page knows a better one. */
export function sentenceOf(error: unknown, { faults }: Text): string {
  if (!(error instanceof FrontdeskError)) throw error;
  const { code, status, requestId = "" } = error;
  if (code === "network") return faults.network;
  if (status === 429) return faults.throttled;
  const sentences: Readonly<Record<string, string>> = {
    kTooBusy: faults.busy,
    kNotLoggedIn: faults.sessionEnded,
    kSessionExpired: faults.sessionEnded,
    kAccessDenied: faults.notAllowed,
    kNotFound: faults.notFound,
    kValidationError: faults.checkFields,
  };
  return sentences[code] ?? (requestId ? faults.unexpected(requestId) : faults.unexpectedWithoutNumber);
}

/**
 * The sentences for wrong fields, by the field's name: the path without the word that begins it (`account.name.first` is
 * `name.first`).
 */
export function fieldSentences(error: unknown, text: Text): Record<string, string> {
  if (!(error instanceof FrontdeskError)) return {};
  return Object.fromEntries(
    error.faults
      .filter(({ path }) => path.includes("."))
      .map(({ path, code }) => [path.slice(path.indexOf(".") + 1), fieldSentence(code, text)]),
  );
}
