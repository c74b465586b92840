/** What a container left behind to say why it ended: its terminationMessagePath, or the end of its log (kuberuntime's getTerminationMessage). */

import type { PodRun } from '../records.ts'
import { containerOf, type KubeletHands } from './hands.ts'

const MAX_CHARACTERS = 4096
const LOG_LINES = 80
const LOG_CHARACTERS = 2048

export function terminationMessage(
  hands: KubeletHands,
  run: PodRun,
  name: string,
  containerId: string,
  exitCode: number,
): string | undefined {
  const container = containerOf(run.pod, name)
  if (container === undefined) return undefined
  const path = container.terminationMessagePath ?? '/dev/termination-log'
  const files = hands.storage.open({ kind: 'layer', containerId })
  const text = files.stat(path)?.kind === 'file' ? files.read(path).slice(0, MAX_CHARACTERS) : ''
  if (text !== '') return text
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0) return undefined
  const lines = hands.logs.lines(containerId).slice(-LOG_LINES)
  const tail = lines
    .map((l) => `${l.text}${l.partial ? '' : '\n'}`)
    .join('')
    .slice(-LOG_CHARACTERS)
  return tail === '' ? undefined : tail
}
