import { type RefObject, useRef, useState } from "react";
import { isFailure, type TotpCreateAnswer } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Form } from "../../kit/form.tsx";
import { Loaded, useLoading } from "../../kit/loaded.tsx";
import { Notice } from "../../kit/notice.tsx";
import { PasswordField } from "../../kit/password-field.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { call } from "../../portal.ts";
import { useText } from "../../text/language.ts";
import { AppSetUp } from "./app-set-up.tsx";
import { explainPassword, explainPasswordField } from "./password.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";

async function readIsOn(): Promise<boolean> {
  return (await call((portal) => portal.accountGetProperty({ id: "me", property: "totp" }))).data === true;
}

/** The holder's authenticator app: whether it is on, setting it up, and turning it off. */
export function AppSection({ onConfirmed }: { readonly onConfirmed: () => void }) {
  const { security } = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  const app = useLoading(readIsOn);
  const [said, setSaid] = useState("");

  function change(isOn: boolean, say: string): void {
    app.set(isOn);
    setSaid(say);
    heading.current?.focus();
  }

  return (
    <Card title={security.appTitle} heading={heading}>
      <p>{security.appText}</p>
      <Loaded from={app}>
        {(isOn) =>
          isOn ? (
            <AppOn heading={heading} onOff={() => change(false, security.turnedOff)} />
          ) : (
            <AppOff
              heading={heading}
              onConfirmed={() => {
                setSaid("");
                onConfirmed();
              }}
              onOn={(say = "") => change(true, say)}
            />
          )
        }
      </Loaded>
      {said && <Notice kind="done">{said}</Notice>}
    </Card>
  );
}

/** What setting up has come to: the secret that waits for a code, or the recovery codes. */
type Progress = { readonly begun?: TotpCreateAnswer["data"]; readonly codes?: readonly string[] };

function AppOff({
  heading,
  onConfirmed,
  onOn,
}: {
  readonly heading: RefObject<HTMLElement | null>;
  readonly onConfirmed: () => void;
  readonly onOn: (say?: string) => void;
}) {
  const { security } = useText();
  const [{ begun, codes }, setProgress] = useState<Progress>({});

  async function begin(): Promise<void> {
    try {
      const { data } = await call((portal) => portal.totpCreate({ id: "me" }));
      setProgress({ begun: data });
    } catch (error) {
      if (!isFailure(error) || error.code !== "kExists") throw error;
      onOn(security.appWasOn);
    }
  }

  if (codes) return <RecoveryCodes codes={codes} onKept={() => onOn()} />;
  if (begun)
    return (
      <AppSetUp
        {...begun}
        onDone={(codes) => {
          setProgress({ codes });
          onConfirmed();
        }}
        onCancel={() => {
          setProgress({});
          heading.current?.focus();
        }}
      />
    );
  return (
    <Form kind="secondary" send={begin} submit={security.setUp}>
      <p>
        <strong>{security.appIsOff}</strong>
      </p>
    </Form>
  );
}

function AppOn({ heading, onOff }: { readonly heading: RefObject<HTMLElement | null>; readonly onOff: () => void }) {
  const { security } = useText();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <p>
        <strong>{security.appIsOn}</strong>
      </p>
      <Button kind="danger" onPress={() => setAsking(true)}>
        {security.turnOff}
      </Button>
      {isAsking && (
        <Confirm
          title={security.turnOffTitle}
          submit={security.turnOff}
          explain={explainPassword}
          explainFields={(error, text) => explainPasswordField(error, text, "password")}
          focusAfter={heading}
          onClose={() => setAsking(false)}
          send={async ({ password = "" }) => {
            await call((portal) => portal.totpDelete({ id: "me", body: { password } })).catch(unlessGone);
            onOff();
          }}
        >
          <p>{security.turnOffText}</p>
          <PasswordField label={security.current} name="password" autoComplete="current-password" isRequired />
        </Confirm>
      )}
    </>
  );
}
