import { useState } from "react";
import { readStatus } from "../inside.tsx";
import { Button } from "../kit/button.tsx";
import { Confirm } from "../kit/confirm.tsx";
import { Page } from "../kit/page.tsx";
import { call } from "../portal.ts";
import { useText } from "../text/language.ts";
import { useToken } from "../token.ts";
import { endOfLink, type LinkEnd } from "./mailed/link-end.ts";
import { Outcome } from "./mailed/outcome.tsx";
import { usePracticeName } from "./mailed/practice-name.ts";

/** Deletes an account that somebody else has registered with the reader's e-mail address. */
export default function RejectPage() {
  const { mailed } = useText();
  const token = useToken();
  const practice = usePracticeName();
  const [end, setEnd] = useState<LinkEnd | "done" | undefined>(token ? undefined : "incomplete");
  const [isAsking, setAsking] = useState(false);

  async function send(): Promise<void> {
    const end = await endOfLink(call((portal) => portal.accountReject({ token: token ?? "" })));
    // Where the account was used in this browser, its session is over.
    if (!end) await readStatus().catch(() => {});
    // The window closes together with what came of it, which gets the focus.
    setAsking(false);
    setEnd(end ?? "done");
  }

  const sentences = {
    done: mailed.rejected,
    used: mailed.rejectUsed,
    expired: mailed.rejectExpired,
    incomplete: mailed.incomplete,
  };
  return (
    <Page title={mailed.rejectTitle}>
      {end ? (
        <Outcome kind={end === "done" ? "done" : "problem"}>{sentences[end]}</Outcome>
      ) : (
        <>
          <p>{mailed.rejectText(practice)}</p>
          <p>{mailed.rejectKeep}</p>
          <Button kind="danger" onPress={() => setAsking(true)}>
            {mailed.rejectSubmit}
          </Button>
        </>
      )}
      {isAsking && (
        <Confirm title={mailed.rejectAsk} submit={mailed.rejectConfirm} send={send} onClose={() => setAsking(false)}>
          <p>{mailed.rejectAskText}</p>
        </Confirm>
      )}
    </Page>
  );
}
