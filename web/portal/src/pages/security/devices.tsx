import type { Device } from "../../../../../client/src/client.ts";
import { type AskedProps, useAsking } from "../../kit/asking.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Facts } from "../../kit/facts.tsx";
import { Loaded } from "../../kit/loaded.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { useFirst } from "../../kit/use-first.ts";
import { call } from "../../portal.ts";
import { useText } from "../../text/language.ts";

const readDevices = (limit: number) => call((portal) => portal.deviceList({ id: "me", limit }));

/** The devices on which the holder has signed in. Each can be forgotten. */
export function Devices() {
  const { security, common } = useText();
  const devices = useFirst(readDevices);
  const { heading, asked, ask, said, props } = useAsking<Device | "all">(devices.again);
  return (
    <Card title={security.devicesTitle} heading={heading}>
      <p>{security.devicesText}</p>
      <Loaded from={devices}>
        {({ data, hasMore }) => (
          <>
            {data.length === 0 && <p>{security.devicesNone}</p>}
            <ul className="entries">
              {data.map((device) => (
                <Entry key={device._id} device={device} onForget={() => ask(device)} />
              ))}
            </ul>
            <div className="actions">
              {hasMore && (
                <Button kind="secondary" onPress={devices.more}>
                  {common.more}
                </Button>
              )}
              {data.length > 0 && (
                <Button kind="danger" onPress={() => ask("all")}>
                  {security.forgetAll}
                </Button>
              )}
            </div>
          </>
        )}
      </Loaded>
      {said && <Notice kind="done">{said}</Notice>}
      {asked && <Forget asked={asked} {...props} />}
    </Card>
  );
}

function Entry({ device, onForget }: { readonly device: Device; readonly onForget: () => void }) {
  const { security } = useText();
  const { name = security.deviceNameless, created, lastSeen, current } = device;
  return (
    <li>
      <div>
        <strong>{name}</strong> {current && <span className="badge">{security.thisDevice}</span>}
        <Facts
          facts={[
            [security.firstSeen, <Time key="first" at={created} />],
            [security.lastSeen, <Time key="last" at={lastSeen} />],
          ]}
        />
      </div>
      <Button kind="secondary" aria-label={security.forgetOne(name)} onPress={onForget}>
        {security.forget}
      </Button>
    </li>
  );
}

function Forget({ asked, onDone, ...props }: AskedProps & { readonly asked: Device | "all" }) {
  const { security } = useText();
  const name = asked === "all" ? "" : (asked.name ?? security.deviceNameless);
  return (
    <Confirm
      title={asked === "all" ? security.forgetAllTitle : security.forgetTitle(name)}
      submit={asked === "all" ? security.forgetAll : security.forget}
      {...props}
      send={async () => {
        if (asked === "all") await call((portal) => portal.deviceDeleteAll({ id: "me" }));
        else await call((portal) => portal.deviceDelete({ id: "me", device: asked._id })).catch(unlessGone);
        onDone(asked === "all" ? security.allForgotten : security.forgotten(name));
      }}
    >
      <p>{asked === "all" ? security.forgetAllText : security.forgetText}</p>
    </Confirm>
  );
}
