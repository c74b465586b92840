/** To be filled in. */
import { CommandError } from '../errors.ts'
import type { VerbContext } from '../verb.ts'
import type { ObjectPrinter } from './objects.ts'

export function customColumnsPrinter(_context: VerbContext, name: string, _argument: string, _missingOk = true): ObjectPrinter {
  throw new CommandError(`-o ${name} is not available here`)
}
