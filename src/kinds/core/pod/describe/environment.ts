/**
 * A container's environment in a description, with the pod's own fields and resources already looked up.
 */
import type { Container, EnvVar, Pod, ResourceFieldSelector } from '../../../../api/generated/types/core-v1.ts'
import { isZeroQuantity, scaleToDivisor } from '../../../../api/quantity.ts'
import type { DescribeWriter } from '../../../describe/writer.ts'

/** The value of a field of the pod, '' where it is not known. */
export type FieldResolver = (fieldPath: string) => string

const mapText = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify(map![key])}`)
    .join('\n')

const paths: Readonly<Record<string, (pod: Pod) => string | undefined>> = {
  'metadata.annotations': (pod) => mapText(pod.metadata.annotations),
  'metadata.labels': (pod) => mapText(pod.metadata.labels),
  'metadata.name': (pod) => pod.metadata.name,
  'metadata.namespace': (pod) => pod.metadata.namespace,
  'metadata.uid': (pod) => pod.metadata.uid,
}

/** Only these can be read off the pod itself: single labels and the rest of the fields are left to the kubelet. */
export const resolverFor =
  (pod: Pod): FieldResolver =>
  (fieldPath) =>
    paths[fieldPath]?.(pod) ?? ''

export const noFields: FieldResolver = () => ''

function resourceText(ref: ResourceFieldSelector, container: Container): string {
  const dot = ref.resource.indexOf('.')
  const list = ref.resource.slice(0, dot) === 'limits' ? container.resources?.limits : container.resources?.requests
  const name = ref.resource.slice(dot + 1)
  const value = list?.[name]
  if (value === undefined || isZeroQuantity(value))
    return ref.resource === 'limits.cpu' || ref.resource === 'limits.memory' ? 'node allocatable' : '0'
  return String(scaleToDivisor(value, ref.divisor ?? '0', name === 'cpu' ? 'milli' : 'whole'))
}

const optional = (ref: { optional?: boolean }): string => `Optional: ${ref.optional === true}`

function writeVariable(w: DescribeWriter, env: EnvVar, container: Container, resolve: FieldResolver): void {
  const from = env.valueFrom
  if (!from) {
    for (const [i, line] of (env.value ?? '').split('\n').entries()) w.line(3, i === 0 ? `${env.name}:\t${line}` : `\t${line}`)
  } else if (from.fieldRef)
    w.line(3, `${env.name}:\t${resolve(from.fieldRef.fieldPath)} (${from.fieldRef.apiVersion}:${from.fieldRef.fieldPath})`)
  else if (from.resourceFieldRef)
    w.line(3, `${env.name}:\t${resourceText(from.resourceFieldRef, container)} (${from.resourceFieldRef.resource})`)
  else if (from.secretKeyRef)
    w.line(
      3,
      `${env.name}:\t<set to the key '${from.secretKeyRef.key}' in secret '${from.secretKeyRef.name ?? ''}'>\t${optional(from.secretKeyRef)}`,
    )
  else if (from.configMapKeyRef)
    w.line(
      3,
      `${env.name}:\t<set to the key '${from.configMapKeyRef.key}' of config map '${from.configMapKeyRef.name ?? ''}'>\t${optional(from.configMapKeyRef)}`,
    )
}

function writeSources(w: DescribeWriter, container: Container): void {
  if (!container.envFrom?.length) return
  w.line(2, 'Environment Variables from:')
  for (const from of container.envFrom) {
    const ref = from.configMapRef ?? from.secretRef ?? {}
    const kind = from.configMapRef ? 'ConfigMap' : from.secretRef ? 'Secret' : ''
    w.line(3, `${ref.name ?? ''}\t${kind}${from.prefix ? ` with prefix '${from.prefix}'` : ''}\t${optional(ref)}`)
  }
}

export function writeEnvironment(w: DescribeWriter, container: Container, resolve: FieldResolver): void {
  writeSources(w, container)
  w.line(2, container.env?.length ? 'Environment:' : 'Environment:\t<none>')
  for (const env of container.env ?? []) writeVariable(w, env, container, resolve)
}
