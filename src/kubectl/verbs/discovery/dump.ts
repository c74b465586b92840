/**
 * `kubectl cluster-info dump`: nodes, what runs in some namespaces and its logs, on standard output or in a folder.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { apiVersionOf } from '../../../api/meta.ts'
import { normalisePath } from '../../../script/files.ts'
import { CommandError } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'

const IN_NAMESPACES = [
  'events',
  'replicationcontrollers',
  'services',
  'daemonsets.apps',
  'deployments.apps',
  'replicasets.apps',
  'pods',
] as const

/** Where the dump goes: one stream, or a file for each part. */
type Sink = (name: string, text: string) => void

function sinkOf(context: VerbContext): Sink {
  const folder = context.flags.text('output-directory')
  if (folder === '' || folder === '-') return (_name, text) => context.out(text)
  const { files, cwd } = context.host
  const root = normalisePath(folder, cwd)
  return (name, text) => {
    const path = `${root}/${name}`
    const parts = path.split('/')
    for (let i = 2; i < parts.length; i++) {
      const above = parts.slice(0, i).join('/')
      if (files.stat(above) === undefined) files.mkdir(above)
    }
    files.write(path, text)
  }
}

const listObject = (kind: KindDefinition, list: { readonly metadata: unknown; readonly items: readonly ApiObject[] }): ApiObject =>
  ({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind.group, kind.version), metadata: list.metadata, items: list.items }) as never

function logsOf(context: VerbContext, pods: KindDefinition, pod: ApiObject): string {
  const { name, namespace } = pod.metadata
  const containers = [
    ...((pod.spec?.initContainers as { name: string }[] | undefined) ?? []),
    ...((pod.spec?.containers as { name: string }[] | undefined) ?? []),
  ]
  return containers
    .map((container) => {
      const head = `==== START logs for container ${container.name} of pod ${namespace}/${name} ====\n`
      const tail = `==== END logs for container ${container.name} of pod ${namespace}/${name} ====\n`
      try {
        const answer = context.kube.call('get', pods, namespace, name, {
          subresource: 'log',
          query: { options: { container: container.name } },
        })
        return `${head}${typeof answer.body === 'string' ? answer.body : ''}${tail}`
      } catch (error) {
        return `${head}Request log error: ${(error as Error).message}\n${tail}`
      }
    })
    .join('')
}

function namespacesOf(context: VerbContext): readonly string[] {
  if (context.flags.bool('all-namespaces'))
    return context.kube.list(context.kube.kinds.byStoreName('namespaces')!, undefined).items.map((item) => item.metadata.name)
  const named = context.flags.list('namespaces')
  return named.length > 0 ? named : ['kube-system', context.kube.namespace]
}

export const dump = plainVerb('kubectl cluster-info dump', (context) => {
  if (context.args.length > 0) throw new CommandError(`extra arguments: [${context.args.join(' ')}]`)
  const printer = objectPrinter(context, objectFormats)!
  const extension = context.flags.text('output') === 'yaml' ? 'yaml' : 'json'
  const sink = sinkOf(context)
  const { kinds } = context.kube
  const write = (folder: string, store: string, namespace: string | undefined): readonly ApiObject[] => {
    const kind = kinds.byStoreName(store)!
    const list = context.kube.list(kind, namespace)
    sink(
      `${folder}${kind.resource.replace('replicationcontrollers', 'replication-controllers')}.${extension}`,
      printer(listObject(kind, list)),
    )
    return list.items as readonly ApiObject[]
  }
  write('', 'nodes', undefined)
  for (const namespace of namespacesOf(context)) {
    let pods: readonly ApiObject[] = []
    for (const store of IN_NAMESPACES) pods = write(`${namespace}/`, store, namespace)
    const kind = kinds.byStoreName('pods')!
    for (const pod of pods) sink(`${namespace}/${pod.metadata.name}/logs.txt`, logsOf(context, kind, pod))
  }
  const folder = context.flags.text('output-directory')
  if (folder !== '' && folder !== '-') context.out(`Cluster info dumped to ${folder}\n`)
  return 0
})
