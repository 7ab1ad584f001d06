import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { type AccountRegisterInput, isFailure, type PortalGetAnswer } from "../../../../client/src/client.ts";
import { useVisitor } from "../inside.tsx";
import { Button } from "../kit/button.tsx";
import { Field } from "../kit/field.tsx";
import { Form, type Values } from "../kit/form.tsx";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { NewPassword } from "../kit/new-password.tsx";
import { Notice } from "../kit/notice.tsx";
import { Page } from "../kit/page.tsx";
import { nameOf } from "../names.ts";
import { call, connect } from "../portal.ts";
import { noteSignedIn } from "../session.ts";
import type { Text } from "../text/en.ts";
import { type Language, useLanguage, useText } from "../text/language.ts";
import { useToken } from "../token.ts";

/** The page where one registers, also by the link of an invitation. */
export default function RegisterPage() {
  const text = useText();
  const loading = useLoading(connect);
  const visitor = useVisitor();
  const stated = useToken();
  const [isWithout, setWithout] = useState(false);
  // Part of a link opens nothing. Its reader is told so, and may register without it where everybody may.
  const token = isWithout ? "" : stated;
  const { info } = loading.value ?? {};
  if (visitor?.state === "in") return <SignedIn name={nameOf(visitor.account)} token={token ?? ""} />;
  const isClosed = info?.registration === false || (info?.registration === "invitation" && !token);
  if (info && isClosed) return <Closed info={info} isLinkBroken={token === undefined} />;
  return (
    <Page title={text.register.title}>
      <Loaded from={loading}>
        {({ info }) => {
          // Within the form it also sends what was typed.
          const without = info.registration === true && (
            <Button type={token ? "submit" : "button"} kind="secondary" onPress={() => setWithout(true)}>
              {text.register.without}
            </Button>
          );
          return token === undefined ? (
            <Incomplete>{without}</Incomplete>
          ) : (
            <RegisterForm token={token} without={without} />
          );
        }}
      </Loaded>
    </Page>
  );
}

/** For people who are signed in: the portal would end their session. */
function SignedIn({ name, token }: { readonly name: string; readonly token: string }) {
  const { register, mailed } = useText();
  return (
    <Page title={register.title}>
      <Notice kind="hint">{register.signedIn(name)}.</Notice>
      <p>{token ? register.signedInInvited : register.signedInText}</p>
      <Link href={token ? `/connect?token=${token}` : "/account"} className="button primary">
        {token ? register.acceptHere : mailed.toAccount}
      </Link>
    </Page>
  );
}

/** For portals where nobody registers, or only who was invited. */
function Closed({ info, isLinkBroken }: { readonly info: PortalGetAnswer; readonly isLinkBroken: boolean }) {
  const { register, mailed, signIn } = useText();
  const isByInvitation = info.registration === "invitation";
  return (
    <Page title={isByInvitation ? register.invitationOnly : register.closed}>
      {isByInvitation && isLinkBroken && <Notice kind="problem">{mailed.incomplete}</Notice>}
      <p>{isByInvitation ? register.invitationOnlyText : register.closedText}</p>
      <p>
        {register.haveAccount} <Link href="/sign-in">{signIn.submit}</Link>
      </p>
    </Page>
  );
}

/** For a link of which a part is missing. */
function Incomplete({ children }: { readonly children: ReactNode }) {
  const { mailed } = useText();
  return (
    <>
      <Notice kind="problem">{mailed.incomplete}</Notice>
      {children}
    </>
  );
}

/** What the password must not be: the words of the other fields, as they are typed. */
interface Typed {
  readonly email?: string;
  readonly mobile?: string;
  readonly first?: string;
  readonly last?: string;
}

