/** kube-proxy: while it runs on a node, the network room keeps that node's netfilter rules up to date. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

export const kubeProxy = daemon({
  name: 'kube-proxy',
  ports: [10249, 10256],
  memoryBytes: 20 * 1024 * 1024,
  hello: [
    '"Using iptables Proxier"',
    '"Version info" version="v1.36.2"',
    '"Caches are synced" controller="service config"',
    '"Caches are synced" controller="endpoint slice config"',
  ],
})

export const kubeProxyImage = daemonImage(
  'registry.k8s.io/kube-proxy',
  'kube-proxy',
  { prefix: 'v', series: { '1.34': 4, '1.35': 3, '1.36': 2 } },
  29,
)
