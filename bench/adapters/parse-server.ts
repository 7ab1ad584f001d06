import type { Call } from "../load.ts";
import { peerTenant, tenantUsers } from "../peers/prepared.ts";
import { type MakeAdapter, outcomeByStatus, password } from "./adapter.ts";

const app = { "x-parse-application-id": "bench" };
const asIntegrator = { "x-parse-master-key": "a key that only this measurement uses" };
/** Errors of names: of an object, of a user, of a user's e-mail. */
const takenCodes = [137, 202, 203];
const objectNotFound = 101;

/** Does the tasks on Parse Server, with a class for tenants: the object's id is the integrator's own id. */
export const parseServerAdapter: MakeAdapter = async (client) => {
  const send = (path: string, call: Omit<Call, "path"> = {}) =>
    client.send({ ...call, path: `/parse${path}`, headers: { ...app, ...call.headers } });
  const manage = (path: string, call: Omit<Call, "path">) => send(path, { ...call, headers: asIntegrator });

  const createTenant = (objectId: string, name: string) => manage("/classes/Tenant", { body: { objectId, name } });
  await createTenant(peerTenant, "Riverside");
  // Without passwords, because hashing takes time.
  for (let place = 0; place < tenantUsers; place++) {
    const authData = { anonymous: { id: `member-${place}` } };
    const fields = { email: `member-${place}@example.org`, name: "Ada Mills", tenant: peerTenant };
    await send("/users", { body: { authData, ...fields } });
  }
  const where = encodeURIComponent(JSON.stringify({ tenant: peerTenant }));
  return {
    client,
    register: (email) => send("/users", { body: { username: email, email, password, name: "Ada Mills" } }),
    login: (email) => send("/login", { body: { username: email, password } }),
    me: (session) => send("/users/me", { method: "GET", headers: { "x-parse-session-token": session } }),
    sessionOf: ({ text }) => JSON.parse(text).sessionToken,
    createTenant: (id) => createTenant(id, "Lakeside"),
    // An update of an object that does not exist is refused.
    saveTenant: async (id, name) => {
      const updated = await manage(`/classes/Tenant/${id}`, { method: "PUT", body: { name } });
      if (updated.status < 300 || JSON.parse(updated.text).code !== objectNotFound) return updated;
      return createTenant(id, name);
    },
    readTenant: (id) => manage(`/classes/Tenant/${id}`, { method: "GET" }),
    listUsers: () => manage(`/users?where=${where}&limit=${tenantUsers}`, { method: "GET" }),
    usersIn: ({ text }) => JSON.parse(text).results.length,
    outcomeOf: (answer) => outcomeByStatus(answer, takenCodes),
  };
};
