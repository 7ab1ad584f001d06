// Written by `npm run openapi` from docs/openapi.json.

/** Names an operation. */
export type OperationId = "Ping" | "PingWithApplicationAuth" | "PingWithAccountAuth" | "PingWithAuth" | "PracticeCreate" | "PracticeUpdate" | "PracticeSave" | "PracticeDelete" | "PracticeGet" | "PracticeList" | "UserCreate" | "UserUpdate" | "UserSave" | "UserDelete" | "UserGet" | "UserList" | "EventList" | "PortalSettingsGet" | "PortalSettingsSave" | "OrganizationSave" | "OrganizationList" | "OrganizationListByTherapist" | "PracticeProfileSave" | "PracticeProfileList" | "PracticeProfileGet" | "PortalGet" | "SettingsGet" | "SettingsPut" | "AccountRegister" | "AccountLogin" | "AccountStatus" | "AccountLogout" | "AccountRequestPasswordReset" | "AccountResetPassword" | "AccountUpdatePassword" | "AccountVerify" | "AccountReject" | "AccountResendVerification" | "AccountList" | "AccountGet" | "AccountGetProperty" | "AccountGetImage" | "AccountPutImage" | "AccountPut" | "AccountPatch" | "TotpCreate" | "TotpConfirm" | "TotpDelete" | "AccountDelete" | "DeviceList" | "DeviceDelete" | "DeviceDeleteAll" | "AccountEventList" | "SessionList" | "SessionDelete" | "SessionDeleteOthers" | "ConnectionCreate" | "ConnectionAccept" | "ConnectionList" | "ConnectionGet" | "ConnectionPatch" | "ConnectionDelete" | "InvitationCreate";

/** How an operation is called. */
export interface Row {
  readonly id: OperationId;
  readonly family: "practices" | "therapists" | "accounts";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With variables; a variable with a plus may contain several segments. */
  readonly path: string;
  /** What a caller must prove: nothing at `none`. */
  readonly tier: string;
  /** Whether the same request may be sent again when its answer was lost; `with id`: if its body states an `id`. */
  readonly repeatable: boolean | "with id";
  /** The name of the list, if the answer is a bare array and a header says where the next page is. */
  readonly list?: string;
}

/** The operations of practices, users and therapists. */
export interface DirectoryOperations {
  /**
   * Checks that the service answers.
   *
   * Needs no credentials.
   */
  ping: { input: PingInput; answer: PingAnswer; code: PingCode };
  /**
   * Checks an application's credentials. A practice or user that they name is ignored.
   *
   * Tier *vendor*: send the application's id and password.
   */
  pingWithApplicationAuth: { input: PingWithApplicationAuthInput; answer: PingWithApplicationAuthAnswer; code: PingWithApplicationAuthCode };
  /**
   * Checks whether the credentials are valid for a practice, and whether the practice exists and is active.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  pingWithAccountAuth: { input: PingWithAccountAuthInput; answer: PingWithAccountAuthAnswer; code: PingWithAccountAuthCode };
  /**
   * Checks whether a user exists and is active. With `loginId` and `loginPassword` it signs the user in.
   *
   * Tier *user*: send the application's id and password, the id of an active practice of that vendor, and the id of an active user of that practice. That user may sign in instead.
   */
  pingWithAuth: { input: PingWithAuthInput; answer: PingWithAuthAnswer; code: PingWithAuthCode };
  /**
   * Creates a practice (a clinic or an office) under your own key. The `accountId` in the body names the record, or else the one in the credentials. When several callers create a record with the same key at the same time, exactly one succeeds.
   *
   * Tier *vendor*: send the application's id and password.
   */
  practiceCreate: { input: PracticeCreateInput; answer: PracticeCreateAnswer; code: PracticeCreateCode };
  /**
   * Changes a practice, active or not. The `accountId` in the body names the record, or else the one in the credentials. Every field gets the value that you pass. A field that you leave out is cleared; only `active` stays as it is.
   *
   * Tier *vendor*: send the application's id and password.
   */
  practiceUpdate: { input: PracticeUpdateInput; answer: PracticeUpdateAnswer; code: PracticeUpdateCode };
  /**
   * Creates the practice, or replaces all fields if the practice exists. Simultaneous saves all succeed. The `accountId` in the body names the record, or else the one in the credentials. Every field gets the value that you pass. A field that you leave out is cleared; only `active` stays as it is.
   *
   * Tier *vendor*: send the application's id and password.
   */
  practiceSave: { input: PracticeSaveInput; answer: PracticeSaveAnswer; code: PracticeSaveCode };
  /**
   * Deletes an inactive practice with everything in it: users, portal accounts, organizations and profiles. Nobody finds any of it from then on, and the key may be used again; a worker erases it within minutes. Audit events stay. The `accountId` in the body names the record, or else the one in the credentials.
   *
   * Tier *vendor*: send the application's id and password.
   */
  practiceDelete: { input: PracticeDeleteInput; answer: PracticeDeleteAnswer; code: PracticeDeleteCode };
  /**
   * Reads a practice, active or not. The `accountId` in the body names the record, or else the one in the credentials. You can send the returned practice back as an update.
   *
   * Tier *vendor*: send the application's id and password.
   */
  practiceGet: { input: PracticeGetInput; answer: PracticeGetAnswer; code: PracticeGetCode };
  /**
   * Lists your practices in the order of their keys. To get the next page, send the returned `cursor`.
   *
   * Tier *vendor*: send the application's id and password.
   */
  practiceList: { input: PracticeListInput; answer: PracticeListAnswer; code: PracticeListCode };
  /**
   * Creates a user (a person who works in a practice) in the practice that the credentials name. The `userId` in the body names the record, or else the one in the credentials. When several callers create a record with the same key at the same time, exactly one succeeds. To sign in, a user needs `loginId` and `loginPassword`. Later updates may leave the password out.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  userCreate: { input: UserCreateInput; answer: UserCreateAnswer; code: UserCreateCode };
  /**
   * Changes a user, active or not. The `userId` in the body names the record, or else the one in the credentials. Every field gets the value that you pass. A field that you leave out is cleared; only `active` stays as it is. To sign in, a user needs `loginId` and `loginPassword`. Later updates may leave the password out.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  userUpdate: { input: UserUpdateInput; answer: UserUpdateAnswer; code: UserUpdateCode };
  /**
   * Creates the user, or replaces all fields if the user exists. Simultaneous saves all succeed. The `userId` in the body names the record, or else the one in the credentials. Every field gets the value that you pass. A field that you leave out is cleared; only `active` stays as it is. To sign in, a user needs `loginId` and `loginPassword`. Later updates may leave the password out.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  userSave: { input: UserSaveInput; answer: UserSaveAnswer; code: UserSaveCode };
  /**
   * Deletes a user of the practice that the credentials name, active or not, with their login and their therapist's profile. Their `userId`, `loginId` and `directAddress` are free from then on. Audit events stay. The `userId` in the body names the record, or else the one in the credentials.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  userDelete: { input: UserDeleteInput; answer: UserDeleteAnswer; code: UserDeleteCode };
  /**
   * Reads a user of the practice that the credentials name, active or not. The `userId` in the body names the record, or else the one in the credentials.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  userGet: { input: UserGetInput; answer: UserGetAnswer; code: UserGetCode };
  /**
   * Lists the users of one practice in the order of their keys, or the users of all your practices in the order of their creation. To get the next page, send the returned `cursor`.
   *
   * Tier *vendor*: send the application's id and password.
   */
  userList: { input: UserListInput; answer: UserListAnswer; code: UserListCode };
  /**
   * Lists the audit events of one practice, newest first, or without `accountId` those of the application itself: new secrets, client keys, disabling. It also lists those of a deleted practice. Where several practices had one key after the other, it lists those of all. To get the next page, send the returned `cursor`.
   *
   * Tier *vendor*: send the application's id and password.
   */
  eventList: { input: EventListInput; answer: EventListAnswer; code: EventListCode };
  /**
   * Reads the settings of the practice's portal: those that were saved, and defaults for the others.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  portalSettingsGet: { input: PortalSettingsGetInput; answer: PortalSettingsGetAnswer; code: PortalSettingsGetCode };
  /**
   * Changes settings of the practice's portal. Settings that you leave out stay as they are.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  portalSettingsSave: { input: PortalSettingsSaveInput; answer: PortalSettingsSaveAnswer; code: PortalSettingsSaveCode };
  /**
   * Creates an organization (an employer of therapists), or changes one if you pass its `id`. A change affects only the fields that you pass; `null` clears a field. `is_active: false` takes the organization out of the lists.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  organizationSave: { input: OrganizationSaveInput; answer: OrganizationSaveAnswer; code: OrganizationSaveCode };
  /**
   * Lists the active organizations of the practice, in the order of their ids; with `include=inactive` all organizations.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  organizationList: { input: OrganizationListInput; answer: OrganizationListAnswer; code: OrganizationListCode };
  /**
   * Lists the active organizations of one therapist, in the order of their ids.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  organizationListByTherapist: { input: OrganizationListByTherapistInput; answer: OrganizationListByTherapistAnswer; code: OrganizationListByTherapistCode };
  /**
   * Stores a therapist's whole profile. A field that you leave out becomes `null` (`is_org_admin` becomes `false`). Either the whole profile is stored or nothing. `userId`, `image` and `address` are required.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  practiceProfileSave: { input: PracticeProfileSaveInput; answer: PracticeProfileSaveAnswer; code: PracticeProfileSaveCode };
  /**
   * Lists all profiles of the practice, each as PracticeProfileGet answers it, in the order of their `userId`. A page ends early when its pictures are large.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  practiceProfileList: { input: PracticeProfileListInput; answer: PracticeProfileListAnswer; code: PracticeProfileListCode };
  /**
   * Reads a therapist's whole profile.
   *
   * Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A user of the practice with `admin: true` may sign in instead.
   */
  practiceProfileGet: { input: PracticeProfileGetInput; answer: PracticeProfileGetAnswer; code: PracticeProfileGetCode };
}

