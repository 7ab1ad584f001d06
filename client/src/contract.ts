// Written by `npm run openapi` from docs/openapi.json.

/** Names an operation. */
export type OperationId = "Ping" | "PingWithApplicationAuth" | "PingWithAccountAuth" | "PingWithAuth" | "PracticeCreate" | "PracticeUpdate" | "PracticeSave" | "PracticeGet" | "PracticeList" | "UserCreate" | "UserUpdate" | "UserSave" | "UserGet" | "UserList" | "PortalSettingsGet" | "PortalSettingsSave" | "OrganizationSave" | "OrganizationList" | "OrganizationListByTherapist" | "PracticeProfileSave" | "PracticeProfileGet" | "AccountRegister" | "AccountLogin" | "AccountStatus" | "AccountLogout" | "AccountRequestPasswordReset" | "AccountResetPassword" | "AccountUpdatePassword" | "AccountVerify" | "AccountResendVerification" | "AccountList" | "AccountGet" | "AccountGetProperty" | "AccountPut" | "AccountPatch";

/** How an operation is called. */
export interface Row {
  readonly id: OperationId;
  readonly family: "practices" | "therapists" | "accounts";
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** With variables, of which those with a plus take several segments. */
  readonly path: string;
  /** What a caller must prove: nothing at `none`. */
  readonly tier: string;
  /** Whether the same request may be sent again when its answer was lost; `with id`: if its body states an `id`. */
  readonly repeatable: boolean | "with id";
  /** What a list is called whose answer is an array, and which tells in a header where the next page is. */
  readonly list?: string;
}

/** The operations of practices, users and therapists. */
export interface DirectoryOperations {
  /**
   * Says that the service answers.
   *
   * Asks for no credentials.
   */
  ping: { input: PingInput; answer: PingAnswer; code: PingCode };
  /**
   * Says whether an application's credentials are good. What else they name is not looked at.
   *
   * Tier *vendor*: the application's id and password.
   */
  pingWithApplicationAuth: { input: PingWithApplicationAuthInput; answer: PingWithApplicationAuthAnswer; code: PingWithApplicationAuthCode };
  /**
   * Says whether the credentials are good for a practice: that it exists and is active.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  pingWithAccountAuth: { input: PingWithAccountAuthInput; answer: PingWithAccountAuthAnswer; code: PingWithAccountAuthCode };
  /**
   * Says whether a user exists and is active; with `loginId` and `loginPassword` it signs a user in.
   *
   * Tier *user*: the application's id and password, an active practice and an active user of it; or that user's login.
   */
  pingWithAuth: { input: PingWithAuthInput; answer: PingWithAuthAnswer; code: PingWithAuthCode };
  /**
   * Creates a practice under a key of your own. The record is the one that `accountId` names in the body, else the one that it names in the credentials. Of many simultaneous creates of one key exactly one succeeds.
   *
   * Tier *vendor*: the application's id and password.
   */
  practiceCreate: { input: PracticeCreateInput; answer: PracticeCreateAnswer; code: PracticeCreateCode };
  /**
   * Changes a practice, active or not. The record is the one that `accountId` names in the body, else the one that it names in the credentials. Every field gets the value that is passed, and one that is not passed is cleared; `active` alone stays as it is.
   *
   * Tier *vendor*: the application's id and password.
   */
  practiceUpdate: { input: PracticeUpdateInput; answer: PracticeUpdateAnswer; code: PracticeUpdateCode };
  /**
   * Creates when there is no such record, otherwise replaces its fields. Simultaneous saves all succeed. The record is the one that `accountId` names in the body, else the one that it names in the credentials. Every field gets the value that is passed, and one that is not passed is cleared; `active` alone stays as it is.
   *
   * Tier *vendor*: the application's id and password.
   */
  practiceSave: { input: PracticeSaveInput; answer: PracticeSaveAnswer; code: PracticeSaveCode };
  /**
   * Reads a practice, active or not. The record is the one that `accountId` names in the body, else the one that it names in the credentials. What it gives can be sent back as an update.
   *
   * Tier *vendor*: the application's id and password.
   */
  practiceGet: { input: PracticeGetInput; answer: PracticeGetAnswer; code: PracticeGetCode };
  /**
   * Lists your practices by key. Pass `cursor` on until there is none.
   *
   * Tier *vendor*: the application's id and password.
   */
  practiceList: { input: PracticeListInput; answer: PracticeListAnswer; code: PracticeListCode };
  /**
   * Creates a user in the practice of the credentials. The record is the one that `userId` names in the body, else the one that it names in the credentials. Of many simultaneous creates of one key exactly one succeeds. A login needs `loginId` and `loginPassword`; later changes may leave the password out.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  userCreate: { input: UserCreateInput; answer: UserCreateAnswer; code: UserCreateCode };
  /**
   * Changes a user, active or not. The record is the one that `userId` names in the body, else the one that it names in the credentials. Every field gets the value that is passed, and one that is not passed is cleared; `active` alone stays as it is. A login needs `loginId` and `loginPassword`; later changes may leave the password out.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  userUpdate: { input: UserUpdateInput; answer: UserUpdateAnswer; code: UserUpdateCode };
  /**
   * Creates when there is no such record, otherwise replaces its fields. Simultaneous saves all succeed. The record is the one that `userId` names in the body, else the one that it names in the credentials. Every field gets the value that is passed, and one that is not passed is cleared; `active` alone stays as it is. A login needs `loginId` and `loginPassword`; later changes may leave the password out.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  userSave: { input: UserSaveInput; answer: UserSaveAnswer; code: UserSaveCode };
  /**
   * Reads a user of the practice of the credentials, active or not. The record is the one that `userId` names in the body, else the one that it names in the credentials.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  userGet: { input: UserGetInput; answer: UserGetAnswer; code: UserGetCode };
  /**
   * Lists the users of one practice by key, or those of all your practices in the order of their creation.
   *
   * Tier *vendor*: the application's id and password.
   */
  userList: { input: UserListInput; answer: UserListAnswer; code: UserListCode };
  /**
   * Reads how the practice's portal behaves: what was saved, and defaults for the rest.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  portalSettingsGet: { input: PortalSettingsGetInput; answer: PortalSettingsGetAnswer; code: PortalSettingsGetCode };
  /**
   * Changes the settings that are passed; the others stay.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  portalSettingsSave: { input: PortalSettingsSaveInput; answer: PortalSettingsSaveAnswer; code: PortalSettingsSaveCode };
  /**
   * Without `id` creates an organization. With `id` changes what is passed of one, `null` clearing it; `is_active: false` takes it out of the lists.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  organizationSave: { input: OrganizationSaveInput; answer: OrganizationSaveAnswer; code: OrganizationSaveCode };
  /**
   * Lists the active organizations of the practice, by id.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  organizationList: { input: OrganizationListInput; answer: OrganizationListAnswer; code: OrganizationListCode };
  /**
   * Lists the active organizations of one therapist, by id.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  organizationListByTherapist: { input: OrganizationListByTherapistInput; answer: OrganizationListByTherapistAnswer; code: OrganizationListByTherapistCode };
  /**
   * Stores a whole profile: what is not passed becomes `null`. All of it is stored, or nothing. `userId`, `image` and `address` are required.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  practiceProfileSave: { input: PracticeProfileSaveInput; answer: PracticeProfileSaveAnswer; code: PracticeProfileSaveCode };
  /**
   * Reads a therapist's whole profile.
   *
   * Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who administers the practice.
   */
  practiceProfileGet: { input: PracticeProfileGetInput; answer: PracticeProfileGetAnswer; code: PracticeProfileGetCode };
}

