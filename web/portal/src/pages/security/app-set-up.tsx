import { useEffect, useRef } from "react";
import { isFailure, type TotpCreateAnswer } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { call } from "../../portal.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { Copy } from "./copy.tsx";
import { QrCode } from "./qr-code.tsx";

/** What setting up an app needs: what the portal answered when it began, and what follows. */
type AppSetUpProps = TotpCreateAnswer["data"] & {
  /** Called when the app is on. */
  readonly onDone: (recoveryCodes: readonly string[]) => void;
  readonly onCancel: () => void;
};

/** Shows the secret to the holder's authenticator app, and asks for a code that it shows. */
export function AppSetUp({ secret, uri, onDone, onCancel }: AppSetUpProps) {
  const { security, common } = useText();
  async function send({ code = "" }: Values): Promise<void> {
    const { data } = await call((portal) => portal.totpConfirm({ id: "me", body: { code } }));
    onDone(data.recoveryCodes);
  }
  return (
    <>
      <NewHeading>{security.setUpTitle}</NewHeading>
      <Form
        send={send}
        submit={security.turnOn}
        explain={explain}
        explainFields={explainFields}
        beside={
          <Button kind="quiet" onPress={onCancel}>
            {common.cancel}
          </Button>
        }
      >
        <ol className="steps">
          <li>{security.stepApp}</li>
          <li>
            {security.stepScan}
            <QrCode text={uri} label={security.picture} />
            <p>{security.stepType}</p>
            <p>
              <code className="secret">{secret.match(/.{1,4}/g)?.join(" ")}</code>
            </p>
            <div className="actions">
              <Copy text={secret} label={security.copyKey} />
            </div>
          </li>
          <li>{security.stepCode}</li>
        </ol>
        <Field
          label={security.code}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          hint={security.codeForm}
          isRequired
        />
      </Form>
    </>
  );
}

/** A heading that gets the focus when it appears, in place of the button that made it appear. */
export function NewHeading({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h3 ref={heading} tabIndex={-1}>
      {children}
    </h3>
  );
}

function explain(error: unknown, { security, faults }: Text): string | undefined {
  if (!isFailure(error)) return undefined;
  const sentences: Readonly<Record<string, string>> = {
    kCallbackNotFound: faults.checkFields,
    kCallbackFormat: faults.checkFields,
    kAccountLocked: security.codesLocked,
    kNotFound: security.beginAgain,
  };
  return sentences[error.code];
}

function explainFields(error: unknown, { security }: Text): Record<string, string> {
  if (!isFailure(error)) return {};
  if (error.code === "kCallbackNotFound") return { code: security.codeWrong };
  return error.code === "kCallbackFormat" ? { code: security.codeForm } : {};
}
