/**
 * `kubectl config …`: reading and changing the kubeconfig.
 */

import { base64FromBytes, bytesFromText } from '../../../script/bytes.ts'
import { normalisePath } from '../../../script/files.ts'
import { configPaths, type Fields, type Kubeconfig, kubeconfigObject, loadKubeconfig, saveKubeconfig } from '../../config/kubeconfig.ts'
import { CommandError, usageError } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'

interface Open {
  readonly config: Kubeconfig
  /** Writes the changed config back. `touched`: files that lost an entry. */
  readonly save: (touched?: readonly string[]) => void
  readonly where: ReturnType<typeof configPaths>
}

function open(context: VerbContext): Open {
  const where = configPaths(context.host, context.flags.text('kubeconfig'))
  const config = loadKubeconfig(context.host, where, true)
  return { config, where, save: (touched = []) => saveKubeconfig(context.host, where, config, touched) }
}

/** The folder of the file an entry is, or will be, kept in. */
const homeOf = (context: VerbContext, { config, where }: Open, entry: string): string => {
  const file = config.origin.get(entry) ?? fileOf(context, where)
  return file.slice(0, file.lastIndexOf('/')) || '/'
}

/** The file kubectl names in its messages. */
const fileOf = (context: VerbContext, where: Open['where']): string =>
  where.paths.find((path) => context.host.files.stat(path) !== undefined) ?? where.paths[where.paths.length - 1]!

const verb = (name: string, run: (context: VerbContext) => number | undefined): VerbDefinition => plainVerb(`kubectl config ${name}`, run)

const currentContext = verb('current-context', (context) => {
  const { config } = open(context)
  if (config.currentContext === '') throw new CommandError('current-context is not set')
  context.out(`${config.currentContext}\n`)
  return 0
})

const text = (fields: Fields | undefined, key: string): string => (typeof fields?.[key] === 'string' ? (fields[key] as string) : '')

