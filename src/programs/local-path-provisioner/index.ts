/** local-path-provisioner: while it runs, the storage room makes node-local volumes for claims of its class. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

export const localPathProvisioner = daemon({
  name: 'local-path-provisioner',
  ports: [],
  memoryBytes: 10 * 1024 * 1024,
  hello: ['level=info msg="Provisioner started"'],
})

export const localPathProvisionerImage = daemonImage(
  'rancher/local-path-provisioner',
  'local-path-provisioner',
  { prefix: 'v', series: { '0.0': 34 } },
  20,
)
