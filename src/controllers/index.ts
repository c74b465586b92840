/** The controllers of the control plane, in the order in which the loop gives them their turn. */
import type { ControllerDefinition } from '../client/contract.ts'
import { apiServiceAvailability } from './apiservice-availability/index.ts'
import type { DiscoveryCheck } from './apiservice-availability/plan.ts'
import { apiServiceRegistration } from './apiservice-registration/index.ts'
import { clusterRoleAggregation } from './clusterrole-aggregation/index.ts'
import { cronJobController } from './cronjob/index.ts'
import { csrController } from './csr/index.ts'
import { daemonSetController } from './daemonset/index.ts'
import { deploymentController } from './deployment/index.ts'
import { disruptionController } from './disruption/index.ts'
import { endpointsController } from './endpoints/index.ts'
import { endpointSliceController } from './endpointslice/index.ts'
import { endpointSliceMirroringController } from './endpointslicemirroring/index.ts'
import { ephemeralVolumeController } from './ephemeral-volume/index.ts'
import { garbageCollector } from './garbage-collector/index.ts'
import { horizontalPodAutoscaler } from './hpa/index.ts'
import type { MetricsReader } from './hpa/metrics.ts'
import { jobController } from './job/index.ts'
import { namespaceController } from './namespace/index.ts'
import { nodeIpamController } from './node-ipam/index.ts'
import { nodeLifecycleController } from './node-lifecycle/index.ts'
import { podGarbageCollector } from './pod-gc/index.ts'
import { volumeBinder } from './pv-binder/index.ts'
import { pvProtectionController } from './pv-protection/index.ts'
import { pvcProtectionController } from './pvc-protection/index.ts'
import { replicaSetController } from './replicaset/index.ts'
import { replicationController } from './replicationcontroller/index.ts'
import { resourceQuotaController } from './resourcequota/index.ts'
import { rootCaController } from './root-ca/index.ts'
import { serviceAccountController } from './serviceaccount/index.ts'
import { statefulSetController } from './statefulset/index.ts'
import { taintEvictionController } from './taint-eviction/index.ts'
import { tokenController } from './token/index.ts'
import { ttlAfterFinishedController } from './ttl-after-finished/index.ts'
import { validatingAdmissionPolicyStatus } from './validating-admission-policy-status/index.ts'
import { volumeExpandController } from './volume-expand/index.ts'

export type { MetricsReader } from './hpa/metrics.ts'

/** Every controller; `metrics` is what horizontal pod autoscalers read, absent where the cluster has no metrics server. Nodes' blocks are cut out of `clusterCidr`. */
export const createControllers = (metrics?: MetricsReader, clusterCidr?: string): readonly ControllerDefinition[] => [
  namespaceController,
  serviceAccountController,
  rootCaController,
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  cronJobController,
  jobController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  disruptionController,
  volumeBinder,
  pvcProtectionController,
  pvProtectionController,
  ephemeralVolumeController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollector,
  nodeIpamController(clusterCidr),
  ttlAfterFinishedController,
  resourceQuotaController,
  clusterRoleAggregation,
  validatingAdmissionPolicyStatus,
  tokenController,
  csrController,
  volumeExpandController,
  horizontalPodAutoscaler(metrics),
  garbageCollector,
]

/** Those that run in the API server itself. */
export const apiServerControllers = (check: DiscoveryCheck): readonly ControllerDefinition[] => [
  apiServiceRegistration,
  apiServiceAvailability(check),
]
