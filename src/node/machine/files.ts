/**
 * A machine's files as its administrator sees them: its disk, with the pods' directories on it, and the logs of its containers where
 * containerd writes them. Volumes that the kubelet renders from API objects are shown where it keeps them.
 */
import type { FileView } from '../../script/files.ts'
import { MemoryFiles } from '../../script/memory-files.ts'
import { podRuns } from '../containers-of.ts'
import { envFacts } from '../kubelet/launch.ts'
import { isApiVolume, renderVolume } from '../kubelet/volumes.ts'
import { logMounts } from '../log-files.ts'
import { machineProc } from '../proc-files.ts'
import { type Mount, MountedFiles } from '../runtime/files.ts'
import { guarded } from '../runtime/full-disk.ts'
import type { Machine } from './contract.ts'

const PLUGINS = { configMap: 'configmap', secret: 'secret', downwardAPI: 'downward-api', projected: 'projected' } as const

/** Of each pod the volumes that are rendered, not written. */
function renderedVolumes(machine: Machine): Mount[] {
  const mounts: Mount[] = []
  for (const run of podRuns(machine))
    for (const volume of run.pod.spec?.volumes ?? []) {
      const objects = run.volumes[volume.name]?.objects
      if (objects === undefined || !isApiVolume(volume)) continue
      const plugin = Object.entries(PLUGINS).find(([kind]) => volume[kind as keyof typeof PLUGINS] !== undefined)![1]
      const tree = renderVolume(volume, objects, envFacts(machine.hands, run), run.startMs)
      mounts.push({
        path: `/var/lib/kubelet/pods/${run.uid}/volumes/kubernetes.io~${plugin}/${volume.name}`,
        files: new MemoryFiles(tree, { readOnly: true }),
        subPath: '',
        readOnly: true,
      })
    }
  return mounts
}

/** The machine's files now; make it anew for each command, since pods come and go. */
export function machineFiles(machine: Machine): FileView {
  const disk = machine.hands.storage.open({ kind: 'node-disk', node: machine.name, path: '/' })
  const proc: Mount = { path: '/proc', files: machineProc(machine.hands), subPath: '', readOnly: true }
  return new MountedFiles(guarded(machine.hands, disk), [proc, ...logMounts(machine.hands), ...renderedVolumes(machine)])
}
