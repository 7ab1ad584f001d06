const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", followScheme);
followScheme();

const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  // No requests to other servers.
  validatorUrl: null,
  plugins: [ownParts],
  onComplete: fillInCredentials,
  requestInterceptor: ownRequest,
  responseInterceptor: keepCsrfToken,
});

/** Swagger UI is dark when the root element has this class. */
function followScheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

/**
 * Changes parts of Swagger UI. The list of servers is left out, because the page calls its own origin only. `FamilyWithNotes`
 * shows of a family only the first paragraph of its description while it is closed, and the rest above its operations.
 */
function ownParts({ React, getComponent }) {
  const make = React.createElement;
  const FamilyWithNotes = (Original) => (props) => {
    const place = ["tagDetails", "description"];
    const [summary, ...rest] = props.tagObj.getIn(place, "").split("\n\n");
    const isOpen = props.layoutSelectors.isShown(["operations-tag", props.tag], false);
    const notes =
      isOpen && rest.length > 0
        ? make("div", { className: "ours" }, make(getComponent("Markdown", true), { source: rest.join("\n\n") }))
        : null;
    const short = { ...props, tagObj: props.tagObj.setIn(place, summary) };
    // Swagger UI shows many operations as siblings of their family, and few as its children.
    return props.children
      ? make(Original, short, notes, props.children)
      : make(React.Fragment, null, make(Original, short), notes);
  };
  const InSection = (Original) => (props) =>
    make("section", { className: "ours introduction", "aria-label": "Introduction" }, make(Original, props));
  return {
    wrapComponents: {
      OperationTag: FamilyWithNotes,
      InfoContainer: InSection,
      ServersContainer: () => () => null,
    },
  };
}

// The introduction links to families of this page. Swagger UI would open them in another tab.
document.addEventListener("click", (event) => {
  const link = event.target.closest('.info a[href^="#/"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openFamily(decodeURIComponent(link.hash.slice(2)));
});

/** Opens a family, scrolls to it, and moves the focus there. */
function openFamily(name) {
  ui.layoutActions.show(["operations-tag", name], true);
  // In the next frame the family is open, so that there is something to scroll to.
  requestAnimationFrame(() => {
    const heading = document.querySelector(`[data-tag="${CSS.escape(name)}"]`);
    heading?.querySelector("a, button").focus({ preventScroll: true });
    heading?.scrollIntoView();
  });
}

/** Fills in "Authorize" if the document has credentials. The document of `npm start` has those of the demo vendor. */
function fillInCredentials() {
  const [server] = ui.specSelectors.specJson().toJS().servers;
  document.getElementById("home").hidden = !server["x-credentials"];
  for (const [scheme, value] of Object.entries(server["x-credentials"] ?? {})) {
    if (typeof value === "string") ui.preauthorizeApiKey(scheme, value);
    else ui.preauthorizeBasic(scheme, value.username, value.password);
  }
}

/** Sends a call to this page's origin, even if the document names another server, with the credentials of its family only. */
function ownRequest(request) {
  if (request.loadSpec) return request;
  const { pathname, search } = new URL(request.url, location.origin);
  request.url = location.origin + pathname + search;
  if (/^\/(api\/io|therapist)\//.test(pathname)) {
    // With cookies the browser would show its own password dialog at each 401, and the call would wait for it.
    request.credentials = "omit";
  } else if (request.headers["Medable-Client-Key"]) {
    // A client key means a call as a person, with a cookie; without it the call is made as the vendor's server.
    for (const name of ["Authorization", "X-Account-Id", "X-User-Id"]) delete request.headers[name];
  }
  return request;
}

/** Keeps a session's CSRF token, so that the next calls send it. Portals require it. */
function keepCsrfToken(response) {
  const token = response.headers?.["medable-csrf-token"];
  if (token) ui.preauthorizeApiKey("csrf", token);
  return response;
}
