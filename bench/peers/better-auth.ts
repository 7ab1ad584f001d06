import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { organization } from "better-auth/plugins";
import pg from "pg";
import { hashPassword, verifyPassword } from "../../lib/crypto/password-hash.ts";
import { peerOwner, peerTenant, tenantUsers } from "./prepared.ts";

/**
 * Serves better-auth with e-mail, password and organizations on PostgreSQL, as its documentation says for production.
 * Rate limits are off, because all calls come from one address. `EQUAL_HASH` replaces its hash (scrypt) by Frontdesk's
 * argon2id. Prepares a tenant with users: the API over HTTP adds members only by invitations.
 */

const { DATABASE_URL = "", EQUAL_HASH } = process.env;
const hash = (password: string) => hashPassword(password);
const verify = (sent: { password: string; hash: string }) => verifyPassword(sent.password, sent.hash);

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const auth = betterAuth({
  baseURL: url,
  secret: "a secret that only this measurement uses",
  database: new pg.Pool({ connectionString: DATABASE_URL }),
  emailAndPassword: { enabled: true, ...(EQUAL_HASH && { password: { hash, verify } }) },
  plugins: [organization()],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});
await (await getMigrations(auth.options)).runMigrations();

const { user } = await auth.api.signUpEmail({ body: { name: "Ada Mills", ...peerOwner } });
const { id: organizationId } = await auth.api.createOrganization({
  body: { name: "Riverside Clinic", slug: peerTenant, userId: user.id },
});
const { internalAdapter } = await auth.$context;
for (let place = 1; place < tenantUsers; place++) {
  const { id } = await internalAdapter.createUser({ name: "Ada Mills", email: `member-${place}@example.org` });
  await auth.api.addMember({ body: { organizationId, userId: id, role: "member" } });
}

server.on("request", toNodeHandler(auth));
process.stdin.resume().once("end", () => process.exit());
console.log(`ready ${url}`);
