import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { isFailure, type Portal } from "../../../../../client/src/client.ts";
import { readStatus } from "../../inside.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page } from "../../kit/page.tsx";
import { call } from "../../portal.ts";
import { isAdministrator, useSession } from "../../session.ts";
import { useText } from "../../text/language.ts";

/** Shows a page to administrators only. Others read why they do not see it, and no call is made. */
export function ForAdministrators({ children }: { readonly children: ReactNode }) {
  const { people } = useText();
  const session = useSession();
  const isOne = session.state === "in" && isAdministrator(session.account);
  const [wasOne] = useState(isOne);
  if (isOne) return children;
  return (
    <Page title={people.closedTitle}>
      {wasOne ? <Notice kind="problem">{people.taken}</Notice> : <p>{people.closed}</p>}
      <p>
        <Link href="/account">{people.toAccount}</Link>
      </p>
    </Page>
  );
}

/**
 * Makes a call as an administrator. When it is refused, the session's account is read again: if its rights were taken in the
 * meantime, the page that surrounds it says so.
 * @throws FrontdeskError
 */
export async function callAsAdministrator<Answer>(use: (client: Portal) => Promise<Answer>): Promise<Answer> {
  try {
    return await call(use);
  } catch (error) {
    if (isFailure(error) && ["kAccessDenied", "kNotFound"].includes(`${error.code}`))
      await readStatus().catch(() => {});
    throw error;
  }
}