/** The operations of portal accounts. */
export interface PortalOperations {
  /**
   * Returns what a page needs to know of a portal before anybody has signed in, including the client key that all other calls need. The answer may be cached for a minute.
   *
   * Needs no credentials.
   */
  portalGet: { input: PortalGetInput; answer: PortalGetAnswer; code: PortalGetCode };
  /**
   * Reads the settings of the portal: those that were saved, and defaults for the others. Administrators may do this. `PortalSettingsGet` reads the same settings.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  settingsGet: { input: SettingsGetInput; answer: SettingsGetAnswer; code: SettingsGetCode };
  /**
   * Changes settings of the portal. Settings that you leave out stay as they are. Administrators may do this. `PortalSettingsSave` changes the same settings.
   *
   * Open sessions stay when you switch `twoFactor` on. From then on each login on a device that is not trusted needs a code, the administrators' own included. It goes to the account's `mobile`, which nobody has proved, so correct wrong numbers first. A portal sends at most `smsPerDay` text messages.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  settingsPut: { input: SettingsPutInput; answer: SettingsPutAnswer; code: SettingsPutCode };
  /**
   * Registers a portal account, mails a link to verify the e-mail address, and signs the holder in. If a server calls with application credentials, no session starts; it may also set `state` and `roles`, send a hash in place of the password, and have nothing mailed.
   *
   * Tier *portal*: send the vendor's client key; or application credentials.
   */
  accountRegister: { input: AccountRegisterInput; answer: AccountRegisterAnswer; code: AccountRegisterCode };
  /**
   * Signs the holder of a portal account in. Several wrong passwords in a row lock the account for a while. The answers are the same for an e-mail address without an account. If the portal's setting `twoFactor` is on, a login from an unknown device first answers `kNewLocation` with HTTP 200, and the holder gets a code by text message. Repeat the login with the code in `location.verificationToken` and with the cookie that was set. If the holder has an authenticator app, it is asked instead, even if `twoFactor` is off: no message is sent, and `reason` says so.
   *
   * Tier *portal*: send the vendor's client key; or application credentials.
   */
  accountLogin: { input: AccountLoginInput; answer: AccountLoginAnswer; code: AccountLoginCode };
  /**
   * Says whether there is a session, whose it is, and when it ends unless it is used. This call does not count as a use.
   *
   * Tier *visitor*: send the vendor's client key, and the session if there is one; or application credentials.
   */
  accountStatus: { input: AccountStatusInput; answer: AccountStatusAnswer; code: AccountStatusCode };
  /**
   * Ends the session. The device stays known. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  accountLogout: { input: AccountLogoutInput; answer: AccountLogoutAnswer; code: AccountLogoutCode };
  /**
   * Mails a link with which the holder can set a new password: at most one mail a minute and five an hour. The answer is the same whether the account exists or not.
   *
   * Tier *portal*: send the vendor's client key; or application credentials.
   */
  accountRequestPasswordReset: { input: AccountRequestPasswordResetInput; answer: AccountRequestPasswordResetAnswer; code: AccountRequestPasswordResetCode };
  /**
   * Sets a new password with the token from a mailed link. The token is valid for an hour and works once. All sessions of the account end, a lock after wrong passwords ends, and a mail tells the holder. If the e-mail address was not verified before, the connections to the account end too.
   *
   * Tier *portal*: send the vendor's client key; or application credentials.
   */
  accountResetPassword: { input: AccountResetPasswordInput; answer: AccountResetPasswordAnswer; code: AccountResetPasswordCode };
  /**
   * Changes the holder's own password, ends their other sessions, and mails them a notice. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  accountUpdatePassword: { input: AccountUpdatePasswordInput; answer: AccountUpdatePasswordAnswer; code: AccountUpdatePasswordCode };
  /**
   * Verifies an e-mail address with the token from a mailed link. The token is valid for seven days and works once.
   *
   * Tier *visitor*: send the vendor's client key, and the session if there is one; or application credentials.
   */
  accountVerify: { input: AccountVerifyInput; answer: AccountVerifyAnswer; code: AccountVerifyCode };
  /**
   * Deletes an account that somebody else has registered with your e-mail address, by the token from a mail that asks to verify it. This works while the account is unverified, with the token of each such mail, for seven days.
   *
   * Tier *visitor*: send the vendor's client key, and the session if there is one; or application credentials.
   */
  accountReject: { input: AccountRejectInput; answer: AccountRejectAnswer; code: AccountRejectCode };
  /**
   * Mails the link to verify the e-mail address again: at most five mails an hour, with that of the registration. The previous link becomes invalid. The holder and administrators may do this.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountResendVerification: { input: AccountResendVerificationInput; answer: AccountResendVerificationAnswer; code: AccountResendVerificationCode };
  /**
   * Lists portal accounts. Administrators see all accounts of the portal, and providers see all at access 2 or more. Others see their own, and those that they are connected to. A page may have fewer than `limit` accounts although `hasMore` is `true`.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountList: { input: AccountListInput; answer: AccountListAnswer; code: AccountListCode };
  /**
   * Reads a portal account: your own (`me`), or another one as far as you may see it. An account that you may not see answers `kNotFound`.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountGet: { input: AccountGetInput; answer: AccountGetAnswer; code: AccountGetCode };
  /**
   * Reads one property of a portal account. The holder and administrators can also read `totp`: whether an authenticator app is on.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountGetProperty: { input: AccountGetPropertyInput; answer: AccountGetPropertyAnswer; code: AccountGetPropertyCode };
  /**
   * Leads to a picture of an account: redirects to an address that works for five minutes. With the header `Accept: application/json` the address is in the body.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountGetImage: { input: AccountGetImageInput; answer: AccountGetImageAnswer; code: AccountGetImageCode };
  /**
   * Begins the upload of an account's image. Then send the file to `uploadUrl` within 15 minutes: a form (`multipart/form-data`) with the `fields` and, after them, the file as `file`. It may have 10 MiB, and be JPEG, PNG, WebP, GIF, AVIF or HEIC. The image is ready a few seconds later (`state` 2). An image from before is deleted at once. `null` as `content` removes the image.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountPutImage: { input: AccountPutImageInput; answer: AccountPutImageAnswer; code: AccountPutImageCode };
  /**
   * Changes the properties and sub-properties that are present in the body. The others stay as they are, and `null` clears a property. Either all changes are made or none.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountPut: { input: AccountPutInput; answer: AccountPutAnswer; code: AccountPutCode };
  /**
   * Changes a portal account by operations: `set`, `unset`, `push` (append to an array) and `remove` (take a value out of an array). Either all are applied or none.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountPatch: { input: AccountPatchInput; answer: AccountPatchAnswer; code: AccountPatchCode };
  /**
   * Begins to set up an authenticator app (TOTP, RFC 6238) as a second factor of your own account. Show `uri` as a QR code, or `secret` to type in, and send a code of the app to `TotpConfirm`. Nothing is asked for until then. Called again, it answers another secret, and the one from before is void. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  totpCreate: { input: TotpCreateInput; answer: TotpCreateAnswer; code: TotpCreateCode };
  /**
   * Turns the second factor of your own account on, with a code that the authenticator app shows. From now on a login from an unknown device needs such a code, even if the portal's setting `twoFactor` is off. Show the recovery codes to the holder: each works once in place of the app. A mail tells the holder. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  totpConfirm: { input: TotpConfirmInput; answer: TotpConfirmAnswer; code: TotpConfirmCode };
  /**
   * Turns the second factor of an account off: its authenticator app and its recovery codes. Holders send their password. Administrators turn that of others off without, for example after a lost phone; servers count as administrators. A mail tells the holder.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  totpDelete: { input: TotpDeleteInput; answer: TotpDeleteAnswer; code: TotpDeleteCode };
  /**
   * Deletes an account with everything that belongs to it. From the answer on nobody finds it, its sessions have ended, and its e-mail address can be registered again. Holders delete their own account with their password. Administrators and servers delete the accounts of others without one. The holder is told by mail.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountDelete: { input: AccountDeleteInput; answer: AccountDeleteAnswer; code: AccountDeleteCode };
  /**
   * Lists the devices on which the account's holder has signed in, newest first, for the holder and administrators. A device is known for one year, and where the portal asks for a second factor it is asked for once on each.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  deviceList: { input: DeviceListInput; answer: DeviceListAnswer; code: DeviceListCode };
  /**
   * Forgets one device of an account. The next login there needs the second factor again, if there is one. Open sessions stay. The holder and administrators may do this; when an administrator does, the holder gets a mail.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  deviceDelete: { input: DeviceDeleteInput; answer: DeviceDeleteAnswer; code: DeviceDeleteCode };
  /**
   * Forgets all devices of an account, the one of the request included. Open sessions stay. The holder and administrators may do this; when an administrator does, the holder gets a mail.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  deviceDeleteAll: { input: DeviceDeleteAllInput; answer: DeviceDeleteAllAnswer; code: DeviceDeleteAllCode };
  /**
   * Lists what happened to an account and what its holder did, newest first, for administrators. One call looks through at most 1,000 events of the practice. So an answer may have few events and still `hasMore`: go on with its `next`.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  accountEventList: { input: AccountEventListInput; answer: AccountEventListAnswer; code: AccountEventListCode };
  /**
   * Lists your own open sessions, newest first. Only the account's holder can call it, because application credentials have no session. Nobody else can, not even an administrator.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  sessionList: { input: SessionListInput; answer: SessionListAnswer; code: SessionListCode };
  /**
   * Ends one of your own sessions. To end the one of the request is to sign out. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  sessionDelete: { input: SessionDeleteInput; answer: SessionDeleteAnswer; code: SessionDeleteCode };
  /**
   * Ends all your sessions except the one of the request. Devices stay known. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  sessionDeleteOthers: { input: SessionDeleteOthersInput; answer: SessionDeleteOthersAnswer; code: SessionDeleteOthersCode };
  /**
   * Offers others access to an account, and mails each of them a link. The account's holder and administrators may do this. A link is valid for seven days and works once. Somebody to whom a connection was offered before gets a new link, and the earlier one becomes invalid. An account has at most 200 connections.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  connectionCreate: { input: ConnectionCreateInput; answer: ConnectionCreateAnswer; code: ConnectionCreateCode };
  /**
   * Accepts a connection or an invitation with the token from a mailed link. Your account then has the access and the roles that it gives. Accepting it again returns it again. An account that is connected already keeps its connection, with the higher access. Only the account's holder can call it, because application credentials have no session.
   *
   * Tier *session*: send the vendor's client key and the session.
   */
  connectionAccept: { input: ConnectionAcceptInput; answer: ConnectionAcceptAnswer; code: ConnectionAcceptCode };
  /**
   * Lists the connections to your account and those that give you access, newest first. Administrators see all of the portal, invitations included. Those that can no longer be accepted are left out.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  connectionList: { input: ConnectionListInput; answer: ConnectionListAnswer; code: ConnectionListCode };
  /**
   * Reads a connection. Both sides, its creator and administrators can read it by its id. Everybody who has its token can read it by that, as long as it can be accepted.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  connectionGet: { input: ConnectionGetInput; answer: ConnectionGetAnswer; code: ConnectionGetCode };
  /**
   * Changes how much access a connection gives, from the next call on. The holder of the account that it gives access to and administrators may do this.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  connectionPatch: { input: ConnectionPatchInput; answer: ConnectionPatchAnswer; code: ConnectionPatchCode };
  /**
   * Ends a connection. Both sides and administrators may do this, and its creator while it is pending. The access is gone with the next call, and its link becomes invalid.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  connectionDelete: { input: ConnectionDeleteInput; answer: ConnectionDeleteAnswer; code: ConnectionDeleteCode };
  /**
   * Invites people to register, and mails each of them a link. Only administrators may do this. Whoever registers with the link gets the given roles. A link is valid for seven days and works once. Somebody who was invited before gets a new link, and the earlier one becomes invalid.
   *
   * Tier *session*: send the vendor's client key and the session; or application credentials.
   */
  invitationCreate: { input: InvitationCreateInput; answer: InvitationCreateAnswer; code: InvitationCreateCode };
}

/** What `ping` takes. */
export type PingInput = Record<string, never>;

/** What `ping` answers. */
export interface PingAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
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
  /** Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly. Required here or in the credentials. */
  accountId?: string | null | undefined;
  /** Name of the practice. */
  name: string;
  /** First line of the street address. */
  address1?: string | null | undefined;
  /** Second line of the street address. */
  address2?: string | null | undefined;
  /** City. */
  city?: string | null | undefined;
  /** USPS code of a state, DC or a territory. Any letter case is accepted; answers have upper case. */
  state?: string | null | undefined;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal?: string | null | undefined;
  /** Phone number: exactly 10 digits. */
  phone?: string | null | undefined;
  /** Fax number: exactly 10 digits. */
  fax?: string | null | undefined;
  /** Whether the practice may be used. While `false`, its users cannot call and its portal is closed. When left out: `true` for a new practice, unchanged for an existing one. */
  active?: boolean | null | undefined;
  /** Time zone. When left out: `Zulu` (UTC). */
  timeZone?: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu" | null | undefined;
  /** Label of the practice's portal, the `{org}` of its paths. Unique over all practices of all vendors: 1 to 63 of `a-z 0-9 - _`, beginning and ending with a letter or digit. Any letter case is accepted; answers have lower case. Reserved are api io www admin app assets static docs openapi therapist accounts portal mail localhost _local login support wpad autodiscover autoconfig v2 token sso events connections, and all that begin with `xn--`. When a practice gives one up, your other practices can take it at once, and practices of other vendors after 90 days. */
  websiteAddress?: string | null | undefined;
  /** Domain of the practice for Direct messages, the secure mail of healthcare: the label alone or the full domain. Unique over all practices of all vendors. Answers have the full domain. When a practice gives one up, your other practices can take it at once, and practices of other vendors after 90 days. */
  directDomain?: string | null | undefined;
  /** Address for Direct messages: the part before the @, or the whole address under the practice's Direct domain. Answers have the whole address, or `null` if there is none. */
  directAddress?: string | null | undefined;
  /** National Provider Identifier: 10 digits with a valid check digit. */
  practiceNpi?: string | null | undefined;
  /** Health care provider taxonomy code: 10 letters or digits. */
  practiceSpecialtyCode?: string | null | undefined;
  /** Any text of at most 4096 bytes. It is stored and returned unchanged. */
  metadata?: string | null | undefined;
}

