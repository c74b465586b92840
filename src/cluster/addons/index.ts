/** What is installed on the `default` preset: manifests in the order in which they are applied, and the control loops behind them. */
import type { ApiObject } from '../../api/meta.ts'
import type { Cluster } from '../../client/contract.ts'
import { defineController } from '../../client/controller.ts'
import type { Hosts } from '../../network/contract.ts'
import type { ClusterNetwork } from '../../network/create-network.ts'
import { gatewayController } from '../../network/gateway/status.ts'
import { ingressStatus } from '../../network/ingress/status.ts'
import { MetalLb } from '../../network/metallb/loop.ts'
import { DEFAULT_POOL } from '../../network/metallb/pool.ts'
import { NFS_SERVER_IP } from '../../network/outside.ts'
import { dnsServiceIp, type NetworkRanges, USUAL_RANGES } from '../../network/ranges.ts'
import type { Storage } from '../../storage/contract.ts'
import { createDiskControllers } from '../../storage/csi-disk/index.ts'
import { DEFAULT_EXPORT } from '../../storage/nfs-server.ts'
import { createProvisioners } from '../../storage/provisioners/index.ts'
import type { PresetName } from '../presets.ts'
import { corednsManifests } from './coredns.ts'
import { csiDiskManifests, snapshotClass } from './csi-disk.ts'
import { gatewayApiManifests, gatewayClass } from './gateway-api.ts'
import { ingressNginxManifests } from './ingress-nginx.ts'
import { istioManifests } from './istio.ts'
import { metallbManifests } from './metallb.ts'
import { metricsServerManifests } from './metrics-server.ts'
import { canalManifests, kubeProxyManifests } from './node-agents.ts'
import { localPathManifests, nfsManifests } from './storage.ts'

export type AddOnName =
  | 'coredns'
  | 'kube-proxy'
  | 'canal'
  | 'metallb'
  | 'ingress-nginx'
  | 'nfs'
  | 'local-path'
  | 'metrics-server'
  | 'csi-disk'
  | 'gateway-api'
  | 'istio'

const manifestsIn = (ranges: NetworkRanges): Readonly<Record<AddOnName, readonly ApiObject[]>> => ({
  'kube-proxy': kubeProxyManifests(ranges.podCidr),
  canal: canalManifests,
  coredns: corednsManifests(dnsServiceIp(ranges)),
  metallb: metallbManifests,
  'ingress-nginx': ingressNginxManifests,
  nfs: nfsManifests,
  'local-path': localPathManifests,
  'metrics-server': metricsServerManifests,
  'csi-disk': csiDiskManifests,
  'gateway-api': gatewayApiManifests,
  istio: istioManifests,
})

export const ALL_ADD_ONS = Object.keys(manifestsIn(USUAL_RANGES)) as readonly AddOnName[]

/** What a cluster has only when it is asked for. */
const EXTRA: readonly AddOnName[] = ['gateway-api', 'istio']
/** What the `default` preset has. */
export const DEFAULT_ADD_ONS: readonly AddOnName[] = ALL_ADD_ONS.filter((n) => !EXTRA.includes(n))

/** What a preset adds. */
const EXTRA_OF: Readonly<Partial<Record<PresetName, readonly AddOnName[]>>> = { gateway: ['gateway-api'], istio: ['istio'] }
/** The add-ons of a preset where nobody names them. */
export const addOnsOf = (preset: PresetName): readonly AddOnName[] => [...DEFAULT_ADD_ONS, ...(EXTRA_OF[preset] ?? [])]

export function addOnManifests(ranges: NetworkRanges, names: readonly AddOnName[]): readonly ApiObject[] {
  const manifests = manifestsIn(ranges)
  return ALL_ADD_ONS.filter((n) => names.includes(n)).flatMap((n) => manifests[n])
}

/** What can be made only once the kinds above are served. */
export const lateManifests: readonly ApiObject[] = [snapshotClass, gatewayClass]

export interface AddOnWorld {
  readonly cluster: Cluster
  readonly hosts: () => Hosts
  readonly network: ClusterNetwork
  readonly storage: Storage
}

/** Wires the loops in; each does nothing while no pod of its add-on lives. */
export function wireAddOns({ cluster, hosts, network, storage }: AddOnWorld): void {
  new MetalLb({ cluster, hosts, announcements: network.announcements, pools: [DEFAULT_POOL] })
  defineController(cluster, ingressStatus(cluster, hosts))
  defineController(cluster, gatewayController(cluster, hosts))
  for (const provisioner of createProvisioners({ cluster, hosts, storage, share: { server: NFS_SERVER_IP, path: DEFAULT_EXPORT } }))
    defineController(cluster, provisioner)
  for (const controller of createDiskControllers({ cluster, hosts, storage })) defineController(cluster, controller)
}