/** The operations of portal accounts. */
export interface PortalOperations {
  /**
   * Registers an account, mails its verification, and signs its holder in. By a server with application credentials: the same without a session.
   *
   * Tier *portal*: the vendor's client key; or application credentials.
   */
  accountRegister: { input: AccountRegisterInput; answer: AccountRegisterAnswer; code: AccountRegisterCode };
  /**
   * Signs in. Wrong passwords in a row lock the account for a while, whether there is such an account or not. With the portal's `twoFactor`, an unknown device is first answered `kNewLocation`, with HTTP 200, and the holder is sent a code: repeat the login with it in `location.verificationToken`, with the cookie that was set.
   *
   * Tier *portal*: the vendor's client key; or application credentials.
   */
  accountLogin: { input: AccountLoginInput; answer: AccountLoginAnswer; code: AccountLoginCode };
  /**
   * Says whether there is a session, and whose.
   *
   * Tier *visitor*: the vendor's client key, and a session if there is one; or application credentials.
   */
  accountStatus: { input: AccountStatusInput; answer: AccountStatusAnswer; code: AccountStatusCode };
  /**
   * Ends the session; the device stays known. Only the holder can: application credentials have no session.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountLogout: { input: AccountLogoutInput; answer: AccountLogoutAnswer; code: AccountLogoutCode };
  /**
   * Mails a link by which a new password can be set, at most one a minute and five an hour. The answer is the same whether there is such an account or not.
   *
   * Tier *portal*: the vendor's client key; or application credentials.
   */
  accountRequestPasswordReset: { input: AccountRequestPasswordResetInput; answer: AccountRequestPasswordResetAnswer; code: AccountRequestPasswordResetCode };
  /**
   * Sets a new password by the token of a mailed link: good for an hour, once. Ends every session, lifts the lock after wrong passwords, and mails a notice.
   *
   * Tier *portal*: the vendor's client key; or application credentials.
   */
  accountResetPassword: { input: AccountResetPasswordInput; answer: AccountResetPasswordAnswer; code: AccountResetPasswordCode };
  /**
   * Changes the holder's own password, ends their other sessions and mails a notice. Only the holder can: application credentials have no session.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountUpdatePassword: { input: AccountUpdatePasswordInput; answer: AccountUpdatePasswordAnswer; code: AccountUpdatePasswordCode };
  /**
   * Verifies an e-mail address by the token of a mailed link: good for seven days, once.
   *
   * Tier *visitor*: the vendor's client key, and a session if there is one; or application credentials.
   */
  accountVerify: { input: AccountVerifyInput; answer: AccountVerifyAnswer; code: AccountVerifyCode };
  /**
   * Mails the verification again, which voids the one before; at most five times an hour. Only the holder can: application credentials have no session.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountResendVerification: { input: AccountResendVerificationInput; answer: AccountResendVerificationAnswer; code: AccountResendVerificationCode };
  /**
   * Lists accounts: administrators see all of the portal, providers all at access 2, others themselves. A page may end early with `hasMore`.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountList: { input: AccountListInput; answer: AccountListAnswer; code: AccountListCode };
  /**
   * Reads an account: one's own (`me`), or another as far as one may. One that is not to be seen is not found.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountGet: { input: AccountGetInput; answer: AccountGetAnswer; code: AccountGetCode };
  /**
   * Reads one property of an account.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountGetProperty: { input: AccountGetPropertyInput; answer: AccountGetPropertyAnswer; code: AccountGetPropertyCode };
  /**
   * Changes the properties and sub-properties that are present; the others stay, `null` clears. All is done or nothing.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountPut: { input: AccountPutInput; answer: AccountPutAnswer; code: AccountPutCode };
  /**
   * Applies operations: `set`, `unset`, `push` onto an array, `remove` a value from one. All are done or none.
   *
   * Tier *session*: the vendor's client key and a session; or application credentials.
   */
  accountPatch: { input: AccountPatchInput; answer: AccountPatchAnswer; code: AccountPatchCode };
}

/** What `ping` takes. */
export type PingInput = Record<string, never>;

/** What `ping` answers. */
export interface PingAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
}

/** The codes with which `ping` fails. */
export type PingCode = 4000 | 4020;

/** What `pingWithApplicationAuth` takes. */
export type PingWithApplicationAuthInput = Record<string, never>;

/** What `pingWithApplicationAuth` answers. */
export type PingWithApplicationAuthAnswer = PingAnswer;

/** The codes with which `pingWithApplicationAuth` fails. */
export type PingWithApplicationAuthCode = 4000 | 4010 | 4020 | 5000;

/** What `pingWithAccountAuth` takes. */
export type PingWithAccountAuthInput = Record<string, never>;

/** What `pingWithAccountAuth` answers. */
export type PingWithAccountAuthAnswer = PingAnswer;

/** The codes with which `pingWithAccountAuth` fails. */
export type PingWithAccountAuthCode = 4000 | 4010 | 4011 | 4020 | 5000;

/** What `pingWithAuth` takes. */
export type PingWithAuthInput = Record<string, never>;

/** What `pingWithAuth` answers. */
export type PingWithAuthAnswer = PingAnswer;

/** The codes with which `pingWithAuth` fails. */
export type PingWithAuthCode = 4000 | 4010 | 4011 | 4012 | 4020 | 5000;

/** What `practiceCreate` takes. */
export interface PracticeCreateInput {
  /** Your own key of the practice, unique among your practices: 1 to 128 characters, compared exactly. Needed here or in the credentials. */
  accountId?: string | null | undefined;
  /** Name of the practice. */
  name: string;
  /** First line of the street address. */
  address1?: string | null | undefined;
  /** Second line of it. */
  address2?: string | null | undefined;
  /** City. */
  city?: string | null | undefined;
  /** USPS code of a state, DC or a territory. Any case goes in, upper case comes out. */
  state?: string | null | undefined;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal?: string | null | undefined;
  /** Phone number: exactly 10 digits. */
  phone?: string | null | undefined;
  /** Fax number: exactly 10 digits. */
  fax?: string | null | undefined;
  /** Whether its people may be let in. Left out: `true` for a new practice, unchanged for one that exists. */
  active?: boolean | null | undefined;
  /** Time zone; `Zulu` (UTC) unless stated. */
  timeZone?: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu" | null | undefined;
  /** Label of the practice's portal, unique over all practices of all vendors: 1 to 63 of `a-z 0-9 - _`, beginning and ending with a letter or digit, but none of api io www admin app assets static docs openapi therapist accounts portal mail localhost _local login support wpad autodiscover autoconfig v2 token sso events connections, and not beginning with `xn--`. Any case goes in, lower case comes out. One that is given up is free for your other practices at once, for those of other vendors after 90 days. */
  websiteAddress?: string | null | undefined;
  /** Label of the practice's Direct domain, or the full domain; unique over all practices. Answers give the full domain. One that is given up is free for your other practices at once, for those of other vendors after 90 days. */
  directDomain?: string | null | undefined;
  /** Direct address: the part before the @, or the whole address under the practice's Direct domain. Answers give the whole address, `null` when there is none. */
  directAddress?: string | null | undefined;
  /** National Provider Identifier: 10 digits with a valid check digit. */
  practiceNpi?: string | null | undefined;
  /** Health care provider taxonomy code: 10 letters or digits. */
  practiceSpecialtyCode?: string | null | undefined;
  /** Any text of at most 4096 bytes, kept as it comes. */
  metadata?: string | null | undefined;
}