/** What `practiceCreate` answers. */
export interface PracticeCreateAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly. */
  accountId: string;
  /** Whether the call created or updated the record. */
  action: "create" | "update";
}

/** The codes with which `practiceCreate` fails. */
export type PracticeCreateCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4130 | 4140 | 4150 | 4160 | 4161 | 4251 | 4252 | 4610 | 4620 | 4630 | 4640 | 5000;

/** What `practiceUpdate` takes. */
export type PracticeUpdateInput = PracticeCreateInput;

/** What `practiceUpdate` answers. */
export type PracticeUpdateAnswer = PracticeCreateAnswer;

/** The codes with which `practiceUpdate` fails. */
export type PracticeUpdateCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4131 | 4140 | 4150 | 4160 | 4161 | 4251 | 4252 | 4610 | 4620 | 4630 | 4640 | 5000;

/** What `practiceSave` takes. */
export type PracticeSaveInput = PracticeCreateInput;

/** What `practiceSave` answers. */
export type PracticeSaveAnswer = PracticeCreateAnswer;

/** The codes with which `practiceSave` fails. */
export type PracticeSaveCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4140 | 4150 | 4160 | 4161 | 4251 | 4252 | 4610 | 4620 | 4630 | 4640 | 5000;

/** What `practiceDelete` takes. */
export interface PracticeDeleteInput {
  /** Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly. Required here or in the credentials. */
  accountId?: string | null | undefined;
}

/** What `practiceDelete` answers. */
export interface PracticeDeleteAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly. */
  accountId: string;
  /** Says that the practice was deleted. */
  action: "delete";
}

/** The codes with which `practiceDelete` fails. */
export type PracticeDeleteCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4131 | 4135 | 5000;

/** What `practiceGet` takes. */
export type PracticeGetInput = PracticeDeleteInput;

/** A practice. Text fields that are not set are empty. */
export interface Practice {
  /** Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly. */
  accountId: string;
  /** Name of the practice. */
  name: string;
  /** First line of the street address. */
  address1: string;
  /** Second line of the street address. */
  address2: string;
  /** City. */
  city: string;
  /** USPS code of a state, DC or a territory. Any letter case is accepted; answers have upper case. */
  state: string;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal: string;
  /** Phone number: exactly 10 digits. */
  phone: string;
  /** Fax number: exactly 10 digits. */
  fax: string;
  /** Address for Direct messages: the part before the @, or the whole address under the practice's Direct domain. Answers have the whole address, or `null` if there is none. */
  directAddress: string | null;
  /** Domain of the practice for Direct messages, the secure mail of healthcare: the label alone or the full domain. Unique over all practices of all vendors. Answers have the full domain. When a practice gives one up, your other practices can take it at once, and practices of other vendors after 90 days. */
  directDomain: string;
  /** Label of the practice's portal, the `{org}` of its paths. Unique over all practices of all vendors: 1 to 63 of `a-z 0-9 - _`, beginning and ending with a letter or digit. Any letter case is accepted; answers have lower case. Reserved are api io www admin app assets static docs openapi therapist accounts portal mail localhost _local login support wpad autodiscover autoconfig v2 token sso events connections, and all that begin with `xn--`. When a practice gives one up, your other practices can take it at once, and practices of other vendors after 90 days. */
  websiteAddress: string;
  /** Time zone. When left out: `Zulu` (UTC). */
  timeZone: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu";
  /** National Provider Identifier: 10 digits with a valid check digit. */
  practiceNpi: string;
  /** Health care provider taxonomy code: 10 letters or digits. */
  practiceSpecialtyCode: string;
  /** Any text of at most 4096 bytes. It is stored and returned unchanged. */
  metadata: string;
  /** Always `false`. Callers cannot set it. */
  vetted: false;
  /** Whether the practice may be used. While `false`, its users cannot call and its portal is closed. */
  active: boolean;
}

/** What `practiceGet` answers. */
export interface PracticeGetAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  practice: Practice;
}

/** The codes with which `practiceGet` fails. */
export type PracticeGetCode = 4000 | 4010 | 4020 | 4060 | 4110 | 4131 | 5000;

/** What `practiceList` takes. */
export interface PracticeListInput {
  /** How many records at most: 1 to 1000. When left out: as many as fit into 5 MB. */
  limit?: number | null | undefined;
  /** The cursor from the previous page, unchanged. It is valid only for the same list and the same caller. */
  cursor?: string | null | undefined;
}

/** What `practiceList` answers. */
export interface PracticeListAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** The practices of this page. */
  practiceList: Practice[];
  /** Send it to get the next page. Absent on the last page. */
  cursor?: string;
}

/** The codes with which `practiceList` fails. */
export type PracticeListCode = 4000 | 4010 | 4020 | 4060 | 5000;

/** What `userCreate` takes. */
export interface UserCreateInput {
  /** Your own key for the user: 1 to 128 characters, not beginning with @, unique in the practice, compared exactly. Required here or in the credentials. */
  userId?: string | null | undefined;
  /** First name. */
  firstName: string;
  /** Middle name. */
  middleName?: string | null | undefined;
  /** Last name. */
  lastName: string;
  /** First line of the street address. */
  address1?: string | null | undefined;
  /** Second line of the street address. */
  address2?: string | null | undefined;
  /** City. */
  city?: string | null | undefined;
  /** USPS code of a state, DC or a territory. Any letter case is accepted; answers have upper case. */
  state?: string | null | undefined;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal?: string | null | undefined;
  /** Whether the user may sign in. When left out: `true` for a new user, unchanged for an existing one. */
  active?: boolean | null | undefined;
  /** Time zone. When left out: `Zulu` (UTC). */
  timeZone?: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu" | null | undefined;
  /** Direct address, as for a practice. The practice must have a Direct domain. */
  directAddress?: string | null | undefined;
  /** Name that the user signs in with. Unique over all users of all vendors; letter case makes no difference. When left out, it is cleared. */
  loginId?: string | null | undefined;
  /** Password: 8 to 30 characters with an upper case letter, a lower case letter, and a digit or special character. Never returned. When left out while `loginId` is passed, the stored password stays. */
  loginPassword?: string | null | undefined;
  /** In place of `loginPassword`: the hash that another system has made of it, so that users can be moved with their passwords. PHC strings of argon2id, argon2i, scrypt, PBKDF2-SHA256 and PBKDF2-SHA512, or bcrypt (`$2a$`, `$2b$`, `$2y$`), of a usual cost. Never returned. The first sign-in replaces it. */
  loginPasswordHash?: string | null | undefined;
  /** Whether the user is a provider. */
  provider?: boolean | null | undefined;
  /** Whether the user administers the practice. Such a user can sign in and then call for the practice. */
  admin?: boolean | null | undefined;
  /** Whether searches should leave the user out. */
  searchOptOut?: boolean | null | undefined;
  /** National Provider Identifier: 10 digits with a valid check digit. */
  npi?: string | null | undefined;
  /** Health care provider taxonomy code: 10 letters or digits. */
  providerTaxonomyCode?: string | null | undefined;
  /** Any text of at most 4096 bytes. It is stored and returned unchanged. */
  metadata?: string | null | undefined;
}

/** What `userCreate` answers. */
export interface UserCreateAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** Key of the user's practice. */
  accountId: string;
  /** Your own key for the user: 1 to 128 characters, not beginning with @, unique in the practice, compared exactly. */
  userId: string;
  /** Whether the call created or updated the record. */
  action: "create" | "update";
}

/** The codes with which `userCreate` fails. */
export type UserCreateCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4230 | 4232 | 4233 | 4234 | 4241 | 4251 | 4252 | 4610 | 4620 | 4630 | 4640 | 5000;

/** What `userUpdate` takes. */
export type UserUpdateInput = UserCreateInput;

/** What `userUpdate` answers. */
export type UserUpdateAnswer = UserCreateAnswer;

/** The codes with which `userUpdate` fails. */
export type UserUpdateCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4231 | 4232 | 4233 | 4234 | 4241 | 4251 | 4252 | 4610 | 4620 | 4630 | 4640 | 5000;

/** What `userSave` takes. */
export type UserSaveInput = UserCreateInput;

/** What `userSave` answers. */
export type UserSaveAnswer = UserCreateAnswer;

/** The codes with which `userSave` fails. */
export type UserSaveCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4232 | 4233 | 4234 | 4241 | 4251 | 4252 | 4610 | 4620 | 4630 | 4640 | 5000;

/** What `userDelete` takes. */
export interface UserDeleteInput {
  /** Your own key for the user: 1 to 128 characters, not beginning with @, unique in the practice, compared exactly. Required here or in the credentials. */
  userId?: string | null | undefined;
}

/** What `userDelete` answers. */
export interface UserDeleteAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly. */
  accountId: string;
  /** Your own key for the user: 1 to 128 characters, not beginning with @, unique in the practice, compared exactly. */
  userId: string;
  /** Says that the user was deleted. */
  action: "delete";
}

/** The codes with which `userDelete` fails. */
export type UserDeleteCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4231 | 4241 | 5000;

/** What `userGet` takes. */
export type UserGetInput = UserDeleteInput;

/** A user, always without the password. Text fields that are not set are empty. */
export interface User {
  /** Your own key for the user: 1 to 128 characters, not beginning with @, unique in the practice, compared exactly. */
  userId: string;
  /** Key of the user's practice. */
  accountId: string;
  /** Name that the user signs in with. Unique over all users of all vendors; letter case makes no difference. When left out, it is cleared. */
  loginId: string;
  /** First name. */
  firstName: string;
  /** Middle name. */
  middleName: string;
  /** Last name. */
  lastName: string;
  /** First line of the street address. */
  address1: string;
  /** Second line of the street address. */
  address2: string;
  /** City. */
  city: string;
  /** USPS code of a state, DC or a territory. Any letter case is accepted; answers have upper case. */
  state: string;
  /** ZIP code: exactly 5 or 9 digits, without a hyphen. */
  postal: string;
  /** Time zone. When left out: `Zulu` (UTC). */
  timeZone: "America/Anchorage" | "America/Chicago" | "America/Denver" | "America/New_York" | "America/Los_Angeles" | "America/Phoenix" | "America/Puerto_Rico" | "Pacific/Honolulu" | "Zulu";
  /** Any text of at most 4096 bytes. It is stored and returned unchanged. */
  metadata: string;
  /** Always `false`. Callers cannot set it. */
  vetted: false;
  /** Whether the user may sign in. */
  active: boolean;
  /** Whether searches should leave the user out. */
  searchOptOut: boolean;
  /** National Provider Identifier: 10 digits with a valid check digit. */
  npi: string;
  /** Health care provider taxonomy code: 10 letters or digits. */
  providerTaxonomyCode: string;
  /** Direct address, as for a practice. The practice must have a Direct domain. */
  directAddress: string | null;
  /** Whether the user is a provider. */
  provider: boolean;
  /** Whether the user administers the practice. Such a user can sign in and then call for the practice. */
  admin: boolean;
}

/** What `userGet` answers. */
export interface UserGetAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  user: User;
}

/** The codes with which `userGet` fails. */
export type UserGetCode = 4000 | 4010 | 4011 | 4020 | 4060 | 4210 | 4231 | 4241 | 5000;

/** What `userList` takes. */
export interface UserListInput {
  /** Key of a practice. The list then has only the users of this practice. */
  accountId?: string | null | undefined;
  /** How many records at most: 1 to 1000. When left out: as many as fit into 5 MB. */
  limit?: number | null | undefined;
  /** The cursor from the previous page, unchanged. It is valid only for the same list and the same caller. */
  cursor?: string | null | undefined;
}

