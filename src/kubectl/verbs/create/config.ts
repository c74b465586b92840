/**
 * `create configmap|secret|serviceaccount|namespace|quota|priorityclass|poddisruptionbudget`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { parseLabelSelector } from '../../../api/selectors.ts'
import { bytesFromBase64 } from '../../../script/bytes.ts'
import { normalisePath } from '../../../script/files.ts'
import { CommandError } from '../../errors.ts'
import { hashedName } from '../../kustomize/hash.ts'
import { toJson } from '../../printers/json.ts'
import type { VerbContext } from '../../verb.ts'
import type { Generator } from './generator.ts'
import { checkQuantity } from './quantities.ts'
import { base64, collectData, configMapData, secretData } from './sources.ts'

const sourcesOf = (context: VerbContext) => ({
  literals: context.flags.list('from-literal'),
  files: context.flags.list('from-file'),
  envFiles: context.flags.list('from-env-file'),
})

const withHash = (context: VerbContext, object: ApiObject): ApiObject =>
  context.flags.bool('append-hash') ? { ...object, metadata: { ...object.metadata, name: hashedName(object) } } : object

const configMap: Generator = {
  path: 'kubectl create configmap',
  failure: 'failed to create configmap: ',
  make(context, name) {
    const entries = collectData(context.host, sourcesOf(context), 'ConfigMap', name)
    return withHash(context, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...configMapData(entries) })
  },
}

const genericSecret: Generator = {
  path: 'kubectl create secret generic',
  failure: 'failed to create secret ',
  make(context, name) {
    const entries = collectData(context.host, sourcesOf(context), 'Secret', name)
    const type = context.flags.text('type')
    return withHash(context, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      ...(type === '' ? {} : { type }),
      ...secretData(entries),
    })
  },
}

function readNamed(context: VerbContext, path: string): string {
  const full = normalisePath(path, context.host.cwd)
  if (context.host.files.stat(full) === undefined)
    throw new CommandError(`Cannot read file ${path}, open ${path}: no such file or directory`)
  return context.host.files.read(full)
}

/** Whether a text holds a PEM block whose middle is base64. */
function hasPem(text: string): boolean {
  const block = /-----BEGIN [^-]+-----\n([\s\S]*?)-----END [^-]+-----/.exec(text)
  return block !== null && bytesFromBase64(block[1]!.replace(/\s/g, '')).ok
}

const tlsSecret: Generator = {
  path: 'kubectl create secret tls',
  failure: 'failed to create secret ',
  make(context, name) {
    const certPath = context.flags.text('cert')
    const keyPath = context.flags.text('key')
    if (certPath === '' || keyPath === '') throw new CommandError('key and cert must be specified')
    const cert = readNamed(context, certPath)
    const key = readNamed(context, keyPath)
    if (!hasPem(cert)) throw new CommandError('tls: failed to find any PEM data in certificate input')
    if (!cert.includes('-----BEGIN CERTIFICATE-----'))
      throw new CommandError(
        'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: []',
      )
    if (!hasPem(key)) throw new CommandError('tls: failed to find any PEM data in key input')
    return withHash(context, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
    })
  },
}

const dockerSecret: Generator = {
  path: 'kubectl create secret docker-registry',
  failure: 'failed to create secret ',
  make(context, name) {
    const { flags } = context
    const user = flags.text('docker-username')
    const password = flags.text('docker-password')
    const email = flags.text('docker-email')
    const server = flags.text('docker-server')
    const files = flags.list('from-file')
    if (files.length === 0 && (user === '' || password === '' || server === '')) {
      throw new CommandError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      )
    }
    const entry = { username: user, password, ...(email === '' ? {} : { email }), auth: base64(`${user}:${password}`) }
    const text =
      files.length > 0
        ? [...collectData(context.host, { literals: [], files, envFiles: [] }, 'Secret', name).values()][0]!
        : `{"auths":{${toJson(server)}:${JSON.stringify(entry)}}}`
    return withHash(context, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': base64(text) },
    })
  },
}

const serviceAccount: Generator = {
  path: 'kubectl create serviceaccount',
  failure: 'failed to create serviceaccount: ',
  make: (_context, name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }),
}

const namespace: Generator = {
  path: 'kubectl create namespace',
  make: (_context, name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {}, status: {} }),
}

/** `pods=1,requests.cpu=500m`, in the words of populateResourceListV1. */
export function parseResourceList(text: string): Record<string, string> {
  const out: Record<string, string> = {}
  if (text === '') return out
  for (const pair of text.split(',')) {
    const parts = pair.split('=')
    if (parts.length !== 2) throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
    out[parts[0]!] = checkQuantity(parts[1]!)
  }
  return out
}

const quota: Generator = {
  path: 'kubectl create quota',
  failure: 'failed to create quota: ',
  make(context, name) {
    const hard = parseResourceList(context.flags.text('hard'))
    const scopes = context.flags.text('scopes')
    return {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name },
      spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes === '' ? {} : { scopes: scopes.split(',') }) },
      status: {},
    }
  },
}

const priorityClass: Generator = {
  path: 'kubectl create priorityclass',
  failure: 'failed to create priorityclass: ',
  make(context, name) {
    const { flags } = context
    const description = flags.text('description')
    return {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: flags.int('value'),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}),
      ...(description === '' ? {} : { description }),
      preemptionPolicy: flags.text('preemption-policy'),
    }
  },
}

const intOrString = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)

/** A selector text as a LabelSelector object (metav1.ParseToLabelSelector). */
export function labelSelectorObject(text: string): Record<string, unknown> {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: unknown[] = []
  const names: Record<string, string> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist', '!=': 'NotIn' }
  for (const r of parseLabelSelector(text).requirements) {
    if (r.operator === '=' || r.operator === '==') matchLabels[r.key] = r.values[0]!
    else
      matchExpressions.push({
        key: r.key,
        operator: names[r.operator] ?? r.operator,
        ...(r.values.length > 0 ? { values: [...r.values] } : {}),
      })
  }
  return { ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) }
}

/** A number, or a percentage. */
const malformedBudget = (text: string): boolean => text !== '' && !/^[0-9]+%?$/.test(text)

const disruptionBudget: Generator = {
  path: 'kubectl create poddisruptionbudget',
  failure: 'failed to create poddisruptionbudget: ',
  make(context, name) {
    const min = context.flags.text('min-available')
    const max = context.flags.text('max-unavailable')
    const selector = context.flags.text('selector')
    if (selector === '') throw new CommandError('a selector must be specified')
    if (max === '' && min === '') throw new CommandError('one of min-available or max-unavailable must be specified')
    if (malformedBudget(min)) throw new CommandError('invalid format specified for min-available')
    if (malformedBudget(max)) throw new CommandError('invalid format specified for max-unavailable')
    if (max !== '' && min !== '') throw new CommandError('min-available and max-unavailable cannot be both specified')
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: {
        ...(min === '' ? { maxUnavailable: intOrString(max) } : { minAvailable: intOrString(min) }),
        selector: labelSelectorObject(selector),
      },
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    }
  },
}

export const configGenerators: readonly Generator[] = [
  configMap,
  genericSecret,
  tlsSecret,
  dockerSecret,
  serviceAccount,
  namespace,
  quota,
  priorityClass,
  disruptionBudget,
]
