/**
 * `kubectl api-resources|api-versions|version|cluster-info|options`.
 */

import type { KindDefinition } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/meta.ts'
import { CommandError, Exit, usageError } from '../../errors.ts'
import { helpText, optionsText } from '../../flags/help.ts'
import { findCommand } from '../../flags/tree.ts'
import { toJsonIndented, toJsonInOrder } from '../../printers/json.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { toYaml } from '../../printers/yaml.ts'
import { unstoredKinds } from '../../resources/discovered.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'
import { dump } from './dump.ts'

type ResourceFact = Pick<
  KindDefinition,
  'group' | 'version' | 'resource' | 'kind' | 'singular' | 'namespaced' | 'verbs' | 'shortNames' | 'categories'
>

/** One kind of each resource, in its preferred version. */
function preferred(context: VerbContext): readonly ResourceFact[] {
  const seen = new Set<string>()
  return [...context.kube.kinds.all, ...unstoredKinds(context)].filter((kind) => {
    const key = `${kind.group}/${kind.resource}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function wanted(context: VerbContext): ResourceFact[] {
  const { flags } = context
  const group = flags.text('api-group')
  const verbs = flags.list('verbs')
  const categories = flags.list('categories')
  return preferred(context).filter(
    (kind) =>
      (!flags.changed('api-group') || kind.group === group) &&
      (!flags.changed('namespaced') || kind.namespaced === flags.bool('namespaced')) &&
      verbs.every((verb) => (kind.verbs as readonly string[]).includes(verb)) &&
      categories.every((category) => kind.categories.includes(category)),
  )
}

const byGroupThenName = (a: ResourceFact, b: ResourceFact): number =>
  a.group === b.group ? (a.resource < b.resource ? -1 : 1) : a.group < b.group ? -1 : 1

/** As the discovery documents say it. */
const apiResource = (kind: ResourceFact): Record<string, unknown> => ({
  name: kind.resource,
  singularName: kind.singular,
  namespaced: kind.namespaced,
  ...(kind.group !== '' && { group: kind.group }),
  version: kind.version,
  kind: kind.kind,
  verbs: kind.verbs,
  ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
  ...(kind.categories.length > 0 && { categories: kind.categories }),
})

const apiResources = plainVerb('kubectl api-resources', (context) => {
  const { flags } = context
  if (context.args.length > 0) throw usageError(context.path, `unexpected arguments: [${context.args.join(' ')}]`)
  const output = flags.text('output')
  if (!['', 'wide', 'name', 'json', 'yaml'].includes(output)) throw new CommandError(`--output ${output} is not available`)
  const sortBy = flags.text('sort-by')
  if (!['', 'name', 'kind'].includes(sortBy)) throw new CommandError(`--sort-by accepts only name or kind`)
  const list = wanted(context).sort(byGroupThenName)
  if (sortBy === 'name') list.sort((a, b) => (a.resource < b.resource ? -1 : 1))
  if (sortBy === 'kind') list.sort((a, b) => (a.kind < b.kind ? -1 : 1))
  if (output === 'json' || output === 'yaml') {
    const object = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: '', resources: list.map(apiResource) }
    context.out(output === 'json' ? `${toJsonInOrder(object)}\n` : toYaml(object))
    return 0
  }
  if (output === 'name') {
    for (const kind of list) context.out(`${kind.resource}${kind.group === '' ? '' : `.${kind.group}`}\n`)
    return 0
  }
  const wide = output === 'wide'
  const writer = new TabWriter()
  if (!flags.bool('no-headers'))
    writer.line(['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])])
  for (const kind of list) {
    const row = [kind.resource, kind.shortNames.join(','), apiVersionOf(kind.group, kind.version), String(kind.namespaced), kind.kind]
    writer.line(wide ? [...row, kind.verbs.join(','), kind.categories.join(',')] : row)
  }
  context.out(writer.flush())
  return 0
})

const apiVersions = plainVerb('kubectl api-versions', (context) => {
  if (context.args.length > 0) throw usageError(context.path, `unexpected arguments: [${context.args.join(' ')}]`)
  const versions = new Set([...context.kube.kinds.all, ...unstoredKinds(context)].map((kind) => apiVersionOf(kind.group, kind.version)))
  context.out(`${[...versions].sort().join('\n')}\n`)
  return 0
})

const clientVersion = { major: '1', minor: '36', gitVersion: 'v1.36.4', gitTreeState: 'clean', compiler: 'gc', platform: 'linux/amd64' }
const KUSTOMIZE_VERSION = 'v5.8.1'

const version = plainVerb('kubectl version', (context) => {
  if (context.args.length > 0) throw new CommandError(`extra arguments: [${context.args.join(' ')}]`)
  const output = context.flags.text('output')
  if (!['', 'yaml', 'json'].includes(output)) throw new CommandError(`--output must be 'yaml' or 'json'`)
  const client = context.flags.bool('client')
  const answer = client ? undefined : context.host.path('/version', context.kube.target.access)
  const server = answer?.body as { gitVersion?: string } | undefined
  const all = { clientVersion, kustomizeVersion: KUSTOMIZE_VERSION, ...(server === undefined ? {} : { serverVersion: server }) }
  if (output === 'yaml') context.out(toYaml(all))
  else if (output === 'json') context.out(`${toJsonIndented(all, '  ')}\n`)
  else {
    context.out(`Client Version: ${clientVersion.gitVersion}\nKustomize Version: ${KUSTOMIZE_VERSION}\n`)
    if (server !== undefined) context.out(`Server Version: ${server.gitVersion}\n`)
  }
  return 0
})

const clusterInfo = plainVerb('kubectl cluster-info', (context) => {
  const server = context.kube.target.access.server
  const services = context.kube.kinds.byStoreName('services')
  context.out(`Kubernetes control plane is running at ${server}\n`)
  const found =
    services === undefined ? [] : context.kube.list(services, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' }).items
  for (const service of found) {
    const name = service.metadata.labels?.['kubernetes.io/name'] ?? service.metadata.name
    const port = (service.spec?.ports?.[0] as { name?: string } | undefined)?.name
    const path = `/api/v1/namespaces/${service.metadata.namespace}/services/${service.metadata.name}${port === undefined ? '' : `:${port}`}/proxy`
    context.out(`${name} is running at ${server}${path}\n`)
  }
  context.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
  return 0
})

const options = plainVerb('kubectl options', (context) => {
  context.out(optionsText())
  return 0
})

/** The help of the command the words name, as far as they name one; a word that begins no command is no topic. */
const help = plainVerb('kubectl help', (context) => {
  const { path } = findCommand(context.args)
  if (path !== 'kubectl' || context.args.length === 0) context.out(helpText(path))
  else context.err(`Unknown help topic [${context.args.map((word) => `\`${word}\``).join(' ')}]\n`)
  return 0
})

const missing = (path: string, why: string): VerbDefinition =>
  plainVerb(path, (context) => {
    context.err(`error: ${why}\n`)
    throw new Exit(1)
  })

export const discoveryVerbs: readonly VerbDefinition[] = [
  apiResources,
  apiVersions,
  version,
  clusterInfo,
  dump,
  options,
  help,
  missing('kubectl proxy', 'proxy is not available in this lab: there is no network outside the cluster; use `kubectl get --raw PATH`'),
  missing('kubectl plugin', 'plugins are not available in this lab'),
  missing('kubectl completion', 'completion scripts are not available in this lab; the prompt completes by itself'),
  missing('kubectl kuberc', 'kuberc is not available in this lab; use shell aliases and functions'),
  missing('kubectl kuberc set', 'kuberc is not available in this lab; use shell aliases and functions'),
  missing('kubectl kuberc view', 'kuberc is not available in this lab; use shell aliases and functions'),
]