/** What `practiceCreate` answers. */
export interface PracticeCreateAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  /** Your own key of the practice, unique among your practices: 1 to 128 characters, compared exactly. */
  accountId: string;
  /** What the call came to. */
  action: "create" | "update";
}

/** The codes with which `practiceCreate` fails. */
export type PracticeCreateCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4160 | 4161 | 4251 | 4252 | 4640 | 4620 | 4630 | 4130 | 4140 | 4150 | 4610 | 5000;

/** What `practiceUpdate` takes. */
export type PracticeUpdateInput = PracticeCreateInput;

/** What `practiceUpdate` answers. */
export type PracticeUpdateAnswer = PracticeCreateAnswer;

/** The codes with which `practiceUpdate` fails. */
export type PracticeUpdateCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4160 | 4161 | 4251 | 4252 | 4640 | 4131 | 4620 | 4630 | 4140 | 4150 | 4610 | 5000;

/** What `practiceSave` takes. */
export type PracticeSaveInput = PracticeCreateInput;

/** What `practiceSave` answers. */
export type PracticeSaveAnswer = PracticeCreateAnswer;

/** The codes with which `practiceSave` fails. */
export type PracticeSaveCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4160 | 4161 | 4251 | 4252 | 4640 | 4620 | 4630 | 4140 | 4150 | 4610 | 5000;

/** What `practiceGet` takes. */
export interface PracticeGetInput {
  /** Your own key of the practice, unique among your practices: 1 to 128 characters, compared exactly. Needed here or in the credentials. */
  accountId?: string | null | undefined;
}

/** A practice. A text field that is not set is empty. */
export interface Practice {
  /** Your own key of the practice, unique among your practices: 1 to 128 characters, compared exactly. */
  accountId: string;
  /** Name of the practice. */
  name: string;
  /** First line of the street address. */
  address1: string;
  /** Second line of it. */
  address2: string;
  /** City. */
  city: string;
  /** USPS code of a state, DC or a territory. Any case goes in, upper case comes out. */
  state: string;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal: string;
  /** Phone number: exactly 10 digits. */
  phone: string;
  /** Fax number: exactly 10 digits. */
  fax: string;
  /** Direct address: the part before the @, or the whole address under the practice's Direct domain. Answers give the whole address, `null` when there is none. */
  directAddress: string | null;
  /** Label of the practice's Direct domain, or the full domain; unique over all practices. Answers give the full domain. One that is given up is free for your other practices at once, for those of other vendors after 90 days. */
  directDomain: string;
  /** Label of the practice's portal, unique over all practices of all vendors: 1 to 63 of `a-z 0-9 - _`, beginning and ending with a letter or digit, but none of api io www admin app assets static docs openapi therapist accounts portal mail localhost _local login support wpad autodiscover autoconfig v2 token sso events connections, and not beginning with `xn--`. Any case goes in, lower case comes out. One that is given up is free for your other practices at once, for those of other vendors after 90 days. */
  websiteAddress: string;
  /** Time zone; `Zulu` (UTC) unless stated. */
  timeZone: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu";
  /** National Provider Identifier: 10 digits with a valid check digit. */
  practiceNpi: string;
  /** Health care provider taxonomy code: 10 letters or digits. */
  practiceSpecialtyCode: string;
  /** Any text of at most 4096 bytes, kept as it comes. */
  metadata: string;
  /** Read-only. */
  vetted: false;
  /** Whether its people are let in. */
  active: boolean;
}

/** What `practiceGet` answers. */
export interface PracticeGetAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  practice: Practice;
}

/** The codes with which `practiceGet` fails. */
export type PracticeGetCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4131 | 5000;

/** What `practiceList` takes. */
export interface PracticeListInput {
  /** How many at the most: 1 to 1000. Left out: all that fits into 5 MB. */
  limit?: number | null | undefined;
  /** The `cursor` of the page before: opaque, and good for this list and this caller alone. */
  cursor?: string | null | undefined;
}

/** What `practiceList` answers. */
export interface PracticeListAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  /** The practices of this page. */
  practiceList: Practice[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

/** The codes with which `practiceList` fails. */
export type PracticeListCode = 4000 | 4010 | 4020 | 4060 | 5000;

/** What `userCreate` takes. */
export interface UserCreateInput {
  /** Your own key of the user, unique in the practice: 1 to 128 characters, compared exactly, not beginning with @. Needed here or in the credentials. */
  userId?: string | null | undefined;
  /** First name. */
  firstName: string;
  /** Middle name. */
  middleName?: string | null | undefined;
  /** Last name. */
  lastName: string;
  /** First line of the street address. */
  address1?: string | null | undefined;
  /** Second line of it. */
  address2?: string | null | undefined;
  /** City. */
  city?: string | null | undefined;
  /** USPS code of a state, DC or a territory. Any case goes in, upper case comes out. */
  state?: string | null | undefined;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal?: string | null | undefined;
  /** Whether the user may sign in. Left out: `true` for a new user, unchanged for one that exists. */
  active?: boolean | null | undefined;
  /** Time zone; `Zulu` (UTC) unless stated. */
  timeZone?: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu" | null | undefined;
  /** Direct address, as for a practice; the practice must have a Direct domain. */
  directAddress?: string | null | undefined;
  /** What the user signs in with: unique over everything, compared without regard to case. Left out, it is cleared. */
  loginId?: string | null | undefined;
  /** 8 to 30 characters with upper and lower case and a digit or special character. Never answered. Left out while `loginId` is passed: the stored one stays. */
  loginPassword?: string | null | undefined;
  /** Whether the user is a provider. */
  provider?: boolean | null | undefined;
  /** Whether the user administers the practice, and so may call in its name by signing in. */
  admin?: boolean | null | undefined;
  /** Whether the user is to be left out of searches. */
  searchOptOut?: boolean | null | undefined;
  /** National Provider Identifier: 10 digits with a valid check digit. */
  npi?: string | null | undefined;
  /** Health care provider taxonomy code: 10 letters or digits. */
  providerTaxonomyCode?: string | null | undefined;
  /** Any text of at most 4096 bytes, kept as it comes. */
  metadata?: string | null | undefined;
}

/** What `userCreate` answers. */
export interface UserCreateAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  /** Key of the user's practice. */
  accountId: string;
  /** Your own key of the user, unique in the practice: 1 to 128 characters, compared exactly, not beginning with @. */
  userId: string;
  /** What the call came to. */
  action: "create" | "update";
}

