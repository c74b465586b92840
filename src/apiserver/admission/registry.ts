/** The admission plugins in the order they run (kubeapiserver/options/plugins.go), one line each. */

import { certificateSubject } from './certificate-subject/index.ts'
import type { AdmissionPlugin } from './contract.ts'
import { defaultIngressClass } from './default-ingress-class/index.ts'
import { defaultStorageClass } from './default-storage-class/index.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds/index.ts'
import { limitRanger, limitRangerClaims } from './limit-ranger/index.ts'
import { mutatingAdmissionPolicy } from './mutating-admission-policy/index.ts'
import { mutatingWebhook } from './mutating-webhook/index.ts'
import { namespaceLifecycle } from './namespace-lifecycle/index.ts'
import { nodeRestriction } from './node-restriction/index.ts'
import { podSecurityNamespaces, podSecurityPods, podSecurityWorkloads } from './pod-security/index.ts'
import { onePriorityDefault, podPriority } from './priority/index.ts'
import { pvcResize } from './pvc-resize/index.ts'
import { resourceQuota } from './resource-quota/index.ts'
import { runtimeClass } from './runtime-class/index.ts'
import { serviceAccount } from './service-account/index.ts'
import { storageObjectInUse } from './storage-object-in-use/index.ts'
import { taintNodes } from './taint-nodes/index.ts'

import { validatingAdmissionPolicy } from './validating-admission-policy/index.ts'
import { validatingWebhook } from './validating-webhook/index.ts'

export const admissionPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  limitRangerClaims,
  serviceAccount,
  nodeRestriction,
  taintNodes,
  podSecurityPods,
  podSecurityWorkloads,
  podSecurityNamespaces,
  podPriority,
  onePriorityDefault,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUse,
  pvcResize,
  runtimeClass,
  certificateSubject,
  defaultIngressClass,
  mutatingAdmissionPolicy,
  mutatingWebhook,
  validatingAdmissionPolicy,
  validatingWebhook,
  resourceQuota,
]
