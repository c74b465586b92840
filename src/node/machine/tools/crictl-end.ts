/** crictl rm, stopp and rmp: containers and sandboxes that are taken away behind the kubelet's back. */
import type { ToolResult } from '../../../script/contract.ts'
import { containersOf, type ListedContainer, podRuns, sandboxId } from '../../containers-of.ts'
import { putRun } from '../../kubelet/hands.ts'
import { endSandbox } from '../../kubelet/sandbox.ts'
import type { PodRun } from '../../records.ts'
import { failed, type Machine, said } from '../contract.ts'

const wordsOf = (words: readonly string[]): string[] => words.filter((w) => !w.startsWith('-'))
const forced = (words: readonly string[]): boolean => words.some((w) => w === '-f' || w === '--force')

/** Forgets a dead container: the one kept beside another, or one that waits to be started again. */
function forget({ hands }: Machine, { id, run, state }: ListedContainer): void {
  hands.logs.drop(id)
  hands.storage.destroy({ kind: 'layer', containerId: id })
  const { last, exit, ...rest } = state
  const next = id === state.id ? { ...rest, id: '', phase: 'none' as const, ...(last && { last }) } : { ...rest, ...(exit && { exit }) }
  putRun(hands, run, { containers: { ...run.containers, [state.name]: next } })
  hands.enqueue(run.uid)
}

export function remove(machine: Machine, words: readonly string[]): ToolResult {
  const ids = wordsOf(words)
  if (ids.length === 0) return failed('ERRO[0000] ID cannot be empty')
  for (const id of ids) {
    const found = containersOf(machine).find((c) => c.id.startsWith(id))
    if (found === undefined)
      return failed(
        `ERRO[0000] getting the status of the container "${id}": rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`,
      )
    if (found.running && !forced(words)) return failed(`ERRO[0000] container "${id}" is running, please stop it first`)
    if (found.running) machine.hands.processes.kill(found.id, 137, { signal: 9 })
    const dead = containersOf(machine).find((c) => c.id === found.id)
    if (dead !== undefined) forget(machine, dead)
  }
  return said(ids.join('\n'))
}

const sandboxNamed = (machine: Machine, id: string): PodRun | undefined =>
  podRuns(machine).find((r) => r.sandboxMs > 0 && sandboxId(r).startsWith(id))

const noSandbox = (what: string, id: string): ToolResult =>
  failed(
    `ERRO[0000] ${what} the pod sandbox "${id}": rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`,
  )

/** The kubelet makes another sandbox at once. */
export function stopPod(machine: Machine, words: readonly string[]): ToolResult {
  const ids = wordsOf(words)
  if (ids.length === 0) return failed('ERRO[0000] ID cannot be empty')
  for (const id of ids) {
    const run = sandboxNamed(machine, id)
    if (run === undefined) return noSandbox('stopping', id)
    endSandbox(machine.hands, run.uid)
  }
  return said(ids.map((id) => `Stopped sandbox ${id}`).join('\n'))
}

export function removePod(machine: Machine, words: readonly string[]): ToolResult {
  const ids = wordsOf(words)
  if (ids.length === 0) return failed('ERRO[0000] ID cannot be empty')
  for (const id of ids) {
    const run = sandboxNamed(machine, id)
    if (run === undefined) return noSandbox('removing', id)
    if (!forced(words)) return failed(`ERRO[0000] pod sandbox "${id}" is running, please stop it first`)
    endSandbox(machine.hands, run.uid)
  }
  return said(ids.map((id) => `Removed sandbox ${id}`).join('\n'))
}
