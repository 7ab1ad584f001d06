import { useCallback } from "react";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { Page } from "../kit/page.tsx";
import { useSession } from "../session.ts";
import { useText } from "../text/language.ts";
import { Active } from "./sharing/active.tsx";
import { Invite } from "./sharing/invite.tsx";
import { loadMine } from "./sharing/mine.ts";
import { Pending } from "./sharing/pending.tsx";
import { Received } from "./sharing/received.tsx";

/** Who may see or manage the holder's account, and whose accounts the holder may. */
export default function SharingPage() {
  const { connections } = useText();
  const session = useSession();
  const me = session.state === "in" ? session.account._id : "";
  const mine = useLoading(useCallback(() => loadMine(me), [me]));
  return (
    <Page title={connections.title}>
      <p>{connections.intro}</p>
      <Invite onSent={mine.again} />
      <Loaded from={mine}>
        {({ pending, active, received }) => (
          <>
            <Pending connections={pending} onChanged={mine.again} />
            <Active connections={active} onChanged={mine.again} />
            <Received received={received} onChanged={mine.again} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
