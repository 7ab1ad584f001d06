import { useCallback, useRef, useState } from "react";
import { isFailure } from "../../../../../client/src/client.ts";
import { Loaded, useLoading } from "../../kit/loaded.tsx";
import { Notice } from "../../kit/notice.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { noteEnded } from "../../session.ts";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { Asked } from "../people/asked.tsx";
import { wholeNameOf } from "../people/words.ts";
import type { PartProps } from "./part.ts";

/** Whether the person can sign in: the lock, the activation, the address, and the authenticator app. */
export function SigningIn(props: PartProps) {
  const { person } = useText();
  return (
    <section className="card">
      <h2>{person.signingIn}</h2>
      <Lock {...props} />
      <Activation {...props} />
      <Verification {...props} />
      <App {...props} />
    </section>
  );
}

/** Returns a function that changes one property. An administrator who keeps themselves out is signed out at once. */
function useChange({ account, isOwn, onChanged }: PartProps) {
  return async (name: "locked" | "activationRequired", value: boolean): Promise<void> => {
    const body = { [name]: value };
    const changed = await callAsAdministrator((portal) => portal.accountPut({ id: account._id, body }));
    if (isOwn && value) noteEnded();
    else onChanged(changed);
  };
}

function Lock(props: PartProps) {
  const { person } = useText();
  const { account, isOwn } = props;
  const change = useChange(props);
  const isLocked = account.locked === true;
  return (
    <div className="part">
      <p>{isLocked ? person.isLocked : person.isOpen}</p>
      {isLocked ? (
        <Asked
          key="lock"
          name={person.unlock}
          title={person.unlockTitle}
          text={person.unlockText(wholeNameOf(account))}
          send={() => change("locked", false)}
          done={person.unlocked}
        />
      ) : (
        <Asked
          key="lock"
          name={person.lock}
          kind="danger"
          title={person.lockTitle}
          text={isOwn ? person.lockOwnText : person.lockText(wholeNameOf(account))}
          isDanger
          send={() => change("locked", true)}
          done={person.locked}
        />
      )}
    </div>
  );
}

function Activation(props: PartProps) {
  const { person } = useText();
  const { account, isOwn } = props;
  const change = useChange(props);
  const isHeld = account.activationRequired === true;
  return (
    <div className="part">
      <p>{isHeld ? person.isHeld : person.isActive}</p>
      {isHeld ? (
        <Asked
          key="activation"
          name={person.activate}
          title={person.activateTitle}
          text={person.unlockText(wholeNameOf(account))}
          send={() => change("activationRequired", false)}
          done={person.activated}
        />
      ) : (
        <Asked
          key="activation"
          name={person.hold}
          title={person.holdTitle}
          text={isOwn ? person.lockOwnText : person.holdText(wholeNameOf(account))}
          isDanger
          send={() => change("activationRequired", true)}
          done={person.held}
        />
      )}
    </div>
  );
}

function Verification({ account, onChanged }: PartProps) {
  const { person } = useText();
  const { _id: id, email = "", state } = account;
  if (state === "verified") return <p className="part">{person.isVerified(email)}</p>;

  async function send(): Promise<void> {
    try {
      await callAsAdministrator((portal) => portal.accountResendVerification({ id }));
      onChanged(account);
    } catch (error) {
      if (isFailure(error) && error.code === "kExists") onChanged({ ...account, state: "verified" });
      else throw error;
    }
  }
  return (
    <div className="part">
      <p>{person.isUnverified(email)}</p>
      <Asked
        name={person.resend}
        title={person.resendTitle}
        text={person.resendText(email)}
        send={send}
        done={person.resent}
      />
    </div>
  );
}

/** Whether the person has an authenticator app, and a way to remove it for somebody who has lost it. */
function App({ account, onChanged }: PartProps) {
  const { person } = useText();
  const id = account._id;
  const load = useCallback(
    async () =>
      (await callAsAdministrator((portal) => portal.accountGetProperty({ id, property: "totp" }))).data === true,
    [id],
  );
  const app = useLoading(load);
  const [isRemoved, setRemoved] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <div className="part">
      <h3 ref={heading} tabIndex={-1}>
        {person.app}
      </h3>
      {isRemoved && <Notice kind="done">{person.appRemoved}</Notice>}
      <Loaded from={app}>
        {(isOn) =>
          isOn ? (
            <>
              <p>{person.appText}</p>
              <Asked
                name={person.removeApp}
                title={person.removeAppTitle}
                text={person.removeAppText(wholeNameOf(account))}
                isDanger
                send={async () => {
                  await callAsAdministrator((portal) => portal.totpDelete({ id, body: {} })).catch(unlessGone);
                  setRemoved(true);
                  app.set(false);
                  onChanged(account);
                }}
                focusAfter={heading}
              />
            </>
          ) : (
            <p>{person.noApp}</p>
          )
        }
      </Loaded>
    </div>
  );
}
