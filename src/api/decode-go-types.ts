/**
 * Names that the real API server's decoder prints and OpenAPI does not tell: Go types of strings, and embedded structs on a field's path.
 */
import type { Schema } from './schema.ts'

/** `Struct.field` → Go type of the string (or of the list's strings); the struct's own package is put in front unless one is given. */
const stringTypes: Record<string, string> = {
  'AppArmorProfile.type': 'AppArmorProfileType',
  'Capabilities.add': 'Capability',
  'Capabilities.drop': 'Capability',
  'CertificateSigningRequestSpec.usages': 'KeyUsage',
  'Container.imagePullPolicy': 'PullPolicy',
  'Container.terminationMessagePolicy': 'TerminationMessagePolicy',
  'ContainerPort.protocol': 'Protocol',
  'CronJobSpec.concurrencyPolicy': 'ConcurrencyPolicy',
  'CustomResourceDefinitionSpec.scope': 'ResourceScope',
  'DaemonSetUpdateStrategy.type': 'DaemonSetUpdateStrategyType',
  'DeploymentStrategy.type': 'DeploymentStrategyType',
  'EmptyDirVolumeSource.medium': 'StorageMedium',
  'EndpointPort.protocol': 'v1.Protocol',
  'EndpointSlice.addressType': 'AddressType',
  'HPAScalingPolicy.type': 'HPAScalingPolicyType',
  'HPAScalingRules.selectPolicy': 'ScalingPolicySelect',
  'HTTPGetAction.scheme': 'URIScheme',
  'HTTPIngressPath.pathType': 'PathType',
  'HostPathVolumeSource.type': 'HostPathType',
  'ImageVolumeSource.pullPolicy': 'PullPolicy',
  'JobSpec.completionMode': 'CompletionMode',
  'JobSpec.podReplacementPolicy': 'PodReplacementPolicy',
  'LabelSelectorRequirement.operator': 'LabelSelectorOperator',
  'LimitRangeItem.type': 'LimitType',
  'MetricSpec.type': 'MetricSourceType',
  'MetricTarget.type': 'MetricTargetType',
  'NamespaceSpec.finalizers': 'FinalizerName',
  'NetworkPolicyPort.protocol': 'v1.Protocol',
  'NetworkPolicySpec.policyTypes': 'PolicyType',
  'NodeSelectorRequirement.operator': 'NodeSelectorOperator',
  'ObjectMeta.uid': 'types.UID',
  'ObjectReference.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'PersistentVolumeClaimSpec.accessModes': 'PersistentVolumeAccessMode',
  'PersistentVolumeClaimSpec.volumeMode': 'PersistentVolumeMode',
  'PersistentVolumeSpec.accessModes': 'PersistentVolumeAccessMode',
  'PersistentVolumeSpec.persistentVolumeReclaimPolicy': 'PersistentVolumeReclaimPolicy',
  'PersistentVolumeSpec.volumeMode': 'PersistentVolumeMode',
  'PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': 'UnhealthyPodEvictionPolicyType',
  'PodFailurePolicyOnExitCodesRequirement.operator': 'PodFailurePolicyOnExitCodesOperator',
  'PodFailurePolicyRule.action': 'PodFailurePolicyAction',
  'PodSecurityContext.fsGroupChangePolicy': 'PodFSGroupChangePolicy',
  'PodSecurityContext.supplementalGroupsPolicy': 'SupplementalGroupsPolicy',
  'PodSpec.dnsPolicy': 'DNSPolicy',
  'PodSpec.preemptionPolicy': 'PreemptionPolicy',
  'PodSpec.restartPolicy': 'RestartPolicy',
  'PriorityClass.preemptionPolicy': 'v1.PreemptionPolicy',
  'ResourceMetricSource.name': 'v1.ResourceName',
  'ContainerResourceMetricSource.name': 'v1.ResourceName',
  'ResourceQuotaSpec.scopes': 'ResourceQuotaScope',
  'ScopedResourceSelectorRequirement.operator': 'ScopeSelectorOperator',
  'ScopedResourceSelectorRequirement.scopeName': 'ResourceQuotaScope',
  'SeccompProfile.type': 'SeccompProfileType',
  'Secret.type': 'SecretType',
  'SecurityContext.procMount': 'ProcMountType',
  'ServicePort.protocol': 'Protocol',
  'ServiceSpec.externalTrafficPolicy': 'ServiceExternalTrafficPolicy',
  'ServiceSpec.internalTrafficPolicy': 'ServiceInternalTrafficPolicy',
  'ServiceSpec.ipFamilies': 'IPFamily',
  'ServiceSpec.ipFamilyPolicy': 'IPFamilyPolicy',
  'ServiceSpec.sessionAffinity': 'ServiceAffinity',
  'ServiceSpec.type': 'ServiceType',
  'StatefulSetSpec.podManagementPolicy': 'PodManagementPolicyType',
  'StatefulSetUpdateStrategy.type': 'StatefulSetUpdateStrategyType',
  'StorageClass.reclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'StorageClass.volumeBindingMode': 'VolumeBindingMode',
  'Taint.effect': 'TaintEffect',
  'Toleration.effect': 'TaintEffect',
  'Toleration.operator': 'TolerationOperator',
  'TopologySpreadConstraint.nodeAffinityPolicy': 'NodeInclusionPolicy',
  'TopologySpreadConstraint.nodeTaintsPolicy': 'NodeInclusionPolicy',
  'TopologySpreadConstraint.whenUnsatisfiable': 'UnsatisfiableConstraintAction',
  'VolumeMount.mountPropagation': 'MountPropagationMode',
}

