/**
 * One object by its name on the command line: `cronjob/nightly`, `deploy web`, `web` where a kind goes without saying.
 */
import { CommandError } from '../errors.ts'
import type { VerbContext } from '../verb.ts'
import { build, type Info } from './builder.ts'

/** Fetches it; throws the server's NotFound, or kubectl's words for arguments that name none or several. */
export function fetchOne(context: VerbContext, args: readonly string[], defaultKind?: string): Info {
  const full = args.length === 1 && !args[0]!.includes('/') && defaultKind !== undefined ? [`${defaultKind}/${args[0]}`] : args
  const built = build(context, { args: full, fetch: 'object', selector: '', all: false, allNamespaces: false })
  if (built.failures.length > 0) throw built.failures[0]
  const info = built.infos[0]
  if (info === undefined || built.infos.length > 1) throw new CommandError('expected exactly one resource')
  return info
}
