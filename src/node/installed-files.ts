/** What a machine's disk holds before anybody writes to it: the operating system's few files that people look at, the kubelet's configuration. */
import { makeDirectories } from '../script/files.ts'
import { type DirectoryNode, emptyTree, MemoryFiles } from '../script/memory-files.ts'
import type { NodeSpecification } from './heartbeat.ts'
import { KUBELET_CONFIG_FILE } from './kubelet-configuration.ts'
import { MANIFESTS } from './machines.ts'

const DIRECTORIES = [
  '/root',
  '/tmp',
  '/home',
  '/opt',
  '/mnt',
  '/run',
  '/srv',
  '/var/lib/containerd',
  '/var/lib/kubelet/pods',
  '/var/log',
  MANIFESTS,
  '/usr/local/bin',
]

const kubeletConfig = (clusterDns: string): string => `apiVersion: kubelet.config.k8s.io/v1beta1
cgroupDriver: systemd
clusterDNS:
- ${clusterDns}
clusterDomain: cluster.local
kind: KubeletConfiguration
rotateCertificates: true
staticPodPath: ${MANIFESTS}
`

export interface Room {
  readonly nodes: readonly string[]
  specification(node: string): NodeSpecification | undefined
}

function textsOf(node: string, room: Room, clusterDns: string): Record<string, string> {
  const hosts = room.nodes.map((n) => `${room.specification(n)!.ip} ${n}\n`).join('')
  return {
    '/etc/hostname': `${node}\n`,
    '/etc/hosts': `127.0.0.1 localhost\n${hosts}`,
    '/etc/os-release': 'PRETTY_NAME="Ubuntu 24.04.2 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
    [KUBELET_CONFIG_FILE]: kubeletConfig(clusterDns),
  }
}

const made = new WeakMap<Room, Map<string, DirectoryNode>>()

/** A disk's tree as it was installed; made once for each machine (and again as machines join, which /etc/hosts names). */
export function installedFiles(node: string, room: Room, clusterDns: string): DirectoryNode {
  const trees = made.get(room) ?? new Map<string, DirectoryNode>()
  made.set(room, trees)
  const key = `${node}/${room.nodes.length}`
  const known = trees.get(key)
  if (known !== undefined) return known
  const files = new MemoryFiles(emptyTree)
  for (const path of DIRECTORIES) makeDirectories(files, path)
  for (const [path, text] of Object.entries(textsOf(node, room, clusterDns))) {
    makeDirectories(files, path.slice(0, path.lastIndexOf('/')))
    files.write(path, text)
  }
  trees.set(key, files.tree)
  return files.tree
}
