import type { Call } from "../load.ts";
import { peerOwner, peerTenant, tenantUsers } from "../peers/prepared.ts";
import { cookiesOf, type MakeAdapter, outcomeByStatus, password } from "./adapter.ts";

const takenCodes = ["ORGANIZATION_ALREADY_EXISTS", "USER_ALREADY_EXISTS", "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"];

/**
 * Does the tasks on better-auth, with organizations as tenants: the slug is the integrator's own id. It needs a session for
 * what an integrator does.
 */
export const betterAuthAdapter: MakeAdapter = async (client) => {
  const origin = client.origin;
  const send = (path: string, call: Omit<Call, "path">, cookie?: string) =>
    client.send({ ...call, path: `/api/auth${path}`, headers: { origin, ...(cookie && { cookie }) } });
  const post = (path: string, body: object, cookie?: string) => send(path, { body }, cookie);
  const get = (path: string, cookie: string) => send(path, { method: "GET" }, cookie);

  const integrator = cookiesOf(await post("/sign-in/email", peerOwner));
  const readTenant = (id: string) => get(`/organization/get-organization?organizationSlug=${id}`, integrator);
  const createTenant = (slug: string, cookie: string, name: string) =>
    post("/organization/create", { name, slug, keepCurrentActiveOrganization: true }, cookie);
  return {
    client,
    register: (email) => post("/sign-up/email", { email, password, name: "Ada Mills" }),
    login: (email) => post("/sign-in/email", { email, password }),
    me: (session) => get("/get-session", session),
    sessionOf: cookiesOf,
    createTenant: (id, owner = integrator) => createTenant(id, owner, "Lakeside"),
    // There is no call that creates or updates, and none that updates by slug.
    saveTenant: async (id, name) => {
      const found = await readTenant(id);
      if (found.status !== 200) return createTenant(id, integrator, name);
      const { id: organizationId } = JSON.parse(found.text);
      return post("/organization/update", { organizationId, data: { name } }, integrator);
    },
    readTenant,
    listUsers: () => get(`/organization/list-members?organizationSlug=${peerTenant}&limit=${tenantUsers}`, integrator),
    usersIn: ({ text }) => JSON.parse(text).members.length,
    outcomeOf: (answer) => outcomeByStatus(answer, takenCodes),
  };
};
