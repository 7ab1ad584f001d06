import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type Holder, type PortalClient, type PortalOptions, tokenIn } from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import { anId, aTime } from "./accounts-contract.ts";

/** A connection that was offered. */
export interface Offered {
  readonly connection: Response["json"];
  /** The token in the mail. */
  readonly token: string;
}

/** Offers access to an account, and returns the connection with the token that was mailed. */
export async function offer(
  context: Holder,
  email: string,
  access: 2 | 4 | 6 = 4,
  options: Omit<PortalOptions, "body"> = {},
): Promise<Offered> {
  const targets = [{ email, access }];
  const { data } = await expectSuccess(context.post("accounts/me/connections", { targets }, options));
  return { connection: data[0], token: tokenIn((await sentMessages(email))[0]) };
}

/** Accepts a connection. */
export const accept = (client: PortalClient, token: string): Promise<Response> => client.post(`connections/${token}`);

/** Connects somebody to an account, and returns the connection. */
export async function connect(context: Holder, target: Holder, access: 2 | 4 | 6): Promise<Response["json"]> {
  const { token } = await offer(context, target.email, access);
  return expectSuccess(accept(target, token));
}

/** A reference to an account. */
export const referenceTo = (id: string): object => ({ _id: id, object: "account", path: `/accounts/${id}` });

/** A pending connection as the holder of its context sees it. */
export const pendingConnection = (context: Holder, email: string, access: number): object => ({
  _id: anId,
  object: "connection",
  access,
  context: referenceTo(context.id),
  created: aTime,
  creator: referenceTo(context.id),
  expiresAt: aTime,
  state: 0,
  target: { email },
});
