import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { nextNumber, reserveNumber } from "../../lib/table/counter.ts";
import { organizationCounterKey, organizationKey } from "../../lib/table/keys.ts";
import { held, retryOnConflict } from "../../lib/table/transact.ts";
import { changeOrganization, createOrganization, OrganizationFields } from "../../lib/therapists/organization.ts";

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
    const statementOf = ({ fields, caller: { practice }, actor, context }: typeof request) => {
      return { practice, fields, actor, context };
    };
    if (fields.id === undefined) {
      reply.status = 201;
      const counter = organizationCounterKey(caller.practice);
      const first = { next: nextNumber(counter, found.counter), now: request };
      const state = held(first, async () => ({ now: await request.refresh(), next: await reserveNumber(counter) }));
      return retryOnConflict(state, ({ value: { next, now } }) => createOrganization(next, statementOf(now)));
    }
    return retryOnConflict(request, (now) => {
      const before = now.found.organization;
      if (!before) throw new Failure("notFound");
      return changeOrganization(before, statementOf(now));
    });
  },
});
