/** Where tokens come from. */
export interface Authority {
  /** `https` origin. */
  readonly host: string;
  /** Certificate authority to trust beside none else; without it, those of the system. */
  readonly caPem?: string;
}

/** Entra ID of the public cloud. */
export const publicAuthority: Authority = { host: 'https://login.microsoftonline.com' };
