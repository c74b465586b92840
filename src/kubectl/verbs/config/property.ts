/**
 * `kubectl config set|unset PROPERTY`: one value by its path (`contexts.lab.namespace`, `users.admin.token`, `current-context`).
 */
import { base64FromBytes, bytesFromText } from '../../../script/bytes.ts'
import type { Fields, Kubeconfig } from '../../config/kubeconfig.ts'
import { CommandError } from '../../errors.ts'
import type { VerbContext } from '../../verb.ts'
import { configVerb, helpAndError, open, present } from './opened.ts'

type Section = 'clusters' | 'users' | 'contexts'
type ValueType = 'text' | 'flag' | 'bytes' | 'struct'

/** Which fields of an entry have a path of their own, and what they hold. Names as they stand in the path. */
const TYPES: Readonly<Record<Section, Readonly<Record<string, ValueType>>>> = {
  clusters: {
    server: 'text',
    'tls-server-name': 'text',
    'insecure-skip-tls-verify': 'flag',
    'certificate-authority': 'text',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'text',
    'disable-compression': 'flag',
  },
  users: {
    'client-certificate': 'text',
    'client-certificate-data': 'bytes',
    'client-key': 'text',
    'client-key-data': 'bytes',
    token: 'text',
    tokenFile: 'text',
    'act-as': 'text',
    'act-as-uid': 'text',
    username: 'text',
    password: 'text',
    'auth-provider': 'struct',
    exec: 'struct',
  },
  contexts: { cluster: 'text', user: 'text', namespace: 'text' },
}

/** Two fields are called otherwise in the file. */
const fileName = (field: string): string => field.replace(/^act-as/, 'as')

interface Place {
  readonly section: Section
  /** '' for the whole section. */
  readonly name: string
  /** '' for the whole entry. */
  readonly field: string
}

/** A name goes up to the first part that is a field, points and all. Throws CommandError. */
function placeOf(path: string): Place {
  const [first = '', ...rest] = path.split('.')
  if (!['clusters', 'users', 'contexts'].includes(first)) throw new CommandError(`unable to parse ${path} after [] at api.Config`)
  const section = first as Section
  const at = rest.findIndex((part, i) => i > 0 && TYPES[section][part] !== undefined)
  if (at < 0) return { section, name: rest.join('.'), field: '' }
  const unknown = at < rest.length - 1 || TYPES[section][rest[at]!] === 'struct'
  if (unknown) throw new CommandError(`unable to parse one or more field values of ${path}`)
  return { section, name: rest.slice(0, at).join('.'), field: rest[at]! }
}

/** Fields of the config itself. */
const HEAD = new Set(['kind', 'apiVersion'])

function flagValue(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  throw new CommandError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** Go's base64 decoder names the first byte it cannot take. */
function checkBase64(text: string): void {
  const bad = /[^A-Za-z0-9+/=]/.exec(text)
  const length = text.replace(/=+$/, '').length
  if (bad === null && text.length % 4 === 0) return
  throw new CommandError(`error decoding input value: illegal base64 data at input byte ${bad?.index ?? length - (length % 4)}`)
}

function valueFor(context: VerbContext, type: ValueType, text: string): unknown {
  if (type === 'flag') return flagValue(text)
  if (type !== 'bytes') return text
  if (context.flags.bool('set-raw-bytes')) return base64FromBytes(bytesFromText(text))
  checkBase64(text)
  return text
}

function setValue(context: VerbContext, config: Kubeconfig, path: string, value: string): void {
  if (HEAD.has(path)) return
  if (path === 'current-context') config.currentContext = value
  else if (path.startsWith('current-context.')) throw new CommandError(`unable to parse one or more field values of ${path}`)
  else if (path === 'preferences.colors') config.preferences = { ...config.preferences, colors: flagValue(value) }
  else {
    const { section, name, field } = placeOf(path)
    if (field === '') throw new CommandError(`can't set a map to a value: map[${[...config[section].keys()].sort().join(' ')}]`)
    const entry: Fields = { ...config[section].get(name), [fileName(field)]: valueFor(context, TYPES[section][field]!, value) }
    config[section].set(name, entry)
  }
}

function unsetValue(config: Kubeconfig, path: string): void {
  if (HEAD.has(path)) return
  if (path === 'current-context') config.currentContext = ''
  else if (path === 'preferences' || path === 'preferences.colors') config.preferences = {}
  else {
    const { section, name, field } = placeOf(path)
    if (path === section) config[section].clear()
    else if (field === '') config[section].delete(name)
    else {
      const entry = config[section].get(name)
      if (entry === undefined) throw new CommandError(`current map key \`${name}\` is invalid`)
      const { [fileName(field)]: _, ...rest } = entry
      config[section].set(name, rest)
    }
  }
}

export const setProperty = configVerb('set', (context) => {
  const [path, value] = context.args
  if (context.args.length !== 2 || path === undefined || value === undefined)
    throw helpAndError(context, `Unexpected args: [${context.args.join(' ')}]`)
  const { config, save } = open(context)
  setValue(context, config, path, value)
  save()
  context.out(`Property ${JSON.stringify(path)} set.\n`)
  return 0
})

export const unsetProperty = configVerb('unset', (context) => {
  const [path] = context.args
  if (context.args.length !== 1 || path === undefined) throw helpAndError(context, `Unexpected args: [${context.args.join(' ')}]`)
  const { config, save, where } = open(context)
  unsetValue(config, path)
  save(present(context, where))
  context.out(`Property ${JSON.stringify(path)} unset.\n`)
  return 0
})
