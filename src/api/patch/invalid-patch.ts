/**
 * The answer to a patch whose outcome is no object of the kind: Invalid, about a field called `patch`, of no kind in particular.
 */
import { type ApiError, errors, invalid } from '../errors.ts'
import { isRecord, stableStringify } from '../walk.ts'
import { goText } from './go-text.ts'

const ELEMENT_ORDER = '$setElementOrder/'

/** A strategic patch as its application leaves it behind: the directives, and the lists that they put in order, have been used up. */
function usedUp(patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map(usedUp)
  if (!isRecord(patch)) return patch
  const spent = (key: string): boolean => key === '$retainKeys' || key.startsWith(ELEMENT_ORDER) || ELEMENT_ORDER + key in patch
  const left = Object.keys(patch).filter((key) => !spent(key))
  return Object.fromEntries(left.map((key) => [key, usedUp(patch[key])]))
}

/**
 * kubectl shows it as `The request is invalid: patch: Invalid value: …`. A strategic patch is quoted as Go prints it, the others show the
 * patched object as JSON. `why` is the decoder's bare text (for strategic patches decode with wording `unstructured`).
 */
export function invalidPatch(type: 'json' | 'merge' | 'strategic' | 'apply', patch: unknown, patched: unknown, why: string): ApiError {
  const shown = type === 'strategic' ? goText(usedUp(patch)) : stableStringify(patched)
  return errors.invalid('', '', '', [invalid('patch', shown, why)])
}
