/**
 * `-o go-template=…`, `template=…` and their `-file` forms: Go's text/template through an adapter that gives errors and values Go's words.
 */
import { createEngine, TemplateError } from '@promptctl/go-template-js'
import type { ApiObject } from '../../api/meta.ts'
import { goText } from '../../api/patch/go-text.ts'
import { bytesFromBase64, textFromBytes } from '../../script/bytes.ts'
import { CommandError, messageOf } from '../errors.ts'
import type { VerbContext } from '../verb.ts'
import { toJson } from './json.ts'
import type { ObjectPrinter } from './objects.ts'
import { readTemplateFile } from './template-file.ts'

/** kubectl's own functions beside text/template's. */
const functions = {
  base64decode: {
    argTypes: ['string'],
    fn: (text: unknown): string => {
      const { bytes, ok } = bytesFromBase64(String(text))
      if (!ok) throw new Error(`base64 decode: illegal base64 data`)
      return textFromBytes(bytes)
    },
  },
  exists: {
    argTypes: ['value'],
    fn: (item: unknown, ...path: unknown[]): boolean => {
      let at = item
      for (const key of path) {
        if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key as string)) return false
        at = (at as Record<string, unknown>)[key as string]
      }
      return at !== undefined
    },
  },
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : goText(value))

/** The engine's messages in Go's words. */
function wording(error: TemplateError): string {
  const unknown = /^function (".*") is not registered/.exec(error.message)
  const message = unknown === null ? error.message : `function ${unknown[1]} not defined`
  return `template: output:${error.pos?.line ?? 1}: ${message}`
}

/** Where and why running a template failed. Go places a chain of fields at its second one. */
function executionWording(text: string, message: string): string {
  const path = /^field "(.*)" not found on receiver/.exec(message)?.[1]
  if (path === undefined) return `template: output:1: executing "output": ${message}`
  const start = text.indexOf(`.${path}`)
  const chained = path.indexOf('.')
  const at = start < 0 ? 0 : start + (chained < 0 ? 0 : chained + 1)
  const before = text.slice(0, at).split('\n')
  const key = path.slice(path.lastIndexOf('.') + 1)
  return `template: output:${before.length}:${before[before.length - 1]!.length}: executing "output" at <.${path}>: map has no entry for key ${JSON.stringify(key)}`
}

/** Throws CommandError where the template does not parse. */
export function goTemplatePrinter(context: VerbContext, name: string, argument: string, missingOk: boolean): ObjectPrinter {
  if (argument === '') throw new CommandError('template format specified but no template given')
  const text = name.endsWith('file') ? readTemplateFile(context, argument) : argument
  const engine = createEngine<unknown>({
    fromString: (part) => part,
    toString: shown,
    funcs: functions as never,
    missingKey: missingOk ? 'default' : 'error',
  })
  const refuse = (error: unknown): never => {
    if (error instanceof TemplateError) throw new CommandError(`error parsing template ${text}, ${wording(error)}`)
    throw error
  }
  let template: ReturnType<typeof engine.parse>
  try {
    template = engine.parse(text)
  } catch (error) {
    return refuse(error)
  }
  return (object: ApiObject) => {
    try {
      return template.evaluate(object).map(shown).join('')
    } catch (error) {
      if (error instanceof TemplateError && error.kind === 'FuncNotFoundError') return refuse(error)
      if (!(error instanceof Error)) throw error
      const why = executionWording(text, messageOf(error))
      context.out(
        `Error executing template: ${why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${toJson(object, false)}\n\tobject given to template engine was:\n\t\t${goText(object)}\n\n`,
      )
      throw new CommandError(`error executing template ${JSON.stringify(text)}: ${why}`)
    }
  }
}
