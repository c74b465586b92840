/**
 * `kubectl label`.
 */

import { labelValueErrors } from '../../../api/names.ts'
import { deepEqual } from '../../../api/walk.ts'
import { CommandError } from '../../errors.ts'
import { plainVerb } from '../../verb.ts'
import { changeMetadata, type MetadataVerb } from '../metadata-change.ts'
import type { Changes } from '../pairs.ts'

function read(pairs: readonly string[]): Changes {
  const set = new Map<string, string>()
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals >= 0) {
      const value = pair.slice(equals + 1)
      if (value.includes('=')) throw new CommandError(`invalid label spec: ${pair}`)
      const wrong = labelValueErrors(value)
      if (wrong.length > 0) throw new CommandError(`invalid label value: ${JSON.stringify(pair)}: ${wrong.join(';')}`)
      set.set(pair.slice(0, equals), value)
    } else remove.push(pair.slice(0, -1))
  }
  for (const key of remove) if (set.has(key)) throw new CommandError('can not both modify and remove a label in the same command')
  return { set, remove }
}

const label: MetadataVerb = {
  field: 'labels',
  what: 'label',
  read,
  refuse: (taken) =>
    new CommandError(taken.map(({ key, value }) => `'${key}' already has a value (${value}), and --overwrite is false`).join(', ')),
  missing: (key) => `label ${JSON.stringify(key)} not found.\n`,
  message(before, after, changes) {
    if (deepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) return 'not labeled'
    return changes.set.size === 0 ? 'unlabeled' : 'labeled'
  },
}

export const labelVerb = plainVerb('kubectl label', (context) => changeMetadata(context, label))
