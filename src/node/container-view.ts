/** What a container sees: facts about itself, and its files: the image's layer, volumes, and the few files the kubelet writes (/etc/hosts, resolv.conf). */
import type { Container, Pod } from '../api/generated/types/core-v1.ts'
import { CredentialedFiles } from '../script/credentials.ts'
import type { FileView } from '../script/files.ts'
import { MemoryFiles, treeFromTexts } from '../script/memory-files.ts'
import { SubtreeFiles } from '../storage/cell-files.ts'
import type { Backing, Storage } from '../storage/contract.ts'
import { buildEnv, expandReferences, limitsOf } from './kubelet/env.ts'
import { containerOf, type KubeletHands, runOf } from './kubelet/hands.ts'
import { credentialsOf, isPlainRoot, portFloorOf, servingAs } from './kubelet/identity.ts'
import { imageOf } from './kubelet/images.ts'
import { envFacts, hostnameOf } from './kubelet/launch.ts'
import { renderVolume } from './kubelet/volumes.ts'
import { coversLogs, logMounts } from './log-files.ts'
import { containerCgroup, containerProc } from './proc-files.ts'
import type { PodRun } from './records.ts'
import type { ContainerFacts } from './runtime/context.ts'
import { type Mount, MountedFiles } from './runtime/files.ts'
import { guarded } from './runtime/full-disk.ts'
import { HardMountedFiles } from './runtime/stall.ts'

export interface ContainerViewOptions {
  readonly hands: (node: string) => KubeletHands
  readonly storage: Storage
  /** DNS server, search list and options for a pod's resolv.conf. */
  readonly resolvConf: (pod: Pod, node: string) => string
}

/** Views are derived from a pod's record and hold nothing of their own: they are kept while the record's parts stay the same objects. */
interface Kept {
  readonly pod: Pod
  readonly ip: string
  readonly volumes: PodRun['volumes']
  readonly facts: ContainerFacts
  files?: { readonly containerId: string; readonly whole: FileView; readonly own: FileView; readonly serving: FileView }
}

const MAX_KEPT = 20_000

export class ContainerViews {
  readonly #options: ContainerViewOptions
  readonly #kept = new Map<string, Kept>()
  readonly #apiTrees = new WeakMap<readonly unknown[], FileView>()

  constructor(options: ContainerViewOptions) {
    this.#options = options
  }

  #keep(podUid: string, containerName: string, node: string): { kept: Kept; run: PodRun } {
    const hands = this.#options.hands(node)
    const run = runOf(hands, podUid)!
    const key = `${podUid}/${containerName}`
    const known = this.#kept.get(key)
    if (known !== undefined && known.pod === run.pod && known.ip === run.ip && known.volumes === run.volumes) return { kept: known, run }
    if (this.#kept.size > MAX_KEPT) this.#kept.clear()
    const kept: Kept = { pod: run.pod, ip: run.ip, volumes: run.volumes, facts: factsOf(run, containerName, hands) }
    this.#kept.set(key, kept)
    return { kept, run }
  }

  facts(podUid: string, containerName: string, node: string): ContainerFacts {
    return this.#keep(podUid, containerName, node).kept.facts
  }

  files(podUid: string, containerName: string, containerId: string, node: string, serving = false): FileView {
    const files = this.#filesOf(podUid, containerName, containerId, node)
    return serving ? files.serving : files.own
  }

