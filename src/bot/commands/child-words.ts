import type { ChildType } from '../../pim/model.ts';
import type { RoleWords } from './command.ts';

/** A role at a scope of some type, below one that may be named: "Contributor on resource group rg-web in Production". */
export interface ChildWords {
  readonly role: string;
  readonly type: ChildType;
  /** Empty: all of the type. */
  readonly name: string;
  /** The scope that it lies in; may be empty. */
  readonly within: string;
}

const english = /^(?:(?:an?|any|the|all)\s+)?(resource\s?group|subscription)s?(?:\s+(?!(?:in|below|under|within)\s)(.+?))?(?:\s+(?:in|below|under|within)\s+(.+))?$/iu;
const typeFirst = /^(リソース\s?グループ|サブスクリプション)\s*(?:[「]?(.+?)[」]?)?$/u;
const typeOfWhole = /^(リソース\s?グループ|サブスクリプション)\s*の\s*(.+)$/u;

/** `null`: no type was named. */
export function readChildWords({ role, scope }: RoleWords): ChildWords | null {
  const [, whole, wholeRole] = typeOfWhole.exec(role) ?? [];
  if (whole !== undefined && wholeRole !== undefined) return { role: wholeRole, type: typeOf(whole), name: '', within: scope };
  const [, type, name = '', within = ''] = english.exec(scope) ?? typeFirst.exec(scope) ?? [];
  return type === undefined ? null : { role, type: typeOf(type), name, within };
}

function typeOf(words: string): ChildType {
  return /^(?:r|リ)/iu.test(words) ? 'resourceGroup' : 'subscription';
}
