import type { Session } from "../../../../../client/src/client.ts";
import { type AskedProps, useAsking } from "../../kit/asking.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Facts } from "../../kit/facts.tsx";
import { Loaded } from "../../kit/loaded.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time, useTimeText } from "../../kit/time.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { useFirst } from "../../kit/use-first.ts";
import { call } from "../../portal.ts";
import { useText } from "../../text/language.ts";

const readSessions = (limit: number) => call((portal) => portal.sessionList({ id: "me", limit }));

/** The holder's open sessions. Others than the one of this page can be ended; this one ends by signing out. */
export function Sessions() {
  const { security, common } = useText();
  const sessions = useFirst(readSessions);
  const { heading, asked, ask, said, props } = useAsking<Session | "others">(sessions.again);
  return (
    <Card title={security.sessionsTitle} heading={heading}>
      <p>{security.sessionsText}</p>
      <Loaded from={sessions}>
        {({ data, hasMore }) => (
          <>
            <ul className="entries">
              {data.map((session) => (
                <Entry key={session._id} session={session} onEnd={() => ask(session)} />
              ))}
            </ul>
            <div className="actions">
              {hasMore && (
                <Button kind="secondary" onPress={sessions.more}>
                  {common.more}
                </Button>
              )}
              {data.length > 1 && (
                <Button kind="danger" onPress={() => ask("others")}>
                  {security.endOthers}
                </Button>
              )}
            </div>
          </>
        )}
      </Loaded>
      {said && <Notice kind="done">{said}</Notice>}
      {asked && <End asked={asked} {...props} />}
    </Card>
  );
}

function Entry({ session, onEnd }: { readonly session: Session; readonly onEnd: () => void }) {
  const { security } = useText();
  const timeText = useTimeText();
  const { created, lastSeen, expiresAt, current } = session;
  return (
    <li>
      <div>
        {current && <span className="badge">{security.thisSession}</span>}
        <Facts
          facts={[
            [security.begun, <Time key="begun" at={created} />],
            [security.lastUsed, <Time key="used" at={lastSeen} />],
            [security.endsAt, <Time key="ends" at={expiresAt} />],
          ]}
        />
      </div>
      {!current && (
        <Button kind="secondary" aria-label={security.endOne(timeText(created))} onPress={onEnd}>
          {security.end}
        </Button>
      )}
    </li>
  );
}

function End({ asked, onDone, ...props }: AskedProps & { readonly asked: Session | "others" }) {
  const { security } = useText();
  const timeText = useTimeText();
  return (
    <Confirm
      title={asked === "others" ? security.endOthersTitle : security.endTitle}
      submit={asked === "others" ? security.endOthers : security.end}
      {...props}
      send={async () => {
        if (asked === "others") await call((portal) => portal.sessionDeleteOthers({ id: "me" }));
        else await call((portal) => portal.sessionDelete({ id: "me", session: asked._id })).catch(unlessGone);
        onDone(asked === "others" ? security.othersEnded : security.ended);
      }}
    >
      <p>{asked === "others" ? security.endOthersText : security.endText(timeText(asked.created))}</p>
    </Confirm>
  );
}
