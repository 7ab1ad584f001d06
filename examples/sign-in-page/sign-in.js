// Signs people in to a portal of Frontdesk, from a page of another origin.
// With a bundler the first line is: import { createPortal, isFailure } from "@frontdesk/client";
import { createPortal, isFailure } from "./client/client.js";
import { org as ownOrg, url } from "./settings.js";

const org = new URLSearchParams(location.search).get("portal") ?? ownOrg;
const limits = { timeoutMs: 20_000 };

const byId = (id) => document.getElementById(id);
const forms = { signIn: byId("sign-in"), secondStep: byId("second-step") };
const fields = { email: byId("email"), password: byId("password"), code: byId("code") };
const views = [byId("unavailable"), forms.signIn, forms.secondStep, byId("signed-in")];

// The portal's own page also works in browsers that keep no cookies for pages of other sites.
byId("portal-page").href = `${url}/${encodeURIComponent(org)}/`;

/** The client of the portal, once the portal is found. */
let portal;

// ---- What is shown

/** Shows one view, without earlier faults, and moves the focus into it. */
function show(view, focused, news = "") {
  clearFaults();
  for (const each of views) each.hidden = each !== view;
  byId("news").textContent = news;
  focused?.focus();
}

function clearFaults() {
  for (const fault of document.querySelectorAll(".fault")) fault.textContent = "";
  for (const field of Object.values(fields)) field.removeAttribute("aria-invalid");
}

