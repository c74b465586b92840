/** flannel, the CNI plug-in's agent: lays the overlay between the nodes' pod ranges. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

export const flannel = daemon({
  name: 'flanneld',
  ports: [],
  memoryBytes: 22 * 1024 * 1024,
  hello: [
    'Determining IP address of default interface',
    'Found network config - Backend type: vxlan',
    'Running backend.',
    'Waiting for all goroutines to exit',
  ],
})

export const flannelImage = daemonImage(
  'ghcr.io/flannel-io/flannel',
  'flanneld',
  { prefix: 'v', series: { '0.26': 7, '0.27': 4, '0.28': 0 } },
  33,
)
