import { portalSettingsOf } from "../portal-settings.ts";
import { labelShape } from "../practices/ids.ts";
import { checkSettings } from "../settings.ts";
import { portalSettingsKey, practiceKey, webAddressKey } from "../table/keys.ts";
import { readItems } from "../table/read.ts";
import type { Admission, Admitted, CommonDefinition, CommonRequest } from "./admission.ts";
import type { CallEvent } from "./call.ts";
import { fault } from "./fault.ts";
import { methodsAt } from "./routes.ts";
import { unmatchedAt } from "./unmatched.ts";

/** What the function is given that browsers call before a page of another origin calls a portal. */
export interface OriginRequest extends CommonRequest {
  /** The page's origin, when the portal allows it. */
  readonly allowedOrigin: string | undefined;
  /** Methods that the path has. */
  readonly methods: readonly string[];
}

type Added = Omit<OriginRequest, keyof CommonRequest>;

/** The operation that browsers call first. */
export interface OriginDefinition extends CommonDefinition {
  /** Does it and returns what the answer says. */
  readonly run: (request: OriginRequest) => Promise<object | undefined>;
}

/** Admits everybody, and says whether the portal allows the page's origin. */
export const byOrigin = {
  kind: "byOrigin",
  dialectOf: () => fault,
  unmatchedAt,
  checkSettings,
  admit,
} as const satisfies Admission<CommonDefinition, Added> & { kind: string };
/** The type of `byOrigin`, by which `operation` knows it. */
export type ByOrigin = typeof byOrigin;

async function admit({ headers, pathParameters, rawPath }: CallEvent) {
  const { org = "" } = pathParameters ?? {};
  const check = async (): Promise<Admitted<Added>> => ({
    added: { allowedOrigin: await allowedBy(org, headers.origin), methods: methodsAt(rawPath) },
    refresh: check,
  });
  return check();
}

/** The origin, when the portal with this web address is open and allows it. */
async function allowedBy(org: string, origin: string | undefined): Promise<string | undefined> {
  const { claim } = await readItems({ claim: webAddressKey(labelShape.test(org) ? org : "") });
  const { applicationId = "", accountId = "" } = claim ?? {};
  const id = { applicationId, accountId };
  const { practice, settings } = await readItems({ practice: practiceKey(id), settings: portalSettingsKey(id) });
  if (!practice?.active || origin === undefined) return undefined;
  return portalSettingsOf(settings).allowedOrigins.includes(origin) ? origin : undefined;
}
