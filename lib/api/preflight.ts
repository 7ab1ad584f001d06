import { type Operation, type OperationId, operations } from "../operations.ts";
import { portalSettingsOf } from "../practices/portal-settings.ts";
import { type PracticeId, portalSettingsKey, webAddressKey } from "../table/keys.ts";
import { readItems } from "../table/read.ts";
import { fault } from "./fault.ts";
import { methodsAt } from "./routes.ts";
import { stack } from "./stack.ts";

const cacheSeconds = 600;
const requestHeaders = "Content-Type, Medable-Client-Key, Medable-Csrf-Token, Authorization, X-Account-Id";

/**
 * Builds the handler of the row that browsers ask before they call a portal from a page of another origin. Only origins
 * that the portal allows are told anything.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function preflight(id: OperationId) {
  const row = operations.find((candidate) => candidate.id === id) as Operation;
  return stack(row, fault, [], [], async ({ call, headers, pathParameters, rawPath }) => {
    const { claim } = await readItems({ claim: webAddressKey((pathParameters?.org ?? "").slice(0, 63)) });
    const { applicationId = "", accountId = "" } = (claim ?? {}) as Partial<PracticeId>;
    const { settings } = await readItems({ settings: portalSettingsKey({ applicationId, accountId }) });

    const { headers: answer } = call.reply;
    answer.vary = "Origin";
    const { origin } = headers;
    if (origin !== undefined && portalSettingsOf(settings).allowedOrigins.includes(origin)) {
      Object.assign(answer, {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": methodsAt(rawPath).join(", "),
        "access-control-allow-headers": requestHeaders,
        "access-control-max-age": String(cacheSeconds),
      });
    }
    return undefined;
  });
}
