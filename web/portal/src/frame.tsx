import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Account, PortalGetAnswer } from "../../../client/src/client.ts";
import { Button } from "./kit/button.tsx";
import { Notice } from "./kit/notice.tsx";
import { org } from "./place.ts";
import { isAdministrator, useSession } from "./session.ts";
import { signOut } from "./sign-out.ts";
import { chooseLanguage, type Language, languages, useLanguage, useText } from "./text/language.ts";

const retryMs = 10_000;

/** Loads the warning. If the connection is lost just then, it is tried again. */
const loadIdle = (): Promise<typeof import("./idle.tsx")> =>
  import("./idle.tsx").catch(() => new Promise((resolve) => setTimeout(resolve, retryMs)).then(loadIdle));
const IdleWarning = lazy(loadIdle);

/** What stands around every page: the practice's name, where one can go, and the language. */
export function Frame({
  info,
  children,
}: {
  readonly info: PortalGetAnswer | undefined;
  readonly children: ReactNode;
}) {
  const text = useText();
  const session = useSession();
  const [isStuck, setStuck] = useState(false);
  return (
    <>
      {/* No link: it would make an entry of the history, without what the page keeps in its own. */}
      <button type="button" className="skip" onClick={() => document.getElementById("content")?.focus()}>
        {text.common.skip}
      </button>
      <header className="top">
        <Link href="/" className="practice">
          {info?.name ?? org}
        </Link>
        {session.state === "in" && (
          <span className="self">
            <Self account={session.account} />
            <SignOut onStuck={setStuck} />
          </span>
        )}
      </header>
      {session.state === "in" && isStuck && <Notice kind="problem">{text.common.stillSignedIn}</Notice>}
      {session.state === "in" && <Navigation isAdministrator={isAdministrator(session.account)} />}
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      {session.state === "in" && (
        <Suspense>
          <IdleWarning />
        </Suspense>
      )}
      <footer className="bottom">
        <LanguageChoice />
      </footer>
    </>
  );
}

/** Who is signed in. */
function Self({ account: { name = {} } }: { readonly account: Account }) {
  const { common } = useText();
  const shown = [name.first, name.last].filter(Boolean).join(" ");
  return (
    <small className="self-name" title={common.signedInAs(shown)}>
      {shown}
    </small>
  );
}

function SignOut({ onStuck }: { readonly onStuck: (isStuck: boolean) => void }) {
  const { common } = useText();
  const leave = () => {
    onStuck(false);
    signOut().catch(() => onStuck(true));
  };
  return (
    <Button kind="quiet" onPress={leave}>
      {common.signOut}
    </Button>
  );
}

function Navigation({ isAdministrator }: { readonly isAdministrator: boolean }) {
  const { nav, common } = useText();
  const [path] = useLocation();
  const places = [
    ["account", nav.account],
    ["security", nav.security],
    ["sharing", nav.connections],
    ...(isAdministrator
      ? [
          ["people", nav.people],
          ["invitations", nav.invitations],
          ["settings", nav.settings],
        ]
      : []),
  ];
  return (
    <nav className="places" aria-label={common.menu}>
      <ul>
        {places.map(([place, name]) => (
          <li key={place}>
            <Link href={`/${place}`} aria-current={path.split("/")[1] === place ? "page" : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function LanguageChoice() {
  const { common } = useText();
  const language = useLanguage();
  return (
    <label className="language">
      {common.language}{" "}
      <select value={language} onChange={(event) => void chooseLanguage(event.target.value as Language)}>
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
