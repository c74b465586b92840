/**
 * `kubectl set env`: adds, removes and lists environment variables.
 */
import { bytesFromBase64, compareBytes, textFromBytes } from '../../../script/bytes.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { teller } from '../../options.ts'
import { type ContainerShape, changeEach, containersNamed, noTemplate, ofObject, podSpecOf, targets } from '../../pod-template.ts'
import { inSlashForm } from '../../resources/builder.ts'
import { fetchOne } from '../../resources/one.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { envLines, envNameRule, isEnvName } from '../create/sources.ts'

type EnvEntry = NonNullable<ContainerShape['env']>[number]

interface EnvChanges {
  readonly add: readonly EnvEntry[]
  readonly remove: readonly string[]
}

function readChanges(specs: readonly string[], context: VerbContext): EnvChanges {
  const add: EnvEntry[] = []
  const remove: string[] = []
  for (const spec of specs) {
    if (spec === '-') {
      for (const [name, value] of envLines(context.host.stdin(), context.host.env)) add.push({ name, value })
      continue
    }
    const equals = spec.indexOf('=')
    if (equals >= 0) {
      const name = spec.slice(0, equals)
      if (!isEnvName(name)) throw new CommandError(`${JSON.stringify(name)} is not a valid key name: ${envNameRule}`)
      add.push({ name, value: spec.slice(equals + 1) })
    } else if (spec.endsWith('-')) remove.push(spec.slice(0, -1))
    else throw new CommandError(`unknown argument: ${spec}`)
  }
  if (add.some((entry) => remove.includes(entry.name)))
    throw new CommandError('can not both modify and remove the same environment variable in the same command')
  return { add, remove }
}

const toEnvName = (context: VerbContext, key: string): string => {
  const upper = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
  if (upper !== key) context.kube.warning(`key ${key} transferred to ${upper}`)
  return upper
}

/** Entries that refer to the keys of a ConfigMap or Secret. */
function fromSource(context: VerbContext, from: string): EnvEntry[] {
  const { kind, object } = fetchOne(context, [from])
  const wanted = context.flags.list('keys')
  const prefix = context.flags.text('prefix')
  const ref = kind.resource === 'configmaps' ? 'configMapKeyRef' : kind.resource === 'secrets' ? 'secretKeyRef' : undefined
  if (ref === undefined) throw new CommandError(`unsupported resource specified in --from`)
  const keys = Object.keys(object!.data ?? {})
    .filter((key) => wanted.length === 0 || wanted.includes(key))
    .sort(compareBytes)
  return keys.map((key) => ({ name: `${prefix}${toEnvName(context, key)}`, valueFrom: { [ref]: { name: object!.metadata.name, key } } }))
}

function update(container: ContainerShape, changes: EnvChanges): void {
  const list = (container.env ?? []).filter((entry) => !changes.remove.includes(entry.name))
  for (const entry of changes.add) {
    const at = list.findIndex((e) => e.name === entry.name)
    if (at >= 0) list[at] = { ...entry }
    else list.push({ ...entry })
  }
  if (list.length === 0) delete container.env
  else container.env = list
}

interface KeyRef {
  readonly name: string
  readonly key: string
}

function resolved(context: VerbContext, entry: EnvEntry): string {
  const from = entry.valueFrom ?? {}
  const map = from.configMapKeyRef as KeyRef | undefined
  const secret = from.secretKeyRef as KeyRef | undefined
  if (map !== undefined) return String(fetchOne(context, [`configmap/${map.name}`]).object!.data?.[map.key] ?? '')
  if (secret !== undefined)
    return textFromBytes(bytesFromBase64(String(fetchOne(context, [`secret/${secret.name}`]).object!.data?.[secret.key] ?? '')).bytes)
  return ''
}

function reference(entry: EnvEntry): string {
  const from = entry.valueFrom ?? {}
  const map = from.configMapKeyRef as KeyRef | undefined
  if (map !== undefined) return `configmap ${map.name}, key ${map.key}`
  const secret = from.secretKeyRef as KeyRef | undefined
  if (secret !== undefined) return `secret ${secret.name}, key ${secret.key}`
  const field = from.fieldRef as { apiVersion?: string; fieldPath: string } | undefined
  if (field !== undefined) return `field path ${field.fieldPath}`
  const resource = from.resourceFieldRef as { containerName?: string; resource: string } | undefined
  return resource === undefined ? 'unknown' : `resource field ${resource.resource}`
}

function listEnv(context: VerbContext, resources: readonly string[]): number {
  const { infos, failures } = targets(context, resources)
  for (const info of infos) {
    const spec = podSpecOf(info.kind, info.object!)
    if (spec === undefined) throw noTemplate(info)
    for (const container of containersNamed(spec, context.flags.text('containers'))) {
      context.out(`# ${info.kind.kind} ${info.name}, container ${container.name}\n`)
      for (const entry of container.env ?? []) {
        if (entry.valueFrom === undefined) context.out(`${entry.name}=${entry.value ?? ''}\n`)
        else if (context.flags.bool('resolve')) context.out(`${entry.name}=${resolved(context, entry)}\n`)
        else context.out(`# ${entry.name} from ${reference(entry)}\n`)
      }
    }
  }
  throwAll(failures)
  return 0
}

const isEnvArgument = (arg: string): boolean => arg === '-' || arg.includes('=') || (arg.endsWith('-') && !arg.includes('/'))

export const setEnvVerb = plainVerb('kubectl set env', (context) => {
  const { flags } = context
  const first = context.args.findIndex(isEnvArgument)
  const resources = first < 0 ? context.args : context.args.slice(0, first)
  const specs = [...(first < 0 ? [] : context.args.slice(first)), ...flags.list('env')]
  if (specs.some((spec) => !isEnvArgument(spec)))
    throw new CommandError(`environment variables must be of the form key=value and can not be mixed with resources`)
  const from = flags.text('from')
  const filed = flags.list('filename').length > 0 || flags.text('kustomize') !== ''
  if (resources.length === 0 && !filed)
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  inSlashForm(resources)
  if (flags.bool('list')) return listEnv(context, resources)
  const given = readChanges(specs, context)
  const changes: EnvChanges = from === '' ? given : { ...given, add: [...given.add, ...fromSource(context, from)] }
  const tell = teller(context)
  changeEach(
    context,
    resources,
    tell,
    { message: 'env updated', failure: 'failed to patch env update to pod template: ' },
    (info, copy) => {
      const spec = podSpecOf(info.kind, copy)
      if (spec === undefined) throw noTemplate(info)
      const pattern = flags.text('containers')
      const found = containersNamed(spec, pattern)
      if (found.length === 0) {
        context.err(`Warning: ${info.kind.kind}/${info.name} does not have any containers matching ${JSON.stringify(pattern)}\n`)
        return
      }
      if (!flags.bool('overwrite')) {
        for (const container of found) {
          const taken = container.env?.find((e) => changes.add.some((a) => a.name === e.name))
          if (taken !== undefined)
            throw new CommandError(`${ofObject(info)}'${taken.name}' already has a value (${taken.value ?? ''}), and --overwrite is false`)
        }
      }
      for (const container of found) update(container, changes)
    },
  )
  return 0
})
