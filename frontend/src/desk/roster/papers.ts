/** Which children of a class a stack of signed papers is for. Pure. */
import type { ClassChild, Purpose } from './calls'

export const PURPOSES: readonly Purpose[] = ['live', 'recording', 'space', 'bracelet']

/** What this child's family has not agreed to yet, of the purposes on the paper. */
export const lacking = (child: ClassChild, purposes: readonly Purpose[]): Purpose[] => purposes.filter((one) => !child.consents.includes(one))

/** Ticked before anybody has touched the list: all that lack something, but no family that has withdrawn. */
export function signedAtFirst(children: readonly ClassChild[], purposes: readonly Purpose[]): string[] {
  return children.filter((child) => lacking(child, purposes).length && !child.refused.some((one) => purposes.includes(one))).map((child) => child.id)
}
