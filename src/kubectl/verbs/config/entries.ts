/**
 * `kubectl config set-cluster|set-context|set-credentials`: one entry made or changed by flags.
 */
import { base64FromBytes, bytesFromText } from '../../../script/bytes.ts'
import { normalisePath } from '../../../script/files.ts'
import type { Fields } from '../../config/kubeconfig.ts'
import { CommandError } from '../../errors.ts'
import type { VerbContext } from '../../verb.ts'
import { configVerb, helpAndError, homeOf, open } from './opened.ts'

function oneName(context: VerbContext, what: string, complaint = 'Unexpected args'): string {
  if (context.args.length !== 1) throw helpAndError(context, `${complaint}: [${context.args.join(' ')}]`)
  if (context.args[0] === '') throw new CommandError(`you must specify a non-empty ${what} name`)
  return context.args[0]!
}

/** Without steps back, as clientcmd writes paths next to the kubeconfig; anything else stays absolute. */
function relativePath(full: string, folder: string): string {
  const prefix = folder === '/' ? '/' : `${folder}/`
  return full.startsWith(prefix) ? full.slice(prefix.length) : full
}

/** A certificate, key or authority: its path, seen from the kubeconfig the entry is kept in, or with --embed-certs what the file holds. */
function certificateFile(context: VerbContext, entry: Fields, field: string, home: string): void {
  if (!context.flags.changed(field)) return
  const path = context.flags.text(field)
  const full = normalisePath(path, context.host.cwd)
  delete entry[field]
  delete entry[`${field}-data`]
  if (path === '') return
  if (!context.flags.bool('embed-certs')) entry[field] = relativePath(full, home)
  else if (context.host.files.stat(full) === undefined)
    throw new CommandError(`could not stat ${field} file ${path}: stat ${path}: no such file or directory`)
  else entry[`${field}-data`] = base64FromBytes(bytesFromText(context.host.files.read(full)))
}

export const setContext = configVerb('set-context', (context) => {
  const { flags } = context
  const { config, save } = open(context)
  const current = flags.bool('current')
  if (current && context.args.length > 0) throw new CommandError('you cannot specify both a context name and --current')
  if (!current && context.args.length !== 1) throw new CommandError('you must specify a non-empty context name or --current')
  if (current && config.currentContext === '') throw new CommandError('no current context is set')
  const name = current ? config.currentContext : context.args[0]!
  const before = config.contexts.get(name)
  const entry: Fields = { ...before }
  for (const field of ['cluster', 'user', 'namespace']) if (flags.changed(field)) entry[field] = flags.text(field)
  config.contexts.set(name, entry)
  save()
  context.out(`Context ${JSON.stringify(name)} ${before === undefined ? 'created' : 'modified'}.\n`)
  return 0
})

export const setCluster = configVerb('set-cluster', (context) => {
  const { flags } = context
  const name = oneName(context, 'cluster')
  const insecure = flags.bool('insecure-skip-tls-verify')
  const authority = flags.text('certificate-authority')
  if (insecure && authority !== '') throw new CommandError('you cannot specify a certificate authority and insecure mode at the same time')
  if (flags.bool('embed-certs') && authority === '') throw new CommandError('you must specify a --certificate-authority to embed')
  const opened = open(context)
  const { config, save } = opened
  const entry: Fields = { ...config.clusters.get(name) }
  for (const field of ['server', 'tls-server-name', 'proxy-url']) if (flags.changed(field)) entry[field] = flags.text(field)
  if (flags.changed('insecure-skip-tls-verify')) entry['insecure-skip-tls-verify'] = insecure
  // Whoever is to be believed unseen needs no authority, and the other way round.
  if (insecure) for (const field of ['certificate-authority', 'certificate-authority-data']) delete entry[field]
  if (authority !== '') delete entry['insecure-skip-tls-verify']
  certificateFile(context, entry, 'certificate-authority', homeOf(context, opened, `clusters/${name}`))
  config.clusters.set(name, entry)
  save()
  context.out(`Cluster ${JSON.stringify(name)} set.\n`)
  return 0
})

interface Pairs {
  readonly set: readonly (readonly [key: string, value: string])[]
  readonly removed: readonly string[]
}