/** What `userList` answers. */
export interface UserListAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** The users of this page. */
  userList: User[];
  /** Send it to get the next page. Absent on the last page. */
  cursor?: string;
}

/** The codes with which `userList` fails. */
export type UserListCode = 4000 | 4010 | 4020 | 4060 | 4131 | 5000;

/** What `eventList` takes. */
export interface EventListInput {
  /** Key of a practice, deleted ones included. When left out, the list has the application's own events. */
  accountId?: string | null | undefined;
  /** How many events at most: 1 to 1000. When left out: 100. */
  limit?: number | null | undefined;
  /** The cursor from the previous page, unchanged. It is valid only for the same list and the same caller. */
  cursor?: string | null | undefined;
  /** Only events at this time or later: ISO 8601 with an offset or `Z`. */
  since?: string | null | undefined;
  /** Only events before this time: ISO 8601 with an offset or `Z`. */
  until?: string | null | undefined;
}

/** Something that was done to a practice, to what is in it, or to the application. */
export interface AuditEvent {
  /** Id of the event. Ids are in order of time. */
  eventId: string;
  /** What happened, such as `practice.updated`. */
  what: string;
  /** When it happened. */
  at: string;
  /** Key of the practice. Empty for the application's own events. */
  accountId: string;
  /** The ids that name the record, such as `accountId` and `userId`. */
  record: {
    [name: string]: string;
  };
  /** Who did it, with the ids that name them. */
  who: {
    /** Kind of the actor. `system` is a worker, `operator` a person who operates Frontdesk. */
    kind: "application" | "individual" | "portalAccount" | "visitor" | "system" | "operator";
    /** Id of the application. Absent for visitors, workers and operators. */
    applicationId?: string;
    /** Key of the practice of an individual or an account. */
    accountId?: string;
    /** Key of the individual. */
    userId?: string;
    /** Id of the portal account. */
    id?: string;
  };
  /** Names of the fields that were changed, never their values. */
  changed: string[];
  /** Id of the request, as in the answer's header `Frontdesk-Request-Id`. */
  requestId: string;
  /** Internet address that the request came from. Empty if there is none. */
  sourceIp: string;
}

/** What `eventList` answers. */
export interface EventListAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  /** The events of this page. */
  eventList: AuditEvent[];
  /** Send it to get the next page. Absent on the last page. A page may end early, even without events. */
  cursor?: string;
}

/** The codes with which `eventList` fails. */
export type EventListCode = 4000 | 4010 | 4020 | 4060 | 4131 | 5000;

/** What `portalSettingsGet` takes. */
export type PortalSettingsGetInput = Record<string, never>;

/** All settings of the portal, defaults included. */
export interface PortalSettings {
  /** Whether people may register themselves. With `invitation`, only those who were invited. */
  registration: boolean | "invitation";
  /** Whether a login from an unknown device needs a code, which is sent by text message. */
  twoFactor: boolean;
  /** After how many days an account is deleted whose e-mail address was not verified. */
  unverifiedDays: number;
  /** Lowest zxcvbn score that a new password may have. */
  minPasswordScore: number;
  /** How many wrong passwords in a row lock an account. Besides, 20 in an hour lock it for the rest of that hour, or as many as this if it is more. */
  lockAttempts: number;
  /** How many minutes an account stays locked. */
  lockMinutes: number;
  /** After how many minutes without a request a session ends. */
  sessionIdleMinutes: number;
  /** After how many hours a session ends, even if it is used. */
  sessionHours: number;
  /** How many text messages the portal sends in a day (UTC). Further ones are not sent; callers do not see that. */
  smsPerDay: number;
  /** Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`. */
  allowedOrigins: string[];
}

/** What `portalSettingsGet` answers. */
export interface PortalSettingsGetAnswer {
  /** `true`: the call succeeded. */
  successful: true;
  /** The code in words. */
  responseMessage: "OK";
  /** The code: always 2000 for a success. */
  responseCode: 2000;
  portalSettings: PortalSettings;
}

/** The codes with which `portalSettingsGet` fails. */
export type PortalSettingsGetCode = 4000 | 4010 | 4011 | 4020 | 5000;

/** What `portalSettingsSave` takes. */
export interface PortalSettingsSaveInput {
  /** Whether people may register themselves. With `invitation`, only those who were invited. */
  registration?: "invitation" | boolean | null | undefined;
  /** Whether a login from an unknown device needs a code, which is sent by text message. */
  twoFactor?: boolean | null | undefined;
  /** After how many days an account is deleted whose e-mail address was not verified. */
  unverifiedDays?: number | null | undefined;
  /** Lowest zxcvbn score that a new password may have. */
  minPasswordScore?: number | null | undefined;
  /** How many wrong passwords in a row lock an account. Besides, 20 in an hour lock it for the rest of that hour, or as many as this if it is more. */
  lockAttempts?: number | null | undefined;
  /** How many minutes an account stays locked. */
  lockMinutes?: number | null | undefined;
  /** After how many minutes without a request a session ends. */
  sessionIdleMinutes?: number | null | undefined;
  /** After how many hours a session ends, even if it is used. */
  sessionHours?: number | null | undefined;
  /** How many text messages the portal sends in a day (UTC). Further ones are not sent; callers do not see that. */
  smsPerDay?: number | null | undefined;
  /** Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`. */
  allowedOrigins?: readonly string[] | null | undefined;
}

/** What `portalSettingsSave` answers. */
export type PortalSettingsSaveAnswer = PortalSettingsGetAnswer;

/** The codes with which `portalSettingsSave` fails. */
export type PortalSettingsSaveCode = 4000 | 4010 | 4011 | 4020 | 4060 | 5000;

/** What `organizationSave` takes. */
export interface OrganizationSaveInput {
  /** The organization to change. Without `id`, a new one is created. */
  id?: number | null | undefined;
  /** Name of the organization. */
  name?: string | null | undefined;
  /** Your own key for the therapist, stored as given. */
  therapist_user_id?: number | null | undefined;
  /** Whether lists contain the organization. `null` leaves it as it is. */
  is_active?: boolean | null | undefined;
}

/** An organization that therapists work for. */
export interface Organization {
  /** Number of the organization. The server counts up within the practice and never uses a number twice. */
  id: number;
  /** Name of the organization. */
  name: string | null;
  /** Your own key for the therapist, stored as given. */
  therapist_user_id: number | null;
  /** Whether lists contain the organization. `null` leaves it as it is. */
  is_active: boolean;
}

/** What `organizationSave` answers. */
export type OrganizationSaveAnswer = Organization;

/** The codes with which `organizationSave` fails. */
export type OrganizationSaveCode = 400 | 401 | 404 | 413 | 415 | 422 | 429 | 500 | 503;

/** What `organizationList` takes. */
export interface OrganizationListInput {
  /** How many records at most: 1 to 1000. */
  limit?: number | undefined;
  /** The cursor from the previous page, unchanged. It is valid only for the same list and the same caller. */
  cursor?: string | undefined;
  /** `inactive`: the list also has the organizations that are not active. */
  include?: "inactive" | undefined;
}