/** The codes with which `userCreate` fails. */
export type UserCreateCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4233 | 4241 | 4251 | 4252 | 4640 | 4232 | 4620 | 4630 | 4230 | 4610 | 4234 | 5000;

/** What `userUpdate` takes. */
export type UserUpdateInput = UserCreateInput;

/** What `userUpdate` answers. */
export type UserUpdateAnswer = UserCreateAnswer;

/** The codes with which `userUpdate` fails. */
export type UserUpdateCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4233 | 4241 | 4251 | 4252 | 4640 | 4231 | 4232 | 4620 | 4630 | 4610 | 4234 | 5000;

/** What `userSave` takes. */
export type UserSaveInput = UserCreateInput;

/** What `userSave` answers. */
export type UserSaveAnswer = UserCreateAnswer;

/** The codes with which `userSave` fails. */
export type UserSaveCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4233 | 4241 | 4251 | 4252 | 4640 | 4232 | 4620 | 4630 | 4610 | 4234 | 5000;

/** What `userGet` takes. */
export interface UserGetInput {
  /** Your own key of the user, unique in the practice: 1 to 128 characters, compared exactly, not beginning with @. Needed here or in the credentials. */
  userId?: string | null | undefined;
}

/** A user, never with a password. A text field that is not set is empty. */
export interface User {
  /** Your own key of the user, unique in the practice: 1 to 128 characters, compared exactly, not beginning with @. */
  userId: string;
  /** Key of the user's practice. */
  accountId: string;
  /** What the user signs in with: unique over everything, compared without regard to case. Left out, it is cleared. */
  loginId: string;
  /** First name. */
  firstName: string;
  /** Middle name. */
  middleName: string;
  /** Last name. */
  lastName: string;
  /** First line of the street address. */
  address1: string;
  /** Second line of it. */
  address2: string;
  /** City. */
  city: string;
  /** USPS code of a state, DC or a territory. Any case goes in, upper case comes out. */
  state: string;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal: string;
  /** Time zone; `Zulu` (UTC) unless stated. */
  timeZone: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu";
  /** Any text of at most 4096 bytes, kept as it comes. */
  metadata: string;
  /** Read-only. */
  vetted: false;
  /** Whether the user may sign in. */
  active: boolean;
  /** Whether the user is to be left out of searches. */
  searchOptOut: boolean;
  /** National Provider Identifier: 10 digits with a valid check digit. */
  npi: string;
  /** Health care provider taxonomy code: 10 letters or digits. */
  providerTaxonomyCode: string;
  /** Direct address, as for a practice; the practice must have a Direct domain. */
  directAddress: string | null;
  /** Whether the user is a provider. */
  provider: boolean;
  /** Whether the user administers the practice, and so may call in its name by signing in. */
  admin: boolean;
}

/** What `userGet` answers. */
export interface UserGetAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  user: User;
}

/** The codes with which `userGet` fails. */
export type UserGetCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4241 | 4231 | 5000;

/** What `userList` takes. */
export interface UserListInput {
  /** Narrows the list to the users of this practice. */
  accountId?: string | null | undefined;
  /** How many at the most: 1 to 1000. Left out: all that fits into 5 MB. */
  limit?: number | null | undefined;
  /** The `cursor` of the page before: opaque, and good for this list and this caller alone. */
  cursor?: string | null | undefined;
}