const getContexts = verb('get-contexts', (context) => {
  const { config } = open(context)
  const output = context.flags.text('output')
  if (output !== '' && output !== 'name') throw new CommandError(`output must be one of '' or 'name': ${output}`)
  const names = context.args.length > 0 ? [...context.args] : [...config.contexts.keys()].sort()
  const missing: string[] = []
  const writer = new TabWriter()
  if (output === '' && !context.flags.bool('no-headers')) writer.line(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'])
  for (const name of names) {
    const entry = config.contexts.get(name)
    if (entry === undefined) missing.push(name)
    else if (output === 'name') context.out(`${name}\n`)
    else
      writer.line([name === config.currentContext ? '*' : '', name, text(entry, 'cluster'), text(entry, 'user'), text(entry, 'namespace')])
  }
  context.out(writer.flush())
  if (missing.length > 0) throw new CommandError(missing.map((name) => `context ${name} not found`).join('\n'))
  return 0
})

const names = (command: string, section: 'clusters' | 'users'): VerbDefinition =>
  verb(command, (context) => {
    const { config } = open(context)
    const list = [...config[section].keys()].sort()
    if (list.length === 0 && section === 'users') context.out('No users found in the configuration.\n')
    else context.out(`NAME\n${list.map((name) => `${name}\n`).join('')}`)
    return 0
  })

function oneArgument(context: VerbContext, what: string): string {
  if (context.args.length !== 1) throw usageError(context.path, `Unexpected args: [${context.args.join(' ')}]`)
  if (context.args[0] === '') throw new CommandError(`${what} name cannot be empty`)
  return context.args[0]!
}

const useContext = verb('use-context', (context) => {
  const name = oneArgument(context, 'context')
  const { config, save } = open(context)
  if (!config.contexts.has(name)) throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`)
  config.currentContext = name
  save()
  context.out(`Switched to context ${JSON.stringify(name)}.\n`)
  return 0
})

const setContext = verb('set-context', (context) => {
  const { flags } = context
  const { config, save } = open(context)
  const current = flags.bool('current')
  if (current && context.args.length > 0) throw usageError(context.path, 'you cannot specify both a context name and --current')
  if (!current && context.args.length !== 1) throw usageError(context.path, 'you must specify a non-empty context name or --current')
  if (current && config.currentContext === '') throw new CommandError('no current context is set')
  const name = current ? config.currentContext : context.args[0]!
  const before = config.contexts.get(name)
  const entry: Fields = { ...before }
  for (const field of ['cluster', 'user', 'namespace']) if (flags.changed(field)) entry[field] = flags.text(field)
  if (flags.changed('namespace') && flags.text('namespace') === '') delete entry.namespace
  config.contexts.set(name, entry)
  save()
  context.out(`Context ${JSON.stringify(name)} ${before === undefined ? 'created' : 'modified'}.\n`)
  return 0
})

/** Without steps back, as clientcmd writes paths next to the kubeconfig; anything else stays absolute. */
function relativePath(full: string, folder: string): string {
  const prefix = folder === '/' ? '/' : `${folder}/`
  return full.startsWith(prefix) ? full.slice(prefix.length) : full
}

/** A certificate, key or authority: its path, seen from the kubeconfig the entry is kept in, or with --embed-certs what the file holds. */
function embed(context: VerbContext, entry: Fields, field: string, home: string): void {
  if (!context.flags.changed(field)) return
  const path = context.flags.text(field)
  const full = normalisePath(path, context.host.cwd)
  if (context.flags.has('embed-certs') && context.flags.bool('embed-certs')) {
    if (context.host.files.stat(full) === undefined)
      throw new CommandError(`could not stat ${field} file ${path}: stat ${path}: no such file or directory`)
    entry[`${field}-data`] = base64FromBytes(bytesFromText(context.host.files.read(full)))
    delete entry[field]
  } else {
    entry[field] = relativePath(full, home)
    delete entry[`${field}-data`]
  }
}

const setCluster = verb('set-cluster', (context) => {
  const { flags } = context
  const name = oneArgument(context, 'cluster')
  const opened = open(context)
  const { config, save } = opened
  const entry: Fields = { ...config.clusters.get(name) }
  for (const field of ['server', 'tls-server-name', 'proxy-url']) if (flags.changed(field)) entry[field] = flags.text(field)
  if (flags.changed('insecure-skip-tls-verify')) entry['insecure-skip-tls-verify'] = flags.bool('insecure-skip-tls-verify')
  embed(context, entry, 'certificate-authority', homeOf(context, opened, `clusters/${name}`))
  config.clusters.set(name, entry)
  save()
  context.out(`Cluster ${JSON.stringify(name)} set.\n`)
  return 0
})

const setCredentials = verb('set-credentials', (context) => {
  const { flags } = context
  const name = oneArgument(context, 'user')
  const opened = open(context)
  const { config, save } = opened
  if (flags.changed('token') && (flags.changed('username') || flags.changed('password')))
    throw new CommandError('you cannot specify more than one authentication method at the same time: --token, --username/--password')
  const entry: Fields = { ...config.users.get(name) }
  for (const field of ['token', 'username', 'password']) if (flags.changed(field)) entry[field] = flags.text(field)
  embed(context, entry, 'client-certificate', homeOf(context, opened, `users/${name}`))
  embed(context, entry, 'client-key', homeOf(context, opened, `users/${name}`))
  config.users.set(name, entry)
  save()
  context.out(`User ${JSON.stringify(name)} set.\n`)
  return 0
})

const renameContext = verb('rename-context', (context) => {
  const [from, to] = context.args
  if (context.args.length !== 2 || from === undefined || to === undefined)
    throw usageError(context.path, `Unexpected args: [${context.args.join(' ')}]`)
  const { config, save, where } = open(context)
  const entry = config.contexts.get(from)
  if (entry === undefined)
    throw new CommandError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${fileOf(context, where)}`)
  if (config.contexts.has(to))
    throw new CommandError(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${fileOf(context, where)}`,
    )
  const origin = config.origin.get(`contexts/${from}`)!
  config.contexts.delete(from)
  config.contexts.set(to, entry)
  config.origin.set(`contexts/${to}`, origin)
  if (config.currentContext === from) config.currentContext = to
  save([origin])
  context.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`)
  return 0
})

