import { useState } from "react";
import { Link } from "wouter";
import { isFailure } from "../../../../client/src/client.ts";
import { readStatus, useVisitor } from "../inside.tsx";
import { Form } from "../kit/form.tsx";
import { Page } from "../kit/page.tsx";
import { call } from "../portal.ts";
import { noteAccount, useSession } from "../session.ts";
import { useText } from "../text/language.ts";
import { useToken } from "../token.ts";
import { endOfLink, type LinkEnd } from "./mailed/link-end.ts";
import { Outcome } from "./mailed/outcome.tsx";
import { usePracticeName } from "./mailed/practice-name.ts";

/** Verifies an e-mail address by a mailed link. It waits for a click, because mail scanners open links. */
export default function VerifyPage() {
  const { mailed } = useText();
  const token = useToken();
  const practice = usePracticeName();
  const [end, setEnd] = useState<LinkEnd | "done" | undefined>(token ? undefined : "incomplete");

  async function send(): Promise<void> {
    const end = await endOfLink(call((portal) => portal.accountVerify({ token: token ?? "" })));
    // The session's account may be the one that is verified now, or was verified before.
    await readStatus().catch(() => {});
    setEnd(end ?? "done");
  }

  return (
    <Page title={mailed.verifyTitle}>
      {end === "done" && (
        <>
          <Outcome kind="done">{mailed.verified}</Outcome>
          <Onward />
        </>
      )}
      {end && end !== "done" && <DeadLink end={end} />}
      {!end && (
        <Form send={send} submit={mailed.verifySubmit}>
          <p>{mailed.verifyText(practice)}</p>
          <p>{mailed.verifyNotMe}</p>
        </Form>
      )}
    </Page>
  );
}

/** Where to go from here: to one's account, or to sign in. */
function Onward() {
  const { mailed, signIn } = useText();
  const { state } = useSession();
  return (
    <Link href={state === "in" ? "/account" : "/sign-in"} className="button primary">
      {state === "in" ? mailed.toAccount : signIn.submit}
    </Link>
  );
}

/** For a link that does nothing: why, and how to get another one. */
function DeadLink({ end }: { readonly end: LinkEnd }) {
  const { mailed } = useText();
  const visitor = useVisitor();
  const account = visitor?.state === "in" ? visitor.account : undefined;
  if (account?.state === "verified") {
    return (
      <>
        <Outcome kind="done">{mailed.alreadyVerified}</Outcome>
        <Onward />
      </>
    );
  }
  const sentences = { used: mailed.verifyUsed, expired: mailed.verifyExpired, incomplete: mailed.incomplete };
  return (
    <>
      <Outcome kind="problem">{sentences[end]}</Outcome>
      {account && <Resend email={account.email ?? ""} />}
      {visitor && !account && (
        <>
          <p>{mailed.signInToResend}</p>
          <Onward />
        </>
      )}
    </>
  );
}

/** Sends the holder another link. */
function Resend({ email }: { readonly email: string }) {
  const { mailed } = useText();

  async function send(): Promise<void> {
    try {
      await call((portal) => portal.accountResendVerification({ id: "me" }));
    } catch (error) {
      if (!isFailure(error, "AccountResendVerification") || error.code !== "kExists") throw error;
      // It was verified in the meantime, for example in another tab.
      noteAccount(await call((portal) => portal.accountGet({ id: "me" })));
    }
  }

  return (
    <Form
      send={send}
      submit={mailed.resend}
      done={mailed.resent(email)}
      beside={<Link href="/account">{mailed.toAccount}</Link>}
    />
  );
}
