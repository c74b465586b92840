/**
 * `-o jsonpath=…`, `jsonpath-as-json=…`, `jsonpath-file=…` (cli-runtime's JSONPathPrinter).
 */
import { ApiError } from '../../api/errors.ts'
import { parseJsonPath, printJsonPath, printJsonPathAsJson } from '../../api/jsonpath.ts'
import { goSyntax } from '../../api/patch/go-text.ts'
import { CommandError, messageOf } from '../errors.ts'
import type { VerbContext } from '../verb.ts'
import type { ObjectPrinter } from './objects.ts'
import { readTemplateFile } from './template-file.ts'

const NOTHING_TO_END = 'not in range, nothing to end'

const executionFailure = (template: string, why: string, object: unknown): CommandError =>
  new CommandError(
    `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n\n`,
  )

/** Throws CommandError for a template that does not parse. */
export function jsonPathPrinter(context: VerbContext, name: string, argument: string, missingOk: boolean): ObjectPrinter {
  if (argument === '') throw new CommandError('template format specified but no template given')
  const template = name === 'jsonpath-file' ? readTemplateFile(context, argument) : argument
  try {
    parseJsonPath(template)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Go's parser lets this pass; running the template finds it.
    if (messageOf(error) === NOTHING_TO_END)
      return (object) => {
        throw executionFailure(template, NOTHING_TO_END, object)
      }
    throw new CommandError(`error parsing jsonpath ${template}, ${messageOf(error)}`)
  }
  const print = name === 'jsonpath-as-json' ? printJsonPathAsJson : printJsonPath
  return (object) => {
    try {
      const text = print(object, template, { allowMissingKeys: missingOk })
      return name === 'jsonpath-as-json' && !text.endsWith('\n') ? `${text}\n` : text
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      throw executionFailure(template, messageOf(error), object)
    }
  }
}
