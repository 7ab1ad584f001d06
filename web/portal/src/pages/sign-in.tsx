import { useEffect, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { FrontdeskError, isFailure } from "../../../../client/src/client.ts";
import { deviceName } from "../device-name.ts";
import { readStatus } from "../inside.tsx";
import { Button } from "../kit/button.tsx";
import { Choice } from "../kit/choice.tsx";
import { Field } from "../kit/field.tsx";
import { Form, type Values } from "../kit/form.tsx";
import { Notice } from "../kit/notice.tsx";
import { Page } from "../kit/page.tsx";
import { PasswordField } from "../kit/password-field.tsx";
import { call } from "../portal.ts";
import { noteSignedIn, useSession } from "../session.ts";
import type { Text } from "../text/en.ts";
import { useText } from "../text/language.ts";

/** What was entered in the first step. The second step sends it again, with the code. */
interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** A second step. */
interface CodeAsked extends Credentials {
  /** Where the code is: on its way, sent some minutes ago, or shown by the holder's authenticator app. */
  readonly by: "message" | "earlierMessage" | "app";
}

/**
 * A path within the portal. Others could lead somewhere else: browsers resolve `..` in them, take `\` for `/`, and drop tabs
 * and line breaks.
 */
const isPath = (text: unknown): text is string => typeof text === "string" && /^(\/[\w-]+)+\/?(\?.*)?$/.test(text);

/**
 * Where to go after signing in: the page that has led here. Where its address has a mailed token, it is in the entry of the
 * browser's history, not in the address bar.
 */
function useNext(): string {
  const [kept] = useState((): unknown => history.state?.next);
  const stated = new URLSearchParams(useSearch()).get("next");
  return [kept, stated].find(isPath) ?? "/account";
}

/** The page where one signs in: e-mail address and password, and then a code on devices that are not known. */
export function SignIn() {
  const text = useText();
  const [asked, setAsked] = useState<CodeAsked>();
  const { state } = useSession();
  const [, navigate] = useLocation();
  const next = useNext();
  const hasEnded = new URLSearchParams(useSearch()).has("ended");

  useEffect(() => {
    // Whoever is signed in already goes on. If the portal cannot be asked, the form is shown, which says why.
    if (state === "unknown") readStatus().catch(() => {});
    if (state === "in") navigate(next, { replace: true });
  }, [state, next, navigate]);

  return (
    <Page title={asked ? text.signIn.codeTitle : text.signIn.title}>
      {asked ? (
        <CodeForm asked={asked} onAgain={() => setAsked(undefined)} />
      ) : (
        <>
          {hasEnded && <Notice kind="hint">{text.faults.sessionEnded}</Notice>}
          <CredentialsForm onAsked={setAsked} />
        </>
      )}
    </Page>
  );
}

function CredentialsForm({ onAsked }: { readonly onAsked: (asked: CodeAsked) => void }) {
  const text = useText();
  const { signIn, common } = text;

  async function send({ email = "", password = "" }: Values): Promise<void> {
    try {
      const location = { locationName: deviceName() };
      noteSignedIn(await call((portal) => portal.accountLogin({ email, password, location })));
    } catch (error) {
      const by = codeAskedBy(error);
      if (!by) throw error;
      onAsked({ email, password, by });
    }
  }

  return (
    <>
      <Form
        send={send}
        submit={signIn.submit}
        explain={explain}
        beside={<Link href="/forgot-password">{signIn.forgot}</Link>}
      >
        <Field label={common.email} name="email" type="email" autoComplete="username" isRequired />
        <PasswordField label={common.password} name="password" autoComplete="current-password" isRequired />
      </Form>
      <p className="below">
        {signIn.noAccount} <Link href="/register">{signIn.register}</Link>
      </p>
    </>
  );
}

function CodeForm({ asked, onAgain }: { readonly asked: CodeAsked; readonly onAgain: () => void }) {
  const text = useText();
  const { signIn } = text;
  const { email, password, by } = asked;
  const sentences = { message: signIn.codeBySms, earlierMessage: signIn.codeBefore, app: signIn.codeByApp };

  async function send({ code = "", remember }: Values): Promise<void> {
    const location = { verificationToken: code, locationName: deviceName(), singleUse: remember === undefined };
    noteSignedIn(await call((portal) => portal.accountLogin({ email, password, location })));
  }

  return (
    <Form
      send={send}
      submit={signIn.continue}
      explain={explainCode}
      beside={
        <Button kind="quiet" onPress={onAgain}>
          {signIn.startAgain}
        </Button>
      }
    >
      <Field
        label={signIn.code}
        hint={sentences[by]}
        name="code"
        autoComplete="one-time-code"
        inputMode={by === "app" ? "text" : "numeric"}
        isRequired
        autoFocus
      />
      <Choice name="remember" value="on" label={signIn.remember} hint={signIn.rememberHint} />
    </Form>
  );
}

/** How a code is asked for, if that is why signing in failed. While a code that was sent works, no other one is sent. */
function codeAskedBy(error: unknown): CodeAsked["by"] | undefined {
  if (!isFailure(error, "AccountLogin")) return undefined;
  if (error.code === "kUnverifiedLocation") return "earlierMessage";
  if (error.code !== "kNewLocation") return undefined;
  return /authenticator/.test(error.message) ? "app" : "message";
}

function explain(error: unknown, { signIn }: Text): string | undefined {
  if (!(error instanceof FrontdeskError)) return undefined;
  const sentences: Readonly<Record<string, string>> = {
    kInvalidCredentials: signIn.wrong,
    kAccountLocked: signIn.locked,
    kAccessDenied: signIn.notActive,
    kCallbackNotFound: signIn.codeWrong,
    kUnverifiedLocation: signIn.codeWrong,
    kCallbackFormat: signIn.codeForm,
  };
  return sentences[error.code];
}

/** In the second step, what is locked may be the codes of the app, as the reason says. */
function explainCode(error: unknown, text: Text): string | undefined {
  const isLockedCode =
    isFailure(error, "AccountLogin") && error.code === "kAccountLocked" && /wrong codes/.test(error.message);
  return isLockedCode ? text.signIn.lockedCode : explain(error, text);
}
