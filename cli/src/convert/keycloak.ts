import { accepted, type MovedPassword, pbkdf2Text } from "./hashes.ts";
import type { MovedPerson } from "./people.ts";
import { type Fields, fieldsOf, flagOf, listOf, momentOf, parsedFields, textOf } from "./values.ts";

/** The attributes in which realms keep a mobile number. Keycloak has no such field of its own. */
const mobileAttributes = ["phoneNumber", "phone_number", "mobile", "mobileNumber", "phone"];

const first = (value: unknown): string | undefined => textOf(Array.isArray(value) ? value[0] : value);
const bytesOf = (value: unknown): Buffer => Buffer.from(textOf(value) ?? "", "base64");

/** Keycloak's names for versions of Argon2, as PHC strings write them. */
const argon2Versions: Readonly<Record<string, string>> = { "1.0": "16", "1.3": "19" };

/**
 * A password credential of Keycloak as a hash that Frontdesk takes: `pbkdf2-sha512` (the default of Keycloak 24),
 * `pbkdf2-sha256` (the default before) and `argon2` (the default since). Early versions made tags of 64 bytes for
 * `pbkdf2-sha256` too. `pbkdf2` alone is SHA-1, which Frontdesk does not take.
 * @see https://www.keycloak.org/docs/latest/server_admin/#hashing-algorithm
 * @see https://github.com/keycloak/keycloak/blob/main/server-spi-private/src/main/java/org/keycloak/credential/hash/Pbkdf2PasswordHashProvider.java
 * @see https://github.com/keycloak/keycloak/blob/main/crypto/default/src/main/java/org/keycloak/crypto/hash/Argon2PasswordHashProvider.java
 */
function keycloakPassword(credential: Fields): MovedPassword {
  const [secret, data] = [parsedFields(credential.secretData), parsedFields(credential.credentialData)];
  const [salt, tag] = [bytesOf(secret.salt), bytesOf(secret.value)];
  const algorithm = textOf(data.algorithm) ?? "";
  const iterations = Number(data.hashIterations);
  const cost = fieldsOf(data.additionalParameters);
  switch (algorithm) {
    case "pbkdf2-sha256":
      return accepted(pbkdf2Text(256, iterations, salt, tag), algorithm);
    case "pbkdf2-sha512":
      return accepted(pbkdf2Text(512, iterations, salt, tag), algorithm);
    case "argon2": {
      const version = argon2Versions[first(cost.version) ?? ""];
      const parameters = `m=${first(cost.memory)},t=${iterations},p=${first(cost.parallelism)}`;
      const bytes = [salt, tag].map((each) => each.toString("base64").replace(/=+$/, ""));
      return accepted(`$argon2${first(cost.type)}$v=${version}$${parameters}$${bytes.join("$")}`, algorithm);
    }
    default:
      return {
        refused: `${algorithm === "" ? "an unknown kind of hash" : algorithm}, which Frontdesk does not accept`,
      };
  }
}

/**
 * A user of a realm's export (`kc.sh export --realm … --users realm_file`, or the files `…-users-0.json`). Exports by the
 * admin console have no users.
 * @see https://www.keycloak.org/server/importExport
 */
export function fromKeycloak(record: Fields): MovedPerson | undefined {
  const id = textOf(record.id) ?? textOf(record.username);
  // An export of the admin console is the realm alone.
  if (record.realm !== undefined && record.username === undefined) return undefined;
  // A service account belongs to a client, not to a person.
  if (id === undefined || textOf(record.serviceAccountClientId) !== undefined) return undefined;
  const attributes = fieldsOf(record.attributes);
  const credentials = listOf(record.credentials).map(fieldsOf);
  const password = credentials.find(({ type }) => type === "password");
  const others = credentials.filter(({ type }) => type !== "password").map(({ type }) => textOf(type));
  const providers = listOf(record.federatedIdentities).map((each) => textOf(fieldsOf(each).identityProvider));
  return {
    system: "keycloak",
    id,
    email: textOf(record.email),
    firstName: textOf(record.firstName),
    lastName: textOf(record.lastName),
    mobile: mobileAttributes.flatMap((name) => first(attributes[name]) ?? [])[0],
    login: textOf(record.username),
    emailVerified: flagOf(record.emailVerified),
    disabled: record.enabled !== undefined && !flagOf(record.enabled),
    created: momentOf(record.createdTimestamp),
    password: password ? keycloakPassword(password) : { missing: true },
    leftBehind: [
      ...(others.length > 0 ? ["second factor"] : []),
      ...providers.map((provider) => `sign-in with ${provider}`),
    ],
  };
}
