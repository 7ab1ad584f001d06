import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type Holder, minutesAfter, type PortalClient } from "../../kit/portal.ts";
import { appCode } from "../../kit/totp.ts";

/** An account's authenticator app. */
export interface App {
  /** In base32. */
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Begins to set an app up. @returns its secret, in base32 */
export async function beginApp(holder: PortalClient, now: Date): Promise<string> {
  const { data } = await expectSuccess(holder.post("accounts/me/totp", undefined, { now }));
  return data.secret;
}

/** Sets an app up, with the code of this moment. */
export async function addApp(holder: PortalClient, now: Date): Promise<App> {
  const secret = await beginApp(holder, now);
  const code = appCode(secret, now);
  const { data } = await expectSuccess(holder.post("accounts/me/totp/confirm", { code }, { now }));
  return { secret, recoveryCodes: data.recoveryCodes };
}

/** A code that the app has not shown yet, this many minutes after it was set up. */
export const laterCode = ({ secret }: Pick<App, "secret">, start: Date, minutes = 1) =>
  appCode(secret, minutesAfter(start, minutes));

/** Signs in on a browser, with a code if there is one. */
export const signIn = (
  client: PortalClient,
  { email, password }: Pick<Holder, "email" | "password">,
  now: Date,
  verificationToken?: unknown,
  more: object = {},
) =>
  client.post(
    "accounts/login",
    { email, password, ...(verificationToken !== undefined && { location: { verificationToken, ...more } }) },
    { now },
  );

/** The mails to an address whose subject matches. */
export const mailsTo = async (email: string, subject: RegExp) =>
  (await sentMessages(email)).filter((message) => subject.test(message.subject));

let numbers = 0;
/** A mobile number that no other person of the test file has. */
export function freshMobile(): string {
  numbers += 1;
  return `+1415556${String(numbers).padStart(4, "0")}`;
}