function RegisterForm({
  token,
  without,
}: {
  /** Of the invitation; empty without one. */
  readonly token: string;
  /** The button to register without the invitation, where that is possible. */
  readonly without: ReactNode;
}) {
  const { register, signIn, common } = useText();
  const language = useLanguage();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState<Typed>({});
  const type = (name: keyof Typed) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  const { first = "", last = "", email, mobile } = typed;

  async function send(values: Values): Promise<void> {
    const account = await call((portal) => portal.accountRegister(registrationOf(values, language, token)));
    noteSignedIn(account);
    navigate("/account", { replace: true });
  }

  return (
    <>
      <Form
        send={send}
        submit={register.submit}
        explain={(error, text) => explain(error, text, token, without)}
        explainFields={(error, { register }) => (isTaken(error) ? { email: register.taken } : {})}
      >
        {token ? <Notice kind="hint">{register.invited}</Notice> : <p>{register.intro}</p>}
        <Field label={register.first} name="name.first" autoComplete="given-name" isRequired onChange={type("first")} />
        <Field label={register.last} name="name.last" autoComplete="family-name" isRequired onChange={type("last")} />
        <Contact isInvited={token !== ""} onEmail={type("email")} onMobile={type("mobile")} />
        <NewPassword label={common.password} chooser={{ name: { first, last }, email, mobile }} />
      </Form>
      <p className="below">
        {register.haveAccount} <SignInLink token={token}>{signIn.submit}</SignInLink>
      </p>
    </>
  );
}

/** How somebody who registers can be reached. */
function Contact({
  isInvited,
  onEmail,
  onMobile,
}: {
  readonly isInvited: boolean;
  readonly onEmail: (value: string) => void;
  readonly onMobile: (value: string) => void;
}) {
  const { register, common } = useText();
  return (
    <>
      <Field
        label={common.email}
        name="email"
        type="email"
        autoComplete="username"
        hint={isInvited ? register.invitedEmailHint : register.emailHint}
        isRequired
        onChange={onEmail}
      />
      <Field
        label={register.mobile}
        name="mobile"
        type="tel"
        autoComplete="tel"
        hint={register.mobileHint}
        isRequired
        onChange={onMobile}
      />
    </>
  );
}

/** Leads to signing in. Whoever has the token of an invitation comes to it then. */
const SignInLink = ({ token, children }: { readonly token: string; readonly children: ReactNode }) => (
  <Link href="/sign-in" state={token ? { next: `/connect?token=${token}` } : null}>
    {children}
  </Link>
);

/** The locale of an account that is registered in a language. */
const locales: Readonly<Record<Language, string>> = { en: "en_US", es: "es" };

/** What is sent. Language and time zone are those of the browser. */
function registrationOf(values: Values, language: Language, token: string): AccountRegisterInput {
  const { "name.first": first = "", "name.last": last = "", email = "", mobile = "", password = "" } = values;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // Browsers that cannot tell say so with a name that is none.
  const tz = timeZone === "Etc/Unknown" ? undefined : timeZone;
  return { name: { first, last }, email, mobile, password, locale: locales[language], tz, ...(token && { token }) };
}

const isTaken = (error: unknown): boolean => isFailure(error, "AccountRegister") && error.code === "kExists";

/** @param without the button to register without the invitation, where that is possible */
function explain(error: unknown, { register }: Text, token: string, without: ReactNode): ReactNode | undefined {
  if (!isFailure(error, "AccountRegister")) return undefined;
  const withButton = (sentence: string) => (
    <>
      <p>{sentence}</p>
      {without}
    </>
  );
  switch (error.code) {
    case "kExists":
      return (
        <>
          {register.takenLong} <SignInLink token={token}>{register.takenSignIn}</SignInLink> {register.takenOr}{" "}
          <Link href="/forgot-password">{register.takenReset}</Link>.
        </>
      );
    case "kTokenExpired":
      return withButton(register.expired);
    case "kNotFound":
      return withButton(register.used);
    case "kSelfRegistrationDisabled":
      return register.closedText;
    default:
      return undefined;
  }
}
