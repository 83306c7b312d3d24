import type { RoleKind } from './model.ts';

/** What a token is asked for, in the name of Azure's public cloud wherever the services themselves are. */
export const armScope = 'https://management.azure.com/.default';
export const graphScope = 'https://graph.microsoft.com/.default';

/** What a token has to be for, to act on roles of this kind. */
export function tokenScopeOf(kind: RoleKind): string {
  return kind === 'azure' ? armScope : graphScope;
}
