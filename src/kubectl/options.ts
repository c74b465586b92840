/**
 * Flags that many verbs share: `--dry-run`, `--validate`, and how results are told.
 */
import type { KindDefinition } from '../api/kind.ts'
import type { ApiObject } from '../api/meta.ts'
import type { ApiQuery } from '../apiserver/contract.ts'
import { CommandError } from './errors.ts'
import { objectFormats, objectPrinter } from './printers/objects.ts'
import { nameOf } from './resources/mapper.ts'
import type { VerbContext } from './verb.ts'

export type DryRun = 'none' | 'client' | 'server'

/** What `--dry-run` says; a bare flag is deprecated and means client. */
export function dryRunOf(context: VerbContext): DryRun {
  if (!context.flags.has('dry-run')) return 'none'
  const text = context.flags.text('dry-run')
  switch (text) {
    case 'none':
    case 'client':
    case 'server':
      return text
    case 'unchanged':
      context.kube.warning('--dry-run is deprecated and can be replaced with --dry-run=client.')
      return 'client'
    default: {
      if (['1', 't', 'T', 'true', 'TRUE', 'True', '0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) {
        throw new CommandError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
      }
      throw new CommandError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
    }
  }
}

export const dryRunSuffix = (dry: DryRun): string => (dry === 'client' ? ' (dry run)' : dry === 'server' ? ' (server dry run)' : '')

/** `--validate` as the server's fieldValidation. */
export function fieldValidation(context: VerbContext): NonNullable<ApiQuery['fieldValidation']> {
  if (!context.flags.has('validate')) return 'Ignore'
  const text = context.flags.text('validate')
  switch (text) {
    case 'strict':
    case 'true':
      return 'Strict'
    case 'warn':
      return 'Warn'
    case 'ignore':
    case 'false':
      return 'Ignore'
    default:
      throw new CommandError(`invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`)
  }
}

/** The query of a write by this verb. */
export function writeQuery(context: VerbContext, validate = true): ApiQuery {
  const manager = context.flags.has('field-manager') ? context.flags.text('field-manager') : ''
  return {
    ...(dryRunOf(context) === 'server' ? { dryRun: true } : {}),
    ...(manager === '' ? {} : { fieldManager: manager }),
    ...(validate && context.flags.has('validate') ? { fieldValidation: fieldValidation(context) } : {}),
  }
}

/** Tells what was done with an object: `deployment.apps/web created (dry run)`, or the object itself with `-o`. */
export type Teller = (kind: Pick<KindDefinition, 'group' | 'kind'>, object: ApiObject, operation: string) => void

export function teller(context: VerbContext, formats: readonly string[] = objectFormats): Teller {
  const printer = objectPrinter(context, formats)
  const dry = dryRunSuffix(dryRunOf(context))
  return (kind, object, operation) => {
    if (printer !== undefined) context.out(printer(object))
    else context.out(`${nameOf(kind, object.metadata?.name || '<unknown>')} ${operation}${dry}\n`)
  }
}