/** What `organizationList` answers. */
export interface OrganizationListAnswer {
  organizations: Organization[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

/** The codes with which `organizationList` fails. */
export type OrganizationListCode = 400 | 401 | 429 | 500 | 503;

/** What `organizationListByTherapist` takes. */
export interface OrganizationListByTherapistInput {
  /** Your own key for the therapist, stored as given. */
  therapistUserId: string | number;
  /** How many records at most: 1 to 1000. */
  limit?: number | undefined;
  /** The cursor from the previous page, unchanged. It is valid only for the same list and the same caller. */
  cursor?: string | undefined;
}

/** What `organizationListByTherapist` answers. */
export type OrganizationListByTherapistAnswer = OrganizationListAnswer;

/** The codes with which `organizationListByTherapist` fails. */
export type OrganizationListByTherapistCode = 400 | 401 | 429 | 500 | 503;

/** What `practiceProfileSave` takes. */
export interface PracticeProfileSaveInput {
  /** Your own key for the therapist: 1 to 128 characters, or a whole number. Answers have it as text. */
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
  /** Date of birth. */
  dob?: string | null | undefined;
  /** Picture: a URL or a data URL of at most 200 KiB. `javascript:` and `vbscript:` are refused; `data:` must be an image. */
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
  /** Always `true`: the whole profile is stored. */
  success: true;
}

/** The codes with which `practiceProfileSave` fails. */
export type PracticeProfileSaveCode = 400 | 401 | 413 | 415 | 422 | 429 | 500 | 503;

/** What `practiceProfileList` takes. */
export interface PracticeProfileListInput {
  /** How many records at most: 1 to 1000. */
  limit?: number | undefined;
  /** The cursor from the previous page, unchanged. It is valid only for the same list and the same caller. */
  cursor?: string | undefined;
}

/** A therapist's whole profile. Fields that were not passed are `null`, and `is_org_admin` is `false`. */
export interface PracticeProfile {
  /** Your own key for the therapist: 1 to 128 characters, or a whole number. Answers have it as text. */
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
  /** Date of birth. */
  dob: string | null;
  /** Picture: a URL or a data URL of at most 200 KiB. `javascript:` and `vbscript:` are refused; `data:` must be an image. */
  image: string;
  /** Addresses, at most 50. */
  address: {
    /** First line of the address. */
    addressLine1: string | null;
    /** Second line of the address. */
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

/** What `practiceProfileList` answers. */
export interface PracticeProfileListAnswer {
  practiceProfiles: PracticeProfile[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

/** The codes with which `practiceProfileList` fails. */
export type PracticeProfileListCode = 400 | 401 | 429 | 500 | 503;

/** What `practiceProfileGet` takes. */
export interface PracticeProfileGetInput {
  /** Your own key for the therapist: 1 to 128 characters, or a whole number. Answers have it as text. */
  userId: string | number;
}

/** What `practiceProfileGet` answers. */
export type PracticeProfileGetAnswer = PracticeProfile;

/** The codes with which `practiceProfileGet` fails. */
export type PracticeProfileGetCode = 400 | 401 | 404 | 429 | 500 | 503;

/** What `portalGet` takes. */
export type PortalGetInput = Record<string, never>;

/** A portal, before anybody has signed in. */
export interface Portal {
  /** Always `org`. */
  object: "org";
  /** The practice's `websiteAddress`, which is `{org}` in addresses. */
  code: string;
  /** The practice's name. */
  name: string;
  /** The practice's city. */
  city?: string;
  /** The practice's state: two letters. */
  state?: string;
  /** The practice's time zone, by its name in the IANA database. */
  tz: string;
  /** The portal's locale. */
  locale: string;
  /** Whether people may register themselves. With `invitation`, only those who were invited. */
  registration: boolean | "invitation";
  /** Whether a login from an unknown device needs a code, which is sent by text message. */
  twoFactor: boolean;
  /** Lowest zxcvbn score that a new password may have. */
  minPasswordScore: number;
  /** A client key of the portal's vendor. Absent if the vendor has none. */
  clientKey?: string;
}

/** What `portalGet` answers. */
export type PortalGetAnswer = Portal;

/** The codes with which `portalGet` fails. */
export type PortalGetCode = "kInvalidArgument" | "kNotFound" | "kError" | "kTooBusy";

/** What `settingsGet` takes. */
export type SettingsGetInput = Record<string, never>;

/** All settings of the portal, defaults included. */
export interface Settings {
  /** Always `settings`. */
  object: "settings";
  /** Whether people may register themselves. With `invitation`, only those who were invited. */
  registration: boolean | "invitation";
  /** Whether a login from an unknown device needs a code, which is sent by text message. */
  twoFactor: boolean;
  /** After how many days an account is deleted whose e-mail address was not verified. */
  unverifiedDays: number;
  /** Lowest zxcvbn score that a new password may have. */
  minPasswordScore: number;
  /** How many wrong passwords in a row lock an account. Besides, 20 in an hour lock it for the rest of that hour, or as many as this if it is more. */
  lockAttempts: number;
  /** How many minutes an account stays locked. */
  lockMinutes: number;
  /** After how many minutes without a request a session ends. */
  sessionIdleMinutes: number;
  /** After how many hours a session ends, even if it is used. */
  sessionHours: number;
  /** How many text messages the portal sends in a day (UTC). Further ones are not sent; callers do not see that. */
  smsPerDay: number;
  /** Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`. */
  allowedOrigins: string[];
}

/** What `settingsGet` answers. */
export type SettingsGetAnswer = Settings;

/** The codes with which `settingsGet` fails. */
export type SettingsGetCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kError" | "kTooBusy";

/** What `settingsPut` takes. */
export interface SettingsPutInput {
  /** May be sent back as it was answered. */
  object?: "settings" | undefined;
  /** Whether people may register themselves. With `invitation`, only those who were invited. */
  registration?: "invitation" | boolean | undefined;
  /** Whether a login from an unknown device needs a code, which is sent by text message. */
  twoFactor?: boolean | undefined;
  /** After how many days an account is deleted whose e-mail address was not verified. */
  unverifiedDays?: number | undefined;
  /** Lowest zxcvbn score that a new password may have. */
  minPasswordScore?: number | undefined;
  /** How many wrong passwords in a row lock an account. Besides, 20 in an hour lock it for the rest of that hour, or as many as this if it is more. */
  lockAttempts?: number | undefined;
  /** How many minutes an account stays locked. */
  lockMinutes?: number | undefined;
  /** After how many minutes without a request a session ends. */
  sessionIdleMinutes?: number | undefined;
  /** After how many hours a session ends, even if it is used. */
  sessionHours?: number | undefined;
  /** How many text messages the portal sends in a day (UTC). Further ones are not sent; callers do not see that. */
  smsPerDay?: number | undefined;
  /** Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`. */
  allowedOrigins?: readonly string[] | undefined;
}

/** What `settingsPut` answers. */
export type SettingsPutAnswer = Settings;

/** The codes with which `settingsPut` fails. */
export type SettingsPutCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kRequestTooLarge" | "kError" | "kTooBusy";

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
    /** Only administrators can change this; servers count as administrators. */
    state?: string | null | undefined;
    visibility?: {
      provider?: boolean | null | undefined;
      public?: boolean | null | undefined;
    } | null | undefined;
  } | null | undefined;
}

/** What `accountRegister` takes. */
export interface AccountRegisterInput {
  /** Names. `first` and `last` are always present. Stored trimmed and in the Unicode form NFC. Only the holder and administrators can change this. */
  name: {
    prefix?: string | null | undefined;
    first: string;
    middle?: string | null | undefined;
    last: string;
    suffix?: string | null | undefined;
    additional?: readonly string[] | null | undefined;
  };
  /** Whether you have marked the account. Each caller has their own mark. */
  favorite?: boolean | null | undefined;
  /** Phone number. Separators are accepted (`1-650-555-5555`); answers have the form E.164 (`+16505555555`). Only the holder and administrators can change this. */
  mobile: string;
  /** Date of birth, `YYYY-MM-DD`: from 1850 to today's date in UTC+14, where a day begins first. Only the holder and administrators can change this. */
  dob?: string | null | undefined;
  /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. Only the holder and administrators can change this. */
  gender?: "f" | "m" | "n" | "o" | "t" | "u" | null | undefined;
  /** IANA time zone, or a link such as `US/Pacific`. Any letter case is accepted; answers have the database's spelling. Only the holder and administrators can change this. */
  tz?: string | null | undefined;
  /** Language and region, such as `en_US`. Only the holder and administrators can change this. */
  locale?: string | null | undefined;
  /** What the holder wants to be notified of, and how. Only the holder and administrators can change this. */
  preferences?: PreferencesInput | null | undefined;
  /** Details about the holder as a provider. Only the holder and administrators can change this. */
  profile?: ProfileInput | null | undefined;
  /** `unverified`, or `verified` after the e-mail address was verified. Only administrators can change this; servers count as administrators. */
  state?: "unverified" | "verified" | undefined;
  /** Whether an administrator has locked the account. The lock after wrong passwords does not show here. Only administrators can change this; servers count as administrators. */
  locked?: boolean | null | undefined;
  /** Whether an administrator must activate the account before its holder may sign in. Only administrators can change this; servers count as administrators. */
  activationRequired?: boolean | null | undefined;
  /** Ids of roles: `…004` Administrator, `…005` Provider. Only administrators can change this; servers count as administrators. */
  roles?: readonly string[] | null | undefined;
  /** E-mail address, unique in the portal. Any letter case is accepted; answers have lower case. Answers have an internationalised domain in its ASCII form (A-label). */
  email: string;
  /** 8 to 256 characters, not easy to guess (the zxcvbn score is at least the portal's `minPasswordScore`), and not the holder's name or e-mail address. Needed unless a server sends `passwordHash`. */
  password?: string | undefined;
  /** The token of an invitation, or an object that contains it. The new account accepts the invitation. If it was sent to the registered address, the address counts as verified. */
  token?: string | {
    [name: string]: unknown;
  } | undefined;
  /** Only servers may send this, in place of `password`: a hash that another system has made of the holder's password. */
  passwordHash?: string | null | undefined;
  /** Only servers may send this. `false`: nothing is mailed, and the account stays as `state` says. */
  notify?: boolean | null | undefined;
  /** A property of your own, with any value. */
  [name: `c_${string}`]: unknown;
}

/** A portal account. It contains the properties that you may read. Those that are not set are absent. */
export interface Account {
  /** Id: 24 hex digits. Ids are ordered by time. */
  _id: string;
  /** Always `account`. */
  object: "account";
  /** How much of the account you may see: 6 is everything, 4 is everything but only to read, 2 is names and little more. */
  access?: 2 | 4 | 6;
  /** Whether you have marked the account. Each caller has their own mark. */
  favorite?: boolean;
  /** Whether there is a connection to the account that is active or can still be accepted. */
  shared?: boolean;
  /** Names. `first` and `last` are always present. Stored trimmed and in the Unicode form NFC. */
  name?: {
    prefix?: string;
    first?: string;
    middle?: string;
    last?: string;
    suffix?: string;
    additional?: string[];
  };
  /** Phone number. Separators are accepted (`1-650-555-5555`); answers have the form E.164 (`+16505555555`). */
  mobile?: string;
  /** Date of birth, `YYYY-MM-DD`: from 1850 to today's date in UTC+14, where a day begins first. */
  dob?: string;
  /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. */
  gender?: "f" | "m" | "n" | "o" | "t" | "u";
  /** IANA time zone, or a link such as `US/Pacific`. Any letter case is accepted; answers have the database's spelling. */
  tz?: string;
  /** Language and region, such as `en_US`. */
  locale?: string;
  /** `unverified`, or `verified` after the e-mail address was verified. */
  state?: "unverified" | "verified";
  /** Whether an administrator has locked the account. The lock after wrong passwords does not show here. */
  locked?: boolean;
  /** Whether an administrator must activate the account before its holder may sign in. */
  activationRequired?: boolean;
  /** Ids of roles: `…004` Administrator, `…005` Provider. */
  roles?: string[];
  /** What the holder wants to be notified of, and how. */
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
  /** Details about the holder as a provider. */
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
  /** When the account was registered. */
  created?: string;
  /** E-mail address in lower case, unique in the portal. */
  email?: string;
  /** Age in years, by today's date in the time zone `tz` (without one, in UTC). */
  age?: number;
  /** Ids of the roles that come with those in `roles`. */
  inherited_roles?: string[];
  /** When the account was last changed. Absent before the first change. */
  updated?: string;
  /** Who made the last change. With `expand[]=updater`, that person's whole account. */
  updater?: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Path of the account. */
    path: string;
  } | Updater;
  /** Key for client-side encryption. Only the holder gets it. Each new password brings a new key. */
  key?: {
    /** Identifies the key. */
    fingerprint: string;
    /** The key itself. */
    secret: string;
  };
  /** The connections to the account that are active or can still be accepted. Present only with `include[]=connections`, and only for the holder. */
  connections?: {
    /** Id: 24 hex digits. Ids are ordered by time. */
    _id: string;
    /** Always `connection`. */
    object: "connection";
    /** Path of the connection. */
    path: string;
  }[];
  image?: Image;
  /** A property of your own, with any value. */
  [name: `c_${string}`]: unknown;
}

/** The account of the person who made the last change. It contains what you may read. */
export interface Updater {
  /** Id: 24 hex digits. Ids are ordered by time. */
  _id: string;
  /** Always `account`. */
  object: "account";
  /** How much of the account you may see: 6 is everything, 4 is everything but only to read, 2 is names and little more. */
  access?: 2 | 4 | 6;
  /** Whether you have marked the account. Each caller has their own mark. */
  favorite?: boolean;
  /** Whether there is a connection to the account that is active or can still be accepted. */
  shared?: boolean;
  /** Names. `first` and `last` are always present. Stored trimmed and in the Unicode form NFC. */
  name?: {
    prefix?: string;
    first?: string;
    middle?: string;
    last?: string;
    suffix?: string;
    additional?: string[];
  };
  /** Phone number. Separators are accepted (`1-650-555-5555`); answers have the form E.164 (`+16505555555`). */
  mobile?: string;
  /** Date of birth, `YYYY-MM-DD`: from 1850 to today's date in UTC+14, where a day begins first. */
  dob?: string;
  /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. */
  gender?: "f" | "m" | "n" | "o" | "t" | "u";
  /** IANA time zone, or a link such as `US/Pacific`. Any letter case is accepted; answers have the database's spelling. */
  tz?: string;
  /** Language and region, such as `en_US`. */
  locale?: string;
  /** `unverified`, or `verified` after the e-mail address was verified. */
  state?: "unverified" | "verified";
  /** Whether an administrator has locked the account. The lock after wrong passwords does not show here. */
  locked?: boolean;
  /** Whether an administrator must activate the account before its holder may sign in. */
  activationRequired?: boolean;
  /** Ids of roles: `…004` Administrator, `…005` Provider. */
  roles?: string[];
  /** What the holder wants to be notified of, and how. */
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
  /** Details about the holder as a provider. */
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
  /** When the account was registered. */
  created?: string;
  /** E-mail address in lower case, unique in the portal. */
  email?: string;
  /** Age in years, by today's date in the time zone `tz` (without one, in UTC). */
  age?: number;
  /** Ids of the roles that come with those in `roles`. */
  inherited_roles?: string[];
  /** When the account was last changed. Absent before the first change. */
  updated?: string;
  /** Who made the last change. With `expand[]=updater`, that person's whole account. */
  updater?: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Path of the account. */
    path: string;
  };
  image?: Image;
  /** A property of your own, with any value. */
  [name: `c_${string}`]: unknown;
}

/** The picture of the holder, in two sizes. To upload one, write `{"content":"me.jpg"}`, and send the file as `uploads` says. `null` removes it. */
export interface Image {
  /** MD5 of the picture, in hex. Present at state 2. */
  ETag?: string;
  /** Id of the account that uploaded it; `000000000000000000000002` is the application. */
  creator: string;
  /** Height in pixels. Present at state 2. */
  height?: number;
  /** Always 4. */
  location: 4;
  /** Always `image/jpeg`: pictures are converted. */
  mime: "image/jpeg";
  /** The size: `content`, or the small `thumbnail`. */
  name: "content" | "thumbnail";
  /** Path of the picture. */
  path: string;
  /** Size in bytes. Present at state 2. */
  size?: number;
  /** 0 waits for the upload, 1 is being processed, 2 is ready, 3 could not be used. */
  state: 0 | 1 | 2 | 3;
  /** Width in pixels. Present at state 2. */
  width?: number;
  /** The other sizes: the thumbnail. */
  facets: Picture[];
  /** At state 3: why the file could not be used. */
  reason?: string;
  /** How to upload the file. Only in the answer to the call that began the upload. */
  uploads?: Upload[];
}

/** A picture in one size. */
export interface Picture {
  /** MD5 of the picture, in hex. Present at state 2. */
  ETag?: string;
  /** Id of the account that uploaded it; `000000000000000000000002` is the application. */
  creator: string;
  /** Height in pixels. Present at state 2. */
  height?: number;
  /** Always 4. */
  location: 4;
  /** Always `image/jpeg`: pictures are converted. */
  mime: "image/jpeg";
  /** The size: `content`, or the small `thumbnail`. */
  name: "content" | "thumbnail";
  /** Path of the picture. */
  path: string;
  /** Size in bytes. Present at state 2. */
  size?: number;
  /** 0 waits for the upload, 1 is being processed, 2 is ready, 3 could not be used. */
  state: 0 | 1 | 2 | 3;
  /** Width in pixels. Present at state 2. */
  width?: number;
}

/** How to upload a file: a form, `multipart/form-data`. */
export interface Upload {
  /** Where to send the form. */
  uploadUrl: string;
  /** Always `POST`. */
  uploadMethod: "POST";
  /** Fields of the form. After them comes the field `file` with the file. */
  fields: {
    /** Name of the field. */
    key: string;
    /** Its value. */
    value: string;
  }[];
  /** Largest file, in bytes. */
  maxFileSize: number;
  /** Always `content`. */
  name: "content";
  /** The name that the caller gave the file. */
  filename: string;
  /** Until when the upload may begin. */
  expiresAt: string;
}

/** What `accountRegister` answers. */
export type AccountRegisterAnswer = Account;

/** The codes with which `accountRegister` fails. */
export type AccountRegisterCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kTokenExpired" | "kSelfRegistrationDisabled" | "kNotFound" | "kExists" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountLogin` takes. */
export interface AccountLoginInput {
  /** The account's e-mail address. */
  email: string;
  /** The password. */
  password: string;
  /** The device on which the holder signs in. */
  location?: {
    /** The six digits of the text message or of the authenticator app, or a recovery code. Blanks and dashes are ignored. */
    verificationToken?: string | number | undefined;
    /** The holder's name for this device. Only the first 100 characters are kept. */
    locationName?: string | undefined;
    /** `true` if the device must not be remembered after this session. */
    singleUse?: boolean | undefined;
  } | null | undefined;
}

/** What `accountLogin` answers. */
export type AccountLoginAnswer = Account;

/** The codes with which `accountLogin` fails. */
export type AccountLoginCode = "kNewLocation" | "kInvalidArgument" | "kNoCredentialsSupplied" | "kCallbackFormat" | "kAccessDenied" | "kInvalidCredentials" | "kAccountLocked" | "kUnverifiedLocation" | "kCallbackNotFound" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountStatus` takes. */
export interface AccountStatusInput {
  /** `true` returns the whole account. */
  expand?: "true" | "false" | undefined;
}

/** What `accountStatus` answers. */
export interface AccountStatusAnswer {
  /** Whether there is a session. */
  loggedin: boolean;
  account?: Account;
  /** When the session ends if you do not use it any more. */
  expiresAt?: string;
}

/** The codes with which `accountStatus` fails. */
export type AccountStatusCode = "kInvalidArgument" | "kAccessDenied" | "kError" | "kTooBusy";

/** What `accountLogout` takes. */
export type AccountLogoutInput = Record<string, never>;

/** What `accountLogout` answers. */
export interface AccountLogoutAnswer {
  /** Always `result`. */
  object: "result";
  /** Always `true`: the action was done. */
  data: true;
}

/** The codes with which `accountLogout` fails. */
export type AccountLogoutCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountRequestPasswordReset` takes. */
export interface AccountRequestPasswordResetInput {
  /** The account's e-mail address. A text that is not an address gets the same answer. */
  email: string;
}

/** What `accountRequestPasswordReset` answers. */
export type AccountRequestPasswordResetAnswer = AccountLogoutAnswer;

/** The codes with which `accountRequestPasswordReset` fails. */
export type AccountRequestPasswordResetCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountResetPassword` takes. */
export interface AccountResetPasswordInput {
  /** The token from the mail: 32 letters and digits. */
  token: string;
  /** 8 to 256 characters, not easy to guess (the zxcvbn score is at least the portal's `minPasswordScore`), and not the holder's name or e-mail address. */
  password: string;
}

/** What `accountResetPassword` answers. */
export type AccountResetPasswordAnswer = AccountLogoutAnswer;

/** The codes with which `accountResetPassword` fails. */
export type AccountResetPasswordCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kTokenExpired" | "kNotFound" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountUpdatePassword` takes. */
export interface AccountUpdatePasswordInput {
  /** The current password. */
  current: string;
  /** 8 to 256 characters, not easy to guess (the zxcvbn score is at least the portal's `minPasswordScore`), and not the holder's name or e-mail address. */
  password: string;
}

/** What `accountUpdatePassword` answers. */
export interface AccountUpdatePasswordAnswer {
  /** Always `result`. */
  object: "result";
  /** The account's new key. */
  data: {
    /** Identifies the key. */
    fingerprint: string;
    /** The key itself. */
    secret: string;
  };
}

/** The codes with which `accountUpdatePassword` fails. */
export type AccountUpdatePasswordCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kInvalidCredentials" | "kAccountLocked" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountVerify` takes. */
export interface AccountVerifyInput {
  /** The token from the mail: 32 letters and digits. */
  token: string;
}

/** What `accountVerify` answers. */
export type AccountVerifyAnswer = AccountLogoutAnswer;

/** The codes with which `accountVerify` fails. */
export type AccountVerifyCode = "kInvalidArgument" | "kAccessDenied" | "kCSRFTokenMismatch" | "kTokenExpired" | "kNotFound" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountReject` takes. */
export type AccountRejectInput = AccountVerifyInput;

/** What `accountReject` answers. */
export type AccountRejectAnswer = AccountLogoutAnswer;

/** The codes with which `accountReject` fails. */
export type AccountRejectCode = "kInvalidArgument" | "kAccessDenied" | "kCSRFTokenMismatch" | "kTokenExpired" | "kNotFound" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountResendVerification` takes. */
export interface AccountResendVerificationInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
}

/** What `accountResendVerification` answers. */
export type AccountResendVerificationAnswer = AccountLogoutAnswer;

/** The codes with which `accountResendVerification` fails. */
export type AccountResendVerificationCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kExists" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `accountList` takes. */
export interface AccountListInput {
  /** How many accounts at most. */
  limit?: number | undefined;
  /** How many accounts to skip first. */
  skip?: number | undefined;
  /** `_id` or `{"_id":1}`: oldest first. `{"_id":-1}`: newest first, which is the default. */
  sort?: string | undefined;
  /** Which accounts to list: a JSON object with conditions on `_id`, `email`, `mobile`, `name.first`, `name.last`, `state`, `locked`, `roles`, `gender`, `created` and `favorite`. Operators: `$eq $ne $in $gt $gte $lt $lte`, `$and`, `$or`, and `$regex` with an anchored prefix such as `"/^s/i"`. Times may have any form of ISO 8601 and are compared as points in time. Ids may have any letter case. */
  where?: string | undefined;
  /** Dotted name of a property. The answer then has only these properties, `_id` and `object`. May be repeated. */
  "paths[]"?: readonly string[] | undefined;
  /** Property to add to the answer: `connections`. */
  "include[]"?: readonly string[] | undefined;
  /** Reference to replace with the whole account: `updater`. */
  "expand[]"?: readonly "updater"[] | undefined;
}

/** What `accountList` answers. */
export interface AccountListAnswer {
  /** Always `list`. */
  object: "list";
  /** The entries of the list. */
  data: Account[];
  /** Whether there are more entries after these. */
  hasMore: boolean;
}

/** The codes with which `accountList` fails. */
export type AccountListCode = "kInvalidArgument" | "kIllegalExpansion" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kError" | "kTooBusy";

/** What `accountGet` takes. */
export interface AccountGetInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** Dotted name of a property. The answer then has only these properties, `_id` and `object`. May be repeated. */
  "paths[]"?: readonly string[] | undefined;
  /** Property to add to the answer: `connections`. */
  "include[]"?: readonly string[] | undefined;
  /** Reference to replace with the whole account: `updater`. */
  "expand[]"?: readonly "updater"[] | undefined;
}

