import { useState } from "react";
import { Link } from "wouter";
import { readStatus } from "../inside.tsx";
import { Form } from "../kit/form.tsx";
import { NewPassword } from "../kit/new-password.tsx";
import { Page } from "../kit/page.tsx";
import { call } from "../portal.ts";
import type { Text } from "../text/en.ts";
import { useText } from "../text/language.ts";
import { useToken } from "../token.ts";
import { endOfLink, type LinkEnd } from "./mailed/link-end.ts";
import { Outcome } from "./mailed/outcome.tsx";

/** How the link came to an end. */
type End = LinkEnd | "done";

/** Sets a new password by a mailed link. */
export default function ResetPasswordPage() {
  const text = useText();
  const token = useToken();
  const [end, setEnd] = useState<End | undefined>(token ? undefined : "incomplete");
  return (
    <Page title={text.reset.title}>
      {end ? <Ended end={end} /> : <PasswordForm token={token ?? ""} onEnd={setEnd} />}
    </Page>
  );
}

function PasswordForm({ token, onEnd }: { readonly token: string; readonly onEnd: (end: End) => void }) {
  const { reset } = useText();
  async function send(password: string): Promise<void> {
    const end = await endOfLink(call((portal) => portal.accountResetPassword({ token, password })));
    // Every session of the account has ended. In this browser somebody else may be signed in.
    if (!end) await readStatus().catch(() => {});
    onEnd(end ?? "done");
  }
  return (
    <Form send={({ password = "" }) => send(password)} submit={reset.submit}>
      <p>{reset.note}</p>
      <NewPassword label={reset.newPassword} />
    </Form>
  );
}

function Ended({ end }: { readonly end: End }) {
  const text = useText();
  const { reset, signIn } = text;
  return (
    <>
      <Outcome kind={end === "done" ? "done" : "problem"}>{sentenceFor(end, text)}</Outcome>
      <div className="actions">
        {end !== "done" && (
          <Link href="/forgot-password" className="button primary">
            {reset.newLink}
          </Link>
        )}
        <Link href="/sign-in" className={end === "done" ? "button primary" : "button quiet"}>
          {signIn.submit}
        </Link>
      </div>
    </>
  );
}

const sentenceFor = (end: End, { reset, mailed }: Text): string =>
  end === "incomplete" ? mailed.incomplete : reset[end];
