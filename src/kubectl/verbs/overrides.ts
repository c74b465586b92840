/**
 * `--overrides` of `run` and `expose`: a patch of the made object, of the sort `--override-type` says.
 */
import { ApiError } from '../../api/errors.ts'
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { applyJsonPatch } from '../../api/patch/json.ts'
import { applyMergePatch } from '../../api/patch/merge.ts'
import { applyStrategicPatch } from '../../api/patch/strategic.ts'
import { CommandError, messageOf } from '../errors.ts'
import { parseYaml } from '../resources/yaml.ts'
import type { VerbContext } from '../verb.ts'

/** The object with what the flags put over it; itself without any. */
export function withOverrides(context: VerbContext, kind: KindDefinition, object: ApiObject): ApiObject {
  const text = context.flags.text('overrides')
  if (text === '') return object
  const type = context.flags.text('override-type')
  const patch = parseYaml(text) as never
  if (typeof patch !== 'object' || patch === null) throw new CommandError('Invalid JSON Patch')
  try {
    if (type === 'json') return applyJsonPatch(object, patch) as ApiObject
    if (type === 'strategic') return applyStrategicPatch(object, patch, kind.schema) as ApiObject
    if (type === 'merge') return applyMergePatch(object, patch) as ApiObject
  } catch (error) {
    if (error instanceof ApiError) throw new CommandError(messageOf(error))
    throw error
  }
  throw new CommandError(`invalid override type: ${type}`)
}
