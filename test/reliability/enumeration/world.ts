import { withoutAccess } from "../../../lib/practices/vendor.ts";
import { offer } from "../../functions/accounts/connections.ts";
import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, openPortal, tokenIn } from "../../kit/portal.ts";
import { call, changeVendor, expectOk, makePractice, makeUser, makeVendor } from "../../kit/system.ts";

/**
 * Everything that a stranger must not learn of. Names that exist and names that never did have the same length, because a
 * longer request takes longer to read.
 */
export async function makeSecrets() {
  const portal = await openPortal();
  const { practice } = portal;
  const disabled = await makeVendor();
  await changeVendor(disabled, withoutAccess);
  const other = await openPortal();
  const foreign = await makePractice({ accountId: "foreign-practice" }, await makeVendor());
  const inactive = await makePractice({ accountId: "stopped-practice", websiteAddress: "stopped-portal" }, practice);
  const fields = { name: "Stopped", websiteAddress: "stopped-portal", active: false };
  await expectOk(call("PracticeUpdate", { auth: inactive, ...fields }));
  await makeUser(foreign, { userId: "foreign-user-1" });
  const person = await portal.register();
  const stranger = await portal.register();
  const ended = await portal.login(person);
  const endedCookie = `md.sid=${ended.cookies.get("md.sid")}`;
  await expectSuccess(ended.post("accounts/me/logout"));
  const verification = tokenIn((await sentMessages(person.email))[0]);
  await expectSuccess(portal.visitor().post(`accounts/${verification}`));
  const { connection, token } = await offer(person, (await portal.register()).email);
  const { data: devices } = await expectSuccess(person.get("accounts/me/devices"));
  const { data: sessions } = await expectSuccess(person.get("accounts/me/sessions"));
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: person.email }));
  const reset = tokenIn((await sentMessages(person.email))[0]);
  await expectSuccess(
    portal.visitor().post("accounts/reset-password", { token: reset, password: "vexed tulips jog 9" }),
  );
  return {
    portal,
    stranger,
    disabled,
    other,
    foreign,
    inactive,
    person,
    endedCookie,
    usedTokens: { verification, reset },
    offered: { id: String(connection._id), token },
    device: String(devices[0]._id),
    session: String(sessions[0]._id),
  };
}

/** What a stranger must not learn of. */
export type Secrets = Awaited<ReturnType<typeof makeSecrets>>;

/** Returns a text of the same length and the same kinds of characters that names nothing. */
export const neverWas = (name: string): string =>
  name.replace(/[a-z0-9]/gi, (letter) => {
    if (/[0-9]/.test(letter)) return String((Number(letter) + 7) % 10);
    const isHex = /^[0-9a-f]+$/.test(name);
    const first = letter < "a" ? 65 : 97;
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + 5) % (isHex ? 6 : 26)));
  });
