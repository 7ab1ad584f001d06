import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { nextNumber, reserveNumber } from "../../lib/table/counter.ts";
import { organizationCounterKey, organizationKey } from "../../lib/table/keys.ts";
import { settle } from "../../lib/table/transact.ts";
import {
  changeOrganization,
  createOrganization,
  findOrganization,
  type Organization,
  OrganizationFields,
} from "../../lib/therapists/organization.ts";

/** Without `id` creates an organization; with it changes the passed fields of one, active or not. */
export const handler = operation("OrganizationSave", {
  fields: OrganizationFields,
  reads: (practice, { id }) => ({
    counter: id === undefined ? organizationCounterKey(practice) : undefined,
    organization: id === undefined ? undefined : organizationKey(practice, id),
  }),
  errors: ["notFound"],
  async run({ fields, caller: { practice }, actor, found, occasion, reply }) {
    const { id } = fields;
    const statement = { practice, fields, actor, occasion };
    if (id === undefined) {
      reply.status = 201;
      const counter = organizationCounterKey(practice);
      const reserve = () => reserveNumber(counter);
      return settle(nextNumber(counter, found.counter), reserve, (next) => createOrganization(next, statement));
    }
    const readAgain = () => findOrganization(practice, id);
    return settle(found.organization as Organization | undefined, readAgain, (before) => {
      if (!before) throw new Failure("notFound");
      return changeOrganization(before, statement);
    });
  },
});
