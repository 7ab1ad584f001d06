import { useEffect } from "react";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { Page } from "../kit/page.tsx";
import { call } from "../portal.ts";
import { noteAccount } from "../session.ts";
import { useText } from "../text/language.ts";
import "./account/account.css";
import { About } from "./account/about.tsx";
import { Details } from "./account/details.tsx";
import { Notifications } from "./account/notifications.tsx";
import { Photo } from "./account/photo.tsx";
import { Verification } from "./account/verification.tsx";

const readAccount = () => call((portal) => portal.accountGet({ id: "me" }));

/** The holder's own account: what the practice knows about them, and how to change or delete it. */
export default function AccountPage() {
  const { nav } = useText();
  const account = useLoading(readAccount);
  const { value } = account;
  useEffect(() => {
    if (value) noteAccount(value);
  }, [value]);
  return (
    <Page title={nav.account}>
      <Verification />
      <Loaded from={account}>
        {(loaded) => (
          <>
            <Photo initial={loaded.image} name={loaded.name} />
            <Details initial={loaded} />
            <Notifications initial={loaded.preferences} />
            <About />
          </>
        )}
      </Loaded>
    </Page>
  );
}
