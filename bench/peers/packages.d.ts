// What the programs in this folder use of their packages, so that types are checked without installing those.

declare module "pg" {
  class Pool {
    constructor(options: { connectionString: string });
  }
  const pg: { readonly Pool: typeof Pool };
  export default pg;
}

declare module "better-auth" {
  export interface Auth {
    readonly options: object;
    readonly api: {
      addMember(call: { body: { organizationId: string; userId: string; role: string } }): Promise<unknown>;
      createOrganization(call: { body: { name: string; slug: string; userId: string } }): Promise<{ id: string }>;
      signUpEmail(call: { body: { name: string; email: string; password: string } }): Promise<{ user: { id: string } }>;
    };
    readonly $context: Promise<{
      readonly internalAdapter: {
        createUser(user: { name: string; email: string }): Promise<{ id: string }>;
      };
    }>;
  }
  export function betterAuth(options: object): Auth;
}

declare module "better-auth/plugins" {
  export function organization(): object;
}

declare module "better-auth/node" {
  export function toNodeHandler(auth: import("better-auth").Auth): import("node:http").RequestListener;
}

declare module "better-auth/db/migration" {
  export function getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>;
}

declare module "parse-server" {
  const parse: { readonly ParseServer: { startApp(options: object): Promise<unknown> } };
  export default parse;
}

declare module "parse-server/lib/password.js" {
  const passwords: {
    hash(password: string): Promise<string>;
    compare(password: string, hash: string): Promise<boolean>;
  };
  export default passwords;
}
