/**
 * Templates that stand in files.
 */
import { normalisePath } from '../../script/files.ts'
import { CommandError } from '../errors.ts'
import type { VerbContext } from '../verb.ts'

/** The file's text; throws in kubectl's words. */
export function readTemplateFile(context: VerbContext, path: string, what = '--template '): string {
  const full = normalisePath(path, context.host.cwd)
  if (context.host.files.stat(full) === undefined)
    throw new CommandError(`error reading ${what}${path}, open ${path}: no such file or directory\n`)
  return context.host.files.read(full)
}
