import type { Authority } from './authority.ts';

/** How an app registration proves to Entra that it is the one who asks. */
export type AppProof =
  /** A token of this user-assigned managed identity, which the registration trusts by a federated credential: no secret anywhere. */
  | { readonly kind: 'managedIdentity'; readonly clientId: string }
  /** Private key and certificate in one PEM. */
  | { readonly kind: 'certificate'; readonly pem: string }
  | { readonly kind: 'secret'; readonly value: string };

/** An app registration of our tenant, with what it takes to act as it. */
export interface AppRegistration {
  readonly tenantId: string;
  /** Application (client) id. */
  readonly appId: string;
  readonly proof: AppProof;
  /** The public cloud's unless given. */
  readonly authority?: Authority;
  /** Called before each call; what it throws stops the call. Guards that no database transaction is open. */
  readonly beforeCall: () => void;
}
