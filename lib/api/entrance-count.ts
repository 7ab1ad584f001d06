import type { RequestContext } from "../audit/audit-event.ts";
import type { Throttled } from "../errors.ts";
import { waitForAll } from "../table/deadline.ts";
import { countForAddress, countForApplication } from "../table/entrance-limit.ts";
import { type Credentials, textOf } from "./credentials.ts";

/** Why a call of an entrance must be refused, as far as it must. */
export interface Limited {
  /** Its address has made too many calls. This does not concern applications that prove their secret. */
  readonly byAddress?: Throttled | undefined;
  /** Its application has made too many calls. */
  readonly byApplication?: Throttled | undefined;
}

/**
 * An application by its secret, as counts name it. The stated secret is part of the name, so that the call can be counted
 * before the secret is checked: a stranger who states another secret uses up another count.
 */
export const bySecret = ({ applicationId, applicationPassword }: Credentials): readonly string[] => [
  "secret",
  textOf(applicationId),
  textOf(applicationPassword),
];

/** Counts a call with an application's credentials. @param entrance the operation's id, if it is an entrance */
export async function countByCredentials(
  entrance: string | undefined,
  stated: Credentials,
  context: RequestContext,
): Promise<Limited> {
  if (entrance === undefined) return {};
  const [byAddress, byApplication] = await waitForAll([
    countForAddress(entrance, context),
    countForApplication(entrance, context, bySecret(stated)),
  ]);
  return { byAddress, byApplication };
}
