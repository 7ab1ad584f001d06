import { noteActor, noteRecord } from "../audit/access-note.ts";
import { type PortalSettings, portalSettingsOf } from "../portal-settings.ts";
import { labelShape } from "../practices/ids.ts";
import { checkSettings } from "../settings.ts";
import { portalSettingsKey, practiceKey, vendorKey, webAddressKey } from "../table/keys.ts";
import { readItems } from "../table/read.ts";
import type { Practice, Vendor } from "../table/records.ts";
import type { Admission, Admitted, CommonDefinition, CommonRequest } from "./admission.ts";
import type { CallEvent } from "./call.ts";
import { fault } from "./fault.ts";
import { methodsOf } from "./no-route.ts";
import { unmatchedAt } from "./unmatched.ts";

/** A portal that is open: its practice is active, and so is its vendor. */
export interface OpenPortal {
  readonly vendor: Vendor;
  readonly practice: Practice;
  readonly settings: PortalSettings;
}

/** What a function is given that anybody may call, with nothing but the portal's address. */
export interface AddressRequest extends CommonRequest {
  /** The portal at the address; `undefined` when there is none, or when it is not open. */
  readonly portal: OpenPortal | undefined;
  /** The origin of the browser page that calls, if a page calls. */
  readonly origin: string | undefined;
  /** Methods that the path has. */
  readonly methods: readonly string[];
}

type Added = Omit<AddressRequest, keyof CommonRequest>;

/** An operation of a portal that anybody may call. */
export interface AddressDefinition extends CommonDefinition {
  /** Does it and returns what the answer says. */
  readonly run: (request: AddressRequest) => Promise<object | undefined>;
}

/** Admits everybody, and finds the portal at the address. */
export const byAddress = {
  kind: "byAddress",
  dialectOf: () => fault,
  unmatchedAt,
  checkSettings,
  admit,
} as const satisfies Admission<AddressDefinition, Added> & { kind: string };
/** The type of `byAddress`, by which `operation` knows it. */
export type ByAddress = typeof byAddress;

async function admit({ headers, pathParameters, rawPath }: CallEvent) {
  const { org = "" } = pathParameters ?? {};
  noteActor({ kind: "visitor" });
  const find = async (): Promise<Admitted<Added>> => ({
    added: { portal: await portalAt(org), origin: headers.origin, methods: await methodsOf(rawPath) },
    refresh: find,
  });
  return find();
}

/** Two round trips, also for an unknown address. */
async function portalAt(org: string): Promise<OpenPortal | undefined> {
  const { claim } = await readItems({ claim: webAddressKey(labelShape.test(org) ? org : "") });
  const { applicationId = "", accountId = "" } = claim ?? {};
  const id = { applicationId, accountId };
  if (claim) noteRecord(id);
  const { vendor, practice, settings } = await readItems({
    vendor: vendorKey(applicationId),
    practice: practiceKey(id),
    settings: portalSettingsKey(id),
  });
  const isOpen =
    vendor?.disabled === false &&
    practice?.active &&
    practice.accountId === accountId &&
    practice.websiteAddress === org;
  return isOpen ? { vendor, practice, settings: portalSettingsOf(settings) } : undefined;
}
