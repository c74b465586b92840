/** nfs-subdir-external-provisioner: while it runs, the storage room makes a directory and a volume for each claim of its class. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

export const nfsProvisioner = daemon({
  name: 'nfs-subdir-external-provisioner',
  ports: [],
  memoryBytes: 12 * 1024 * 1024,
  hello: [
    'attempting to acquire leader lease kube-system/cluster.local-nfs-subdir-external-provisioner...',
    'successfully acquired lease kube-system/cluster.local-nfs-subdir-external-provisioner',
    'Starting provisioner controller cluster.local/nfs-subdir-external-provisioner!',
    'Started provisioner controller cluster.local/nfs-subdir-external-provisioner!',
  ],
})

export const nfsProvisionerImage = daemonImage(
  'registry.k8s.io/sig-storage/nfs-subdir-external-provisioner',
  'nfs-subdir-external-provisioner',
  { prefix: 'v', series: { '4.0': 18 } },
  18,
)
