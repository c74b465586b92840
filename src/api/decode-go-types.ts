/**
 * Names that the real API server's decoder prints and OpenAPI does not tell: Go types of strings, and embedded structs on a field's path.
 */
import type { Schema } from './schema.ts'

/** `Struct.field` → Go type of the string (or of the list's strings); the struct's own package is put in front unless one is given. */
const stringTypes: Record<string, string> = {
  'AppArmorProfile.type': 'AppArmorProfileType',
  'AzureDiskVolumeSource.cachingMode': 'AzureDataDiskCachingMode',
  'AzureDiskVolumeSource.kind': 'AzureDataDiskKind',
  'CSIDriverSpec.fsGroupPolicy': 'FSGroupPolicy',
  'CSIDriverSpec.volumeLifecycleModes': 'VolumeLifecycleMode',
  'Capabilities.add': 'Capability',
  'Capabilities.drop': 'Capability',
  'CertificateSigningRequestCondition.status': 'v1.ConditionStatus',
  'CertificateSigningRequestCondition.type': 'RequestConditionType',
  'CertificateSigningRequestSpec.usages': 'KeyUsage',
  'Condition.status': 'ConditionStatus',
  'Container.imagePullPolicy': 'PullPolicy',
  'Container.restartPolicy': 'ContainerRestartPolicy',
  'Container.terminationMessagePolicy': 'TerminationMessagePolicy',
  'ContainerPort.protocol': 'Protocol',
  'ContainerResizePolicy.resourceName': 'ResourceName',
  'ContainerResizePolicy.restartPolicy': 'ResourceResizeRestartPolicy',
  'ContainerResourceMetricSource.name': 'v1.ResourceName',
  'ContainerRestartRule.action': 'ContainerRestartRuleAction',
  'ContainerRestartRuleOnExitCodes.operator': 'ContainerRestartRuleOnExitCodesOperator',
  'CronJobSpec.concurrencyPolicy': 'ConcurrencyPolicy',
  'CustomResourceConversion.strategy': 'ConversionStrategyType',
  'CustomResourceDefinitionCondition.status': 'ConditionStatus',
  'CustomResourceDefinitionCondition.type': 'CustomResourceDefinitionConditionType',
  'CustomResourceDefinitionSpec.scope': 'ResourceScope',
  'DaemonSetCondition.status': 'v1.ConditionStatus',
  'DaemonSetCondition.type': 'DaemonSetConditionType',
  'DaemonSetUpdateStrategy.type': 'DaemonSetUpdateStrategyType',
  'DeploymentCondition.status': 'v1.ConditionStatus',
  'DeploymentCondition.type': 'DeploymentConditionType',
  'DeploymentStrategy.type': 'DeploymentStrategyType',
  'EmptyDirVolumeSource.medium': 'StorageMedium',
  'EndpointPort.protocol': 'v1.Protocol',
  'EndpointSlice.addressType': 'AddressType',
  'EphemeralContainer.imagePullPolicy': 'PullPolicy',
  'EphemeralContainer.restartPolicy': 'ContainerRestartPolicy',
  'EphemeralContainer.terminationMessagePolicy': 'TerminationMessagePolicy',
  'FlowDistinguisherMethod.type': 'FlowDistinguisherMethodType',
  'HPAScalingPolicy.type': 'HPAScalingPolicyType',
  'HPAScalingRules.selectPolicy': 'ScalingPolicySelect',
  'HTTPGetAction.scheme': 'URIScheme',
  'HTTPIngressPath.pathType': 'PathType',
  'HorizontalPodAutoscalerCondition.status': 'v1.ConditionStatus',
  'HorizontalPodAutoscalerCondition.type': 'HorizontalPodAutoscalerConditionType',
  'HostPathVolumeSource.type': 'HostPathType',
  'ImageVolumeSource.pullPolicy': 'PullPolicy',
  'JobCondition.status': 'v1.ConditionStatus',
  'JobCondition.type': 'JobConditionType',
  'JobSpec.completionMode': 'CompletionMode',
  'JobSpec.podReplacementPolicy': 'PodReplacementPolicy',
  'LabelSelectorRequirement.operator': 'LabelSelectorOperator',
  'LeaseSpec.strategy': 'CoordinatedLeaseStrategy',
  'Lifecycle.stopSignal': 'Signal',
  'LimitRangeItem.type': 'LimitType',
  'LimitResponse.type': 'LimitResponseType',
  'ManagedFieldsEntry.operation': 'ManagedFieldsOperationType',
  'MatchResources.matchPolicy': 'MatchPolicyType',
  'MetricSpec.type': 'MetricSourceType',
  'MetricTarget.type': 'MetricTargetType',
  'MutatingAdmissionPolicySpec.failurePolicy': 'FailurePolicyType',
  'MutatingAdmissionPolicySpec.reinvocationPolicy': 'v1.ReinvocationPolicyType',
  'MutatingWebhook.failurePolicy': 'FailurePolicyType',
  'MutatingWebhook.matchPolicy': 'MatchPolicyType',
  'MutatingWebhook.reinvocationPolicy': 'ReinvocationPolicyType',
  'MutatingWebhook.sideEffects': 'SideEffectClass',
  'Mutation.patchType': 'PatchType',
  'NamedRuleWithOperations.operations': 'OperationType',
  'NamedRuleWithOperations.scope': 'ScopeType',
  'NamespaceCondition.status': 'ConditionStatus',
  'NamespaceCondition.type': 'NamespaceConditionType',
  'NamespaceSpec.finalizers': 'FinalizerName',
  'NamespaceStatus.phase': 'NamespacePhase',
  'NetworkPolicyPort.protocol': 'v1.Protocol',
  'NetworkPolicySpec.policyTypes': 'PolicyType',
  'NodeAddress.type': 'NodeAddressType',
  'NodeCondition.status': 'ConditionStatus',
  'NodeCondition.type': 'NodeConditionType',
  'NodeSelectorRequirement.operator': 'NodeSelectorOperator',
  'NodeStatus.phase': 'NodePhase',
  'NodeStatus.volumesInUse': 'UniqueVolumeName',
  'ObjectMeta.uid': 'types.UID',
  'ObjectReference.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'ParamRef.parameterNotFoundAction': 'ParameterNotFoundActionType',
  'PersistentVolumeClaimCondition.status': 'ConditionStatus',
  'PersistentVolumeClaimCondition.type': 'PersistentVolumeClaimConditionType',
  'PersistentVolumeClaimSpec.accessModes': 'PersistentVolumeAccessMode',
  'PersistentVolumeClaimSpec.volumeMode': 'PersistentVolumeMode',
  'PersistentVolumeClaimStatus.accessModes': 'PersistentVolumeAccessMode',
  'PersistentVolumeClaimStatus.phase': 'PersistentVolumeClaimPhase',
  'PersistentVolumeSpec.accessModes': 'PersistentVolumeAccessMode',
  'PersistentVolumeSpec.persistentVolumeReclaimPolicy': 'PersistentVolumeReclaimPolicy',
  'PersistentVolumeSpec.volumeMode': 'PersistentVolumeMode',
  'PersistentVolumeStatus.phase': 'PersistentVolumePhase',
  'PodCondition.status': 'ConditionStatus',
  'PodCondition.type': 'PodConditionType',
  'PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': 'UnhealthyPodEvictionPolicyType',
  'PodFailurePolicyOnExitCodesRequirement.operator': 'PodFailurePolicyOnExitCodesOperator',
  'PodFailurePolicyOnPodConditionsPattern.status': 'v1.ConditionStatus',
  'PodFailurePolicyOnPodConditionsPattern.type': 'v1.PodConditionType',
  'PodFailurePolicyRule.action': 'PodFailurePolicyAction',
  'PodOS.name': 'OSName',
  'PodReadinessGate.conditionType': 'PodConditionType',
  'PodSecurityContext.fsGroupChangePolicy': 'PodFSGroupChangePolicy',
  'PodSecurityContext.seLinuxChangePolicy': 'PodSELinuxChangePolicy',
  'PodSecurityContext.supplementalGroupsPolicy': 'SupplementalGroupsPolicy',
  'PodSpec.dnsPolicy': 'DNSPolicy',
  'PodSpec.preemptionPolicy': 'PreemptionPolicy',
  'PodSpec.restartPolicy': 'RestartPolicy',
  'PodStatus.phase': 'PodPhase',
  'PodStatus.qosClass': 'PodQOSClass',
  'PriorityClass.preemptionPolicy': 'v1.PreemptionPolicy',
  'PriorityLevelConfigurationSpec.type': 'PriorityLevelEnablement',
  'ReplicaSetCondition.status': 'v1.ConditionStatus',
  'ReplicaSetCondition.type': 'ReplicaSetConditionType',
  'ReplicationControllerCondition.status': 'ConditionStatus',
  'ReplicationControllerCondition.type': 'ReplicationControllerConditionType',
  'ResourceMetricSource.name': 'v1.ResourceName',
  'ResourceQuotaSpec.scopes': 'ResourceQuotaScope',
  'RuleWithOperations.operations': 'OperationType',
  'RuleWithOperations.scope': 'ScopeType',
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
  'StatefulSetCondition.status': 'v1.ConditionStatus',
  'StatefulSetCondition.type': 'StatefulSetConditionType',
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': 'PersistentVolumeClaimRetentionPolicyType',
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': 'PersistentVolumeClaimRetentionPolicyType',
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
  'ValidatingAdmissionPolicyBindingSpec.validationActions': 'ValidationAction',
  'ValidatingAdmissionPolicySpec.failurePolicy': 'FailurePolicyType',
  'ValidatingWebhook.failurePolicy': 'FailurePolicyType',
  'ValidatingWebhook.matchPolicy': 'MatchPolicyType',
  'ValidatingWebhook.sideEffects': 'SideEffectClass',
  'Validation.reason': 'v1.StatusReason',
  'ValidationRule.reason': 'FieldValueErrorReason',
  'VolumeMount.mountPropagation': 'MountPropagationMode',
  'VolumeMount.recursiveReadOnly': 'RecursiveReadOnlyMode',
  'VolumeMountStatus.recursiveReadOnly': 'RecursiveReadOnlyMode',
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
  RuleWithOperations: { '*': 'Rule', operations: '' },
  NamedRuleWithOperations: { '*': 'RuleWithOperations.Rule', operations: 'RuleWithOperations', resourceNames: '' },
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

/** What an object is stands in a struct of its own, also where the object lies inside another. */
const isTypeMeta = (parent: Schema, field: string): boolean =>
  (field === 'kind' || field === 'apiVersion') && parent.properties?.['metadata'] !== undefined

export function embeddedStruct(parent: Schema, field: string): string | undefined {
  if (isTypeMeta(parent, field)) return 'TypeMeta'
  const fields = embedded[structName(parent)]
  if (fields === undefined) return undefined
  return (Object.hasOwn(fields, field) ? fields[field] : fields['*']) || undefined
}

/** Lists that the API tells from missing ones: given empty, they are not defaulted. */
const countingEmpties = new Set(['HPAScalingRules.policies'])

export const emptyCounts = (parent: Schema, field: string): boolean => countingEmpties.has(`${structName(parent)}.${field}`)

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
