import { useEffect, useRef, useState } from "react";
import { isFailure } from "../../../../../client/src/client.ts";
import { sentenceOf } from "../../faults.ts";
import { Button } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import { call } from "../../portal.ts";
import { noteAccount, noteStatus, useSession } from "../../session.ts";
import { useText } from "../../text/language.ts";

/** What came of asking for another mail. */
interface Asked {
  /** When it was asked for. */
  readonly at?: string;
  readonly problem?: string;
  /** The address had been verified in the meantime. */
  readonly isVerified?: boolean;
}

/** Says that the address is to be verified, and mails the link again. Nothing is shown once the address is verified. */
export function Verification() {
  const text = useText();
  const session = useSession();
  const [isPending, setPending] = useState(false);
  const [asked, setAsked] = useState<Asked>({});
  const { email = "", state } = session.state === "in" ? session.account : {};
  useReturn(async () => {
    if (state === "unverified" && (await isVerifiedNow())) setAsked({ isVerified: true });
  });

  async function resend(): Promise<void> {
    setPending(true);
    setAsked(await askAgain().catch((error: unknown) => ({ problem: sentenceOf(error, text) })));
    setPending(false);
  }

  if (asked.isVerified) return <Notice kind="done">{text.account.verifiedMeanwhile}</Notice>;
  if (state !== "unverified") return null;
  return (
    <section className="card unverified" aria-labelledby="unverified">
      <h2 id="unverified">{text.account.unverified}</h2>
      <p>{text.account.unverifiedText(email)}</p>
      <div className="actions">
        <Button kind="secondary" isPending={isPending} onPress={() => void resend()}>
          {text.account.resend}
        </Button>
      </div>
      {asked.problem && <Notice kind="problem">{asked.problem}</Notice>}
      {asked.at && (
        <Notice kind="done">
          {text.account.resent} <Time at={asked.at} />. {text.account.resentHint}
        </Notice>
      )}
    </section>
  );
}

/** Calls a function when the reader comes back to this page, such as from the mail, where the link has opened another one. */
function useReturn(onReturn: () => Promise<void>): void {
  const latest = useRef(onReturn);
  useEffect(() => {
    latest.current = onReturn;
  });
  useEffect(() => {
    const notice = () => {
      if (document.visibilityState === "visible") void latest.current();
    };
    document.addEventListener("visibilitychange", notice);
    return () => document.removeEventListener("visibilitychange", notice);
  }, []);
}

/** Whether the address has been verified since this page was opened. Without an answer, nothing changes. */
async function isVerifiedNow(): Promise<boolean> {
  const { account } = await call((portal) => portal.accountStatus({ expand: "true" })).catch(() => ({
    account: undefined,
  }));
  if (account) noteStatus(account);
  return account?.state === "verified";
}

async function askAgain(): Promise<Asked> {
  try {
    await call((portal) => portal.accountResendVerification({ id: "me" }));
    return { at: new Date().toISOString() };
  } catch (error) {
    if (!isFailure(error, "AccountResendVerification") || error.code !== "kExists") throw error;
    noteAccount(await call((portal) => portal.accountGet({ id: "me" })));
    return { isVerified: true };
  }
}
