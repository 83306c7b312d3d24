import type { Role } from './roles.ts';

export const memberRoleId = 'member';
export const ownerRoleId = 'owner';

/** Microsoft Graph calls them `accessId`. https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagement-for-groups-api-overview */
export const groupRoles: readonly Role[] = [memberRoleId, ownerRoleId].map((id) => ({
  kind: 'group',
  id,
  name: id,
  actions: [],
  notActions: [],
  custom: null,
}));
