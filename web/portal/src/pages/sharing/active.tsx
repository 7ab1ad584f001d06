import { isFailure } from "../../../../../client/src/client.ts";
import { type AskedProps, useAsking } from "../../kit/asking.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Facts } from "../../kit/facts.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { call } from "../../portal.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { AccessChoice, accessOf } from "./access.tsx";
import type { Connection } from "./mine.ts";

/** What the reader wants to do with a connection. */
interface Asked {
  readonly connection: Connection;
  readonly what: "change" | "end";
}

/** The connections that let others see the holder's account. */
export function Active({
  connections: active,
  onChanged,
}: {
  readonly connections: readonly Connection[];
  readonly onChanged: () => void;
}) {
  const { connections } = useText();
  const { heading, asked, ask, said, props } = useAsking<Asked>(onChanged);
  return (
    <Card title={connections.activeTitle} heading={heading}>
      {active.length === 0 && <p>{connections.activeNone}</p>}
      <ul className="entries">
        {active.map((connection) => (
          <Entry key={connection._id} connection={connection} onAsk={(what) => ask({ connection, what })} />
        ))}
      </ul>
      {said && <Notice kind="done">{said}</Notice>}
      {asked && <Answer {...asked} {...props} />}
    </Card>
  );
}

function Entry({
  connection: { target, access, created },
  onAsk,
}: {
  readonly connection: Connection;
  readonly onAsk: (what: Asked["what"]) => void;
}) {
  const { connections } = useText();
  const { email = "" } = target;
  return (
    <li>
      <div>
        <strong>{email}</strong>
        <Facts
          facts={[
            [connections.may, connections.theyMay[access]],
            [connections.since, <Time key="since" at={created} isDateOnly />],
          ]}
        />
      </div>
      <div className="actions">
        <Button kind="secondary" aria-label={connections.changeOf(email)} onPress={() => onAsk("change")}>
          {connections.change}
        </Button>
        <Button kind="danger" aria-label={connections.endOf(email)} onPress={() => onAsk("end")}>
          {connections.end}
        </Button>
      </div>
    </li>
  );
}

function Answer({ connection: { _id, target, access }, what, onDone, ...props }: Asked & AskedProps) {
  const { connections, common } = useText();
  const { email = "" } = target;
  if (what === "change") {
    return (
      <Confirm
        {...props}
        kind="primary"
        title={connections.changeTitle(email)}
        submit={common.save}
        explain={explainGone}
        send={async (values) => {
          const body = { access: accessOf(values) };
          await call((portal) => portal.connectionPatch({ connection: _id, body }));
          onDone(connections.changed(email));
        }}
      >
        <AccessChoice chosen={access} />
      </Confirm>
    );
  }
  return (
    <Confirm
      {...props}
      title={connections.endTitle}
      submit={connections.end}
      send={async () => {
        await call((portal) => portal.connectionDelete({ connection: _id })).catch(unlessGone);
        onDone(connections.ended(email));
      }}
    >
      <p>{connections.endText(email)}</p>
    </Confirm>
  );
}

const explainGone = (error: unknown, { connections }: Text): string | undefined =>
  isFailure(error) && error.code === "kNotFound" ? connections.gone : undefined;