/** What `accountGet` answers. */
export type AccountGetAnswer = Account;

/** The codes with which `accountGet` fails. */
export type AccountGetCode = "kInvalidArgument" | "kIllegalExpansion" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `accountGetProperty` takes. */
export interface AccountGetPropertyInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** Name of the property. For a property inside another, add its name after a slash: `name/first`. */
  property: string;
}

/** What `accountGetProperty` answers. */
export type AccountGetPropertyAnswer = {
  /** Always `result`. */
  object: "result";
  /** The value of the property. */
  data: unknown;
} | {
  /** Always `list`. */
  object: "list";
  /** The entries of the list. */
  data: unknown[];
  /** Whether there are more entries after these. */
  hasMore: boolean;
};

/** The codes with which `accountGetProperty` fails. */
export type AccountGetPropertyCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `accountGetImage` takes. */
export interface AccountGetImageInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** The size: `content` has at most 1024 pixels on each side, `thumbnail` 160 × 160. */
  name: "content" | "thumbnail";
  /** The vendor's client key, for pages that show the picture by `<img>`: they cannot send the header `Medable-Client-Key`. */
  client_key?: string | undefined;
}

/** A picture in one size, and where it can be read. */
export interface PictureLink {
  /** MD5 of the picture, in hex. Present at state 2. */
  ETag?: string;
  /** Id of the account that uploaded it; `000000000000000000000002` is the application. */
  creator: string;
  /** Height in pixels. Present at state 2. */
  height?: number;
  /** Always 4. */
  location: 4;
  /** Always `image/jpeg`: pictures are converted. */
  mime: "image/jpeg";
  /** The size: `content`, or the small `thumbnail`. */
  name: "content" | "thumbnail";
  /** Path of the picture. */
  path: string;
  /** Size in bytes. Present at state 2. */
  size?: number;
  /** 0 waits for the upload, 1 is being processed, 2 is ready, 3 could not be used. */
  state: 0 | 1 | 2 | 3;
  /** Width in pixels. Present at state 2. */
  width?: number;
  /** Where anybody can read the picture, for five minutes. */
  url: string;
}

/** What `accountGetImage` answers. */
export type AccountGetImageAnswer = PictureLink;

/** The codes with which `accountGetImage` fails. */
export type AccountGetImageCode = "kMediaNotReady" | "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `accountPutImage` takes. */
export interface AccountPutImageInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** The file to upload, or `null` to remove the image. */
  body: {
    /** Name of the file, as you like. It does not say what the file is. `null` removes the image. */
    content: string | null;
  };
}

/** What `accountPutImage` answers. */
export type AccountPutImageAnswer = Image | {
  /** Always `result`. */
  object: "result";
  /** Always `true`: the action was done. */
  data: true;
};

