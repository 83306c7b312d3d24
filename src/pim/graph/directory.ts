/** The little of Microsoft Graph that tells who a person is and who is in a group. */
import { z } from 'zod';
import { parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { PimError } from '../errors.ts';
import type { Person } from '../model.ts';

const select = '$select=id,displayName,userPrincipalName,accountEnabled,userType';

const userAnswer = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
});

/** Where one person is, without the version of the API. */
export function memberPath(userId: string): string {
  return `/users/${encodeURIComponent(userId)}?${select}`;
}

/** Where the members of a group and of the groups in it are, without the version of the API. */
export function groupMembersPath(groupId: string): string {
  return `/groups/${encodeURIComponent(groupId)}/transitiveMembers?${select}&$top=999`;
}

/** `null` when the directory has no such user, or one who does not count: disabled, or a guest. */
export async function readMember(graph: AzureClient, userId: string): Promise<Person | null> {
  try {
    return memberIn(await graph.send({ method: 'GET', url: `/v1.0${memberPath(userId)}` }));
  } catch (error) {
    if (error instanceof PimError && error.code === 'notFound') return null;
    throw error;
  }
}

/** The person of an answer; `null`: one who does not count. */
export function memberIn(answer: unknown): Person | null {
  return memberOf(parseAnswer(userAnswer, answer));
}

const directoryObject = z.looseObject({ '@odata.type': z.string() });

/** The people among the members of a group: users who are enabled and no guests. */
export function membersIn(items: readonly unknown[]): readonly Person[] {
  const objects = items.map((item) => parseAnswer(directoryObject, item));
  const users = objects.filter((object) => object['@odata.type'] === '#microsoft.graph.user');
  return users.flatMap((user) => memberOf(parseAnswer(userAnswer, user)) ?? []);
}

/**
 * Only who is known as an enabled member is one. Graph leaves everything out that the caller may not read, rather than
 * refuse (https://learn.microsoft.com/graph/permissions-overview, limited information for inaccessible members): that is
 * no member who is disabled but a list that cannot be read, and is told as such.
 */
function memberOf({ id, displayName, userPrincipalName, accountEnabled, userType }: z.infer<typeof userAnswer>): Person | null {
  if (accountEnabled === undefined || accountEnabled === null) {
    throw new PimError('notPermitted', 'the directory does not say whether this person is enabled');
  }
  if (!accountEnabled || userType !== 'Member') return null;
  const upn = userPrincipalName ?? '';
  return { id, name: displayName || upn || id, userPrincipalName: upn };
}
