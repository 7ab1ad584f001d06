import type { Account } from "../../../../../client/src/client.ts";

/** What the holder wants to be told, and how. */
export type Preferences = NonNullable<Account["preferences"]>;
/** One kind of news, with the ways in which it can come. */
export type Notification = NonNullable<Preferences["notifications"]>[number];
type Endpoint = NonNullable<Notification["endpoints"]>[number];

/** What is offered to accounts that have no preferences yet. */
const offered: readonly Notification[] = ["appointments", "messages", "news"].map((name) => ({
  name,
  endpoints: [
    { name: "email", enabled: false },
    { name: "sms", enabled: false },
  ],
}));

/** Returns the notifications of an account, or those that are offered when it has none. */
export const notificationsOf = (preferences: Preferences | undefined): readonly Notification[] =>
  preferences?.notifications?.length ? preferences.notifications : offered;

/** What an entry is found by in a list that somebody else may have changed. */
const keyOf = ({ _id, name, label }: Endpoint): string => _id ?? name ?? label ?? "";

/** The name of a switch: which notification, by which way. */
export const switchOf = (notification: Notification, endpoint: Endpoint): string =>
  JSON.stringify([keyOf(notification), keyOf(endpoint)]);

/** Which switches are on. */
export const switchesOn = (notifications: readonly Notification[]): ReadonlySet<string> =>
  new Set(
    notifications.flatMap((notification) =>
      (notification.endpoints ?? [])
        .filter(({ enabled }) => enabled)
        .map((endpoint) => switchOf(notification, endpoint)),
    ),
  );

/** Returns the notifications with some switches turned to another state. Everything else stays as it is. */
export const withSwitches = (
  notifications: readonly Notification[],
  turned: ReadonlyMap<string, boolean>,
): Notification[] =>
  notifications.map((notification) => ({
    ...notification,
    ...(notification.endpoints && {
      endpoints: notification.endpoints.map((endpoint) => {
        const enabled = turned.get(switchOf(notification, endpoint));
        return enabled === undefined ? endpoint : { ...endpoint, enabled };
      }),
    }),
  }));
