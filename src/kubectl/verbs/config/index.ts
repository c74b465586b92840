/**
 * `kubectl config …`: the lists, the current context, names changed and entries deleted; and all verbs of `config`.
 */
import { CommandError, usageError } from '../../errors.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { setCluster, setContext, setCredentials } from './entries.ts'
import { configVerb, helpAndError, open, shownFile, textOf } from './opened.ts'
import { setProperty, unsetProperty } from './property.ts'
import { view } from './view.ts'

const currentContext = configVerb('current-context', (context) => {
  const { config } = open(context)
  if (config.currentContext === '') throw new CommandError('current-context is not set')
  context.out(`${config.currentContext}\n`)
  return 0
})

const getContexts = configVerb('get-contexts', (context) => {
  const { config } = open(context)
  const output = context.flags.text('output')
  if (output !== '' && output !== 'name')
    throw new CommandError(`--output ${output} is not available in ${context.path}; resetting to default output format`)
  const names = context.args.length > 0 ? [...context.args] : [...config.contexts.keys()].sort()
  const missing: string[] = []
  const writer = new TabWriter()
  if (output === '' && !context.flags.bool('no-headers')) writer.line(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'])
  for (const name of names) {
    const entry = config.contexts.get(name)
    if (entry === undefined) missing.push(name)
    else if (output === 'name') context.out(`${name}\n`)
    else
      writer.line([
        name === config.currentContext ? '*' : '',
        name,
        textOf(entry, 'cluster'),
        textOf(entry, 'user'),
        textOf(entry, 'namespace'),
      ])
  }
  context.out(writer.flush())
  const complaint = missing.map((name) => `context ${name} not found`).join('\n')
  // Several failures are told each on a line of its own, without a word before them.
  if (missing.length > 0) throw new CommandError(complaint, 1, missing.length > 1)
  return 0
})

const listOf = (command: string, section: 'clusters' | 'users'): VerbDefinition =>
  configVerb(command, (context) => {
    const { config } = open(context)
    const list = [...config[section].keys()].sort()
    context.out(`NAME\n${list.map((name) => `${name}\n`).join('')}`)
    return 0
  })

const useContext = configVerb('use-context', (context) => {
  const name = context.args[0]
  if (context.args.length !== 1 || name === undefined) throw helpAndError(context, `Unexpected args: [${context.args.join(' ')}]`)
  if (name === '') throw new CommandError('empty context names are not allowed')
  const { config, save } = open(context)
  if (!config.contexts.has(name)) throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`)
  config.currentContext = name
  save()
  context.out(`Switched to context ${JSON.stringify(name)}.\n`)
  return 0
})

const renameContext = configVerb('rename-context', (context) => {
  const [from, to] = context.args
  if (context.args.length !== 2 || from === undefined || to === undefined)
    throw helpAndError(context, `Unexpected args: [${context.args.join(' ')}]`)
  const { config, save, where } = open(context)
  const entry = config.contexts.get(from)
  const file = shownFile(context, where)
  if (entry === undefined) throw new CommandError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${file}`)
  if (config.contexts.has(to))
    throw new CommandError(`cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${file}`)
  const origin = config.origin.get(`contexts/${from}`)!
  config.contexts.delete(from)
  config.contexts.set(to, entry)
  config.origin.set(`contexts/${to}`, origin)
  if (config.currentContext === from) config.currentContext = to
  save([origin])
  context.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`)
  return 0
})

/** The one NAME of a deletion; undefined after the help has been shown in its stead. */
function nameToDelete(context: VerbContext, what: string): string | undefined {
  if (context.args.length === 1) return context.args[0]
  if (what === 'user') throw usageError(context.path, 'user to delete is required')
  return undefined
}

function deleter(command: string, section: 'clusters' | 'contexts' | 'users', what: string): VerbDefinition {
  return configVerb(command, (context) => {
    const name = nameToDelete(context, what)
    if (name === undefined) {
      // Not an error to kubectl.
      helpAndError(context, '')
      return 0
    }
    const { config, save, where } = open(context)
    const file = shownFile(context, where)
    if (!config[section].has(name)) throw new CommandError(`cannot delete ${what} ${name}, not in ${file}`)
    const origin = config.origin.get(`${section}/${name}`)!
    config[section].delete(name)
    if (section === 'contexts' && config.currentContext === name)
      context.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
    save([origin])
    context.out(`deleted ${what} ${name} from ${file}\n`)
    return 0
  })
}

export const configVerbs: readonly VerbDefinition[] = [
  currentContext,
  getContexts,
  listOf('get-clusters', 'clusters'),
  listOf('get-users', 'users'),
  useContext,
  setContext,
  setCluster,
  setCredentials,
  renameContext,
  deleter('delete-context', 'contexts', 'context'),
  deleter('delete-cluster', 'clusters', 'cluster'),
  deleter('delete-user', 'users', 'user'),
  view,
  setProperty,
  unsetProperty,
]
