/** The checks of Schemathesis that run, and those that do not, with the reason. */

/** A check, or checks for some operations, that are left out. */
interface LeftOut {
  readonly check: string;
  readonly because: string;
  /** The operations that it is left out for, by their path. Default: all. */
  readonly paths?: string;
}

/** Every check that runs, by the name that Schemathesis gives it, and how its report calls its failures. */
export const checks: Readonly<Record<string, string>> = {
  not_a_server_error: "ServerError",
  status_code_conformance: "UndefinedStatusCode",
  content_type_conformance: "UndefinedContentType",
  response_headers_conformance: "MissingHeaders",
  response_schema_conformance: "JsonSchemaError",
  negative_data_rejection: "AcceptedNegativeData",
  missing_required_header: "MissingHeaderNotRejected",
  unsupported_method: "UnsupportedMethodResponse",
  allow_header_conformance: "AllowHeaderMismatch",
  use_after_free: "UseAfterFree",
  ensure_resource_availability: "EnsureResourceAvailability",
};

const rejection = "negative_data_rejection";

/** What does not run. */
export const leftOut: readonly LeftOut[] = [
  {
    check: "positive_data_acceptance",
    because: "Check digits, password strength and other rules are not in the schemas. Random input names each of them.",
  },
  {
    check: "ignored_auth",
    because:
      "The hook gives credentials to the requests of this check, too. Suites in test/registry leave each of them out.",
  },
  { check: "object_level_authorization", because: "It needs several users. The suite about isolation has them." },
  {
    check: rejection,
    paths: "^/api/io/",
    because: "A refusal has HTTP 200 there, and the check looks at the status only. Random input looks at the code.",
  },
  {
    check: rejection,
    paths: "^/therapist/(organizations|practice-profile)/$",
    because:
      "Null in `auth` means absent, and the format of an e-mail address is narrower than its pattern, which counts.",
  },
  {
    check: rejection,
    paths: "^/[{]org[}]/v2/(accounts|connections|accounts/[{]id[}]/events)$",
    because: "An empty argument of a query counts as absent.",
  },
  {
    check: rejection,
    paths: "^/[{]org[}]/v2/accounts/(status|request-password-reset)$",
    because: "They ignore bad values, as their descriptions say (`ignores`).",
  },
  {
    check: rejection,
    paths: "^/[{]org[}]/v2/(accounts/[{]id[}]|settings)$",
    because: "A PUT without a body counts as one with an empty object, which changes nothing.",
  },
  {
    check: "status_code_conformance",
    paths: "^/[{]org[}]/[{]path[}]$",
    because: "It matches every path, and the introduction of the document says how an unknown path is answered.",
  },
  {
    check: "unsupported_method",
    paths: "^/[{]org[}]/v2/accounts/[a-z-]+$",
    because:
      "accounts/{id} matches these paths, too, and takes the method: PUT accounts/login asks for the account `login`.",
  },
];

/** Operations with so many fields that the tests of every bound take a minute. Only the long run makes them. */
export const longOnly = "^/[{]org[}]/v2/accounts/(register|[{]id[}])$";