/** Shows a fault at its field. The focus moves there, so that screen readers read the fault as well. */
function showAtField(field, text) {
  byId(`${field.id}-fault`).textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

function showSignIn(news) {
  fields.password.value = "";
  fields.code.value = "";
  show(forms.signIn, news === undefined ? undefined : fields.email, news);
}

const hints = {
  kNewLocation: "Enter the code that was sent to you, or a code of your authenticator app, or a recovery code.",
  kUnverifiedLocation:
    "No new code was sent. Enter the one that you got before. Codes work for ten minutes; after that, go back and sign in again.",
};

function showSecondStep(code) {
  byId("code-hint").textContent = hints[code];
  fields.code.value = "";
  byId("remember").checked = false;
  show(forms.secondStep, fields.code);
}

function showSignedIn({ name, email }) {
  // From here on nothing needs them.
  fields.password.value = "";
  fields.code.value = "";
  byId("who").textContent = `${name.first} ${name.last} (${email})`;
  show(byId("signed-in"), byId("signed-in-title"));
}

/** @param hasOther whether the portal's own page may do what this one cannot */
function showUnavailable(text, hasOther = false) {
  byId("why").textContent = text;
  byId("elsewhere").hidden = !hasOther;
  show(byId("unavailable"), byId("unavailable-title"));
}

// ---- What went wrong, in words

const words = {
  network: "There is no connection to the server. Check your connection, then try again.",
  kTooBusy: "The server is busy. Try again in a moment.",
  kInvalidCredentials: "The e-mail address or the password is wrong.",
  kAccountLocked: "There were too many wrong attempts. Wait a while, then try again, or ask the practice.",
  kAccessDenied: "You cannot sign in here. Ask the practice.",
  kCallbackFormat: "This is not a code. Codes have six digits, and recovery codes are longer.",
  kCallbackNotFound: "This code is wrong, was used, or is too old. Check it, or go back and sign in again.",
};

function wordsFor(error) {
  const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
  const known = words[isTimeout ? "network" : error.code];
  if (known) return known;
  console.error(error);
  const { requestId } = error;
  return `Something went wrong. Try again in a minute.${requestId ? ` The practice can look for ${requestId}.` : ""}`;
}

// ---- What the page does

/** Finds the portal, and whether somebody is signed in. @param cache how `fetch` uses the browser's cache */
async function start(cache) {
  byId("news").textContent = "Loading…";
  byId("why").textContent = "";
  try {
    const found = await portalFound(cache);
    if (!found) return;
    document.title = `Sign in: ${found.name}`;
    byId("practice").textContent = found.name;
    portal = createPortal({ url, org, clientKey: found.clientKey });
    const { loggedin, account } = await portal.accountStatus({ expand: "true" }, limits);
    if (loggedin) showSignedIn(account);
    else showSignIn();
  } catch (error) {
    showUnavailable(wordsFor(error));
  }
}

/** What the portal says about itself. `undefined` after the page has said why there is nothing. */
async function portalFound(cache) {
  const address = `${url}/${encodeURIComponent(org)}/v2/`;
  const signal = () => AbortSignal.timeout(limits.timeoutMs);
  try {
    const answer = await fetch(address, { cache, signal: signal() });
    const portal = await answer.json();
    if (answer.ok) return portal;
    showUnavailable(words[portal.code] ?? words.kTooBusy);
  } catch {
    // A browser hides from scripts why it failed: the server is not reachable, or its answer is not meant for this page.
    // Without CORS the request only succeeds if any answer came.
    const isReachable = await fetch(address, { cache, mode: "no-cors", signal: signal() }).then(
      () => true,
      () => false,
    );
    showUnavailable(
      isReachable
        ? `There is no open portal "${org}", or it is not open to pages of ${location.origin} (allowedOrigins).`
        : words.network,
    );
  }
  return undefined;
}

/** Signs in with what is in the fields; in the second step also with the code. */
async function signIn(location) {
  const [email, password] = [fields.email.value.trim(), fields.password.value];
  await portal.accountLogin({ email, password, ...(location && { location }) }, limits);
  const { loggedin, account } = await portal.accountStatus({ expand: "true" }, limits);
  if (loggedin) return showSignedIn(account);
  showUnavailable("Your browser does not keep cookies of this page. Allow them, or sign in elsewhere.", true);
}

/** Shows why a sign-in failed, where it can be put right. */
function showWhy(form, error) {
  const { code } = error;
  if (isFailure(error, "AccountLogin") && hints[code]) return showSecondStep(code);
  if (code === "kCallbackFormat" || code === "kCallbackNotFound") return showAtField(fields.code, wordsFor(error));
  form.querySelector("[role=alert]").textContent = wordsFor(error);
  if (code === "kInvalidCredentials" && form === forms.signIn) fields.password.select();
}

/** The first field that is empty gets a fault. @returns whether there is one */
function hasBlank(needed) {
  const blank = Object.entries(needed).filter(([name]) => fields[name].value.trim() === "");
  // From the last to the first, so that the focus ends at the first.
  for (const [name, text] of blank.reverse()) showAtField(fields[name], text);
  return blank.length > 0;
}

let isBusy = false;

/** Does one thing at a time: a second click while a call is under way does nothing. */
async function once(news, work) {
  if (isBusy) return;
  isBusy = true;
  byId("news").textContent = news;
  try {
    await work();
  } finally {
    isBusy = false;
    if (byId("news").textContent === news) byId("news").textContent = "";
  }
}

function onSubmit(form, needed, work) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy) return;
    clearFaults();
    if (!hasBlank(needed)) once("Signing in…", () => work().catch((error) => showWhy(form, error)));
  });
}

onSubmit(forms.signIn, { email: "Enter your e-mail address.", password: "Enter your password." }, () => signIn());
onSubmit(forms.secondStep, { code: "Enter the code." }, () =>
  signIn({ verificationToken: fields.code.value, singleUse: !byId("remember").checked }),
);

byId("back").addEventListener("click", () => showSignIn(""));
// The portal's answer may be kept for a minute, also when it was not for this page.
byId("again").addEventListener("click", () => once("Loading…", () => start("reload")));

const isOver = ({ code }) => code === "kNotLoggedIn" || code === "kSessionExpired";
byId("sign-out").addEventListener("click", () =>
  once("Signing out…", async () => {
    clearFaults();
    try {
      await portal.accountLogout(undefined, limits);
    } catch (error) {
      if (!isOver(error)) {
        byId("sign-out-fault").textContent = `${wordsFor(error)} You are still signed in.`;
        return;
      }
    }
    showSignIn("You are signed out.");
  }),
);

// The session may have ended while the page was in the background: by its time, or in another tab.
document.addEventListener("visibilitychange", async () => {
  if (document.hidden || byId("signed-in").hidden || isBusy) return;
  const { loggedin } = await portal.accountStatus(undefined, limits).catch(() => ({ loggedin: true }));
  if (!loggedin && !byId("signed-in").hidden) showSignIn("Your session has ended. Sign in again.");
});

start("default");
