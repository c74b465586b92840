/**
 * The answer to a patch whose outcome is no object of the kind: Invalid, about a field called `patch`, of no kind in particular.
 */
import { type ApiError, errors, invalid } from '../errors.ts'
import { stableStringify } from '../walk.ts'
import { goText } from './go-text.ts'

/**
 * kubectl shows it as `The request is invalid: patch: Invalid value: …`. A strategic patch is quoted as Go prints it, the others show the
 * patched object as JSON. `why` is the decoder's bare text (for strategic patches decode with wording `unstructured`).
 */
export function invalidPatch(type: 'json' | 'merge' | 'strategic' | 'apply', patch: unknown, patched: unknown, why: string): ApiError {
  const shown = type === 'strategic' ? goText(patch) : stableStringify(patched)
  return errors.invalid('', '', '', [invalid('patch', shown, why)])
}
