/** The scheduler's plugins in the order of upstream's default profile: the first that says no gives the reason. */
import type { PluginRecord } from '../contract.ts'
import { defaultPreemption } from './default-preemption/index.ts'
import { dynamicResources } from './dynamic-resources/index.ts'
import { imageLocality } from './image-locality/index.ts'
import { interPodAffinity } from './inter-pod-affinity/index.ts'
import { nodeAffinity } from './node-affinity/index.ts'
import { nodeName } from './node-name/index.ts'
import { nodePorts } from './node-ports/index.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation/index.ts'
import { nodeResourcesFit } from './node-resources-fit/index.ts'
import { nodeUnschedulable } from './node-unschedulable/index.ts'
import { nodeVolumeLimits } from './node-volume-limits/index.ts'
import { podTopologySpread } from './pod-topology-spread/index.ts'
import { schedulingGates } from './scheduling-gates/index.ts'
import { taintToleration } from './taint-toleration/index.ts'
import { volumeBinding } from './volume-binding/index.ts'
import { volumeRestrictions } from './volume-restrictions/index.ts'
import { volumeZone } from './volume-zone/index.ts'

export const plugins: readonly PluginRecord[] = [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  dynamicResources,
  defaultPreemption,
  nodeResourcesBalancedAllocation,
  imageLocality,
]
