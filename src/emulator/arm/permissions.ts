import { rolesAt } from '../access.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { provider } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';

const type = 'permissions';
const apiVersions: readonly string[] = ['2015-07-01', '2018-01-01-preview', '2022-04-01'];

export const permissions: readonly ArmOperation[] = [{ method: 'GET', path: type, apiVersions, handle: list }];

/** What each of the caller's roles allows at the scope: the assigned ones and those active at the moment. */
function list(call: ArmCall): Reply {
  const roles = rolesAt(call, call.caller.id, call.scope);
  if (roles.length === 0) {
    throw pimError.authorizationFailed(call.caller.id, `${provider}/${type}/read`, call.scope.id);
  }
  const page = pageOf(roles, call.incoming, call.pageSize);
  const value = page.value.map(({ actions, notActions }) => ({ actions, notActions, dataActions: [], notDataActions: [] }));
  return ok({ ...page, value });
}
