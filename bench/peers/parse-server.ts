import parse from "parse-server";
import passwords from "parse-server/lib/password.js";
import { hashPassword, verifyPassword } from "../../lib/crypto/password-hash.ts";

/**
 * Serves Parse Server on PostgreSQL, as its documentation says for production. Tenants have ids that their integrator
 * chooses (`allowCustomObjectId`). `EQUAL_HASH` replaces its hash (bcrypt, cost 10, in native code) by Frontdesk's
 * argon2id: the object that its password module exports gets other functions.
 */

const { DATABASE_URL = "", EQUAL_HASH, PORT = "" } = process.env;
if (EQUAL_HASH) Object.assign(passwords, { hash: hashPassword, compare: verifyPassword });
await parse.ParseServer.startApp({
  databaseURI: DATABASE_URL,
  appId: "bench",
  masterKey: "a key that only this measurement uses",
  host: "127.0.0.1",
  port: Number(PORT),
  mountPath: "/parse",
  serverURL: `http://127.0.0.1:${PORT}/parse`,
  allowCustomObjectId: true,
  silent: true,
  logLevel: "error",
});
process.stdin.resume().once("end", () => process.exit());
console.log(`ready http://127.0.0.1:${PORT}`);
