/** The driver of the simulated block devices: while it runs, the storage room makes, grows, copies and snapshots devices. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

export const csiDisk = daemon({
  name: 'csi-disk',
  ports: [],
  memoryBytes: 24 * 1024 * 1024,
  hello: ['Driver: disk.csi.clusterlab version: v1.0.0', 'Listening for connections on address: //csi/csi.sock'],
})

export const csiDiskImage = daemonImage('clusterlab/csi-disk', 'csi-disk', { prefix: 'v', series: { '1.0': 0 } }, 30)
