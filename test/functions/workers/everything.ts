import { sessionEntryPrefix, sessionKey, totpKey } from "../../../lib/table/keys.ts";
import { put, write } from "../../../lib/table/transact.ts";
import { finishImage } from "../../kit/images.ts";
import { sentMessages } from "../../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  freshEmail,
  newPerson,
  password,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { freshMobile } from "../accounts/apps.ts";
import { connect, offer } from "../accounts/connections.ts";

/** A person with everything that an account can have. They were invited, and registered at that address. */
export async function makeEverything(portal: TestPortal) {
  const email = freshEmail();
  const targets = [{ email, roles: [roles.provider] }];
  await expectSuccess(portal.administrator.post("accounts/invitations", { targets }));
  const invitation = tokenIn((await sentMessages(email))[0]);
  // One number gets only a few texts an hour.
  const mobile = freshMobile();
  const other = newPerson({ email: freshEmail(), mobile, token: invitation });
  const person = await portal.register(other);
  // Two mails that ask for verification.
  await expectSuccess(person.post("accounts/me/resend-verification"));
  const friend = await portal.register();
  await connect(person, friend, 4);
  await connect(friend, person, 2);
  await offer(person, freshEmail());
  await expectSuccess(person.put(`accounts/${friend.id}`, { favorite: true }));
  await expectSuccess(person.put("accounts/me/image", { content: "me.jpg" }));
  await finishImage({ ...portal.practice, id: person.id });
  await portal.settings({ twoFactor: true });
  for (let time = 0; time < 2; time++) await portal.visitor().post("accounts/login", person);
  const device = portal.visitor();
  await device.post("accounts/login", { email: person.email, password });
  const location = { verificationToken: codeIn((await sentMessages(mobile))[0]) };
  await expectSuccess(device.post("accounts/login", { email: person.email, password, location }));
  await portal.settings({ twoFactor: false });
  await portal.visitor().post("accounts/request-password-reset", { email: person.email });
  const { applicationId, accountId } = portal.practice;
  const holder = { applicationId, accountId, id: person.id };
  const [session, { pk, sk }] = [sessionKey("of another browser"), sessionEntryPrefix(holder)];
  await write(() => [
    put(totpKey(holder), { type: "totp", holderId: person.id }),
    put(session, { type: "session", id: "another", holderId: person.id }),
    put({ pk, sk: `${sk}another` }, { type: "heldSession", itemKey: session }),
  ]);
  return { person, friend };
}