/** `key=value` sets, `key-` removes. */
function pairsOf(context: VerbContext, flag: string): Pairs {
  const set: [string, string][] = []
  const removed: string[] = []
  for (const text of context.flags.list(flag)) {
    const equals = text.indexOf('=')
    if (equals >= 0) set.push([text.slice(0, equals), text.slice(equals + 1)])
    else if (text.endsWith('-')) removed.push(text.slice(0, -1))
    else throw helpAndError(context, `invalid ${flag} format: ${text}`)
  }
  return { set, removed }
}

const MODES = ['IfAvailable', 'Never', 'Always']

/** The program that is asked for credentials. Its flags but the command are for an entry that has one. */
function execOf(context: VerbContext, before: Fields | undefined): Fields | undefined {
  const { flags } = context
  const { set, removed } = pairsOf(context, 'exec-env')
  const mode = flags.text('exec-interactive-mode')
  if (flags.changed('exec-interactive-mode') && !MODES.includes(mode))
    throw new CommandError(`invalid interactive mode type, can be only ${MODES.join(', ')}`)
  if (before === undefined && !flags.changed('exec-command')) return undefined
  const exec: Fields = { ...before }
  if (flags.changed('exec-command')) exec['command'] = flags.text('exec-command')
  if (flags.changed('exec-api-version')) exec['apiVersion'] = flags.text('exec-api-version')
  if (flags.list('exec-arg').length > 0) exec['args'] = [...flags.list('exec-arg')]
  if (mode !== '') exec['interactiveMode'] = mode
  if (flags.changed('exec-provide-cluster-info')) exec['provideClusterInfo'] = flags.bool('exec-provide-cluster-info')
  if (set.length + removed.length > 0) {
    const known = (exec['env'] ?? []) as readonly { name: string; value: string }[]
    const kept = known.filter(({ name }) => !removed.includes(name) && !set.some(([key]) => key === name))
    exec['env'] = [...kept, ...set.map(([name, value]) => ({ name, value }))]
  }
  return exec
}

/** A plugin of clients of long ago; stored, and of no effect. */
function authProviderOf(context: VerbContext, before: Fields | undefined): Fields | undefined {
  const { flags } = context
  const { set, removed } = pairsOf(context, 'auth-provider-arg')
  const name = flags.text('auth-provider')
  const provider: Fields | undefined = flags.changed('auth-provider') && name !== before?.['name'] ? { name, config: {} } : before
  if (provider === undefined) return undefined
  const settings = Object.entries({ ...(provider['config'] as Fields | undefined), ...Object.fromEntries(set) })
  return { ...provider, config: Object.fromEntries(settings.filter(([key]) => !removed.includes(key))) }
}

/** Of a token and a name with a password the one that is set puts the other out. */
function settleMethods(context: VerbContext, entry: Fields): void {
  const { flags } = context
  const token = flags.text('token') !== ''
  const basic = flags.text('username') !== '' || flags.text('password') !== ''
  if (basic && !token) delete entry['token']
  if (token && !basic) for (const field of ['username', 'password']) delete entry[field]
}

export const setCredentials = configVerb('set-credentials', (context) => {
  const { flags } = context
  const name = oneName(context, 'user', 'unexpected args')
  if (flags.changed('token') && (flags.changed('username') || flags.changed('password')))
    throw new CommandError('you cannot specify more than one authentication method at the same time: --token, --username/--password')
  if (flags.bool('embed-certs') && flags.text('client-certificate') === '' && flags.text('client-key') === '')
    throw new CommandError('you must specify a --client-certificate or --client-key to embed')
  const opened = open(context)
  const { config, save } = opened
  const entry: Fields = { ...config.users.get(name) }
  for (const field of ['token', 'username', 'password']) if (flags.changed(field)) entry[field] = flags.text(field)
  settleMethods(context, entry)
  const exec = execOf(context, entry['exec'] as Fields | undefined)
  const provider = authProviderOf(context, entry['auth-provider'] as Fields | undefined)
  const home = homeOf(context, opened, `users/${name}`)
  certificateFile(context, entry, 'client-certificate', home)
  certificateFile(context, entry, 'client-key', home)
  config.users.set(name, { ...entry, ...(exec && { exec }), ...(provider && { 'auth-provider': provider }) })
  save()
  context.out(`User ${JSON.stringify(name)} set.\n`)
  return 0
})
