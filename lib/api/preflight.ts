import { type OperationId, rowOf } from "../operations.ts";
import { portalSettingsOf } from "../portal-settings.ts";
import { labelShape } from "../practices/ids.ts";
import { settings } from "../settings.ts";
import { portalSettingsKey, practiceKey, webAddressKey } from "../table/keys.ts";
import { readItems } from "../table/read.ts";
import type { CallEvent } from "./call.ts";
import { fault } from "./fault.ts";
import { methodsAt } from "./routes.ts";
import { stack } from "./stack.ts";
import { unmatchedAt } from "./unmatched.ts";

const cacheSeconds = 600;
const requestHeaders = "Content-Type, Medable-Client-Key, Medable-Csrf-Token, Authorization, X-Account-Id";

/**
 * Builds the handler of the row that browsers ask before they call a portal from a page of another origin. Only origins
 * that the portal allows are told anything.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function preflight(operation: OperationId) {
  const run = async ({ call, headers, pathParameters, rawPath }: CallEvent) => {
    const { org = "" } = pathParameters ?? {};
    const { claim } = await readItems({ claim: webAddressKey(labelShape.test(org) ? org : "") });
    const { applicationId = "", accountId = "" } = claim ?? {};
    const id = { applicationId, accountId };
    const items = await readItems({ practice: practiceKey(id), settings: portalSettingsKey(id) });
    const isOpen = items.practice?.active === true;

    const { headers: answer } = call.reply;
    answer.vary = "Origin";
    const { origin } = headers;
    if (origin !== undefined && isOpen && portalSettingsOf(items.settings).allowedOrigins.includes(origin)) {
      Object.assign(answer, {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": methodsAt(rawPath).join(", "),
        "access-control-allow-headers": requestHeaders,
        "access-control-max-age": String(cacheSeconds),
      });
    }
    return undefined;
  };
  return stack(rowOf(operation), fault, [], [], run, settings, unmatchedAt);
}
