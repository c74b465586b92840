/**
 * The kubeconfig as the verbs of `kubectl config` hold it: read, to be changed and written back; and how these verbs complain.
 */
import { configPaths, type Fields, type Kubeconfig, loadKubeconfig, saveKubeconfig } from '../../config/kubeconfig.ts'
import { CommandError } from '../../errors.ts'
import { helpText } from '../../flags/help.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'

export interface Open {
  readonly config: Kubeconfig
  /** Writes the changed config back. `touched`: files that lost an entry. */
  readonly save: (touched?: readonly string[]) => void
  readonly where: ReturnType<typeof configPaths>
}

/** A file that is not there is an empty one. */
export function open(context: VerbContext): Open {
  const where = configPaths(context.host, context.flags.text('kubeconfig'))
  const config = loadKubeconfig(context.host, where, true)
  return { config, where, save: (touched = []) => saveKubeconfig(context.host, where, config, touched) }
}

const exists = (context: VerbContext, path: string): boolean => context.host.files.stat(path) !== undefined

/** Which of the files is the one to change: the first that is there, else the last. */
function fileAt(context: VerbContext, { paths }: Open['where']): number {
  const at = paths.findIndex((path) => exists(context, path))
  return at < 0 ? paths.length - 1 : at
}

/** The folder of the file an entry is, or will be, kept in. */
export function homeOf(context: VerbContext, { config, where }: Open, entry: string): string {
  const file = config.origin.get(entry) ?? where.paths[fileAt(context, where)]!
  return file.slice(0, file.lastIndexOf('/')) || '/'
}

/** The file kubectl names in its messages, as it was given. */
export const shownFile = (context: VerbContext, where: Open['where']): string => where.shown[fileAt(context, where)]!

/** All of the files that are there. */
export const present = (context: VerbContext, where: Open['where']): readonly string[] =>
  where.paths.filter((path) => exists(context, path))

export const configVerb = (name: string, run: (context: VerbContext) => number | undefined): VerbDefinition =>
  plainVerb(`kubectl config ${name}`, run)

/** Wrong arguments show the help before the complaint. */
export function helpAndError(context: VerbContext, message: string): CommandError {
  context.out(helpText(context.path))
  return new CommandError(message)
}

export const textOf = (fields: Fields | undefined, key: string): string =>
  typeof fields?.[key] === 'string' ? (fields[key] as string) : ''