/** The codes with which `accountPutImage` fails. */
export type AccountPutImageCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountPut` takes. */
export interface AccountPutInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** The properties to change. `null` clears a property, and so does `""` if its text is optional. You may add properties of your own, whose names begin with `c_`: any JSON, 64 KiB in total. */
  body: {
    /** Names. `first` and `last` are always present. Stored trimmed and in the Unicode form NFC. Only the holder and administrators can change this. */
    name?: {
      prefix?: string | null | undefined;
      first?: string | undefined;
      middle?: string | null | undefined;
      last?: string | undefined;
      suffix?: string | null | undefined;
      additional?: readonly string[] | null | undefined;
    } | undefined;
    /** The picture of the holder, in two sizes. To upload one, write `{"content":"me.jpg"}`, and send the file as `uploads` says. `null` removes it. Only the holder and administrators can change this. */
    image?: {
      /** Name of the file, as you like. It does not say what the file is. `null` removes the image. */
      content: string | null;
    } | {
      /** Path of the image, as it was answered: the image stays as it is. */
      path: string;
    } | null | undefined;
    /** Whether you have marked the account. Each caller has their own mark. */
    favorite?: boolean | null | undefined;
    /** Phone number. Separators are accepted (`1-650-555-5555`); answers have the form E.164 (`+16505555555`). Only the holder and administrators can change this. */
    mobile?: string | undefined;
    /** Date of birth, `YYYY-MM-DD`: from 1850 to today's date in UTC+14, where a day begins first. Only the holder and administrators can change this. */
    dob?: string | null | "" | undefined;
    /** `f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified. Only the holder and administrators can change this. */
    gender?: "f" | "m" | "n" | "o" | "t" | "u" | null | "" | undefined;
    /** IANA time zone, or a link such as `US/Pacific`. Any letter case is accepted; answers have the database's spelling. Only the holder and administrators can change this. */
    tz?: string | null | "" | undefined;
    /** Language and region, such as `en_US`. Only the holder and administrators can change this. */
    locale?: string | null | "" | undefined;
    /** What the holder wants to be notified of, and how. Only the holder and administrators can change this. */
    preferences?: PreferencesInput | null | undefined;
    /** Details about the holder as a provider. Only the holder and administrators can change this. */
    profile?: ProfileInput | null | undefined;
    /** `unverified`, or `verified` after the e-mail address was verified. Only administrators can change this; servers count as administrators. */
    state?: "unverified" | "verified" | undefined;
    /** Whether an administrator has locked the account. The lock after wrong passwords does not show here. Only administrators can change this; servers count as administrators. */
    locked?: boolean | null | undefined;
    /** Whether an administrator must activate the account before its holder may sign in. Only administrators can change this; servers count as administrators. */
    activationRequired?: boolean | null | undefined;
    /** Ids of roles: `…004` Administrator, `…005` Provider. Only administrators can change this; servers count as administrators. */
    roles?: readonly string[] | null | undefined;
    /** A property of your own, with any value. */
    [name: `c_${string}`]: unknown;
  };
}

/** What `accountPut` answers. */
export type AccountPutAnswer = Account;

/** The codes with which `accountPut` fails. */
export type AccountPutCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** One operation, or an array of several. Either all are applied or none. */
export type AccountPatchFields = PatchOperation | readonly PatchOperation[];

/** One change of one property. */
export type PatchOperation = {
  /** `set` stores the value, `push` appends it to an array, `remove` takes it out of an array. */
  op: "set" | "push" | "remove";
  /** A property: `/name/first` or `name.first`. */
  path: string;
  /** The value. To `set` a property to `null` clears it. */
  value: unknown;
} | {
  /** Clears the property. */
  op: "unset";
  /** A property: `/name/first` or `name.first`. */
  path: string;
};

/** What `accountPatch` takes. */
export interface AccountPatchInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  body: AccountPatchFields;
}

/** What `accountPatch` answers. */
export type AccountPatchAnswer = Account;

/** The codes with which `accountPatch` fails. */
export type AccountPatchCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `totpCreate` takes. */
export type TotpCreateInput = AccountResendVerificationInput;

/** What `totpCreate` answers. */
export interface TotpCreateAnswer {
  /** Always `result`. */
  object: "result";
  data: {
    /** The secret, in base32. */
    secret: string;
    /** The same for an app to read, with the practice's name and the e-mail address. */
    uri: string;
  };
}

/** The codes with which `totpCreate` fails. */
export type TotpCreateCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kExists" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `totpConfirm` takes. */
export interface TotpConfirmInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  body: {
    /** The six digits that the app shows. */
    code: string | number;
  };
}

/** What `totpConfirm` answers. */
export interface TotpConfirmAnswer {
  /** Always `result`. */
  object: "result";
  data: {
    /** They are shown only now. */
    recoveryCodes: string[];
  };
}

/** The codes with which `totpConfirm` fails. */
export type TotpConfirmCode = "kInvalidArgument" | "kCallbackFormat" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kCallbackNotFound" | "kAccountLocked" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `totpDelete` takes. */
export interface TotpDeleteInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  body: {
    /** The holder's password. Needed only for your own account. */
    password?: string | undefined;
  };
}

/** What `totpDelete` answers. */
export type TotpDeleteAnswer = AccountLogoutAnswer;

/** The codes with which `totpDelete` fails. */
export type TotpDeleteCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kInvalidCredentials" | "kAccountLocked" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountDelete` takes. */
export interface AccountDeleteInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  body: {
    /** The holder's password. Needed only for one's own account. */
    password?: string | undefined;
  };
}

/** What `accountDelete` answers. */
export type AccountDeleteAnswer = AccountLogoutAnswer;

/** The codes with which `accountDelete` fails. */
export type AccountDeleteCode = "kInvalidArgument" | "kNoCredentialsSupplied" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kInvalidCredentials" | "kAccountLocked" | "kNotFound" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `deviceList` takes. */
export interface DeviceListInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** How many entries at most. */
  limit?: number | undefined;
  /** How many entries to skip first. */
  skip?: number | undefined;
}

/** A browser or app on which an account's holder has signed in. */
export interface Device {
  /** Id of the device in these lists. It is not the value of the cookie. */
  _id: string;
  /** Always `device`. */
  object: "device";
  /** The holder's name for it: `location.locationName` of a login. */
  name?: string;
  /** When the holder signed in or registered on it for the first time. */
  created: string;
  /** When the holder last signed in on it. */
  lastSeen: string;
  /** Whether this request comes from it. */
  current: boolean;
}

/** What `deviceList` answers. */
export interface DeviceListAnswer {
  /** Always `list`. */
  object: "list";
  /** The entries of the list. */
  data: Device[];
  /** Whether there are more entries after these. */
  hasMore: boolean;
}

/** The codes with which `deviceList` fails. */
export type DeviceListCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `deviceDelete` takes. */
export interface DeviceDeleteInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** The device's id, in any letter case. */
  device: string;
}

/** What `deviceDelete` answers. */
export type DeviceDeleteAnswer = AccountLogoutAnswer;

/** The codes with which `deviceDelete` fails. */
export type DeviceDeleteCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `deviceDeleteAll` takes. */
export type DeviceDeleteAllInput = AccountResendVerificationInput;

/** What `deviceDeleteAll` answers. */
export type DeviceDeleteAllAnswer = AccountLogoutAnswer;

/** The codes with which `deviceDeleteAll` fails. */
export type DeviceDeleteAllCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `accountEventList` takes. */
export interface AccountEventListInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  /** How many events at most. */
  limit?: number | undefined;
  /** Only events before this one: `next` of the last answer, or an event's `_id`. */
  before?: string | undefined;
}

/** Something that happened to an account, or that its holder did. */
export interface Event {
  /** Id of the event. Ids are in order of time. */
  _id: string;
  /** Always `event`. */
  object: "event";
  /** What happened, such as `account.updated`. */
  what: string;
  /** When it happened. */
  created: string;
  /** Names of the properties that were changed, never their values. */
  changed: string[];
  /** Who did it. */
  who: {
    /** Somebody with an account, under a session. */
    kind: "portalAccount";
    /** Their account. */
    account: {
      /** Id of an account; `000000000000000000000002` is the application. */
      _id: string;
      /** Always `account`. */
      object: "account";
      /** Path of the account. */
      path: string;
    };
  } | {
    /** A server with application credentials. */
    kind: "application";
    /** Id of the application. */
    applicationId: string;
  } | {
    /** A user of the practice. */
    kind: "individual";
    /** Id of the user. */
    userId: string;
  } | {
    /** Somebody who was not signed in, a worker, or a person who operates Frontdesk. */
    kind: "visitor" | "system" | "operator";
  };
  /** The account that it happened to. Absent if to none. */
  account?: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Path of the account. */
    path: string;
  };
  /** The connections that it happened to, if any. */
  connections?: {
    /** Id: 24 hex digits. Ids are ordered by time. */
    _id: string;
    /** Always `connection`. */
    object: "connection";
    /** Path of the connection. */
    path: string;
  }[];
  /** Id of the request, as in the answer's header `Frontdesk-Request-Id`. */
  requestId: string;
  /** Internet address that the request came from. */
  sourceIp?: string;
}

/** What `accountEventList` answers. */
export interface AccountEventListAnswer {
  /** Always `list`. */
  object: "list";
  /** The entries of the list. */
  data: Event[];
  /** Whether there are more entries after these. */
  hasMore: boolean;
  /** Send it as `before` to get older events. Absent at the end. A part may have fewer events than `limit`, or none. */
  next?: string;
}

/** The codes with which `accountEventList` fails. */
export type AccountEventListCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `sessionList` takes. */
export interface SessionListInput {
  /** `me`, or your own account's id. */
  id: string;
  /** How many entries at most. */
  limit?: number | undefined;
  /** How many entries to skip first. */
  skip?: number | undefined;
}

/** An open session of an account's holder. */
export interface Session {
  /** Id of the session in these lists. It is not the value of the cookie. */
  _id: string;
  /** Always `session`. */
  object: "session";
  /** When it began. */
  created: string;
  /** When it was last used. This is noted at most once a minute. */
  lastSeen: string;
  /** When it ends if it is not used any more. */
  expiresAt: string;
  /** Whether this request is made under it. */
  current: boolean;
}

/** What `sessionList` answers. */
export interface SessionListAnswer {
  /** Always `list`. */
  object: "list";
  /** The entries of the list. */
  data: Session[];
  /** Whether there are more entries after these. */
  hasMore: boolean;
}

/** The codes with which `sessionList` fails. */
export type SessionListCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `sessionDelete` takes. */
export interface SessionDeleteInput {
  /** `me`, or your own account's id. */
  id: string;
  /** The session's id, in any letter case. */
  session: string;
}

/** What `sessionDelete` answers. */
export type SessionDeleteAnswer = AccountLogoutAnswer;

/** The codes with which `sessionDelete` fails. */
export type SessionDeleteCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `sessionDeleteOthers` takes. */
export interface SessionDeleteOthersInput {
  /** `me`, or your own account's id. */
  id: string;
}

/** What `sessionDeleteOthers` answers. */
export type SessionDeleteOthersAnswer = AccountLogoutAnswer;

/** The codes with which `sessionDeleteOthers` fails. */
export type SessionDeleteOthersCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `connectionCreate` takes. */
export interface ConnectionCreateInput {
  /** An account's id in any letter case, or `me` for your own account. */
  id: string;
  body: {
    /** The people who are invited, 1 to 50. All of them are invited, or none. */
    targets: readonly {
      /** E-mail address of the person who is invited. Any letter case is accepted. */
      email: string;
      /** Ids of roles that the person gets who accepts. Only administrators may give roles. */
      roles?: readonly string[] | null | undefined;
      /** Your own words in the mail: at most 500 characters, and 1,500 bytes in UTF-8. */
      message?: string | null | undefined;
      /** How much access the connection gives: 2 to names and little more, 4 to read the account, 6 to write it as well. */
      access: 2 | 4 | 6;
    }[];
  };
}

/** Gives one account access to another account, its context. */
export interface Connection {
  /** Id: 24 hex digits. Ids are ordered by time. */
  _id: string;
  /** Always `connection`. */
  object: "connection";
  /** How much access the connection gives: 2 to names and little more, 4 to read the account, 6 to write it as well. */
  access: 2 | 4 | 6;
  /** The account that it gives access to. Absent for an invitation to register. */
  context?: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Path of the account. */
    path: string;
  };
  /** When it was offered for the first time. */
  created: string;
  /** Who made it. */
  creator: {
    /** Id of an account; `000000000000000000000002` is the application. */
    _id: string;
    /** Always `account`. */
    object: "account";
    /** Path of the account. */
    path: string;
  };
  /** Until when it can be accepted. Absent once it was accepted. */
  expiresAt?: string;
  /** 0 until somebody accepts it, then 1. */
  state: 0 | 1;
  /** Who gets access. */
  target: {
    /** The account that accepted. */
    account?: {
      /** Id of an account; `000000000000000000000002` is the application. */
      _id: string;
      /** Always `account`. */
      object: "account";
      /** Path of the account. */
      path: string;
    };
    /** The invited address. Not shown to somebody who only has the link. */
    email?: string;
  };
  /** The token in the mail. Only application credentials get it, and only when it was just made. */
  token?: string;
}

