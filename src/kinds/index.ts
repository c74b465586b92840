/**
 * Every built-in kind, one line each, in the order of API groups.
 */
import type { KindDefinition } from '../api/kind.ts'
import { controllerRevision } from './apps/controllerrevision/index.ts'
import { daemonSet } from './apps/daemonset/index.ts'
import { deployment } from './apps/deployment/index.ts'
import { replicaSet } from './apps/replicaset/index.ts'
import { statefulSet } from './apps/statefulset/index.ts'
import { cronJob } from './batch/cronjob/index.ts'
import { job } from './batch/job/index.ts'
import { lease } from './coordination/lease/index.ts'
import { endpointSlice } from './discovery/endpointslice/index.ts'
import { ingress } from './networking/ingress/index.ts'
import { ingressClass } from './networking/ingressclass/index.ts'
import { networkPolicy } from './networking/networkpolicy/index.ts'
import { podDisruptionBudget } from './policy/poddisruptionbudget/index.ts'
import { clusterRole } from './rbac/clusterrole/index.ts'
import { clusterRoleBinding } from './rbac/clusterrolebinding/index.ts'
import { role } from './rbac/role/index.ts'
import { roleBinding } from './rbac/rolebinding/index.ts'
import { priorityClass } from './scheduling/priorityclass/index.ts'
import { csiNode } from './storage/csinode/index.ts'
import { storageClass } from './storage/storageclass/index.ts'
import { volumeAttachment } from './storage/volumeattachment/index.ts'

export const builtInKinds: readonly KindDefinition[] = [
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  cronJob,
  job,
  lease,
  endpointSlice,
  ingress,
  ingressClass,
  networkPolicy,
  podDisruptionBudget,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  priorityClass,
  csiNode,
  storageClass,
  volumeAttachment,
]