/** What `userList` answers. */
export interface UserListAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  /** The users of this page. */
  userList: User[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

/** The codes with which `userList` fails. */
export type UserListCode = 4000 | 4010 | 4020 | 4060 | 4131 | 5000;

/** What `portalSettingsGet` takes. */
export type PortalSettingsGetInput = Record<string, never>;

/** All settings in effect. */
export interface PortalSettings {
  /** Whether people may register themselves. */
  registration: boolean;
  /** Whether a login from an unknown device needs a code sent by text message. */
  twoFactor: boolean;
  /** Least zxcvbn score of a password. */
  minPasswordScore: number;
  /** Wrong passwords in a row that lock an account. */
  lockAttempts: number;
  /** How long it stays locked. */
  lockMinutes: number;
  /** Minutes without a request after which a session ends. */
  sessionIdleMinutes: number;
  /** Hours after which a session ends in any case. */
  sessionHours: number;
  /** Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`. */
  allowedOrigins: string[];
}

/** What `portalSettingsGet` answers. */
export interface PortalSettingsGetAnswer {
  /** Whether the call did what it was to do. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** 2000, or the code of what went wrong. */
  responseCode: 2000;
  portalSettings: PortalSettings;
}

/** The codes with which `portalSettingsGet` fails. */
export type PortalSettingsGetCode = 4000 | 4010 | 4011 | 4020 | 5000;

/** What `portalSettingsSave` takes. */
export interface PortalSettingsSaveInput {
  /** Whether people may register themselves. */
  registration?: boolean | null | undefined;
  /** Whether a login from an unknown device needs a code sent by text message. */
  twoFactor?: boolean | null | undefined;
  /** Least zxcvbn score of a password. */
  minPasswordScore?: number | null | undefined;
  /** Wrong passwords in a row that lock an account. */
  lockAttempts?: number | null | undefined;
  /** How long it stays locked. */
  lockMinutes?: number | null | undefined;
  /** Minutes without a request after which a session ends. */
  sessionIdleMinutes?: number | null | undefined;
  /** Hours after which a session ends in any case. */
  sessionHours?: number | null | undefined;
  /** Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`. */
  allowedOrigins?: readonly string[] | null | undefined;
}

/** What `portalSettingsSave` answers. */
export type PortalSettingsSaveAnswer = PortalSettingsGetAnswer;

/** The codes with which `portalSettingsSave` fails. */
export type PortalSettingsSaveCode = 4000 | 4010 | 4011 | 4020 | 4060 | 5000;

/** What `organizationSave` takes. */
export interface OrganizationSaveInput {
  /** The organization to change; without it a new one is made. */
  id?: number | null | undefined;
  /** Name of the organization. */
  name?: string | null | undefined;
  /** Your own key of the therapist, stored as given. */
  therapist_user_id?: number | null | undefined;
  /** Whether lists show it. `null` leaves it as it is. */
  is_active?: boolean | null | undefined;
}

/** A therapist organization. */
export interface Organization {
  /** Given by the server, counted up within the practice, never given twice. */
  id: number;
  /** Name of the organization. */
  name: string | null;
  /** Your own key of the therapist, stored as given. */
  therapist_user_id: number | null;
  /** Whether lists show it. `null` leaves it as it is. */
  is_active: boolean;
}

/** What `organizationSave` answers. */
export type OrganizationSaveAnswer = Organization;

/** The codes with which `organizationSave` fails. */
export type OrganizationSaveCode = 400 | 401 | 404 | 413 | 415 | 500 | 503;

/** What `organizationList` takes. */
export interface OrganizationListInput {
  /** How many at the most: 1 to 1000. */
  limit?: number | undefined;
  /** The `cursor` of the page before: opaque, and good for this list and this caller alone. */
  cursor?: string | undefined;
}

/** What `organizationList` answers. */
export interface OrganizationListAnswer {
  organizations: Organization[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

/** The codes with which `organizationList` fails. */
export type OrganizationListCode = 400 | 401 | 500 | 503;

/** What `organizationListByTherapist` takes. */
export interface OrganizationListByTherapistInput {
  /** Your own key of the therapist, stored as given. */
  therapistUserId: string | number;
  /** How many at the most: 1 to 1000. */
  limit?: number | undefined;
  /** The `cursor` of the page before: opaque, and good for this list and this caller alone. */
  cursor?: string | undefined;
}

/** What `organizationListByTherapist` answers. */
export type OrganizationListByTherapistAnswer = OrganizationListAnswer;

/** The codes with which `organizationListByTherapist` fails. */
export type OrganizationListByTherapistCode = 400 | 401 | 500 | 503;

/** What `practiceProfileSave` takes. */
export interface PracticeProfileSaveInput {
  /** Your own key of the therapist: 1 to 128 characters, or a whole number. Answered as text. */
  userId: string | number;
  /** Name that the therapist signs in with. */
  userloginname?: string | null | undefined;
  /** Login id. */
  loginid?: string | null | undefined;
  /** Role. */
  role?: string | null | undefined;
  /** Time zone. */
  timezone?: string | null | undefined;
  /** First name. */
  firstName?: string | null | undefined;
  /** Last name. */
  lastName?: string | null | undefined;
  /** Gender. */
  gender?: string | null | undefined;
  /** E-mail address. */
  emailid?: string | null | undefined;
  /** Phone number. */
  phoneNumber?: string | null | undefined;
  /** Day of birth. */
  dob?: string | null | undefined;
  /** Picture: a URL or a data URL of at most 200 KiB. Not `javascript:` or `vbscript:`, and `data:` only of an image. */
  image: string;
  /** Addresses, at most 50. */
  address: readonly {
    addressLine1?: string | null | undefined;
    addressLine2?: string | null | undefined;
    city?: string | null | undefined;
    state?: string | null | undefined;
    country?: string | null | undefined;
    zipcode?: string | null | undefined;
  }[];
  /** Id of an organization. */
  orgid?: number | null | undefined;
  /** National Provider Identifier. */
  npi?: string | null | undefined;
  /** Whether the therapist administers the organization. */
  is_org_admin?: boolean | null | undefined;
}

/** What `practiceProfileSave` answers. */
export interface PracticeProfileSaveAnswer {
  /** All sections are stored. */
  success: true;
}

/** The codes with which `practiceProfileSave` fails. */
export type PracticeProfileSaveCode = 400 | 401 | 413 | 415 | 500 | 503;

/** What `practiceProfileGet` takes. */
export interface PracticeProfileGetInput {
  /** Your own key of the therapist: 1 to 128 characters, or a whole number. Answered as text. */
  userId: string | number;
}

/** A therapist's whole profile. What was never stated is `null`. */
export interface PracticeProfile {
  /** Your own key of the therapist: 1 to 128 characters, or a whole number. Answered as text. */
  userId: string;
  /** Name that the therapist signs in with. */
  userloginname: string | null;
  /** Login id. */
  loginid: string | null;
  /** Role. */
  role: string | null;
  /** Time zone. */
  timezone: string | null;
  /** First name. */
  firstName: string | null;
  /** Last name. */
  lastName: string | null;
  /** Gender. */
  gender: string | null;
  /** E-mail address. */
  emailid: string | null;
  /** Phone number. */
  phoneNumber: string | null;
  /** Day of birth. */
  dob: string | null;
  /** Picture: a URL or a data URL of at most 200 KiB. Not `javascript:` or `vbscript:`, and `data:` only of an image. */
  image: string;
  /** Addresses, at most 50. */
  address: {
    /** First line. */
    addressLine1: string | null;
    /** Second line. */
    addressLine2: string | null;
    /** City. */
    city: string | null;
    /** State. */
    state: string | null;
    /** Country. */
    country: string | null;
    /** ZIP code. */
    zipcode: string | null;
  }[];
  /** Id of an organization. */
  orgid: number | null;
  /** National Provider Identifier. */
  npi: string | null;
  /** Whether the therapist administers the organization. */
  is_org_admin: boolean;
}

/** What `practiceProfileGet` answers. */
export type PracticeProfileGetAnswer = PracticeProfile;

/** The codes with which `practiceProfileGet` fails. */
export type PracticeProfileGetCode = 400 | 401 | 404 | 500 | 503;

export interface PreferencesInput {
  notifications?: readonly {
    _id?: string | undefined;
    label?: string | undefined;
    name?: string | undefined;
    endpoints?: readonly {
      _id?: string | undefined;
      enabled?: boolean | undefined;
      label?: string | undefined;
      name?: string | undefined;
    }[] | undefined;
  }[] | null | undefined;
}

export interface ProfileInput {
  provider?: {
    affiliation?: string | null | undefined;
    license?: {
      number?: string | null | undefined;
      state?: string | null | undefined;
    } | null | undefined;
    npi?: string | null | undefined;
    specialty?: string | null | undefined;
    /** Only administrators write it, servers among them. */
    state?: string | null | undefined;
    visibility?: {
      provider?: boolean | null | undefined;
      public?: boolean | null | undefined;
    } | null | undefined;
  } | null | undefined;
}

/** What `accountRegister` takes. */
export interface AccountRegisterInput {
  /** Names; `first` and `last` are always there. Stored trimmed and in NFC. Only the holder and administrators write it. */
  name: {
    prefix?: string | null | undefined;
    first: string;
    middle?: string | null | undefined;
    last: string;
    suffix?: string | null | undefined;
    additional?: readonly string[] | null | undefined;
  };
  /** Your own mark on the account. */
  favorite?: boolean | null | undefined;
  /** Phone number. `1-650-555-5555` goes in, E.164 comes out. Only the holder and administrators write it. */
  mobile: string;
  /** Day of birth, `YYYY-MM-DD`, from 1850 to today anywhere on earth. Only the holder and administrators write it. */
  dob?: string | null | undefined;
  /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. Only the holder and administrators write it. */
  gender?: "f" | "m" | "n" | "o" | "t" | "u" | null | undefined;
  /** IANA time zone, links included. Any letter case goes in, the database's own spelling comes out. Only the holder and administrators write it. */
  tz?: string | null | undefined;
  /** Such as `en_US`. Only the holder and administrators write it. */
  locale?: string | null | undefined;
  /** What the holder wants to be told, and how. Only the holder and administrators write it. */
  preferences?: PreferencesInput | null | undefined;
  /** What the holder is beside being an account holder. Only the holder and administrators write it. */
  profile?: ProfileInput | null | undefined;
  /** `unverified`, or `verified` when the e-mail address was. Only administrators write it, servers among them. */
  state?: "unverified" | "verified" | undefined;
  /** The administrator's lock; not the one after wrong passwords. Only administrators write it, servers among them. */
  locked?: boolean | null | undefined;
  /** Whether an administrator must let the holder in first. Only administrators write it, servers among them. */
  activationRequired?: boolean | null | undefined;
  /** Ids of roles: `…004` Administrator, `…005` Provider. Only administrators write it, servers among them. */
  roles?: readonly string[] | null | undefined;
  /** E-mail address, unique in the portal. Any case goes in, lower case comes out; an internationalised domain comes out as A-label. */
  email: string;
  /** 8 to 256 characters, not too easily guessed (zxcvbn, against the portal's `minPasswordScore`), and not the holder's name or e-mail address. */
  password: string;
  /** An invitation, or an object that holds one. There are none yet: `kNotFound`. */
  token?: string | {
    [name: string]: unknown;
  } | undefined;
  /** A property of your own, of any kind. */
  [name: `c_${string}`]: unknown;
}

/** An account, as far as you may read it. What is not set is absent. */
export interface Account {
  /** Id: 24 hex digits, ordered by time. */
  _id: string;
  /** Always `account`. */
  object: "account";
  /** What you may do with it: 6 everything, 2 what providers see. */
  access?: 2 | 6;
  /** Your own mark on the account. */
  favorite?: boolean;
  /** Always `false`. */
  shared?: false;
  /** Names; `first` and `last` are always there. Stored trimmed and in NFC. */
  name?: {
    prefix?: string;
    first?: string;
    middle?: string;
    last?: string;
    suffix?: string;
    additional?: string[];
  };
  /** Phone number. `1-650-555-5555` goes in, E.164 comes out. */
  mobile?: string;
  /** Day of birth, `YYYY-MM-DD`, from 1850 to today anywhere on earth. */
  dob?: string;
  /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. */
  gender?: "f" | "m" | "n" | "o" | "t" | "u";
  /** IANA time zone, links included. Any letter case goes in, the database's own spelling comes out. */
  tz?: string;
  /** Such as `en_US`. */
  locale?: string;
  /** `unverified`, or `verified` when the e-mail address was. */
  state?: "unverified" | "verified";
  /** The administrator's lock; not the one after wrong passwords. */
  locked?: boolean;
  /** Whether an administrator must let the holder in first. */
  activationRequired?: boolean;
  /** Ids of roles: `…004` Administrator, `…005` Provider. */
  roles?: string[];
  /** What the holder wants to be told, and how. */
  preferences?: {
    notifications?: {
      _id?: string;
      label?: string;
      name?: string;
      endpoints?: {
        _id?: string;
        enabled?: boolean;
        label?: string;
        name?: string;
      }[];
    }[];
  };
  /** What the holder is beside being an account holder. */
  profile?: {
    provider?: {
      affiliation?: string;
      license?: {
        number?: string;
        state?: string;
      };
      npi?: string;
      specialty?: string;
      state?: string;
      visibility?: {
        provider?: boolean;
        public?: boolean;
      };
    };
  };
  /** When it was registered. */
  created?: string;
  /** E-mail address, unique in the portal; in lower case. */
  email?: string;
  /** Years since `dob`, by the day that it is in `tz`. */
  age?: number;
  /** Ids of the roles that come with those. */
  inherited_roles?: string[];
  /** When it was last changed; absent until then. */
  updated?: string;
  /** Who changed it; the whole account with `expand[]=updater`. */
  updater?: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Where it is. */
    path: string;
  } | Updater;
  /** For client-side encryption, the holder's alone; new with each password. */
  key?: {
    /** Names the key. */
    fingerprint: string;
    /** The key. */
    secret: string;
  };
  /** Only with `include[]=connections`. */
  connections?: never[];
  /** A property of your own, of any kind. */
  [name: `c_${string}`]: unknown;
}

/** The account of who made the last change, as far as you may read it. */
export interface Updater {
  /** Id: 24 hex digits, ordered by time. */
  _id: string;
  /** Always `account`. */
  object: "account";
  /** What you may do with it: 6 everything, 2 what providers see. */
  access?: 2 | 6;
  /** Your own mark on the account. */
  favorite?: boolean;
  /** Always `false`. */
  shared?: false;
  /** Names; `first` and `last` are always there. Stored trimmed and in NFC. */
  name?: {
    prefix?: string;
    first?: string;
    middle?: string;
    last?: string;
    suffix?: string;
    additional?: string[];
  };
  /** Phone number. `1-650-555-5555` goes in, E.164 comes out. */
  mobile?: string;
  /** Day of birth, `YYYY-MM-DD`, from 1850 to today anywhere on earth. */
  dob?: string;
  /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. */
  gender?: "f" | "m" | "n" | "o" | "t" | "u";
  /** IANA time zone, links included. Any letter case goes in, the database's own spelling comes out. */
  tz?: string;
  /** Such as `en_US`. */
  locale?: string;
  /** `unverified`, or `verified` when the e-mail address was. */
  state?: "unverified" | "verified";
  /** The administrator's lock; not the one after wrong passwords. */
  locked?: boolean;
  /** Whether an administrator must let the holder in first. */
  activationRequired?: boolean;
  /** Ids of roles: `…004` Administrator, `…005` Provider. */
  roles?: string[];
  /** What the holder wants to be told, and how. */
  preferences?: {
    notifications?: {
      _id?: string;
      label?: string;
      name?: string;
      endpoints?: {
        _id?: string;
        enabled?: boolean;
        label?: string;
        name?: string;
      }[];
    }[];
  };
  /** What the holder is beside being an account holder. */
  profile?: {
    provider?: {
      affiliation?: string;
      license?: {
        number?: string;
        state?: string;
      };
      npi?: string;
      specialty?: string;
      state?: string;
      visibility?: {
        provider?: boolean;
        public?: boolean;
      };
    };
  };
  /** When it was registered. */
  created?: string;
  /** E-mail address, unique in the portal; in lower case. */
  email?: string;
  /** Years since `dob`, by the day that it is in `tz`. */
  age?: number;
  /** Ids of the roles that come with those. */
  inherited_roles?: string[];
  /** When it was last changed; absent until then. */
  updated?: string;
  /** Who changed it; the whole account with `expand[]=updater`. */
  updater?: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Where it is. */
    path: string;
  };
  /** A property of your own, of any kind. */
  [name: `c_${string}`]: unknown;
}

/** What `accountRegister` answers. */
export type AccountRegisterAnswer = Account;

/** The codes with which `accountRegister` fails. */
export type AccountRegisterCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kSelfRegistrationDisabled" | "kNotFound" | "kExists" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountLogin` takes. */
export interface AccountLoginInput {
  /** The account's e-mail address. */
  email: string;
  /** The password. */
  password: string;
  /** The device. */
  location?: {
    /** The six digits of the text message. */
    verificationToken?: string | undefined;
    /** What the holder calls this device; only the first hundred characters are kept. */
    locationName?: string | undefined;
    /** The device is not to be remembered. */
    singleUse?: boolean | undefined;
  } | null | undefined;
}

/** What `accountLogin` answers. */
export type AccountLoginAnswer = Account;

/** The codes with which `accountLogin` fails. */
export type AccountLoginCode = "kNewLocation" | "kInvalidArgument" | "kNoCredentialsSupplied" | "kCallbackFormat" | "kAccessDenied" | "kInvalidCredentials" | "kAccountLocked" | "kUnverifiedLocation" | "kCallbackNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountStatus` takes. */
export interface AccountStatusInput {
  /** `true` gives the whole account. */
  expand?: "true" | "false" | undefined;
}

/** What `accountStatus` answers. */
export interface AccountStatusAnswer {
  /** Whether there is a session. */
  loggedin: boolean;
  account?: Account;
}

/** The codes with which `accountStatus` fails. */
export type AccountStatusCode = "kInvalidArgument" | "kAccessDenied" | "kError" | "kTooBusy";

/** What `accountLogout` takes. */
export type AccountLogoutInput = Record<string, never>;

/** What `accountLogout` answers. */
export interface AccountLogoutAnswer {
  /** Always `result`. */
  object: "result";
  /** It is done. */
  data: true;
}

/** The codes with which `accountLogout` fails. */
export type AccountLogoutCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountRequestPasswordReset` takes. */
export interface AccountRequestPasswordResetInput {
  /** An e-mail address; what is none is answered all the same. */
  email: string;
}

/** What `accountRequestPasswordReset` answers. */
export type AccountRequestPasswordResetAnswer = AccountLogoutAnswer;

/** The codes with which `accountRequestPasswordReset` fails. */
export type AccountRequestPasswordResetCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountResetPassword` takes. */
export interface AccountResetPasswordInput {
  /** The mailed token: 32 letters and digits. */
  token: string;
  /** 8 to 256 characters, not too easily guessed (zxcvbn, against the portal's `minPasswordScore`), and not the holder's name or e-mail address. */
  password: string;
}

/** What `accountResetPassword` answers. */
export type AccountResetPasswordAnswer = AccountLogoutAnswer;

/** The codes with which `accountResetPassword` fails. */
export type AccountResetPasswordCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kTokenExpired" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountUpdatePassword` takes. */
export interface AccountUpdatePasswordInput {
  /** The present password. */
  current: string;
  /** 8 to 256 characters, not too easily guessed (zxcvbn, against the portal's `minPasswordScore`), and not the holder's name or e-mail address. */
  password: string;
}

/** What `accountUpdatePassword` answers. */
export interface AccountUpdatePasswordAnswer {
  /** Always `result`. */
  object: "result";
  /** The account's new key. */
  data: {
    /** Names the key. */
    fingerprint: string;
    /** The key. */
    secret: string;
  };
}

/** The codes with which `accountUpdatePassword` fails. */
export type AccountUpdatePasswordCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kInvalidCredentials" | "kAccountLocked" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountVerify` takes. */
export interface AccountVerifyInput {
  /** The mailed token: 32 letters and digits. */
  token: string;
}

/** What `accountVerify` answers. */
export type AccountVerifyAnswer = AccountLogoutAnswer;

/** The codes with which `accountVerify` fails. */
export type AccountVerifyCode = "kInvalidArgument" | "kAccessDenied" | "kCSRFTokenMismatch" | "kTokenExpired" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountResendVerification` takes. */
export type AccountResendVerificationInput = Record<string, never>;

/** What `accountResendVerification` answers. */
export type AccountResendVerificationAnswer = AccountLogoutAnswer;

/** The codes with which `accountResendVerification` fails. */
export type AccountResendVerificationCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kExists" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountList` takes. */
export interface AccountListInput {
  /** How many at the most. */
  limit?: number | undefined;
  /** How many to leave out before. */
  skip?: number | undefined;
  /** `_id` or `{"_id":1}`: oldest first. `{"_id":-1}`, as without it: newest first. */
  sort?: string | undefined;
  /** A JSON object: conditions on `_id`, `email`, `mobile`, `name.first`, `name.last`, `state`, `locked`, `roles`, `gender`, `created` and `favorite`, by `$eq $ne $in $gt $gte $lt $lte`, `$and`, `$or` and `$regex` of an anchored prefix such as `"/^s/i"`. Instants are compared as instants, in any form of ISO 8601; ids may have any letter case. */
  where?: string | undefined;
  /** Dotted names of properties to narrow the answer to; may be repeated. */
  "paths[]"?: readonly string[] | undefined;
  /** `connections`. */
  "include[]"?: readonly string[] | undefined;
  /** `updater`. */
  "expand[]"?: readonly "updater"[] | undefined;
}

/** What `accountList` answers. */
export interface AccountListAnswer {
  /** Always `list`. */
  object: "list";
  /** What was found. */
  data: Account[];
  /** Whether there is more behind it. */
  hasMore: boolean;
}

/** The codes with which `accountList` fails. */
export type AccountListCode = "kInvalidArgument" | "kIllegalExpansion" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kError" | "kTooBusy";

/** What `accountGet` takes. */
export interface AccountGetInput {
  /** An account's id, in any letter case, or `me`. */
  id: string;
  /** Dotted names of properties to narrow the answer to; may be repeated. */
  "paths[]"?: readonly string[] | undefined;
  /** `connections`. */
  "include[]"?: readonly string[] | undefined;
  /** `updater`. */
  "expand[]"?: readonly "updater"[] | undefined;
}

/** What `accountGet` answers. */
export type AccountGetAnswer = Account;

/** The codes with which `accountGet` fails. */
export type AccountGetCode = "kInvalidArgument" | "kIllegalExpansion" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `accountGetProperty` takes. */
export interface AccountGetPropertyInput {
  /** An account's id, in any letter case, or `me`. */
  id: string;
  /** Where the property is; further names follow after slashes: `name/first`. */
  property: string;
}

/** What `accountGetProperty` answers. */
export type AccountGetPropertyAnswer = {
  /** Always `result`. */
  object: "result";
  /** The property. */
  data: unknown;
} | {
  /** Always `list`. */
  object: "list";
  /** What was found. */
  data: unknown[];
  /** Whether there is more behind it. */
  hasMore: boolean;
};

/** The codes with which `accountGetProperty` fails. */
export type AccountGetPropertyCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `accountPut` takes. */
export interface AccountPutInput {
  /** An account's id, in any letter case, or `me`. */
  id: string;
  /** What is to change; `null` clears, and so does `""` where there need be no text. Properties of your own, named `c_…`, may stand beside these: any JSON, 64 KiB in all. */
  body: {
    /** Names; `first` and `last` are always there. Stored trimmed and in NFC. Only the holder and administrators write it. */
    name?: {
      prefix?: string | null | undefined;
      first?: string | undefined;
      middle?: string | null | undefined;
      last?: string | undefined;
      suffix?: string | null | undefined;
      additional?: readonly string[] | null | undefined;
    } | undefined;
    /** Your own mark on the account. */
    favorite?: boolean | null | undefined;
    /** Phone number. `1-650-555-5555` goes in, E.164 comes out. Only the holder and administrators write it. */
    mobile?: string | undefined;
    /** Day of birth, `YYYY-MM-DD`, from 1850 to today anywhere on earth. Only the holder and administrators write it. */
    dob?: string | null | "" | undefined;
    /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. Only the holder and administrators write it. */
    gender?: "f" | "m" | "n" | "o" | "t" | "u" | null | "" | undefined;
    /** IANA time zone, links included. Any letter case goes in, the database's own spelling comes out. Only the holder and administrators write it. */
    tz?: string | null | "" | undefined;
    /** Such as `en_US`. Only the holder and administrators write it. */
    locale?: string | null | "" | undefined;
    /** What the holder wants to be told, and how. Only the holder and administrators write it. */
    preferences?: PreferencesInput | null | undefined;
    /** What the holder is beside being an account holder. Only the holder and administrators write it. */
    profile?: ProfileInput | null | undefined;
    /** `unverified`, or `verified` when the e-mail address was. Only administrators write it, servers among them. */
    state?: "unverified" | "verified" | undefined;
    /** The administrator's lock; not the one after wrong passwords. Only administrators write it, servers among them. */
    locked?: boolean | null | undefined;
    /** Whether an administrator must let the holder in first. Only administrators write it, servers among them. */
    activationRequired?: boolean | null | undefined;
    /** Ids of roles: `…004` Administrator, `…005` Provider. Only administrators write it, servers among them. */
    roles?: readonly string[] | null | undefined;
    /** A property of your own, of any kind. */
    [name: `c_${string}`]: unknown;
  };
}

/** What `accountPut` answers. */
export type AccountPutAnswer = Account;

/** The codes with which `accountPut` fails. */
export type AccountPutCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** One operation, or several: all are done or none. */
export type AccountPatchFields = PatchOperation | readonly PatchOperation[];

/** One change of a property. */
export type PatchOperation = {
  /** `push` appends to an array, `remove` takes a value out of one. */
  op: "set" | "push" | "remove";
  /** A property: `/name/first` or `name.first`. */
  path: string;
  /** With what; to set it to `null` clears it. */
  value: unknown;
} | {
  /** Clears it. */
  op: "unset";
  /** A property: `/name/first` or `name.first`. */
  path: string;
};

/** What `accountPatch` takes. */
export interface AccountPatchInput {
  /** An account's id, in any letter case, or `me`. */
  id: string;
  body: AccountPatchFields;
}

/** What `accountPatch` answers. */
export type AccountPatchAnswer = Account;

/** The codes with which `accountPatch` fails. */
export type AccountPatchCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** How each operation is called. */
export const operations: readonly Row[] = [
  { id: "Ping", family: "practices", method: "POST", path: "/api/io/Ping", tier: "none", repeatable: true },
  { id: "PingWithApplicationAuth", family: "practices", method: "POST", path: "/api/io/PingWithApplicationAuth", tier: "vendor", repeatable: true },
  { id: "PingWithAccountAuth", family: "practices", method: "POST", path: "/api/io/PingWithAccountAuth", tier: "account", repeatable: true },
  { id: "PingWithAuth", family: "practices", method: "POST", path: "/api/io/PingWithAuth", tier: "user", repeatable: true },
  { id: "PracticeCreate", family: "practices", method: "POST", path: "/api/io/PracticeCreate", tier: "vendor", repeatable: false },
  { id: "PracticeUpdate", family: "practices", method: "POST", path: "/api/io/PracticeUpdate", tier: "vendor", repeatable: true },
  { id: "PracticeSave", family: "practices", method: "POST", path: "/api/io/PracticeSave", tier: "vendor", repeatable: true },
  { id: "PracticeGet", family: "practices", method: "POST", path: "/api/io/PracticeGet", tier: "vendor", repeatable: true },
  { id: "PracticeList", family: "practices", method: "POST", path: "/api/io/PracticeList", tier: "vendor", repeatable: true },
  { id: "UserCreate", family: "practices", method: "POST", path: "/api/io/UserCreate", tier: "account", repeatable: false },
  { id: "UserUpdate", family: "practices", method: "POST", path: "/api/io/UserUpdate", tier: "account", repeatable: true },
  { id: "UserSave", family: "practices", method: "POST", path: "/api/io/UserSave", tier: "account", repeatable: true },
  { id: "UserGet", family: "practices", method: "POST", path: "/api/io/UserGet", tier: "account", repeatable: true },
  { id: "UserList", family: "practices", method: "POST", path: "/api/io/UserList", tier: "vendor", repeatable: true },
  { id: "PortalSettingsGet", family: "practices", method: "POST", path: "/api/io/PortalSettingsGet", tier: "account", repeatable: true },
  { id: "PortalSettingsSave", family: "practices", method: "POST", path: "/api/io/PortalSettingsSave", tier: "account", repeatable: true },
  { id: "OrganizationSave", family: "therapists", method: "POST", path: "/therapist/organizations/", tier: "account", repeatable: "with id" },
  { id: "OrganizationList", family: "therapists", method: "GET", path: "/therapist/organizations/", tier: "account", repeatable: true, list: "organizations" },
  { id: "OrganizationListByTherapist", family: "therapists", method: "GET", path: "/therapist/organizations/{therapistUserId}/", tier: "account", repeatable: true, list: "organizations" },
  { id: "PracticeProfileSave", family: "therapists", method: "POST", path: "/therapist/practice-profile/", tier: "account", repeatable: true },
  { id: "PracticeProfileGet", family: "therapists", method: "GET", path: "/therapist/practice-profile/{userId}/", tier: "account", repeatable: true },
  { id: "AccountRegister", family: "accounts", method: "POST", path: "/{org}/v2/accounts/register", tier: "portal", repeatable: false },
  { id: "AccountLogin", family: "accounts", method: "POST", path: "/{org}/v2/accounts/login", tier: "portal", repeatable: false },
  { id: "AccountStatus", family: "accounts", method: "GET", path: "/{org}/v2/accounts/status", tier: "visitor", repeatable: true },
  { id: "AccountLogout", family: "accounts", method: "POST", path: "/{org}/v2/accounts/me/logout", tier: "session", repeatable: false },
  { id: "AccountRequestPasswordReset", family: "accounts", method: "POST", path: "/{org}/v2/accounts/request-password-reset", tier: "portal", repeatable: false },
  { id: "AccountResetPassword", family: "accounts", method: "POST", path: "/{org}/v2/accounts/reset-password", tier: "portal", repeatable: false },
  { id: "AccountUpdatePassword", family: "accounts", method: "POST", path: "/{org}/v2/accounts/me/update-password", tier: "session", repeatable: false },
  { id: "AccountVerify", family: "accounts", method: "POST", path: "/{org}/v2/token/{token}", tier: "visitor", repeatable: false },
  { id: "AccountResendVerification", family: "accounts", method: "POST", path: "/{org}/v2/accounts/me/resend-verification", tier: "session", repeatable: false },
  { id: "AccountList", family: "accounts", method: "GET", path: "/{org}/v2/accounts", tier: "session", repeatable: true },
  { id: "AccountGet", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: true },
  { id: "AccountGetProperty", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}/{property+}", tier: "session", repeatable: true },
  { id: "AccountPut", family: "accounts", method: "PUT", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: true },
  { id: "AccountPatch", family: "accounts", method: "PATCH", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: false },
];