/** What `connectionCreate` answers. */
export interface ConnectionCreateAnswer {
  /** Always `list`. */
  object: "list";
  /** The entries of the list. */
  data: Connection[];
  /** Whether there are more entries after these. */
  hasMore: boolean;
}

/** The codes with which `connectionCreate` fails. */
export type ConnectionCreateCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kExists" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `connectionAccept` takes. */
export interface ConnectionAcceptInput {
  /** The token from the mail: 32 letters and digits. */
  connection: string;
}

/** What `connectionAccept` answers. */
export type ConnectionAcceptAnswer = Connection;

/** The codes with which `connectionAccept` fails. */
export type ConnectionAcceptCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kTokenExpired" | "kNotFound" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** What `connectionList` takes. */
export interface ConnectionListInput {
  /** How many entries at most. */
  limit?: number | undefined;
  /** How many entries to skip first. */
  skip?: number | undefined;
}

/** What `connectionList` answers. */
export type ConnectionListAnswer = ConnectionCreateAnswer;

/** The codes with which `connectionList` fails. */
export type ConnectionListCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kError" | "kTooBusy";

/** What `connectionGet` takes. */
export interface ConnectionGetInput {
  /** The connection's id in any letter case, or the token from the mail. */
  connection: string;
}

/** What `connectionGet` answers. */
export type ConnectionGetAnswer = Connection;

/** The codes with which `connectionGet` fails. */
export type ConnectionGetCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kTokenExpired" | "kNotFound" | "kError" | "kTooBusy";

/** What `connectionPatch` takes. */
export interface ConnectionPatchInput {
  /** The connection's id, in any letter case. */
  connection: string;
  body: {
    /** How much access the connection gives: 2 to names and little more, 4 to read the account, 6 to write it as well. */
    access: 2 | 4 | 6;
  };
}

/** What `connectionPatch` answers. */
export type ConnectionPatchAnswer = Connection;

/** The codes with which `connectionPatch` fails. */
export type ConnectionPatchCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `connectionDelete` takes. */
export interface ConnectionDeleteInput {
  /** The connection's id, in any letter case. */
  connection: string;
}

/** What `connectionDelete` answers. */
export type ConnectionDeleteAnswer = AccountLogoutAnswer;

/** The codes with which `connectionDelete` fails. */
export type ConnectionDeleteCode = "kInvalidArgument" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kNotFound" | "kRequestTooLarge" | "kError" | "kTooBusy";

/** What `invitationCreate` takes. */
export interface InvitationCreateInput {
  /** The people who are invited, 1 to 50. All of them are invited, or none. */
  targets: readonly {
    /** E-mail address of the person who is invited. Any letter case is accepted. */
    email: string;
    /** Ids of roles that the person gets who accepts. Only administrators may give roles. */
    roles?: readonly string[] | null | undefined;
    /** Your own words in the mail: at most 500 characters, and 1,500 bytes in UTF-8. */
    message?: string | null | undefined;
    access?: 2 | 4 | 6 | null | undefined;
  }[];
}

/** What `invitationCreate` answers. */
export type InvitationCreateAnswer = ConnectionCreateAnswer;

/** The codes with which `invitationCreate` fails. */
export type InvitationCreateCode = "kInvalidArgument" | "kValidationError" | "kAccessDenied" | "kNotLoggedIn" | "kSessionExpired" | "kCSRFTokenMismatch" | "kExists" | "kRequestTooLarge" | "kThrottled" | "kError" | "kTooBusy";

/** How each operation is called. */
export const operations: readonly Row[] = [
  { id: "Ping", family: "practices", method: "POST", path: "/api/io/Ping", tier: "none", repeatable: true },
  { id: "PingWithApplicationAuth", family: "practices", method: "POST", path: "/api/io/PingWithApplicationAuth", tier: "vendor", repeatable: true },
  { id: "PingWithAccountAuth", family: "practices", method: "POST", path: "/api/io/PingWithAccountAuth", tier: "account", repeatable: true },
  { id: "PingWithAuth", family: "practices", method: "POST", path: "/api/io/PingWithAuth", tier: "user", repeatable: true },
  { id: "PracticeCreate", family: "practices", method: "POST", path: "/api/io/PracticeCreate", tier: "vendor", repeatable: false },
  { id: "PracticeUpdate", family: "practices", method: "POST", path: "/api/io/PracticeUpdate", tier: "vendor", repeatable: true },
  { id: "PracticeSave", family: "practices", method: "POST", path: "/api/io/PracticeSave", tier: "vendor", repeatable: true },
  { id: "PracticeDelete", family: "practices", method: "POST", path: "/api/io/PracticeDelete", tier: "vendor", repeatable: false },
  { id: "PracticeGet", family: "practices", method: "POST", path: "/api/io/PracticeGet", tier: "vendor", repeatable: true },
  { id: "PracticeList", family: "practices", method: "POST", path: "/api/io/PracticeList", tier: "vendor", repeatable: true },
  { id: "UserCreate", family: "practices", method: "POST", path: "/api/io/UserCreate", tier: "account", repeatable: false },
  { id: "UserUpdate", family: "practices", method: "POST", path: "/api/io/UserUpdate", tier: "account", repeatable: true },
  { id: "UserSave", family: "practices", method: "POST", path: "/api/io/UserSave", tier: "account", repeatable: true },
  { id: "UserDelete", family: "practices", method: "POST", path: "/api/io/UserDelete", tier: "account", repeatable: false },
  { id: "UserGet", family: "practices", method: "POST", path: "/api/io/UserGet", tier: "account", repeatable: true },
  { id: "UserList", family: "practices", method: "POST", path: "/api/io/UserList", tier: "vendor", repeatable: true },
  { id: "EventList", family: "practices", method: "POST", path: "/api/io/EventList", tier: "vendor", repeatable: true },
  { id: "PortalSettingsGet", family: "practices", method: "POST", path: "/api/io/PortalSettingsGet", tier: "account", repeatable: true },
  { id: "PortalSettingsSave", family: "practices", method: "POST", path: "/api/io/PortalSettingsSave", tier: "account", repeatable: true },
  { id: "OrganizationSave", family: "therapists", method: "POST", path: "/therapist/organizations/", tier: "account", repeatable: "with id" },
  { id: "OrganizationList", family: "therapists", method: "GET", path: "/therapist/organizations/", tier: "account", repeatable: true, list: "organizations" },
  { id: "OrganizationListByTherapist", family: "therapists", method: "GET", path: "/therapist/organizations/{therapistUserId}/", tier: "account", repeatable: true, list: "organizations" },
  { id: "PracticeProfileSave", family: "therapists", method: "POST", path: "/therapist/practice-profile/", tier: "account", repeatable: true },
  { id: "PracticeProfileList", family: "therapists", method: "GET", path: "/therapist/practice-profile/", tier: "account", repeatable: true, list: "practiceProfiles" },
  { id: "PracticeProfileGet", family: "therapists", method: "GET", path: "/therapist/practice-profile/{userId}/", tier: "account", repeatable: true },
  { id: "PortalGet", family: "accounts", method: "GET", path: "/{org}/v2", tier: "none", repeatable: true },
  { id: "SettingsGet", family: "accounts", method: "GET", path: "/{org}/v2/settings", tier: "session", repeatable: true },
  { id: "SettingsPut", family: "accounts", method: "PUT", path: "/{org}/v2/settings", tier: "session", repeatable: true },
  { id: "AccountRegister", family: "accounts", method: "POST", path: "/{org}/v2/accounts/register", tier: "portal", repeatable: false },
  { id: "AccountLogin", family: "accounts", method: "POST", path: "/{org}/v2/accounts/login", tier: "portal", repeatable: false },
  { id: "AccountStatus", family: "accounts", method: "GET", path: "/{org}/v2/accounts/status", tier: "visitor", repeatable: true },
  { id: "AccountLogout", family: "accounts", method: "POST", path: "/{org}/v2/accounts/me/logout", tier: "session", repeatable: false },
  { id: "AccountRequestPasswordReset", family: "accounts", method: "POST", path: "/{org}/v2/accounts/request-password-reset", tier: "portal", repeatable: false },
  { id: "AccountResetPassword", family: "accounts", method: "POST", path: "/{org}/v2/accounts/reset-password", tier: "portal", repeatable: false },
  { id: "AccountUpdatePassword", family: "accounts", method: "POST", path: "/{org}/v2/accounts/me/update-password", tier: "session", repeatable: false },
  { id: "AccountVerify", family: "accounts", method: "POST", path: "/{org}/v2/token/{token}", tier: "visitor", repeatable: false },
  { id: "AccountReject", family: "accounts", method: "POST", path: "/{org}/v2/accounts/{token}/reject", tier: "visitor", repeatable: false },
  { id: "AccountResendVerification", family: "accounts", method: "POST", path: "/{org}/v2/accounts/{id}/resend-verification", tier: "session", repeatable: false },
  { id: "AccountList", family: "accounts", method: "GET", path: "/{org}/v2/accounts", tier: "session", repeatable: true },
  { id: "AccountGet", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: true },
  { id: "AccountGetProperty", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}/{property+}", tier: "session", repeatable: true },
  { id: "AccountGetImage", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}/image/{name}", tier: "session", repeatable: true },
  { id: "AccountPutImage", family: "accounts", method: "PUT", path: "/{org}/v2/accounts/{id}/image", tier: "session", repeatable: false },
  { id: "AccountPut", family: "accounts", method: "PUT", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: true },
  { id: "AccountPatch", family: "accounts", method: "PATCH", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: false },
  { id: "TotpCreate", family: "accounts", method: "POST", path: "/{org}/v2/accounts/{id}/totp", tier: "session", repeatable: false },
  { id: "TotpConfirm", family: "accounts", method: "POST", path: "/{org}/v2/accounts/{id}/totp/confirm", tier: "session", repeatable: false },
  { id: "TotpDelete", family: "accounts", method: "DELETE", path: "/{org}/v2/accounts/{id}/totp", tier: "session", repeatable: false },
  { id: "AccountDelete", family: "accounts", method: "DELETE", path: "/{org}/v2/accounts/{id}", tier: "session", repeatable: false },
  { id: "DeviceList", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}/devices", tier: "session", repeatable: true },
  { id: "DeviceDelete", family: "accounts", method: "DELETE", path: "/{org}/v2/accounts/{id}/devices/{device}", tier: "session", repeatable: false },
  { id: "DeviceDeleteAll", family: "accounts", method: "DELETE", path: "/{org}/v2/accounts/{id}/devices", tier: "session", repeatable: true },
  { id: "AccountEventList", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}/events", tier: "session", repeatable: true },
  { id: "SessionList", family: "accounts", method: "GET", path: "/{org}/v2/accounts/{id}/sessions", tier: "session", repeatable: true },
  { id: "SessionDelete", family: "accounts", method: "DELETE", path: "/{org}/v2/accounts/{id}/sessions/{session}", tier: "session", repeatable: false },
  { id: "SessionDeleteOthers", family: "accounts", method: "DELETE", path: "/{org}/v2/accounts/{id}/sessions", tier: "session", repeatable: true },
  { id: "ConnectionCreate", family: "accounts", method: "POST", path: "/{org}/v2/accounts/{id}/connections", tier: "session", repeatable: false },
  { id: "ConnectionAccept", family: "accounts", method: "POST", path: "/{org}/v2/connections/{connection}", tier: "session", repeatable: true },
  { id: "ConnectionList", family: "accounts", method: "GET", path: "/{org}/v2/connections", tier: "session", repeatable: true },
  { id: "ConnectionGet", family: "accounts", method: "GET", path: "/{org}/v2/connections/{connection}", tier: "session", repeatable: true },
  { id: "ConnectionPatch", family: "accounts", method: "PATCH", path: "/{org}/v2/connections/{connection}", tier: "session", repeatable: true },
  { id: "ConnectionDelete", family: "accounts", method: "DELETE", path: "/{org}/v2/connections/{connection}", tier: "session", repeatable: false },
  { id: "InvitationCreate", family: "accounts", method: "POST", path: "/{org}/v2/accounts/invitations", tier: "session", repeatable: false },
];
