/**
 * A machine's files as its administrator sees them: the disk, the pods' directories on it, and the logs of its containers where the
 * kubelet links them (/var/log/pods, read-only: containerd writes them).
 */
import { FileError, type FileStat, type FileView } from '../../script/files.ts'
import { emptyTree, MemoryFiles, treeFromTexts } from '../../script/memory-files.ts'
import type { Backing } from '../../storage/contract.ts'
import { MANIFESTS } from '../machines.ts'
import { type Mount, MountedFiles } from '../runtime/files.ts'
import { containersOf } from './containers.ts'
import type { Machine } from './contract.ts'
import { clock } from './words.ts'

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

const KUBELET_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
kind: KubeletConfiguration
rotateCertificates: true
staticPodPath: ${MANIFESTS}
`

/** What a machine's disk holds before anybody writes to it. */
function installed(machine: Machine): Record<string, string> {
  const hosts = machine.fleet.nodes.map((n) => `${machine.fleet.specification(n)!.ip} ${n}\n`).join('')
  return {
    '/etc/hostname': `${machine.name}\n`,
    '/etc/hosts': `127.0.0.1 localhost\n${hosts}`,
    '/etc/os-release': 'PRETTY_NAME="Ubuntu 24.04.2 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
    '/var/lib/kubelet/config.yaml': KUBELET_CONFIG,
  }
}

const rootOf = (machine: Machine): Backing => ({ kind: 'node-disk', node: machine.name, path: '/' })

/** Files made when they are first looked at, and never written to. */
class LateFiles implements FileView {
  readonly #make: () => Readonly<Record<string, string>>
  #files: MemoryFiles | undefined

  constructor(make: () => Readonly<Record<string, string>>) {
    this.#make = make
  }
  #late(): MemoryFiles {
    this.#files ??= new MemoryFiles(treeFromTexts(this.#make()), { readOnly: true })
    return this.#files
  }
  read(path: string): string {
    return this.#late().read(path)
  }
  list(path: string): readonly string[] {
    return this.#late().list(path)
  }
  stat(path: string): FileStat | undefined {
    return this.#late().stat(path)
  }
  #refuse(path: string): never {
    throw new FileError('EROFS', path)
  }
  write(path: string): void {
    this.#refuse(path)
  }
  append(path: string): void {
    this.#refuse(path)
  }
  mkdir(path: string): void {
    this.#refuse(path)
  }
  remove(path: string): void {
    this.#refuse(path)
  }
  rename(path: string): void {
    this.#refuse(path)
  }
  chmod(path: string): void {
    this.#refuse(path)
  }
  touch(path: string): void {
    this.#refuse(path)
  }
}

/** `<namespace>_<pod>_<uid>/<container>/<attempt>.log`, each line as CRI writes it. */
function podLogs(machine: Machine): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const c of containersOf(machine)) {
    const { metadata } = c.run.pod
    const lines = machine.hands.logs.lines(c.id).map((l) => `${clock(l.ms)} ${l.stream} ${l.partial ? 'P' : 'F'} ${l.text}\n`)
    texts[`/${metadata.namespace}_${metadata.name}_${c.run.uid}/${c.state.name}/${c.attempt}.log`] = lines.join('')
  }
  return texts
}

/** The machine's files now; make it anew for each command, since pods come and go. */
export function machineFiles(machine: Machine): FileView {
  const { storage, cluster } = machine.hands
  const root = rootOf(machine)
  if (storage.open(root).stat('/etc/hostname') === undefined) {
    const files = storage.open(root)
    const tree = new MemoryFiles(emptyTree, { now: () => cluster.clock.nowMs })
    for (const path of DIRECTORIES) makeDirectory(tree, path)
    storage.seed(root, tree.tree)
    for (const [path, text] of Object.entries(installed(machine))) {
      makeDirectory(files, path.slice(0, path.lastIndexOf('/')))
      files.write(path, text)
    }
  }
  storage.seed({ kind: 'node-disk', node: machine.name, path: MANIFESTS }, emptyTree)
  const mounts: Mount[] = storage
    .diskPaths(machine.name)
    .filter((path) => path !== '/')
    .map((path) => ({ path, files: storage.open({ kind: 'node-disk', node: machine.name, path }), subPath: '', readOnly: false }))
  mounts.push({ path: '/var/log/pods', files: new LateFiles(() => podLogs(machine)), subPath: '', readOnly: true })
  return new MountedFiles(storage.open(root), mounts)
}

function makeDirectory(files: FileView, path: string): void {
  let at = ''
  for (const part of path.split('/').slice(1)) {
    at += `/${part}`
    if (files.stat(at) === undefined) files.mkdir(at)
  }
}
