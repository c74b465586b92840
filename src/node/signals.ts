/**
 * kill(2) from within a container: which process a number names there, whether the sender may, and what becomes of it. The first process of
 * a PID namespace takes from inside only signals that it handles, and never SIGKILL (pid_namespaces(7)).
 */
import type { Credentials } from '../script/credentials.ts'
import { type KubeletHands, runOf } from './kubelet/hands.ts'
import { endSandbox } from './kubelet/sandbox.ts'
import { firstPid, type ListedProcess, pidNamespaceOf, type Stepping, visibleProcesses } from './process-list.ts'
import type { PodRun } from './records.ts'

export interface Sender {
  readonly run: PodRun
  readonly container: string
  readonly credentials: Credentials
  readonly stepping: Stepping
}

const ENDS_PAUSE = new Set(['TERM', 'INT'])

function may({ credentials }: Sender, target: ListedProcess): boolean {
  return credentials.uid === target.uid || credentials.capabilities.includes('KILL')
}

export function sendSignal(hands: KubeletHands, sender: Sender, pid: number, name: string): 'sent' | 'missing' | 'refused' {
  const { run, container, stepping } = sender
  const target = visibleProcesses(hands, run, container, stepping).find((p) => p.pid === pid)
  if (target === undefined) return 'missing'
  if (!may(sender, target)) return 'refused'
  if (name === '0' || name === 'EXIT') return 'sent'
  if (target.of === undefined) {
    // The kernel kills whatever is in the namespace of a first process that ends.
    if (ENDS_PAUSE.has(name)) endSandbox(hands, run.uid)
    return 'sent'
  }
  const { kind, key, pid: own, containerId } = target.of
  if (kind === 'exec') {
    hands.execs.post(key, own, name)
    return 'sent'
  }
  const isFirst =
    key === containerId && own === firstPid(hands, ownerOf(hands, containerId) ?? run, hands.processes.get(key)!.containerName)
  if (isFirst && pid === 1 && name === 'KILL' && pidNamespaceOf(run, container).kind !== 'host') return 'sent'
  hands.processes.post(key, name, isFirst || key !== containerId ? undefined : own)
  return 'sent'
}

function ownerOf(hands: KubeletHands, containerId: string): PodRun | undefined {
  const record = hands.processes.get(containerId)
  return record && runOf(hands, record.podUid)
}
