import { useState } from "react";
import { Link } from "wouter";
import { Button } from "../kit/button.tsx";
import { Field } from "../kit/field.tsx";
import { Form } from "../kit/form.tsx";
import { Notice } from "../kit/notice.tsx";
import { Page } from "../kit/page.tsx";
import { call } from "../portal.ts";
import { useText } from "../text/language.ts";

/** Asks for a mail with a link to set a new password. The answer is always the same, so that nobody learns who has an account. */
export default function ForgotPasswordPage() {
  const { reset, common, signIn } = useText();
  const [sentTo, setSentTo] = useState<string>();
  if (sentTo !== undefined) {
    return (
      <Page title={reset.sentTitle}>
        <Notice kind="done">{reset.sent(sentTo)}</Notice>
        <p>{reset.sentNote}</p>
        <p>{reset.sentLimit}</p>
        <div className="actions">
          <Button kind="secondary" onPress={() => setSentTo(undefined)}>
            {reset.again}
          </Button>
          <Link href="/sign-in">{signIn.submit}</Link>
        </div>
      </Page>
    );
  }
  return (
    <Page title={reset.forgotTitle}>
      <Form
        send={async ({ email = "" }) => {
          await call((portal) => portal.accountRequestPasswordReset({ email }));
          setSentTo(email.trim());
        }}
        submit={reset.forgotSubmit}
        beside={<Link href="/sign-in">{signIn.submit}</Link>}
      >
        <p>{reset.forgotText}</p>
        <Field label={common.email} name="email" type="email" autoComplete="username" isRequired />
      </Form>
    </Page>
  );
}
