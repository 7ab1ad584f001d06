import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { nextNumber, type ReservedNumber, reserveNumber } from "../../lib/table/counter.ts";
import { organizationCounterKey, organizationKey } from "../../lib/table/keys.ts";
import { type Refreshable, retryOnConflict } from "../../lib/table/transact.ts";
import { changeOrganization, createOrganization, OrganizationFields } from "../../lib/therapists/organization.ts";

/** A request that creates an organization, and the id that it will have. */
interface Creation<Request> extends Refreshable<Creation<Request>> {
  readonly now: Request;
  readonly next: ReservedNumber;
}

/** Without `id` creates an organization; with it changes the passed fields of one, active or not. */
export const handler = operation("OrganizationSave", byCredentials, {
  fields: OrganizationFields,
  reads: (practice, { id }) => ({
    counter: id === undefined ? organizationCounterKey(practice) : undefined,
    organization: id === undefined ? undefined : organizationKey(practice, id),
  }),
  errors: ["notFound"],
  async run(request) {
    const { fields, caller, found, reply } = request;
    if (fields.id === undefined) {
      reply.status = 201;
      const counter = organizationCounterKey(caller.practice);
      const withNumber = (now: typeof request, next: ReservedNumber): Creation<typeof request> => ({
        now,
        next,
        answerStore: now.answerStore,
        refresh: async () => withNumber(await now.refresh(), await reserveNumber(counter)),
      });
      const first = withNumber(request, nextNumber(counter, found.counter));
      return retryOnConflict(first, ({ now, next }) => createOrganization(next, now));
    }
    return retryOnConflict(request, (now) => {
      const before = now.found.organization;
      if (!before) throw new Failure("notFound");
      return changeOrganization(before, now);
    });
  },
});
