import { demo } from "../../local/demo.ts";
import type { Call } from "../load.ts";
import { peerTenant, tenantUsers } from "../peers/prepared.ts";
import { cookiesOf, type MakeAdapter, outcomeByStatus, password } from "./adapter.ts";

const { applicationId, applicationPassword, clientKey } = demo;
const forPortal = { "medable-client-key": clientKey };

/** A call of the directory, by the demo application. @param accountId the practice that it is about */
const io = (method: string, fields: object, accountId?: string): Call => ({
  path: `/api/io/${method}`,
  body: { auth: { applicationId, applicationPassword, accountId }, ...fields },
});

const portal = (path: string, call: Omit<Call, "path">): Call => ({
  ...call,
  path: `/${peerTenant}/v2/accounts/${path}`,
  headers: { ...forPortal, ...call.headers },
});

/** Does the tasks on Frontdesk. */
export const frontdeskAdapter: MakeAdapter = async (client) => {
  await client.send(io("PracticeSave", { accountId: peerTenant, name: "Riverside", websiteAddress: peerTenant }));
  for (let place = 0; place < tenantUsers; place++)
    await client.send(io("UserSave", { userId: `user-${place}`, firstName: "Ada", lastName: "Mills" }, peerTenant));
  return {
    client,
    register: (email) => {
      const name = { first: "Ada", last: "Mills" };
      return client.send(portal("register", { body: { email, password, name, mobile: "+12065550123" } }));
    },
    login: (email) => client.send(portal("login", { body: { email, password } })),
    me: (cookie) => client.send(portal("me", { method: "GET", headers: { cookie } })),
    sessionOf: cookiesOf,
    createTenant: (id) => client.send(io("PracticeCreate", { accountId: id, name: "Lakeside", websiteAddress: id })),
    saveTenant: (id, name) => client.send(io("PracticeSave", { accountId: id, name, websiteAddress: id })),
    readTenant: (id) => client.send(io("PracticeGet", { accountId: id })),
    listUsers: () => client.send(io("UserList", { limit: tenantUsers }, peerTenant)),
    usersIn: ({ text }) => JSON.parse(text).userList.length,
    outcomeOf: (answer) => {
      // Without parsing, because a list of users is long.
      if (answer.text.startsWith('{"successful":true,')) return "done";
      const { successful, responseCode } = JSON.parse(answer.text);
      // A portal's answers go by their status; kExists says that the address is taken.
      if (successful === undefined) return outcomeByStatus(answer, ["kExists"]);
      if (answer.status >= 500) return "failed";
      return [4130, 4140].includes(responseCode) ? "refused" : "unclear";
    },
  };
};
