const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  // The page asks nobody else anything.
  validatorUrl: null,
  onComplete: fillInCredentials,
  requestInterceptor: ownRequest,
  responseInterceptor: keepCsrfToken,
});

/** Fills in "Authorize" where the document has credentials: the copy that `npm start` serves has the demo vendor's. */
function fillInCredentials() {
  const [server] = ui.specSelectors.specJson().toJS().servers;
  for (const [scheme, value] of Object.entries(server["x-credentials"] ?? {})) {
    if (typeof value === "string") ui.preauthorizeApiKey(scheme, value);
    else ui.preauthorizeBasic(scheme, value.username, value.password);
  }
}

/** Sends a call to the origin that this page comes from, whatever the document calls it, and as its callers send it. */
function ownRequest(request) {
  if (request.loadSpec) return request;
  const { pathname, search } = new URL(request.url, location.origin);
  request.url = location.origin + pathname + search;
  if (/^\/(api\/io|therapist)\//.test(pathname)) {
    // With cookies the browser would ask for a password of its own at each 401, and the call would wait for it.
    request.credentials = "omit";
  } else if (request.headers["Medable-Client-Key"]) {
    // A portal takes either: with the client key one calls as a person, by cookie, and not as the vendor's server.
    for (const name of ["Authorization", "X-Account-Id", "X-User-Id"]) delete request.headers[name];
  }
  return request;
}

/** Sends the CSRF token of a session with the calls that follow, as portals want it. */
function keepCsrfToken(response) {
  const token = response.headers?.["medable-csrf-token"];
  if (token) ui.preauthorizeApiKey("csrf", token);
  return response;
}