function deleter(command: string, section: 'clusters' | 'contexts' | 'users', what: string): VerbDefinition {
  return verb(command, (context) => {
    const name = oneArgument(context, what)
    const { config, save, where } = open(context)
    const file = fileOf(context, where)
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

const secretFields = ['token', 'password', 'client-key-data', 'client-certificate-data', 'certificate-authority-data']

function redacted(fields: Fields): Fields {
  const out: Fields = { ...fields }
  for (const field of secretFields) {
    if (out[field] === undefined || out[field] === '') continue
    out[field] =
      field.endsWith('-data') && field !== 'client-key-data' ? 'DATA+OMITTED' : field === 'client-key-data' ? 'DATA+OMITTED' : 'REDACTED'
  }
  return out
}

function minified(context: VerbContext, config: Kubeconfig): void {
  const name = context.flags.text('context') || config.currentContext
  if (name === '') throw new CommandError('current-context must exist in order to minify')
  const entry = config.contexts.get(name)
  if (entry === undefined) throw new CommandError(`cannot locate context ${name}`)
  for (const [section, keep] of [
    ['contexts', name],
    ['clusters', text(entry, 'cluster')],
    ['users', text(entry, 'user')],
  ] as const) {
    for (const key of [...config[section].keys()]) if (key !== keep) config[section].delete(key)
  }
  config.currentContext = name
}

const view = verb('view', (context) => {
  const where = configPaths(context.host, context.flags.text('kubeconfig'))
  const config = loadKubeconfig(context.host, where)
  if (context.flags.bool('minify')) minified(context, config)
  if (!context.flags.bool('raw')) {
    for (const section of ['clusters', 'users'] as const)
      for (const [name, fields] of config[section]) config[section].set(name, redacted(fields))
  }
  const printer = objectPrinter(
    context,
    objectFormats.filter((format) => format !== 'name'),
  )
  const object = kubeconfigObject(config) as never
  if (printer !== undefined) context.out(printer(object))
  return 0
})

/** `contexts.lab.namespace`, `users.admin.token`, `current-context`. */
function property(config: Kubeconfig, path: string): { get: () => unknown; set: (value: unknown) => void; unset: () => void } {
  const parts = path.split('.')
  if (parts[0] === 'current-context') {
    return {
      get: () => config.currentContext,
      set: (value) => {
        config.currentContext = String(value)
      },
      unset: () => {
        config.currentContext = ''
      },
    }
  }
  const section = parts[0] as 'clusters' | 'users' | 'contexts'
  if (!['clusters', 'users', 'contexts'].includes(section) || parts.length < 2)
    throw new CommandError(`unable to parse ${path} after [] at []`)
  const name = parts.slice(1, parts.length === 2 ? undefined : -1).join('.')
  const field = parts.length === 2 ? undefined : parts[parts.length - 1]!
  const entry = (): Fields => ({ ...config[section].get(name) })
  return {
    get: () => (field === undefined ? config[section].get(name) : config[section].get(name)?.[field]),
    set: (value) => {
      if (field !== undefined) config[section].set(name, { ...entry(), [field]: value })
    },
    unset: () => {
      if (field === undefined) {
        config[section].delete(name)
        return
      }
      const { [field]: _, ...rest } = entry()
      config[section].set(name, rest)
    },
  }
}

const set = verb('set', (context) => {
  const [path, value] = context.args
  if (context.args.length !== 2 || path === undefined || value === undefined)
    throw usageError(context.path, `unexpected args: [${context.args.join(' ')}]`)
  const { config, save } = open(context)
  const parsed = value === 'true' ? true : value === 'false' ? false : value
  property(config, path).set(parsed)
  save()
  context.out(`Property ${JSON.stringify(path)} set.\n`)
  return 0
})

const unset = verb('unset', (context) => {
  const [path] = context.args
  if (context.args.length !== 1 || path === undefined) throw usageError(context.path, `unexpected args: [${context.args.join(' ')}]`)
  const { config, save, where } = open(context)
  property(config, path).unset()
  save(where.paths.filter((file) => context.host.files.stat(file) !== undefined))
  context.out(`Property ${JSON.stringify(path)} unset.\n`)
  return 0
})

export const configVerbs: readonly VerbDefinition[] = [
  currentContext,
  getContexts,
  names('get-clusters', 'clusters'),
  names('get-users', 'users'),
  useContext,
  setContext,
  setCluster,
  setCredentials,
  renameContext,
  deleter('delete-context', 'contexts', 'context'),
  deleter('delete-cluster', 'clusters', 'cluster'),
  deleter('delete-user', 'users', 'user'),
  view,
  set,
  unset,
]
