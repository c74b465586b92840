/**
 * `kubectl annotate`.
 */
import { CommandError } from '../../errors.ts'
import { plainVerb } from '../../verb.ts'
import { changeMetadata, type MetadataVerb } from '../metadata-change.ts'
import type { Changes } from '../pairs.ts'

function read(pairs: readonly string[]): Changes {
  const set = new Map<string, string>()
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals > 0) set.set(pair.slice(0, equals), pair.slice(equals + 1))
    else remove.push(pair.slice(0, -1))
  }
  for (const key of remove)
    if (set.has(key)) throw new CommandError(`can not both modify and remove the following annotation(s) in the same command: ${key}`)
  return { set, remove }
}

const annotation: MetadataVerb = {
  field: 'annotations',
  what: 'annotation',
  read,
  refuse: (taken) =>
    new CommandError(
      `--overwrite is false but found the following declared annotation(s): ${taken.map(({ key, value }) => `'${key}' already has a value (${value})`).join('; ')}`,
    ),
  message: () => 'annotated',
}

export const annotateVerb = plainVerb('kubectl annotate', (context) => changeMetadata(context, annotation))
