/**
 * `apply --prune`: deletes objects that earlier applies made, that match the selector, and that this one did not name.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError } from '../../errors.ts'
import { dryRunOf } from '../../options.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'
import { LAST_APPLIED } from './last-applied.ts'

/** What is pruned without `--prune-allowlist`, as kubectl's getRESTMappings lists it. */
const defaultKinds: readonly (readonly [string, string])[] = [
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
]

/** The kinds of `--prune-allowlist`, or kubectl's own list of them; throws for one that is none. */
export function kindsToPrune(context: VerbContext): readonly KindDefinition[] {
  const named = context.flags.list('prune-allowlist')
  const pairs = named.length === 0 ? defaultKinds : named.map((text) => splitGvk(text))
  return pairs.flatMap(([apiVersion, kind]) => {
    const found = context.kube.kinds.byKind(apiVersion, kind)
    if (found === undefined && named.length > 0)
      throw new CommandError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`)
    return found === undefined ? [] : [found]
  })
}

function splitGvk(text: string): readonly [string, string] {
  const parts = text.split('/')
  if (parts.length !== 3) throw new CommandError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`)
  const kind = parts.pop() ?? ''
  const group = parts[0] === 'core' ? '' : (parts[0] ?? '')
  return [group === '' ? (parts[1] ?? '') : `${group}/${parts[1] ?? ''}`, kind]
}

/** What earlier applies made, that fits the selector, and that is not among `applied`. */
export function* prunable(context: VerbContext, infos: readonly Info[], applied: readonly ApiObject[]): Generator<Info> {
  const kept = new Set(applied.map((object) => object.metadata.uid))
  const namespaces = new Set(infos.map((info) => info.namespace).filter((n): n is string => n !== undefined))
  const selector = context.flags.text('selector')
  for (const kind of kindsToPrune(context)) {
    for (const namespace of kind.namespaced ? namespaces : [undefined]) {
      for (const object of context.kube.list(kind, namespace, selector === '' ? {} : { labelSelector: selector }).items) {
        if (object.metadata.annotations?.[LAST_APPLIED] === undefined || kept.has(object.metadata.uid)) continue
        yield { kind, namespace: object.metadata.namespace, name: object.metadata.name, source: '', object }
      }
    }
  }
}

/** Deletes and tells each object. */
export function prune(context: VerbContext, infos: readonly Info[], applied: readonly ApiObject[], tell: (info: Info) => void): void {
  const dry = dryRunOf(context)
  for (const info of prunable(context, infos, applied)) {
    if (dry !== 'client')
      context.kube.delete(info.kind, info.namespace, info.name, {
        propagationPolicy: 'Background',
        ...(dry === 'server' ? { dryRun: true } : {}),
      })
    tell(info)
  }
}
