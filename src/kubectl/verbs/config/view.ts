/**
 * `kubectl config view`: the kubeconfig as kubectl understands it, whole or what the current context needs, secrets hidden or not.
 */
import { base64FromBytes, bytesFromText } from '../../../script/bytes.ts'
import { normalisePath } from '../../../script/files.ts'
import { type Fields, type Kubeconfig, kubeconfigObject } from '../../config/kubeconfig.ts'
import { CommandError, usageError } from '../../errors.ts'
import { toJsonInOrder } from '../../printers/json.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import type { VerbContext } from '../../verb.ts'
import { configVerb, open, textOf } from './opened.ts'

const DATA = ['client-key-data', 'client-certificate-data', 'certificate-authority-data']
const SECRETS = ['token', 'password']

function redacted(fields: Fields): Fields {
  const out: Fields = { ...fields }
  for (const field of DATA) if (textOf(out, field) !== '') out[field] = 'DATA+OMITTED'
  for (const field of SECRETS) if (textOf(out, field) !== '') out[field] = 'REDACTED'
  return out
}

const FILES: Readonly<Record<'clusters' | 'users', readonly string[]>> = {
  clusters: ['certificate-authority'],
  users: ['client-certificate', 'client-key'],
}

/** What certificate files hold in the place of their paths. Throws CommandError for one that is not there. */
function flattened(context: VerbContext, section: 'clusters' | 'users', fields: Fields, folder: string): Fields {
  const out: Fields = { ...fields }
  for (const field of FILES[section]) {
    const path = textOf(out, field)
    if (path === '') continue
    const full = normalisePath(path, folder)
    if (context.host.files.stat(full) === undefined) throw new CommandError(`open ${full}: no such file or directory`)
    out[`${field}-data`] = base64FromBytes(bytesFromText(context.host.files.read(full)))
    delete out[field]
  }
  return out
}

function minify(context: VerbContext, config: Kubeconfig): void {
  const name = context.flags.text('context') || config.currentContext
  if (name === '') throw new CommandError('current-context must exist in order to minify')
  const entry = config.contexts.get(name)
  if (entry === undefined) throw new CommandError(`cannot locate context ${name}`)
  for (const [section, keep] of [
    ['contexts', name],
    ['clusters', textOf(entry, 'cluster')],
    ['users', textOf(entry, 'user')],
  ] as const) {
    for (const key of [...config[section].keys()]) if (key !== keep) config[section].delete(key)
  }
  config.currentContext = name
}

export const view = configVerb('view', (context) => {
  const { flags } = context
  if (context.args.length > 0) throw usageError(context.path, `unexpected arguments: [${context.args.join(' ')}]`)
  if (flags.text('merge') === 'false' && flags.text('kubeconfig') === '')
    throw new CommandError('if merge==false a precise file must be specified')
  const printer = objectPrinter(context, objectFormats)
  const { config } = open(context)
  if (flags.bool('minify')) minify(context, config)
  for (const section of ['clusters', 'users'] as const) {
    for (const [name, fields] of config[section]) {
      const file = config.origin.get(`${section}/${name}`) ?? '/'
      const folder = file.slice(0, file.lastIndexOf('/')) || '/'
      if (flags.bool('flatten')) config[section].set(name, flattened(context, section, fields, folder))
      else if (!flags.bool('raw')) config[section].set(name, redacted(fields))
    }
  }
  const object = kubeconfigObject(config)
  if (flags.text('output') === 'json') context.out(`${toJsonInOrder(object)}\n`)
  else context.out(printer!(object as never))
  return 0
})
