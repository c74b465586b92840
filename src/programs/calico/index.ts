/** calico-node, which enforces NetworkPolicies; the deciding is in the network room. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

export const calicoNode = daemon({
  name: 'start_runit',
  ports: [9099],
  memoryBytes: 60 * 1024 * 1024,
  hello: ['Early log level set to info', 'Using NODENAME environment for node name', 'Calico node started successfully'],
  paths: ['/liveness', '/readiness'],
})

export const calicoNodeImage = daemonImage('quay.io/calico/node', 'start_runit', { prefix: 'v', series: { '3.30': 4, '3.31': 0 } }, 160)
