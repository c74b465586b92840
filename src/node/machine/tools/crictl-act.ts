/** crictl exec, stats and pull: what acts on containers and images rather than lists them. */
import type { ToolResult } from '../../../script/contract.ts'
import { containersOf, type ListedContainer } from '../../containers-of.ts'
import { keepImage } from '../../kubelet/images.ts'
import { columns, failed, type Machine, said } from '../contract.ts'
import { sizeText } from '../words.ts'

const find = (machine: Machine, id: string): ListedContainer | undefined =>
  id === '' ? undefined : containersOf(machine).find((c) => c.id.startsWith(id))

const notFound = (what: string, id: string): ToolResult =>
  failed(`FATA[0000] ${what} "${id}": rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`)

/** `crictl exec [-it] ID COMMAND…`: commands that end by themselves at once; what waits or reads belongs to kubectl exec. */
export function exec(machine: Machine, words: readonly string[]): ToolResult {
  const at = words.findIndex((w) => !w.startsWith('-'))
  const [id = '', ...argv] = at < 0 ? [] : words.slice(at)
  const container = find(machine, id)
  if (container === undefined || !container.running) return notFound('execing command in container', id)
  if (argv.length === 0) return failed('ERRO[0000] ID and command cannot be empty')
  const { execs } = machine.hands
  const started = execs.start({ podUid: container.run.uid, containerId: container.id, argv })
  if ('session' in started) {
    execs.kill(started.session, 137)
    execs.finish(started.session)
    return failed('crictl exec: a command that waits or reads is not simulated here; use kubectl exec')
  }
  const { exitCode, stdout, stderr, error } = started.done
  if (error !== undefined) return failed(`FATA[0000] execing command in container: ${error}`)
  return { exitCode, stdout, stderr }
}

/** What each running container uses now. */
export function stats(machine: Machine, words: readonly string[]): ToolResult {
  const [id] = words.filter((w) => !w.startsWith('-'))
  const { processes, storage } = machine.hands
  const rows = containersOf(machine)
    .filter((c) => c.running && (id === undefined || c.id.startsWith(id)))
    .map((c) => [
      c.id.slice(0, 13),
      c.state.name,
      (processes.cpuOf(c.run.uid, c.id) / 10).toFixed(2),
      sizeText(processes.memoryOf(c.run.uid, c.id)),
      sizeText(storage.usedBytes({ kind: 'layer', containerId: c.id })),
    ])
  return said(columns([['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK'], ...rows], 0, 10))
}

export function pull(machine: Machine, words: readonly string[]): ToolResult {
  const [reference] = words.filter((w) => !w.startsWith('-'))
  if (reference === undefined) return failed('ERRO[0000] image name cannot be empty')
  const resolution = machine.hands.catalog.pull(reference, [])
  if (!resolution.ok) return failed(`FATA[0000] pulling image: ${resolution.message}`)
  keepImage(machine.hands, reference, resolution)
  return said(`Image is up to date for ${resolution.imageId.replace(/^.*@/, '')}`)
}
