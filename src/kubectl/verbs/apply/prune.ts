/**
 * `apply --prune`: deletes objects that earlier applies made, that match the selector, and that this one did not name.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
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

function kindsToPrune(context: VerbContext): readonly KindDefinition[] {
  const named = context.flags.list('prune-allowlist')
  const pairs = named.length === 0 ? defaultKinds : named.map((text) => splitGvk(text))
  return pairs.flatMap(([apiVersion, kind]) => {
    const found = context.kube.kinds.byKind(apiVersion, kind)
    return found === undefined ? [] : [found]
  })
}

function splitGvk(text: string): readonly [string, string] {
  const parts = text.split('/')
  const kind = parts.pop() ?? ''
  const group = parts[0] === 'core' ? '' : (parts[0] ?? '')
  return [group === '' ? (parts[1] ?? '') : `${group}/${parts[1] ?? ''}`, kind]
}

/** Deletes and tells each object. */
export function prune(context: VerbContext, infos: readonly Info[], applied: readonly ApiObject[], tell: (info: Info) => void): void {
  const kept = new Set(applied.map((object) => object.metadata.uid))
  const namespaces = new Set(infos.map((info) => info.namespace).filter((n): n is string => n !== undefined))
  const selector = context.flags.text('selector')
  for (const kind of kindsToPrune(context)) {
    for (const namespace of kind.namespaced ? namespaces : [undefined]) {
      for (const object of context.kube.list(kind, namespace, selector === '' ? {} : { labelSelector: selector }).items) {
        if (object.metadata.annotations?.[LAST_APPLIED] === undefined || kept.has(object.metadata.uid)) continue
        const dry = dryRunOf(context)
        if (dry !== 'client')
          context.kube.delete(kind, object.metadata.namespace, object.metadata.name, {
            propagationPolicy: 'Background',
            ...(dry === 'server' ? { dryRun: true } : {}),
          })
        tell({ kind, namespace: object.metadata.namespace, name: object.metadata.name, source: '', object })
      }
    }
  }
}