  /** The start script of some images gives their data to the user it goes on as. */
  settle(podUid: string, containerName: string, containerId: string, node: string): void {
    const image = imageOf(this.#options.hands(node), this.#imageName(podUid, containerName, node))
    const user = image?.serves === undefined ? undefined : image.users?.[image.serves]
    if (image?.owned === undefined || user === undefined) return
    const { own, serving, whole } = this.#filesOf(podUid, containerName, containerId, node)
    if (own === serving) return
    for (const path of Object.keys(image.owned)) giveTo(whole, path, user)
  }

  #imageName(podUid: string, containerName: string, node: string): string {
    return containerOf(runOf(this.#options.hands(node), podUid)!.pod, containerName)?.image ?? ''
  }

  #filesOf(podUid: string, containerName: string, containerId: string, node: string): NonNullable<Kept['files']> {
    const { kept, run } = this.#keep(podUid, containerName, node)
    // A restarted container has a layer of its own, though the record's other parts may be the same.
    if (kept.files?.containerId !== containerId) {
      const whole = this.#mount(run, containerName, containerId, node)
      const who = kept.facts.credentials
      const own = isPlainRoot(who) ? whole : new CredentialedFiles(whole, who)
      const as = servingAs(imageOf(this.#options.hands(node), this.#imageName(podUid, containerName, node)), who)
      kept.files = { containerId, whole, own, serving: as === undefined ? own : new CredentialedFiles(whole, as) }
    }
    return kept.files
  }

  #mount(run: PodRun, containerName: string, containerId: string, node: string): FileView {
    const hands = this.#options.hands(node)
    const container = containerOf(run.pod, containerName)!
    const mounts: Mount[] = [...this.#podFiles(run), ...kernelFiles(hands, run.uid, containerName)]
    for (const mount of container.volumeMounts ?? []) {
      const volume = run.volumes[mount.name]
      if (volume === undefined) continue
      const pinned = mount.subPath || mount.subPathExpr ? run.containers[containerName]?.pinned?.[mount.name] : undefined
      const objects = pinned ?? volume.objects
      const files = objects ? this.#apiFiles(run, mount.name, objects, hands) : this.#backed(volume.backing!, hands)
      const subPath = mount.subPath || subPathOf(mount.subPathExpr, container, run, hands)
      mounts.push({
        path: mount.mountPath.replace(/\/+$/, '') || '/',
        files,
        subPath,
        readOnly: mount.readOnly === true || volume.readOnly === true,
      })
    }
    return new MountedFiles(
      guarded(hands, this.#options.storage.open({ kind: 'layer', containerId })),
      mounts,
      container.securityContext?.readOnlyRootFilesystem === true,
    )
  }

  #backed(backing: Backing, hands: KubeletHands): FileView {
    const { node, processes, cluster } = hands
    const { storage } = this.#options
    if (backing.kind === 'node-disk') return this.#ownDisk(backing, hands)
    const files = storage.open(backing)
    return backing.kind === 'nfs'
      ? new HardMountedFiles(
          files,
          () => storage.reach(backing, node.name).ok,
          () => cluster.clock.nowMs,
          processes.stalls,
        )
      : files
  }

  /** A directory of the node's disk; whoever mounts the logs' directories sees the logs. */
  #ownDisk(backing: Backing & { kind: 'node-disk' }, hands: KubeletHands): FileView {
    const { storage } = this.#options
    if (!coversLogs(backing.path)) return guarded(hands, storage.open(backing))
    const whole = new MountedFiles(guarded(hands, storage.open({ ...backing, path: '/' })), logMounts(hands))
    return backing.path === '/' ? whole : new SubtreeFiles(whole, backing.path)
  }

  #podFiles(run: PodRun): Mount[] {
    const hostname = hostnameOf(run.pod)
    const aliases = (run.pod.spec?.hostAliases ?? []).map((a) => `${a.ip}\t${(a.hostnames ?? []).join('\t')}\n`).join('')
    const fqdn = run.pod.spec?.subdomain ? `${hostname}.${run.pod.spec.subdomain}.${run.pod.metadata.namespace}.svc.cluster.local\t` : ''
    const files = new MemoryFiles(
      treeFromTexts({
        '/hosts': `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${run.ip}\t${fqdn}${hostname}\n${aliases}`,
        '/hostname': `${hostname}\n`,
        '/resolv.conf': this.#options.resolvConf(run.pod, run.pod.spec?.nodeName ?? ''),
      }),
    )
    return ['hosts', 'hostname', 'resolv.conf'].map((name) => ({ path: `/etc/${name}`, files, subPath: name, readOnly: true }))
  }

  #apiFiles(run: PodRun, volumeName: string, objects: readonly unknown[], hands: KubeletHands): FileView {
    const cached = this.#apiTrees.get(objects)
    if (cached !== undefined) return cached
    const volume = run.pod.spec!.volumes!.find((v) => v.name === volumeName)!
    const files = new MemoryFiles(renderVolume(volume, objects, envFacts(hands, run), run.startMs), {
      readOnly: true,
    })
    this.#apiTrees.set(objects, files)
    return files
  }
}

/** What the kernel shows of itself and of the container. */
function kernelFiles(hands: KubeletHands, podUid: string, container: string): Mount[] {
  const current = (): PodRun | undefined => runOf(hands, podUid)
  return [
    { path: '/proc', files: containerProc(hands, current, container), subPath: '', readOnly: true },
    { path: '/sys/fs/cgroup', files: containerCgroup(hands, current, container), subPath: '', readOnly: true },
  ]
}

/** `$(NAME)` in a subPathExpr stands for the container's own environment. */
function subPathOf(expression: string | undefined, container: Container, run: PodRun, hands: KubeletHands): string {
  if (expression === undefined || expression === '') return ''
  return expandReferences(expression, buildEnv(container, envFacts(hands, run), {}, hands.cluster.read))
}

function giveTo(files: FileView, path: string, user: readonly [number, number]): void {
  const stat = files.stat(path)
  if (stat === undefined) return
  if ((stat.uid ?? 0) !== user[0]) files.chown?.(path, user[0], user[1])
  if (stat.kind === 'directory') for (const name of files.list(path)) giveTo(files, `${path}/${name}`, user)
}

function factsOf(run: PodRun, containerName: string, hands: KubeletHands): ContainerFacts {
  const container = containerOf(run.pod, containerName)!
  return {
    namespace: run.pod.metadata.namespace!,
    podName: run.pod.metadata.name,
    podUid: run.uid,
    podIp: run.ip,
    hostNetwork: run.hostNetwork,
    hostname: hostnameOf(run.pod),
    ...(run.pod.spec?.subdomain && { subdomain: run.pod.spec.subdomain }),
    nodeIp: hands.node.ip,
    limits: limitsOf(container),
    declaredPorts: (container.ports ?? []).map((p) => p.containerPort),
    credentials: credentialsOf(run.pod, container, imageOf(hands, container.image ?? '')),
    portFloor: portFloorOf(run.pod),
  }
}
