import { type ComponentType, lazy, Suspense, useEffect } from "react";
import { Redirect, Route, Router, Switch, useLocation } from "wouter";
import type { PortalPage } from "../../../lib/portal-pages.ts";
import { Frame } from "./frame.tsx";
import { Inside } from "./inside.tsx";
import { Boundary } from "./kit/boundary.tsx";
import { Loading } from "./kit/loading.tsx";
import { Gone, NothingHere } from "./pages/gone.tsx";
import { NotLoaded } from "./pages/not-loaded.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { base } from "./place.ts";
import { connect, usePortal } from "./portal.ts";

/** A page that is loaded when somebody opens it. Its file has one component, the page. */
const later = (load: () => Promise<{ default: ComponentType }>) => {
  const Later = lazy(() => load().catch(() => ({ default: NotLoaded })));
  return () => (
    <Suspense fallback={<Loading />}>
      <Later />
    </Suspense>
  );
};

/** Pages for everybody. */
const open: Partial<Record<PortalPage, ComponentType>> = {
  "sign-in": SignIn,
  register: later(() => import("./pages/register.tsx")),
  verify: later(() => import("./pages/verify.tsx")),
  reject: later(() => import("./pages/reject.tsx")),
  connect: later(() => import("./pages/connect.tsx")),
  "forgot-password": later(() => import("./pages/forgot-password.tsx")),
  "reset-password": later(() => import("./pages/reset-password.tsx")),
  deleted: later(() => import("./pages/deleted.tsx")),
};

/** Pages for people who have signed in, by their path. */
const inside: Readonly<Record<string, ComponentType>> = {
  account: later(() => import("./pages/account.tsx")),
  security: later(() => import("./pages/security.tsx")),
  invitations: later(() => import("./pages/invitations.tsx")),
  people: later(() => import("./pages/people.tsx")),
  "people/:id": later(() => import("./pages/person.tsx")),
  settings: later(() => import("./pages/settings.tsx")),
  sharing: later(() => import("./pages/sharing.tsx")),
  "sharing/:id": later(() => import("./pages/shared-account.tsx")),
};

/** The portal: the frame, and the page that the address names. */
export function App() {
  const { info, isGone } = usePortal();
  useEffect(() => {
    // Without an answer the page is shown anyway: the first call says what is wrong, and asks again.
    connect().catch(() => {});
  }, []);
  return (
    <Router base={base}>
      <Frame info={info}>{isGone ? <Gone /> : <Pages />}</Frame>
    </Router>
  );
}

/** The page that the address names. */
function Pages() {
  const [path] = useLocation();
  return (
    <Boundary path={path}>
      <Switch>
        {Object.entries(open).map(([path, page]) => (
          <Route key={path} path={`/${path}`} component={page} />
        ))}
        {Object.entries(inside).map(([path, Page]) => (
          <Route key={path} path={`/${path}`}>
            <Inside>
              <Page />
            </Inside>
          </Route>
        ))}
        <Route path="/">
          {/* Its form waits for no call. Whoever is signed in goes on from there. */}
          <Redirect to="/sign-in" replace />
        </Route>
        <Route component={NothingHere} />
      </Switch>
    </Boundary>
  );
}