const localReference = { name: 'LocalObjectReference' }
const probeHandler = { exec: 'ProbeHandler', grpc: 'ProbeHandler', httpGet: 'ProbeHandler', tcpSocket: 'ProbeHandler' }

/** Struct → field → the embedded struct that Go's path shows before it. `*` stands for all fields but those mapped to ''. */
const embedded: Record<string, Record<string, string>> = {
  ConfigMapEnvSource: localReference,
  ConfigMapKeySelector: localReference,
  ConfigMapProjection: localReference,
  ConfigMapVolumeSource: localReference,
  SecretEnvSource: localReference,
  SecretKeySelector: localReference,
  SecretProjection: localReference,
  Probe: probeHandler,
  IngressRule: { http: 'IngressRuleValue' },
  Volume: { '*': 'VolumeSource', name: '' },
  EphemeralContainer: { '*': 'EphemeralContainerCommon', targetContainerName: '' },
  PersistentVolumeSpec: {
    '*': 'PersistentVolumeSource',
    accessModes: '',
    capacity: '',
    claimRef: '',
    mountOptions: '',
    nodeAffinity: '',
    persistentVolumeReclaimPolicy: '',
    storageClassName: '',
    volumeAttributesClassName: '',
    volumeMode: '',
  },
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** `Container` for `io.k8s.api.core.v1.Container`. */
export const structName = (schema: Schema): string => (schema.name === undefined ? '' : lastPart(schema.name))

const packageOf = (schema: Schema): string => {
  const parts = (schema.name ?? '').split('.')
  return parts[parts.length - 2] ?? ''
}

export function embeddedStruct(parent: Schema, field: string): string | undefined {
  const fields = embedded[structName(parent)]
  if (fields === undefined) return undefined
  return (Object.hasOwn(fields, field) ? fields[field] : fields['*']) || undefined
}

function stringType(parent: Schema | undefined, field: string): string {
  if (parent === undefined) return 'string'
  const name = stringTypes[`${structName(parent)}.${field}`]
  if (name === undefined) return 'string'
  return name.includes('.') ? name : `${packageOf(parent)}.${name}`
}

export const isQuantity = (schema: Schema): boolean =>
  schema.format === 'quantity' || schema.name === 'io.k8s.apimachinery.pkg.api.resource.Quantity'
export const isIntOrString = (schema: Schema): boolean => schema.format === 'int-or-string'
export const isTime = (schema: Schema): boolean => schema.format === 'date-time' || schema.format === 'micro-time'

/** The type as Go prints it; `parent` and `field` say where the value stands. */
export function goType(schema: Schema, parent: Schema | undefined, field: string): string {
  if (isIntOrString(schema)) return 'int32'
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : isTime(schema) ? 'string' : stringType(parent, field)
    case 'integer':
      return schema.format ?? 'int64'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'array':
      return `[]${schema.items === undefined ? 'interface {}' : goType(schema.items, parent, field)}`
    case 'object': {
      if (schema.name !== undefined) return `${packageOf(schema)}.${structName(schema)}`
      const values = schema.additionalProperties
      if (typeof values !== 'object') return 'map[string]interface {}'
      return isQuantity(values) ? 'v1.ResourceList' : `map[string]${goType(values, undefined, field)}`
    }
    default:
      return 'interface {}'
  }
}
